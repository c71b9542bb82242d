"""Random claims: the same for a number, and a wrong verdict on one does not pass the oracle."""

import json

import pytest

from verify.claims.file import make_claim
from verify.judging.engine import Result
from verify.judging.evidence import Counterexample, Evidence, Finding, Verdict
from verify.selftest import random_claims
from verify.selftest.random_claims import judge_random_claims, markdown, random_claim

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
    assert (str(claim.entry()) in markdown([found])) == found.is_wrong


def test_a_method_that_broke_is_wrong():
    assert outcome(TRUE, Verdict.ERROR).is_wrong


def test_a_refutation_is_looked_at_where_it_was_found():
    bound = {**WHITE, "relation": "<=", "domain": ["0 < lambda < 1", "0 <= a <= 1"]}
    claim = make_claim({**bound, "formula": "1/(1 - lambda**2) + (a - 1/7)**2 - 10**(-12)"})
    assert outcome(claim, Verdict.REFUTED).oracle == "disagrees"
    assert outcome(claim, Verdict.REFUTED, "lambda = 1/2, a = 1/7").oracle == "agrees"


def test_what_is_known_is_not_judged_again(tmp_path, monkeypatch):
    kept = tmp_path / "kept.jsonl"
    seen = []
    first = judge_random_claims(range(2), 1, kept, seen.append)
    assert {o.number for o in first} == {0, 1}
    assert sum(seen) == 2
    with kept.open("a") as file:
        file.write('{"code": "cut sh\n[1]\n{}\n{"code": "x", "number": 3}\n')
    monkeypatch.setattr(random_claims, "_judged", lambda claims, workers: iter(claims and 1 / 0))
    monkeypatch.setattr(random_claims, "CHUNK", 1)
    assert judge_random_claims([0, 1, 1, 0], 1, kept, seen.append) == first
    assert sum(seen) == 6
    lines = kept.read_text().splitlines()
    kept.write_text(json.dumps({**json.loads(lines[0]), "code": "older"}) + "\n")
    with pytest.raises(ZeroDivisionError):
        judge_random_claims([json.loads(lines[0])["number"]], 1, kept)
