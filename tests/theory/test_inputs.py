"""Inputs: R(Δ) read back, C(z) against its Taylor series, mixtures, conjugation, refusals."""

import re

import pytest
import sympy as sp

from theory import (
    ArbitraryInput,
    StationaryInput,
    constant,
    damped_cosine,
    exponential,
    from_expression,
    moving_average,
    white,
)
from theory.algebra.generating_functions import C, C_bar, C_plus
from theory.algebra.vanishing import vanishes
from theory.symbols import Delta, phi, rho

z = sp.Symbol("z")
half = sp.Rational(1, 2)
INPUTS = {
    "white": white(),
    "exponential": exponential(),
    "constant": constant(),
    "damped cosine": damped_cosine(),
    "moving average": moving_average([1, half, -2]),
    "mixture": half * white() + sp.Rational(1, 3) * damped_cosine(),
    "power": from_expression(Delta**2 * rho**Delta),
    "complex": from_expression(rho**Delta * sp.exp(sp.I * phi * Delta)),
}


@pytest.mark.parametrize("name", INPUTS)
def test_generating_function_has_the_lags_as_taylor_coefficients(name):
    x, order = INPUTS[name], 9
    series = sum(z**k * x.autocorrelation(k) for k in range(1, order + 1))
    assert vanishes(x.generating_function(z) - series, (z,), order)
    assert not vanishes(x.generating_function(z) - series + z**order, (z,), order)


@pytest.mark.parametrize("name", INPUTS)
def test_an_autocorrelation_reads_back(name):
    x = INPUTS[name]
    again = from_expression(x.autocorrelation())
    assert all(vanishes(again.autocorrelation(k) - x.autocorrelation(k)) for k in range(6))
    assert vanishes(again.generating_function(z) - x.generating_function(z))


@pytest.mark.parametrize(
    ("expr", "lags"),
    [
        (sp.cos(phi * Delta) * rho**Delta, [1, rho * sp.cos(phi), rho**2 * sp.cos(2 * phi)]),
        (sp.exp(-2 * Delta), [1, sp.exp(-2), sp.exp(-4)]),
        ((rho / 2) ** (2 * Delta + 1), [rho / 2, rho**3 / 8, rho**5 / 32]),
        (rho ** sp.Abs(Delta), [1, rho, rho**2]),
        ((1 + Delta) ** 2 * rho**Delta, [1, 4 * rho, 9 * rho**2]),
        (sp.sin(phi * Delta) ** 2, [0, sp.sin(phi) ** 2, sp.sin(2 * phi) ** 2]),
        (3 * sp.KroneckerDelta(Delta, 0) + sp.KroneckerDelta(Delta, 2) / 4, [3, 0, sp.S(1) / 4]),
        ((1 + Delta) * sp.KroneckerDelta(Delta, 2), [0, 0, 3]),
        (sp.cosh(Delta) * sp.exp(-3 * Delta), [1, None, None]),
        (sp.S(7), [7, 7, 7]),
    ],
)
def test_expressions_are_read(expr, lags):
    x = from_expression(expr)
    for k, value in enumerate(lags):
        expected = expr.subs(Delta, k) if value is None else value
        assert vanishes((x.autocorrelation(k) - expected).rewrite(sp.exp))


@pytest.mark.parametrize(
    "expr",
    [
        1 / (1 + Delta),
        sp.sqrt(Delta),
        rho ** (Delta**2),
        sp.log(1 + Delta),
        sp.cos(phi * Delta**2),
        Delta**Delta,
        sp.KroneckerDelta(Delta, sp.Symbol("k")),
    ],
)
def test_other_expressions_are_refused(expr):
    with pytest.raises(ValueError, match="KroneckerDelta"):
        from_expression(expr)


def test_moving_average_is_the_correlation_of_its_weights():
    x = moving_average([1, sp.I])
    assert [x.autocorrelation(k) for k in range(3)] == [2, sp.I, 0]
    assert x.conjugate().autocorrelation(1) == -sp.I


def test_white_is_exponential_without_memory():
    forgetful = exponential(sp.S.Zero)
    assert [forgetful.autocorrelation(k) for k in range(3)] == [1, 0, 0]
    assert forgetful.generating_function(z) == white().generating_function(z) == 0


def test_weights_scale_all_of_it():
    x = 3 * (white() + exponential())
    assert isinstance(x, StationaryInput)
    assert [x.autocorrelation(k) for k in range(2)] == [6, 3 * rho]


@pytest.mark.parametrize("name", INPUTS)
def test_conjugation_is_an_involution(name):
    x = INPUTS[name]
    assert x.conjugate().conjugate() == x
    assert x.is_real == (name != "complex")


def test_an_arbitrary_input_differentiates_its_generating_function():
    assert sp.diff(ArbitraryInput().generating_function(z), z, 2) == C(2, z)
    complex_input = ArbitraryInput(is_real=False)
    assert complex_input.generating_function(z) == C_plus(0, z)
    assert sp.diff(complex_input.conjugate().generating_function(z), z) == C_bar(1, z)
    assert ArbitraryInput().conjugate() == ArbitraryInput()


@pytest.mark.parametrize("weight", [z**Delta, Delta * z**Delta, Delta**2 * z**Delta])
def test_weighted_sums_agree_for_known_and_arbitrary_inputs(weight):
    known = exponential().weighted_sum(weight)
    general = ArbitraryInput().weighted_sum(weight)
    w = sp.Symbol("w")
    values = {
        C(n, z): sp.diff(exponential().generating_function(w), w, n).subs(w, z) for n in range(3)
    }
    assert vanishes(general.xreplace(values) - known)


def test_numbers_are_the_decimals_that_are_written():
    assert exponential(0.9) == exponential(sp.Rational(9, 10))
    assert 0.5 * exponential(0.9) == sp.Rational(1, 2) * exponential(sp.Rational(9, 10))
    assert moving_average([0.5, 1]) == moving_average([sp.Rational(1, 2), 1])


@pytest.mark.parametrize("rho", [1.5, -2, float("nan"), 1 + sp.I])
def test_ratios_outside_the_disc_are_named(rho):
    with pytest.raises(ValueError, match=rf"{re.escape(str(rho))}: .* is needed"):
        exponential(rho)
