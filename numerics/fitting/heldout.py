"""Whether the derived normaliser holds on data it has not seen (paper §3; claim B5).

One series gives one long correlated chain, whose mean square is known only so well: the error
bars here say how well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.signal import lfilter

from numerics.fitting.autocorrelation import FittedAutocorrelation, as_series, fit
from numerics.normalizers import gamma
from numerics.simulate.inputs import autocorrelation_values

Array = NDArray[Any]  # float64 or complex128

BATCHES = 10  # few and long: Schmeiser (1982) advises 10 to 30


@dataclass(frozen=True)
class HeldOut:
    """What one λ gives on the held-out part, for the input divided by its training deviation.

    Attributes:
        lam: λ.
        gamma: the derived γ(λ), from the training part alone.
        measured: the mean of |γ h|² over the held-out part; the prediction is 1.
        error: the standard error of (measured − 1), see `heldout_check`.
        white: the mean of |γ h|² with the white-input normaliser γ = sqrt(1 − |λ|²).
        unnormalised: the mean of |h|².
        gaussian_error: the part of `error` that a Gaussian series would have.

    """

    lam: complex
    gamma: float
    measured: float
    error: float
    white: float
    unnormalised: float
    gaussian_error: float

    @property
    def deviations(self) -> float:
        """The deviation of `measured` from 1 in standard errors: (measured − 1)/error."""
        return (self.measured - 1) / self.error


def heldout_check(
    train: ArrayLike, test: ArrayLike, lams: Sequence[complex]
) -> tuple[FittedAutocorrelation, list[HeldOut]]:
    """Fit the autocorrelation on `train`; measure E|γh|² on `test`, which follows it in time.

    Where values are missing, NaN, only the fit and γ are there: after a gap h has no value.

    Both are centred by the training mean and divided by the training standard deviation. The
    recurrence runs through `train` first and enters `test` warm. The error of measured − 1 has
    four independent parts, added in squares:

    - the time average over `test`, n samples: its variance for a Gaussian process is
      (1/n) Σ_m (1 − |m|/n) (|R_h(m)|² + |P_h(m)|²) with R_h(m) = E h_{t+m} h̄_t and
      P_h(m) = E h_{t+m} h_t of the fit (equal for real λ: 2 R_h²); or the variance between
      the means of ten consecutive batches, if larger: heavy tails and varying volatility
      show there. Batches see nothing slower than themselves, and are uncertain by a quarter.
    - the fit: no better known than the same average over `train`, hence the same formula.
    - the mean: with the sample mean's variance V (of `train`, v of `test`) it enters as
      (6 V² + 4 V v) |γ/(1−λ)|⁴, from both the shift in `test` and the bias of the estimates.
    - the start: h = 0 before `train` leaves a relative bias of at most 2|λ|^t + |λ|^2t after t
      steps, averaged over `test`.

    What it does not cover: a test part that is not distributed as the training part. That is
    what it is there to find. Where the error approaches 1 the data are too short to say
    anything about this λ, and the law of `measured` is skewed, rather like χ².

    Args:
        train: shape (n,), n ≥ 32.
        test: the samples after it, shape (m,), m ≥ 32.
        lams: eigenvalues, |λ| < 1, real or complex.

    Returns:
        The fit (of the scaled series), and one record for each λ.

    Raises:
        ValueError: for unusable series (see `numerics.fitting.autocorrelation.fit`) or |λ| ≥ 1.

    Examples:
        >>> import numpy as np
        >>> from numerics import heldout_check
        >>> noise = np.random.default_rng(0).standard_normal(10_000)
        >>> _, (at_half,) = heldout_check(noise[:5000], noise[5000:], [0.5])
        >>> abs(at_half.measured - 1) < 4 * at_half.error
        True

    """
    before, after = as_series(train, 32), as_series(test, 32)
    mean, deviation = np.nanmean(before), np.nanstd(before)
    series = (np.concatenate([before, after]) - mean) / deviation
    found = fit(series[: before.size], mean=0.0)
    if np.isnan(series).any():
        return found, [_unmeasured(found, lam) for lam in lams]
    R = autocorrelation_values(found.input, {}, series.size)
    return found, [_one(found, R, series, before.size, lam) for lam in lams]


def _unmeasured(found: FittedAutocorrelation, lam: complex) -> HeldOut:
    return HeldOut(lam, float(gamma(found.input, lam)), *[float("nan")] * 5)


def _one(
    found: FittedAutocorrelation, R: Array, series: Array, trained: int, lam: complex
) -> HeldOut:
    g = float(gamma(found.input, lam))
    h = lfilter([1.0], [1.0, -lam], series)
    power = np.abs(h) ** 2
    before, after = g**2 * power[:trained], g**2 * power[trained:]
    moments = [g**2 * _covariance(R, lam, b) for b in (np.conj(lam), lam)]
    gaussian = [_variance_of_mean_square(moments, part.size) for part in (after, before)]
    sampled = [max(v, _between_batches(p)) for v, p in zip(gaussian, (after, before), strict=True)]
    V, v = (_variance_of_mean(R, n) for n in (trained, after.size))
    shift = (6 * V**2 + 4 * V * v) * abs(g / (1 - lam)) ** 4
    start = abs(lam) ** np.arange(trained, series.size, dtype=float)
    bias = float(np.mean(2 * start + start**2))
    return HeldOut(
        lam=lam,
        gamma=g,
        measured=float(np.mean(after)),
        error=float(np.sqrt(sum(sampled) + shift + bias**2)),
        white=float((1 - abs(lam) ** 2) * np.mean(power[trained:])),
        unnormalised=float(np.mean(power[trained:])),
        gaussian_error=float(np.sqrt(sum(gaussian) + shift + bias**2)),
    )


def _covariance(R: Array, lam: complex, b: complex) -> Array:
    """Σ_ij λ^i b^j R(m + j − i) for m = 0 … n−1: E h_{t+m} h̄_t for b = λ̄, E h_{t+m} h_t for b = λ.

    It follows from q(m) = Σ_j b^j R(m+j) = E x_{t+m} h̄_t, a recurrence backwards in time, and
    E h_{t+m} h̄_t = λ E h_{t+m−1} h̄_t + q(m). R counts as zero beyond its end.
    """
    q = lfilter([1.0], [1.0, -b], R[::-1])[::-1]
    other = lfilter([1.0], [1.0, -lam], R[::-1])[::-1]
    at_zero = (q[0] + other[0] - R[0]) / (1 - lam * b)
    driven = q.astype(complex)
    driven[0] = at_zero
    covariance: Array = lfilter([1.0], [1.0, -lam], driven)
    return covariance


def _variance_of_mean_square(covariances: list[Array], n: int) -> float:
    lags = np.arange(n)
    both_signs = np.where(lags == 0, 1, 2) * (1 - lags / n)
    return float(sum(both_signs @ np.abs(c[:n]) ** 2 for c in covariances) / n)


def _variance_of_mean(R: Array, n: int) -> float:
    lags = np.arange(n)
    return float(np.where(lags == 0, 1, 2) * (1 - lags / n) @ R[:n] / n)


def _between_batches(power: Array) -> float:
    length = power.size // BATCHES
    means = power[: BATCHES * length].reshape(BATCHES, length).mean(axis=1)
    return float(np.var(means, ddof=1) / BATCHES)
