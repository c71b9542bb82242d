"""Exact intervals for moments of Gaussian samples, with both error rates stated.

n independent centred Gaussians have Σx²/σ² ~ χ²_n exactly; a product's mean is a difference
of two mean squares, E[xy] = (E(x+y)² − E(x−y)²)/4. No normal approximation, no tuning.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, chi2

Samples = NDArray[np.float64]

# false alarms allowed in one run of the whole suite, and the checks they are divided over
FALSE_ALARMS = 1e-6
CHECKS = 10_000
RATE = FALSE_ALARMS / CHECKS


@dataclass(frozen=True)
class Interval:
    """[lower, upper] holds the truth except with the error rate it was made for."""

    lower: float
    upper: float

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.lower + other.lower, self.upper + other.upper)

    def __sub__(self, other: Interval) -> Interval:
        return Interval(self.lower - other.upper, self.upper - other.lower)

    def scaled(self, factor: float) -> Interval:
        """The interval times a number."""
        ends = (factor * self.lower, factor * self.upper)
        return Interval(min(ends), max(ends))

    def widened(self, by: float) -> Interval:
        """The interval with a known bias added on both sides."""
        return Interval(self.lower - by, self.upper + by)

    def contains(self, value: float) -> bool:
        """Whether `value` lies inside."""
        return self.lower <= value <= self.upper


def mean_square(x: Samples, error_rate: float) -> Interval:
    """E[x²] from independent centred Gaussian samples x, of shape (n,)."""
    total = float(np.sum(np.square(x)))
    return Interval(
        total / chi2.isf(error_rate / 2, x.size), total / chi2.ppf(error_rate / 2, x.size)
    )


def mean_product(x: Samples, y: Samples, error_rate: float) -> Interval:
    """E[xy] from independent pairs of jointly Gaussian, centred samples, each of shape (n,)."""
    if x is y:
        return mean_square(x, error_rate)
    plus, minus = (mean_square(z, error_rate / 2) for z in (x + y, x - y))
    return (plus - minus).scaled(0.25)


def median(values: Samples, error_rate: float) -> Interval:
    """The median of any continuous distribution, from independent draws of shape (n,).

    A draw lies below it with probability 1/2: order statistics k and n + 1 − k hold it but for
    P[Bin(n, 1/2) < k] on each side. Everything, where n is too small for the rate.
    """
    below = int(binom.ppf(error_rate / 2, values.size, 0.5))  # P[Bin ≤ below − 1] < rate/2
    if below == 0:
        return Interval(-np.inf, np.inf)
    ordered = np.sort(values)
    return Interval(float(ordered[below - 1]), float(ordered[-below]))
