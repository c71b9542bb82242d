"""A limit of many steps is a claim about the stationary state, if there is one."""

import pytest

from verify.claims.file import make_claim
from verify.judging.engine import verify_claim
from verify.judging.evidence import Verdict
from verify.judging.long_run import in_the_long_run
from verify.judging.model import Model
from verify.settings import Settings

MANY_STEPS = {
    "id": "c",
    "autocorrelation": "(1 + b*Delta)*exp(-b*Delta)",
    "quantity": "second_moment",
    "horizon": "T",
    "eigenvalue": "1/3",
    "relation": "~",
    "limit": "T -> oo",
    "formula": "(1 + 2*(exp(-b)/(3 - exp(-b)) + 3*b*exp(-b)/(3 - exp(-b))**2))*9/8",
    "domain": ["0 < b < 1"],
}


def stationary(**fields):
    entry = {name: given for name, given in {**MANY_STEPS, **fields}.items() if given}
    return in_the_long_run(Model(make_claim(entry)), Settings())


def test_the_horizon_is_left_out():
    claim = stationary(domain=["0 < b < 1", "T >= 5"]).claim
    assert (claim.relation, claim.horizon, claim.limit) == ("==", None, None)
    assert claim.parameters == ("b",)
    assert [one.name for one in claim.domain] == ["b"]
    assert claim.formula.source == MANY_STEPS["formula"]


@pytest.mark.parametrize(
    "fields",
    [
        {"limit": "b -> 1-"},
        {"relation": "==", "limit": None},
        {"formula": "9/8 + 1/T"},
        {"autocorrelation": "exp(-b*Delta) + KroneckerDelta(Delta, 0)/T"},
        {"gamma": "1 + 1/T"},
        # no stationary state everywhere
        {"eigenvalue": "b", "domain": ["0 < b <= 1"]},
        {"eigenvalue": "1"},
        # which is 0 at an end, so that there is no ratio
        {"gamma": "b", "domain": ["0 <= b < 1"]},
    ],
)
def test_other_limits_are_what_they_are(fields):
    assert stationary(**fields) is None


@pytest.mark.slow
def test_what_is_true_is_proved_and_its_neighbour_refuted():
    assert verify_claim(make_claim(MANY_STEPS)).verdict is Verdict.PROVED
    false = {**MANY_STEPS, "formula": f"{MANY_STEPS['formula']} + b*(b - 1/2)**2/10**9"}
    assert verify_claim(make_claim(false)).verdict is Verdict.REFUTED
