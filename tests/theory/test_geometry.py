"""Curvature by conformal formula, Brioschi, finite differences; its sign; what it forbids."""

import random
from dataclasses import replace
from functools import reduce
from operator import add, mul
from typing import Any

import mpmath
import pytest
import sympy as sp
from sympy.polys.domains import QQ_I

from theory import (
    ArbitraryInput,
    BrokenStep,
    StationaryInput,
    conformal_curvature,
    conformal_factor,
    constant,
    critical_correlation,
    damped_cosine,
    distortion_bound,
    exponential,
    gaussian_curvature,
    mixture,
    moving_average,
    optimal_gamma,
    sensitivity,
    sensitivity_metric,
    total_curvature,
    white,
)
from theory.algebra.conjugation import bar, conjugated
from theory.algebra.presentation import present
from theory.algebra.vanishing import vanishes
from theory.derivations.geometry import derive_curvature, is_negative, is_positive
from theory.geometry import PLANE, area, laplacian_of_log
from theory.inputs import Term
from theory.moments import second_moment
from theory.parametrizations import optimal_parameter_white
from theory.symbols import lam, nu, real_lam, rho, theta

HALF = sp.Rational(1, 2)
WHITE_GAMMA = sp.sqrt(1 - lam * bar(lam))
UNIT = (3 + 4 * sp.I) / 5  # e^{iφ} with rational parts


def tone(turn: sp.Expr) -> StationaryInput:
    return StationaryInput((Term(sp.S.One, 0, turn),))


def wave(ratio: sp.Expr) -> StationaryInput:
    """ρ^Δ cos φΔ with cos φ = 3/5."""
    parts = [(HALF, tone(ratio * UNIT)), (HALF, tone(ratio * sp.conjugate(UNIT)))]
    return mixture(parts)


INPUTS = {
    "white": white(),
    "exponential": exponential(sp.Rational(7, 10)),
    "alternating": exponential(sp.Rational(-9, 10)),
    "moving average": moving_average([1, HALF, sp.Rational(-1, 3)]),
    "damped cosine": wave(sp.Rational(4, 5)),
    "cosine": wave(sp.S.One),
    "text": mixture(
        [(sp.Rational(332, 1000), white()), (sp.Rational(43, 1000), exponential(HALF))]
    ),
    "complex": mixture([(sp.S(1), tone(UNIT * HALF)), (sp.S(2), tone(sp.S.One)), (HALF, white())]),
}


def points(number: int, radius: sp.Rational = sp.S.One) -> list[sp.Expr]:
    """Rational points of the disc."""
    chance = random.Random(0)  # noqa: S311
    found = []
    while len(found) < number:
        x, y = (sp.Rational(chance.randint(-99, 99), 100) for _ in range(2))
        if x**2 + y**2 < 1:
            found.append(radius * (x + sp.I * y))
    return found


def at(expr: sp.Expr, point: sp.Expr) -> sp.Expr:
    """The exact value of a rational expression at a point with rational parts."""
    where = {lam: point, bar(lam): sp.conjugate(point)}

    def value(e: sp.Expr) -> Any:
        if e.is_Add or e.is_Mul:
            return reduce(add if e.is_Add else mul, map(value, e.args))
        if e.is_Pow:
            return value(e.base) ** int(e.exp)
        return QQ_I.from_sympy(where.get(e, e))

    return QQ_I.to_sympy(value(expr))


def curvature(x, gamma=sp.S.One) -> sp.Expr:
    return conformal_curvature(conformal_factor(x, gamma))


def curvature_at(x, point, gamma=sp.S.One) -> sp.Expr:
    """Without the factoring, which is slow for complex numbers."""
    size = 1 / second_moment(x) if gamma is None else gamma**2
    return at(conformal_curvature(size * sensitivity(x)), point)


def imaginary(expr: sp.Expr) -> sp.Expr:
    return (expr - conjugated(expr)) / (2 * sp.I)


def same(a: sp.Expr, b: sp.Expr) -> bool:
    return vanishes(a - b)


