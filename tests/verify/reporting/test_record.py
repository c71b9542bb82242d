"""The record of experiments: what of it is taken, how it is marked, and that it is tried."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

import verify.reporting.record
from verify import Settings, Verdict, run, select
from verify.claims.trial import trials
from verify.cli.commands import app
from verify.judging.evidence import Evidence, Finding
from verify.judging.methods import TRIAL
from verify.reporting.record import REPLAYS, SECONDS, drawn, record
from verify.running.store import Store

[CLAIM] = select(["C4-polar"])
QUICK = Settings().tier
[TRIAL_OF_IT] = trials(CLAIM, QUICK)
OF_C4 = select(["C4"])


@pytest.fixture(scope="module")
def recorded():
    return record(Settings())


def measured(value):
    data = {"largest_final_loss": [value], "smallest_final_loss": [value]}
    return Evidence(TRIAL, Finding.SUPPORTS, data=data)


def test_what_is_the_same_here_is_taken_and_marked(recorded):
    assert TRIAL_OF_IT in recorded
    assert all(piece.recorded and not piece.imported for piece in recorded.values())
    assert all(piece.finding is Finding.SUPPORTS for piece in recorded.values())


@pytest.mark.parametrize("other", [Settings(seed=1), Settings(replace(Settings().tier, steps=7))])
def test_nothing_is_on_record_of_other_settings(other):
    assert record(other) == {}


def test_a_trial_of_other_code_is_not_on_record(monkeypatch, tmp_path):
    path = next(p for p in verify.reporting.record._PLACES if p.exists())
    report = json.loads(Path(path).read_text(encoding="utf-8"))
    for entry in report["trials"]:
        if entry["experiment"] == TRIAL_OF_IT.experiment:
            entry["question"] = "0" * 64
    changed = tmp_path / "trials.json"
    changed.write_text(json.dumps(report), encoding="utf-8")
    monkeypatch.setattr(verify.reporting.record, "_PLACES", (changed,))
    found = record(Settings())
    assert found
    assert TRIAL_OF_IT not in found


def test_few_and_short_trials_are_drawn(recorded):
    found = drawn(OF_C4, recorded, QUICK)
    assert len(found) == REPLAYS
    assert set(found) <= {trial for claim in OF_C4 for trial in trials(claim, QUICK)}
    assert all(recorded[trial].seconds <= SECONDS for trial in found)
    assert drawn(select(["A5"]), recorded, QUICK) == []
    assert len({tuple(drawn(OF_C4, recorded, QUICK)) for _ in range(20)}) > 1


def test_what_the_store_has_itself_goes_first(store):
    kept = Store(store)
    kept.recorded = {TRIAL_OF_IT: measured(1.0)}
    assert kept.known(TRIAL_OF_IT, Settings())[TRIAL].data["largest_final_loss"] == [1.0]
    assert Store(store).known(TRIAL_OF_IT, Settings()) == {}  # and is not written
    kept.keep(TRIAL_OF_IT, Settings(), measured(2.0))
    assert kept.known(TRIAL_OF_IT, Settings())[TRIAL].data["largest_final_loss"] == [2.0]


def test_no_trial_is_run_where_none_may_be(recorded, monkeypatch):
    monkeypatch.setattr(verify.running.workers, "run_trials", lambda *_: pytest.fail("run"))
    [result] = run([CLAIM], Settings(), 1, Store(None), runs_trials=False)
    assert result.verdict is Verdict.UNDECIDED
    assert "--experiments runs them" in result.reason
    kept = Store(None)
    kept.recorded = recorded
    [result] = run([CLAIM], Settings(), 1, kept, runs_trials=False)
    assert (result.verdict, result.marks) == (Verdict.SUPPORTED, ["recorded"])


def verified(*arguments):
    return CliRunner().invoke(app, ["verify", *arguments], env={"COLUMNS": "80"})


def test_the_command_takes_the_record_and_tries_it(tmp_path):
    done = verified("C4-polar", "--json", str(tmp_path / "r.json"))
    assert done.exit_code == 0, done.output
    assert "supported (recorded)" in done.stdout
    assert "run again here:" in done.stdout
    assert "the same is found of C4-polar" in done.stdout
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["trials"][0]["data"]["recorded"]["device"] == "cpu"
    shown = CliRunner().invoke(app, ["report", str(tmp_path / "r.json"), "--to", "markdown"])
    assert "supported (recorded)" in shown.stdout


def test_a_record_that_does_not_hold_here_is_said(monkeypatch, recorded):
    wrong = {t: replace(e, data={**e.data, **measured(1e9).data}) for t, e in recorded.items()}
    monkeypatch.setattr(verify.reporting.record, "record", lambda settings: wrong)
    done = verified("C4-polar")
    assert "otherwise is found of C4-polar" in done.stdout
    assert done.exit_code in (1, 3)


def test_experiments_are_run_where_that_is_wanted():
    done = verified("C4-polar", "--experiments")
    assert done.exit_code == 0, done.output
    assert "recorded" not in done.stdout
    assert "run again" not in done.stdout
