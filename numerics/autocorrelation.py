"""A series' autocorrelation: estimated, with standard errors; and fitted by a valid, short one.

The fit is a sum, with positive weights, of white noise, ρ^|Δ| and ρ^|Δ| cos φΔ. Each is an
autocorrelation, so that the sum is one whatever the data (an estimate itself need not be).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize, nnls
from scipy.signal import correlate

from theory import inputs
from theory.inputs import StationaryInput

Array = NDArray[np.float64]
Shape = tuple[float, float]  # rate and φ of a Component

MIN_SAMPLES = 32
SAMPLES_PER_LAG = 4  # Box and Jenkins: estimate at most the first quarter of the lags
LARGEST_DEFAULT_LAG = 1000
MAX_TERMS = 6
LONGEST_SEGMENT = 8192  # longer series are cut, and their periodograms averaged
MOST_ANGLES = 100
FASTEST = 10.0  # rates of decay per step, beyond which a term is white noise
DIGITS = 6  # of weights and parameters, well below any sampling error


@dataclass(frozen=True)
class Component:
    """weight · ρ^|Δ| cos φΔ with ρ = exp(−rate); white noise where the rate is infinite."""

    weight: float
    rate: float
    phi: float = 0.0

    @property
    def shape(self) -> Shape:
        """Its rate and φ."""
        return self.rate, self.phi

    def __call__(self, lags: Array) -> Array:
        """Its share of R at the given lags ≥ 0."""
        decay = np.where(lags == 0, 1.0, 0.0) if np.isinf(self.rate) else np.exp(-self.rate * lags)
        return self.weight * decay * np.cos(self.phi * lags)


@dataclass(frozen=True)
class FittedAutocorrelation:
    """What `fit` found.

    Attributes:
        components: the terms, largest weight first.
        mean: what was subtracted from the series.
        estimated: R̂(0) … R̂(max_lag), the series' unit squared.
        fitted: the fit at the same lags.
        standard_errors: of `estimated`, by Bartlett's formula for the fit.
        samples: the series' length.

    """

    components: tuple[Component, ...]
    mean: float
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
        return inputs.mixture(
            (_rational(c.weight), _symbolic(c)) for c in self.components if c.weight > 0
        )

    def __str__(self) -> str:
        return " + ".join(_written(c) for c in self.components)


def as_series(series: ArrayLike, at_least: int = 2) -> Array:
    """One row of finite real numbers that are not all equal.

    Raises:
        ValueError: otherwise; it says what is wrong, and where.

    """
    x = np.asarray(series)
    if x.dtype.kind not in "iuf":
        raise ValueError(f"series: real numbers are needed, not {x.dtype}")
    if x.ndim != 1:
        raise ValueError(f"series: one dimension is needed, not shape {x.shape}")
    bad = np.flatnonzero(~np.isfinite(x))
    if bad.size:
        raise ValueError(
            f"series[{bad[0]}] = {x[bad[0]]}: {bad.size} of {x.size} values are not finite; "
            "remove or interpolate them"
        )
    if x.size < at_least:
        raise ValueError(f"series: {x.size} samples, at least {at_least} are needed")
    if np.ptp(x) == 0:
        raise ValueError(f"series: constant ({x[0]}), so that it has no autocorrelation")
    return x.astype(float)


def estimate(series: ArrayLike, max_lag: int, mean: str | float = "sample") -> Array:
    """R̂(Δ) = Σ_t (x_{t+Δ} − m)(x_t − m) / (n − Δ) for Δ = 0 … max_lag, by FFT.

    Unbiased if the mean m is known. With m = "sample" it is low by about the variance of
    the sample mean, at every lag.

    Args:
        series: x, shape (n,).
        max_lag: the last lag; at most a quarter of the samples, as later ones are all noise.
        mean: "sample", or the known mean.

    Returns:
        Shape (max_lag + 1,), the series' unit squared.

    Raises:
        ValueError: for a series with NaN or infinite values, of other than one dimension,
            constant, or too short for `max_lag`.

    """
    if max_lag < 0:
        raise ValueError(f"max_lag = {max_lag}: not negative")
    x = as_series(series, max(2, SAMPLES_PER_LAG * max_lag))
    centred = x - _mean(x, mean)
    products = correlate(centred, centred, "full", "fft")[x.size - 1 :][: max_lag + 1]
    estimated: Array = products / (x.size - np.arange(max_lag + 1))
    return estimated


def standard_errors(autocorrelation: Array, samples: int, max_lag: int | None = None) -> Array:
    """Of R̂(0) … R̂(max_lag), by Bartlett's formula.

    Var R̂(Δ) ≈ (1/n) Σ_m [R(m)² + R(m+Δ) R(m−Δ)], for a Gaussian (or linear, short of its
    kurtosis) process; heavy tails and volatility clusters make it larger.

    Args:
        autocorrelation: R(0), R(1), …; zero beyond.
        samples: n.
        max_lag: the last lag; by default all that are given.

    """
    last = autocorrelation.size - 1 if max_lag is None else max_lag
    c = _self_convolved(autocorrelation, 2 * last)
    variance = (c[0] + c[::2][: last + 1]) / samples
    return np.sqrt(np.maximum(variance, 0))


def fit(
    series: ArrayLike,
    max_lag: int | None = None,
    mean: str | float = "sample",
    max_terms: int = MAX_TERMS,
) -> FittedAutocorrelation:
    """Fit R by few terms: white noise, ρ^|Δ| and ρ^|Δ| cos φΔ, with positive weights.

    Done by maximum likelihood on the periodogram I(ω), whose values are nearly independent and
    exponentially distributed about a mean known in closed form for every term (Whittle; for
    the finite length, Sykulski et al. 2019). Frequency 0 is left out: the mean does not matter.
    Terms come one by one from a dictionary, the one that agrees best with what is left of I;
    after each, weights, ρ and φ are refined together (from weights by non-negative least
    squares); until Schwarz's criterion (BIC) no longer gains.

    Args:
        series: x, shape (n,), n ≥ 32.
        max_lag: the last lag estimated beside the fit; by default n/4, at most 1000. The fit
            itself does not depend on it.
        mean: "sample", or the known mean.
        max_terms: how many terms at most.

    Raises:
        ValueError: as `estimate`.

    """
    x = as_series(series, MIN_SAMPLES)
    m = _mean(x, mean)
    last = min(x.size // SAMPLES_PER_LAG, LARGEST_DEFAULT_LAG) if max_lag is None else max_lag
    estimated = estimate(x, last, m)
    components = _components(_periodogram(x), max_terms)
    far = np.arange(float(x.size))
    fitted = sum((k(far) for k in components), np.zeros_like(far))
    return FittedAutocorrelation(
        tuple(sorted(components, key=lambda k: -k.weight)),
        m,
        estimated,
        fitted[: last + 1],
        standard_errors(fitted, x.size, last),
        x.size,
    )


def _mean(x: Array, mean: str | float) -> float:
    if isinstance(mean, str):
        if mean != "sample":
            raise ValueError(f'mean = {mean!r}: "sample" or a number')
        return float(np.mean(x))
    return float(mean)


def _self_convolved(R: Array, last: int) -> Array:
    """Σ_m R(m) R(m+d) over all m, for d = 0 … last; R even and zero beyond its end."""
    both = np.concatenate([R[:0:-1], R])
    full = correlate(both, both, "full", "fft")[both.size - 1 :]
    return np.pad(full, (0, max(0, last + 1 - full.size)))[: last + 1]


@dataclass(frozen=True)
class _Periodogram:
    """I at the angular frequencies ω_1 …, the mean over `segments` of `length` samples each.

    `floor` is the spectrum of white noise that counts as added to the series, as strong as the
    series itself: it keeps bands with next to no power, which no sum of few terms can follow,
    from deciding the fit. The likelihood's maximum is in expectation still the truth.
    """

    values: Array
    floor: float
    omega: Array
    length: int
    segments: int

    def expected(self, shapes: Sequence[Shape]) -> Array:
        """E I(ω) for terms of weight 1, shape (frequencies, terms)."""
        return self.expected_with_derivatives(shapes)[0]

    def expected_with_derivatives(self, shapes: Sequence[Shape]) -> tuple[Array, Array, Array]:
        """The same, and its derivatives by rate and by φ.

        Σ_{|m|<n} (1 − |m|/n) R(m) e^{−iωm}, closed for R(m) = z^m with w = z e^{−iω}:
        1 + 2 Re f(w), f(w) = w/(1−w) − w (1−w^n) / (n (1−w)²).
        """
        n = self.length
        rate, phi = np.array(shapes).T
        value, by_rate, by_phi = (np.zeros((self.omega.size, len(shapes))) for _ in range(3))
        for sign in (1, -1):
            log_w = -rate + 1j * (sign * phi - self.omega[:, None])
            w = np.exp(log_w)
            last = w**n
            u = 1 / (1 - w)
            value += 0.5 + (w * u - w * (1 - last) * u**2 / n).real
            slope = w * u**2 - (w * (1 - (n + 1) * last) * u**2 + 2 * w**2 * (1 - last) * u**3) / n
            by_rate -= slope.real
            by_phi -= sign * slope.imag
        return value, by_rate, by_phi


def _periodogram(x: Array) -> _Periodogram:
    segments = -(-x.size // LONGEST_SEGMENT)
    length = x.size // segments
    pieces = x[: segments * length].reshape(segments, length)
    transform = np.fft.rfft(pieces - np.mean(x), axis=1)[:, 1 : (length + 1) // 2]
    values = np.mean(np.abs(transform) ** 2, axis=0) / length
    floor = float(np.mean(values))
    omega = 2 * np.pi * np.arange(1, values.size + 1) / length
    return _Periodogram(values + floor, floor, omega, length, segments)


def _components(periodogram: _Periodogram, max_terms: int) -> list[Component]:
    dictionary = _dictionary(periodogram.length)
    atoms = periodogram.expected(dictionary)
    rates = sorted({rate for rate, _ in dictionary if np.isfinite(rate)})
    found = _refined(periodogram, [dictionary[_best_alone(periodogram, atoms)]])
    criterion = _criterion(periodogram, found)
    while len(found) < max_terms:
        shapes = [k.shape for k in found]
        spectrum = _spectrum(periodogram, found)
        peak = float(periodogram.omega[np.argmax(periodogram.values / spectrum)])
        narrow = [(rate, peak) for rate in rates]
        offered = np.hstack([atoms, periodogram.expected(narrow)])
        best = int(np.argmax(_agreement(periodogram, shapes, spectrum, offered)))
        grown = _refined(periodogram, [*shapes, [*dictionary, *narrow][best]])
        with_it = _criterion(periodogram, grown)
        if with_it >= criterion:
            break
        found, criterion = grown, with_it
    return found


def _spectrum(periodogram: _Periodogram, components: Sequence[Component]) -> Array:
    weights = np.array([k.weight for k in components])
    spectrum: Array = periodogram.expected([k.shape for k in components]) @ weights
    spectrum += periodogram.floor
    return spectrum


def _criterion(periodogram: _Periodogram, components: Sequence[Component]) -> float:
    """Schwarz's: −log likelihood + ½ (number of parameters) log (number of observations)."""
    S = _spectrum(periodogram, components)
    numbers = sum(1 + np.isfinite(k.rate) + (0 < k.phi < np.pi) for k in components)
    likelihood = periodogram.segments * np.sum(np.log(S) + periodogram.values / S)
    return float(likelihood + numbers / 2 * np.log(periodogram.segments * S.size))


