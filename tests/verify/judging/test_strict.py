"""Strict bounds: what both sides share at a single point refutes them, and nothing else changes."""

import pytest
from judged import judged

from verify import Settings, verify_claim
from verify.claims.file import make_claim
from verify.judging.evidence import Finding, Verdict
from verify.selftest.oracle import Truth

WHITE, AR1 = "KroneckerDelta(Delta, 0)", "rho**Delta"
STATE = "1/(1 - lambda**2)"
OPEN = ("0 < lambda < 1",)
BOTH = ("0 < lambda < 1", "0 < rho < 1")
STATE_AR1 = "(1 + rho*lambda)/((1 - rho*lambda)*(1 - lambda**2))"

# input, domain, what E|h|² is, and more fields
TRUE = [
    (WHITE, OPEN, "< 1/(1 - lambda)", {}),
    (WHITE, OPEN, "> 1", {}),
    (WHITE, ("-1 < lambda < 1",), "> 1/2", {}),
    (WHITE, ("0 < abs(lambda) < 1",), "< 1/(1 - abs(lambda))", {}),
    (WHITE, ("0 < lambda <= 9/10",), "< 6", {}),
    (WHITE, (*OPEN, "lambda != 1/3"), f"> {STATE} - (lambda - 1/3)**2", {}),
    (AR1, BOTH, f"> {STATE}", {}),
    (AR1, BOTH, f"< {STATE_AR1} + rho/10**9", {}),
    (WHITE, ("1 < omega < 5",), "< exp(2*omega)", {"eigenvalue": "tanh(omega)"}),
    (WHITE, ("-1 < lambda < 1",), "< 2/(1 - lambda**2)**3", {"quantity": "sensitivity"}),
    (AR1, BOTH, f"< {STATE_AR1}", {"quantity": "covariance", "lag": 1}),
]
# the same, and where both sides are equal
FALSE = [
    (WHITE, ("0 <= lambda < 1",), "< 1/(1 - lambda)", {}, {"lambda": "0"}),
    (WHITE, ("-1 < lambda < 1",), "> 1", {}, {"lambda": "0"}),
    (WHITE, ("abs(lambda) < 1",), "< 1/(1 - abs(lambda))", {}, {"lambda": "0"}),
    (WHITE, ("0 < lambda <= 9/10",), "< 100/19", {}, {"lambda": "9/10"}),
    (WHITE, ("0 < lambda <= sqrt(2)/2",), "< 2", {}, {"lambda": "sqrt(2)/2"}),
    (WHITE, OPEN, f"< {STATE}", {}, {}),
    (WHITE, OPEN, f"> {STATE}", {}, {}),
    (WHITE, OPEN, "> 1/(1 - lambda)", {}, {}),
    (WHITE, OPEN, f"> {STATE} - (lambda - 1/3)**2", {}, {"lambda": "1/3"}),
    (WHITE, (*OPEN, "lambda != 1/3"), f"> {STATE} - (lambda - 1/7)**2", {}, {"lambda": "1/7"}),
    (WHITE, OPEN, f"> {STATE} - (2*lambda**2 - 1)**2", {}, {"lambda": "sqrt(2)/2"}),
    (WHITE, OPEN, f"< {STATE} + abs(lambda - 1/7)", {}, {"lambda": "1/7"}),
    (WHITE, OPEN, f"< {STATE} + max(lambda - 1/2, 0)", {}, {"lambda": "1/4"}),
    (AR1, ("0 < lambda < 1", "0 <= rho < 1"), f"> {STATE}", {}, {"rho": "0"}),
    (AR1, BOTH, f"> {STATE_AR1} - (lambda - rho)**2", {}, {"lambda": "1/2", "rho": "1/2"}),
    (AR1, BOTH, f"> {STATE_AR1} - (lambda*rho - 1/6)**2", {}, {"lambda": "1/2", "rho": "1/3"}),
    (WHITE, ("0 <= omega < 5",), "< exp(2*omega)", {"eigenvalue": "tanh(omega)"}, {"omega": "0"}),
    (WHITE, ("-1 < lambda < 1",), "> 1", {"quantity": "sensitivity"}, {"lambda": "0"}),
    (WHITE, OPEN, "> 1", {"gamma": "sqrt(1 - lambda**2)"}, {}),
    (AR1, BOTH, f"> {STATE_AR1}", {"quantity": "covariance", "lag": 1}, {}),
]


def claim(autocorrelation, domain, said, more):
    relation, _, formula = said.partition(" ")
    entry = {"id": "strict", "quantity": "second_moment", "autocorrelation": autocorrelation}
    return make_claim(
        {**entry, "relation": relation, "formula": formula, "domain": [*domain], **more}
    )


@pytest.mark.parametrize("given", TRUE, ids=str)
def test_true(given):
    result = judged(claim(*given), Truth.TRUE)
    said = [o["statement"] for e in result.evidence for o in e.obligations]
    assert sum(statement.endswith("is not 0") for statement in said) >= 2


@pytest.mark.parametrize("given", FALSE, ids=str)
def test_false(given):
    *unit, place = given
    result = judged(claim(*unit), Truth.FALSE, [place] if place else [])
    [refuted] = [e for e in result.evidence if e.finding is Finding.REFUTES]
    is_equal = refuted.counterexample.discrepancy == "0"
    assert is_equal == refuted.detail.endswith("both sides are equal")


def test_what_may_be_equal_unseen_is_not_proved():
    """Where no judge can tell, routes alone support, at points where both sides are apart."""
    asked = claim(WHITE, OPEN, f"< {STATE} + (exp(lambda) - 5/3)**2", {})
    assert verify_claim(asked, Settings()).verdict is not Verdict.PROVED
