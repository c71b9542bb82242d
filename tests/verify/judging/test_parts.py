"""Where a method says that a claim fails, it is looked at once more, and shown there."""

from dataclasses import replace

import pytest

from verify import paper_claims
from verify.claims.expressions import parse
from verify.claims.file import make_claim
from verify.judging.engine import verify_claim
from verify.judging.evidence import Verdict
from verify.judging.model import Model

WHITE = {
    "id": "c",
    "autocorrelation": "KroneckerDelta(Delta, 0)",
    "quantity": "second_moment",
    "relation": "==",
    "formula": "1/(1 - lambda**2)",
    "domain": ["0 < lambda < 1"],
}
NEAR_1 = {**WHITE, "relation": "~", "limit": "lambda -> 1-"}
SERIES = "1 + lambda**2 + lambda**4 + lambda**6 + lambda**8"


def judged(fields, **others):
    return verify_claim(make_claim({**fields, **others}))


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"formula": f"{SERIES}*(1 + 10**(-8))", "domain": ["-1 < lambda < 1"]}, ""),
        (
            {
                "formula": "3*a**2*b**2 + 10**(-9)",  # Motzkin's polynomial is 0 at |a| = |b| = 1
                "gamma": "sqrt((1 - lambda**2)*(a**4*b**2 + a**2*b**4 + 1))",
                "domain": ["0 < lambda < 1", "-2 < a < 2", "-2 < b < 2"],
            },
            "a = -1, b = -1",
        ),
    ],
)
def test_a_bound_that_a_judge_sees_fail_is_refuted_by_a_point(fields, where):
    result = judged({**WHITE, "relation": ">=", **fields})
    assert result.verdict is Verdict.REFUTED
    example = result.counterexample
    assert where in example.point
    assert example.claimed != example.actual  # as many digits as show it


@pytest.mark.parametrize(
    "factor",
    [
        "1 + exp(-(a - 1/3)**2/(1 - lambda))",
        "1 - exp(-a**2/(1 - lambda))",
        "tanh(a/(1 - lambda))**2",
    ],
)
def test_a_limit_that_fails_at_one_value_is_refuted_there(factor):
    fields = {"domain": ["0 < lambda < 1", "-1 < a < 1"]}
    result = judged(NEAR_1, **fields, formula=f"1/(1 - lambda**2)*({factor})")
    assert result.verdict is Verdict.REFUTED
    assert "there:" in result.reason
    apart = {"domain": ["0 < lambda < 1", "1/2 < a < 1"]}
    assert judged(NEAR_1, **apart, formula=f"1/(1 - lambda**2)*({factor})").verdict not in (
        Verdict.REFUTED,
        Verdict.ERROR,
    )


@pytest.mark.parametrize(
    "fields",
    [
        {
            "autocorrelation": "KroneckerDelta(Delta, 0) + 1/3*KroneckerDelta(Delta, 2)",
            "horizon": "T",  # shorter than the lag at T = 1
            "formula": "(1 - lambda**(2*T))/(1 - lambda**2)"
            " + 2/3*lambda**2*(1 - lambda**(2*T - 4))/(1 - lambda**2)",
            "domain": ["0 < lambda < 1", "T >= 1"],
        },
        {
            "eigenvalue": "sqrt(a + I*b)",  # conj √z is not √conj z on the cut
            "formula": "1/(1 - abs(a) - abs(b)/10**9)",
            "domain": ["-1/2 < a < 1/2", "-1/2 < b < 1/2"],
        },
    ],
)
def test_no_correction_is_offered_that_is_wrong_somewhere(fields):
    result = judged(WHITE, **fields)
    assert result.verdict is Verdict.REFUTED
    assert result.counterexample.correction is None
    assert result.counterexample.largest is None


def test_the_largest_error_is_larger_and_the_correction_right():
    example = judged(WHITE, formula="1/(1 - lambda)").counterexample
    assert float(example.largest.split()[0]) > float(example.discrepancy)
    assert example.correction == "1/(1 - lambda**2)"


@pytest.mark.parametrize(
    "fields",
    [
        {"eigenvalue": "9/10 + 1 - cos(w) - w**2/2", "domain": ["0 < w < 1/2"]},
        {
            "formula": "1/(1 - lambda**2)*sqrt((11/10 - cos(w) - w**2/2)**2)"
            "/(11/10 - cos(w) - w**2/2)",
            "domain": ["0 < lambda < 1", "0 < w < 1/2"],
        },
    ],
)
def test_an_angle_and_its_tangent_are_not_free_both(fields):
    assert judged(WHITE, **fields).verdict is not Verdict.ERROR


@pytest.mark.parametrize(
    "formula",
    [
        "1/(1 - abs(lambda)**2)*(1 + 0**(1 + abs(im(lambda))))",
        "1/(1 - abs(lambda)**2) + (abs(lambda)**2)**(1 + abs(re(lambda)))"
        " - abs(lambda)**(2 + 2*abs(re(lambda)))",
    ],
)
def test_0_to_a_positive_power_is_0(formula):
    assert judged(WHITE, domain=["abs(lambda) < 1"], formula=formula).verdict.holds


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        (
            {
                "autocorrelation": "R(Delta)",
                "relation": "<=",
                "formula": "R(0)/(1 - lambda)**2 + sqrt(R(2))",  # R(2) may be negative
            },
            "order",
        ),
        ({"relation": "~", "limit": "lambda -> I-", "domain": ["abs(lambda) < 1"]}, "real target"),
    ],
)
def test_what_means_nothing_is_an_error(fields, word):
    result = judged(WHITE, **fields)
    assert result.verdict is Verdict.ERROR
    assert word in result.reason


def test_a_false_claim_says_where_it_means_nothing_too():
    fields = {"formula": "1/(1 - lambda**2) + 1/(cos(w) - 1/3)"}
    result = judged(WHITE, **fields, domain=["0 < lambda < 1", "0 < w < 2"])
    assert result.verdict is Verdict.REFUTED
    [why] = result.meaningless
    assert "cos(w) - 1 / 3 must not be 0" in why


@pytest.mark.parametrize(
    "key",
    [
        *("A3-sensitivity", "A4-state-complex", "A9-modes", "B6-modulus", "C2-hessian-complex"),
        "A6-sensitivity-ar1",
    ],
)
def test_a_correction_is_a_claim_that_holds(key):
    [claim] = [claim for claim in paper_claims() if claim.id == key]
    correct = replace(claim, formula=parse(Model(claim).correction))
    assert verify_claim(correct).verdict.holds


def test_a_sum_begins_at_lag_1():
    fields = {"autocorrelation": "R(Delta)", "domain": ["-1 < lambda < 1"]}
    formula = "(R(0) + 2*lambda*sum(lambda**(Delta - 1)*R(Delta)))/(1 - lambda**2)"
    assert judged(WHITE, **fields, formula=formula).verdict is Verdict.PROVED
    earlier = formula.replace("lambda*sum(lambda**(Delta - 1)", "lambda**2*sum(lambda**(Delta - 2)")
    result = judged(WHITE, **fields, formula=earlier)
    assert result.verdict is Verdict.ERROR
    assert "lambda must not be 0" in result.reason
