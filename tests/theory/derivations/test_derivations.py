"""Every step holds, a broken one is caught where it breaks, the results are the moments."""

import re
from dataclasses import replace
from functools import cache

import pytest
import sympy as sp

from theory import (
    DERIVATIONS,
    ArbitraryInput,
    BrokenStep,
    constant,
    damped_cosine,
    exponential,
    from_expression,
    moving_average,
    present,
    second_moment,
    sensitivity,
    white,
)
from theory.algebra.vanishing import vanishes
from theory.derivations.checking.formal_series import E, FormalSeries, K, t
from theory.derivations.kernel import unit
from theory.derivations.moments import derive_second_moment, derive_sensitivity
from theory.printing.collection import sections
from theory.symbols import Delta, alpha, beta_bar, lam, nu, omega, phi, real_lam, rho, theta

INPUTS = {
    "any": ArbitraryInput(),
    "white": white(),
    "exponential": exponential(),
    "damped cosine": damped_cosine(),
    "moving average": moving_average([1, sp.Rational(1, 2)]),
    "constant": constant(),
    "mixture": sp.Rational(1, 3) * white() + sp.Rational(2, 3) * exponential(),
}
REAL_ONLY = {
    "cross_moment", "cross_sensitivity", "teacher_student_hessian", "normalised_loss",
    "output_hessian",
}  # fmt: skip


def derived(name, x):
    """Each derivation once: several tests look at it."""
    return _derived(name, x) if x in INPUTS.values() else DERIVATIONS[name](x)


@cache
def _derived(name, x):
    return DERIVATIONS[name](x)


@pytest.mark.every(5)
@pytest.mark.parametrize("name", DERIVATIONS)
@pytest.mark.parametrize("x", ["any", "exponential"])
def test_every_step_holds(x, name):
    derivation = derived(name, INPUTS[x])
    assert list(derivation.checked()) == list(derivation.steps)


@pytest.mark.every(5)
@pytest.mark.parametrize(
    "name", ["kernel", "sensitivity", "finite_horizon", "cross_moment", "gamma"]
)
@pytest.mark.parametrize("x", ["damped cosine", "moving average", "constant", "mixture"])
def test_every_step_holds_for_other_inputs(x, name):
    derivation = derived(name, INPUTS[x])
    assert list(derivation.checked()) == list(derivation.steps)


@pytest.mark.every(3)
@pytest.mark.parametrize("name", ["kernel", "second_moment", "sensitivity", "finite_horizon"])
@pytest.mark.parametrize(
    "x", [ArbitraryInput(is_real=False), from_expression(rho**Delta * sp.exp(sp.I * phi * Delta))]
)
def test_complex_inputs(x, name):
    derivation = DERIVATIONS[name](x)
    assert list(derivation.checked()) == list(derivation.steps)


@pytest.mark.parametrize("name", sorted(REAL_ONLY))
def test_what_a_complex_input_does_not_have_says_so(name):
    with pytest.raises(ValueError, match="real input"):
        DERIVATIONS[name](ArbitraryInput(is_real=False))


@pytest.mark.parametrize("name", ["parametrization", "normalised_loss", "finite_horizon", "gamma"])
def test_steps_special_to_white_input_hold(name):
    derivation = derived(name, INPUTS["white"])
    assert list(derivation.checked()) == list(derivation.steps)


@pytest.mark.every(5)
@pytest.mark.parametrize("name", DERIVATIONS)
def test_a_broken_step_is_caught_at_that_step(name):
    """Each right side in turn is made wrong by one part in 10⁹."""
    derivation = derived(name, INPUTS["exponential"])
    for number, step in enumerate(derivation.steps, 1):
        said, error = step.statement, sp.Rational(1, 10**9)
        if not isinstance(said, sp.Equality):
            continue
        wrong = sp.Eq(said.lhs, said.rhs * (1 + error) if said.rhs else error, evaluate=False)
        steps = list(derivation.steps)
        steps[number - 1] = replace(step, statement=wrong)
        broken = replace(derivation, steps=tuple(steps))
        with pytest.raises(BrokenStep, match=re.escape(f"step {number} ({step.rule})")):
            broken.step(number)