def _dictionary(length: int) -> list[Shape]:
    """White noise; time constants up to 1/8 of the length, by factors of 2, with angles as far
    apart as a peak of that time constant is wide (a highest peak is offered separately).
    """  # fmt: skip
    shapes: list[Shape] = [(np.inf, 0.0)]
    for tau in 0.5 * 2.0 ** np.arange(np.floor(np.log2(length / 4)) + 1):
        angles = min(int(np.ceil(np.pi * tau)), MOST_ANGLES) + 1
        shapes += [(1 / tau, float(phi)) for phi in np.linspace(0, np.pi, angles)]
    return shapes


def _best_alone(periodogram: _Periodogram, atoms: Array) -> int:
    S = np.mean(periodogram.values - periodogram.floor) * atoms + periodogram.floor
    return int(np.argmin(np.mean(np.log(S) + periodogram.values[:, None] / S, axis=0)))


def _agreement(
    periodogram: _Periodogram, shapes: list[Shape], S: Array, atoms: Array
) -> Array:
    """Each atom's agreement with what S leaves of I, over the size that chance gives it.

    By chance it is Σ a_k (E_k − 1) with exponential E_k, sub-gamma, and so exceeds
    √(2 t Σ a²) + t max a with probability at most e^{−t} (Boucheron, Lugosi and Massart,
    Concentration Inequalities, §2.4); t is such that no atom is expected to.
    """
    basis, _ = np.linalg.qr(periodogram.expected(shapes) / S[:, None])
    scaled = atoms / S[:, None]
    new = scaled - basis @ (basis.T @ scaled)
    t = np.log(atoms.shape[1])
    chance = np.sqrt(2 * t * np.sum(new**2, axis=0) / periodogram.segments)
    chance += t * np.max(new, axis=0) / periodogram.segments
    # what is left of an atom that is already there is rounding
    present = np.sum(new**2, axis=0) <= 1e-12 * np.sum(scaled**2, axis=0)
    agreement: Array = np.where(present, -np.inf, new.T @ (periodogram.values / S - 1) / chance)
    return agreement


