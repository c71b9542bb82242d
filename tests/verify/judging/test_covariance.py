"""Claims about covariances: what is true is proved, what is false refuted, by sums' own truth."""

import pytest
from judged import judged

from verify import Settings, verify_claim
from verify.claims.file import make_claim
from verify.judging.evidence import Verdict
from verify.selftest.oracle import Truth

WHITE = {"autocorrelation": "KroneckerDelta(Delta, 0)", "domain": ["abs(lambda) < 1"]}
AR1 = {"autocorrelation": "rho**Delta", "domain": ["-1 < lambda < 1", "0 <= rho < 1"]}
STATE = "(1 + rho*lambda)/((1 - rho*lambda)*(1 - lambda**2))"  # E|h|² of an AR(1)
ANY = {"autocorrelation": "R(Delta)", "domain": ["0 < lambda < 1"]}
ANY_STATE = "(R(0) + 2*sum(lambda**Delta*R(Delta)))/(1 - lambda**2)"
AVERAGE = {
    "autocorrelation": "KroneckerDelta(Delta, 0) + KroneckerDelta(Delta, 2)/3",
    "domain": ["-1 < lambda < 1"],
}
TURNING = {
    "autocorrelation": "rho**Delta*exp(I*phi*Delta)",
    "domain": ["abs(lambda) < 1", "0 <= rho < 1", "0 <= phi <= pi"],
}
WAVE = "rho*exp(I*phi)"
SEEN = f"conjugate(lambda)*{WAVE}/(1 - conjugate(lambda)*{WAVE})"
TURNING_STATE = f"(1 + 2*re({SEEN}))/(1 - abs(lambda)**2)"
NORMALISED = {
    "autocorrelation": "KroneckerDelta(Delta, 0)",
    "eigenvalue": "tanh(omega)",
    "gamma": "sqrt(1 - lambda**2)",
    "domain": ["-3 < omega < 3"],
}
CONSTANT = {"autocorrelation": "1", "domain": ["-1 < lambda < 1"]}
TO_ONE = {"relation": "~", "limit": "lambda -> 1-"}

TRUE = [
    (WHITE, 1, "lambda/(1 - abs(lambda)**2)", {}),
    (WHITE, 4, "lambda**4/(1 - abs(lambda)**2)", {}),
    (AR1, 1, "(lambda + rho)/((1 - lambda**2)*(1 - lambda*rho))", {}),
    (AR1, 2, f"lambda**2*{STATE} + rho*(lambda + rho)/(1 - lambda*rho)", {}),
    (AR1, 2, STATE, {"relation": "<="}),
    (AR1, 5, "(1 + rho)/(2*(1 - rho)*(1 - lambda))", TO_ONE),
    (ANY, 1, f"lambda*{ANY_STATE} + sum(lambda**Delta*R(Delta))/lambda", {}),
    (AVERAGE, 2, "(lambda**2 + lambda**4/3 + 1/3)/(1 - lambda**2)", {}),
    (TURNING, 1, f"lambda*{TURNING_STATE} + {WAVE}/(1 - conjugate(lambda)*{WAVE})", {}),
    (NORMALISED, 3, "tanh(omega)**3", {}),
    (CONSTANT, 9, "1/(1 - lambda)**2", {}),
]
FALSE = [
    (WHITE, 2, "lambda/(1 - abs(lambda)**2)", {}),
    (WHITE, 1, "conjugate(lambda)/(1 - abs(lambda)**2)", {}),
    (WHITE, 1, "abs(lambda)/(1 - abs(lambda)**2)", {}),
    (WHITE, 4, "lambda**4/(1 - lambda**2)", {}),
    (AR1, 1, "(lambda - rho)/((1 - lambda**2)*(1 - lambda*rho))", {}),
    (AR1, 1, f"lambda*{STATE}", {}),
    (AR1, 2, "(lambda + rho)/((1 - lambda**2)*(1 - lambda*rho))", {}),
    (AR1, 2, f"lambda**2*{STATE} + rho*(lambda + rho)/(1 - lambda*rho) + 1e-12*rho", {}),
    (AR1, 2, f"{STATE}*(1 - 1e-6)", {"relation": "<="}),
    (AR1, 1, "0", {"relation": ">="}),
    (AR1, 5, "(1 + rho)/((1 - rho)*(1 - lambda))", TO_ONE),
    (AR1, 2, "lambda*rho", {"relation": "~", "limit": "lambda -> 0+"}),
    (ANY, 1, f"lambda*{ANY_STATE} + sum(lambda**Delta*R(Delta))", {}),
    (ANY, 1, f"lambda*{ANY_STATE} + lambda*R(1)", {}),
    (ANY, 2, f"lambda*{ANY_STATE} + sum(lambda**Delta*R(Delta))/lambda", {}),
    (AVERAGE, 2, "(lambda**2 + lambda**4/3)/(1 - lambda**2)", {}),
    (AVERAGE, 1, "(lambda**2 + lambda**4/3 + 1/3)/(1 - lambda**2)", {}),
    (TURNING, 1, f"lambda*{TURNING_STATE} + {WAVE}/(1 - lambda*{WAVE})", {}),
    (TURNING, 2, f"lambda*{TURNING_STATE} + {WAVE}/(1 - conjugate(lambda)*{WAVE})", {}),
    (NORMALISED, 3, "tanh(omega)**3/(1 - tanh(omega)**2)", {}),
    (CONSTANT, 9, "lambda**9/(1 - lambda)**2", {}),
]


def claim(unit, lag, formula, more):
    entry = {"id": "covariance", "quantity": "covariance", "relation": "==", "lag": lag}
    return make_claim({**entry, "formula": formula, **unit, **more})


@pytest.mark.parametrize("given", TRUE, ids=str)
def test_true(given):
    result = judged(claim(*given), Truth.TRUE)
    found = {e.method for e in result.evidence if e.finding == "supports"}
    if "limit" not in given[-1]:
        assert {"lyapunov", "spectral", "series", "simulation"} <= found


@pytest.mark.parametrize("given", FALSE, ids=str)
def test_false(given):
    assert judged(claim(*given), Truth.FALSE).counterexample


def test_a_lag_is_part_of_the_claim():
    asked = claim(*TRUE[0])
    assert make_claim(asked.entry()) == asked
    assert "lag        1" in asked.description()
    assert verify_claim(claim(WHITE, 2, TRUE[0][2], {}), Settings()).verdict is Verdict.REFUTED
