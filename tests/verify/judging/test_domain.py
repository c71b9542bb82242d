"""The domain of a claim: its points lie in it, its ends are its own, and what is empty is said."""

from fractions import Fraction
from zlib import crc32

import pytest
import sympy as sp

from numerics.arithmetic.evaluation import NotEvaluated
from verify import make_claim
from verify.judging.domain import INSET, Domain
from verify.judging.evidence import MeaningError
from verify.judging.points import Irrational, Polar

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
    "narrow": domain("0 < lambda < 1/10**6", "-1/10**6 < rho < 0"),
    "far": domain("10**6*sqrt(2) < lambda", "rho < -10**6*sqrt(2)"),
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


PINNED = """\
T = 31, lambda = 11/12*(155/493 + 468/493*I), rho = 7/8
T = 13, lambda = 99/100*(-1449/2249 + 1720/2249*I), rho = 49/100
T = 9, lambda = 1614/1649*(44/125 - 117/125*I), rho = 49/50
T = 10, lambda = 51/100*(4/5 + 3/5*I), rho = 93/1000
T = 22, lambda = 1199/2000*(-20/101 - 99/101*I), rho = 61/200
T = 14, lambda = 51/100*(39/89 - 80/89*I), rho = 1/50
T = 9, lambda = 1941/2000*(207/305 - 224/305*I), rho = 343/1000
T = 3, lambda = 1483/2000*(-6205/6277 - 948/6277*I), rho = 29/100
T = 19, lambda = 789/800*(-8/17 + 15/17*I), rho = 327/10000"""
CRC = 3033839750


def test_what_was_drawn_once_is_drawn_again():
    """In a new version too: what an old report says of a point can be looked up."""
    d = domain("0 < rho < 1", "1/2 < abs(lambda) < 1", "T >= 2", horizon="T", id="pinned")
    drawn = list(map(str, d.sample(999, 3)))
    assert "\n".join(drawn[:9]) == PINNED
    assert crc32("\n".join(drawn).encode()) == CRC


def test_every_third_point_is_near_an_end_and_the_others_are_anywhere():
    drawn = [p.coordinates["lambda"] for p in CASES["open"].sample(300, 0)]
    near, others = drawn[2::3], drawn[::3] + drawn[1::3]
    assert all(min(x, 1 - x) <= Fraction(1, 20) for x in near)
    assert 30 < sum(x < Fraction(1, 2) for x in near) < 70
    assert sum(Fraction(1, 20) < x < Fraction(19, 20) for x in others) > 150
    assert {min(max(x, Fraction(1, 50)), Fraction(49, 50)) for x in drawn} == set(drawn)


def test_complex_points_have_all_angles():
    drawn = [p.coordinates["lambda"].direction for p in CASES["complex"].sample(300, 0)]
    quadrants = {(cosine > 0, sine > 0) for cosine, sine in drawn}
    assert len(quadrants) == 4


def corners(*ranges, **fields):
    return [tuple(point.coordinates.values()) for point in domain(*ranges, **fields).corners()]


def test_corners_are_the_ends_and_what_is_left_out_is_approached():
    assert corners("1/4 <= lambda <= 1/2") == [(Fraction(1, 4),), (Fraction(1, 2),)]
    assert corners("1/4 < lambda < 1/2") == [
        (Fraction(1_000_001, 4_000_000),),
        (Fraction(1_999_999, 4_000_000),),
    ]
    assert corners("1/2 <= abs(lambda) <= 3/4") == [
        (HALF,),
        (Polar(Fraction(3, 4), Fraction(1, 2)),),
    ]
    [(low,), (high,)] = corners("lambda <= 0")
    assert (low, high) == (-44, 0)
    assert corners("lambda >= 0") == [(0,), (48,)]
    assert len(corners("0 < lambda < 1", "0 < rho < 1")) == 4
    [*_, last] = domain("lambda >= 0", "n >= 3 in integers").corners(far=10**6)
    assert last.coordinates == {"lambda": 10**6 + 8, "n": 10**6 + 3}
    many = [f"0 < {name} < 1" for name in ("lambda", "a", "b", "c", "d", "e", "f")]
    assert len(corners(*many)) == 64


def test_a_single_value_has_faces_though_it_is_irrational():
    one = domain("1/sqrt(2) <= lambda <= 1/sqrt(2)", "0 < rho < 1")
    assert {str(face.coordinates["lambda"]) for face in one.faces(INSET)} == {"sqrt(2)/2"}


def test_where_a_range_has_no_end_eight_stand_for_all():
    ends = {
        source: domain(source).ranges["lambda"].finite_ends
        for source in ("lambda < 10", "lambda > 3", "abs(lambda) < 1")
    }
    assert ends == {"lambda < 10": (6, 10), "lambda > 3": (3, 11), "abs(lambda) < 1": (0, 1)}


