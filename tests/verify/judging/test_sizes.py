"""What is too small or too large to be seen at the points tried is an open obligation."""

from fractions import Fraction

import pytest
import sympy as sp

from numerics.arithmetic.evaluation import NotEvaluated
from verify.claims.file import make_claim
from verify.judging.model import Model
from verify.judging.sizes import obligations

VALUE = "1/(1 - lambda**2)"


def model_of(term, *ranges, **fields):
    """A claim with a term."""
    claim = {
        "id": "c",
        "autocorrelation": "KroneckerDelta(Delta, 0)",
        "quantity": "second_moment",
        "relation": "==",
        "formula": f"{VALUE} + {term}",
        "domain": ["0 < lambda < 1", *(ranges or ["0 < a < 1"])],
    }
    return Model(make_claim({**claim, **fields}))


def hidden(term, *ranges, count=6, **fields):
    """What is not seen at some points of the domain of a claim with this term."""
    model = model_of(term, *ranges, **fields)
    return obligations(model, model.domain.sample(count, 0))


@pytest.mark.parametrize(
    "term",
    [
        *("0", "abs(0)", "exp(a)", "exp(-20*a)", "tanh(9*a)", "sin(99*a)*1e-6", "10**9*log(1 + a)"),
        "cosh(a)**2 - sinh(a)**2 - exp(0)",
    ],
)
def test_what_is_of_ordinary_size_is_seen(term):
    assert hidden(term) == []


@pytest.mark.parametrize(
    ("term", "part"),
    [
        ("exp(-10**9*(a - 1/sqrt(2))**2)", "exp(-1000000000*(a - sqrt(2)/2)**2)"),
        ("tanh(10**9*a)", "tanh(1000000000*a)"),
        ("1/(1 + exp(-10**9*(a + 1)))", "exp(-1000000000*a - 1000000000)"),
        ("cosh(10**9*a) - sinh(10**9*a)", "sinh(1000000000*a)"),
    ],
)
def test_what_is_not_is_told(term, part):
    [stated] = hidden(term)
    assert (stated["field"], stated["state"]) == ("sizes", "open")
    assert stated["statement"] == f"it holds where {part} is of ordinary size"
    assert stated["how"] == "at the points tried it is very small, or large"


@pytest.mark.parametrize(
    ("term", "number"),
    [("1e-20*a", "1.00e-20"), ("a*1e300*1e-300*exp(-1/(a - a + 1e-3))", "5.08e-435")],
)
def test_a_number_that_is_not_is_told(term, number):
    [stated] = hidden(term)
    assert stated["statement"] == f"the number {number} makes no difference"
    assert stated["how"] == "it is too small, or large, for points to show"


def test_what_is_0_at_each_point_is_told():
    [stated] = hidden("sin(1000*pi*a)**2", "0 < a < 20")
    assert stated["statement"] == "it holds where sin(1000*pi*a) is of ordinary size"


def at(term, *places, ranges="0 < a < 1"):
    """What is not seen at points with these values of a parameter."""
    model = model_of(term, ranges)
    name = "n" if "n" in ranges else "a"
    return obligations(model, [model.domain.inside.moved(name, Fraction(p)) for p in places])


def test_two_points_are_enough():
    [seen] = at("exp(-100*a)", "1/100", "1/2", "1/50")
    assert (seen["state"], seen["how"]) == ("discharged", "so it is at 2 of the points tried")
    for places in (("1/2", "1/100"), ("1/100", "1/2")):
        assert [hidden["state"] for hidden in at("exp(-100*a)", *places)] == ["open"]


def test_what_is_0_at_a_point_is_not_seen_there():
    assert at("abs(a - 1/2)", "1/2", "1/2")
    assert at("abs(a - 1/2)", "1/3", "1/4") == []


def test_what_depends_on_whole_numbers_that_were_all_tried_is_known():
    few = "1 <= n <= 3 in integers"
    assert at("sin(10**(9*n))", 1, 2, 3, ranges=few) == []
    assert at("sin(10**(9*n))", 2, 3, ranges=few)
    assert at("sin(10**(9*n))", 2, 3, ranges="n >= 2 in integers")


def test_what_depends_on_others_as_well_is_not():
    model = model_of("sin(10**(9*n)*lambda)", "1 <= n <= 3 in integers")
    points = [model.domain.inside.moved("n", Fraction(n)) for n in (1, 2, 3)]
    [stated] = obligations(model, points)
    assert stated["statement"].startswith("it holds where 10**(9*n)*lambda is")


def test_a_number_that_is_0_hides_nothing(monkeypatch):
    nothing = sp.Abs(0, evaluate=False)
    monkeypatch.setattr("verify.judging.sizes.ingredients", lambda _: [nothing])
    assert hidden("0") == []


def test_what_no_ball_encloses_is_not_seen(monkeypatch):
    def none(*_):
        raise NotEvaluated("f has no value")

    monkeypatch.setattr("verify.judging.sizes.evaluate", none)
    assert hidden("exp(a)")


def test_poles_normalisers_and_inputs_have_parts_as_well():
    spike = "exp(-10**9*(a - 1/sqrt(2))**2)"
    given = {
        "gamma": f"1 + {spike}",
        "eigenvalue": f"1/2 + {spike}/4",
        "autocorrelation": f"(1 + {spike})*KroneckerDelta(Delta, 0)",
    }
    for name, text in given.items():
        ranges = ["0 < a < 1"] if name == "eigenvalue" else []
        fields = {"domain": ranges} if ranges else {}
        [stated] = hidden("0", formula="1", **fields, **{name: text})
        assert "is of ordinary size" in stated["statement"]


def test_no_point_shows_nothing():
    assert hidden("exp(a)", count=0) == []