def _refined(periodogram: _Periodogram, shapes: list[Shape]) -> list[Component]:
    """Whittle's maximum likelihood over weights, rates and angles, from weights by nnls."""
    while True:
        components = _maximised(periodogram, shapes)
        simpler = _simplified([k.shape for k in components])
        if simpler == [k.shape for k in components]:
            return components
        shapes = simpler


def _maximised(periodogram: _Periodogram, shapes: list[Shape]) -> list[Component]:
    values, K = periodogram.values, len(shapes)
    spectra = periodogram.expected(shapes)
    unit = float(np.mean(values))
    weights, _ = nnls(spectra / values[:, None], 1 - periodogram.floor / values)
    free_rate = np.array([np.isfinite(rate) for rate, _ in shapes])
    free_phi = np.array([0 < phi < np.pi for _, phi in shapes])
    free = np.concatenate([np.full(K, True), free_rate, free_phi])
    rates, phis = np.array(shapes).T
    start = np.concatenate([weights.clip(unit / 1e6) / unit, np.log(rates.clip(max=FASTEST)), phis])
    bounds = [(1e-9, None)] * K
    bounds += [(np.log(8 / periodogram.length), np.log(FASTEST))] * K + [(0.0, np.pi)] * K

    def shaped(parameters: Array) -> list[Shape]:
        full = start.copy()
        full[free] = parameters
        found = np.where(free_rate, np.exp(full[K : 2 * K]), np.inf)
        return [(float(r), float(p)) for r, p in zip(found, full[2 * K :], strict=True)]

    def loss(parameters: Array) -> tuple[float, Array]:
        current = shaped(parameters)
        spectra, by_rate, by_phi = periodogram.expected_with_derivatives(current)
        w = parameters[:K]
        S = unit * (spectra @ w) + periodogram.floor
        slope = unit * (1 - values / S) / S / values.size
        by_log_rate = by_rate * np.where(free_rate, [r for r, _ in current], 0)
        gradient = np.concatenate(
            [slope @ spectra, w * (slope @ by_log_rate), w * (slope @ by_phi)]
        )
        return float(np.mean(np.log(S) + values / S)), gradient[free]

    found = minimize(
        loss,
        start[free],
        jac=True,
        method="L-BFGS-B",
        bounds=[b for b, is_free in zip(bounds, free, strict=True) if is_free],
    ).x
    return [
        Component(float(w) * unit, *shape)
        for w, shape in zip(found[:K], shaped(found), strict=True)
        if w > 1e-6
    ]


