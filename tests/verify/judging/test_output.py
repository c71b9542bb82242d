"""Claims about units in a row: what is true is proved, what is false refuted.

The truth is that of the whole chain as one linear system: its Lyapunov equation, solved by SymPy.
"""

import re
from functools import cache

import pytest
import sympy as sp
from flint import acb

from verify import Settings, verify_claim
from verify.claims.claim import ClaimError
from verify.claims.file import make_claim
from verify.judging.evidence import Verdict
from verify.judging.model import Model
from verify.judging.routes.pointwise import _misread
from verify.judging.text import Text
from verify.judging.value import value

a, b, rho, lam = sp.symbols("a b rho lambda", real=True)
WHITE = "KroneckerDelta(Delta, 0)"


@cache
def chain(*poles):
    """The covariance of units in a row, and their transition, the first one's input being white."""
    n = len(poles)
    step = sp.Matrix(n, n, lambda i, j: poles[j] if j <= i else 0)
    unknown = sp.Matrix(n, n, lambda i, j: sp.Symbol(f"P{min(i, j)}{max(i, j)}"))
    equations = unknown - step * unknown * step.T - sp.ones(n, n)
    symbols = sorted(unknown.free_symbols, key=str)
    [solution] = sp.linsolve(list(equations), symbols)
    return unknown.subs(dict(zip(symbols, solution, strict=True))), step


def moment(*poles, lag=0):
    """E[h_{t+k} h_t] of the last unit."""
    covariance, step = chain(*poles)
    return sp.factor((step**lag * covariance)[len(poles) - 1, len(poles) - 1])


def sensitivity(*poles):
    """E|∂h/∂λ|² of the last unit, whose derivative is that of a chain with its pole once more.

    s_t = λ s_{t−1} + h_{t−1} is what h makes, a step late.
    """
    return moment(*poles, poles[-1])


UNIT = ["-1 < lambda < 1"]
ONE = {"autocorrelation": f"output({WHITE}, a)", "domain": [*UNIT, "-1 < a < 1"]}
HALF = {"autocorrelation": f"output({WHITE}, -1/2)", "domain": UNIT}
TWO = {"autocorrelation": f"output(output({WHITE}, 1/3), -1/4)", "domain": UNIT}
TWICE = {"autocorrelation": f"output(output({WHITE}, a), a)", "domain": [*UNIT, "-1 < a < 1"]}
THREE = {
    "autocorrelation": f"output(output(output({WHITE}, 1/3), a), 1/2)",
    "domain": [*UNIT, "-1 < a < 1/3"],
}
AR1 = {"autocorrelation": "output(rho**Delta, 1/2)", "domain": [*UNIT, "-1 < rho < 1/2"]}
TURNING = {
    "autocorrelation": f"output({WHITE}, r*exp(I*phi))",
    "domain": ["abs(lambda) < 1", "0 <= r < 1", "-pi < phi <= pi"],
}
SEEN = "conjugate(lambda)*r*exp(I*phi)"
OF_ONE = f"({moment(a, lam)})"
GAMMA = {"gamma": f"1/sqrt({OF_ONE})"}
TURNED = f"(1 + 2*re({SEEN}/(1 - {SEEN})))/((1 - r**2)*(1 - abs(lambda)**2))"
OF_AR1 = f"(1 - rho**2)*({moment(rho, sp.S.Half, lam)})"
LAG = {"quantity": "covariance"}
SENSITIVITY = {"quantity": "sensitivity"}
TO_ONE = {"relation": "~", "limit": "lambda -> 1-"}

