"""Random claims: the same for a number, and a wrong verdict on one does not pass the oracle."""

import pytest

from verify.claims.file import make_claim
from verify.judging.engine import Result
from verify.judging.evidence import Counterexample, Evidence, Finding, Verdict
from verify.selftest import random_claims
from verify.selftest.random_claims import (
    Chunk,
    judge_random_claims,
    judged_again,
    markdown,
    random_claim,
    recorded,
)

WHITE = {
    "id": "random-7",
    "autocorrelation": "KroneckerDelta(Delta, 0)",
    "domain": ["0 < lambda < 1"],
    "quantity": "second_moment",
    "relation": "==",
}
TRUE = make_claim({**WHITE, "formula": "1/(1 - lambda**2)"})
FALSE = make_claim({**WHITE, "formula": "1/(1 - lambda**3)"})


def outcome(claim, verdict, point=None):
    evidence = ()
    if point:
        example = Counterexample(point, "0", "1", "1")
        evidence = (Evidence("a", Finding.REFUTES, "", None, example),)
    return random_claims._outcome(Result(claim, verdict, "because", evidence, 0.1))


def test_a_number_makes_the_same_claim_and_none_of_the_papers():
    claims = [random_claim(number) for number in range(40)]
    assert claims == [random_claim(number) for number in range(40)]
    assert len({str(claim.entry() | {"id": ""}) for claim in claims}) > 35
    papers = {str(make_claim({**entry, "id": "x"}).entry()) for entry in random_claims.FORMULAS}
    assert not papers & {str(claim.entry() | {"id": "x"}) for claim in claims}


@pytest.mark.parametrize(
    ("claim", "verdict", "oracle"),
    [
        (TRUE, Verdict.PROVED, "agrees"),
        (FALSE, Verdict.PROVED, "disagrees"),
        (FALSE, Verdict.SUPPORTED, "disagrees"),
        (FALSE, Verdict.REFUTED, "agrees"),
        (TRUE, Verdict.REFUTED, "disagrees"),
        (FALSE, Verdict.UNDECIDED, ""),
    ],
)
def test_a_wrong_verdict_is_noticed(claim, verdict, oracle):
    found = outcome(claim, verdict)
    assert (found.number, found.verdict, found.oracle) == (7, verdict, oracle)
    assert found.is_wrong == (oracle == "disagrees")
    text = markdown([random_claims._chunk(0, [found])], [found] * found.is_wrong)
    assert (str(claim.entry()) in text) == found.is_wrong


def test_a_method_that_broke_is_wrong():
    assert outcome(TRUE, Verdict.ERROR).is_wrong


def test_a_refutation_is_looked_at_where_it_was_found():
    bound = {**WHITE, "relation": "<=", "domain": ["0 < lambda < 1", "0 <= a <= 1"]}
    claim = make_claim({**bound, "formula": "1/(1 - lambda**2) + (a - 1/7)**2 - 10**(-12)"})
    assert outcome(claim, Verdict.REFUTED).oracle == "disagrees"
    assert outcome(claim, Verdict.REFUTED, "lambda = 1/2, a = 1/7").oracle == "agrees"


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        # a bound on every input that holds for some, and for no more than R(0) = 1
        (
            {"autocorrelation": "R(Delta)", "relation": "<=", "formula": "1/(1 - lambda)**2"},
            "refuted",
        ),
        # a sum of Δ λ^Δ, slow near |λ| = 1
        (
            {
                "autocorrelation": "2",
                "formula": "2/(1 - lambda)**2 + 0*sum(Delta*lambda**Delta)",
            },
            "proved",
        ),
    ],
)
def test_the_oracle_and_the_verdict_agree(changes, verdict):
    [found] = random_claims._judged([make_claim({**WHITE, **changes})], 1)
    assert (found.verdict, found.oracle) == (verdict, "agrees")


def test_a_chunk_on_record_is_not_judged_again(tmp_path, monkeypatch):
    record, seen = tmp_path / "record.jsonl", []
    monkeypatch.setattr(random_claims, "CHUNK", 2)
    judge_random_claims(1, 1, record, seen.append)
    [first] = recorded(record)
    assert (first.first, first.claims, sum(first.verdicts.values()), sum(seen)) == (0, 2, 2, 2)
    with record.open("a") as file:
        file.write('{"first": 2, "cut sh\n[1]\n{}\n')
    monkeypatch.setattr(random_claims, "_judged", lambda claims, workers: iter(claims and 1 / 0))
    judge_random_claims(1, 1, record, seen.append)
    assert recorded(record) == [first]
    assert sum(seen) == 4
    with pytest.raises(ZeroDivisionError):
        judge_random_claims(2, 1, record)


def test_what_other_code_judged_is_counted_apart():
    by_other = Chunk(0, "0123", 2, {"proved": 2}, {"agrees": 2}, 7200.0)
    wrong = random_claims._chunk(2, [outcome(TRUE, Verdict.REFUTED)])
    text = markdown([by_other, wrong], judged_again([by_other, wrong], 1))
    assert "- 7: refuted, because; now proved, the oracle agrees:" in text
    assert "| 0123 | 2 | 2 proved | 2 agrees | 2.0 |" in text
    assert "| as it is | 1 | 1 refuted | 1 disagrees | 0.0 |" in text
    assert "Wrong when judged: 1; by the code as it is: 0." in text
