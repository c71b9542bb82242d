"""A period's time averages are R, and the states that it drives are the recurrence's."""

import numpy as np
import pytest

from numerics.simulate.periodic import driven, driven_from_each_time, periodic_input
from numerics.simulate.reference import simulate

LAGS = np.arange(33)
INPUTS = {
    "white": np.eye(1, 33)[0],
    "AR(1)": 0.8**LAGS,
    "alternating": (-0.8) ** LAGS,
    "MA(2)": np.array([1, 0, 0.5, *np.zeros(30)]),
    "constant": np.full(33, 2.0),
    "turning": (0.7 + 0.6j) ** LAGS,
}
RNG = np.random.default_rng(0)


def averages(x):
    """The mean of x_{t+Δ} x̄_t over the period, for Δ below half of it."""
    return np.array([np.mean(np.roll(x, -lag) * x.conj()) for lag in range(len(x) // 2)])


@pytest.mark.parametrize("name", INPUTS)
def test_averages_are_the_autocorrelation(name):
    R = INPUTS[name]
    x, off = periodic_input(R, RNG)
    assert x.shape == (64,)
    assert np.isrealobj(x) == np.isrealobj(R)
    assert off < 1e-3 * R[0].real
    assert np.abs(averages(x) - R[:-1]).max() <= off


def test_what_is_no_autocorrelation_is_off_by_what_is_said():
    R = np.array([1, 0.9, *np.zeros(31)])  # a spectrum of 1 + 1.8 cos
    x, off = periodic_input(R, RNG)
    gap = np.abs(averages(x) - R[:-1]).max()
    assert 0.1 < gap <= off


def test_phases_are_drawn_and_leave_no_trace_in_averages():
    first, second = (
        periodic_input(INPUTS["AR(1)"], np.random.default_rng(seed))[0] for seed in (1, 2)
    )
    assert np.abs(first - second).max() > 0.5
    np.testing.assert_allclose(averages(first), averages(second), atol=1e-13)


@pytest.mark.parametrize("x", [RNG.standard_normal(300), RNG.standard_normal((300, 2)) @ [1, 1j]])
@pytest.mark.parametrize("lam", [0.0, 0.5, -0.999, 0.9 + 0.4j, 1.01])
def test_driven_is_the_recurrence_as_written(x, lam):
    states = driven(x, lam, 2)
    expected = simulate(x[None], lam)
    np.testing.assert_allclose(states[0], expected.h[0], rtol=1e-12, atol=1e-12)
    size = np.abs(expected.dh_dlam).max()
    np.testing.assert_allclose(states[1], expected.dh_dlam[0], rtol=1e-12, atol=1e-13 * size)
    # the derivative of the derivative: a unit that is driven by twice the one before
    again = simulate(np.concatenate([[0], 2 * states[1, :-1]])[None], lam).h[0]
    np.testing.assert_allclose(states[2], again, rtol=1e-12, atol=1e-13 * np.abs(again).max())
    assert np.isrealobj(states) == (np.isrealobj(x) and np.isrealobj(lam))


def test_units_start_at_each_time():
    x = RNG.standard_normal(12)
    last = driven_from_each_time(x, 0.9 + 0.3j, 2, 20)
    for start in range(12):
        around = np.tile(np.roll(x, -start), 2)[:20]
        np.testing.assert_allclose(last[:, start], driven(around, 0.9 + 0.3j, 2)[:, -1])
