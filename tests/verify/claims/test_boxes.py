"""A domain with relations between its parameters is a few boxes."""

import pytest

from verify.claims.boxes import boxes, restated
from verify.claims.claim import ClaimError
from verify.claims.file import make_claim

CLAIM = {
    "id": "c",
    "autocorrelation": "a**Delta + b*KroneckerDelta(Delta, 0)",
    "quantity": "second_moment",
    "relation": "==",
    "formula": "a*b",
    "gamma": "b",
}
RANGES = ["0 < lambda < 1", "0 < a < 1", "0 < b <= 2"]
THREE = ["0 < lambda < 1", "0 < a < 1", "0 < b < 1", "0 < c < 1"]


def claim(*relations, ranges=RANGES, **fields):
    return make_claim({**CLAIM, "domain": [*ranges, *relations], **fields})


def texts(of):
    return [[str(interval) for interval in box.domain] for box in boxes(of)]


def test_without_relations_there_is_one_box():
    plain = claim()
    [box] = boxes(plain)
    assert box is plain  # so that what is known of the one is known of the other


def test_a_value_left_out_cuts_a_range_in_two():
    assert texts(claim("a != 1/2")) == [
        ["0 < lambda < 1", "0 < b <= 2", "0 < a < 1/2"],
        ["0 < lambda < 1", "0 < b <= 2", "1/2 < a < 1"],
    ]
    assert texts(claim("b != 2"))[0][-1] == "0 < b < 2"
    assert len(texts(claim("b != 2"))) == 1
    assert len(texts(claim("a != 5"))) == len(texts(claim("a != -5"))) == 1
    assert len(texts(claim("b != 1", ranges=[*RANGES[:2], "2 <= b <= 2"]))) == 1
    assert texts(claim("b != 1", ranges=[*RANGES[:2], "b < 2"]))[0][-1] == "b < 1"
    assert all(not box.relations for box in boxes(claim("a != 1/2", "a < b")))
    closed = ["0 < lambda < 1", "0 <= a < 1", "b >= 0"]
    assert texts(claim("a != 0", "b != 1", ranges=closed)) == [
        ["0 < lambda < 1", "0 < a < 1", "0 <= b < 1"],
        ["0 < lambda < 1", "0 < a < 1", "1 < b"],
    ]
    assert len(texts(claim("a != 1/2", "a != 1/3", "b != 1"))) == 6


def test_what_is_larger_is_the_other_and_a_share():
    [box] = boxes(claim("a < b"))
    assert box.parameters == ("a", "b_share", "lambda")
    assert texts(claim("a < b")) == [["0 < lambda < 1", "0 < a < 1", "0 < b_share <= 1"]]
    assert str(box.formula) == "a*(a + (2 - a)*b_share)"
    assert str(box.gamma["lambda"]) == "(a + (2 - a)*b_share)"
    assert str(box.autocorrelation) == "a**Delta + (a + (2 - a)*b_share)*KroneckerDelta(Delta, 0)"
    assert boxes(claim("b > a")) == [box]
    [open_box] = boxes(claim("a < b", ranges=[*RANGES[:2], "b > 0"]))
    assert str(open_box.formula) == "a*(a + b_share)"
    assert str(open_box.domain[-1]) == "0 < b_share"


def test_what_is_below_all_of_another_range_needs_no_share():
    ranges = ["0 < lambda < 1", "0 <= a <= 1", "1/2 <= b < 3/4"]
    assert texts(claim("a < b", ranges=ranges)) == [
        ["0 < lambda < 1", "0 <= a < 1/2", "1/2 <= b < 3/4"],
        ["0 < lambda < 1", "1/2 <= a < 3/4", "0 < b_share < 1"],
    ]
    assert texts(claim("b < a", ranges=ranges)) == [
        ["0 < lambda < 1", "1/2 <= b < 3/4", "0 < a_share <= 1"]
    ]


def test_two_that_differ_are_in_one_order_or_the_other():
    box, other = boxes(claim("a != b", ranges=THREE))
    assert [box] == boxes(claim("a < b", ranges=THREE))
    assert [other] == boxes(claim("b < a", ranges=THREE))
    assert boxes(claim("b != a", "a < b", ranges=THREE)) == [box]


def test_three_that_differ_have_six_orders():
    assert len(boxes(claim("a != b", "b != c", "c != a", ranges=THREE))) == 6
    assert boxes(claim("a < b", "b < c", "a < c", ranges=THREE)) == boxes(
        claim("a < b", "b < c", ranges=THREE)
    )


