"""False claims that no method can refute for certain: none of them is said to hold."""

import pytest

from verify.claims.file import make_claim
from verify.judging.engine import verify_claim
from verify.judging.evidence import Verdict

WHITE = {
    "autocorrelation": "KroneckerDelta(Delta, 0)",
    "quantity": "second_moment",
    "relation": "==",
    "domain": ["0 < lambda < 1"],
}
NEAR_1 = {**WHITE, "relation": "~", "limit": "lambda -> 1-"}
IN_THE_LONG_RUN = {
    **WHITE,
    "relation": "~",
    "horizon": "T",
    "domain": [],
    "eigenvalue": "1",
    "limit": "T -> oo",
}
TOWARDS_INFINITY = {
    **WHITE,
    "relation": "~",
    "domain": ["n >= 1"],
    "eigenvalue": "1 - 1/(2*n)",
    "limit": "n -> oo",
}
STEPS = {**WHITE, "horizon": "T", "eigenvalue": "1"}
ANY_NEAR_1 = {**NEAR_1, "autocorrelation": "R(Delta)"}
MOMENT = "(R(0) + 2*sum(lambda**Delta*R(Delta)))"
VALUE = "1/(1 - lambda**2)"

CLAIMS = {
    # limits of what oscillates, and is as claimed at every power of ten
    "odd-numbers-of-steps": {**IN_THE_LONG_RUN, "formula": "T*(1 + (1 - (-1)**T)/2)"},
    "but-each-tenth-step": {**IN_THE_LONG_RUN, "formula": "T*(1 + sin(pi*T/10)**2)"},
    "odd-numbers": {
        **TOWARDS_INFINITY,
        "domain": ["n >= 1 in integers"],
        "formula": "n*(1 + (1 - cos(pi*n))/2)",
    },
    "between-whole-numbers": {**TOWARDS_INFINITY, "formula": "n*(1 + sin(pi*n)**2)"},
    "between-whole-rates": {
        **WHITE,
        "relation": "~",
        "domain": ["omega > 0"],
        "eigenvalue": "tanh(omega)",
        "limit": "omega -> oo",
        "formula": "(1 + sin(pi*omega)**2)/(1 - tanh(omega)**2)",
    },
    "between-whole-times": {**NEAR_1, "formula": f"(1 + sin(pi/(1 - lambda))**2)*{VALUE}"},
    # limits with a place that moves with the limit's variable
    "clamp-near-the-limit": {
        **NEAR_1,
        "domain": ["0 < lambda < 1", "0 < a < 1"],
        "formula": f"(1 + max(0, 1/10**8 - (a*lambda - 1/3)**2))*{VALUE}",
    },
    "spike-near-the-limit": {
        **NEAR_1,
        "domain": ["0 < lambda < 1", "0 < a < 1"],
        "formula": f"(1 + exp(-10**12*(a*lambda - 1/3)**2))*{VALUE}",
    },
    "kink-beyond-the-limit": {
        **NEAR_1,
        "domain": ["0 < lambda < 1", "0 < a < 1 + 1e-9"],
        "formula": f"(1 + max(0, a - lambda))*{VALUE}",
    },
    # limits that fail at the end of a range, or where many ranges end
    "irrational-end": {
        **NEAR_1,
        "domain": ["0 < lambda < 1", "0 < a <= pi"],
        "gamma": "pi - a + (1 - lambda)",
        "formula": "(pi - a)**2/(2*(1 - lambda))*(1 + (1 - lambda)*log(1 - lambda))",
    },
    "one-edge-of-many": {
        **NEAR_1,
        "domain": ["0 < lambda < 1", "0 < a <= 1", "0 < b <= 1"]
        + [f"0 <= c{k} <= 1" for k in range(1, 10)],
        "gamma": "sqrt(2 - a - b + (1 - lambda))",
        "formula": "(2 - a - b)/(2*(1 - lambda))*(1 + (1 - lambda)*log(1 - lambda))",
    },
    # whole numbers, of which one among many is an exception
    "each-61st-step": {
        **WHITE,
        "horizon": "T",
        "domain": [],
        "eigenvalue": "1",
        "formula": "T + sin(pi*(T**60 - 1)/61)**2",
    },
    "one-far-whole-number": {
        **WHITE,
        "formula": f"{VALUE}*(1 + exp(-1000*(n**2 - 7*n - 20099999)**2))",
        "domain": ["0 < lambda < 1", "n >= 1 in integers"],
    },
    # moments without conjugate of a complex input, of which R says nothing
    "cross-moment": {
        **WHITE,
        "quantity": "cross_moment",
        "complex_input": True,
        "formula": "1/(1 - lambda1*lambda2)",
        "domain": ["abs(lambda1) < 1", "abs(lambda2) < 1"],
    },
    "output-hessian": {
        **WHITE,
        "quantity": "output_hessian",
        "complex_input": True,
        "eigenvalue": {"lambda1": "a", "lambda2": "b"},
        "wrt": ["a", "b"],
        "formula": "(1 + a*b)/(1 - a*b)**3",
        "domain": ["0 < a < 1", "0 < b < 1"],
    },
    # limits for any input
    "over-differenced-input": {**ANY_NEAR_1, "formula": f"{MOMENT}/(2*(1 - lambda)) + R(0)"},
    "constant-input": {
        **ANY_NEAR_1,
        "quantity": "sensitivity",
        "formula": f"{MOMENT}/(4*(1 - lambda)**3)",
    },
    "late-lags": {
        **ANY_NEAR_1,
        "limit": "lambda -> 0+",
        "formula": "R(0) + R(7)**2 - R(6)*R(8)",
    },
    # what no point shows that anyone would try: of some whole numbers, or too small to be seen
    "tone-at-a-prime-number-of-steps": {
        **STEPS,
        "autocorrelation": "KroneckerDelta(Delta, 0) + cos(2*pi*103*Delta/T)",
        "domain": ["T >= 2"],
        "formula": "T",
    },
    "tone-of-a-prime-number": {
        **STEPS,
        "autocorrelation": "cos(2*pi*n*Delta/107)",
        "domain": ["107 <= T <= 107", "n >= 1 in integers"],
        "formula": "0",
    },
    "far-below": {
        **WHITE,
        "domain": ["0 < lambda < 1", "n <= 3 in integers", "0 < a < 1"],
        "formula": f"{VALUE} + (n + 1)*n*(n - 1)*(n - 2)*(n - 3)*exp(-a*10**6)",
    },
    "by-accident-at-one-place": {
        **WHITE,
        "domain": ["0 < lambda < 1", "1 <= n <= 100 in integers"],
        "formula": f"{VALUE} + (lambda - 3/4)**2*sin(pi*(n**60 - 1)/61)**2",
    },
    "two-kinks-at-once": {
        **WHITE,
        "domain": ["0 < lambda < 1", "0 < a < 1", "0 < b < 1"],
        "formula": f"{VALUE} + 1e11*max(0, 2e-6 - (a - 127/1000)**2)"
        "*max(0, 2e-6 - (b - 459/1000)**2)",
    },
    "spike-at-an-irrational-place": {
        **WHITE,
        "formula": f"(1 + exp(-10**40*(lambda - 1/sqrt(2))**2))*{VALUE}",
    },
    "spike-in-a-normaliser": {
        **WHITE,
        "gamma": "sqrt(1 - lambda**2)*(1 + exp(-10**40*(lambda - 1/sqrt(3))**2))",
        "formula": "1",
    },
    "layer-at-an-end": {
        **WHITE,
        "domain": ["0 < lambda < 1", "0 < a < 1"],
        "formula": f"tanh(1e20*a)*{VALUE}",
    },
    "step-far-away": {
        **WHITE,
        "domain": ["0 < lambda < 1", "a > 0"],
        "formula": f"(3/2 + tanh(a - 1e20)/2)*{VALUE}",
    },
    "waves-that-meet": {
        **WHITE,
        "domain": ["0 < lambda < 1", "0 < a < 1"],
        "formula": f"{VALUE}*(1 + exp(-10**7*(2 - cos(202*pi*a - 7*pi/5) - cos(206*pi*a - pi/5))))",
    },
    "wave-with-a-zero-at-each-thousandth": {
        **WHITE,
        "domain": ["0 < lambda < 1", "0 < a < 20"],
        "formula": f"{VALUE} + 1e-20*sin(1000*pi*a)**2",
    },
    "wide-ball": {**WHITE, "formula": f"{VALUE} + (cosh(2000)**2 - sinh(2000)**2)"},
    # without a derivative at a kink, at which the formula has one as well
    "derivative-at-a-kink": {
        **WHITE,
        "quantity": "sensitivity",
        "wrt": "theta",
        "eigenvalue": "nu*exp(I*abs(theta))",
        "domain": ["0 < nu < 1", "-1 < theta < 1"],
        "formula": "nu**2*(1 + nu**2)/(1 - nu**2)**3 + 0*abs(theta)",
    },
    # limits that no judge reads, with a place where they are others
    "resonance-on-a-ray": {
        **NEAR_1,
        "domain": ["abs(lambda) < 1"],
        "limit": "lambda -> 1-",
        "autocorrelation": "1 + KroneckerDelta(Delta, 0)",
        "formula": "(1 + sqrt(1 - abs(lambda)))/(1 - abs(lambda)**2)",
    },
    "resonance-at-a-frequency": {
        **NEAR_1,
        "domain": ["0 < lambda < 1", "1 < phi < 3"],
        "autocorrelation": "KroneckerDelta(Delta, 0) + cos(3*phi*Delta)",
        "formula": f"(1 + sqrt(1 - lambda))*{VALUE}",
    },
}


