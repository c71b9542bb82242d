"""The kernel after T steps, at resonances too, is the double sum that it stands for."""

import pytest
import sympy as sp

from theory.inputs import constant, exponential, from_expression, white
from theory.kernel import finite_kernel_derivative
from theory.symbols import Delta

T = sp.Symbol("T", integer=True, positive=True)
HALF, THIRD = sp.Rational(1, 2), sp.Rational(1, 3)
INPUTS = {
    "white": white(),
    "ar1": exponential(THIRD),
    "constant": constant(),
    "growing": from_expression((1 + Delta) * HALF**Delta),
    "lags": from_expression(sp.KroneckerDelta(Delta, 0) + 2 * sp.KroneckerDelta(Delta, 2) / 5),
    "tone": from_expression(sp.cos(Delta)),
}
# apart, on the circle, at its other end, on the circle and at the tone, at the input's ratio
POLES = [(HALF, THIRD), (1, 1), (-1, -1), (sp.exp(sp.I), sp.exp(-sp.I)), (THIRD, THIRD)]


def summed(x, i, j, a, b, steps):
    total = 0
    for p in range(i, steps):
        for q in range(j, steps):
            r = x.autocorrelation(abs(q - p))
            r = r if q >= p else sp.conjugate(r)
            total += sp.ff(p, i) * sp.ff(q, j) * a ** (p - i) * b ** (q - j) * r
    return complex(total)


@pytest.mark.every(7)
@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize("poles", POLES, ids=str)
def test_closed_forms_are_their_sums(name, poles):
    a, b = map(sp.sympify, poles)
    for i, j in ((0, 0), (1, 1), (2, 1)):
        closed = finite_kernel_derivative(INPUTS[name], i, j, a, b, T)
        for steps in (3, 5):
            exact = summed(INPUTS[name], i, j, a, b, steps)
            assert complex(closed.subs(T, steps)) == pytest.approx(exact, abs=1e-12, rel=1e-12)


def test_a_number_of_steps_may_be_shorter_than_the_lags():
    one = sp.S.One
    closed = finite_kernel_derivative(INPUTS["lags"], 0, 0, one, one, one)
    assert complex(closed) == summed(INPUTS["lags"], 0, 0, 1, 1, 1) == 1