def test_a_horizon_is_whole_and_stays_between_its_bounds():
    d = CASES["horizon"]
    assert {p.coordinates["T"] for p in d.sample(60, 0)} == {4, 5}
    assert {p.coordinates["T"] for p in d.corners()} == {3, 5}
    free = domain("0 < lambda < 1", horizon="T")
    assert {p.coordinates["T"] for p in free.corners()} == {1}
    assert {p.coordinates["T"] for p in free.sample(200, 0)} == set(range(2, 31))


def ends(interval, name="n", **fields):
    one = domain("0 < lambda < 1", interval, **fields).ranges[name]
    return one.lower, one.upper, one.has_lower, one.has_upper


def test_a_whole_parameter_goes_from_its_least_number_to_its_largest():
    assert ends("2 < n < 5 in integers") == (3, 4, True, True)
    assert ends("-2 <= n <= 5 in integers") == (-2, 5, True, True)
    assert ends("3/2 <= n <= 11/2 in integers") == (2, 5, True, True)
    assert ends("3/2 < n < 11/2 in integers") == (2, 5, True, True)
    assert ends("T < 5", "T", horizon="T") == (1, 4, True, True)
    with pytest.raises(MeaningError, match="T counts steps, from 1 on"):
        ends("-2 < T < 5", "T", horizon="T")
    assert ends("3/2 < n <= 5") == (Fraction(3, 2), 5, False, True)


def whole(*ranges):
    points = domain("0 < lambda < 1", *ranges).shortest()
    return [int(point.coordinates["n"]) for point in points]


def test_the_least_whole_numbers_and_the_largest_are_looked_at():
    assert whole("3 <= n <= 5 in integers") == [3, 4, 5]
    assert whole("3 <= n <= 100 in integers") == [3, 4, 5, 6, 7, 8, 100]
    assert whole("n >= 3 in integers") == [3, 4, 5, 6, 7, 8]
    assert whole("n in integers") == [-4, -3, -2, -1, 0, 1]
    assert whole("3 <= n <= 3 in integers") == []


def at_face(*ranges):
    points = domain(*ranges, "7 <= n <= 7 in integers", "m in integers").closed_faces()
    return [point.coordinates["lambda"] for point in points]


def test_closed_faces_are_those_that_belong_to_the_domain():
    half, quarter = Fraction(1, 2), Fraction(1, 4)
    assert at_face("1/4 <= lambda < 1/2") == [quarter]
    assert at_face("1/4 < lambda <= 1/2") == [half]
    assert at_face("1/4 <= lambda <= 1/2") == [quarter, half]
    assert at_face("lambda >= 1/4") == [quarter]
    assert at_face("1/4 < lambda < 1/2") == []
    assert at_face("1/4 <= lambda <= 1/4") == []


def test_faces_with_irrational_ends_are_there_exactly():
    end = sp.sqrt(2) / 2
    for ranges, ends in (
        (["0 <= lambda <= sqrt(2)/2"], [Irrational(end)]),
        (["-sqrt(2)/2 <= lambda <= sqrt(2)/2"], [Irrational(-end), Irrational(end)]),
        (["0 <= lambda < sqrt(2)/2"], []),
        (["abs(lambda) <= sqrt(2)/2"], []),  # of complex numbers it is not one point
    ):
        faces = domain(*ranges, "0 < rho < 1").irrational_faces()
        assert [point.coordinates["lambda"] for point in faces] == ends
    # next to it there is a rational number inside
    [zero, near] = at_face("0 <= lambda <= sqrt(2)/2")
    assert zero == 0
    assert 0.7071 < near < end


def test_edges_are_where_two_faces_meet():
    box = domain("0 <= a <= sqrt(2)/2", "0 < rho <= 1", "abs(lambda) <= 1")
    plain = box.inside.coordinates.items()
    edges = [
        set(map(str, dict(p.coordinates.items() - plain).values())) for p in box.closed_edges()
    ]
    turned = "1*(3/5 + 4/5*I)"
    assert edges == [
        *({"0", turned}, {"0", "1"}, {"sqrt(2)/2", turned}, {"sqrt(2)/2", "1"}),
        {turned, "1"},
    ]


def test_a_disc_has_a_centre():
    [centre] = domain("abs(lambda) < 1", "0 < rho < 1").centres()
    plain = CASES["complex"].inside.coordinates["lambda"]
    assert centre.coordinates == {"lambda": Polar(Fraction(0), Fraction(0)), "rho": Fraction(5, 6)}
    assert domain("abs(lambda) < 1").inside.coordinates == {"lambda": plain}
    assert list(domain("-1 < abs(lambda) < 1").centres())
    for other in ("0 < abs(lambda) < 1", "lambda < 1/2", "-1 < lambda < 1"):
        assert not list(domain(other).centres())
        assert not domain(other).ranges["lambda"].holds_zero


def test_the_plain_point_is_the_first_of_the_sample():
    assert [CASES["complex"].inside] == list(CASES["complex"].sample(1, 0))


