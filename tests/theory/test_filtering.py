"""Filtered inputs: their autocorrelation against sums, and what undoes a unit."""

import pytest
import sympy as sp

from theory.algebra.presentation import readable
from theory.filtering import FilteredInput, filtered, output, weights
from theory.inputs import (
    constant,
    damped_cosine,
    exponential,
    from_expression,
    mixture,
    moving_average,
    white,
)
from theory.symbols import Delta, rho

R = sp.Rational
ZEROS = [(1, 1), (R(9, 10), R(1, 3))]


@pytest.mark.parametrize(
    "x", [white(), exponential(), moving_average([1, 2, -1]), damped_cosine(R(1, 2), sp.pi / 3)]
)
@pytest.mark.parametrize("zeros", [[], ZEROS, [(1, -1), (1, -1)]])
def test_autocorrelation_is_the_double_sum(x, zeros):
    b = weights(tuple(zeros))
    for lag in range(len(b) + 4):
        total = sum(
            u * v * x.autocorrelation(abs(lag + k - i))
            for i, u in enumerate(b)
            for k, v in enumerate(b)
        )
        assert sp.simplify(filtered(x, zeros).autocorrelation(lag) - total) == 0


def test_filtered_noise_is_a_moving_average():
    differences = filtered(white(), [(1, 1), (1, 1)])
    assert differences.autocorrelation() == moving_average([1, -2, 1]).autocorrelation()


def test_structure_survives_weights_and_what_is_added():
    total = mixture([(2, filtered(exponential(), [(1, 1)])), (R(1, 3), constant())])
    assert isinstance(total, FilteredInput)
    assert total.source.autocorrelation() == 2 * rho**Delta
    assert total.beside.autocorrelation() == R(1, 3)
    twice = 3 * total + white()
    assert isinstance(twice, FilteredInput)
    assert sp.simplify(twice.autocorrelation(0) - 3 * total.autocorrelation(0)) == 1
    both = total + filtered(white(), [(1, -1)])
    assert not isinstance(both, FilteredInput)
    assert sp.simplify(both.autocorrelation(0) - total.autocorrelation(0)) == 2


def test_powers_of_the_lag_are_refused():
    with pytest.raises(ValueError, match="without Δ before"):
        filtered(from_expression(Delta * rho**Delta), [(1, 1)])


a = sp.Symbol("a", real=True)
POLES = [a, R(1, 2), R(-4, 5), R(1, 2) * sp.exp(sp.I * R(1, 3)), sp.S.Zero]
INPUTS = {
    "white": white(),
    "correlated": exponential(),
    "resonant": exponential(R(1, 2)),
    "average": moving_average([1, R(1, 2), 3]),
    "wave": damped_cosine(R(4, 5), R(1, 2)),
    "turning": from_expression((R(1, 3) * sp.exp(sp.I)) ** Delta),
    "powers": from_expression(
        (2 * Delta + 3) * R(1, 2) ** Delta
        + Delta**2 * R(-4, 5) ** Delta
        + white().autocorrelation()
    ),
}


@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize("pole", POLES, ids=str)
def test_an_output_is_what_its_unit_makes_of_its_input(name, pole):
    """R_x(k) = (1 + |λ|²) R_y(k) − λ R_y(k−1) − λ̄ R_y(k+1), which one bounded R_y alone does."""
    x, y = INPUTS[name], output(INPUTS[name], pole)
    at = {a: R(7, 10), rho: R(3, 10)}

    def lag(of, k):
        value = sp.N(readable(of.autocorrelation(abs(k))).subs(at), 40)
        return value if k >= 0 else sp.conjugate(value)

    b = sp.conjugate(pole)
    for k in range(6):
        undone = (1 + pole * b) * lag(y, k) - pole * lag(y, k - 1) - b * lag(y, k + 1)
        assert abs(sp.N((undone - lag(x, k)).subs(at), 30)) < 1e-25
    assert all(abs(sp.N(readable(term.ratio).subs(at))) < 1 for term in y.terms)


def test_units_in_a_row_may_stand_in_any_order():
    b, c = R(1, 3), R(-2, 7)
    first = output(output(output(exponential(), a), b), c).autocorrelation(3)
    second = output(output(output(exponential(), c), a), b).autocorrelation(3)
    assert sp.cancel(first - second) == 0
    twice = output(output(white(), b), b).autocorrelation()
    near = output(output(white(), b), a).autocorrelation()
    assert all(sp.limit(near.subs(Delta, k), a, b) == twice.subs(Delta, k) for k in range(4))