TRUE = [
    (ONE, OF_ONE, {}),
    (ONE, "(1 + a*lambda)/((1 - a*lambda)*(1 - a**2)*(1 - lambda**2))", {}),
    (ONE, str(moment(a, lam, lag=3)), LAG | {"lag": 3}),
    (ONE, str(sensitivity(a, lam)), SENSITIVITY),
    (ONE, "1", GAMMA),
    (ONE, "1/2", {"relation": ">="}),
    (ONE, "1/(2*(1 - a)**2*(1 - lambda))", TO_ONE),
    (HALF, str(moment(-sp.S.Half, lam)), {}),
    (TWO, str(moment(sp.Rational(1, 3), -sp.Rational(1, 4), lam)), {}),
    (TWICE, str(moment(a, a, lam)), {}),
    (THREE, str(moment(sp.Rational(1, 3), a, sp.S.Half, lam)), {}),
    (AR1, OF_AR1, {}),
    (TURNING, TURNED, {}),
]
FALSE = [
    (ONE, f"{OF_ONE}*(1 - a**2)", {}),
    (ONE, f"{OF_ONE} + 1e-12*a", {}),
    (ONE, "(1 - a*lambda)/((1 + a*lambda)*(1 - a**2)*(1 - lambda**2))", {}),
    (ONE, str(moment(a, lam, lag=2)), LAG | {"lag": 3}),
    (ONE, str(moment(a, lam, lag=3)).replace("lambda", "a"), LAG | {"lag": 3}),
    (ONE, str(moment(a, lam)), SENSITIVITY),
    (ONE, str(moment(a, lam, a)), SENSITIVITY),
    (ONE, "1", {"gamma": "sqrt((1 - lambda**2)*(1 - a**2))"}),
    (ONE, "1.01", {"relation": ">="}),
    (ONE, "4", {"relation": "<="}),
    (ONE, "1/(2*(1 - a**2)*(1 - lambda))", TO_ONE),
    (ONE, "1/((1 - a)**2*(1 - lambda))", TO_ONE),
    (HALF, str(moment(sp.S.Half, lam)), {}),
    (TWO, str(moment(sp.Rational(1, 3), lam)), {}),
    (TWO, str(moment(sp.Rational(1, 3), sp.Rational(1, 4), lam)), {}),
    (TWICE, str(moment(a, lam)), {}),
    (TWICE, str(moment(a, a, a, lam)), {}),
    (THREE, str(moment(a, sp.S.Half, lam)), {}),
    (AR1, str(moment(rho, sp.S.Half, lam)), {}),
    (AR1, OF_AR1.replace("1 - rho**2", "1 - rho"), {}),
    (TURNING, TURNED.replace("conjugate(lambda)", "lambda"), {}),
]


def claim(unit, formula, more):
    entry = {"id": "row", "quantity": "second_moment", "relation": "==", "formula": formula}
    return make_claim({**entry, **unit, **more})


@pytest.mark.parametrize("case", range(len(TRUE)))
def test_what_is_true_is_proved(case):
    result = verify_claim(claim(*TRUE[case]), Settings())
    assert result.verdict is Verdict.PROVED, result.reason


@pytest.mark.parametrize("case", range(len(FALSE)))
def test_what_is_false_is_refuted(case):
    result = verify_claim(claim(*FALSE[case]), Settings())
    assert result.verdict is Verdict.REFUTED, result.reason


@pytest.mark.parametrize(
    ("autocorrelation", "reason"),
    [
        ("output(rho**Delta, a)", "a and rho in output.* must differ; they are equal at"),
        ("output(rho**Delta, 2*a)", r"\|2 \* a\| must be below 1, or output.* no stationary state"),
        (f"output({WHITE} + KroneckerDelta(Delta, 1)/3, a)", "a and 0 in output.* must differ"),
        ("output(2*(1/2)**Delta - 3, a/3)", "R\\(0\\) must be positive"),
        ("output(rho**Delta, Delta)", "a pole is the same at every lag"),
        ("output(log(Delta), a)", "an autocorrelation is a sum of"),
    ],
)
def test_no_output_where_there_is_none(autocorrelation, reason):
    domain = [*UNIT, "-1 < a < 1", "0 <= rho < 1"]
    result = verify_claim(claim({"autocorrelation": autocorrelation, "domain": domain}, "1", {}))
    assert result.verdict is Verdict.ERROR
    assert re.search(reason, result.reason), result.reason


@pytest.mark.parametrize("field", ["formula", "gamma", "eigenvalue"])
def test_an_output_stands_in_an_autocorrelation_alone(field):
    entry = {"eigenvalue": "tanh(w)", "domain": ["0 < w < 1"], field: "output(1, 1/2)"}
    with pytest.raises(ClaimError, match=f"'{field}'.* stands in an autocorrelation alone"):
        claim({"autocorrelation": WHITE, **entry}, entry.pop("formula", "1"), entry)


def test_an_output_is_held_against_its_input(monkeypatch):
    """The input follows from what algebra has for the output: a wrong output is noticed."""
    model = Model(claim(THREE, "1", {}))
    point = model.domain.inside
    assert _misread(model, point) == ""
    lags = Text.driving
    monkeypatch.setattr(Text, "driving", lambda text, k: lags(text, k) + acb("1e-30"))
    assert _misread(model, point) == "autocorrelation"


def test_its_value_is_that_of_the_chain():
    asked = "output(output(1/2**Delta, 1/3), 1/3)"
    found = value("second_moment", asked, {"lambda": "9/10"}, digits=15)
    third, half = sp.Rational(1, 3), sp.S.Half
    expected = (1 - half**2) * moment(half, third, third, sp.Rational(9, 10))
    assert abs(float(found.real) - float(expected)) <= 1e-14 * float(expected)
