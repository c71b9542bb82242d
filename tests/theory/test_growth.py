"""Leading terms by three routes: series, the second judge's polynomials, balls near the circle."""

from dataclasses import replace

import mpmath
import pytest
import sympy as sp
from flint import acb, arb

from numerics.arithmetic.balls import certified
from theory import (
    DERIVATIONS,
    ArbitraryInput,
    BrokenStep,
    constant,
    damped_cosine,
    exponential,
    from_expression,
    mixture,
    moving_average,
    white,
)
from theory.algebra.leading import ZERO, LeadingTerm, leading_term
from theory.algebra.taylor import epsilon, taylor
from theory.derivations.growth import derive_growth
from theory.growth import growth, moment_near_circle, spectral_density
from theory.symbols import Delta, phi, rho, theta
from verify.claims.file import make_claim
from verify.judging.evidence import Finding
from verify.judging.exact import judge as polynomials
from verify.judging.model import Model
from verify.judging.routes import limit
from verify.settings import Settings

HALF, THIRD = sp.Rational(1, 2), sp.Rational(1, 3)
# name → input, angle, and by hand: (c, n) of the state and of the sensitivity
KNOWN = {
    "white": (white(), 0, (HALF, -1), (HALF / 2, -3)),
    "white, any angle": (white(), theta, (HALF, -1), (HALF / 2, -3)),
    "ρ^Δ": (exponential(), 0, ((1 + rho) / (1 - rho) / 2, -1), ((1 + rho) / (1 - rho) / 4, -3)),
    "constant": (constant(), 0, (1, -2), (1, -4)),
    "line": (damped_cosine(sp.S.One), phi, (HALF, -2), (HALF, -4)),
    "noise and line": (mixture([(THIRD, white()), (2, constant())]), 0, (2, -2), (2, -4)),
    "differenced": (moving_average([1, -1]), 0, (1, 0), (sp.Rational(1, 4), -1)),
    "twice differenced": (moving_average([1, -2, 1]), 0, (2, 0), (1, 0)),
    "lags": (moving_average([1, HALF]), 0, (sp.Rational(9, 8), -1), (sp.Rational(9, 16), -3)),
}


def same(term: LeadingTerm, coefficient, order) -> bool:
    return term.order == order and sp.simplify(term.coefficient - coefficient) == 0


@pytest.mark.parametrize("name", KNOWN)
def test_growth_is_as_by_hand(name):
    x, angle, state, sensitivity = KNOWN[name]
    found = growth(x, sp.sympify(angle))
    assert same(found.state, *state)
    assert same(found.sensitivity, *sensitivity)


@pytest.mark.parametrize("x", [ArbitraryInput(), ArbitraryInput(is_real=False), exponential()])
def test_the_spectral_density_rules(x):
    found, density = growth(x, theta), spectral_density(x, theta)
    assert same(found.state, density / 2, -1)
    assert same(found.sensitivity, density / 4, -3)


def test_a_complex_input_resonates_at_its_own_angle():
    """R(Δ) = E[x_{t+Δ} x̄_t] = e^{iφΔ} turns by +φ, as a unit with λ = e^{iφ} does."""
    x = from_expression(sp.exp(sp.I * phi * Delta))
    assert same(growth(x, phi).state, 1, -2)
    assert growth(x, -phi).state.order == 0
    with pytest.raises(ValueError, match="spectral line"):
        spectral_density(x, phi)
    assert spectral_density(x, -phi) == 0


POINT = {rho: sp.Rational(3, 10), phi: sp.Rational(9, 10), theta: sp.Rational(2, 5)}


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize("n", [0, 1])
def test_in_balls_the_ratio_is_off_by_order_epsilon(name, n):
    """|f/(c ε^n) − 1| ≤ 100 ε at 1e-6 and 1e-12: no coefficient at these inputs is larger."""
    x, angle, *_ = KNOWN[name]
    term = (growth(x, sp.sympify(angle)).state, growth(x, sp.sympify(angle)).sensitivity)[n]
    moment = moment_near_circle(x, n, sp.sympify(angle))
    for distance in (sp.Rational(1, 10**6), sp.Rational(1, 10**12)):
        ratio = (moment / term.expression).subs(POINT).subs(epsilon, distance)
        off = abs(certified(ratio, dict, 30) - acb(1))
        assert off < 100 * arb(str(sp.N(distance)))


