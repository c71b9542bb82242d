"""Both sides of a kink are looked at; where one may have been missed, points support nothing."""

from fractions import Fraction

import pytest

from verify.claims.file import make_claim
from verify.judging.engine import verify_claim
from verify.judging.evidence import Verdict
from verify.judging.model import Model
from verify.judging.sides import obligations, sides

CLAIM = {
    "id": "c",
    "autocorrelation": "KroneckerDelta(Delta, 0)",
    "quantity": "second_moment",
    "relation": "==",
    "domain": ["0 < lambda < 1", "0 < a < 1", "0 < b < 1"],
}
VALUE = "1/(1 - lambda**2)"


def model(formula, **fields):
    return Model(make_claim({**CLAIM, "formula": formula, **fields}))


def test_a_claim_without_kinks_has_no_sides():
    assert sides(model(VALUE), 0) == []
    assert obligations(model(VALUE), []) == []


def test_what_has_one_sign_is_no_kink():
    assert sides(model(f"{VALUE} + abs(a - b - 1) - sqrt(a + b) + log(a + 1)"), 0) == []


@pytest.mark.parametrize("kink", ["abs({f})", "re(sqrt({f}))", "im(log({f}))", "sqrt(({f})**2)"])
def test_both_sides_are_found(kink):
    f = "a*b - 999999/1000000"
    found = sides(model(f"{VALUE} + {kink.format(f=f)}"), 0)
    products = [float(p.coordinates["a"] * p.coordinates["b"]) for p in found]
    assert min(products) < 0.999999 < max(products)


def test_all_patterns_of_signs_are_found():
    found = sides(model(f"{VALUE} + abs(a - 1/100)*abs(b - 99/100)"), 0)
    at = [(p.coordinates["a"] > 0.01, p.coordinates["b"] > 0.99) for p in found]
    assert {*at} == {(False, False), (False, True), (True, False), (True, True)}


def test_a_zero_that_rounding_gives_a_sign_is_no_side():
    one = model(f"{VALUE} + max(0, a + b - 1999999/1000000)")
    [stated] = obligations(one, sides(one, 0))
    assert stated["state"] == "discharged"


def test_a_side_that_was_not_tried_is_an_open_obligation():
    one = model(f"{VALUE} + abs(a - b)")
    for points, state in ((sides(one, 0), "discharged"), ([one.domain.inside], "open")):
        [stated] = obligations(one, points)
        assert stated["field"] == "kinks"
        assert stated["state"] == state
        assert stated["statement"].startswith("it holds on all sides of ")


def test_a_cut_has_points_on_it_and_on_both_sides():
    one = model("1/(1 - abs(lambda)**2) + im(sqrt(lambda))", domain=["abs(lambda) < 1"])
    found = sides(one, 0)
    [stated] = obligations(one, found)
    assert stated["state"] == "discharged"
    assert stated["statement"].endswith("the cut of lambda")
    on_the_cut = [point for point in found if isinstance(point.coordinates["lambda"], Fraction)]
    beside = [point for point in found if point not in on_the_cut]
    assert on_the_cut
    assert obligations(one, beside)[0]["state"] == "open"


def test_the_modulus_of_a_complex_number_has_no_cut():
    assert not sides(model("1/(1 - abs(lambda)**2)", domain=["abs(lambda) < 1"]), 0)


def test_near_a_limit_one_side_is_left():
    assert not sides(model(f"{VALUE} + abs(lambda - a)", relation="~", limit="lambda -> 1-"), 0)


@pytest.mark.parametrize(
    ("fields", "relation"),
    [
        # no rational angle is half a turn
        (
            {
                "formula": f"{VALUE}*(1 + exp(I*a)**(1/2) - exp(I*a/2))",
                "domain": ["0 < lambda < 1", "-pi <= a <= pi"],
            },
            "==",
        ),
        # no route takes so many steps
        ({"formula": "T + max(0, T - 10**6)", "eigenvalue": "1", "horizon": "T"}, "=="),
        # between 1/3 and the next number but one that floats have
        ({"formula": f"{VALUE} + max(0, (a - 1/3)*(1/3 + 1e-17 - a) - b*1e-40)"}, "=="),
        (
            {
                "formula": f"(1 + max(0, (a - 1/3)*(1/3 + 1e-17 - a) - b*1e-40))*{VALUE}",
                "limit": "lambda -> 1-",
            },
            "~",
        ),
    ],
)
def test_what_was_looked_at_on_one_side_is_not_supported(fields, relation):
    fields = {"domain": [], **fields} if "horizon" in fields else fields
    claim = make_claim({**CLAIM, "relation": relation, **fields})
    result = verify_claim(claim)
    assert result.verdict is Verdict.UNDECIDED
    assert "whether it holds on all sides of" in result.reason
