"""The judge on trial: false claims are refuted with a counterexample, true ones proved."""

import time
from fractions import Fraction

import flint
import mpmath
import pytest

from verify.claims.file import make_claim
from verify.judging.engine import verify_claim
from verify.judging.evidence import Finding, Verdict
from verify.judging.exact import judge as polynomials
from verify.judging.model import Model
from verify.judging.routes import series
from verify.judging.symbolic import judge as algebra
from verify.running.workers import run
from verify.settings import Settings, Tier

WHITE = "KroneckerDelta(Delta, 0)"
REAL = ["-1 < lambda < 1"]
AR1 = {
    "quantity": "sensitivity",
    "relation": "==",
    "autocorrelation": "rho**Delta",
    "domain": ["-1 < lambda < 1", "-1 < rho < 1"],
}
A6 = (
    "((1 + lambda**2)*(1 - lambda**2*rho**2) + 2*(1 - lambda**2)*lambda*rho)"
    "/((1 - lambda**2)**3*(1 - lambda*rho)**2)"
)
LIMIT = {
    "quantity": "sensitivity",
    "relation": "~",
    "autocorrelation": WHITE,
    "limit": "lambda -> 1-",
    "domain": ["0 < lambda < 1"],
}
LRU = {
    "quantity": "sensitivity",
    "autocorrelation": WHITE,
    "eigenvalue": "exp(-exp(omega))",
    "gamma": "sqrt(1 - lambda**2)",
    "domain": ["omega < 1"],
}

FALSE = {
    "wrong-exponent": {**AR1, "formula": A6.replace("**3", "**2")},
    "wrong-sign": {**AR1, "formula": A6.replace("+ 2*", "- 2*")},
    "tiny-factor": {**AR1, "formula": f"{A6}*(1 + 1e-9)"},
    "vanishes-at-both-edges": {**AR1, "formula": f"{A6} + 1e-9*rho*(1 - rho)"},
    "rho-squared": {**AR1, "formula": A6.replace("2*(1 - lambda**2)*lambda*rho", "0")},
    "state-for-sensitivity": {
        **AR1,
        "formula": "(1 + rho*lambda)/((1 - rho*lambda)*(1-lambda**2))",
    },
    "dropped-conjugate": {
        "quantity": "second_moment",
        "relation": "==",
        "autocorrelation": WHITE,
        "formula": "1/(1 - lambda**2)",
        "domain": ["abs(lambda) < 1"],
    },
    "any-input-dropped-term": {
        "quantity": "sensitivity",
        "relation": "==",
        "autocorrelation": "R(Delta)",
        "formula": "(1 + lambda**2)/(1 - lambda**2)**3*(R(0) + 2*sum(lambda**Delta*R(Delta)))",
        "domain": REAL,
    },
    "strict-bound": {**AR1, "relation": "<=", "formula": f"{A6}*(1 - 1e-12)"},
    "bound-the-wrong-way": {**AR1, "relation": ">=", "formula": f"2*{A6}"},
    "wrong-constant": {**LIMIT, "formula": "1/(2*(1 - lambda)**3)"},
    "wrong-order": {**LIMIT, "formula": "1/(4*(1 - lambda)**2)"},
    "lru-limit": {**LRU, "relation": "~", "formula": "1", "limit": "omega -> -oo"},
    "lru-bound": {**LRU, "relation": "<=", "formula": "1/3"},
    "gamma-off": {
        "quantity": "second_moment",
        "relation": "==",
        "autocorrelation": WHITE,
        "gamma": "sqrt(1 - lambda**2 + 1e-6)",
        "formula": "1",
        "domain": REAL,
    },
}
TRUE = {
    "by-euler": {
        "quantity": "sensitivity",
        "relation": "~",
        "autocorrelation": WHITE,
        "eigenvalue": "cos(theta) + I*sin(theta)",
        "horizon": "T",
        "limit": "T -> oo",
        "formula": "T**3/3",
        "domain": ["0 <= theta < 2*pi"],
    },
    "nothing-enters": {**AR1, "gamma": "0", "relation": "<=", "formula": "lambda**2"},
    "a6": {**AR1, "formula": A6},
    "a6-parts": {
        **AR1,
        "formula": "(1 + lambda**2)*(1 + rho*lambda)/((1 - rho*lambda)*(1 - lambda**2)**3)"
        " + 2*rho*lambda/((1 - lambda**2)**2*(1 - rho*lambda)**2)",
    },
    "damped-cosine": {
        "quantity": "second_moment",
        "relation": "==",
        "autocorrelation": "rho**Delta*cos(phi*Delta)",
        "formula": "(1 - rho**2*lambda**2)"
        "/((1 - lambda**2)*(1 - 2*rho*lambda*cos(phi) + rho**2*lambda**2))",
        "domain": ["-1 < lambda < 1", "0 < rho < 1", "0 < phi < 3"],
    },
    "limit": {**LIMIT, "formula": "1/(4*(1 - lambda)**3)"},
    "loss": {
        "quantity": "teacher_student_loss",
        "relation": "==",
        "autocorrelation": WHITE,
        "formula": "1/2*(1/(1 - abs(lambda)**2) + 1/(1 - abs(lambda_star)**2)"
        " - 2*re(1/(1 - lambda*conjugate(lambda_star))))",
        "domain": ["abs(lambda) < 1", "abs(lambda_star) < 1"],
    },
}
SETTINGS = Settings(Tier(points=4, chains=4000, replicas=64, seconds=60))