def test_a_pole_stays_and_the_other_lies_below_or_above_it():
    ranges = ["-1 < lambda < 1", "0 <= a < 1", "0 < b <= 2"]
    below = claim("a < lambda", ranges=ranges)
    [box] = boxes(below)
    assert [str(i) for i in box.domain] == [
        "0 < b <= 2",
        "0 < lambda < 1",
        "0 < a_share_below <= 1",
    ]
    a = "(lambda - (lambda - (0))*a_share_below)"
    assert str(box.formula) == f"{a}*b"
    assert restated(below, box, "lambda = 1/2, a_share_below = 1/4") == "lambda = 1/2, a = 3/8"
    assert restated(below, box, "1 - a_share_below") == "1 - (lambda - a)/(lambda - 0)"
    free, tied = boxes(claim("lambda < a", ranges=ranges))
    assert [str(i) for i in free.domain] == ["0 < b <= 2", "-1 < lambda < 0", "0 <= a < 1"]
    assert str(tied.formula) == "(lambda + (1 - lambda)*a_share)*b"
    assert boxes(claim("lambda != a", ranges=ranges)) == [free, tied, box]


def test_below_its_last_value_there_is_no_other():
    closed = ["0 < lambda < 1", "0 < a <= 1", "0 < b <= 1"]
    assert texts(claim("a < b", ranges=closed)) == [
        ["0 < lambda < 1", "0 < a < 1", "0 < b_share <= 1"]
    ]
    wider = [*closed[:2], "0 < b <= 2"]
    assert texts(claim("a < b", ranges=wider))[0][1] == "0 < a <= 1"


def test_a_share_has_a_name_of_its_own():
    one = claim("a < b", ranges=[*RANGES, "0 < b_share < 1"], gamma="b*b_share")
    [box] = boxes(one)
    assert str(box.gamma["lambda"]) == "(a + (2 - a)*b_share_2)*b_share"
    assert restated(one, box, "a = 1/2, b_share = 1/3, b_share_2 = 1/3") == (
        "a = 1/2, b_share = 1/3, b = 1"
    )


@pytest.mark.parametrize(
    ("limit", "ranges", "left"),
    [
        ("a -> 1-", "0 < a < 1", ["1/2 < a < 1"]),
        ("a -> 1/2-", "0 < a < 1", ["0 < a < 1/2"]),
        ("a -> 1/2+", "0 < a < 1", ["1/2 < a < 1"]),
        ("a -> 0+", "0 < a < 1", ["0 < a < 1/2"]),
        ("a -> 1-", "a > 0", ["1/2 < a"]),
        ("a -> oo", "a > 0", ["1/2 < a"]),
        ("a -> -oo", "a < 9", ["a < 1/2"]),
        ("a -> 1-", "a < 1", ["1/2 < a < 1"]),
    ],
)
def test_near_a_limit_one_piece_is_left(limit, ranges, left):
    ranges = [RANGES[0], RANGES[2], ranges]
    one = claim("a != 1/2", ranges=ranges, relation="~", limit=limit)
    assert [box[-1] for box in texts(one)] == left


def test_beside_a_limit_all_pieces_are_left():
    near = {"relation": "~", "limit": "a -> 1-"}
    assert len(texts(claim("b != 1", "b != 3/2", **near))) == 3
    far = {"relation": "~", "limit": "a -> oo", "ranges": [RANGES[0], RANGES[2], "a > 0"]}
    assert [box[-1] for box in texts(claim("a != 5", **far))] == ["5 < a"]


def test_an_eigenvalue_is_written_in_shares_as_well():
    [box] = boxes(claim("a < b", eigenvalue="b/3", ranges=["0 < a < 1", "0 < b <= 2"]))
    assert str(box.eigenvalue["lambda"]) == "(a + (2 - a)*b_share)/3"


def test_a_chain_is_one_box_in_whatever_order_it_is_written():
    chains = [
        claim(*relations, ranges=THREE, gamma="c")
        for relations in (["a < b", "b < c"], ["b < c", "a < b"], ["b < c", "a < b", "b > a"])
    ]
    for chain in chains:
        [box] = boxes(chain)
        assert box.parameters == ("a", "b_share", "c_share", "lambda")
        b = "(a + (1 - a)*b_share)"
        assert str(box.gamma["lambda"]) == f"({b} + (1 - {b})*c_share)"


@pytest.mark.parametrize(
    ("said", "restated_as"),
    [
        ("at a = 1/2, b_share = 1/3, c_share = 1/4", "at a = 1/2, b = 2/3, c = 3/4"),
        ("c_share = 1/4, b_share = 1/3 and a = 1/2: b_share = 1/3", None),
        ("at a = 0.5, b_share = 0.25: it is 0", "at a = 0.5, b = 0.625: it is 0"),
        ("b_share = 1/3*(2 + I), a = 1/2", "(b - a)/(1 - a) = 1/3*(2 + I), a = 1/2"),
        ("1 - b_share is 0", "1 - (b - a)/(1 - a) is 0"),
        ("a = 1/2 (R = a**Delta + (a + (1 - a)*b_share)*KroneckerDelta(Delta, 0))", None),
    ],
)
def test_what_is_said_of_a_box_is_said_in_the_claims_own_parameters(said, restated_as):
    chain = claim("a < b", "b < c", ranges=THREE)
    [box] = boxes(chain)
    found = restated(chain, box, said)
    assert "share" not in found
    assert restated_as is None or found == restated_as