def _simplified(shapes: list[Shape]) -> list[Shape]:
    """Terms that are white noise, ρ^|Δ| or (−ρ)^|Δ| in all but name, as what they are."""
    simpler = []
    for rate, phi in shapes:
        if rate > FASTEST / 2:
            simpler.append((np.inf, 0.0))
        else:
            # an angle less than the peak's width from 0 or π does not show
            simpler.append((rate, 0.0 if phi < rate else np.pi if np.pi - phi < rate else phi))
    return list(dict.fromkeys(simpler))


def _rational(value: float) -> sp.Rational:
    return sp.Rational(f"{value:.{DIGITS}g}")


def _symbolic(component: Component) -> StationaryInput:
    if np.isinf(component.rate):
        return inputs.white()
    # 1 − ρ to six digits, which ρ to six digits is not where ρ is near 1
    rho = 1 - _rational(-float(np.expm1(-component.rate)))
    if component.phi == 0:
        return inputs.exponential(rho)
    if component.phi == np.pi:
        return inputs.exponential(-rho)
    return inputs.damped_cosine(rho, _rational(component.phi))


def _written(c: Component) -> str:
    if np.isinf(c.rate):
        return f"{c.weight:.4g}·δ(Δ)"
    turn = f" cos({c.phi:.4g}Δ)" if c.phi else ""
    return f"{c.weight:.4g}·{np.exp(-c.rate):.6g}^|Δ|{turn}"

