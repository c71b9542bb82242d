"""Bounds of nonlinear recurrences: what they are made of, and that they hold."""

import numpy as np
import pytest
import sympy as sp

from theory import (
    constant,
    damped_cosine,
    exponential,
    mixture,
    moving_average,
    second_moment,
    second_moment_bound,
    sensitivity,
    sensitivity_bound,
    white,
)
from theory.symbols import real_lam
from verify.experiments.nonlinear_units import ACTIVATIONS, against_bounds
from verify.settings import TIERS, Settings

MIXED = mixture([(0.7, white()), (0.2, exponential(0.99)), (0.1, constant())])


@pytest.mark.parametrize("x", [white(), exponential(0.9), constant(), MIXED])
@pytest.mark.parametrize("lam", [0, 0.5, 0.99, 1 - 1e-7])
def test_between_one_and_two_times_the_linear_sensitivity(x, lam):
    lam = sp.Rational(str(lam))
    assert second_moment_bound(x, lam) == second_moment(x, lam)
    linear = sensitivity(x, real_lam, real_lam).subs(real_lam, lam)
    assert 1 <= sensitivity_bound(x, lam) / linear <= 2


@pytest.mark.parametrize(
    "x", [damped_cosine(0.9, 0.5), exponential(-0.9), moving_average([1, 1]), exponential()]
)
def test_other_inputs_have_the_bound_of_all(x):
    expected = x.autocorrelation(0) / (1 - real_lam) ** 2
    assert sp.simplify(second_moment_bound(x) - expected) == 0


def test_a_lipschitz_constant_scales_the_eigenvalue():
    assert second_moment_bound(white(), sp.Rational(1, 4), sp.Integer(2)) == sp.Rational(4, 3)
    assert sensitivity_bound(white(), sp.Rational(1, 4), sp.Integer(2)) == sp.Rational(64, 3)
    assert sensitivity_bound(white(), sp.Rational(1, 2), largest=sp.S.One) == 4


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_are_what_they_are_said_to_be(name):
    h = np.linspace(-5, 5, 100_001)
    value, slope, lipschitz, largest = ACTIVATIONS[name]
    assert value(np.zeros(1)) == 0
    apart = np.abs(h) > 1e-3  # from the kink
    np.testing.assert_allclose(np.gradient(value(h), h)[apart], slope(h)[apart], atol=1e-6)
    assert np.abs(slope(h)).max() == pytest.approx(float(lipschitz), rel=1e-8)
    assert (np.abs(value(h)) <= float(largest)).all()


@pytest.mark.parametrize("correlation", ["0", "0.9"])
def test_the_linear_unit_is_as_derived(correlation):
    point = {"activation": "identity", "eigenvalue": "0.9", "correlation": correlation}
    replicas = against_bounds(point, Settings(TIERS["quick"]), np.random.default_rng(0))
    ratios = np.array(replicas["over_linear"])
    error = ratios.std(ddof=1) / len(ratios) ** 0.5
    assert abs(ratios.mean() - 1) < 6 * error  # false alarm 2e-9
    assert error < 0.02