CLAIMS = {
    "KroneckerDelta(Delta, 0)": ("1/(2*(1 - lambda))", "1/(4*(1 - lambda)**3)"),
    "1": ("1/(1 - lambda)**2", "1/(1 - lambda)**4"),
    "rho**Delta": (
        "(1 + rho)/(2*(1 - rho)*(1 - lambda))",
        "(1 + rho)/(4*(1 - rho)*(1 - lambda)**3)",
    ),
    "2*KroneckerDelta(Delta, 0) - KroneckerDelta(Delta, 1)": ("1", "1/(4*(1 - lambda))"),
}


@pytest.mark.parametrize("autocorrelation", CLAIMS)
@pytest.mark.parametrize("n", [0, 1])
def test_the_other_judge_agrees(autocorrelation, n):
    def claim(formula):
        domain = ["0 < lambda < 1", *(["0 <= rho < 1"] if "rho" in autocorrelation else [])]
        return make_claim(
            {
                "id": "growth",
                "autocorrelation": autocorrelation,
                "quantity": ("second_moment", "sensitivity")[n],
                "relation": "~",
                "formula": formula,
                "limit": "lambda -> 1-",
                "domain": domain,
            }
        )

    formula = CLAIMS[autocorrelation][n]
    model = Model(claim(formula))
    x, lam = model.input, model.symbols["lambda"]
    found = (growth(x).state, growth(x).sensitivity)[n]
    said = model.formula.subs(lam, 1 - epsilon)
    assert sp.simplify(found.expression.subs(rho, model.symbols.get("rho", rho)) - said) == 0
    assert polynomials.check(model, Settings()).finding is Finding.PROVES
    assert limit.check(model, Settings()).finding is Finding.SUPPORTS
    assert (
        polynomials.check(Model(claim(f"2*({formula})")), Settings()).finding is Finding.CONTRADICTS
    )


@pytest.mark.parametrize(
    ("expr", "coefficient", "order"),
    [
        (sp.log(1 - epsilon), -1, 1),
        (sp.log(1 - epsilon) + epsilon + epsilon**2 / 2, -THIRD, 3),
        ((1 - epsilon) ** -rho - 1, rho, 1),
        (1 / (sp.exp(epsilon) - 1) - 1 / epsilon, -HALF, 0),
        (sp.sin(epsilon) - sp.tan(epsilon), -HALF, 3),
        (sp.cos(epsilon) ** 2 - 1 + epsilon**2, THIRD, 4),
        (rho / (epsilon + rho * epsilon**2) ** 2, rho, -2),
        # roots of numbers, whose squares cancel
        (sp.sqrt(2) * (sp.sqrt(2) + epsilon) - 2 + epsilon**2, sp.sqrt(2), 1),
        ((sp.sqrt(3) + sp.I * epsilon) ** 2 - 3, 2 * sp.sqrt(3) * sp.I, 1),
        # powers of numbers that are functions
        (sp.re(HALF, evaluate=False) ** 2 * epsilon + epsilon**2, HALF**2, 1),
    ],
)
def test_leading_terms_of_functions(expr, coefficient, order):
    assert same(leading_term(expr), coefficient, order)


def test_zero_and_what_has_no_leading_power():
    log = sp.log(1 - epsilon)
    assert leading_term((log + epsilon) ** 2 - log**2 - epsilon * (2 * log + epsilon)) == ZERO
    assert ZERO.expression == 0
    hidden = (sp.sqrt(2) + 1) * (sp.sqrt(2) - 1) - 1 + epsilon
    for base in (epsilon, hidden):
        with pytest.raises(ValueError, match="not analytic"):
            leading_term(sp.log(base) + 1)
        with pytest.raises(ValueError, match="not analytic"):
            leading_term(sp.sqrt(base) + 1)
    for singular in (sp.exp(1 / epsilon), epsilon**epsilon):
        with pytest.raises(ValueError, match="not analytic"):
            leading_term(singular + 1)


