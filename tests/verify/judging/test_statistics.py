"""Intervals and tests of medians are wrong as rarely as they say."""

import numpy as np
import pytest
from scipy.stats import binom

from verify.claims.selection import paper_claims
from verify.judging import statistics
from verify.judging.statistics import (
    Interval,
    decisive_share,
    holm,
    median,
    sign_test,
    stream,
)


def test_streams_are_their_own():
    places = [(0, "a"), (1, "a"), (0, "b")]
    first = {stream(*place).integers(2**63) for place in places}
    assert len(first) == len(places)
    assert stream(*places[-1]).integers(2**63) in first


def test_all_claims_about_experiments_have_their_share_of_the_level():
    claims = [claim for claim in paper_claims() if claim.experiment]
    assert len(claims) * statistics.RATE_OF_EXPERIMENT <= statistics.LEVEL


@pytest.mark.parametrize(
    ("claimed", "inside"),
    [
        (Interval(-np.inf, 0.0), lambda u: u < 0),
        (Interval(0.0, np.inf), lambda u: u > 0),
        (Interval(0.0, 3.0), lambda u: (u > 0) & (u < 3)),
    ],
)
def test_the_sign_test_is_wrong_as_rarely_as_it_says(claimed, inside):
    """Its median at the interval's end, a claim is neither clearly true nor false."""
    rng, rate, n = np.random.default_rng(3), 0.1, 32
    found = [sign_test(rng.standard_normal(n), claimed) for _ in range(4000)]
    slack = 4 * np.sqrt(rate / 4000)
    assert np.mean([test.if_true <= rate for test in found]) <= rate + slack
    assert np.mean([test.if_false <= rate for test in found]) <= rate + slack
    away = [sign_test(rng.standard_normal(n) + 1.5, claimed) for _ in range(200)]
    decided = [test.if_false if inside(1.5) else test.if_true for test in away]
    assert np.mean(np.array(decided) <= rate) > 0.95


def test_the_sign_test_is_exact():
    values = np.array([-1.0, *range(1, 10), np.nan])
    test = sign_test(values, Interval(0.0, np.inf))
    assert test.if_false == pytest.approx(binom.sf(8, 11, 0.5), rel=1e-12)
    assert test.if_true == pytest.approx(1 - 0.5**11, rel=1e-12)
    # two ends, either of which could be passed by chance
    outside = sign_test(np.full(11, 5.0), Interval(0.0, 1.0))
    assert outside.if_true == pytest.approx(2 * 0.5**11, rel=1e-12)
    assert outside.if_false == 1


def test_the_decisive_share_has_the_power_stated():
    rate = 2e-4
    share = decisive_share(32, rate)
    needed = next(k for k in range(33) if binom.sf(k - 1, 32, 0.5) <= rate)
    assert binom.sf(needed - 1, 32, share) == pytest.approx(0.9, rel=1e-9)
    assert decisive_share(12, rate) == np.inf
    assert decisive_share(13, rate) < 1


def test_holms_p_values():
    assert holm([]) == []
    assert holm([0.03, 0.01, 0.02]) == pytest.approx([0.04, 0.03, 0.04])
    assert holm([0.5, 0.9]) == [1, 1]


def test_an_interval_holds_its_ends():
    interval = Interval(1.0, 2.0)
    assert [interval.contains(x) for x in (0.9, 1.0, 1.5, 2.0, 2.1)] == [0, 1, 1, 1, 0]


TEN = np.array([7.0, 1, 9, 3, 5, 10, 2, 8, 4, 6])


@pytest.mark.parametrize(
    ("values", "rate", "expected"),
    [
        # P[Bin(10, 1/2) ≤ 2] = 56/1024 < 0.12/2, and P[… ≤ 3] = 176/1024 is not
        (TEN, 0.12, (3, 8)),
        (TEN, 0.10, (2, 9)),  # 11/1024 < 0.10/2 < 56/1024
        (TEN, 0.002, (1, 10)),  # 1/1024 < 0.002/2
        (TEN, 0.0019, (-np.inf, np.inf)),  # too few
        (np.array([]), 0.5, (-np.inf, np.inf)),
        # a lost draw may have been anything
        (np.append(TEN[1:], np.nan), 0.12, (2, 9)),
        (np.append(TEN[1:], np.nan), 0.002, (-np.inf, np.inf)),
        (np.append(TEN[1:], np.inf), 0.12, (3, 9)),
    ],
)
def test_median(values, rate, expected):
    assert median(values, rate) == Interval(*expected)
