"""Exported functions whose terms cancel: each value within an ulp, by bounds that hold."""

from fractions import Fraction
from functools import cache
from itertools import product

import flint
import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings, strategies as st

from numerics.arithmetic.balls import certified
from numerics.codegen.export import exported
from numerics.codegen.runtime.adaptive import _adaptive, _Bounded, _Complex
from theory.catalogue import Unit, quantity
from theory.inputs import exponential
from theory.symbols import lam, lam1, lam2, lam_star, real_lam, real_lam_star, rho
from verify.judging.value import read_input

FLOATS = st.floats(-2, 2, allow_nan=False)
OPERATIONS = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "1-": lambda a, b: 1 - a * b,
    "power": lambda a, b: a**3 + b * Fraction(1, 3),
}


@settings(deadline=None)
@given(
    st.lists(FLOATS, min_size=2, max_size=4), st.lists(st.sampled_from([*OPERATIONS]), max_size=6)
)
def test_the_bound_holds(numbers, operations):
    """A random expression, each operation on the two newest values and an older one."""
    exact, bounded = map(Fraction, numbers), (_Bounded(np.longdouble(x)) for x in numbers)
    exact, bounded = list(exact), list(bounded)
    for i, name in enumerate(operations):
        for values in (exact, bounded):
            other = values[i % len(values)]
            with np.errstate(all="ignore"):
                try:
                    values.append(OPERATIONS[name](values[-1], other))
                except ZeroDivisionError:
                    return
        if not np.isfinite(bounded[-1].error):
            return
        p, q = bounded[-1].value.as_integer_ratio()
        r, s = bounded[-1].error.as_integer_ratio()
        assert abs(Fraction(int(p), int(q)) - exact[-1]) <= Fraction(int(r), int(s)) * Fraction(
            101, 100
        )


@given(*[st.fractions(-3, 3)] * 4)
def test_complex_numbers_are_a_field(a, b, c, d):
    z, w = _Complex(a, b), _Complex(c, d)
    product_ = z * w
    assert (product_.real, product_.imag) == (a * c - b * d, a * d + b * c)
    assert (z - w).imag == b - d
    assert (2 / (1 + z.conjugate() * z)).imag == 0
    if c or d:
        quotient = product_ / w
        assert (quotient.real, quotient.imag) == (a, b)
    assert (z**3).real == a**3 - 3 * a * b**2


@cache
def module(name):
    scope = {}
    exec(exported(name, exponential(), "numpy"), scope)  # noqa: S102 (our own source)
    return scope


COMPLEX = {
    "cross_moment": (lam1, lam2),
    "cross_sensitivity": (lam1, lam2),
    "cross_sensitivity_power": (lam1, lam2),
    "teacher_student_loss": (lam, lam_star),
}


def pairs(type_):
    """Two eigenvalues far from and near to each other, to the other's conjugate, to the circle."""
    closest = 1e-6 if type_ is np.float32 else 1e-14
    distances, angles = (0.5, 1e-3, closest), (0.0, 1e-4, 1.0, 3.0)
    for d, theta, gap in product(distances, angles, (0.4, 1e-2, closest)):
        z = (1 - d) * np.exp(1j * theta)
        for w in (z * (1 - closest), z.conjugate() * (1 - gap), 0.3 + 0.1j, 1j * z):
            yield z, w, 1 - gap
            yield z, w, gap - 1


def assert_within_an_ulp(expr, found, points):
    """The parts of each value, against balls at the same floating-point numbers."""
    type_ = type(found[0].real)
    for value, point in zip(found, points, strict=True):
        exact = certified(expr, lambda point=point: point, 80)
        parts = [(value.real, exact.real)]
        parts += [(value.imag, exact.imag)] if np.iscomplexobj(found) else []
        for part, true in (p for p in parts if abs(p[1]) < np.finfo(type_).max):
            ulp = np.spacing(type_(abs(float(true.mid()))))
            with flint.ctx.workprec(200):
                assert abs(flint.arb(float(part)) - true).mid() <= float(ulp), point


