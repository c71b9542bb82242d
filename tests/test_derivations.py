"""Every step holds, a broken one is caught where it breaks, the results are the moments."""

from dataclasses import replace

import pytest
import sympy as sp

from theory import (
    DERIVATIONS,
    ArbitraryInput,
    BrokenStep,
    damped_cosine,
    exponential,
    from_expression,
    moving_average,
    present,
    second_moment,
    sensitivity,
    white,
)
from theory.derivations.formal_series import E, FormalSeries, K, t
from theory.derivations.kernel import unit
from theory.derivations.moments import derive_second_moment, derive_sensitivity
from theory.derivations.truncation import vanishes
from theory.symbols import Delta, alpha, beta_bar, lam, nu, omega, phi, real_lam, rho, theta

INPUTS = {
    "any": ArbitraryInput(),
    "white": white(),
    "exponential": exponential(),
    "damped cosine": damped_cosine(),
    "moving average": moving_average([1, sp.Rational(1, 2)]),
}
QUICK = [name for name in DERIVATIONS if not name.startswith("teacher")]


@pytest.mark.parametrize("name", QUICK)
@pytest.mark.parametrize("x", INPUTS)
def test_every_step_holds(x, name):
    derivation = DERIVATIONS[name](INPUTS[x])
    assert list(derivation.checked()) == list(derivation.steps)


@pytest.mark.parametrize("name", ["teacher_student_loss", "teacher_student_hessian"])
@pytest.mark.parametrize("x", ["any", "white", "exponential"])
def test_every_step_of_the_losses_holds(x, name):
    derivation = DERIVATIONS[name](INPUTS[x])
    assert list(derivation.checked()) == list(derivation.steps)


@pytest.mark.parametrize("name", ["kernel", "second_moment", "sensitivity", "gamma"])
@pytest.mark.parametrize(
    "x", [ArbitraryInput(is_real=False), from_expression(rho**Delta * sp.exp(sp.I * phi * Delta))]
)
def test_complex_inputs(x, name):
    derivation = DERIVATIONS[name](x)
    assert list(derivation.checked()) == list(derivation.steps)


@pytest.mark.parametrize("name", ["sensitivity", "cross_sensitivity", "parametrization"])
def test_a_broken_step_is_caught_at_that_step(name):
    derivation = DERIVATIONS[name](exponential())
    for broken, step in enumerate(derivation.steps):
        wrong = sp.Eq(step.statement.lhs, step.statement.rhs * (1 + rho / 10**9), evaluate=False)
        if step.statement.rhs == 0:
            continue
        steps = list(derivation.steps)
        steps[broken] = replace(step, statement=wrong)
        checked = replace(derivation, steps=tuple(steps)).checked()
        assert [next(checked) for _ in range(broken)] == steps[:broken]
        with pytest.raises(BrokenStep, match=rf"step {broken + 1} \({step.rule}\)"):
            next(checked)


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


@pytest.mark.parametrize("x", INPUTS)
def test_results_are_the_moments(x):
    x = INPUTS[x]
    assert vanishes(derive_second_moment(x).result - second_moment(x, real_lam))
    assert vanishes(derive_second_moment(x, lam).result - second_moment(x))
    assert vanishes(derive_sensitivity(x).result - sensitivity(x, real_lam, real_lam))
    assert vanishes(derive_sensitivity(x, lam).result - sensitivity(x))


POLAR = nu * sp.exp(sp.I * theta)


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
