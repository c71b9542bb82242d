"""Claims as a file has them and as a reader sees them; the ranges that are not said."""

from dataclasses import replace
from fractions import Fraction

import pytest

from verify.claims.claim import Derivative, Interval, Limit
from verify.claims.expressions import parse
from verify.claims.file import make_claim
from verify.claims.selection import paper_claims

STATE = {
    "id": "c",
    "autocorrelation": "rho**Delta",
    "quantity": "second_moment",
    "relation": "==",
    "formula": "1/2",
    "domain": ["abs(lambda) < 1", "0 < rho < 1"],
}
LIMIT = {
    **STATE,
    "source": "§2",
    "statement": "In words.",
    "quantity": "sensitivity",
    "relation": "~",
    "eigenvalue": {"lambda": "exp(-s)"},
    "wrt": ["s"],
    "gamma": {"lambda": "2*lambda"},
    "differentiate_gamma": True,
    "horizon": "T",
    "complex_input": True,
    "limit": "s -> 0+",
    "domain": ["0 < s <= 2", "0 < rho < 1"],
    "uses": ["a", "b"],
    "expect": "refuted",
}
RUN = {
    "id": "r",
    "experiment": "eigenvalue_learning",
    "settings": {
        "angle": ("plain", "optimal"),
        "optimiser_state": "carried",
        "arithmetic": "double",
    },
    "quantity": "largest_final_loss",
    "relation": "<=",
    "formula": "3/4",
    "uses": ["a"],
}


@pytest.mark.parametrize("entry", [STATE, LIMIT, RUN])
def test_an_entry_is_what_was_read(entry):
    claim = make_claim(entry)
    assert claim.entry() == entry
    assert make_claim(claim.entry()) == claim


def test_what_is_filled_in_stands_in_the_entry():
    loss = {**STATE, "quantity": "teacher_student_hessian", "gamma": "1/2"}
    entry = make_claim({**loss, "eigenvalue": "rho"} | {"domain": ["0 < rho < 1"]}).entry()
    assert entry["eigenvalue"] == {"lambda": "rho"}
    assert entry["gamma"] == {"lambda": "1/2", "lambda_star": "1/2"}
    assert entry["wrt"] == ["rho"]


def test_every_claim_of_the_paper_is_read_again_from_its_entry():
    for claim in paper_claims():
        assert make_claim(claim.entry()) == claim


def test_where_a_claim_was_read_is_no_part_of_it():
    assert make_claim(STATE, "a.toml") == make_claim(STATE, "b.toml")
    assert make_claim(STATE, "a.toml").origin == "a.toml"
    assert str(make_claim(STATE)) == "c"


@pytest.mark.parametrize(
    ("interval", "words"),
    [
        (Interval("x"), "x"),
        (Interval("x", modulus=True, upper=parse("1")), "abs(x) < 1"),
        (Interval("x", lower=parse("0"), lower_strict=False), "0 <= x"),
        (Interval("x", lower=parse("0")), "0 < x"),
        (Interval("x", lower=parse("-pi"), upper=parse("pi"), upper_strict=False), "-pi < x <= pi"),
        (Interval("x", lower=parse("2"), is_whole=True), "2 < x in integers"),
    ],
)
def test_an_interval_in_words(interval, words):
    assert str(interval) == words


@pytest.mark.parametrize("words", ["rho != 1/2", "rho < mu"])
def test_a_relation_in_words(words):
    entry = {**STATE, "gamma": "mu", "domain": ["0 < rho < 1", "0 < mu < 1", words]}
    assert [str(relation) for relation in make_claim(entry).relations] == [words]


def test_an_interval_has_two_ends():
    interval = Interval("x", lower=parse("1/3"), upper=parse("pi"), upper_strict=False)
    assert interval.ends == ((parse("1/3"), True), (parse("pi"), False))
    assert interval.rational_bounds == (Fraction(1, 3), None)
    assert Interval("x", upper=parse("-2")).rational_bounds == (None, -2)
    assert Interval("x", upper=parse("-2"), lower_strict=False, upper_strict=False).value is None


def test_an_interval_is_cut_where_it_is_said():
    interval = Interval("x", lower=parse("0"), lower_strict=False, upper=parse("1"), is_whole=True)
    cut = [parse("1/3"), parse("1/2")]
    assert [str(piece) for piece in interval.cut(cut, strict=False)] == [
        "0 <= x <= 1/3 in integers",
        "1/3 <= x <= 1/2 in integers",
        "1/2 <= x < 1 in integers",
    ]
    assert [str(piece) for piece in interval.cut(cut[:1], strict=True)] == [
        "0 <= x < 1/3 in integers",
        "1/3 < x < 1 in integers",
    ]
    assert interval.cut([], strict=True) == [interval]


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("1/2 <= rho <= 0.5", "1/2"),
        ("sqrt(2)/2 <= rho <= sqrt(2)/2", "sqrt(2)/2"),
        ("0 <= rho <= 1/2", None),
        ("sqrt(2)/2 <= rho <= sqrt(3)/2", None),
        ("1/2 <= rho <= sqrt(1/4)", None),
        ("1/2 < rho <= 1/2", None),
        ("1/2 <= rho < 1/2", None),
        ("rho <= 1/2", None),
        ("1/2 <= rho", None),
    ],
)
def test_the_only_value_of_a_parameter(words, value):
    found = make_claim({**STATE, "domain": [words]}).interval("rho").value
    assert (found and str(found)) == value


