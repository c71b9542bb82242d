"""Filtered inputs: their autocorrelation against sums, and what stays of their structure."""

import pytest
import sympy as sp

from theory.filtering import FilteredInput, filtered, weights
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
