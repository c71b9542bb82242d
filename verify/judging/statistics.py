"""Sampled checks with both error rates stated: exact intervals, and when to stop sampling.

A check is an assertion, the smallest discrepancy it notices, and the samples it may take. It
looks after 1/16, 1/8, … of them, and its intervals hold the truth at all looks but for its error
rate. That rate bounds both mistakes: to contradict what is true (a false alarm), and to support
what is off by the discrepancy stated (a miss).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot
from typing import Any
from zlib import crc32

import numpy as np
import scipy  # whose `stats` takes a second to load, once it is used
from numpy.typing import NDArray

Array = NDArray[Any]  # float64 or complex128

# of a run; divided over a fixed number of claims, so that each one's evidence is its own
FALSE_ALARMS = MISSES = 1e-6
CLAIMS = 1000
RATE = FALSE_ALARMS / CLAIMS
# of claims about experiments, all together; each has its share of it, as above
LEVEL = 0.05
RATE_OF_EXPERIMENT = LEVEL / 250
POWER = 0.9

TOLERANCE = 0.15
LOOKS = 5
# a share of each variance, which keeps the pilot's covariance matrix well-conditioned
RIDGE = 1e-3

_EPSILON = float(np.finfo(float).eps)


@dataclass(frozen=True)
class Interval:
    """An interval [lower, upper] that holds the truth but for the error rate it was made for."""

    lower: float
    upper: float

    def widened(self, by: float) -> Interval:
        """The interval with a known bias added on both sides."""
        return Interval(self.lower - by, self.upper + by)

    def contains(self, value: float) -> bool:
        """Whether a value lies inside the interval."""
        return self.lower <= value <= self.upper


@dataclass(frozen=True)
class Assertion:
    """`actual relation claimed` (==, <=, >=), and the smallest discrepancy to be noticed.

    The discrepancy is relative to |claimed|. Imaginary parts are equal by any relation.
    """

    claimed: complex
    relation: str
    tolerance: float

    def decide(self, real: Interval, imag: Interval | None = None) -> bool | None:
        """What intervals for the parts of the actual value say; an imaginary part left out is 0.

        Returns:
            False if all they hold is at odds with the assertion, True if nothing they hold is
            off by the discrepancy, None if they cannot tell.

        """
        imag = imag or Interval(0.0, 0.0)
        parts = (
            _violation(real, self.claimed.real, self.relation),
            _violation(imag, self.claimed.imag, "=="),
        )
        if any(part.lower > 0 for part in parts):
            return False
        largest = hypot(*(part.upper for part in parts))
        return True if largest < self.tolerance * abs(self.claimed) else None


def _violation(actual: Interval, claimed: float, relation: str) -> Interval:
    """By how much the relation is violated."""
    above = Interval(max(actual.lower - claimed, 0), max(actual.upper - claimed, 0))
    below = Interval(max(claimed - actual.upper, 0), max(claimed - actual.lower, 0))
    if relation == "<=":
        return above
    if relation == ">=":
        return below
    return max(above, below, key=lambda part: part.upper)


def look_sizes(budget: int) -> list[int]:
    """After how many samples to look: LOOKS times, doubling, the whole budget last."""
    return [size for k in reversed(range(LOOKS)) if (size := budget >> k)]


def stream(seed: int, claim: str, point: int, shard: int) -> np.random.Generator:
    """Randomness of its own for each shard of samples, whoever draws it and when.

    Counter-based: a claim has a sequence of its own, in which shards start 2^128 numbers apart.
    """
    return np.random.Generator(
        np.random.Philox([seed, crc32(claim.encode())], counter=[0, 0, shard, point])
    )


@dataclass(frozen=True)
class Moments:
    """What is kept of independent samples z of a centred Gaussian vector; shards' are added up.

    Attributes:
        count: how many samples.
        products: Σ z zᴴ, shape (m, m): real, or complex for circular z (E[z zᵀ] = 0).

    """

    count: int
    products: Array

    @classmethod
    def of(cls, samples: Array) -> Moments:
        """The moments of samples of shape (count, m)."""
        return cls(len(samples), samples.T @ samples.conj())

    def __add__(self, other: Moments) -> Moments:
        return Moments(self.count + other.count, self.products + other.products)


def mean_forms(
    forms: Sequence[Array], moments: Moments, pilot: Moments, error_rate: float
) -> list[Interval]:
    """Intervals for E[zᴴ H z] which all hold the truth at once, but for the error rate.

    n centred Gaussians have Σ|y|² ~ E|y|² χ²_n / n exactly, or χ²_2n / 2n if complex; and
    zᴴ H z = Σ_k e_k |y_k|² in linear combinations y. With y nearly uncorrelated, as the pilot
    has it, Σ |e_k| E|y_k|² is least, hence the width. Rounding is bounded and added.

    Args:
        forms: Hermitian matrices H, of shape (m, m); real for real z.
        moments: of the samples.
        pilot: of other samples, with the same law or nearly so.
        error_rate: of all intervals together.

    """
    varies = pilot.products.diagonal().real > 0  # unlike a real state's imaginary part
    pick = np.ix_(varies, varies)
    covariance = pilot.products[pick] / pilot.count
    root = np.linalg.cholesky(covariance + RIDGE * np.diag(covariance.diagonal()))
    split = [np.linalg.eigh(root.conj().T @ form[pick] @ root) for form in forms]
    whole = sum(float(np.sum(np.abs(e))) for e, _ in split)
    products = moments.products[pick] / moments.count
    degrees = moments.count * (2 if np.iscomplexobj(products) else 1)
    scale = np.sqrt(products.diagonal().real)
    intervals = []
    for form, (e, vectors) in zip(forms, split, strict=True):
        rows = np.linalg.solve(root.conj().T, vectors[:, e != 0]).conj().T  # y = rows @ z
        e = e[e != 0]
        squares = np.einsum("kj,jl,kl->k", rows, products, rows.conj()).real
        rates = error_rate * np.abs(e) / whole
        chi2 = scipy.stats.chi2
        least, most = (degrees / end(rates / 2, degrees) for end in (chi2.isf, chi2.ppf))
        inexact = np.abs(form[pick] - (rows.conj().T * e) @ rows)
        terms = moments.count + 4 * len(scale)  # in sums, whose roundings are relative to these:
        inexact += terms * _EPSILON * (np.abs(rows).T * np.abs(e)) @ np.abs(rows)
        rounding = float(scale @ inexact @ scale) * float(max(most, default=1))
        ends = np.sort([e * least * squares, e * most * squares], axis=0).sum(axis=1)
        intervals.append(Interval(float(ends[0]), float(ends[1])).widened(rounding))
    return intervals


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
