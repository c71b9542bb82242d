"""The judge on trial: false claims are refuted with a counterexample, true ones proved."""

import time
from dataclasses import dataclass, field, replace
from fractions import Fraction

import flint
import mpmath
import pytest
from endless_claim import ENDLESS

from numerics.arithmetic.evaluation import NotEvaluated
from verify.claims.file import make_claim
from verify.claims.trial import Trial
from verify.judging import engine
from verify.judging.engine import Result, concluded, examine, is_settled, verify_claim
from verify.judging.evidence import Counterexample, Evidence, Finding, MeaningError, Verdict
from verify.judging.exact import judge as polynomials
from verify.judging.methods import methods
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
SETTINGS = Settings(Tier(points=4, replicas=64, seconds=60))


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


def test_a_method_that_overruns_takes_no_other_with_it():
    slow = Settings(Tier(points=4, replicas=64, seconds=2))
    claims = [claim("endless", ENDLESS), claim("limit", TRUE["limit"])]
    found = {r.claim.id: r for r in run(claims, slow, workers=2)}
    [late] = [e for e in found["endless"].evidence if e.method == "sympy"]
    assert (late.finding, late.detail) == (Finding.ABSTAINS, "no result within 2 s")
    assert len(found["endless"].evidence) == len(list(methods(found["endless"].claim)))
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


@dataclass(frozen=True)
class Fake:
    """A method that finds what it is told to."""

    name: str
    found: Evidence | Exception
    asked: list = field(default_factory=list)
    models: list = field(default_factory=list)
    is_judge: bool = False
    is_premise: bool = False
    is_kernel: bool = False

    def check(self, model, settings):
        self.asked.append(settings)
        self.models.append(model)
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


def fakes(monkeypatch, **found):
    methods = [
        Fake(name, Evidence(name, one, f"{name} saw it") if isinstance(one, Finding) else one)
        for name, one in found.items()
    ]
    monkeypatch.setattr(engine, "methods", lambda claim, certify=False: methods)
    return methods


STATE = claim("c", {**AR1, "quantity": "second_moment", "formula": "1/(1 - lambda**2)"})
RUN = make_claim(
    {
        "id": "r",
        "experiment": "hessian_against_angles",
        "settings": {"angles": "pi"},
        "quantity": "diagonal_mass",
        "relation": "<=",
        "formula": "1",
    }
)
EXAMPLE = Counterexample("x = 1", "1", "2", "0.5")


def piece(method, finding, counterexample=None, **more):
    said = f"{method} saw it"
    return Evidence(method, Finding(finding), said, counterexample=counterexample, **more)


@pytest.mark.parametrize(
    ("known", "settled"),
    [
        ({}, False),
        ({"a": "supports"}, False),
        ({"a": "supports", "b": "proves"}, False),
        ({"a": "supports", "b": "proves", "c": "abstains"}, True),
        ({"b": "proves", "c": "abstains"}, False),
        # who refutes ends the search
        ({"a": "refutes"}, True),
        ({"a": "supports", "b": "refutes"}, True),
        ({"b": "refutes"}, False),
        ({"a": "contradicts", "b": "contradicts"}, False),
        ({"a": "failed", "b": "failed", "c": "failed"}, True),
    ],
)
def test_a_claim_is_settled_by_all_methods_or_a_refutation(monkeypatch, known, settled):
    fakes(monkeypatch, a=Finding.PROVES, b=Finding.PROVES, c=Finding.PROVES)
    assert is_settled(STATE, {m: piece(m, finding) for m, finding in known.items()}) is settled


def test_methods_look_in_order_until_one_refutes(monkeypatch):
    a, b, c = fakes(monkeypatch, a=Finding.SUPPORTS, b=Finding.REFUTES, c=Finding.SUPPORTS)
    seen = []
    result = verify_claim(STATE, SETTINGS, on_evidence=seen.append)
    assert [e.method for e in seen] == ["a", "b"]
    assert result.evidence == tuple(seen)
    assert result.verdict == Verdict.REFUTED
    assert (a.asked, b.asked, c.asked) == ([SETTINGS], [SETTINGS], [])
    assert 0 < result.seconds < 60
    tried = replace(SETTINGS, every_method=True)
    assert [e.method for e in verify_claim(STATE, tried).evidence] == ["a", "b", "c"]
    assert not result.invalid


def test_what_is_known_is_not_gathered_again(monkeypatch):
    a, b = fakes(monkeypatch, a=Finding.SUPPORTS, b=Finding.SUPPORTS)
    seen = []
    known = {"a": piece("a", "refutes")}
    result = verify_claim(STATE, SETTINGS, known, seen.append)
    assert result.evidence == (known["a"],)
    known = {"a": piece("a", "supports", seconds=100.0)}
    result = verify_claim(STATE, SETTINGS, known, seen.append)
    assert result.evidence == (known["a"], b.found)
    assert 100 < result.seconds < 160  # what it took at first counts
    assert seen == [b.found]
    assert a.asked == []