def test_an_inequality_that_says_more_is_caught():
    step = next(s for s in derived("network", white()).steps if isinstance(s.statement, sp.Ge))
    assert step.check(step.statement)
    assert not step.check(sp.Ge(step.statement.lhs, 2 * step.statement.rhs, evaluate=False))


def test_a_step_proved_before_is_recalled():
    names = ("kernel", "second_moment")
    first, second = (list(parts) for _, parts in sections([derived(n, white()) for n in names]))
    assert [number for number, _ in first] == list(range(1, len(first) + 1))
    assert str(second[0]) == "1–5. Steps 1–5 of section 1."
    assert second[1][0] == 6


def test_results_are_the_papers():
    ar = exponential()
    assert derive_second_moment(ar).result == (1 + rho * real_lam) / (
        (1 - rho * real_lam) * (1 - real_lam**2)
    )
    numerator = (1 + real_lam**2) * (1 - real_lam**2 * rho**2) + 2 * (
        1 - real_lam**2
    ) * real_lam * rho
    published = numerator / ((1 - real_lam**2) ** 3 * (1 - real_lam * rho) ** 2)
    assert vanishes(derive_sensitivity(ar).result - published)
    slope = (1 - real_lam**2) / sp.sqrt(1 + real_lam**2)
    assert DERIVATIONS["parametrization"](white()).steps[-2].statement.rhs == slope


@pytest.mark.every(4)
@pytest.mark.parametrize("x", INPUTS)
def test_results_are_the_moments(x):
    x = INPUTS[x]
    assert vanishes(derive_second_moment(x).result - second_moment(x, real_lam))
    assert vanishes(derive_second_moment(x, lam).result - second_moment(x))
    assert vanishes(derive_sensitivity(x).result - sensitivity(x, real_lam, real_lam))
    assert vanishes(derive_sensitivity(x, lam).result - sensitivity(x))


POLAR = nu * sp.exp(sp.I * theta)


@pytest.mark.every(3)
@pytest.mark.parametrize(
    ("eigenvalue", "wrt"),
    [(POLAR, nu), (POLAR, theta), (sp.tanh(omega), omega), (sp.exp(-sp.exp(omega)), omega)],
)
@pytest.mark.parametrize("x", [ArbitraryInput(), exponential()])
def test_sensitivity_to_a_parameter(x, eigenvalue, wrt):
    derivation = derive_sensitivity(x, eigenvalue, wrt)
    assert list(derivation.checked()) == list(derivation.steps)
    assert any(step.rule == "Chain rule" for step in derivation.steps)


def test_the_parameter_must_be_named_where_there_are_several():
    with pytest.raises(ValueError, match="name the parameter"):
        derive_sensitivity(white(), POLAR)


def test_a_formal_series_refuses_what_the_autocorrelation_does_not_fix():
    h = sp.IndexedBase("h")
    series = unit(ArbitraryInput(is_real=False), lam)
    with pytest.raises(ValueError, match="not fixed"):
        series.holds(sp.Eq(E(h[t] ** 2), 1, evaluate=False))


def test_a_formal_series_notices_the_last_order():
    series = FormalSeries(white(), (alpha, beta_bar))
    product = alpha * beta_bar
    truth = sum(product**i for i in range(5))
    k = K(alpha, beta_bar)
    assert series.holds(sp.Eq(k, truth, evaluate=False))
    assert not series.holds(sp.Eq(k, truth - product**4, evaluate=False))
    assert not series.holds(sp.Eq(k, 1 / (1 - 1 / product), evaluate=False))


def test_present_is_idempotent_on_results():
    for x in (exponential(), damped_cosine(), white()):
        result = derive_sensitivity(x).result
        assert present(result) == result
