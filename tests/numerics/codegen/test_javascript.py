"""Exported ES modules compute what their comments promise, in Node and in Chromium."""

import math
import re
from fractions import Fraction
from itertools import product

import flint
import numpy as np
import pytest
from javascript import chromium, node

from numerics.arithmetic.balls import certified
from numerics.codegen.export import exported
from theory.architectures.pairs import ARCHITECTURES
from theory.catalogue import Unit, quantity
from theory.inputs import damped_cosine, exponential, white
from theory.parametrizations import optimal_gamma
from theory.symbols import lam, lam1, lam2, lam_star, phi, rho
from verify.judging.value import read_input

MOMENTS = ["second_moment", "sensitivity", "backpropagated_error", "gamma"]
PAIRS = {
    "cross_moment": (lam1, lam2),
    "cross_sensitivity": (lam1, lam2),
    "teacher_student_loss": (lam, lam_star),
}
DISTANCES = [1.9, 1.0, 0.5, 0.3, 1e-1, 1e-3, 1e-5, 1e-7, 1e-11, 1e-15]
GAPS = [2 - 1e-9, 1.0, 0.5, 1e-4, 1e-9, 1e-15]
ANGLES = [0.0, 1e-8, -1e-3, math.pi / 4, math.pi / 2, -3.0, math.pi]


@pytest.fixture(scope="module", params=[node, chromium], ids=["node", "chromium"])
def run(request):
    with request.param() as runner:
        yield runner


def expression(name):
    if name == "gamma":
        return optimal_gamma(exponential(), lam)
    poles = PAIRS.get(name, (lam,))
    return quantity(name, exponential(), Unit(poles, wrt=poles[:1]))


def stated_error(source, name):
    """What the comment before the function says, as a relative error."""
    comment = re.search(rf"/\*\*(?:(?!\*/).)*\*/\nexport function {name}\(", source, re.DOTALL)[0]
    return int(re.search(r"at most (\d+)u", comment)[1]) * 2.0**-53


def assert_exact_as_stated(run, source, name, expr, points):
    """`points` are arguments, each with what makes the coordinates of the same point as balls."""
    bound = stated_error(source, name)
    assert bound < 1e-13
    values = run(source, [[name, given] for given, _ in points])
    for value, (given, at) in zip(values, points, strict=True):
        exact = certified(expr, at, 40).real
        with flint.ctx.workprec(200):
            assert abs(flint.arb(value) / exact - 1).mid() <= bound, given


@pytest.mark.every(3)
@pytest.mark.parametrize("name", [*MOMENTS, *PAIRS])
def test_near_one_is_as_exact_as_it_says(name, run):
    poles = PAIRS.get(name, (lam,))
    distances = DISTANCES if len(poles) == 1 else [*DISTANCES[::2], 0.3 + 2**-50]
    points = [
        (given, lambda given=given: {
            s: 1 - flint.acb(d) for s, d in zip((*poles, rho), given, strict=True)
        })
        for given in product(*[distances] * len(poles), GAPS)
        if len(poles) == 1 or given[0] != given[1]
    ]  # fmt: skip
    source = exported(name, exponential(), "javascript")
    assert_exact_as_stated(run, source, f"{name}_near_one", expression(name), points)


@pytest.mark.parametrize("name", MOMENTS)
def test_complex_eigenvalues_by_their_parts(name, run):
    points = []
    for distance, angle, gap in product(DISTANCES[1:], ANGLES, GAPS):
        z, r = (1 - distance) * np.exp(1j * angle), 1 - gap
        given = (float(z.real), float(z.imag), r)
        if Fraction(given[0]) ** 2 + Fraction(given[1]) ** 2 < 1 and abs(r) < 1:
            at = lambda g=given: {lam: flint.acb(*g[:2]), rho: flint.acb(g[2])}  # noqa: E731
            points.append((given, at))
    assert len(points) > 200
    source = exported(name, exponential(), "javascript")
    assert_exact_as_stated(run, source, name, expression(name), points)


def polar(distance, angle):
    """(1 − distance) e^{i angle}, of the floats as they are."""
    return (1 - flint.acb(distance)) * flint.acb(0, angle).exp()


