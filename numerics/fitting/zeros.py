"""Frequencies without power: zeros of a moving average that all terms of a fit pass through.

A sum of positive terms cannot follow a spectrum that vanishes, as that of differences does. Where
the data have not half the power of the fit, a zero is put, and all is fitted again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray
from scipy.optimize import minimize

from numerics.fitting.whittle import (
    FASTEST,
    MAX_TERMS,
    Component,
    Periodogram,
    criterion,
    maximum_likelihood,
    misjudged_power,
    refined,
    total,
)

Array = NDArray[Any]  # float64

MOST_ZEROS = 4  # a pair counts as one
NEAR = 0.2  # radians that a frequency may be off its end of the spectrum
START = 0.05  # distance from the circle, from which there is a way to both sides
ROUNDS = 2  # of terms and zeros in turn
# of the floor that sums of terms need: a moving average can follow bands of little power
LOWERED = 0.01
CHANCE = 0.001  # of looking in vain for a zero at a λ: the criterion has the last word


@dataclass(frozen=True)
class Zero:
    """The zeros e^{−distance ± iθ} of a moving average; a single one where θ is 0 or π."""

    distance: float
    theta: float

    def __str__(self) -> str:
        """The zero, or both of a pair."""
        r = f"{np.exp(-self.distance):.4g}"
        return {0.0: r, np.pi: f"−{r}"}.get(self.theta, f"{r}·e^{{±{self.theta:.4g}i}}")

    @property
    def is_single(self) -> bool:
        """Whether it is real."""
        return self.theta in (0.0, np.pi)

    def rational(self, digits: int) -> tuple[sp.Rational, sp.Rational]:
        """The pair r and cos θ, whose distances from ±1 have so many digits."""
        from_end = min(self.theta, np.pi - self.theta)
        distances = -np.expm1(-self.distance), 2 * np.sin(from_end / 2) ** 2
        r, cosine = (1 - sp.Rational(f"{value:.{digits}g}") for value in distances)
        return r, cosine if self.theta <= np.pi / 2 else -cosine

    @property
    def weights(self) -> Array:
        """The weights of 1 − bz, or of the product of two such."""
        r, cosine = np.exp(-self.distance), np.cos(self.theta)
        return np.array([1, -r * cosine] if self.is_single else [1, -2 * r * cosine, r**2])


def weights(zeros: Sequence[Zero]) -> tuple[float, ...]:
    """The weights of the moving average with these zeros."""
    found = reduce(np.convolve, (zero.weights for zero in zeros), np.ones(1))
    return tuple(found.tolist())


@dataclass(frozen=True)
class _Fit:
    """Terms and zeros, Schwarz's criterion, and where they are off, as `misjudged_power` has it."""

    components: list[Component]
    zeros: tuple[Zero, ...]
    criterion: float
    off: tuple[tuple[float, float], float] | None

    @classmethod
    def of(
        cls, periodogram: Periodogram, components: list[Component], zeros: tuple[Zero, ...]
    ) -> _Fit:
        passed = through(periodogram, zeros)
        numbers = sum((zero.distance > 0) + (not zero.is_single) for zero in zeros)
        lowered = _lowered(passed)
        return cls(
            components,
            zeros,
            criterion(lowered, components, numbers),
            misjudged_power(passed, components, CHANCE),
        )

    def is_better(self, other: _Fit) -> bool:
        """Whether it is by the criterion, and is off by less where it is most."""
        mine, others = (abs(np.log(one.off[1])) if one.off else 0.0 for one in (self, other))
        return self.criterion < other.criterion and bool(mine < others)


def through(periodogram: Periodogram, zeros: Sequence[Zero]) -> Periodogram:
    """The periodogram of what passes through the moving average with these zeros."""
    return replace(periodogram, weights=weights(zeros))


