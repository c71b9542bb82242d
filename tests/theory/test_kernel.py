"""The kernel: its fixed point, its symmetry, its values, and its finite horizon."""

import pytest
import sympy as sp
from double_sums import agrees, double_sum
from flint import acb, arb

from theory import (
    ArbitraryInput,
    constant,
    damped_cosine,
    exponential,
    finite_kernel,
    from_expression,
    kernel,
    moving_average,
    white,
)
from theory.algebra.conjugation import bar, conjugated
from theory.algebra.vanishing import vanishes
from theory.kernel import STATIONARITY
from theory.symbols import Delta, T, alpha, beta, beta_bar, phi, rho

INPUTS = {
    "white": white(),
    "exponential": exponential(),
    "constant": constant(),
    "damped cosine": damped_cosine(),
    "moving average": moving_average([1, 2, -1]),
    "mixture": sp.Rational(1, 3) * white() + sp.Rational(2, 3) * exponential(),
    "complex": from_expression(rho**Delta * sp.exp(sp.I * phi * Delta)),
}
a, b = sp.Rational(1, 2) + sp.I / 3, sp.Rational(-2, 5)


@pytest.mark.parametrize("name", INPUTS)
def test_kernel_solves_the_fixed_point(name):
    x, k = INPUTS[name], sp.Symbol("K")
    known = {
        sp.Symbol("R_0"): x.autocorrelation(0),
        sp.Symbol("C_alpha"): x.conjugate().generating_function(alpha),
        sp.Symbol("C_beta"): x.generating_function(beta_bar),
    }
    residual = (STATIONARITY.lhs - STATIONARITY.rhs).subs(known).subs(k, kernel(x))
    assert vanishes(residual)


@pytest.mark.parametrize("name", INPUTS)
def test_coefficients_are_the_autocorrelation(name):
    x, order = INPUTS[name], 12
    direct = sum(
        alpha**i
        * beta_bar**j
        * (x.autocorrelation(j - i) if j >= i else x.conjugate().autocorrelation(i - j))
        for i in range(order + 1)
        for j in range(order + 1 - i)
    )
    assert vanishes(kernel(x) - direct, (alpha, beta_bar), order)


@pytest.mark.parametrize("x", [*INPUTS.values(), ArbitraryInput(), ArbitraryInput(is_real=False)])
def test_kernel_is_hermitian(x):
    swapped = conjugated(kernel(x)).subs({bar(alpha): beta_bar, beta: alpha}, simultaneous=True)
    assert vanishes(swapped - kernel(x))


def test_kernel_at_complex_numbers():
    half = arb(1) / 2
    x = exponential(sp.Rational(1, 2))
    assert agrees(double_sum(a, b, lambda d: acb(half**d)), kernel(x, a, b))


@pytest.mark.parametrize("horizon", [1, 2, 3, 7])
@pytest.mark.parametrize("name", INPUTS)
def test_finite_kernel_is_the_finite_sum(name, horizon):
    x = INPUTS[name]
    direct = sum(
        alpha**i
        * beta_bar**j
        * (x.autocorrelation(j - i) if j >= i else x.conjugate().autocorrelation(i - j))
        for i in range(horizon)
        for j in range(horizon)
    )
    assert vanishes(finite_kernel(x, sp.Integer(horizon)) - direct)


@pytest.mark.parametrize("name", INPUTS)
def test_finite_kernel_tends_to_the_kernel(name):
    values = {rho: sp.Rational(1, 3), phi: sp.Rational(3, 4)}
    finite = finite_kernel(INPUTS[name], T, a, b).subs(values).subs(T, 200)
    stationary = kernel(INPUTS[name], a, b).subs(values)
    assert abs(sp.N(finite - stationary, 30)) < 1e-20


def test_finite_kernel_outside_the_unit_circle():
    finite = finite_kernel(exponential(), sp.Integer(4), sp.Integer(2), sp.Integer(-3))
    direct = sum(2**i * (-3) ** j * rho ** abs(i - j) for i in range(4) for j in range(4))
    assert vanishes(finite - direct)


@pytest.mark.parametrize("x", [ArbitraryInput(), from_expression((1 + Delta) * rho**Delta)])
def test_finite_kernel_refuses_what_it_cannot_sum(x):
    with pytest.raises(ValueError, match="finite horizon"):
        finite_kernel(x, T)