def test_the_quick_tier_is_the_usual_one(monkeypatch):
    [a] = fakes(monkeypatch, a=Finding.SUPPORTS)
    verify_claim(STATE)
    assert a.asked == [Settings()]


def test_a_method_sees_what_the_trials_of_an_experiment_gave(monkeypatch):
    [a] = fakes(monkeypatch, a=Finding.SUPPORTS)
    given = {Trial("hessian_against_angles", (("angles", "pi"),)): piece("trial", "supports")}
    assert verify_claim(RUN, SETTINGS, trial_results=given).verdict == "supported"
    assert verify_claim(RUN, SETTINGS).verdict == "supported"
    assert [model.trial_results for model in a.models] == [given, {}]


def test_a_claim_without_meaning_is_not_judged(monkeypatch):
    a, b = fakes(monkeypatch, a=MeaningError("divides by zero"), b=Finding.SUPPORTS)
    result = verify_claim(STATE, SETTINGS)
    assert (result.verdict, result.invalid, result.evidence) == (Verdict.ERROR, True, ())
    assert "divides by zero" in result.reason
    assert 0 < result.seconds < 60
    assert (len(a.asked), b.asked) == (1, [])


def test_a_method_may_find_that_a_claim_has_no_meaning(monkeypatch):
    fakes(monkeypatch, a=Finding.SUPPORTS, b=MeaningError("nothing"))
    result = verify_claim(STATE, SETTINGS)
    assert (result.verdict, result.reason, result.invalid) == (Verdict.ERROR, "nothing", True)


@pytest.mark.parametrize(
    ("findings", "found", "invalid"),
    [
        ({"meaning": "failed", "series": "supports"}, "error", True),
        ({"meaning": "failed", "series": "refutes"}, "refuted", False),
        ({"meaning": "supports", "series": "failed"}, "error", False),
        ({"meaning": "supports", "series": "contradicts", "sympy": "proves"}, "error", False),
        ({"meaning": "supports", "series": "supports"}, "supported", False),
    ],
)
def test_a_claim_is_bad_input_where_its_meaning_fails(findings, found, invalid):
    evidence = [piece(method, finding, EXAMPLE) for method, finding in findings.items()]
    result = concluded(STATE, evidence, 1.0)
    assert (result.verdict, result.invalid, result.imported) == (found, invalid, False)


def test_a_result_says_that_it_rests_on_what_was_taken_over():
    elsewhere = replace(piece("series", "supports"), data={"imported": {}})
    assert concluded(STATE, [piece("spectral", "supports"), elsewhere], 1.0).imported


def test_where_parameters_are_related_no_worst_point_is_looked_for():
    domain = ["0 < lambda < 1", "0 < a < 1", "0 < b < 1"]
    claim = {"id": "c", **AR1, "quantity": "second_moment", "autocorrelation": WHITE}
    claim["formula"] = "1/(1 - lambda**2) + a*b"
    for relations, has_worst in ((["a < b"], False), (["a != 1/2"], False), ([], True)):
        result = verify_claim(make_claim({**claim, "domain": [*domain, *relations]}))
        assert result.verdict == Verdict.REFUTED
        assert (result.counterexample.largest is not None) is has_worst


@pytest.mark.parametrize(
    ("found", "finding", "detail"),
    [
        (NotEvaluated("no number"), Finding.ABSTAINS, "no number"),
        (NotImplementedError(), Finding.ABSTAINS, "no algorithm"),
        (ZeroDivisionError("by zero"), Finding.FAILED, "ZeroDivisionError: by zero"),
        (ValueError("x"), Finding.FAILED, "ValueError: x"),
    ],
)
def test_a_method_that_breaks_does_not_hide_the_others(monkeypatch, found, finding, detail):
    fakes(monkeypatch, a=found, b=Finding.SUPPORTS)
    result = verify_claim(STATE, SETTINGS)
    assert result.evidence == (Evidence("a", finding, detail), piece("b", "supports"))


def test_a_counterexample_is_explained():
    model = Model(STATE)
    found = examine(Fake("a", piece("a", "refutes", EXAMPLE)), model, SETTINGS).counterexample
    # S/(1 − λ²) for (1 + ρλ)/(1 − ρλ)/(1 − λ²): off by 2ρλ/(1 + ρλ)
    assert float(found.largest.partition(" ")[0]) > 1
    assert "lambda = " in found.largest
    assert "rho" in found.correction
    assert found.profile.name in ("lambda", "rho")
    assert (found.point, found.claimed, found.actual) == ("x = 1", "1", "2")


@pytest.mark.parametrize(
    ("changes", "largest", "correction"),
    [
        ({"relation": "<="}, True, False),
        ({"autocorrelation": "R(Delta)", "domain": REAL}, False, True),
        ({"relation": "~", "limit": "lambda -> 1-"}, False, False),
    ],
)
def test_what_explains_a_counterexample(changes, largest, correction):
    entry = {**AR1, "quantity": "second_moment", "formula": "1/(1 - lambda**2)", **changes}
    method = Fake("a", piece("a", "refutes", EXAMPLE))
    found = examine(method, Model(claim("c", entry)), SETTINGS).counterexample
    assert (found.largest is not None) == largest
    assert (found.profile is not None) == largest
    assert (found.correction is not None) == correction


