"""A series' autocorrelation: estimated, with standard errors; and fitted by a valid, short one.

The fit is a sum, with positive weights, of white noise, ρ^|Δ| and ρ^|Δ| cos φΔ. Each is an
autocorrelation, so that the sum is one whatever the data (an estimate itself need not be). Where
the data have no power at some frequency, the terms pass through a moving average that has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike, NDArray
from scipy.signal import correlate

from numerics.fitting.whittle import MAX_TERMS, Component, filtered, periodogram, total
from numerics.fitting.zeros import Zero, fitted, weights
from numerics.normalizers.written import latex, written
from theory import filtering, inputs
from theory.inputs import StationaryInput

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[Any]  # float64

MIN_SAMPLES = 32
SAMPLES_PER_LAG = 4  # Box and Jenkins: estimate at most the first quarter of the lags
LARGEST_DEFAULT_LAG = 1000
DIGITS = 6  # of weights and parameters, well below any sampling error


@dataclass(frozen=True)
class FittedAutocorrelation:
    """The autocorrelation that `fit` found in a series.

    Attributes:
        components: the terms, largest weight first.
        zeros: those of the moving average that all terms with ρ < 1 pass through; often none.
        mean: what was subtracted from the series, or from each feature.
        estimated: R̂(0) … R̂(max_lag), the series' unit squared.
        fitted: the fit at the same lags.
        standard_errors: of `estimated`, by Bartlett's formula for the fit; or from the scatter
            between sequences, where there are many.
        samples: how many there are.

    """

    components: tuple[Component, ...]
    zeros: tuple[Zero, ...]
    mean: float | Array
    estimated: Array
    fitted: Array
    standard_errors: Array
    samples: int

    @property
    def misfit(self) -> float:
        """The root mean square of (estimated − fitted)/standard error: about 1 for a good fit."""
        z = (self.estimated - self.fitted) / self.standard_errors
        return float(np.sqrt(np.mean(z**2)))

    @property
    def input(self) -> StationaryInput:
        """The fit as an input of the theory, its numbers rounded to rationals of six digits."""
        level, terms = (
            inputs.mixture(
                (_rational(c.weight), _symbolic(c, exact_turn=bool(self.zeros)))
                for c in self.components
                if c.weight > 0 and (c.rate == 0) is is_level
            )
            for is_level in (True, False)
        )
        if not self.zeros:
            return terms + level
        zeros = [zero.rational(DIGITS) for zero in self.zeros]
        passed = filtering.filtered(terms, zeros) + level
        exact = (replace(t, coefficient=sp.expand(t.coefficient)) for t in passed.terms)
        return replace(passed, terms=tuple(exact))

    def __str__(self) -> str:
        """R(Δ) for Δ ≥ 0, as claims and `--autocorrelation` understand it."""
        if self.zeros:  # exactly: rounded, it might be no autocorrelation
            return str(self.input.autocorrelation())
        return " + ".join(written(c.weight, np.exp(-c.rate), c.phi) for c in self.components)

    def _repr_latex_(self) -> str:
        """R(Δ), as notebooks show it."""
        return rf"$R(\Delta) = {latex(str(self))}$"

    def plot(self, axes: Axes | None = None) -> Axes:
        """Draw what was estimated, with two standard errors to either side, and the fit.

        Args:
            axes: of Matplotlib, to draw on; new ones without.

        Raises:
            ImportError: without Matplotlib.

        """
        if axes is None:
            import matplotlib.pyplot as plt

            axes = plt.figure(layout="constrained").add_subplot()
        lags, two = np.arange(self.estimated.size), 2 * self.standard_errors
        axes.fill_between(lags, self.estimated - two, self.estimated + two, alpha=0.25, linewidth=0)
        axes.plot(lags, self.estimated, label="estimated, ± 2 standard errors")
        axes.plot(lags, self.fitted, "--", label="fitted")
        axes.axhline(0, color="grey", linewidth=0.5)
        axes.set(xlabel="lag Δ", ylabel="R(Δ)")
        axes.legend(frameon=False)
        return axes


def as_series(series: ArrayLike, at_least: int = 2) -> Array:
    """A series as one row of real numbers that are not all equal; NaN where there is none.

    Raises:
        ValueError: if it is anything else; the message says what is wrong, and where.

    """
    x = np.asarray(series)
    if x.dtype.kind not in "iuf":
        raise ValueError(f"series: real numbers are needed, not {x.dtype}")
    if x.ndim != 1:
        raise ValueError(f"series: one dimension is needed, not shape {x.shape}")
    bad = np.flatnonzero(np.isinf(x))
    if bad.size:
        raise ValueError(
            f"series[{bad[0]}] = {x[bad[0]]}: {bad.size} of {x.size} values are infinite; "
            "write nan where there is no value"
        )
    there = x[~np.isnan(x)]
    if there.size < at_least:
        raise ValueError(f"series: {there.size} samples, at least {at_least} are needed")
    if np.ptp(there) == 0:
        raise ValueError(f"series: constant ({there[0]}), so that it has no autocorrelation")
    return x.astype(float)


def estimate(series: ArrayLike, max_lag: int, mean: str | float = "sample") -> Array:
    """R̂(Δ) = Σ_t (x_{t+Δ} − m)(x_t − m) / (n − Δ) for Δ = 0 … max_lag, by FFT.

    Where values are missing, NaN, it is the mean over the pairs of which both are there. It is
    unbiased if the mean m is known. With m = "sample" it is low by about the variance of
    the sample mean, at every lag.

    Args:
        series: x, shape (n,).
        max_lag: the last lag; at most a quarter of the samples, as later ones are all noise.
        mean: "sample", or the known mean.

    Returns:
        Shape (max_lag + 1,), the series' unit squared.

    Raises:
        ValueError: for a series with infinite values, of other than one dimension, constant, too
            short for `max_lag`, or without a pair at some lag.

    Examples:
        >>> from numerics import estimate
        >>> estimate([1.0, -1.0] * 50, max_lag=2)
        array([ 1., -1.,  1.])

    """
    if max_lag < 0:
        raise ValueError(f"max_lag = {max_lag}: not negative")
    x, needed = as_series(series), SAMPLES_PER_LAG * max_lag
    if x.size < needed:
        raise ValueError(f"series: {x.size} samples, at least {needed} are needed")
    centred = np.nan_to_num(x - _mean(x, mean))
    products = correlate(centred, centred, "full", "fft")[x.size - 1 :][: max_lag + 1]
    estimated: Array = products / _pairs(x, max_lag)
    return estimated


def _pairs(x: Array, max_lag: int) -> Array:
    """How many pairs of values there are at the lags 0 … max_lag; NaN is none."""
    there = (~np.isnan(x)).astype(float)
    found: Array = np.rint(correlate(there, there, "full", "fft")[x.size - 1 :][: max_lag + 1])
    if not found.all():
        raise ValueError(f"series: no two of its values are {np.argmin(found)} steps apart")
    return found


def standard_errors(
    autocorrelation: Array, samples: int | Array, max_lag: int | None = None
) -> Array:
    """The standard errors of R̂(0) … R̂(max_lag), by Bartlett's formula.

    Var R̂(Δ) ≈ (1/n) Σ_m [R(m)² + R(m+Δ) R(m−Δ)], for a Gaussian (or linear, short of its
    kurtosis) process; heavy tails and volatility clusters make it larger.

    Args:
        autocorrelation: R(0), R(1), …; zero beyond.
        samples: n; where values are missing, for each lag as many as its pairs stand for.
        max_lag: the last lag; by default all that are given.

    """
    last = autocorrelation.size - 1 if max_lag is None else max_lag
    c = _self_convolved(autocorrelation, 2 * last)
    variance = (c[0] + c[::2][: last + 1]) / samples
    errors: Array = np.sqrt(np.maximum(variance, 0))
    return errors


def fit(
    series: ArrayLike,
    max_lag: int | None = None,
    mean: str | float = "sample",
    max_terms: int = MAX_TERMS,
) -> FittedAutocorrelation:
    """Fit R by few terms: white noise, ρ^|Δ| and ρ^|Δ| cos φΔ, with positive weights.

    The fit is Whittle's maximum likelihood, its number of terms by Schwarz's criterion (BIC); see
    `numerics.fitting.whittle`. A spectrum with a zero (a differenced series) is not a sum of few
    such terms: they then pass through a moving average (`numerics.fitting.zeros`). `misfit`, an
    average over all lags, may not show what is wrong at some frequency; a held-out check does
    (`numerics.fitting.heldout`).

    Args:
        series: x, shape (n,), at least 32 values; NaN where one is missing.
        max_lag: the last lag estimated beside the fit; by default n/4, at most 1000. The fit
            itself does not depend on it.
        mean: "sample", or the known mean.
        max_terms: how many terms at most.

    Raises:
        ValueError: where `estimate` raises it.

    Examples:
        >>> import numpy as np
        >>> from numerics import fit
        >>> noise = np.random.default_rng(0).standard_normal(10_000)
        >>> len(fit(noise).components)
        1

    """
    x = as_series(series, MIN_SAMPLES)
    m = _mean(x, mean)
    last = min(x.size // SAMPLES_PER_LAG, LARGEST_DEFAULT_LAG) if max_lag is None else max_lag
    estimated = estimate(x, last, m)
    components, zeros = fitted(periodogram(x), max_terms)
    R = at_lags(components, x.size, zeros)
    samples: int | Array = x.size
    if np.isnan(x).any():
        samples = _pairs(x, last) * x.size / (x.size - np.arange(last + 1))
    return FittedAutocorrelation(
        tuple(sorted(components, key=lambda k: -k.weight)),
        zeros,
        m,
        estimated,
        R[: last + 1],
        standard_errors(R, samples, last),
        int(np.count_nonzero(~np.isnan(x))),
    )


def at_lags(components: Sequence[Component], count: int, zeros: Sequence[Zero] = ()) -> Array:
    """R(0) … R(count − 1) of a fit: what is constant in time passes through no moving average."""
    b = weights(zeros)
    lags = np.abs(np.arange(1.0 - len(b), count + len(b) - 1))
    levels = sum(k.weight for k in components if k.rate == 0)
    return levels + filtered(total((k for k in components if k.rate > 0), lags), b)


def _mean(x: Array, mean: str | float) -> float:
    if isinstance(mean, str):
        if mean != "sample":
            raise ValueError(f'mean = {mean!r}: "sample" or a number')
        return float(np.nanmean(x))
    return float(mean)


def _self_convolved(R: Array, last: int) -> Array:
    """Σ_m R(m) R(m+d) over all m, for d = 0 … last; R even and zero beyond its end."""
    both = np.concatenate([R[:0:-1], R])
    full = correlate(both, both, "full", "fft")[both.size - 1 :]
    return np.pad(full, (0, max(0, last + 1 - full.size)))[: last + 1]


def _rational(value: float) -> sp.Rational:
    return sp.Rational(f"{value:.{DIGITS}g}")


def _symbolic(component: Component, exact_turn: bool) -> StationaryInput:
    """A component of weight 1, e^{iφ} a rational complex number if that is asked for.

    What a moving average makes of it then is one, too: algebra with e^{iφ} may take hours.
    """
    if np.isinf(component.rate):
        return inputs.white()
    if component.rate == 0:
        return inputs.constant()
    # 1 − ρ to six digits, which ρ to six digits is not where ρ is near 1
    rho = 1 - _rational(-float(np.expm1(-component.rate)))
    if component.phi == 0:
        return inputs.exponential(rho)
    if component.phi == np.pi:
        return inputs.exponential(-rho)
    if exact_turn:
        half = _rational(float(np.tan(component.phi / 2)))
        turn = (1 + sp.I * half) ** 2 / (1 + half**2)
        ratios = (sp.expand(rho * z, complex=True) for z in (turn, sp.conjugate(turn)))
        return StationaryInput(tuple(inputs.Term(sp.Rational(1, 2), 0, z) for z in ratios))
    return inputs.damped_cosine(rho, _rational(component.phi))
