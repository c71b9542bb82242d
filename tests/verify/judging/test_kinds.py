"""Claims of the kinds that once fooled the engine: a wrong "proved", "refuted" or "supported".

Each true one has a false neighbour, most of them false at one place of the domain alone.
"""

import pytest

from verify.claims.file import make_claim
from verify.judging.engine import verify_claim
from verify.judging.evidence import Finding, Verdict
from verify.judging.methods import METHODS
from verify.judging.model import Model
from verify.settings import Settings

WHITE = {
    "autocorrelation": "KroneckerDelta(Delta, 0)",
    "quantity": "second_moment",
    "relation": "==",
    "domain": ["0 < lambda < 1"],
}
NEAR_1 = {**WHITE, "relation": "~", "limit": "lambda -> 1-"}
AR1 = {**NEAR_1, "autocorrelation": "rho**Delta"}
ANY = {**WHITE, "autocorrelation": "R(Delta)"}
STEPS = {**WHITE, "horizon": "T", "domain": []}
MOMENT = "(R(0) + 2*sum(lambda**Delta*R(Delta)))/(1 - lambda**2)"
OSCILLATOR = {**WHITE, "eigenvalue": "(a + sqrt(a**2 - 4*b))/2"}
NEGATIVE = ["0 < lambda < 1/2", "-1/2 < a < -1/10", "-1/2 < b < -1/10"]
PLANE = {**WHITE, "domain": ["0 < lambda < 1", "0 < a < 1", "0 < b < 1"]}
COMPLEX = {**WHITE, "domain": ["abs(lambda) < 1"]}
VALUE, OF_MODULUS = "1/(1 - lambda**2)", "1/(1 - abs(lambda)**2)"
TEXTBOOK = "(1 + rho)/((1 - rho)*2*(1 - lambda))"

NAMES = {
    **WHITE,
    "autocorrelation": "R_0*R_0_*w_bar*w_bar_*KroneckerDelta(Delta, 0)",
    "eigenvalue": "epsilon_",
    "domain": [f"0 < {name} < 1" for name in ("R_0", "R_0_", "w_bar", "w_bar_", "epsilon_")],
}

CASCADE = {
    **WHITE,
    "autocorrelation": "(a*(1 - b**2)*a**Delta - b*(1 - a**2)*b**Delta)/(a - b)",
    "domain": ["0 < lambda < 1", "0 < a < 1", "0 < b < 1", "a != b"],
}
CASCADED = (
    "(a*(1 - b**2)*(1 + a*lambda)/(1 - a*lambda) - b*(1 - a**2)*(1 + b*lambda)/(1 - b*lambda))"
)
BELOW = {
    **WHITE,
    "autocorrelation": "rho**Delta",
    "relation": "<=",
    "domain": ["-1/2 < lambda < 1", "0 <= rho < 1", "rho < lambda"],
}

