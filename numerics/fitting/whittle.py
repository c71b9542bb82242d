"""Fitting a spectrum by Whittle's likelihood: white noise, ρ^|Δ| and ρ^|Δ| cos φΔ, few of each.

The periodogram I(ω) has nearly independent values, exponentially distributed about a mean that
is known in closed form for every term, finite length included (Sykulski et al. 2019).
Frequency 0 is left out, so that the series' mean does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.polynomial import Polynomial
from numpy.typing import NDArray
from scipy.optimize import minimize, nnls
from scipy.special import gammainc, gammaincc

Array = NDArray[Any]  # float64
Shape = tuple[float, float]  # rate and φ of a Component

MAX_TERMS = 6
LONGEST_SEGMENT = 8192  # longer series are cut, and their periodograms averaged
SLOWEST = 8  # time constants are at most 1/8 of a segment, or with 8 of them as long as one
WAVES = 10_000  # segments, at most, of the time constants of waves: a sine's has no end
FASTEST = 10.0  # rates of decay per step; beyond half of it a term is white noise
MOST_ANGLES = 100


@dataclass(frozen=True)
class Component:
    """The term weight · ρ^|Δ| cos φΔ, ρ = exp(−rate); white noise where the rate is infinite."""

    weight: float
    rate: float
    phi: float = 0.0

    @property
    def shape(self) -> Shape:
        """The rate and φ of the term."""
        return self.rate, self.phi

    def __call__(self, lags: Array) -> Array:
        """The term's share of R at the given lags ≥ 0."""
        decay = np.where(lags == 0, 1.0, 0.0) if np.isinf(self.rate) else np.exp(-self.rate * lags)
        return self.weight * decay * np.cos(self.phi * lags)


@dataclass(frozen=True)
class Periodogram:
    """The periodogram I at angular frequencies ω_1 …, a mean over `segments` of `length` samples.

    Where values are missing, `pairs` has for each lag the share of pairs that are there, relative
    to lag 0: the mean that Sykulski et al. give for any pattern of gaps.

    `floor` is the spectrum of white noise that counts as added to the series, as strong as the
    series itself: it keeps bands with next to no power, which no sum of few terms can follow,
    from deciding the fit. The likelihood's maximum is in expectation still the truth.

    `weights` are those of a moving average that all terms pass through.
    """

    values: Array
    floor: float
    omega: Array
    length: int
    segments: int
    pairs: Array | None = None
    weights: tuple[float, ...] = (1.0,)

    @property
    def longest(self) -> float:
        """The longest time constant that the frequencies other than 0 can tell."""
        return self.length * min(self.segments, SLOWEST) / SLOWEST

    @property
    def longest_wave(self) -> float:
        """The longest time constant of a term with an angle."""
        return WAVES * self.length

    def expected(self, shapes: Sequence[Shape]) -> Array:
        """E I(ω) for terms of weight 1, shape (frequencies, terms).

        Σ_{|m|<n} (1 − |m|/n) R(m) e^{−iωm}. A moving average of q + 1 weights makes P(z) z^{m−q} of
        R(m) = z^m for m ≥ q, P(z) = Σ_j c_j z^{q+j} with c the weights' own autocorrelation. So the
        sum is closed but for its first q lags: with w = z e^{−iω}, those beyond come to
        2 Re (1 − q/n) P(z) e^{−iωq} f(w), f(w) = w/(1−w) − w (1−w^{n−q}) / ((n−q) (1−w)²).
        """
        return self._means(shapes)[0]

    def with_derivatives(self, shapes: Sequence[Shape]) -> tuple[Array, Array, Array]:
        """What is `expected`, and its derivatives by rate and by φ."""
        mean, by_rate, by_phi = self._means(shapes, derivatives=True)
        return mean, by_rate, by_phi

    def with_floor(self, floor: float) -> Periodogram:
        """The periodogram with another floor."""
        return replace(self, values=self.values - self.floor + floor, floor=floor)

    def transform(self, R: Array) -> Array:
        """E I(ω) for autocorrelations R(0) … R(n−1), shape (n, …), any shape after n."""
        n = self.length
        shares = 1 - np.arange(n) / n if self.pairs is None else self.pairs
        products = R * shares.reshape(-1, *[1] * (R.ndim - 1))
        frequencies = 1 + np.arange(self.omega.size)
        mean: Array = 2 * np.fft.rfft(products, axis=0)[frequencies].real - products[0]
        return mean

    def _means(self, shapes: Sequence[Shape], derivatives: bool = False) -> list[Array]:
        if self.pairs is not None:
            return [self.transform(R) for R in self._lags(shapes, self.length, derivatives)]
        q = len(self.weights) - 1
        n, lags = self.length - q, np.arange(q + 1)
        waves = np.where(lags == 0, 1, 2) * np.cos(np.outer(self.omega, lags))
        waves *= 1 - lags / self.length
        means = [waves @ R for R in self._lags(shapes, q + 1, derivatives)]
        P = Polynomial(np.correlate(self.weights, self.weights, "full")) * (n / self.length)
        turn, delay, last_turn = (np.exp(-1j * k * self.omega)[:, None] for k in (1, q, n))
        rate, phi = np.array(shapes).T
        for sign in (1, -1):
            z = np.exp(-rate + 1j * sign * phi)
            w, last = z * turn, z**n * last_turn
            u = 1 / (1 - w)
            y = w * u * u
            f = w * u - y * (1 - last) / n
            means[0] += (delay * P(z) * f).real
            if derivatives:
                slope = y - y * (1 - (n + 1) * last + 2 * w * (1 - last) * u) / n
                by_log_z = delay * (P(z) * slope + z * P.deriv()(z) * f)
                means[1] -= by_log_z.real
                means[2] -= sign * by_log_z.imag
        return means

    def _lags(self, shapes: Sequence[Shape], count: int, derivatives: bool) -> list[Array]:
        """R at so many lags for terms of weight 1, and its derivatives by rate and by φ."""
        reach = len(self.weights) - 1
        m = np.abs(np.arange(-reach, count + reach))[:, None]
        rate, phi = np.array(shapes).T
        decay = np.where(m == 0, 1.0, np.exp(-rate * np.maximum(m, 1)))
        terms = [decay * np.cos(phi * m)]
        if derivatives:
            terms += [-m * terms[0], -m * decay * np.sin(phi * m)]
        return [filtered(R, self.weights) for R in terms]