def fitted(
    periodogram: Periodogram, max_terms: int = MAX_TERMS
) -> tuple[list[Component], tuple[Zero, ...]]:
    """The sum of terms, and the zeros of what they pass through, that fit a periodogram best.

    Where a sum of terms is off, bands of little power are given a say, and zeros come one by one,
    where the fit hears most too much, as long as Schwarz's criterion gains. One on the circle
    stays on it, which saves a parameter: how far it is from there does not show well where the
    data have no power.
    """
    best = _Fit.of(periodogram, maximum_likelihood(periodogram, max_terms), ())
    while best.off and len(best.zeros) < MOST_ZEROS:
        (_, angle), ratio = best.off
        # a single zero at an end of the spectrum is simpler than a pair near it
        likely = {0.0 if angle < NEAR else np.pi if np.pi - angle < NEAR else angle, angle}
        put = [
            (*best.zeros, Zero(distance, theta))
            for theta in likely
            for distance in (START, 0.0)
            if ratio < 1
        ]
        # without another zero last: it takes many terms to go round a frequency without power
        for offered in filter(None, (put, [best.zeros])):
            fits = (_with(periodogram, zeros, max_terms) for zeros in offered)
            tried = min(fits, key=lambda one: one.criterion)
            if tried.is_better(best):
                best = tried
                break
        else:
            break
    return best.components, best.zeros


def _lowered(periodogram: Periodogram) -> Periodogram:
    return periodogram.with_floor(LOWERED * periodogram.floor)


def _with(periodogram: Periodogram, zeros: tuple[Zero, ...], max_terms: int) -> _Fit:
    """The fit from such zeros on."""
    lowered = _lowered(periodogram)
    # zeros first, with a single term: more terms would fit what a zero elsewhere leaves
    found = maximum_likelihood(through(lowered, zeros), 1)
    zeros = _moved(lowered, found, zeros)
    found = maximum_likelihood(through(lowered, zeros), max_terms)
    for _ in range(ROUNDS):
        zeros = _moved(lowered, found, zeros)
        found = refined(through(lowered, zeros), [k.shape for k in found])
    return _Fit.of(periodogram, found, zeros)


def _moved(
    periodogram: Periodogram, components: Sequence[Component], zeros: Sequence[Zero]
) -> tuple[Zero, ...]:
    """The likelihood's maximum over zeros, and one factor, for given terms."""
    reach = len(weights(zeros)) - 1
    n, values, floor = periodogram.length, periodogram.values, periodogram.floor
    R = total(components, np.abs(np.arange(-reach, n + reach, dtype=float)))
    shifted = np.stack([R[k : k + n] for k in range(2 * reach + 1)], axis=1)
    spectra = periodogram.transform(shifted)

    def placed(parameters: Array) -> tuple[Zero, ...]:
        left = iter(parameters.tolist())
        return tuple(
            Zero(next(left) if z.distance else 0.0, z.theta if z.is_single else next(left))
            for z in zeros
        )

    def loss(parameters: Array) -> float:
        b = weights(placed(parameters[1:]))
        S = np.exp(parameters[0]) * (spectra @ np.correlate(b, b, "full")) + floor
        return float(np.mean(np.log(S) + values / S))

    free = [(0.0, (-np.inf, np.inf))]
    for zero in zeros:
        if zero.distance:
            free.append((zero.distance, (0.0, FASTEST)))
        if not zero.is_single:
            free.append((zero.theta, (1e-6, np.pi - 1e-6)))
    start, bounds = zip(*free, strict=True)
    found = placed(minimize(loss, start, method="L-BFGS-B", bounds=bounds).x[1:])
    found = tuple(z for z in found if z.distance < FASTEST / 2)  # one at 0 changes nothing
    # how near the circle a zero is does not show if that takes longer memories to tell
    shown = (0.0 if z.distance < 1 / periodogram.longest else z.distance for z in found)
    return tuple(replace(z, distance=d) for z, d in zip(found, shown, strict=True))
