"""Claims that once fooled a judge: it proved what is false somewhere, or contradicted what is true.

What a judge says of them by itself counts here, whether or not others would have spoken up.
"""

import pytest

from verify.claims.file import make_claim
from verify.judging.evidence import Finding, MeaningError
from verify.judging.methods import METHODS
from verify.judging.model import Model
from verify.judging.parts import in_parts
from verify.settings import Settings

WHITE = {
    "autocorrelation": "KroneckerDelta(Delta, 0)",
    "quantity": "second_moment",
    "relation": "==",
    "domain": ["0 < lambda < 1"],
}
VALUE = "1/(1 - lambda**2)"
NEAR_1 = {**WHITE, "relation": "~", "limit": "lambda -> 1-"}
DISC = {**WHITE, "relation": "~", "limit": "e -> 0+"}
RATE = {**WHITE, "relation": "~", "limit": "p -> oo", "eigenvalue": "1/2"}
ANY = {**WHITE, "autocorrelation": "R(Delta)"}
THIRTY_LATER = {
    **WHITE,
    "autocorrelation": "KroneckerDelta(Delta, 0) + KroneckerDelta(Delta, 30)/3",
    "horizon": "T",
    "eigenvalue": "1",
}
CANCELS = "cos(pi/7) - cos(2*pi/7) + cos(3*pi/7) - 1/2"  # 0
PLANE = ["0 < lambda < 1", "0 < a < 1", "0 < b < 1"]