def test_a_modulus_is_no_only_value():
    half = parse("1/2")
    assert Interval("x", True, half, half, lower_strict=False, upper_strict=False).value is None


def test_bounds_are_bounds_on_a_domain():
    bounds = {r: make_claim({**STATE, "relation": r}).is_bound for r in ("<=", ">=", "==")}
    assert bounds == {"<=": True, ">=": True, "==": False}
    assert not make_claim({**STATE, "relation": "~", "limit": "rho -> 1-"}).is_bound
    assert not make_claim(RUN).is_bound


def test_a_claim_at_a_place():
    place = make_claim({**STATE, "gamma": "mu", "domain": ["0 < rho < 1", "mu > 0"]}).at(
        {"rho": "1/3"}
    )
    assert [str(interval) for interval in place.domain] == ["0 < mu", "1/3 <= rho <= 1/3"]
    assert place.interval("rho").value == parse("1/3")


@pytest.mark.parametrize("words", ["x -> 1-", "x -> 1/2+", "x -> oo", "x -> -oo"])
def test_a_limit_in_words(words):
    limit = make_claim({**STATE, "relation": "~", "limit": words.replace("x", "rho")}).limit
    assert str(limit) == words.replace("x", "rho")


def test_limits_at_infinity():
    assert Limit("x", parse("1"), "oo") != Limit("x", parse("-1"), "oo")
    assert str(Limit("x", parse("1"), "oo")) == "x -> oo"


def test_a_derivative_in_words():
    assert str(Derivative("x")) == "x"
    assert str(Derivative("x", "re")) == "re(x)"


def test_a_horizon_and_what_is_in_integers_are_whole():
    ranges = ["0 < lambda < 1", "0 < rho < 1", "1 <= n <= 7 in integers"]
    claim = make_claim({**STATE, "horizon": "T", "domain": ranges})
    assert [claim.is_whole(name) for name in ("T", "n", "rho")] == [True, True, False]


def test_ranges_that_are_not_said():
    claim = make_claim({**STATE, "domain": ["0 < rho < 1"], "horizon": "T"})
    assert str(claim.interval("lambda")) == "abs(lambda) < 1"
    assert str(claim.interval("T")) == "1 <= T"
    assert str(claim.interval("rho")) == "0 < rho < 1"
    assert (claim.is_complex("lambda"), claim.is_complex("rho")) == (True, False)
    with pytest.raises(KeyError):
        claim.interval("mu")


@pytest.mark.parametrize(
    ("text", "arbitrary"), [("R(Delta)", True), (" R( Delta )", True), ("rho**Delta", False)]
)
def test_a_claim_about_any_input(text, arbitrary):
    claim = make_claim({**STATE, "autocorrelation": text})
    assert claim.arbitrary is arbitrary


def test_a_claim_for_a_reader():
    assert make_claim(LIMIT).description().splitlines() == [
        "c",
        "  statement  In words.",
        "  source     §2",
        "  input      R(Delta) = rho**Delta",
        "  eigenvalue exp(-s)",
        "  gamma      2*lambda",
        "  by         s",
        "  horizon    T",
        "  claimed    sensitivity ~ 1/2",
        "  uses       a, b",
    ]
    two = {**STATE, "quantity": "cross_moment", "autocorrelation": "R(Delta)", "formula": "1"}
    of_two = make_claim(
        {**two, "eigenvalue": {"lambda1": "s", "lambda2": "t"}}
        | {"domain": ["0 < s < 1", "0 < t < 1"]}
    )
    assert of_two.description().splitlines() == [
        "c",
        "  input      any stationary input",
        "  eigenvalue lambda1: s, lambda2: t",
        "  claimed    cross_moment == 1",
    ]
    assert make_claim(RUN).description().splitlines() == [
        "r",
        "  experiment eigenvalue_learning",
        "  settings   angle = plain over optimal, optimiser_state = carried, arithmetic = double",
        "  claimed    largest_final_loss <= 3/4",
        "  uses       a",
    ]


def test_claims_that_differ_in_any_field_are_different():
    claim = make_claim(STATE)
    for changed in ({"id": "d"}, {"formula": parse("1/3")}, {"complex_input": True}):
        assert replace(claim, **changed) != claim
