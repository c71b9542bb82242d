"""Limits of what oscillates: false ones are refuted along sequences, true ones never."""

import pytest

from numerics.arithmetic.evaluation import NotEvaluated
from verify.claims.file import make_claim
from verify.judging.engine import verify_claim
from verify.judging.evidence import Finding, Verdict
from verify.judging.model import Model
from verify.judging.symbolic import judge
from verify.settings import Settings

NEAR_1 = {
    "autocorrelation": "KroneckerDelta(Delta, 0)",
    "quantity": "second_moment",
    "relation": "~",
    "limit": "lambda -> 1-",
    "domain": ["0 < lambda < 1"],
}
FAR_OUT = {**NEAR_1, "domain": ["omega > 0"], "limit": "omega -> oo"}
ROTATING = {**FAR_OUT, "eigenvalue": "exp(-exp(-omega))*exp(I*omega)"}
FALSE = {
    "rest": {**NEAR_1, "formula": "(1 + sin(1/(1 - lambda))/3)/(2*(1 - lambda))"},
    "of-a-logarithm": {**NEAR_1, "formula": "(1 + sin(log(1 - lambda))/100)/(2*(1 - lambda))"},
    "rest-at-powers-of-ten": {
        **NEAR_1,
        "formula": "(1 + (1 - cos(pi/abs(lambda - 1)))/20)/(2*(1 - lambda))",
    },
    "two-waves": {
        **NEAR_1,
        "formula": "(1 + cos(2/(1 - lambda)) + cos(3/(1 - lambda))/9)/(2*(1 - lambda))",
    },
    "with-a-parameter": {
        **NEAR_1,
        "autocorrelation": "rho**Delta",
        "domain": ["0 < lambda < 1", "-1 < rho < 1"],
        "formula": "(1 + rho)/(1 - rho)*(1 + sin(1/(1 - lambda))**2)/(2*(1 - lambda))",
    },
    "rates": {
        **FAR_OUT,
        "eigenvalue": "tanh(omega)",
        "formula": "exp(2*omega)/4*(1 + cos(omega)/100)",
    },
    "on-both-sides": {
        **FAR_OUT,
        "eigenvalue": "cos(omega)/2",
        "formula": "1/(1 - cos(omega)**2/4)*(1 + sin(2*omega)/7)",
    },
    "beside-a-rotation": {**ROTATING, "formula": "exp(omega)/2*(1 + sin(2*omega)**2/7)"},
}
TRUE = {
    "on-both-sides": {
        **FAR_OUT,
        "eigenvalue": "cos(omega)/2",
        "formula": "1/(1 - cos(omega)**2/4)",
    },
    "of-both-sides-by-a-half": {
        **FAR_OUT,
        "eigenvalue": "cos(omega)/2",
        "formula": "1/(1 - (1 + cos(2*omega))/8)",
    },
    "that-comes-to-rest": {
        **NEAR_1,
        "formula": "(1 + (1 - lambda)*sin(1/(1 - lambda)))/(2*(1 - lambda))",
    },
    "of-modulus-1": {**ROTATING, "formula": "exp(omega)/2*(sin(omega)**2 + cos(omega)**2)"},
    "of-whole-turns": {
        **FAR_OUT,
        "domain": ["n >= 1 in integers"],
        "eigenvalue": "1 - 1/(2*n)",
        "limit": "n -> oo",
        "formula": "n*(1 + sin(2*pi*n))",
    },
    "no-power": {
        **FAR_OUT,
        "eigenvalue": "tanh(omega/sqrt(2))",
        "formula": "exp(sqrt(2)*omega)/4*(1 + exp(-omega)*cos(exp(omega)))",
    },
    "slower-and-slower": {**NEAR_1, "formula": "(1 + sin(1 - lambda))/(2*(1 - lambda))"},
}


@pytest.mark.parametrize("name", FALSE)
def test_what_goes_on_oscillating_has_no_limit(name):
    result = verify_claim(make_claim({"id": name, **FALSE[name]}))
    assert result.verdict is Verdict.REFUTED, result.reason


@pytest.mark.parametrize("name", TRUE)
def test_nothing_contradicts_a_true_limit(name):
    result = verify_claim(make_claim({"id": name, **TRUE[name]}))
    against = (Finding.CONTRADICTS, Finding.REFUTES, Finding.FAILED)
    assert not any(piece.finding in against for piece in result.evidence), result.reason


def test_a_limit_is_that_for_all_that_a_wave_may_be():
    claim = make_claim({"id": "rest", **TRUE["that-comes-to-rest"]})
    assert judge.check(Model(claim), Settings()).finding is Finding.PROVES
    assert verify_claim(claim).verdict is Verdict.SUPPORTED


@pytest.mark.parametrize(
    ("angle", "is_real"), [("a + 1/9", True), ("sqrt(a + 1/9)", False), ("log(a + 1/9)", False)]
)
def test_a_sine_is_bounded_where_its_angle_is_real(angle, is_real):
    # by −1 and 1; the others are not real where a < −1/9
    formula = f"(1 + (1 - lambda)*sin(({angle})/(1 - lambda)))/(2*(1 - lambda))"
    domain = ["0 < lambda < 1", "-1 < a < 1"]
    model = Model(make_claim({"id": "c", **NEAR_1, "formula": formula, "domain": domain}))
    try:
        found = judge.check(model, Settings()).finding
    except NotEvaluated:
        found = Finding.ABSTAINS
    assert (found is Finding.PROVES) == is_real


def test_the_sequence_is_named():
    found = judge.check(Model(make_claim({"id": "rest", **FALSE["rest"]})), Settings())
    assert found.detail == (
        "where 1/(1 - lambda) is pi/2 and whole turns, formula over quantity tends to 4/3, not 1"
    )
