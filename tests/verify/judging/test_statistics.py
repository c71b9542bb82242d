"""The intervals hold the truth as often as they say, and assertions are decided as they should."""

import numpy as np
import pytest
from scipy.stats import binom, chi2

from verify.judging.statistics import (
    LOOKS,
    Assertion,
    Interval,
    Moments,
    look_sizes,
    mean_forms,
    stream,
)

REPEATS, RATE = 1000, 0.1
PRODUCT = np.array([[0, 0.5], [0.5, 0]])


def draws(correlation, count, rng, is_complex=False):
    """Pairs of unit variance."""
    x, y = rng.standard_normal((2, count))
    if is_complex:
        x, y = (np.array([x, y]) + 1j * rng.standard_normal((2, count))) / np.sqrt(2)
    return Moments.of(np.stack([x, correlation * x + np.sqrt(1 - correlation**2) * y], axis=1))


def outside(form, truth, draw, repeats=REPEATS):
    """How often the interval misses the truth."""
    rng = np.random.default_rng(0)
    count = 0
    for _ in range(repeats):
        [interval] = mean_forms([form], draw(50, rng), draw(30, rng), RATE)
        count += not interval.contains(truth)
    return count


@pytest.mark.parametrize("is_complex", [False, True])
@pytest.mark.parametrize("correlation", [0.0, 0.6, -0.9, 1.0])
def test_false_alarms_are_within_their_rate(correlation, is_complex):
    missed = outside(
        PRODUCT, correlation, lambda n, rng: draws(correlation, n, rng, is_complex=is_complex)
    )
    # a right rate exceeds this with probability 1e-9
    assert missed <= binom.isf(1e-9, REPEATS, RATE)


@pytest.mark.parametrize("is_complex", [False, True])
def test_a_square_is_exact(is_complex):
    square = np.array([[1, 0], [0, 0]])
    missed = outside(square, 1, lambda n, rng: draws(0.3, n, rng, is_complex=is_complex))
    low, high = binom.ppf(1e-9, REPEATS, RATE), binom.isf(1e-9, REPEATS, RATE)
    assert low <= missed <= high


def mean_square(x):
    """The interval for E[x²]."""
    z = x[:, None]
    [interval] = mean_forms([np.eye(1)], Moments.of(z), Moments.of(z[:5]), RATE)
    return interval


def test_a_mean_square_has_the_quantiles_of_chi_squared():
    x = np.random.default_rng(3).standard_normal(60)
    interval = mean_square(x)
    expected = np.sum(x**2) / chi2.ppf([1 - RATE / 2, RATE / 2], x.size)
    assert [interval.lower, interval.upper] == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("scale", [1.0, 1e4])
def test_a_pilot_balances_a_product(scale):
    """Var(x ± y) would make the interval as wide as the larger variance."""
    rng = np.random.default_rng(4)
    z, pilot = (Moments.of(rng.standard_normal((n, 2)) * [1 / scale, scale]) for n in (1000, 200))
    [interval] = mean_forms([PRODUCT], z, pilot, RATE)
    assert interval.contains(0)
    assert interval.upper - interval.lower < 0.25


def test_what_cancels_exactly_holds_zero():
    moments, pilot = (draws(1.0, n, np.random.default_rng(n)) for n in (1000, 100))
    difference = np.outer([1, -1], [1, -1])
    [interval] = mean_forms([difference], moments, pilot, RATE)
    assert interval.contains(0)
    assert interval.upper - interval.lower < 1e-9


def test_a_claim_a_width_away_is_noticed():
    rng = np.random.default_rng(2)
    noticed = 0
    for _ in range(REPEATS):
        interval = mean_square(rng.standard_normal(200))
        noticed += not interval.contains(1 + interval.upper - interval.lower)
    assert noticed >= binom.ppf(1e-9, REPEATS, 1 - RATE)


@pytest.mark.parametrize(
    ("claimed", "relation", "real", "imag", "expected"),
    [
        (1, "==", (0.95, 1.05), None, True),
        (1, "==", (0.85, 1.05), None, None),
        (1, "==", (1.01, 1.05), None, False),
        (-1, "==", (-1.05, -0.95), None, True),
        (1, "<=", (0.2, 0.9), None, True),
        (1, "<=", (0.2, 1.05), None, True),
        (1, "<=", (0.2, 1.2), None, None),
        (1, "<=", (1.1, 1.2), None, False),
        (1, ">=", (0.95, 7), None, True),
        (1, ">=", (0.2, 0.9), None, False),
        (1, ">=", (-np.inf, np.inf), None, None),
        (1j, "==", (-0.05, 0.05), (0.95, 1.05), True),
        (1j, "==", (-0.09, 0.09), (0.91, 1.09), None),  # each is near enough, both are not
        (1j, "==", (-0.05, 0.05), (1.01, 1.05), False),
        (1, "<=", (0.2, 0.3), (0.1, 0.2), False),
        (0, "==", (-1e-9, 1e-9), None, None),
    ],
)
def test_decide(claimed, relation, real, imag, expected):
    imag = Interval(*imag) if imag else None
    assert Assertion(claimed, relation, 0.1).decide(Interval(*real), imag) is expected


def test_looks_double_and_end_with_the_budget():
    assert look_sizes(20_000) == [1250, 2500, 5000, 10_000, 20_000]
    assert look_sizes(3) == [1, 3]
    assert len(look_sizes(10**6)) == LOOKS


def test_streams_are_their_own():
    places = [(0, "a", 0, 0), (1, "a", 0, 0), (0, "b", 0, 0), (0, "a", 1, 0), (0, "a", 0, 1)]
    first = {stream(*place).integers(2**63) for place in places}
    assert len(first) == len(places)
    assert stream(*places[-1]).integers(2**63) in first


def test_shards_add_up_to_the_whole():
    z = np.random.default_rng(5).standard_normal((70, 3)) * (1 + 2j)
    parts = Moments.of(z[:20]) + Moments.of(z[20:])
    assert parts.count == 70
    np.testing.assert_allclose(parts.products, Moments.of(z).products, rtol=1e-12)
