"""Evidence kept between runs: nothing twice, nothing lost, nothing believed that is damaged."""

import json
import os
import sqlite3
import subprocess
import sys
from dataclasses import replace

import pytest

import verify.running.workers
from verify import Finding, Settings, Tier, make_claim, run
from verify.reporting.adoption import ForeignError, import_results
from verify.reporting.results import to_json
from verify.running.provenance import machine, question
from verify.running.store import Store
from verify.selftest.interruption import kill_and_resume

SMALL = Settings(Tier(points=2, chains=500, replicas=4, seconds=60))
TRUE = make_claim(
    {
        "id": "true",
        "autocorrelation": "rho**Delta",
        "quantity": "second_moment",
        "relation": "==",
        "formula": "(1 + rho*lambda)/((1 - rho*lambda)*(1 - lambda**2))",
        "domain": ["-1 < lambda < 1", "-1 < rho < 1"],
    }
)
FALSE = make_claim(
    {
        "id": "false",
        "autocorrelation": "KroneckerDelta(Delta, 0)",
        "quantity": "second_moment",
        "relation": "==",
        "formula": "1/(1 + lambda**2)",
        "domain": ["-1 < lambda < 1"],
    }
)
CLAIMS = [TRUE, FALSE]


def judged(store, claims=CLAIMS, settings=SMALL):
    return {r.claim.id: r for r in run(claims, settings, 2, store)}


def test_evidence_survives_the_round_trip(store):
    first = judged(Store(store))
    again = judged(Store(store))
    assert {k: (r.verdict, r.evidence) for k, r in first.items()} == {
        k: (r.verdict, r.evidence) for k, r in again.items()
    }
    assert first["false"].counterexample == again["false"].counterexample is not None


def test_only_what_is_missing_is_judged_again(store, monkeypatch):
    judged(Store(store))
    monkeypatch.setattr(verify.running.workers, "on_this_machine", forbidden)
    judged(Store(store))
    for changed in (
        replace(SMALL, seed=1),
        replace(SMALL, tier=replace(SMALL.tier, points=3)),
    ):
        with pytest.raises(Judged):
            judged(Store(store), settings=changed)
    with pytest.raises(Judged):
        judged(Store(store, fresh=True))


def test_one_method_missing_is_filled_in(store):
    first = judged(Store(store))
    with sqlite3.connect(store) as connection:
        gone = question(TRUE, "series", SMALL)
        connection.execute("delete from evidence where question = ?", (gone,))
        kept = connection.execute("select count(*) from evidence").fetchone()
    assert judged(Store(store))["true"].evidence == first["true"].evidence
    with sqlite3.connect(store) as connection:
        assert connection.execute("select count(*) from evidence").fetchone() == (kept[0] + 1,)


class Judged(Exception):
    pass


def forbidden(claims, *_):
    if claims:
        raise Judged
    return iter(())


def test_words_do_not_change_the_question_and_the_claim_does():
    asked = question(TRUE, "series", SMALL)
    assert question(replace(TRUE, source="§2", expect="refuted"), "series", SMALL) == asked
    assert question(TRUE, "sympy", SMALL) != asked
    assert question(replace(TRUE, formula=FALSE.formula), "series", SMALL) != asked
    assert question(replace(TRUE, id="other"), "series", SMALL) != asked


def test_damaged_evidence_is_reported_and_gathered_again(store):
    judged(Store(store))
    with sqlite3.connect(store) as connection:
        connection.execute("update evidence set evidence = replace(evidence, 'refutes', 'proves')")
    warnings = []
    found = judged(Store(store, warnings.append))
    assert [w for w in warnings if "lyapunov on false is damaged" in w]
    assert found["false"].verdict == "refuted"
    warnings.clear()
    judged(Store(store, warnings.append))
    assert not warnings  # healed


@pytest.mark.parametrize(
    "content", [b"not a database" * 1000, b"SQLite format 3\0" + b"\xff" * 5000]
)
def test_a_corrupt_store_is_reported_once_and_done_without(store, content):
    store.write_bytes(content)
    warnings = []
    found = judged(Store(store, warnings.append))
    assert len(warnings) == 1
    assert str(store) in warnings[0]
    assert [found[c.id].verdict for c in CLAIMS] == ["proved", "refuted"]


