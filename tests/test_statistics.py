"""The intervals hold the truth as often as they say, and miss what lies a width away."""

import numpy as np
import pytest
from scipy.stats import binom

from verify.statistics import Interval, mean_product, mean_square

REPEATS, RATE = 2000, 0.1


def outside(correlation, claimed):
    """How often the interval misses `claimed`, for pairs of unit variance."""
    rng = np.random.default_rng(0)
    count = 0
    for _ in range(REPEATS):
        x = rng.standard_normal(50)
        y = correlation * x + np.sqrt(1 - correlation**2) * rng.standard_normal(50)
        count += not mean_product(x, y, RATE).contains(claimed)
    return count


@pytest.mark.parametrize("correlation", [0.0, 0.6, -0.9, 1.0])
def test_false_alarms_are_within_their_rate(correlation):
    # a right rate exceeds this with probability 1e-9
    assert outside(correlation, correlation) <= binom.isf(1e-9, REPEATS, RATE)


def test_the_square_is_exact():
    rng = np.random.default_rng(1)
    missed = sum(
        not mean_square(rng.standard_normal(20), RATE).contains(1.0) for _ in range(REPEATS)
    )
    low, high = binom.ppf(1e-9, REPEATS, RATE), binom.isf(1e-9, REPEATS, RATE)
    assert low <= missed <= high


def test_a_claim_a_width_away_is_noticed():
    rng = np.random.default_rng(2)
    noticed = 0
    for _ in range(REPEATS):
        interval = mean_square(rng.standard_normal(200), RATE)
        width = interval.upper - interval.lower
        noticed += not interval.contains(1 + width)
    assert noticed >= binom.ppf(1e-9, REPEATS, 1 - RATE)


def test_interval_arithmetic():
    a, b = Interval(1, 2), Interval(-1, 3)
    assert a + b == Interval(0, 5)
    assert a - b == Interval(-2, 3)
    assert b.scaled(-2) == Interval(-6, 2)
    assert a.widened(0.5) == Interval(0.5, 2.5)