def test_white_input_in_closed_form():
    u = lam * bar(lam)
    held = -2 * (3 * u**2 + 2 * u + 3) / (1 + u) ** 3
    assert same(curvature(white(), None), held)
    assert same(curvature(white(), WHITE_GAMMA), held)
    assert same(curvature(white()), -8 * (1 - u**3) / (1 + u) ** 3)


def test_the_normalised_loss_bends_white_input_too():
    eigenvalue, gamma = nu * sp.exp(sp.I * theta), sp.sqrt(1 - nu**2)
    metric = sensitivity_metric(white(), eigenvalue, (nu, theta), gamma, differentiate_gamma=True)
    assert metric[0, 1] == 0
    assert same(metric[0, 0], (1 - nu**2) ** -2)
    assert same(metric[1, 1], nu**2 * (1 + nu**2) / (1 - nu**2) ** 2)
    found = gaussian_curvature(metric, (nu, theta))
    assert same(found, -(3 * nu**4 + 6 * nu**2 + 7) / (1 + nu**2) ** 2)
    assert [sp.limit(found, nu, k) for k in (0, 1)] == [-7, -4]


@pytest.mark.parametrize("x", ["white", "moving average"])
def test_the_normalised_loss_is_projective_metric_and_phase(x):
    x = INPUTS[x]
    metric = sensitivity_metric(x, lam, PLANE, optimal_gamma(x, lam), differentiate_gamma=True)
    state = present(second_moment(x))
    slope = sp.diff(state, lam) / state
    phase = [imaginary(w * slope) for w in (sp.S.One, sp.I)]
    for i in range(2):
        for j in range(2):
            projective = laplacian_of_log(state) * int(i == j)
            for point in points(3):
                assert at(metric[i, j], point) == at(projective + phase[i] * phase[j], point)


@pytest.mark.parametrize("x", ["exponential", "moving average"])
@pytest.mark.parametrize("gamma", [sp.S.One, WHITE_GAMMA])
def test_brioschi_agrees_with_the_conformal_formula(x, gamma):
    metric = sensitivity_metric(INPUTS[x], lam, PLANE, gamma)
    factor = conformal_factor(INPUTS[x], gamma)
    general, conformal = gaussian_curvature(metric), conformal_curvature(factor)
    for point in points(2):
        assert [at(g, point) for g in metric] == [
            at(factor * int(i % 3 == 0), point) for i in range(4)
        ]
        assert at(general, point) == at(conformal, point)


def test_brioschi_does_not_depend_on_coordinates():
    x = INPUTS["moving average"]
    polar = sensitivity_metric(x, nu * sp.exp(sp.I * theta), (nu, theta))
    found = gaussian_curvature(polar, (nu, theta)).subs({nu: HALF, theta: sp.pi / 2})
    assert at(found, sp.S.Zero) == at(curvature(x), sp.I / 2)
    p, q = sp.symbols("p q", real=True)
    saddle = p * q  # the graph of z = pq: curvature −1/(1 + p² + q²)²
    g = sp.Matrix([[1 + q**2, p * q], [p * q, 1 + p**2]])
    assert sp.diff(saddle, p) == q
    assert same(gaussian_curvature(g, (p, q)), -((1 + p**2 + q**2) ** -2))


def test_against_finite_differences_of_a_sampled_metric():
    point = mpmath.mpc(0.3, 0.4)
    r, phi, step = mpmath.mpf("0.8"), mpmath.mpf("1.1"), mpmath.mpf("1e-3")

    def log_metric(z: mpmath.mpc) -> mpmath.mpf:
        s = [k * z ** (k - 1) for k in range(1, 25)]
        correlated = (
            a * mpmath.conj(b) * r ** abs(i - j) * mpmath.cos(phi * (i - j))
            for i, a in enumerate(s)
            for j, b in enumerate(s)
        )
        return mpmath.log(mpmath.re(mpmath.fsum(correlated)))

    steps = (step, -step, 1j * step, -1j * step)
    centre = log_metric(point)
    laplacian = (mpmath.fsum(log_metric(point + d) for d in steps) - 4 * centre) / step**2
    sampled = -laplacian / (2 * mpmath.exp(centre))
    factor = sensitivity(damped_cosine(sp.Rational(4, 5), sp.Rational(11, 10)))
    value = conformal_curvature(factor).subs({lam: point, bar(lam): mpmath.conj(point)})
    assert abs(sp.N(value) - sampled) < 1e-4 * abs(sampled)


