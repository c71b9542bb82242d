"""What random replicas tell of a median: exact intervals and tests, their error rates stated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
import scipy  # whose `stats` takes a second to load, once it is used
from numpy.typing import NDArray

Array = NDArray[Any]  # float64

# of claims about experiments, all together; each has a fixed share, and its evidence is its own
LEVEL = 0.05
RATE_OF_EXPERIMENT = LEVEL / 250
POWER = 0.9


@dataclass(frozen=True)
class Interval:
    """An interval [lower, upper] that holds the truth but for the error rate it was made for."""

    lower: float
    upper: float

    def contains(self, value: float) -> bool:
        """Whether a value lies inside the interval."""
        return self.lower <= value <= self.upper


def stream(seed: int, name: str) -> np.random.Generator:
    """Randomness of its own for each name, whoever draws it and when (counter-based)."""
    return np.random.Generator(np.random.Philox([seed, crc32(name.encode())]))


def median(values: Array, error_rate: float) -> Interval:
    """An interval for the median of a continuous distribution, from independent draws (n,).

    A draw lies below the median with probability 1/2: order statistics k and n + 1 − k hold it but
    for P[Bin(n, 1/2) < k] on each side. Where n is too small for the rate, the interval is the
    whole line. Draws that are nan may have been anything.
    """
    # P[Bin ≤ below − 1] < rate/2
    below = int(scipy.stats.binom.ppf(error_rate / 2, values.size, 0.5))
    if below == 0:
        return Interval(-np.inf, np.inf)
    least, most = (np.sort(np.nan_to_num(values, nan=by)) for by in (-np.inf, np.inf))
    return Interval(float(least[below - 1]), float(most[-below]))


@dataclass(frozen=True)
class SignTest:
    """How well independent draws go with a claim on the median of what they are drawn from.

    Attributes:
        if_true: the probability, at most, that as many draws are at odds with it if it is true.
        if_false: the probability, at most, that as many agree with it if it is false.

    """

    if_true: float
    if_false: float


def sign_test(values: Array, claimed: Interval) -> SignTest:
    """The exact test of whether a median is in an interval, by draws (n,) of any distribution.

    Of a median's draws those beyond it are Bin(n, 1/2) at most. Draws that are nan are on neither
    side of an end.
    """
    ends = [
        sides
        for end, sides in (
            (claimed.lower, (values < claimed.lower, values > claimed.lower)),
            (claimed.upper, (values > claimed.upper, values < claimed.upper)),
        )
        if np.isfinite(end)
    ]

    def chance(side: Array) -> float:
        return float(scipy.stats.binom.sf(np.count_nonzero(side) - 1, values.size, 0.5))

    if_true = min(chance(outside) for outside, _ in ends)
    return SignTest(min(1.0, len(ends) * if_true), max(chance(inside) for _, inside in ends))


def decisive_share(draws: int, rate: float) -> float:
    """The share of draws on one side of a bound with which the sign test has a power of POWER.

    Args:
        draws: how many there are.
        rate: of errors, of the test.

    Returns:
        The share, above 1/2; infinite where no draws of this number decide.

    """
    needed = int(scipy.stats.binom.isf(rate, draws, 0.5)) + 1
    if needed > draws:
        return np.inf
    return float(scipy.stats.beta.ppf(POWER, needed, draws - needed + 1))


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values (n,) adjusted for their number: below a level, none of those is a false one.

    That holds but for the level, however the tests depend on each other. Source: Holm (1979).
    """
    ascending = np.argsort(p_values)
    raised = np.sort(p_values) * np.arange(len(p_values), 0, -1)
    adjusted = np.empty(len(p_values))
    adjusted[ascending] = np.minimum(1, np.maximum.accumulate(raised))
    found: list[float] = adjusted.tolist()
    return found