@pytest.mark.parametrize("name", MOMENTS)
def test_complex_eigenvalues_by_distance_and_angle(name, run):
    points = [
        (g, lambda g=g: {lam: polar(*g[:2]), rho: 1 - flint.acb(g[2])})
        for g in product(DISTANCES[1:], ANGLES, GAPS)
    ]
    source = exported(name, exponential(), "javascript")
    assert_exact_as_stated(run, source, f"{name}_near_circle", expression(name), points)


def test_the_loss_by_distance_and_angle_cancels_only_where_it_vanishes(run):
    name = "teacher_student_loss"
    loss, source = expression(name), exported(name, exponential(), "javascript")
    points = [*product([0.5, 1e-3, 1e-7], [-3.0, 1e-7, 2.0], [0.3, 2e-7], [0.1, -2.0], [1.0, 1e-5])]
    values = run(source, [[f"{name}_near_circle", p] for p in points])
    for value, (o, a, o_star, a_star, gap) in zip(values, points, strict=True):
        values_at = lambda p=(o, a, o_star, a_star, gap): {  # noqa: E731
            lam: polar(*p[:2]), lam_star: polar(*p[2:4]), rho: 1 - flint.acb(p[4])
        }  # fmt: skip
        assert value == pytest.approx(float(certified(loss, values_at, 20).real), rel=1e-10)


def of_parameters():
    for architecture in ARCHITECTURES:
        pair = architecture().pair
        for name, expr in (("eigenvalue", pair.eigenvalue), ("gamma", pair.gamma)):
            yield pytest.param(
                architecture.__name__, name, expr, id=f"{architecture.__name__}-{name}"
            )


@pytest.mark.every(7)
@pytest.mark.parametrize(("architecture", "name", "expr"), [*of_parameters()])
def test_architectures(architecture, name, expr, run):
    """Complex λ and γ are pairs."""
    symbols = sorted(expr.free_symbols, key=str)
    points = np.random.default_rng(0).uniform(-0.9, 0.9, (20, len(symbols))).tolist()
    source = exported(architecture, white(), "javascript")
    for value, point in zip(run(source, [[name, p] for p in points]), points, strict=True):
        at = lambda p=point: dict(zip(symbols, map(flint.acb, p), strict=True))  # noqa: E731
        exact = complex(certified(expr, at))
        parts = value if isinstance(value, list) else [value, 0]
        assert complex(*parts) == pytest.approx(exact, rel=1e-13)


def test_a_complex_value_is_a_pair(run):
    source = exported("cross_sensitivity", exponential(), "javascript")
    [value] = run(source, [["cross_sensitivity", [0.5, 0.25, -0.25, 0.5, 0.75]]])
    at = {lam1: flint.acb(0.5, 0.25), lam2: flint.acb(-0.25, 0.5), rho: flint.acb(0.75)}
    exact = complex(certified(expression("cross_sensitivity"), lambda: at))
    assert complex(*value) == pytest.approx(exact, rel=1e-14)


@pytest.mark.every(2)
@pytest.mark.parametrize("name", ["second_moment", "sensitivity", "gamma"])
def test_an_input_that_oscillates(name, run):
    """Without a promise: the poles of its autocorrelation are a second complex variable."""
    x = damped_cosine()
    expr = optimal_gamma(x, lam) if name == "gamma" else quantity(name, x, Unit((lam,), wrt=(lam,)))
    source = exported(name, x, "javascript")
    for distance, angle, gap, frequency in product([0.5, 1e-3], [0.25, -2.0], [0.5, 1e-3], [0.5]):
        z = (1 - distance) * np.exp(1j * angle)
        calls = [
            [name, [float(z.real), float(z.imag), frequency, 1 - gap]],
            [f"{name}_near_circle", [distance, angle, gap, frequency]],
        ]
        point = distance, angle, gap, frequency
        at = lambda p=point: {  # noqa: E731
            lam: polar(*p[:2]), rho: 1 - flint.acb(p[2]), phi: flint.acb(p[3])
        }  # fmt: skip
        exact = float(certified(expr, at).real)
        assert run(source, calls) == [pytest.approx(exact, rel=1e-10)] * 2


def test_a_word_of_javascript_is_no_argument():
    with pytest.raises(ValueError, match="JavaScript has another meaning for new: rename it"):
        exported("second_moment", read_input("new**Delta"), "javascript")