@pytest.mark.every(3)
@pytest.mark.parametrize("x", INPUTS)
def test_without_a_normaliser_curvature_is_negative_for_every_input(x):
    assert all(curvature_at(INPUTS[x], point).is_negative for point in points(4))


@pytest.mark.parametrize("turn", [sp.S.One, sp.S.NegativeOne, UNIT])
def test_one_tone_is_flat(turn):
    x = 3 * tone(turn)
    pole = 1 - lam * sp.conjugate(turn)
    for gamma, coordinate in ((sp.S.One, 1 / pole), (None, sp.log(pole))):
        factor = conformal_factor(x, gamma)
        assert same(conformal_curvature(factor), sp.S.Zero)
        slope = sp.diff(coordinate, lam)
        size = 3 if gamma else 1
        for point in points(2):
            assert at(factor, point) == at(size * slope * conjugated(slope), point)


@pytest.mark.every(3)
@pytest.mark.parametrize("x", INPUTS)
def test_the_optimal_normaliser_bends_negatively_up_to_a_third(x):
    near = points(4, sp.Rational(1, 3))
    assert all(curvature_at(INPUTS[x], point, None).is_negative for point in near)


def test_a_third_is_sharp():
    weak = sp.Rational(1, 10**6)
    found = curvature(constant() + weak * exponential(sp.S.NegativeOne), None)
    assert at(found, sp.Rational(1, 3)).is_negative
    assert at(found, sp.Rational(334, 1000)).is_positive


def test_at_the_origin():
    x, r = exponential(), rho**2
    origin = {lam: 0, bar(lam): 0}
    assert same(curvature(x).subs(origin), -8 * (1 - r))
    assert same(curvature(x, None).subs(origin), -6 * (1 - r))
    assert same(curvature(x, WHITE_GAMMA).subs(origin), -2 * (3 - 4 * r))


def test_at_the_edge():
    x, on = exponential(), {lam: real_lam, bar(lam): real_lam}
    for edge in (1, -1):
        there = {real_lam: edge}
        ends = [present(curvature(x, g).subs(on)).subs(there) for g in (None, WHITE_GAMMA)]
        assert same(ends[0], sp.S(-2))
        assert same(ends[1], -2 * (1 - edge * rho) / (1 + edge * rho))
        assert present(curvature(x).subs(on)).subs(there) == 0


def test_at_the_ends_of_the_correlation():
    one_tone = curvature(exponential(), WHITE_GAMMA).subs(rho, 1)
    square = (1 - lam) * (1 - bar(lam))
    assert same(one_tone, 2 * square**2 / (1 - lam * bar(lam)) ** 3)
    assert same(curvature(exponential(), None).subs(rho, 1), sp.S.Zero)
    assert same(curvature(exponential(), None).subs(rho, 0), curvature(white(), None))


def test_where_the_white_normaliser_bends_the_other_way():
    """Below ρ* the curvature is negative on the disc: worst on λ > 0, and no root there."""
    critical, where = critical_correlation()
    assert sp.N(critical, 12) == sp.N("0.837508809201720", 12)
    assert sp.N(where, 12) == sp.N("0.218354091964533", 12)
    above, below = sp.Rational(838, 1000), sp.Rational(837, 1000)
    assert below < critical < above
    found = sp.numer(present(curvature(exponential(), WHITE_GAMMA)))
    numerator = max((f for f, _ in sp.factor_list(found)[1]), key=lambda f: len(f.args))
    numerator *= sp.sign(numerator.subs({lam: 0, bar(lam): 0, rho: 0}))  # positive for κ < 0
    cosine = sp.Symbol("c", real=True)
    degrees = sp.Poly(numerator, lam, bar(lam)).terms()
    polar = sp.expand(
        sum(a * nu ** (i + j) * sp.chebyshevt(abs(i - j), cosine) for (i, j), a in degrees)
    )
    assert same(sp.diff(polar, cosine, 2), 64 * rho**2 * nu**6 * (1 - rho**2) ** 2)
    for f, _ in sp.factor_list(sp.diff(polar, cosine).subs(cosine, 1))[1]:
        box = dict.fromkeys(f.free_symbols, (0, 1))
        assert is_positive(f, box) or is_positive(-f, box)
    assert sp.diff(polar, cosine).subs({cosine: 1, rho: HALF, nu: HALF}) < 0
    diameter = polar.subs(cosine, 1)
    assert sp.Poly(diameter.subs(rho, below), nu).count_roots(0, 1) == 0
    assert sp.Poly(diameter.subs(rho, above), nu).count_roots(0, 1) == 2
    found = curvature(exponential(above), WHITE_GAMMA)
    assert at(found, sp.Rational(218, 1000)).is_positive