TRUE = {
    "cascade": {**CASCADE, "formula": f"{CASCADED}/((a - b)*(1 - lambda**2))"},
    "tone": {
        **WHITE,
        "autocorrelation": "cos(phi*Delta)",
        "eigenvalue": "nu*exp(I*theta)",
        "domain": ["0 < nu < 1", "0 < theta < pi", "0 < phi < pi"],
        "formula": "1/2/(1 - 2*nu*cos(theta - phi) + nu**2)"
        " + 1/2/(1 - 2*nu*cos(theta + phi) + nu**2)",
    },
    "tone-near-1": {
        **NEAR_1,
        "autocorrelation": "cos(phi*Delta)",
        "domain": ["0 < lambda < 1", "0 < phi < pi"],
        "formula": "1/(2 - 2*cos(phi))",
    },
    "below-the-pole": {**BELOW, "formula": "(1 + lambda**2)/(1 - lambda**2)**2"},
    "derivative-beside-a-kink": {
        **WHITE,
        "quantity": "sensitivity",
        "wrt": "theta",
        "eigenvalue": "nu*exp(I*abs(theta))",
        "domain": ["0 < nu < 1", "-1 < theta < 1", "theta != 0"],
        "formula": "nu**2*(1 + nu**2)/(1 - nu**2)**3 + 0*abs(theta)",
    },
    # parameters whose names mean something elsewhere, and their like
    "names": {**NAMES, "formula": "R_0*R_0_*w_bar*w_bar_/(1 - epsilon_**2)"},
    "small-numbers": {
        **WHITE,
        "autocorrelation": "epsilon**Delta",
        "eigenvalue": "epsilon_",
        "domain": ["0 < epsilon < 1", "0 < epsilon_ < 1"],
        "formula": "(1 + epsilon*epsilon_)/((1 - epsilon*epsilon_)*(1 - epsilon_**2))",
    },
    "neither-vanishes": {
        **NEAR_1,
        "gamma": "w*(2 - rho)",
        "autocorrelation": "rho**Delta",
        "formula": f"w**2*(2 - rho)**2*{TEXTBOOK}",
        "domain": ["0 < lambda < 1", "0 < rho < 1/2", "0 < w < 1"],
    },
    # limits whose leading coefficient vanishes nowhere, or where it holds as well
    "open-end": {**AR1, "formula": TEXTBOOK, "domain": ["0 < lambda < 1", "0 <= rho < 1"]},
    "vanishes-on-both-sides": {
        **NEAR_1,
        "autocorrelation": "KroneckerDelta(Delta, 0)/(1 + b**2)",
        "formula": "1/(2*(1 - lambda)*(1 + b**2))",
        "domain": ["0 < lambda < 1", "-1 < b < 1"],
    },
    "mean": {
        **NEAR_1,
        "autocorrelation": "m**2 + KroneckerDelta(Delta, 0)",
        "formula": "m**2/(1 - lambda)**2",
        "domain": ["0 < lambda < 1", "1/2 <= m < 2"],
    },
    # powers of products and of what is negative
    "root-of-a-product-at-each-lag": {
        **WHITE,
        "autocorrelation": "(a*b)**(Delta/2)",
        "formula": f"(1 + lambda*sqrt(a*b))/(1 - lambda*sqrt(a*b))*{VALUE}",
        "domain": NEGATIVE,
    },
    "root-of-what-is-negative": {
        **WHITE,
        "autocorrelation": "sqrt(-a)**Delta",
        "formula": f"(1 + lambda*sqrt(-a))/(1 - lambda*sqrt(-a))*{VALUE}",
        "domain": NEGATIVE[:2],
    },
    "zero-between-whole-numbers": {
        **NEAR_1,
        "gamma": "2*n - 3 + 1 - lambda",
        "formula": "(2*n - 3)**2/(2*(1 - lambda))",
        "domain": ["0 < lambda < 1", "1 <= n <= 4 in integers"],
    },
    "beside-a-zero-in-the-plane": {
        **NEAR_1,
        "gamma": "sqrt((a - 1/2)**2 + (b - 1/2)**2 + 1 - lambda)",
        "formula": "((a - 1/2)**2 + (b - 1/2)**2)/(2*(1 - lambda))",
        "domain": ["0 < lambda < 1", "1/2 < a < 1", "0 < b < 1"],
    },
    "at-one-irrational-rate": {
        **NEAR_1,
        "eigenvalue": "tanh(a*omega)",
        "limit": "omega -> oo",
        "formula": "exp(2*a*omega)/4",
        "domain": ["omega > 0", "sqrt(2) <= a <= sqrt(2)"],
    },
    "from-afar": {
        **NEAR_1,
        "eigenvalue": "exp(-2/tau)",
        "limit": "tau -> oo",
        "formula": "tau/4",
        "domain": ["tau > 7"],
    },
    # kinks that move with the limit's variable
    "no-period-of-whole-numbers": {
        **WHITE,
        "relation": "~",
        "eigenvalue": "1 - 1/(2*n)",
        "limit": "n -> oo",
        "formula": "n*(1 + sin(pi*n))",
        "domain": ["n >= 1 in integers"],
    },
    # branches
    "oscillator": {**OSCILLATOR, "formula": "1/(1 - b)", "domain": ["0 < a < 1", "1/4 < b < 1"]},
    "oscillator-bound": {
        **OSCILLATOR,
        "relation": "<=",
        "formula": "3/2",
        "domain": ["0 < a < 1", "1/4 < b < 1/3"],
    },
    "imaginary-root": {
        **WHITE,
        "formula": "(1 + re(sqrt(a)))/(1 - lambda**2)",
        "domain": ["0 < lambda < 1", "-2 < a < -1"],
    },
    "modulus-of-a-root": {
        **WHITE,
        "formula": "1/(1 - lambda**2) + abs(sqrt(lambda - 1/3))**2 - abs(lambda - 1/3)",
    },
    # horizons
    "horizon-of-the-lags": {
        **STEPS,
        "autocorrelation": "KroneckerDelta(Delta, 0) + KroneckerDelta(Delta, 3)/3",
        "eigenvalue": "1",
        "formula": "T + 2/3*(T - 3)",
        "domain": ["T >= 3"],
    },
    "few-steps": {
        **STEPS,
        "eigenvalue": "exp(I*theta)",
        "relation": "<=",
        "formula": "4",
        "domain": ["0 < theta < 1", "2 <= T <= 4"],
    },
    "resonance": {
        **STEPS,
        "autocorrelation": "1",
        "eigenvalue": "1",
        "formula": "T**2",
    },
    "growing-weights": {
        **STEPS,
        "autocorrelation": "(1 + a*Delta)*exp(-a*Delta)",
        "relation": "~",
        "limit": "T -> oo",
        "eigenvalue": "0",
        "formula": "1",
        "domain": ["1/2 < a < 1"],
    },
    "angles-without-0": {
        **NEAR_1,
        "autocorrelation": "cos(phi*Delta)",
        "formula": "1/(2 - 2*cos(phi))",
        "domain": ["0 < lambda < 1", "1 < phi < 6"],
    },
    # relations between parameters, whole numbers
    "whole-numbers-all-tried": {
        **WHITE,
        "formula": f"{VALUE} + sin(pi*(n**60 - 1)/61)**2",
        "domain": ["0 < lambda < 1", "1 <= n <= 60 in integers"],
    },
    "whole-numbers-that-a-judge-knows": {
        **WHITE,
        "formula": f"{VALUE} + (-1)**n - cos(pi*n)",
        "domain": ["0 < lambda < 1", "n >= 1 in integers"],
    },
    "hole": {
        **NEAR_1,
        "autocorrelation": "(a - 1/2)**2 + KroneckerDelta(Delta, 0)",
        "formula": "(a - 1/2)**2/(1 - lambda)**2",
        "domain": ["0 < lambda < 1", "0 < a < 1", "a != 1/2"],
    },
    "ordered": {
        **WHITE,
        "autocorrelation": "a**Delta",
        "relation": "<=",
        "formula": "(1 + b*lambda)/((1 - b*lambda)*(1 - lambda**2))",
        "domain": ["0 < lambda < 1", "0 < a < 1", "0 < b < 1", "a < b"],
    },
    "whole": {
        **WHITE,
        "autocorrelation": "cos(2*pi*n*Delta)",
        "formula": "1/(1 - lambda)**2",
        "domain": ["0 < lambda < 1", "1 <= n <= 7 in integers"],
    },
    # kinks outside the domain
    "kink-beyond-the-corner": {
        **PLANE,
        "formula": f"{VALUE} + max(0, a + b + lambda - 3)",
    },
    "kink-beyond-an-irrational-end": {
        **WHITE,
        "formula": f"{VALUE} + max(0, a/pi - 1)",
        "domain": ["0 < lambda < 1", "0 < a < pi"],
    },
    "kink-in-no-direction": {
        **COMPLEX,
        "formula": f"{OF_MODULUS} + max(0, re(lambda) - 1)",
    },
    "single-irrational-value": {
        **WHITE,
        "formula": "2",
        "domain": ["1/sqrt(2) <= lambda <= 1/sqrt(2)"],
    },
    # beside a cut
    "beside-the-cut": {
        **WHITE,
        "eigenvalue": "nu*exp(I*theta)",
        "formula": "(1 + conjugate(sqrt(lambda)) - sqrt(conjugate(lambda)))/(1 - nu**2)",
        "domain": ["0 < nu < 1", "-3 < theta < 3"],
    },
    "beside-the-cut-by-parts": {
        **WHITE,
        "formula": f"(1 + conjugate(log(-1 + I*a)) - log(-1 - I*a))*{VALUE}",
        "domain": ["0 < lambda < 1", "0 < a <= 1"],
    },
    "reciprocal-of-a-complex-number": {
        **PLANE,
        "formula": f"(1 + re(1/(a + b*I)) - a/(a**2 + b**2))*{VALUE}",
    },
    # ranges without an end
    "rate-without-an-end": {
        **WHITE,
        "autocorrelation": "exp(-a*Delta)",
        "formula": f"(1 + exp(-a)*lambda)/(1 - exp(-a)*lambda)*{VALUE}",
        "domain": ["-1 < lambda < 1", "a > 0"],
    },
    "modulus-of-the-pole": {
        **COMPLEX,
        "autocorrelation": "rho**Delta",
        "relation": "<=",
        "formula": f"(1 + rho*abs(lambda))/(1 - rho*abs(lambda))*{OF_MODULUS}",
        "domain": ["abs(lambda) < 1", "0 <= rho < 1"],
    },
    # an input with a parameter that is differentiated by, and that it does not move with
    "hessian-of-a-held-input": {
        **WHITE,
        "quantity": "teacher_student_hessian",
        "autocorrelation": "a**Delta",
        "eigenvalue": {"lambda": "a", "lambda_star": "0"},
        "wrt": "a",
        "formula": "(5*a**4 + 8*a**2 + 1)/(1 - a**2)**4",
        "domain": ["1/4 < a < 1/2"],
    },
    "curvature-of-a-held-input": {
        **WHITE,
        "quantity": "curvature",
        "autocorrelation": "p**2*KroneckerDelta(Delta, 0)",
        "eigenvalue": "p + I*q",
        "wrt": ["p", "q"],
        "formula": "-2*(1/(1 + p**2 + q**2)**2 + 3/(1 - p**2 - q**2)**2)"
        "*(1 - p**2 - q**2)**3/(1 + p**2 + q**2)/p**2",
        "domain": ["1/4 < p < 1/2", "-1/2 < q < 1/2"],
    },
    # any input, ordinary inputs
    "any": {**ANY, "formula": "(R(0) + 2*sum(lambda**Delta*R(Delta)))/(1 - lambda**2)"},
    "ar2-by-tangent": {
        **WHITE,
        "autocorrelation": "r**Delta*(cos(phi*Delta)"
        " + (1 - r**2)/(1 + r**2)*cos(phi)/sin(phi)*sin(phi*Delta))",
        "formula": "(1 - r**2*lambda**2 + 2*r*lambda*cos(phi)*(1 - r**2)/(1 + r**2))"
        "/((1 - 2*r*lambda*cos(phi) + r**2*lambda**2)*(1 - lambda**2))",
        "domain": ["-1 < lambda < 1", "0 < r < 1", "1/3 < phi < 3/2"],
    },
    "factors-that-change-their-signs-together": {
        **WHITE,
        "relation": "<=",
        "formula": f"{VALUE} + a*(1 - exp(-a))",
        "domain": ["0 < lambda < 1", "a in integers"],
    },
    "season": {
        **WHITE,
        "autocorrelation": "cos(2*pi*Delta/7)",
        "gamma": "1 - lambda",
        "relation": "<=",
        "formula": "1",
        "domain": ["0 <= lambda < 1"],
    },
}
FALSE = {
    "cascade-the-other-way": {**CASCADE, "formula": f"{CASCADED}/(abs(a - b)*(1 - lambda**2))"},
    "not-so-far-below": {**BELOW, "formula": "0.999999*(1 + lambda**2)/(1 - lambda**2)**2"},
    "other-names": {**NAMES, "formula": "R_0**2*w_bar**2/(1 - epsilon_**2)"},
    # too small a difference for any number of digits
    "1e-420": {**WHITE, "formula": "(1 + 1e-420*lambda)/(1 - lambda**2)"},
    "1e-420-alone": {**WHITE, "formula": "1/(1 - lambda**2) + 1e-420"},
    # no ratio where both sides are 0
    "both-vanish": {
        **NEAR_1,
        "gamma": "w",
        "formula": "w**2/(2*(1 - lambda))",
        "domain": ["0 < lambda < 1", "0 <= w < 1"],
    },
    "both-vanish-inside": {
        **NEAR_1,
        "gamma": "w*(2 - rho)",
        "autocorrelation": "rho**Delta",
        "formula": f"w**2*(2 - rho)**2*{TEXTBOOK}",
        "domain": ["0 < lambda < 1", "0 < rho < 1/2", "-1 < w < 1"],
    },
    "closed-end": {**AR1, "formula": TEXTBOOK, "domain": ["0 < lambda < 1", "0 <= rho <= 1"]},
    "vanishes-inside": {
        **NEAR_1,
        "autocorrelation": "(b - 1/5)**2 + KroneckerDelta(Delta, 0)",
        "formula": "(b - 1/5)**2/(1 - lambda)**2",
        "domain": ["0 < lambda < 1", "-1 < b < 1"],
    },
    "two-parameters": {
        **NEAR_1,
        "autocorrelation": "(a - b)**2 + KroneckerDelta(Delta, 0)",
        "formula": "(a - b)**2/(1 - lambda)**2",
        "domain": ["0 < lambda < 1", "0 < a < 1", "0 < b < 1"],
    },
    "root-of-a-product-by-another-sign": {
        **WHITE,
        "autocorrelation": "(a*b)**(Delta/2)",
        "formula": f"(1 - lambda*sqrt(a*b))/(1 + lambda*sqrt(a*b))*{VALUE}",
        "domain": NEGATIVE,
    },
    "root-of-what-is-negative-by-another-sign": {
        **WHITE,
        "autocorrelation": "sqrt(-a)**Delta",
        "formula": f"(1 - lambda*sqrt(-a))/(1 + lambda*sqrt(-a))*{VALUE}",
        "domain": NEGATIVE[:2],
    },
    "zero-at-a-whole-number": {
        **NEAR_1,
        "gamma": "2*n - 4 + 1 - lambda",
        "formula": "(2*n - 4)**2/(2*(1 - lambda))",
        "domain": ["0 < lambda < 1", "1 <= n <= 4 in integers"],
    },
    # in the middle of the square, where its halves meet, and elsewhere
    "zero-in-the-plane": {
        **NEAR_1,
        "gamma": "sqrt((a - 1/2)**2 + (b - 1/2)**2 + 1 - lambda)",
        "formula": "((a - 1/2)**2 + (b - 1/2)**2)/(2*(1 - lambda))",
        "domain": ["0 < lambda < 1", "0 < a < 1", "0 < b < 1"],
    },
    "zero-in-the-plane-by-no-half": {
        **NEAR_1,
        "gamma": "sqrt((a - 1/3)**2 + (b - 1/7)**2 + 1 - lambda)",
        "formula": "((a - 1/3)**2 + (b - 1/7)**2)/(2*(1 - lambda))",
        "domain": ["0 < lambda < 1", "0 < a < 1", "0 < b < 1"],
    },
    "zero-at-two-whole-numbers": {
        **NEAR_1,
        "gamma": "sqrt(n**2 + m**2 + 1 - lambda)",
        "formula": "(n**2 + m**2)/(2*(1 - lambda))",
        "domain": ["0 < lambda < 1", "n in integers", "m in integers"],
    },
    "zero-far-from-others": {
        **NEAR_1,
        "gamma": "sqrt((n - 70)**2 + (m - 90)**2 + 1 - lambda)",
        "formula": "((n - 70)**2 + (m - 90)**2)/(2*(1 - lambda))",
        "domain": ["0 < lambda < 1", "n >= 1 in integers", "m >= 1 in integers"],
    },
    "zero-of-no-polynomial": {
        **NEAR_1,
        "gamma": "sqrt(exp(b) - 1 - b + 1 - lambda)",
        "formula": "(exp(b) - 1 - b)/(2*(1 - lambda))",
        "domain": ["0 < lambda < 1", "b in integers"],
    },
    "whole-turn": {
        **NEAR_1,
        "autocorrelation": "cos(phi*Delta)",
        "formula": "1/(2 - 2*cos(phi) + (1 - lambda)**3)",
        "domain": ["0 < lambda < 1", "1 < phi < 7"],
    },
    "middle-of-a-range": {
        **WHITE,
        "quantity": "sensitivity",
        "eigenvalue": "nu*exp(I*theta)",
        "wrt": "theta",
        "relation": "~",
        "limit": "nu -> 1-",
        "formula": "sin(theta)**2/(4*(1 - nu)**3*(sin(theta)**2 + (1 - nu)**2))",
        "domain": ["0 < nu < 1", "-1 < theta < 1"],
    },
    "irrational-place": {
        **NEAR_1,
        "autocorrelation": "(b**2 - 1/2)**2 + KroneckerDelta(Delta, 0)",
        "formula": "(b**2 - 1/2)**2/(1 - lambda)**2",
        "domain": ["0 < lambda < 1", "0 < b < 1"],
    },
    "zero-at-an-irrational-end": {
        **NEAR_1,
        "autocorrelation": "((a - pi)**2 + 2)*KroneckerDelta(Delta, 0) - KroneckerDelta(Delta, 1)",
        "formula": "(a - pi)**2/(2*(1 - lambda))",
        "domain": ["0 < lambda < 1", "0 < a <= pi"],
    },
    "irrational-value": {
        **NEAR_1,
        "formula": f"abs(sin(phi))/(abs(sin(phi)) + (1 - lambda))*{VALUE}",
        "domain": ["0 < lambda < 1", "pi <= phi <= pi"],
    },
    "irrational-end": {
        **NEAR_1,
        "formula": f"abs(sin(phi))/(abs(sin(phi)) + (1 - lambda))*{VALUE}",
        "domain": ["0 < lambda < 1", "pi/2 < phi <= pi"],
    },
    "no-mean": {
        **NEAR_1,
        "autocorrelation": "m**2 + KroneckerDelta(Delta, 0)",
        "formula": "m**2/(1 - lambda)**2",
        "domain": ["0 < lambda < 1", "0 <= m < 2"],
    },
    "plateau": {**AR1, "formula": f"{TEXTBOOK}*(1 + rho/3000)"}
    | {"domain": ["0 < lambda < 1", "0 < rho < 1"]},
    "other-exponential": {
        **NEAR_1,
        "formula": "(1 + exp(-(c + 1/50)/(1 - lambda)))/(1 - lambda**2)",
        "domain": ["0 < lambda < 1", "-1/40 < c < 1"],
    },
    "imaginary-pole": {
        **WHITE,
        "eigenvalue": "sqrt(a)",
        "formula": "1/(1 - a)",
        "domain": ["-1/2 < a < 0"],
    },
    "conjugate-of-a-root": {
        **WHITE,
        "formula": "(1 + conjugate(sqrt(a)) - sqrt(a))/(1 - lambda**2)",
        "domain": ["0 < lambda < 1", "-2 < a < -1"],
    },
    "argument": {
        **WHITE,
        "formula": "1/(1 - lambda**2) + im(log(-lambda))",
    },
    "kink-next-to-the-end": {
        **WHITE,
        "formula": "1/(1 - lambda**2) + abs(lambda - 199/200) + lambda - 199/200",
    },
    "step": {**WHITE, "formula": "(2 + tanh(900000*(lambda - 199/200)))/(1 - lambda**2)"},
    "clamp": {
        **WHITE,
        "gamma": "sqrt((1 - lambda**2 + 1e-7 + abs(1 - lambda**2 - 1e-7))/2)",
        "formula": "1",
    },
    "spike": {
        **WHITE,
        "formula": "(1 + exp(-4000000*(lambda - 3/7)**2))/(1 - lambda**2)",
    },
    "spike-in-the-plane": {
        **PLANE,
        "formula": f"{VALUE}*(1 + exp(-10**12*((a - 0.123)**2 + (b - 0.456)**2)))",
    },
    "spike-across-a-valley": {
        **PLANE,
        "formula": f"{VALUE}*(1 + exp(-10**10*((a - b)**2 + (b - 1/3)**2)))",
    },
    "spike-in-the-disc": {
        **COMPLEX,
        "formula": f"{OF_MODULUS}*(1 + exp(-10**8*abs(lambda - 1/3 - 4/7*I)**2))",
    },
    "tiny": {**WHITE, "formula": "1/(1 - lambda**2) + 1e-90"},
    "nearly-1": {**WHITE, "formula": "tanh(300)/(1 - lambda**2)"},
    "on-the-cut": {
        **COMPLEX,
        "formula": f"(1 + conjugate(sqrt(lambda)) - sqrt(conjugate(lambda)))*{OF_MODULUS}",
    },
    "on-the-cut-of-a-logarithm": {
        **COMPLEX,
        "formula": f"(1 + im(log(lambda)) + im(log(conjugate(lambda))))*{OF_MODULUS}",
        "domain": ["1/10 < abs(lambda) < 1"],
    },
    "on-the-cut-at-an-end": {
        **WHITE,
        "formula": f"(1 + conjugate(sqrt(-1 + I*a)) - sqrt(-1 - I*a))*{VALUE}",
        "domain": ["0 < lambda < 1", "0 <= a <= 1"],
    },
    "on-the-cut-of-an-inverse-sine": {
        **COMPLEX,
        "formula": f"(1 + conjugate(asinh(3*lambda)) - asinh(3*conjugate(lambda)))*{OF_MODULUS}",
    },
    "kink-in-a-corner": {
        **PLANE,
        "formula": f"{VALUE} + max(0, a + b + lambda - 2999999/1000000)",
    },
    "kinks-in-a-corner": {
        **PLANE,
        "formula": f"{VALUE} + max(0, a - 999999/1000000)*max(0, b - 999999/1000000)",
    },
    "root-in-a-corner": {
        **PLANE,
        "formula": f"{VALUE} + re(sqrt(a*b - 999999/1000000))",
    },
    "kink-far-out": {
        **WHITE,
        "formula": f"{VALUE} + max(0, a*b - 10**9)",
        "domain": ["0 < lambda < 1", "a > 0", "b > 0"],
    },
    "kink-at-an-end": {**WHITE, "formula": f"{VALUE} + max(0, lambda - 9999999/10000000)"},
    "kink-at-an-irrational-place": {
        **WHITE,
        "formula": f"{VALUE} + max(0, 10**(-18) - (lambda - 1/sqrt(2))**2)",
    },
    "kink-next-to-an-irrational-end": {
        **WHITE,
        "formula": f"{VALUE} + max(0, a - pi + 1e-20)",
        "domain": ["0 < lambda < 1", "0 < a <= pi"],
    },
    "bound-at-an-irrational-end": {
        **WHITE,
        "relation": "<=",
        "formula": f"{VALUE} + (sqrt(2) - a) - 1e-25",
        "domain": ["0 < lambda < 1", "0 < a <= sqrt(2)"],
    },
    "kink-in-a-direction": {
        **COMPLEX,
        "formula": f"{OF_MODULUS} + max(0, re(lambda) + im(lambda) - 141421/100000)",
    },
    "kink-in-a-normaliser": {
        **PLANE,
        "gamma": "sqrt(1 - lambda**2) + max(0, a*b - 999999/1000000)",
        "formula": "1",
    },
    "kink-in-an-input": {
        **PLANE,
        "autocorrelation": "(1 + max(0, a*b - 99999/100000))*KroneckerDelta(Delta, 0)",
        "formula": VALUE,
    },
    "spike-at-a-whole-number": {
        **WHITE,
        "formula": f"{VALUE}*(1 + exp(-10**9*(n - 500)**2)/1000)",
        "domain": ["0 < lambda < 1", "1 <= n <= 1000 in integers"],
    },
    "one-whole-number": {
        **WHITE,
        "formula": f"{VALUE} + sin(pi*(n**60 - 1)/61)**2",
        "domain": ["0 < lambda < 1", "1 <= n <= 100 in integers"],
    },
    "kink-at-a-late-step": {**STEPS, "eigenvalue": "1", "formula": "T + max(0, T - 500)"},
    "other-single-irrational-value": {
        **WHITE,
        "formula": "2 + 1e-30",
        "domain": ["1/sqrt(2) <= lambda <= 1/sqrt(2)"],
    },
    "shortest": {
        **STEPS,
        "autocorrelation": "KroneckerDelta(Delta, 0) + KroneckerDelta(Delta, 3)/3",
        "eigenvalue": "1",
        "formula": "T + 2/3*(T - 3)",
    },
    "longest": {
        **STEPS,
        "eigenvalue": "exp(I*theta)",
        "relation": "<=",
        "formula": "11",
        "domain": ["0 < theta < 1", "2 <= T <= 12"],
    },
    "unordered": {
        **WHITE,
        "autocorrelation": "a**Delta",
        "relation": "<=",
        "formula": "(1 + b*lambda)/((1 - b*lambda)*(1 - lambda**2))",
        "domain": ["0 < lambda < 1", "0 < a < 1", "0 < b < 1"],
    },
    "not-whole": {
        **WHITE,
        "autocorrelation": "cos(2*pi*n*Delta)",
        "formula": "1/(1 - lambda)**2",
        "domain": ["0 < lambda < 1", "1 <= n <= 7"],
    },
    "unit-variance": {
        **ANY,
        "formula": "(1 + 2*sum(lambda**Delta*R(Delta)))/(1 - lambda**2)",
    },
    "squared-variance": {
        **ANY,
        "formula": "(R(0)**2 + 2*sum(lambda**Delta*R(Delta)))/(1 - lambda**2)",
    },
    "inputs-that-alternate": {**ANY, "relation": ">=", "formula": f"R(0)*{VALUE}"},
    "relation-between-lags": {
        **ANY,
        "formula": "(R(0) + 2*sum(lambda**Delta*R(Delta)))/(1 - lambda**2) + R(2)*(R(3) - R(2)/2)",
    },
    "inputs-that-hardly-change": {**ANY, "formula": f"{MOMENT} + max(0, R(1) - 19/20*R(0))"},
    "late-lags": {**ANY, "formula": f"{MOMENT} + abs(R(9)) - R(9)"},
    "relation-between-late-lags": {
        **ANY,
        "formula": f"{MOMENT} + abs(R(5)*(R(7)*R(9) - R(8)**2) - R(6)*(R(6)*R(9) - R(7)*R(8))"
        " + R(7)*(R(6)*R(8) - R(7)**2))",
    },
    "relation-between-lags-of-waves": {
        **ANY,
        "complex_input": True,
        "domain": ["abs(lambda) < 1"],
        "formula": "(R(0) + 2*re(sum(conjugate(lambda)**Delta*R(Delta))))/(1 - abs(lambda)**2)"
        " + R(0)*R(2) - R(1)**2",
    },
}


