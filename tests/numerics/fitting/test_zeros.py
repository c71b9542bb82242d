"""Frequencies without power: found, fitted, and right in what is derived from them."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
import sympy as sp
import torch
from scipy.signal import lfilter

from numerics.codegen.export import exported
from numerics.fitting import zeros
from numerics.fitting.autocorrelation import fit
from numerics.fitting.training_data import fit_autocorrelation, normalizer_for
from numerics.fitting.whittle import periodogram
from numerics.fitting.zeros import Zero, weights
from numerics.normalizers import Eigenvalue, InputNormalizer, gamma
from numerics.normalizers.certified import omega_error
from theory.inputs import from_expression
from theory.symbols import Delta

SEQUENCES, STEPS = 64, 400
OMEGA = 2 * np.pi * (np.arange(2**16) + 0.5) / 2**16


def filtered_noise(b, a, n, seed=0):
    """Noise through b/a, as many steps as asked for, after a start."""
    noise = np.random.default_rng(seed).standard_normal((SEQUENCES, n + 200))
    return lfilter(b, a, noise)[:, 200:]


def power(b, a, lam):
    """E|h|², as an integral over the spectrum."""
    z = np.exp(1j * OMEGA)
    spectrum = np.abs(np.polyval(b, z) / np.polyval(a, z)) ** 2
    return np.mean(spectrum / np.abs(1 - lam / z) ** 2)


# to estimate 1 − b = 0.1 has a standard error of √((1 − b²)/n), 2.7 %: of its square 5.4 %
@pytest.mark.parametrize(
    ("b", "within"),
    [([1, -1], 0.1), ([1, -2, 1], 0.1), ([1, 0, 1], 0.1), ([1, 1], 0.1), ([1, -0.9], 0.27)],
)
def test_frequencies_without_power_are_fitted(b, within):
    """Differences, a notch and a mean of two have none at 0, π/2 and π; nothing is warned of."""
    a = [1, -0.5]
    level = 0.3 if sum(b) == 0 else 0.0  # which is not filtered
    x = torch.from_numpy(filtered_noise(b, a, STEPS) + level)[..., None]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        normalizer = normalizer_for(x)
    for lam in (0.0, 0.9, 0.99, 0.999, -0.99, 0.99j):
        truth = power(b, a, lam) + level**2 / abs(1 - lam) ** 2
        assert float(normalizer(torch.tensor(lam)).double() ** 2 * truth) == pytest.approx(
            1, abs=within
        )


def test_no_zero_is_put_where_none_is():
    for seed in range(3):
        x = filtered_noise([1], [1, -0.9], STEPS, seed)
        assert fit_autocorrelation(torch.from_numpy(x)[..., None]).zeros == ()


def test_zeros_inside_the_circle_and_between_its_ends():
    found = fit(filtered_noise([1, -0.9], [1], 4000)[0]).zeros
    assert [zero.theta for zero in found] == [0.0]
    assert found[0].distance == pytest.approx(-np.log(0.9), abs=0.05)
    [notch] = fit(filtered_noise([1, -2 * np.cos(1), 1], [1], 4000)[0]).zeros
    assert notch.theta == pytest.approx(1, abs=0.02)


def test_white_noise_beside_slow_power_is_found_in_short_series():
    """It is nearly all that high frequencies have, and little to the rest."""
    slow = filtered_noise([1], [1, -0.98], STEPS)[4] * np.sqrt(1 - 0.98**2)
    noise = np.random.default_rng(1).standard_normal(STEPS)
    for lam in (-0.9, 0.9j):
        truth = power([1], [1, -0.98], lam) * (1 - 0.98**2) + 0.25 / (1 - 0.9**2)
        assert gamma(fit(slow + noise / 2).input, lam) ** 2 * truth == pytest.approx(1, abs=0.3)


def test_a_fit_with_zeros_is_an_input_of_the_theory():
    found = fit_autocorrelation(torch.from_numpy(filtered_noise([1, -1], [1], 3000)[0] + 0.5))
    [zero] = found.zeros
    assert zero.theta == 0
    # what is printed can be pasted back, and is an autocorrelation to the last digit
    printed = from_expression(sp.sympify(str(found), {"Delta": Delta}))
    for lag in (0, 1, 5):
        assert printed.autocorrelation(lag) == found.input.autocorrelation(lag)
        assert float(printed.autocorrelation(lag)) == pytest.approx(found.fitted[lag], rel=1e-5)
    level = printed.autocorrelation(5)
    r, _ = zero.rational(6)
    at_zero = printed.autocorrelation(0) + 2 * printed.autocorrelation(1) - 3 * level
    assert at_zero == found.input.source.autocorrelation(0) * (1 - r) ** 2


def test_waves_through_a_moving_average_are_exact_and_quick():
    """Rational complex numbers, where algebra with e^{iφ} would take hours."""
    found = fit(filtered_noise([1, 0, -1], [1, -1.44, 0.81], 2000)[0]).input
    assert all(t.ratio.as_real_imag()[0].is_Rational for t in found.terms)
    assert float(found.autocorrelation(0)) > 0
    o = torch.tensor([0.9, 1e-3], dtype=torch.float64)
    names = {}
    exec(exported("gamma", found, "torch"), names)  # noqa: S102 (our own)
    normalizer = InputNormalizer(found)(Eigenvalue(o, 2 - o))
    torch.testing.assert_close(names["gamma_near_one"](o), normalizer, rtol=1e-10, atol=0)
    assert omega_error(found).total < 1e-10


def test_alternating_series_are_fitted():
    """All their power is where an even length has a frequency of its own kind."""
    x = (-1.0) ** np.arange(400)
    for found in (fit(x), fit_autocorrelation(torch.from_numpy(x)[None, :, None])):
        assert found.components[0].phi == pytest.approx(np.pi, abs=0.05)


@pytest.mark.parametrize("gaps", [False, True])
def test_expected_periodogram_after_a_moving_average(gaps):
    x = np.random.default_rng(0).standard_normal(65)
    x[[3, 40, 41]] = np.nan if gaps else 0.0
    spectrum = replace(periodogram(x), weights=(1.0, -1.2, 0.5))
    shape, b = (0.1, 0.7), np.array(spectrum.weights)
    lags = np.arange(65)
    R = np.zeros(65)
    for i, k in np.ndindex(3, 3):
        m = np.abs(lags + i - k)
        R += b[i] * b[k] * np.exp(-0.1 * m) * np.cos(0.7 * m)
    there = ~np.isnan(x)
    shares = np.array([np.sum(there[m:] & there[: 65 - m]) for m in lags]) / there.sum()
    waves = np.cos(spectrum.omega[:, None] * lags) * np.where(lags == 0, 1, 2)
    [expected] = spectrum.expected([shape]).T
    assert expected == pytest.approx(waves @ (R * shares), rel=1e-9, abs=1e-12)
    step = 1e-6
    for place, slope in enumerate(spectrum.with_derivatives([shape])[1:]):
        ends = [tuple(s + d * (i == place) for i, s in enumerate(shape)) for d in (step, -step)]
        above, below = (spectrum.expected([end])[:, 0] for end in ends)
        assert slope[:, 0] == pytest.approx((above - below) / (2 * step), rel=1e-5, abs=1e-6)


def test_numbers_of_a_zero():
    pair = Zero(0.01, np.pi - 1e-3)
    r, cosine = pair.rational(6)
    assert float(1 - r) == pytest.approx(-np.expm1(-0.01), rel=1e-6)
    assert float(1 + cosine) == pytest.approx(5e-7, rel=1e-5)
    assert weights([Zero(0.0, 0.0), Zero(0.0, np.pi)]) == (1.0, 0.0, -1.0)
    assert np.abs(np.polyval(pair.weights, np.exp(1j * (np.pi - 1e-3) - 0.01))) < 1e-15


def test_zeros_that_the_data_do_not_tell_from_the_circle_are_on_it():
    [zero] = zeros._moved(
        periodogram(np.diff(np.random.default_rng(2).standard_normal(2000))),
        fit(np.random.default_rng(2).standard_normal(2000)).components,
        (Zero(1e-5, 0.0),),
    )
    assert zero.distance == 0
