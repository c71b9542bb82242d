"""Kernel, Lyapunov equation, residues and series: four ways to every quantity, and one value."""

from contextlib import suppress
from fractions import Fraction
from random import Random

import flint
import pytest

from numerics.arithmetic import gaussian
from numerics.arithmetic.balls import evaluate
from theory.catalogue import QUANTITIES
from verify.claims.file import make_claim
from verify.claims.selection import paper_claims
from verify.judging.evidence import Finding, MeaningError
from verify.judging.methods import Kind, kind_of
from verify.judging.model import Model
from verify.judging.points import Point, Polar
from verify.judging.routes import lyapunov, series, simulation, spectral
from verify.judging.routes.pointwise import Route, compare, compare_at_points, is_sharp
from verify.settings import Settings

DIGITS = 30
# what the difference of large moments may lose
GUARD = 8
# per quantity and input; the slower routes take every tenth and the first only
POINTS = 100

INPUTS = {
    "white": "KroneckerDelta(Delta, 0)",
    "ar1": "rho**Delta",
    "constant": "1",
    "damped-cosine": "rho**Delta*cos(Delta)",
    "noisy-ar1": "KroneckerDelta(Delta, 0)/3 + 2/3*rho**Delta",
    "constant-and-ar1": "1/4 + 3/4*rho**Delta",
    "moving-average": "KroneckerDelta(Delta, 0) - 2/5*KroneckerDelta(Delta, 2)",
    "double-pole": "(1 + Delta*(1 - rho**2)/(1 + rho**2))*rho**Delta",
    "complex": "(rho*(3/5 + 4/5*I))**Delta",
    "complex-line": "((5 - 12*I)/13)**Delta/2 + rho**Delta/2",
}
REAL_ONLY = {"cross_moment", "cross_sensitivity", "cross_sensitivity_power", "output_hessian"}
EXTRA = {
    "covariance": {"lag": 3},
    "sensitivity": {"wrt": "lambda"},
    "teacher_student_hessian": {"wrt": ["re(lambda)", "im(lambda)"]},
    "output_hessian": {"wrt": ["re(lambda1)", "im(lambda2)"]},
    "curvature": {"wrt": ["re(lambda)", "im(lambda)"]},
}
# the closed form of the curvature is too long to derive for two complex terms
LEFT_OUT = {("curvature", "damped-cosine"), ("curvature", "complex-line")}
PAIRS = [
    (quantity, kind)
    for quantity in QUANTITIES
    for kind in INPUTS
    if not (quantity in REAL_ONLY and kind.startswith("complex"))
    and (quantity, kind) not in LEFT_OUT
]


def model(quantity, autocorrelation, formula="0", **entry):
    poles = [f"abs({pole}) < 1" for pole in QUANTITIES[quantity].poles]
    return Model(
        make_claim(
            {
                "id": quantity,
                "quantity": quantity,
                "autocorrelation": autocorrelation,
                "relation": "==",
                "formula": formula,
                "domain": [*poles, *(["-1 < rho < 1"] if "rho" in autocorrelation else [])],
                **EXTRA.get(quantity, {}),
                **entry,
            }
        )
    )


def random_points(claim, count, seed):
    """Rational points: every fifth near the circle, ρ in all of (−1, 1)."""
    random = Random(seed)  # noqa: S311 (reproducible, not secret)
    for number in range(count):
        low, high = (9000, 9999) if number % 5 == 4 else (0, 9000)
        coordinates = {}
        for name in claim.parameters:
            if claim.is_complex(name):
                modulus = Fraction(random.randrange(low, high), 10_000)
                tangent = Fraction(random.randrange(-30, 31), random.randrange(1, 20))
                coordinates[name] = Polar(modulus, tangent)
            else:
                coordinates[name] = Fraction(random.randrange(-999, 1000), 1000)
        yield Point(coordinates)


def from_kernel(at, point):
    with flint.ctx.workprec(600):
        return evaluate(at.value, point.values(at))


def from_series(at, point):
    with flint.ctx.workprec(300):
        return series.series_value(at, point.values(at), DIGITS + GUARD)