# true limits that no judge can read, so that the paths tried show too little
OPEN = {
    "kink-left-behind": {
        **NEAR_1,
        "formula": f"(1 + abs(a - lambda) - lambda + a)*{VALUE}",
        "domain": ["0 < lambda < 1", "0 < a < 1"],
    },
    "kink-that-closes": {
        **NEAR_1,
        "formula": f"(1 + max(0, a - lambda))*{VALUE}",
        "domain": ["0 < lambda < 1", "0 < a <= 1"],
    },
}


@pytest.mark.every(4)
@pytest.mark.parametrize("name", TRUE)
def test_true_ones_hold(name):
    result = verify_claim(make_claim({"id": name, **TRUE[name]}))
    assert result.verdict.holds, result.reason


@pytest.mark.parametrize("name", OPEN)
def test_limits_without_a_proof_are_open(name):
    result = verify_claim(make_claim({"id": name, **OPEN[name]}))
    assert result.verdict is Verdict.UNDECIDED
    assert result.reason == "it holds on the paths tried, and no judge can prove it"


@pytest.mark.every(4)
@pytest.mark.parametrize("name", FALSE)
def test_false_ones_are_refuted(name):
    result = verify_claim(make_claim({"id": name, **FALSE[name]}))
    assert result.verdict == Verdict.REFUTED, result.reason


@pytest.mark.parametrize(
    "method", [method for method in METHODS if method.is_judge], ids=lambda m: m.name
)
@pytest.mark.parametrize("term", ["(a - 1/2)*(b - 1/3)", "(exp(a) - 2)*(exp(b) - 3/2)"])
@pytest.mark.parametrize("relation", ["<=", ">="])
def test_a_product_of_factors_that_change_their_signs_is_looked_at(method, term, relation):
    fields = {"relation": relation, "domain": ["0 < lambda < 1", "0 < a < 1", "0 < b < 1"]}
    claim = make_claim({**WHITE, **fields, "id": "c", "formula": f"1/(1 - lambda**2) + {term}"})
    assert method.check(Model(claim), Settings()).finding is Finding.CONTRADICTS
    squared = claim.formula.source.replace(term, f"{term}*{term}")
    claim = make_claim({**WHITE, **fields, "id": "c", "formula": squared})
    finding = Finding.PROVES if relation == "<=" else Finding.CONTRADICTS
    assert method.check(Model(claim), Settings()).finding is finding