def claim(name, entry):
    return make_claim({"id": name, **entry})


@pytest.fixture(scope="module")
def results():
    claims = [claim(name, entry) for name, entry in {**FALSE, **TRUE}.items()]
    start = time.perf_counter()
    found = {r.claim.id: r for r in run(claims, SETTINGS, workers=2)}
    assert time.perf_counter() - start < 60
    return found


@pytest.mark.parametrize("name", FALSE)
def test_false_is_refuted(results, name):
    result = results[name]
    assert result.verdict == Verdict.REFUTED, (result.reason, result.evidence)
    assert result.counterexample is not None
    assert result.counterexample.point
    if FALSE[name]["relation"] == "==":
        assert result.counterexample.correction


@pytest.mark.parametrize("name", TRUE)
def test_true_is_proved(results, name):
    result = results[name]
    assert result.verdict == Verdict.PROVED, (result.reason, result.evidence)


def test_discrepancy_is_measured(results):
    example = results["tiny-factor"].counterexample
    assert float(example.discrepancy) == pytest.approx(1e-9, rel=1e-6)
    ratio = mpmath.mpf(example.claimed) / mpmath.mpf(example.actual)
    with mpmath.workdps(30):
        assert abs(ratio - 1 - mpmath.mpf("1e-9")) < mpmath.mpf("1e-15")


def test_workers_do_not_change_the_evidence():
    claims = [claim(name, TRUE[name]) for name in ("a6", "limit")]
    one = {r.claim.id: r.evidence for r in run(claims, SETTINGS, workers=1)}
    two = {r.claim.id: r.evidence for r in run(claims, SETTINGS, workers=2)}
    assert one == two


def test_a_worker_that_overruns_takes_one_claim_with_it():
    slow = Settings(Tier(points=4, chains=10**9, replicas=64, seconds=2))
    found = {
        r.claim.id: r
        for r in run([claim("a6", TRUE["a6"]), claim("limit", TRUE["limit"])], slow, workers=2)
    }
    assert found["a6"].verdict == Verdict.UNDECIDED
    assert "2 s" in found["a6"].reason
    assert found["limit"].verdict == Verdict.PROVED


def test_expectation():
    entry = {**FALSE["wrong-exponent"], "expect": "refuted"}
    assert verify_claim(claim("x", entry), SETTINGS).as_expected
    entry = {**TRUE["limit"], "expect": "refuted"}
    assert not verify_claim(claim("x", entry), SETTINGS).as_expected


@pytest.mark.parametrize("judge", [algebra.check, polynomials.check])
@pytest.mark.parametrize("name", FALSE)
def test_no_judge_proves_a_false_claim(judge, name):
    assert judge(Model(claim(name, FALSE[name])), Settings()).finding is not Finding.PROVES


def test_series_ball_holds_the_truth():
    model = Model(claim("a6", TRUE["a6"]))
    lam, rho = model.symbols["lambda"], model.symbols["rho"]
    values = {
        lam: flint.acb(flint.arb(flint.fmpq(9, 10))),
        rho: flint.acb(flint.arb(flint.fmpq(-1, 2))),
    }
    a, r = Fraction(9, 10), Fraction(-1, 2)
    exact = ((1 + a**2) * (1 - a**2 * r**2) + 2 * (1 - a**2) * a * r) / (
        (1 - a**2) ** 3 * (1 - a * r) ** 2
    )
    with flint.ctx.workdps(60):
        values = {
            s: flint.acb(flint.arb(flint.fmpq(q.numerator, q.denominator)))
            for s, q in ((lam, a), (rho, r))
        }
        ball = series.series_value(model, values)
        truth = flint.arb(flint.fmpq(exact.numerator, exact.denominator))
        assert ball.real.overlaps(truth)
        assert ball.rel_accuracy_bits() > 120