def test_a_full_disk_is_reported_and_nothing_else_is_lost(store):
    warnings = []
    full = Store(store, warnings.append)
    # SQLite's own word for it: no page beyond those the empty schema took
    full.connection.execute("pragma max_page_count = 2")
    found = judged(full)
    assert len(warnings) == 1
    assert "full" in warnings[0]
    assert [found[c.id].verdict for c in CLAIMS] == ["proved", "refuted"]


def test_two_runs_at_once_do_no_harm(store, tmp_path):
    (tmp_path / "c.toml").write_text(
        '[[claim]]\nid = "c"\nautocorrelation = "KroneckerDelta(Delta, 0)"\n'
        'quantity = "second_moment"\nrelation = "=="\nformula = "1/(1 - lambda**2)"\n'
        'domain = ["-1 < lambda < 1"]\n'
    )
    command = [sys.executable, "-c", "from verify.cli import main; main()", "verify"]
    runs = [
        subprocess.Popen(
            [*command, "c.toml", "--json", "-"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
        )
        for _ in range(2)
    ]
    outputs = [process.communicate(timeout=120) for process in runs]
    assert all(not err for _, err in outputs)
    evidence = [json.loads(out)["claims"][0]["evidence"] for out, _ in outputs]
    assert evidence[0] == evidence[1]


def test_failures_are_not_kept(store):
    kept = Store(store)
    judged(kept, [TRUE])
    piece = kept.known(TRUE, SMALL)["series"]
    other = replace(SMALL, seed=7)
    kept.keep(TRUE, other, replace(piece, finding=Finding.FAILED))
    assert not kept.known(TRUE, other)


def test_killed_runs_resume_with_the_same_verdicts():
    found = kill_and_resume(["A1", "B4-lru-limit"], kills=3, seed=3)
    assert found.kills == 3
    assert found.differences == ()


@pytest.fixture
def results(tmp_path):
    def write(change=lambda report: None):
        settings = Settings()
        report = json.loads(json.dumps(to_json(run([FALSE], settings, 1), settings)))
        change(report)
        path = tmp_path / "results.json"
        path.write_text(json.dumps(report))
        return path

    return write


def elsewhere(report):
    report["environment"]["packages"]["torch"] = "9.9"


def test_results_from_elsewhere_keep_their_provenance(results, store):
    kept = Store(store)
    assert import_results(results(elsewhere), CLAIMS, kept, replays=1, workers=1) == 1
    piece = kept.known(FALSE, Settings())["lyapunov"]
    assert piece.data["machine"]["packages"]["torch"] == "9.9"
    judged(kept, [FALSE], Settings())  # nothing to do: is_settled
    # what this machine finds itself is preferred
    kept.keep(FALSE, Settings(), replace(piece, data={}))
    assert "machine" not in kept.known(FALSE, Settings())["lyapunov"].data


def forged(report):
    report["claims"][0]["evidence"][0]["finding"] = "supports"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (forged, "lyapunov supports there, lyapunov refutes here"),
        (lambda r: r["environment"].update(code="0" * 64), "other code"),
        (lambda r: r["claims"][0].update(id="unknown"), "'unknown' is not known here"),
        (lambda r: r["claims"][0]["evidence"][0].update(question="0"), "reads otherwise"),
        (lambda r: r.update(schema=99), "schema 99"),
        (lambda r: r.pop("environment"), "not what"),
        (lambda r: r["environment"]["size"].update(huge=1), "not what"),
        (lambda r: r["claims"][0].update(evidence=3), "not what"),
    ],
)
def test_results_that_are_not_taken_over(results, store, change, words):
    kept = Store(store)
    with pytest.raises(ForeignError, match=words):
        import_results(results(change), CLAIMS, kept, replays=1, workers=1)
    assert not kept.known(FALSE, Settings())


def test_unreadable_results(tmp_path, store):
    with pytest.raises(ForeignError, match="No such file"):
        import_results(tmp_path / "none.json", CLAIMS, Store(store), 1, 1)
    (tmp_path / "x.json").write_bytes(os.urandom(64))
    with pytest.raises(ForeignError, match="not what"):
        import_results(tmp_path / "x.json", CLAIMS, Store(store), 1, 1)


def test_machine_names_device_and_versions():
    here = machine("cpu")
    assert here["device"] == "cpu"
    assert {"sympy", "python-flint", "torch"} <= set(here["packages"])