@pytest.mark.every(2)
@pytest.mark.parametrize("name", CLAIMS)
def test_false_ones_are_not_held(name):
    result = verify_claim(make_claim({"id": name, **CLAIMS[name]}))
    assert not result.verdict.holds, result.reason


@pytest.mark.parametrize(
    "fields",
    [
        {"limit": "lambda -> 0+", "formula": "R(0)"},
        # a kink with one side, but for inputs that are on it
        {
            "relation": "==",
            "limit": "",
            "formula": f"{MOMENT}/(1 - lambda**2) + max(0, R(1) - R(0))",
        },
    ],
)
def test_a_claim_about_any_input_is_not_supported_by_those_tried(fields):
    given = {name: value for name, value in {**ANY_NEAR_1, **fields}.items() if value}
    result = verify_claim(make_claim({"id": "c", **given}))
    assert result.verdict is Verdict.UNDECIDED
    assert result.reason.startswith("it holds for the inputs tried")


def test_what_has_no_value_for_some_inputs_is_open():
    # its leading coefficient is the spectral density at 0, which an input may lack
    claim = make_claim({"id": "c", **ANY_NEAR_1, "formula": f"{MOMENT}/(2*(1 - lambda))"})
    result = verify_claim(claim)
    assert result.verdict is Verdict.UNDECIDED
    assert result.reason.startswith("whether the leading coefficient")