def test_total_curvature():
    factor = conformal_factor(white())
    total, square = total_curvature(factor), lam * bar(lam)
    assert same(total, -2 * sp.pi * square * (3 + square) / (1 - square**2))
    on = {lam: nu, bar(lam): nu}
    density = sp.lambdify(nu, (conformal_curvature(factor) * factor).subs(on) * 2 * sp.pi * nu)
    end = mpmath.mpf("0.9")
    assert mpmath.almosteq(mpmath.quad(density, [0, end]), sp.N(total.subs(on).subs(nu, "0.9")))
    reach = sp.sqrt((sp.sqrt(17) - 3) / 4)
    assert sp.simplify(total.subs(on).subs(nu, reach)) == -2 * sp.pi
    with pytest.raises(ValueError, match=r"more than \|λ\|"):
        total_curvature(conformal_factor(exponential()))


def test_distortion():
    """Area and arc length by quadrature; the polar chart is no better than the bound says."""
    factor = conformal_factor(white()).subs({lam: nu, bar(lam): nu})
    end = mpmath.mpf("0.95")
    length = mpmath.quad(sp.lambdify(nu, sp.sqrt(factor), "mpmath"), [0, end])
    inside = mpmath.quad(sp.lambdify(nu, 2 * sp.pi * nu * factor, "mpmath"), [0, end])
    assert mpmath.almosteq(length, sp.N(optimal_parameter_white(nu).subs(nu, end)))
    assert mpmath.almosteq(inside, sp.N(area(conformal_factor(white())).subs(nu, end)))
    bounds = [sp.N(distortion_bound(1 - sp.Rational(1, 10**k))) for k in (1, 2, 3, 4)]
    assert bounds == sorted(bounds)
    assert bounds[0] > 2
    assert bounds[-1] > 200
    polar = factor * nu**2 / optimal_parameter_white(nu) ** 2
    assert sp.N(polar.subs(nu, "0.99")) > bounds[1]


@pytest.mark.every(2)
@pytest.mark.parametrize("x", [constant(), exponential(sp.S.NegativeOne), ArbitraryInput(False)])
def test_every_step_holds(x):
    derivation = derive_curvature(x)
    assert list(derivation.checked()) == list(derivation.steps)


def test_a_broken_step_is_caught():
    derivation = derive_curvature(white())
    first = next(i for i, s in enumerate(derivation.steps) if s.rule == "Conformal metric")
    for broken, step in enumerate(derivation.steps[first:], first):
        said = step.statement
        if isinstance(said, sp.Eq):
            wrong = sp.Eq(said.lhs, 2 * said.rhs, evaluate=False)
        else:
            wrong = said.func(said.rhs, said.lhs, evaluate=False)
        steps = (replace(step, statement=wrong),)
        with pytest.raises(BrokenStep, match=step.rule):
            list(replace(derivation, steps=steps).checked())
        assert broken >= first


def test_signs_are_not_overstated():
    square = lam * bar(lam)
    assert is_negative((square - 1) / (1 + square))
    assert is_negative(-(1 - lam) * (1 - bar(lam)) / (1 + square))
    assert not is_negative(square - HALF)
    assert not is_negative(lam + bar(lam) - 1)
    assert not is_negative(-(1 - lam) / (1 + square))