def total(components: Iterable[Component], lags: Array) -> Array:
    """R of a sum of terms at some lags, any shape."""
    return sum((k(lags) for k in components), np.zeros_like(lags))


def filtered(R: Array, weights: Sequence[float]) -> Array:
    """The autocorrelation after a moving average, of R at lags −q …, as far as R reaches.

    Args:
        R: R(−q), R(1 − q) … for q + 1 weights, any shape after the lags.
        weights: of the moving average.

    Returns:
        Its values from lag 0 on, for 2q lags fewer, and of the same shape after the lags.

    """
    products = np.correlate(weights, weights, "full")
    count = R.shape[0] - products.size + 1
    return sum(c * R[k : k + count] for k, c in enumerate(products))  # type: ignore[return-value]


def odd(length: int) -> int:
    """The length without its last step if it is even: so no frequency but 0 is left out."""
    return length - 1 + length % 2


def periodogram(x: Array) -> Periodogram:
    """The periodogram of a series x, shape (n,), n ≥ 32; NaN where a value is missing."""
    segments = -(-x.size // LONGEST_SEGMENT)
    length = odd(x.size // segments)
    pieces = x[: segments * length].reshape(segments, length)
    centred = np.nan_to_num(pieces - np.nanmean(x))
    transform = np.fft.rfft(centred, axis=1)[:, 1 : (length + 1) // 2]
    values = np.mean(np.abs(transform) ** 2, axis=0) / length
    pairs, missing = None, np.isnan(pieces)
    if missing.any():
        power = np.abs(np.fft.rfft(~missing, 2 * length, axis=1)) ** 2
        pairs = np.fft.irfft(np.mean(power, axis=0))[:length]
        values *= length / pairs[0]
        pairs /= pairs[0]
    floor = float(np.mean(values))
    omega = 2 * np.pi * np.arange(1, values.size + 1) / length
    return Periodogram(values + floor, floor, omega, length, segments, pairs)


def maximum_likelihood(periodogram: Periodogram, max_terms: int = MAX_TERMS) -> list[Component]:
    """The sum of terms that fits the periodogram best, by Schwarz's criterion.

    Terms come one by one from a dictionary, the one that agrees best with what is left of I;
    after each, weights, ρ and φ are refined together; until the criterion no longer gains.
    """
    dictionary = _dictionary(periodogram.longest)
    atoms = periodogram.expected(dictionary)
    rates = sorted({rate for rate, _ in dictionary if np.isfinite(rate)})
    rates = [1 / periodogram.longest_wave, *rates]
    found = refined(periodogram, [dictionary[_best_alone(periodogram, atoms)]])
    best_yet = criterion(periodogram, found)
    while len(found) < max_terms:
        shapes = [k.shape for k in found]
        spectrum = _spectrum(periodogram, found)
        narrow = [(rate, _peak(periodogram, spectrum)) for rate in rates]
        offered = np.hstack([atoms, periodogram.expected(narrow)])
        best = int(np.argmax(_agreement(periodogram, shapes, spectrum, offered)))
        grown = refined(periodogram, [*shapes, [*dictionary, *narrow][best]])
        with_it = criterion(periodogram, grown)
        if with_it >= best_yet:
            break
        found, best_yet = grown, with_it
    return found


def _peak(periodogram: Periodogram, spectrum: Array) -> float:
    """The frequency where a periodogram stands out most from a spectrum.

    Of a sine between two frequencies each has the square of how near it is to the other.
    """
    omega, above = periodogram.omega, np.sqrt(np.maximum(periodogram.values - spectrum, 0))
    k = int(np.argmax(periodogram.values / spectrum))
    near = max((j for j in (k - 1, k + 1) if 0 <= j < omega.size), key=lambda j: above[j])
    share = above[near] / (above[k] + above[near]) if above[k] > 0 else 0.0
    return float(omega[k] + share * (omega[near] - omega[k]))


def misjudged_power(
    periodogram: Periodogram, components: Sequence[Component], chance: float
) -> tuple[tuple[float, float], float] | None:
    """Where E|h|² is furthest from what a fit says, and the ratio, if not within a factor of 2.

    The λ tried stand on rings 1 − |λ| = 2^−k, so far apart that each hears frequencies of its own.

    Args:
        periodogram: what was fitted.
        components: the terms of the fit.
        chance: how probable it may be, at each λ, that a right fit is found to be off.

    Returns:
        |λ| and arg λ from 0 to π, and E|h|² over that of the fit.

    """
    there = periodogram.values - periodogram.floor
    fitted = _spectrum(periodogram, components) - periodogram.floor
    found = None
    for k in range(1, int(np.log2(periodogram.longest)) + 1):
        modulus = 1 - 2.0**-k
        angles = np.linspace(0, np.pi, 2 ** min(k, 5) + 1)
        heard = 1 / np.abs(1 - modulus * np.exp(1j * (angles - periodogram.omega[:, None]))) ** 2
        heard += 1 / np.abs(1 - modulus * np.exp(1j * (angles + periodogram.omega[:, None]))) ** 2
        expected = fitted @ heard
        ratios = (there @ heard) / expected
        # I has the variance S² at each frequency, over the segments: their sum is like a gamma law
        shape = expected**2 * periodogram.segments / (fitted**2 @ heard**2)
        tail = np.where(
            ratios < 1, gammainc(shape, shape * ratios), gammaincc(shape, shape * ratios)
        )
        with np.errstate(divide="ignore"):  # there may be no power at all
            off = np.where(tail < chance, np.abs(np.log(ratios)), 0.0)
        worst = int(np.argmax(off))
        if off[worst] > max(np.log(2), abs(np.log(found[1])) if found else 0):
            found = (modulus, float(angles[worst])), float(ratios[worst])
    return found


def _spectrum(periodogram: Periodogram, components: Sequence[Component]) -> Array:
    weights = np.array([k.weight for k in components])
    spectrum: Array = periodogram.expected([k.shape for k in components]) @ weights
    spectrum += periodogram.floor
    return spectrum


def criterion(periodogram: Periodogram, components: Sequence[Component], others: int = 0) -> float:
    """Schwarz's criterion: −log likelihood + ½ k log n for k parameters and n observations.

    Args:
        periodogram: what is fitted.
        components: the terms.
        others: how many parameters there are beside those of the terms.

    """
    S = _spectrum(periodogram, components)
    numbers = others + sum(1 + np.isfinite(k.rate) + (0 < k.phi < np.pi) for k in components)
    likelihood = periodogram.segments * np.sum(np.log(S) + periodogram.values / S)
    return float(likelihood + numbers / 2 * np.log(periodogram.segments * S.size))


def _dictionary(longest: float) -> list[Shape]:
    """White noise, and time constants by factors of 2, with angles a peak's width apart.

    A long time constant has more angles than are offered here; for those the periodogram's
    highest peak is offered as it comes.
    """
    shapes: list[Shape] = [(np.inf, 0.0)]
    for tau in 0.5 * 2.0 ** np.arange(np.floor(np.log2(2 * longest)) + 1):
        angles = min(int(np.ceil(np.pi * tau)), MOST_ANGLES) + 1
        shapes += [(1 / tau, float(phi)) for phi in np.linspace(0, np.pi, angles)]
    return shapes


def _best_alone(periodogram: Periodogram, atoms: Array) -> int:
    S = np.mean(periodogram.values - periodogram.floor) * atoms + periodogram.floor
    return int(np.argmin(np.mean(np.log(S) + periodogram.values[:, None] / S, axis=0)))


def _agreement(periodogram: Periodogram, shapes: list[Shape], S: Array, atoms: Array) -> Array:
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


def refined(periodogram: Periodogram, shapes: list[Shape]) -> list[Component]:
    """Whittle's maximum likelihood over weights, rates and angles, from weights by nnls."""
    while True:
        components = _maximised(periodogram, shapes)
        simpler = _simplified([k.shape for k in components])
        if simpler == [k.shape for k in components]:
            return components
        shapes = simpler


def _maximised(periodogram: Periodogram, shapes: list[Shape]) -> list[Component]:
    """The likelihood's maximum from `shapes` on, over weights, finite rates, angles not 0 or π."""
    values, K = periodogram.values, len(shapes)
    spectra = periodogram.expected(shapes)
    weights, unit = (
        nnls(spectra / values[:, None], 1 - periodogram.floor / values)[0],
        np.mean(values),
    )
    rates, phis = np.array(shapes).T
    width = np.clip(rates, 1 / periodogram.length, FASTEST)  # of a term's peak
    start = np.concatenate([weights / unit, np.log(rates.clip(max=FASTEST)), phis / width])
    free = np.concatenate([np.full(K, True), np.isfinite(rates), (phis > 0) & (phis < np.pi)])
    longest = np.where(phis > 0, periodogram.longest_wave, periodogram.longest)
    bounds = [(0.0, np.inf)] * K + [(-float(np.log(t)), np.log(FASTEST)) for t in longest]
    bounds += [(2 * np.pi / periodogram.length / one, np.pi / one) for one in width]

    def completed(parameters: Array) -> tuple[Array, list[Shape]]:
        full = start.copy()
        full[free] = parameters
        current = np.where(np.isfinite(rates), np.exp(full[K : 2 * K]), np.inf)
        turns = np.where(free[2 * K :], np.minimum(width * full[2 * K :], np.pi), phis)
        return unit * full[:K], list(zip(current.tolist(), turns.tolist(), strict=True))

    def loss(parameters: Array) -> tuple[float, Array]:
        w, current = completed(parameters)
        spectra, by_rate, by_phi = periodogram.with_derivatives(current)
        S = spectra @ w + periodogram.floor
        slope = (1 - values / S) / S / values.size
        by_log_rate = by_rate * [rate if np.isfinite(rate) else 0.0 for rate, _ in current]
        gradient = np.concatenate(
            [unit * (slope @ spectra), w * (slope @ by_log_rate), w * width * (slope @ by_phi)]
        )
        return float(np.mean(np.log(S) + values / S)), gradient[free]

    found = minimize(
        loss,
        start[free],
        jac=True,
        method="L-BFGS-B",
        bounds=[bound for bound, is_free in zip(bounds, free, strict=True) if is_free],
    )
    w, best = completed(found.x)
    return [Component(float(v), *shape) for v, shape in zip(w, best, strict=True) if v > 0]


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
