"""The domain of a claim: its points lie in it, its ends are its own, and what is empty is said."""

from fractions import Fraction

import pytest

from verify import make_claim
from verify.judging.domain import FAR, INSET, Domain
from verify.judging.points import Polar
from verify.judging.translation import MeaningError

HALF = Polar(Fraction(1, 2), Fraction(1, 2))


def domain(*ranges, **fields):
    claim = {
        "id": "a",
        "quantity": "second_moment",
        "relation": "==",
        "formula": "0",
        "autocorrelation": "rho**Delta" if any("rho" in r for r in ranges) else "1",
        "domain": list(ranges),
        **fields,
    }
    return Domain(make_claim(claim))


def within(one, coordinate):
    value = coordinate.modulus if isinstance(coordinate, Polar) else coordinate
    lower, upper = one.rational_ends
    above = lower is None or lower < value or (one.has_lower and lower == value)
    below = upper is None or value < upper or (one.has_upper and value == upper)
    return above and below and (not one.is_whole or value.denominator == 1)


CASES = {
    "open": domain("0 < lambda < 1", "-1 < rho < 1"),
    "closed": domain("-1/2 <= lambda <= 1/2", "0 <= rho <= 1"),
    "complex": domain("abs(lambda) < 1"),
    "ring": domain("1/2 <= abs(lambda) <= 3/4"),
    "unbounded": domain("lambda >= 0", "rho > -1"),
    "irrational": domain("0 < lambda < sqrt(2)/2", "exp(-1) <= rho <= 1"),
    "horizon": domain("0 < lambda < 1", "3 <= T <= 5", horizon="T"),
}


@pytest.mark.parametrize("name", CASES)
def test_every_point_lies_in_the_domain(name):
    d = CASES[name]
    points = [*d.sample(60, 0), *d.corners(), *d.faces(INSET)]
    assert all(within(d.ranges[n], c) for point in points for n, c in point.coordinates.items())
    assert all(list(point.coordinates) == list(d.ranges) for point in points)


def test_the_same_seed_gives_the_same_points_and_another_others():
    d = CASES["open"]
    assert list(d.sample(9, 1)) == list(d.sample(9, 1))
    assert list(d.sample(9, 1))[1:] != list(d.sample(9, 2))[1:]
    [plain] = d.sample(1, 7)
    assert plain.coordinates == {"lambda": Fraction(3, 4), "rho": 2 * Fraction(5, 6) - 1}


def corners(*ranges, **fields):
    return [tuple(point.coordinates.values()) for point in domain(*ranges, **fields).corners()]


def test_corners_are_the_ends_and_what_is_left_out_is_approached():
    assert corners("1/4 <= lambda <= 1/2") == [(Fraction(1, 4),), (Fraction(1, 2),)]
    assert corners("1/4 < lambda < 1/2") == [
        (Fraction(1, 4) + INSET / 4,),
        (Fraction(1, 2) - INSET / 4,),
    ]
    assert corners("1/2 <= abs(lambda) <= 3/4") == [
        (HALF,),
        (Polar(Fraction(3, 4), Fraction(1, 2)),),
    ]
    [(low,), (high,)] = corners("lambda <= 0")
    assert (low, high) == (-4 - FAR, 0)
    assert len(corners("0 < lambda < 1", "0 < rho < 1")) == 4


def test_a_horizon_is_whole_and_stays_between_its_bounds():
    d = CASES["horizon"]
    assert {p.coordinates["T"] for p in d.sample(60, 0)} == {4, 5}
    assert {p.coordinates["T"] for p in d.corners()} == {3, 5}
    free = domain("0 < lambda < 1", horizon="T")
    assert {p.coordinates["T"] for p in free.corners()} == {1}
    assert {p.coordinates["T"] for p in free.sample(200, 0)} == set(range(2, 31))


def test_faces_are_the_ends_and_what_is_next_to_them():
    points = list(domain("0 <= lambda < 1", "0 < rho <= 1").faces(INSET))
    plain = points[0].coordinates["rho"]
    assert [p.coordinates["lambda"] for p in points if p.coordinates["rho"] == plain] == [
        *(0, 1 - INSET, INSET)
    ]


def test_irrational_ends_are_rounded_inwards():
    lower, upper = CASES["irrational"].ranges["lambda"].rational_ends
    assert lower == 0
    assert 0 < Fraction(1, 2) - upper**2 < Fraction(1, 10**14)
    lower, _ = CASES["irrational"].ranges["rho"].rational_ends
    assert 0 < float(lower) - 0.36787944117144233 < 1e-14


@pytest.mark.parametrize(
    "ranges",
    [["1 < lambda < 0"], ["0 < lambda <= 0"], ["0 <= lambda < 0"], ["abs(lambda) < -1"]],
)
def test_what_is_empty_is_said(ranges):
    with pytest.raises(MeaningError, match="the range of 'lambda' is empty"):
        domain(*ranges).check()


def test_a_point_is_a_domain_and_a_complex_bound_is_none():
    domain("1/2 <= lambda <= 1/2").check()
    with pytest.raises(MeaningError, match="the bound I of 'lambda' is not a real number"):
        domain("0 < lambda < I").check()
    with pytest.raises(MeaningError, match="divides by zero"):
        domain("0 < lambda < 1/0")


@pytest.mark.parametrize(
    ("interval", "positive"),
    [("0 < lambda < 1", True), ("0 <= lambda < 1", False), ("-1 < lambda < 1", False)],
)
def test_what_is_positive(interval, positive):
    assert domain(interval).ranges["lambda"].is_positive is positive