FALSE = {
    # one side of a limit is 0 at a place of the domain
    "both-vanish-where-they-move": {
        **NEAR_1,
        "gamma": "a + b*(1 - lambda)",
        "formula": "(a + b*(1 - lambda))**2/(2*(1 - lambda))",
        "domain": ["0 < lambda < 1", "-1 < a < 1", "-1 < b < 1"],
    },
    "at-ends-that-are-powers": {
        **NEAR_1,
        "gamma": "2 - a - b + 1 - lambda",
        "formula": "(2 - a - b)**2/(2*(1 - lambda))",
        "domain": ["0 < lambda < 1", "0 < a <= 2**0", "0 < b <= sqrt(1)"],
    },
    "root-at-an-end": {
        **NEAR_1,
        "gamma": "sqrt(sqrt(1 - a) + 1 - lambda)",
        "formula": "sqrt(1 - a)/(2*(1 - lambda))",
        "domain": ["0 < lambda < 1", "0 < a <= 2**0"],
    },
    "root-of-a-polynomial-at-an-end": {
        **NEAR_1,
        "gamma": "a**3 - a - 1 + 1 - lambda",
        "formula": "(a**3 - a - 1)**2/(2*(1 - lambda))",
        "domain": [
            "0 < lambda < 1",
            "1 < a <= ((9 + sqrt(69))/18)**(1/3) + ((9 - sqrt(69))/18)**(1/3)",
        ],
    },
    "at-an-end-in-other-words": {
        **NEAR_1,
        "gamma": "2*a - 1 + 1 - lambda",
        "formula": "(2*a - 1)**2/(2*(1 - lambda))",
        "domain": ["0 < lambda < 1", "0 < a <= cos(pi/7) - cos(2*pi/7) + cos(3*pi/7)"],
    },
    "where-cosines-cancel": {
        **NEAR_1,
        "gamma": f"{CANCELS} + 1 - lambda",
        "formula": f"({CANCELS})**2/(2*(1 - lambda))",
    },
    "where-cosines-cancel-on-both-sides": {
        **NEAR_1,
        "gamma": CANCELS,
        "formula": f"({CANCELS})**2/(2*(1 - lambda))",
    },
    "where-cosines-cancel-on-a-line": {
        **NEAR_1,
        "gamma": f"a - b + {CANCELS} + 1 - lambda",
        "formula": f"(a - b + {CANCELS})**2/(2*(1 - lambda))",
        "domain": ["0 < lambda < 1", "0 < a <= 1", "1 <= b < 2"],
    },
    "where-cosines-cancel-beside-a-root": {
        **NEAR_1,
        "gamma": f"{CANCELS} + 1 - lambda",
        "formula": f"({CANCELS})**2*(1 + sqrt(1 - lambda))/(2*(1 - lambda))",
    },
    "root-in-the-plane": {
        **NEAR_1,
        "gamma": "sqrt(sqrt((a - 1/2)**2 + (b - 1/2)**2) + 1 - lambda)",
        "formula": "sqrt((a - 1/2)**2 + (b - 1/2)**2)/(2*(1 - lambda))",
        "domain": PLANE,
    },
    "exponential-of-0": {
        **NEAR_1,
        "gamma": "exp(a**2) - 1 + 1 - lambda",
        "formula": "(exp(a**2) - 1)**2/(2*(1 - lambda))",
        "domain": ["0 < lambda < 1", "-1 < a < 1"],
    },
    "root-of-a-modulus": {
        **DISC,
        "gamma": "sqrt(sqrt(abs(lambda)) + e)",
        "formula": "sqrt(abs(lambda))/(1 - abs(lambda)**2)",
        "domain": ["abs(lambda) < 1", "0 < e < 1"],
    },
    "closed-modulus": {
        **DISC,
        "gamma": "1 - 4*abs(lambda)**2 + e",
        "formula": "(1 - 4*abs(lambda)**2)**2/(1 - abs(lambda)**2)",
        "domain": ["abs(lambda) <= 1/2", "0 < e < 1"],
    },
    "modulus-from-0-on": {
        **DISC,
        "gamma": "abs(lambda)**2 + e",
        "formula": "abs(lambda)**4/(1 - abs(lambda)**2)",
        "domain": ["0 <= abs(lambda) < 1", "0 < e < 1"],
    },
    # the parameter's exponential is 1
    "rate-at-an-end": {
        **RATE,
        "gamma": "sqrt(exp(a*p) + 1)",
        "formula": "exp(a*p)*4/3",
        "domain": ["p > 0", "0 <= a < 1"],
    },
    "rate-inside": {
        **RATE,
        "gamma": "sqrt(exp(a**2*p) + 1)",
        "formula": "exp(a**2*p)*4/3",
        "domain": ["p > 0", "-1 < a < 1"],
    },
    "short-horizons-in-a-limit": {
        **THIRTY_LATER,
        "relation": "~",
        "limit": "e -> 0+",
        "gamma": "1 + e",
        "formula": "T + 2/3*(T - 30)",
        "domain": ["0 < e < 1", "T >= 25"],
    },
    "factors-that-change-their-signs-together": {
        **WHITE,
        "relation": "<=",
        "formula": f"{VALUE} - a*(1 - exp(-a))",
        "domain": ["0 < lambda < 1", "a in integers"],
    },
}
TRUE = {
    "zero-beyond-an-irrational-end": {
        **NEAR_1,
        "gamma": "a - 3/4 + 1 - lambda",
        "formula": "(a - 3/4)**2/(2*(1 - lambda))",
        "domain": ["0 < lambda < 1", "0 < a < 1/sqrt(2)"],
    },
    "zero-at-an-end-that-is-no-whole-number": {
        **NEAR_1,
        "gamma": "2*n - 2 + 3*a + 1 - lambda",
        "formula": "(2*n - 2 + 3*a)**2/(2*(1 - lambda))",
        "domain": ["0 < lambda < 1", "0 < a < 1", "1/2 <= n <= 31/2 in integers"],
    },
    "zero-at-a-chosen-number-outside": {
        **NEAR_1,
        "gamma": "2*a - n - 1 + 1 - lambda",
        "formula": "(2*a - n - 1)**2/(2*(1 - lambda))",
        "domain": ["0 < lambda < 1", "0 < a < 1", "1/2 < n < 3/2 in integers"],
    },
    "zero-between-horizons": {
        **WHITE,
        "relation": "~",
        "limit": "e -> 0+",
        "horizon": "T",
        "eigenvalue": "1",
        "gamma": "2*T - 5 + e",
        "formula": "(2*T - 5)**2*T",
        "domain": ["0 < e < 1"],
    },
    # signs that are those of real numbers, but nowhere those of whole or single ones
    "whole-numbers-between": {
        **WHITE,
        "relation": "<=",
        "formula": f"{VALUE} + " + " + ".join(f"n{k}*(n{k} - 1)" for k in range(5)),
        "domain": ["0 < lambda < 1", *(f"0 <= n{k} <= 1 in integers" for k in range(5))],
    },
    "whole-number-in-a-square": {
        **WHITE,
        "relation": "<=",
        "formula": f"{VALUE} + (a - 1/2)*(n - 1)**2",
        "domain": ["0 < lambda < 1", "0 < a < 1", "1/2 < n < 3/2 in integers"],
    },
    "single-value-in-two-words": {
        **WHITE,
        "relation": "<=",
        "formula": f"{VALUE} - (2*a**2 - 1)**2",
        "domain": ["0 < lambda < 1", "1/sqrt(2) <= a <= sqrt(2)/2"],
    },
    # leading coefficients that are 0
    "cosines-that-cancel": {
        **NEAR_1,
        "formula": f"(1 + ({CANCELS})/(1 - lambda))/(2*(1 - lambda))",
    },
    "cosine-of-a-third": {**NEAR_1, "formula": "cos(pi/3)/(1 - lambda)"},
    "root-of-a-square": {
        **NEAR_1,
        "formula": "(1 + (sqrt(3 + 2*sqrt(2)) - 1 - sqrt(2))/(1 - lambda))/(2*(1 - lambda))",
    },
    "beside-a-root-of-the-moving": {
        **NEAR_1,
        "formula": f"(1 + sqrt(1 - lambda) + ({CANCELS})/(1 - lambda))/(2*(1 - lambda))",
    },
    "at-whole-numbers": {
        **NEAR_1,
        "formula": "(1 + (n - 1)*(n - 2)/(1 - lambda))/(2*(1 - lambda))",
        "domain": ["0 < lambda < 1", "1 <= n <= 2 in integers"],
    },
    # any input, where its sums are known or the same
    "any-input-at-pole-0": {**ANY, "eigenvalue": "0", "formula": "R(0)", "domain": []},
    "any-input-at-single-pole-0": {**ANY, "formula": "R(0)", "domain": ["0 <= lambda <= 0"]},
    "any-input-at-whole-numbers": {
        **ANY,
        "formula": f"(R(0) + 2*sum(lambda**Delta*R(Delta)))*{VALUE} + (n - 1)*(n - 2)*R(0)",
        "domain": ["0 < lambda < 1", "1 <= n <= 2 in integers"],
    },
    "any-input-at-a-single-value": {
        **ANY,
        "formula": f"(R(0) + 2*sum(lambda**Delta*R(Delta)))*{VALUE} + (2*a**2 - 1)*R(0)",
        "domain": ["0 < lambda < 1", "1/sqrt(2) <= a <= sqrt(2)/2"],
    },
    "any-input-at-a-held-pole": {
        **ANY,
        "quantity": "sensitivity",
        "formula": "(1 + 1/4)/(1 - 1/4)**3*(R(0) + 2*sum((1/2)**Delta*R(Delta)))"
        " + 2/(1 - 1/4)**2*sum(Delta*(1/2)**Delta*R(Delta))",
        "domain": ["1/2 <= lambda <= 1/2"],
    },
    "always-short": {
        **THIRTY_LATER,
        "formula": "T",
        "domain": ["1 <= T <= 30"],
    },
    "constant-near-a-zero": {
        **WHITE,
        "relation": "<=",
        "formula": f"{VALUE} + lambda**2*(cos(3) + 9899924967/10**10)",
    },
}
JUDGES = [method for method in METHODS if method.is_judge]


def finding(method, fields):
    try:
        return in_parts(method, Model(make_claim({"id": "c", **fields})), Settings()).finding
    except MeaningError:
        return None


@pytest.mark.every(2)
@pytest.mark.parametrize("method", JUDGES, ids=lambda m: m.name)
@pytest.mark.parametrize("name", FALSE)
def test_no_judge_proves_a_false_claim(method, name):
    assert finding(method, FALSE[name]) is not Finding.PROVES


@pytest.mark.parametrize("method", JUDGES, ids=lambda m: m.name)
@pytest.mark.parametrize("name", TRUE)
def test_no_judge_contradicts_a_true_claim(method, name):
    assert finding(method, TRUE[name]) not in (None, Finding.CONTRADICTS)