@pytest.mark.parametrize("type_", [np.float32, np.float64])
@pytest.mark.parametrize("name", COMPLEX)
def test_two_complex_eigenvalues(name, type_):
    z, w, r = (np.array(v) for v in zip(*pairs(type_), strict=True))
    z, w = (v.astype(np.result_type(type_, np.complex64)) for v in (z, w))
    r = r.astype(type_)
    with np.errstate(over="ignore"):
        found = module(name)[name](z, w, r)
    assert found.real.dtype == type_
    points = [
        {COMPLEX[name][0]: flint.acb(complex(a)), COMPLEX[name][1]: flint.acb(complex(b)),
         rho: flint.acb(float(c))}
        for a, b, c in zip(z, w, r, strict=True)
    ]  # fmt: skip
    expr = quantity(name, exponential(), Unit(COMPLEX[name]))
    assert_within_an_ulp(expr, found, points)


def test_a_hessian_where_it_changes_its_sign():
    """The student between whose neighbours it does, by bisection, and these neighbours' values."""
    function = module("teacher_student_hessian")["teacher_student_hessian"]
    student, teacher, r = np.array([0.5, 0.9375]), 0.9375, 0.5
    assert np.prod(function(student, teacher, r)) < 0
    while (middle := student.mean()) not in student:
        values = function(np.array([student[0], middle]), teacher, r)
        student[0 if np.prod(values) > 0 else 1] = middle
    expr = quantity(
        "teacher_student_hessian", exponential(), Unit((real_lam, real_lam_star), wrt=(real_lam,))
    )
    points = [
        {real_lam: flint.acb(x), real_lam_star: flint.acb(teacher), rho: flint.acb(r)}
        for x in student.tolist()
    ]
    assert_within_an_ulp(expr, function(student, teacher, r), points)


def test_the_hessian_of_an_output():
    """With complex weights, which the disc does not hold."""
    z, w, r = (np.array(v)[::7] for v in zip(*pairs(np.float64), strict=True))
    weights = np.array([3 - 4j, 1e-3 + 2j])
    first, second = sp.symbols("w1 w2")
    for p, q in product((sp.re, sp.im), repeat=2):
        name = f"output_hessian_{p.__name__}_{q.__name__}"
        unit = Unit((lam1, lam2), (first, second), wrt=(p(lam1), q(lam2)))
        found = module("output_hessian")[name](z, w, r, *weights)
        points = [
            dict(zip((lam1, lam2, rho, first, second), map(flint.acb, (*v, *weights)), strict=True))
            for v in zip(z.tolist(), w.tolist(), r.tolist(), strict=True)
        ]
        assert_within_an_ulp(quantity("output_hessian", exponential(), unit), found, points)


def test_constants_that_no_float_holds():
    x = read_input("332/1000*KroneckerDelta(Delta, 0) + 43/1000*(997/1000)**Delta")
    scope = {}
    exec(exported("cross_moment", x, "numpy"), scope)  # noqa: S102 (our own source)
    z, w = np.array([[0.999j, 0.5 + 0.5j], [0.9, -0.999]])
    points = [{lam1: flint.acb(a), lam2: flint.acb(b)} for a, b in zip(z, w, strict=True)]
    expr = quantity("cross_moment", x, Unit((lam1, lam2)))
    assert_within_an_ulp(expr, scope["cross_moment"](z, w), points)


def test_shapes_kinds_and_what_is_no_number():
    function = module("cross_moment")["cross_moment"]
    assert function(0.5, 0.25, 0.0) == 1 / (1 - 0.125)
    assert function(0.5, 0.25, np.float32(0)).dtype == np.float32
    assert function(np.zeros((0, 3)), 0.5j, 0.5).shape == (0, 3)
    assert function(np.full((2, 1), 0.5), np.full(5000, 0.25), 0.0).shape == (2, 5000)
    assert np.array_equal(function(0.0, np.array([0.5j, -0.5]), 0.0), [1, 1])
    assert not np.isfinite(function(2.0, 0.5, 0.0))
    assert np.isnan(function(np.nan, 0.5, 0.0))
    real = module("teacher_student_loss")["teacher_student_loss"]
    assert real(0.5 + 0.1j, 0.5 + 0.1j, 0.5) == 0
    assert real(0.5, 0.5 + 0.1j, 0.5).dtype == np.float64


@_adaptive
def small_difference(x, y):
    """x² − y² of neighbours."""
    return x * x - y * y


def test_what_cancels_is_computed_in_fractions():
    x = np.float64(1) + np.arange(5) * np.finfo(float).eps
    y = np.float64(1) - np.finfo(float).eps / 2
    exact = [float(Fraction(a) ** 2 - Fraction(y) ** 2) for a in x.tolist()]
    assert small_difference(x, y).tolist() == exact