def test_nothing_is_explained_unasked_or_of_a_run():
    method = Fake("a", piece("a", "refutes", EXAMPLE))
    unexplained = replace(SETTINGS, explains=False)
    assert examine(method, Model(STATE), unexplained).counterexample == EXAMPLE
    assert examine(method, Model(RUN), SETTINGS).counterexample == EXAMPLE
    assert examine(Fake("a", piece("a", "proves")), Model(STATE), SETTINGS).counterexample is None


def test_what_cannot_be_explained_is_found_all_the_same():
    # the correction is no closed form
    steps = {"horizon": "T", "domain": ["-1 < lambda < 1"], "wrt": ["lambda"]}
    fields = {"autocorrelation": "R(Delta)", "quantity": "sensitivity", "formula": "1"}
    after_steps = {**fields, **steps, "relation": "=="}
    method = Fake("a", piece("a", "refutes", EXAMPLE))
    found = examine(method, Model(claim("c", after_steps)), SETTINGS)
    assert (found.finding, found.counterexample) == (Finding.REFUTES, EXAMPLE)


@pytest.mark.parametrize(
    ("relation", "found"),
    [("==", "supported"), ("<=", "undecided"), (">=", "undecided")],
)
def test_points_alone_support_an_equation_only(relation, found):
    about = replace(STATE, relation=relation)
    assert concluded(about, [piece("series", "supports")], 1.5).verdict == found
    assert concluded(about, [piece("series", "supports")], 1.5).seconds == 1.5
    assert concluded(about, [piece("series", "refutes")], 1.5).reason == "series saw it"
    assert concluded(about, [piece("series", "contradicts")], 1.5).reason.startswith("only series")


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"relation": "<="}, "at the points"),
        ({"relation": "~", "limit": "lambda -> 1-"}, "on the paths"),
        ({"autocorrelation": "R(Delta)"}, "for the inputs"),
        ({"autocorrelation": "R(Delta)", "relation": ">="}, "for the inputs"),
    ],
)
def test_where_points_are_not_enough_it_is_said_what_was_tried(fields, where):
    ranges = {"domain": ["0 < lambda < 1"], "quantity": "second_moment", "formula": "1"}
    about = make_claim({"id": "c", "autocorrelation": WHITE, "relation": "==", **ranges, **fields})
    found = concluded(about, [piece("series", "supports")], 1.5)
    assert found.reason == f"it holds {where} tried, and no judge can prove it"


def test_on_an_experiment_the_reason_is_what_it_gave():
    for relation in ("<=", ">="):
        about = replace(RUN, relation=relation)
        result = concluded(about, [piece("experiment", "supports")], 0.0)
        assert (result.verdict, result.reason) == ("supported", "experiment saw it")
        assert result.evidence == (piece("experiment", "supports"),)
        assert not result.invalid


@pytest.mark.parametrize(
    ("verdict", "expect", "passes"),
    [
        *(("proved", None, True), ("supported", None, True), ("refuted", None, False)),
        *(("undecided", None, False), ("error", None, False), ("refuted", "refuted", True)),
        *(("proved", "refuted", False), ("undecided", "undecided", True)),
        *(("proved", "supported", False), ("proved", "proved", True)),
    ],
)
def test_a_run_passes_as_expected(verdict, expect, passes):
    result = Result(replace(STATE, expect=expect), Verdict(verdict), "", (), 0.0)
    assert not result.invalid
    assert result.as_expected is passes


def test_a_result_on_a_false_claim_has_the_first_counterexample():
    other = replace(EXAMPLE, point="x = 2")
    evidence = (
        piece("a", "supports"),
        piece("b", "refutes", EXAMPLE),
        piece("c", "refutes", other),
    )
    assert Result(STATE, Verdict.REFUTED, "", evidence, 0.0).counterexample == EXAMPLE
    assert Result(STATE, Verdict.ERROR, "", evidence, 0.0).counterexample is None
    assert Result(STATE, Verdict.REFUTED, "", evidence[:1], 0.0).counterexample is None


def test_a_result_as_json():
    evidence = (piece("b", "refutes", EXAMPLE),)
    result = Result(replace(STATE, source="§1"), Verdict.REFUTED, "why", evidence, 1.23456)
    assert result.to_json() == {
        **STATE.entry(),
        "verdict": "refuted",
        "reason": "why",
        "certified": False,
        "expect": None,
        "source": "§1",
        "statement": "",
        "evidence": [evidence[0].to_json()],
        "counterexample": {**vars(EXAMPLE)},
        "seconds": 1.235,
    }
    assert Result(STATE, Verdict.PROVED, "", (), 0.0).to_json()["counterexample"] is None