def test_faces_are_the_ends_and_what_is_next_to_them():
    points = list(domain("0 <= lambda < 1", "0 < rho <= 1").faces(INSET))
    plain = points[0].coordinates["rho"]
    assert [p.coordinates["lambda"] for p in points if p.coordinates["rho"] == plain] == [
        *(0, 1 - INSET, INSET)
    ]
    [*_, low, high] = domain("0 <= lambda <= 1").faces(INSET)
    assert (low.coordinates, high.coordinates) == ({"lambda": INSET}, {"lambda": 1 - INSET})


def test_irrational_ends_are_rounded_inwards_and_rational_ones_are_not():
    assert domain("-1/7 < lambda < 1/3").ranges["lambda"].rational_ends == (
        Fraction(-1, 7),
        Fraction(1, 3),
    )
    lower, upper = CASES["irrational"].ranges["lambda"].rational_ends
    assert lower == 0
    assert 0 < Fraction(1, 2) - upper**2 < Fraction(1, 10**14)
    lower, _ = CASES["irrational"].ranges["rho"].rational_ends
    assert 0 < sp.Rational(lower) - sp.exp(-1) < 1e-14
    tiny = "sqrt(2)*1e-200*1e-200"
    lower, upper = domain(f"{tiny} < lambda < 2*{tiny}").ranges["lambda"].rational_ends
    assert 1 < lower * 10**400 / Fraction(2**0.5) < 1 + Fraction(1, 10**14)
    lower, upper = domain(f"1/({tiny}) < lambda < 2/({tiny})").ranges["lambda"].rational_ends
    assert 1 - Fraction(1, 10**14) < upper / 10**400 / Fraction(2**0.5) < 1
    lower, _ = CASES["far"].ranges["lambda"].rational_ends
    assert 0 < lower**2 - 2 * 10**12 < Fraction(1, 100)
    _, upper = CASES["far"].ranges["rho"].rational_ends
    assert 0 < upper**2 - 2 * 10**12 < Fraction(1, 100)


@pytest.mark.parametrize(
    "ranges",
    [["1 < lambda < 0"], ["0 < lambda <= 0"], ["0 <= lambda < 0"], ["abs(lambda) < -1"]],
)
def test_what_is_empty_is_said(ranges):
    with pytest.raises(MeaningError, match="the range of 'lambda' is empty"):
        domain(*ranges).check()


def test_a_point_is_a_domain_and_a_complex_bound_is_none():
    domain("1/2 <= lambda <= 1/2").check()
    domain("1/2 <= abs(lambda) <= 1/2").check()
    assert domain("1/2 <= abs(lambda) <= 1/2").ranges["lambda"].value is None
    assert domain("1/2 <= lambda <= 1/2").inside.coordinates == {"lambda": Fraction(1, 2)}
    low, high = domain("1/sqrt(2) <= lambda <= 1/sqrt(2)").ranges["lambda"].rational_ends
    assert low == high
    nothing = "sqrt(5 + 2*sqrt(6)) - sqrt(2) - sqrt(3)"
    with pytest.raises(MeaningError, match="of 'lambda' is not a real number"):
        domain(f"0 < lambda < 1/({nothing})").check()
    with pytest.raises(MeaningError, match="the bound I of 'lambda' is not a real number"):
        domain("0 < lambda < I").check()
    with pytest.raises(NotEvaluated, match="too large a number"):
        domain("0 < lambda < exp(exp(exp(9)))")
    with pytest.raises(MeaningError, match="divides by zero"):
        domain("0 < lambda < 1/0")


@pytest.mark.parametrize(
    ("interval", "positive"),
    [
        ("0 < lambda < 1", True),
        ("0 < abs(lambda) < 1", False),
        ("0 <= lambda < 1", False),
        ("-1 < lambda < 1", False),
    ],
)
def test_what_is_positive(interval, positive):
    assert domain(interval).ranges["lambda"].is_positive is positive


def test_a_bound_is_no_larger_than_floats_are():
    assert domain("0 < lambda < 1e300").ranges["lambda"].rational_ends == (0, 10**300)
    with pytest.raises(MeaningError, match="leave out the bound of 'lambda' beyond 1e300"):
        domain("0 < lambda < 1e301").check()


def test_an_end_that_is_0_unseen_is_not_taken_for_positive():
    zero = "cos(pi/7) - cos(2*pi/7) + cos(3*pi/7) - 1/2"
    one = domain(f"{zero} < lambda < 1").ranges["lambda"]
    assert not one.is_positive


def test_whole_numbers_without_end_are_drawn_far_down_and_up():
    low = [
        point.coordinates["n"] for point in domain("n <= 3 in integers", "lambda < 1").sample(40, 0)
    ]
    assert min(low) < -10
    assert max(low) <= 3
    both = [point.coordinates["n"] for point in domain("n in integers", "lambda < 1").sample(40, 0)]
    assert min(both) < -10
    assert max(both) > 10
    far = domain("n <= 3 in integers").ranges["n"]
    assert far.extremes(INSET) == [3]
    assert far.extremes(INSET, 9) == [-6, 3]
