"""The verifier on trial: changes are refuted, if they make a claim false."""

from collections import Counter
from dataclasses import replace

import pytest

from verify import Settings, Verdict, make_claim, paper_claims, select
from verify.claims.expressions import parse
from verify.claims.trial import trials
from verify.judging.engine import Result, verify_claim
from verify.judging.evidence import Evidence, Finding
from verify.selftest.mutants import mutants
from verify.selftest.mutations import OPERATORS
from verify.selftest.oracle import Truth, truth
from verify.selftest.rewriting import rewritings, spread, written
from verify.selftest.scores import FAILS, MutantScore, judged, score_mutants

TRUE = [c for c in paper_claims() if c.expect != "refuted"]
# the first of them that has a mutant of a kind is judged
CLAIMS = select(["A5-state-ar1", "A4-state-complex", "A7-state-ar1", "B2-bound", "B3-tanh"])


TRYING = Settings(every_method=True, explains=False)


@pytest.fixture(scope="module")
def score():
    sample = []
    for operator in OPERATORS:
        found = next(filter(None, (mutants(c, 1, [operator]) for c in CLAIMS)))
        sample.extend(found)
    trials = judged((m.claim for m in sample), TRYING, workers=2)
    return MutantScore(tuple(zip(sample, trials, strict=True)))


def test_every_operator_is_tried(score):
    assert {m.operator for m, _ in score.trials} == set(OPERATORS)
    assert len(score.of(Truth.FALSE)) >= 18


def test_false_mutants_are_refuted(score):
    assert score.survivors == []


def test_true_mutants_are_not(score):
    assert score.of(Truth.TRUE)
    assert score.false_refutations == []


def test_meaningless_mutants_are_said_to_be(score):
    meaningless = {m.operator for m, _ in score.of(Truth.MEANINGLESS)}
    assert "no autocorrelation" in meaningless
    assert [m.claim.id for m, _ in score.unnoticed] == []


def test_markdown_has_every_operator_and_method(score):
    text = score.markdown()
    for name in (*OPERATORS, "lyapunov", "series", "polynomials", "simulation", "limit"):
        assert f"| {name} |" in text


@pytest.mark.parametrize("claim", [c for c in TRUE if not c.experiment][::5], ids=lambda c: c.id)
def test_the_oracle_knows_that_claims_are_true(claim):
    assert truth(claim) is Truth.TRUE


@pytest.mark.parametrize("id_", ["D2-cross-sensitivity", "D4-white", "H3-scaled-exp"])
def test_the_oracle_knows_that_claims_are_false(id_):
    [claim] = select([id_])
    assert truth(claim) is Truth.FALSE


def test_the_oracle_knows_what_means_nothing():
    [claim] = select(["A5-state-ar1"])
    for changed in ("rho**Delta - 2*KroneckerDelta(Delta, 0)", "2**Delta*rho"):
        assert truth(replace(claim, autocorrelation=parse(changed))) is Truth.MEANINGLESS


@pytest.mark.parametrize("id_", ["D3-imaginary-real", "D3-imaginary-imaginary"])
def test_on_the_circle_there_is_no_stationary_state(id_):
    """Rounding takes |exp(iθ)| below 1."""
    [claim] = select([id_])
    domain = ["abs(lambda1) < 1", "abs(lambda2) <= 1", "abs(w1) < 2", "abs(w2) < 2"]
    assert truth(make_claim({**claim.entry(), "domain": domain})) is Truth.MEANINGLESS


def test_the_oracle_sees_a_sharp_bound():
    entry = {
        "id": "bound",
        "quantity": "second_moment",
        "relation": "<=",
        "autocorrelation": "rho**Delta",
        "gamma": "sqrt(1 - lambda**2)",
        "domain": ["0 <= lambda < 1", "0 <= rho < 1"],
    }
    bound = "(1 + rho)/(1 - rho)"
    assert truth(make_claim({**entry, "formula": bound})) is Truth.TRUE
    assert truth(make_claim({**entry, "formula": f"{bound}*(1 - 1e-9)"})) is Truth.FALSE


def test_mutants_are_the_same_each_time():
    [claim] = select(["A5-state-ar1"])
    first, again = mutants(claim, 2), mutants(claim, 2)
    assert first == again
    assert len({m.claim.id for m in first}) == len(first)


def test_trials_do_not_depend_on_the_workers():
    claims = select(["A5-state-ar1", "A7-state-white"])
    one, two = (
        [replace(t, seconds=0.0) for t in judged(claims, TRYING, workers)] for workers in (1, 2)
    )
    assert one == two


def test_an_overrun_takes_one_claim_with_it():
    claims = select(["A5-state-ar1", "A7-state-white"])
    hurried = Settings(replace(Settings().tier, seconds=0.01))
    trials = judged(claims, hurried, workers=1)
    assert {t.verdict for t in trials} == {Verdict.UNDECIDED}
    assert "0.01 s" in trials[0].reason


def test_experiments_are_only_turned_round():
    [claim] = select(["D6-narrower"])
    [[mutant, trial]] = score_mutants([claim], Settings(), workers=1, per_operator=2).trials
    assert mutant.claim.relation == "<="
    assert trial.verdict is Verdict.REFUTED


def test_an_experiments_equation_is_moved_beyond_both_factors():
    [claim] = select(["E1-lru-0.99"])
    [mutant] = mutants(claim)
    assert (mutant.claim.relation, str(mutant.claim.formula)) == ("==", "1000*(2.5e-5)")
    assert mutant.truth is Truth.FALSE
    for measured in (2.5e-6, 2.5e-4):  # what supports the claim, at its worst
        data = {"published_loss": [measured], "fresh_loss": [measured]}
        piece = Evidence("trial", Finding.SUPPORTS, data=data)
        trial_results = dict.fromkeys(trials(claim, Settings().tier), piece)
        assert verify_claim(claim, trial_results=trial_results).verdict is Verdict.SUPPORTED
        found = verify_claim(mutant.claim, trial_results=trial_results)
        assert found.verdict in FAILS  # by the expected loss, it is not reproduced


def test_every_change_is_in_the_grammar():
    expression = parse("(1 + rho*lambda)/((1 - 1e-6)*(1 - lambda**2))")
    assert parse(written(expression.node)).names == {"rho", "lambda"}
    for rewrite in (lambda node: [node], lambda node: []):
        assert list(rewritings(expression, rewrite)) == []


def test_spread_takes_what_there_is():
    assert list(spread(range(3), 5)) == [0, 1, 2]
    assert list(spread(range(10), 2)) == [0, 5]


def test_survivors_are_told_from_kills():
    [claim] = select(["A7-state-white"])
    mutant = next(m for m in mutants(claim, 1) if m.truth is Truth.FALSE)
    trials = [
        Result(mutant.claim, verdict, "why", (), 0.0)
        for verdict in (Verdict.REFUTED, Verdict.PROVED, Verdict.UNDECIDED)
    ]
    score = MutantScore([(mutant, trial) for trial in trials])
    assert Counter(t.verdict for _, t in score.survivors) == {
        Verdict.PROVED: 1,
        Verdict.UNDECIDED: 1,
    }
    assert "1 refuted (33.3%)" in score.markdown()
