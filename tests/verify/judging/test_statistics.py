"""The intervals hold the truth as often as they say, and assertions are decided as they should."""

import numpy as np
import pytest
from scipy.stats import binom, chi2

from verify.claims.selection import paper_claims
from verify.judging import statistics
from verify.judging.statistics import (
    LOOKS,
    Assertion,
    Interval,
    Moments,
    decisive_share,
    holm,
    look_sizes,
    mean_forms,
    median,
    sign_test,
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


@pytest.mark.parametrize("parts", [1, 2])
def test_a_mean_square_has_the_quantiles_of_chi_squared(parts):
    """Of as many Gaussians as there are real and imaginary parts."""
    x = np.random.default_rng(3).standard_normal((parts, 60))
    interval = mean_square(x[0] + 1j * x[1] if parts == 2 else x[0])
    expected = parts * np.sum(x**2) / chi2.ppf([1 - RATE / 2, RATE / 2], x.size)
    assert [interval.lower, interval.upper] == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("scale", [1.0, 1e4])
def test_a_pilot_balances_a_product(scale):
    """Var(x ± y) would make the interval as wide as the larger variance."""
    rng = np.random.default_rng(4)
    z, pilot = (Moments.of(rng.standard_normal((n, 2)) * [1 / scale, scale]) for n in (1000, 200))
    [interval] = mean_forms([PRODUCT], z, pilot, RATE)
    assert interval.contains(0)
    assert interval.upper - interval.lower < 0.25


def test_a_pilot_knows_what_varies_together():
    """E[x² − y²] in y₁ and y₂ has weights ± √(1 − c²), and ± 1 in x and y themselves."""
    form, correlation = np.diag([1, -1]), 0.99
    z, pilot = (draws(correlation, n, np.random.default_rng(n)) for n in (1000, 200))
    [interval] = mean_forms([form], z, pilot, RATE)
    [apart] = mean_forms([form], z, Moments(1, np.eye(2)), RATE)
    width, widest = (i.upper - i.lower for i in (interval, apart))
    # one half for what the pilot does not know
    assert width < 1.5 * np.sqrt(1 - correlation**2) * widest


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


@pytest.mark.parametrize(("upper", "expected"), [(1.5, None), (1.499, True)])
def test_a_claim_off_by_just_the_discrepancy_is_not_supported(upper, expected):
    assert Assertion(1, "==", 0.5).decide(Interval(0.75, upper)) is expected


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


def test_a_thousand_claims_together_err_once_in_a_million_runs():
    assert pytest.approx(1e-6) == statistics.RATE * 1000
    assert statistics.RATE_OF_EXPERIMENT * 250 == 0.05
    assert statistics.TOLERANCE == 0.15


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
    assert interval.widened(0.5) == Interval(0.5, 2.5)


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


def test_what_does_not_vary_is_left_out():
    rng = np.random.default_rng(6)
    z = rng.standard_normal((100, 1))
    both, alone = (
        mean_forms([form], Moments.of(samples), Moments.of(samples[:20]), RATE)
        for form, samples in (
            (np.array([[1.0, 5.0], [5.0, 7.0]]), np.hstack([z, 0 * z])),
            (np.eye(1), z),
        )
    )
    assert (both[0].lower, both[0].upper) == pytest.approx((alone[0].lower, alone[0].upper))


def test_the_rate_is_shared_between_forms():
    z = Moments.of(np.random.default_rng(7).standard_normal((100, 1)))
    together = mean_forms([np.eye(1), -3 * np.eye(1)], z, z, 0.1)
    # shares as their widths
    assert together[0] == mean_forms([np.eye(1)], z, z, 0.025)[0]
    [negative] = mean_forms([3 * np.eye(1)], z, z, 0.075)
    assert (together[1].lower, together[1].upper) == pytest.approx(
        (-negative.upper, -negative.lower)
    )


def test_nothing_is_exactly_zero():
    z = Moments.of(np.random.default_rng(8).standard_normal((100, 2)))
    assert mean_forms([np.zeros((2, 2))], z, z, RATE) == [Interval(0.0, 0.0)]


def test_rounding_is_part_of_the_width():
    """Where few samples leave a wide interval, the roundings in it are as much larger."""
    for seed in range(100):
        rng = np.random.default_rng(seed)
        x, pilot = (Moments.of(np.outer(rng.standard_normal(3), [1, 0.1])) for _ in range(2))
        [interval] = mean_forms([np.outer([0.1, -1], [0.1, -1])], x, pilot, 1e-9)
        assert interval.contains(0), seed


def test_violations_of_bounds_and_equations():
    for relation, lower, upper in (("<=", 0.0, 1.0), (">=", 0.0, 1.0), ("==", 0.0, 1.0)):
        found = statistics._violation(Interval(1.0, 3.0), 2.0, relation)
        assert (found.lower, found.upper) == (lower, upper)
    assert statistics._violation(Interval(1.0, 2.0), 4.0, "==") == Interval(2.0, 3.0)
    assert statistics._violation(Interval(5.0, 7.0), 4.0, "==") == Interval(1.0, 3.0)
    assert statistics._violation(Interval(5.0, 7.0), 4.0, ">=") == Interval(0, 0)
    assert statistics._violation(Interval(1.0, 2.0), 4.0, "<=") == Interval(0, 0)