_C = sp.Function("C")


@pytest.mark.parametrize(
    "f",
    [
        sp.exp(rho * epsilon) / (2 + epsilon),
        (2 - epsilon) ** rho * (epsilon + epsilon**2) ** 3,
        (2 - epsilon) ** sp.Abs(1 - epsilon),
        sp.sqrt((1 - epsilon) ** 2 + rho**2) * sp.log(rho**2 + sp.exp(rho - epsilon)),
        sp.tanh(rho + epsilon) - sp.tan(epsilon / 3),
        sp.atan(rho * (1 + epsilon) ** 7) + sp.I * sp.cos(sp.sin(epsilon)),
        _C(1 - epsilon) * _C(rho * (1 - epsilon)),
    ],
    ids=str,
)
def test_taylor_coefficients_are_derivatives(f):
    """Held against differences of 1e-15 steps in 100 digits, which err by some 1e-15."""
    f, found = (g.subs(rho, HALF).replace(_C, sp.cosh).doit() for g in (f, taylor(f, 6)))
    with mpmath.workdps(100):
        function = sp.lambdify(epsilon, f, "mpmath")
        expected = mpmath.taylor(function, 0, 6, h=mpmath.mpf("1e-15"), direction=1)
    coefficients = [sp.N(sp.expand(found).coeff(epsilon, n), 30) for n in range(7)]
    assert all(abs(a - b) < 1e-10 for a, b in zip(coefficients, expected, strict=True))


def test_a_power_beyond_the_degree_costs_nothing():
    assert taylor((epsilon + 3 * epsilon**2) ** 10**9, 4) == 0
    assert taylor((1 + epsilon) ** 10**9, 1) == 1 + 10**9 * epsilon


def test_powers_that_would_fill_all_memory_are_refused():
    tiny = sp.exp(-sp.Rational(1, 10**9)) * (sp.exp(sp.exp(-epsilon)) - sp.E) / (1 - sp.E)
    with pytest.raises(ValueError, match="beyond 10000"):
        leading_term(tiny)


def test_a_zero_that_does_not_look_like_one():
    hidden = (sp.sqrt(2) + 1) * (sp.sqrt(2) - 1) - 1 + epsilon
    assert taylor(hidden**3, 3) == epsilon**3


def test_what_took_half_a_minute_by_derivatives():
    f = 1 - (1 - epsilon) ** sp.Abs(1 - epsilon)
    assert leading_term(f) == LeadingTerm(sp.S.One, sp.S.One)


@pytest.mark.every(2)
@pytest.mark.parametrize(
    ("x", "angle"),
    [
        (exponential(), theta),
        (constant(), 0),
        (damped_cosine(sp.S.One), phi),
        (moving_average([1, -1]), 0),
        (constant(), theta),
    ],
    ids=str,
)
def test_derivation_holds(x, angle):
    derivation = derive_growth(x, sp.sympify(angle))
    assert list(derivation.checked()) == list(derivation.steps)


def test_the_curse():
    assert DERIVATIONS["growth"](exponential()).result == HALF
    assert DERIVATIONS["growth"](constant()).result == 1


@pytest.mark.parametrize("x", [ArbitraryInput(), exponential(), moving_average([1, -1])])
def test_a_wrong_constant_or_order_is_caught(x):
    derivation = derive_growth(x)
    for step in derivation.steps:
        if isinstance(step.statement.lhs, sp.Limit):
            wrong = sp.Eq(step.statement.lhs, step.statement.rhs * (1 + sp.Rational(1, 10**9)))
            broken = replace(derivation, steps=(replace(step, statement=wrong),))
            with pytest.raises(BrokenStep):
                list(broken.checked())