@pytest.mark.parametrize(
    ("said", "upper", "restated_as"),
    [
        ("a = 1/2, b_share = 1/3", "0 < b", "a = 1/2, b = 5/6"),
        ("1 - b_share is 0", "0 < b", "1 - (b - a) is 0"),
        ("b_share = 1/3", "0 < b < 1", "(b - a)/(1 - a) = 1/3"),
    ],
)
def test_without_a_value_a_share_stays_one(said, upper, restated_as):
    one = claim("a < b", ranges=[*RANGES[:2], upper])
    [box] = boxes(one)
    assert restated(one, box, said) == restated_as


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"domain": [*RANGES, "a != sqrt(2)/2"]}, "what is left out is a rational number"),
        ({"domain": [*RANGES[:2], "0 < b < sqrt(2)", "a < b"]}, "give b rational bounds"),
        ({"domain": [*RANGES[:2], "0 < b < pi", "b != 1"]}, "give b rational bounds"),
        ({"domain": [*RANGES, "a < b", "b != 1"]}, "no value of b can be left out as well"),
        ({"domain": [*RANGES[:2], "1 <= b <= 1", "b != 1"]}, "no value is left"),
        (
            {"domain": [*RANGES, "b != 1"], "relation": "~", "limit": "b -> sqrt(2)-"},
            "let b go to a rational number",
        ),
        ({"domain": [*RANGES, "c != 1/2"]}, "unknown symbol 'c'"),
        ({"domain": [*RANGES, "a < c"]}, "unknown symbol 'c'"),
        ({"domain": [*RANGES, "b < b"]}, "no value is left"),
        ({"domain": [*RANGES, "a != b", "a != 1/2"]}, "no value of a can be left out as well"),
        ({"domain": [*RANGES, "a < lambda", "a != 1/2"]}, "no value of a can be left out as well"),
        ({"domain": [*RANGES, "lambda < a", "a < b"]}, "a can be related to the pole alone"),
        ({"domain": [*THREE, "a != c", "b < c"]}, "c is above one parameter alone"),
        # a share of b would be of what c leaves of its range
        ({"domain": [*RANGES, "0 < c < 1", "a < b", "b < c"]}, "give c a range around that of b"),
        ({"domain": ["abs(lambda) < 1", *RANGES[1:], "lambda != 1/2"]}, "real parameters only"),
        ({"domain": [*THREE, "a < c", "b < c"]}, "c is above one parameter alone"),
        ({"domain": [*THREE, "a < b", "b < a"]}, "no value is left"),
        (
            {"domain": [*THREE, "a < b"], "relation": "~", "limit": "b -> 1-"},
            "not of what is differentiated by or goes to a limit",
        ),
        ({"domain": [*RANGES, "n in reals"]}, "write 0 < rho < 1"),
    ],
)
def test_other_relations_are_refused(fields, words):
    with pytest.raises(ClaimError, match="field 'domain'") as refused:
        make_claim({**CLAIM, **fields})
    assert words in str(refused.value)


WHITE = {"id": "w", "autocorrelation": "KroneckerDelta(Delta, 0)", "relation": "=="}


def test_what_is_larger_may_be_called_like_a_part_of_a_number():
    moment = {"quantity": "second_moment", "formula": "1.e-9*e"}
    ranges = ["0 < lambda < 1", "0 < a < 1", "0 < e < 1", "a < e"]
    [box] = boxes(make_claim({**WHITE, **moment, "domain": ranges}))
    assert box.formula.source == "1.e-9*(a + (1 - a)*e_share)"


@pytest.mark.parametrize(("name", "share"), [("b_", "b_share"), ("bX", "bX_share")])
def test_a_share_is_called_like_what_is_larger(name, share):
    moment = {"quantity": "second_moment", "formula": f"a + {name}"}
    ranges = ["0 < lambda < 1", "0 < a < 1", f"0 < {name} < 1", f"a < {name}"]
    [box] = boxes(make_claim({**WHITE, **moment, "domain": ranges}))
    assert share in box.parameters


def test_what_is_larger_may_be_called_like_an_eigenvalue():
    moment = {"quantity": "cross_moment", "formula": "lam - a"}
    ranges = ["abs(lambda1) < 1", "abs(lambda2) < 1", "0 < lam < 1", "0 < a < 1", "a < lam"]
    [box] = boxes(make_claim({**WHITE, **moment, "domain": ranges}))
    assert "lambda_share" in box.parameters


def test_what_goes_to_an_irrational_number_leaves_other_values_out():
    near = claim("a != 1/2", relation="~", limit="lambda -> sqrt(2)/2-")
    assert [str(one) for one in near.relations] == ["a != 1/2"]


def test_relations_are_written_as_they_are_read():
    written = claim("a != 1/2", "a < b", "1 <= n <= 7 in integers").entry()
    assert written["domain"] == [*RANGES, "1 <= n <= 7 in integers", "a != 1/2", "a < b"]
    assert make_claim(written) == claim("a != 1/2", "a < b", "1 <= n <= 7 in integers")