@pytest.mark.every(7)
@pytest.mark.parametrize(("quantity", "kind"), PAIRS)
def test_routes_agree(quantity, kind):
    at = model(quantity, INPUTS[kind])
    count = max(POINTS // QUANTITIES[quantity].cost, 1)
    for number, point in enumerate(random_points(at.claim, count, f"{quantity} {kind}")):
        expected = from_kernel(at, point)
        for route in (lyapunov.lyapunov_value, spectral.residue_value):
            assert compare(expected, route(at, point), "==", DIGITS), (route, point)
        assert lyapunov.is_exact(at, point) == (kind != "damped-cosine")
        if number % 10 == 0:
            assert compare(expected, from_series(at, point), "==", DIGITS), point
            floating = lyapunov.floating_value(at, point)
            assert (expected - floating).contains(0), point
            if expected != 0:  # a zero has no relative error
                assert compare(expected, floating, "==", lyapunov.FLOATING_DIGITS), point
            with suppress(MeaningError):  # so near the circle that it takes too many steps
                assert (expected - simulation.simulated_value(at, point)).contains(0), point
        if number == 0:
            quadrature = spectral.quadrature_value(at, point)
            assert compare(expected, quadrature, "==", spectral.QUADRATURE_DIGITS), point


HALF, TURNED = Polar(Fraction(1, 2), Fraction(0)), Polar(Fraction(4, 5), Fraction(1, 3))


@pytest.mark.parametrize("quantity", QUANTITIES)
@pytest.mark.parametrize("pole", [HALF, Polar(Fraction(0), Fraction(0))], ids=str)
def test_coinciding_poles(quantity, pole):
    """λ = λ* = ρ, a pole of high order; or all of them at the origin, where lags have theirs."""
    at = model(quantity, INPUTS["double-pole"] + " + KroneckerDelta(Delta, 3)/20")
    point = Point(dict.fromkeys(at.claim.parameters, pole) | {"rho": pole.modulus})
    values = lyapunov.lyapunov_value(at, point), spectral.residue_value(at, point)
    for value in (from_series(at, point), spectral.quadrature_value(at, point)):
        for other in values:
            assert (value - other).contains(0)
            assert abs(value - other).abs_upper() < 1e-15 * (1 + abs(value))


def test_coinciding_poles_that_cannot_be_told_are_left():
    entry = {"eigenvalue": "tanh(omega)", "domain": ["0 < omega < 1"]}
    at = model("second_moment", "((1 - exp(-2*omega))/(1 + exp(-2*omega)))**Delta", **entry)
    point = Point({"omega": Fraction(1, 7)})
    with pytest.raises(MeaningError, match="cannot be decided"):
        spectral.residue_value(at, point)
    assert compare(from_kernel(at, point), lyapunov.lyapunov_value(at, point), "==", DIGITS)


@pytest.mark.parametrize("kind", ["white", "ar1", "constant", "moving-average", "complex-line"])
@pytest.mark.parametrize("quantity", ["second_moment", "sensitivity"])
def test_finite_horizon(quantity, kind):
    """Any number of steps, poles on the unit circle and beyond."""
    at = model(quantity, INPUTS[kind], horizon="T", domain=["abs(lambda) < 2", "-1 < rho < 1"])
    for modulus, steps in ((Fraction(1, 2), 1), (Fraction(1), 17), (Fraction(5, 4), 200)):
        point = Point(
            {
                "lambda": Polar(modulus, Fraction(1, 3)),
                "T": Fraction(steps),
                "rho": Fraction(-2, 3),
            }
        )
        point = Point({name: point.coordinates[name] for name in at.claim.parameters})
        assert compare(from_series(at, point), lyapunov.lyapunov_value(at, point), "==", DIGITS)
        assert (lyapunov.floating_value(at, point) - from_series(at, point)).contains(0)
        simulated = simulation.simulated_value(at, point)
        assert compare(from_series(at, point), simulated, "==", simulation.DIGITS)


CLAIMS = [c for c in paper_claims() if kind_of(c) is Kind.VALUE and c.expect != "refuted"]


@pytest.mark.every(5)
@pytest.mark.parametrize("claim", [c for c in CLAIMS if c.id[0] in "ABCD"], ids=lambda c: c.id)
def test_a_simulation_tells_at_six_points_next_to_the_ends_too(claim, monkeypatch):
    seen, at = [], simulation.simulated_value
    monkeypatch.setattr(
        simulation, "simulated_value", lambda m, p, seed: seen.append((m, p)) or at(m, p, seed)
    )
    found = simulation.check(Model(claim), Settings())
    assert found.finding is Finding.SUPPORTS
    assert found.data["points"] >= 6
    assert found.noticeable == 1e-6
    radii = [abs(evaluate(pole, p.values(m))) for m, p in seen for pole in m.unit.poles]
    if not claim.eigenvalue:  # λ itself is the parameter
        assert max(float(radius.mid()) for radius in radii) >= 0.995


@pytest.mark.every(3)
@pytest.mark.parametrize(("quantity", "kind"), PAIRS)
def test_a_simulation_is_as_near_as_it_says(quantity, kind, monkeypatch):
    """Near the circle, where rounding counts; and in few steps, where what is missing does."""
    at = model(quantity, INPUTS[kind])
    near, *_, middle = [*random_points(at.claim, 5, f"{quantity} {kind}")][::-1]
    at_ends = [near, middle]
    for point in at_ends:
        with suppress(MeaningError):  # too near
            assert (from_kernel(at, point) - simulation.simulated_value(at, point)).contains(0)
    for steps in (1, 2, 5, 20):
        monkeypatch.setattr(simulation, "steps_needed", lambda *_, steps=steps: steps)
        for point in at_ends:
            assert (from_kernel(at, point) - simulation.simulated_value(at, point)).contains(0)


def test_what_no_short_period_has_widens_the_ball(monkeypatch):
    """A slow wave is cut short, and its spectrum is negative at some frequencies."""
    at = model("second_moment", INPUTS["damped-cosine"])
    point = Point({"lambda": Polar(Fraction(1, 10), Fraction(1, 3)), "rho": Fraction(999, 1000)})
    monkeypatch.setattr(simulation, "MOST_STEPS", 32)
    simulated = simulation.simulated_value(at, point)
    assert (from_kernel(at, point) - simulated).contains(0)
    assert compare(from_kernel(at, point), simulated.mid(), "==", simulation.DIGITS) is False


STATE = "(1 - rho**2*abs(lambda)**2)/((1 - abs(lambda)**2)*abs(1 - rho*lambda)**2)"
FALSE = {
    "off by 1e-25": f"{STATE}*(1 + 1e-25)",
    "right at rho = 0 alone": STATE.replace("1 - rho**2", "1 - 2*rho**2"),
    "vanishes at both edges": f"{STATE} + 1e-20*rho*(1 - rho)",
}


@pytest.mark.parametrize("route", [series, lyapunov, spectral])
@pytest.mark.parametrize("name", FALSE)
def test_each_route_refutes(route, name):
    right, wrong = (model("second_moment", "rho**Delta", f) for f in (STATE, FALSE[name]))
    assert route.check(right, Settings()).finding == "supports"
    evidence = route.check(wrong, Settings())
    assert evidence.finding is Finding.REFUTES
    assert evidence.counterexample is not None


@pytest.mark.parametrize(
    ("value", "digits"),
    [
        (lyapunov.floating_value, lyapunov.FLOATING_DIGITS),
        (spectral.quadrature_value, spectral.QUADRATURE_DIGITS),
        (simulation.simulated_value, simulation.DIGITS),
    ],
)
def test_less_precise_routes_notice_what_they_say(value, digits):
    route = Route("second", value, digits, is_judge=False)
    wrong = f"{STATE}*(1 + {10.0 ** (1 - digits)})"
    found = [
        compare_at_points(model("second_moment", "rho**Delta", formula), Settings(), route).finding
        for formula in (STATE, wrong)
    ]
    assert found == [Finding.SUPPORTS, Finding.CONTRADICTS]


def test_points_are_gaussian_rationals():
    at = model("second_moment", "rho**Delta")
    point = Point({"lambda": TURNED, "rho": Fraction(1, 3)})
    assert str(point) == "lambda = 4/5*(4/5 + 3/5*I), rho = 1/3"
    for point in at.domain.sample(6, 0):
        exact, ball = point.exact(at), point.values(at)
        for symbol in at.symbols.values():
            assert ball[symbol].contains(gaussian.balls(exact[symbol])[0, 0].mid())


# conjugated through their arguments, these would have another value where they are on a cut
ON_A_CUT = "im(log(-(1 + sqrt(a))**2))/9"


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("eigenvalue", {"eigenvalue": ON_A_CUT}),
        ("gamma", {"gamma": f"1 + {ON_A_CUT}"}),
        ("autocorrelation", {"autocorrelation": f"(1 + {ON_A_CUT})*KroneckerDelta(Delta, 0)"}),
    ],
)
@pytest.mark.parametrize("route", [lyapunov, spectral, series])
def test_a_field_that_algebra_misreads_is_named(route, field, given):
    ranges = ["-1/2 < a < 1/2", *([] if field == "eigenvalue" else ["0 < lambda < 1"])]
    claim = {"id": "c", "autocorrelation": "KroneckerDelta(Delta, 0)", "relation": "=="}
    moment = {"quantity": "second_moment", "formula": "1", "domain": ranges}
    found = route.check(Model(make_claim({**claim, **moment, **given})), Settings())
    assert found.finding is Finding.FAILED
    assert found.detail.startswith(f"algebra takes field {field!r} for something else at a = ")


@pytest.mark.parametrize(
    ("ball", "sharp"),
    [
        (flint.acb(3), True),
        (flint.acb(0), True),
        (flint.acb(flint.arb(3, 1e-20), 1), True),
        (flint.acb(flint.arb(3, 1e-10), 1), False),
        (flint.acb(3, flint.arb(1, 1e-10)), False),
        (flint.acb(flint.arb(0, 1e-20)), False),
        (flint.acb("nan"), False),
    ],
)
def test_a_midpoint_is_right_where_a_ball_is_sharp(ball, sharp):
    assert is_sharp(ball) is sharp
