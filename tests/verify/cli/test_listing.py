"""`list`, `show`, `new` and `schema`: what they print, and that they judge nothing."""

import json

import pytest
from typer.testing import CliRunner

from verify import Verdict, paper_claims, select
from verify.cli import listing
from verify.cli.commands import app
from verify.judging.engine import Result
from verify.running.verdicts import keep_verdicts


@pytest.fixture
def run():
    def run(*arguments):
        return CliRunner().invoke(app, list(map(str, arguments)), env={"COLUMNS": "80"})

    return run


def test_a_line_for_each_and_whole_in_a_pipe(run):
    lines = run("list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [claim.id for claim in paper_claims()]
    assert lines[0].endswith(paper_claims()[0].statement)


def test_a_terminal_has_no_longer_lines(run, monkeypatch):
    monkeypatch.setattr(listing.out, "_force_terminal", True)
    monkeypatch.setattr(listing.out, "_width", 80)
    lines = run("list", "A").stdout.splitlines()
    assert len(lines) == len(select(["A"]))
    assert all(line.rstrip().endswith("…") for line in lines[:3])


def test_filters(run, store):
    keep_verdicts(
        store,
        [Result(c, v, "", (), 0.0) for c in select(["D2"]) for v in [Verdict.REFUTED]]
        + [Result(c, Verdict.PROVED, "", (), 0.0) for c in select(["A5"])],
    )
    by_verdict = run("list", "--verdict", "refuted").stdout.splitlines()
    assert [line.split()[:2] for line in by_verdict] == [[c.id, "refuted"] for c in select(["D2"])]
    assert len(run("list", "A", "--verdict", "none").stdout.splitlines()) == len(select(["A"])) - 1
    found = run("list", "--text", "gru").stdout.splitlines()
    assert found
    assert all("gru" in line.casefold() for line in found)
    assert "A5-state-ar1" in run("list", "A5", "--text", "rho*lambda").stdout


def test_json(run, store):
    keep_verdicts(store, [Result(c, Verdict.PROVED, "", (), 0.0) for c in select(["A5"])])
    first, second = json.loads(run("list", "A5", "A6", "--json", "-").stdout)
    assert first["id"] == "A5-state-ar1"
    assert first["verdict"] == "proved"
    assert len(first["judged"]) == len("2026-01-01")
    assert "verdict" not in second
    assert {**first, "verdict": 0, "judged": 0} == {
        **select(["A5"])[0].entry(),
        "verdict": 0,
        "judged": 0,
    }


def test_a_run_leaves_its_verdicts(run, tmp_path):
    run("new", tmp_path / "c.toml")
    assert run("verify", tmp_path / "c.toml").exit_code == 0
    lines = run("list", tmp_path / "c.toml").stdout.splitlines()
    assert [line.split()[1] for line in lines] == ["proved", "proved"]


def test_show(run):
    shown = run("show", "A5", "--derive").stdout
    assert "claimed    second_moment == (1 + rho*lambda)/(" in shown
    assert "in print   (1 + ρλ)/((1 − ρλ)(1 − λ²))\n" in shown
    assert "derived    second_moment = " in shown
    assert ", Σ over Δ ≥ 1\n" in run("show", "A2-state").stdout


def test_new_overwrites_nothing(run, tmp_path):
    path = tmp_path / "c.toml"
    path.write_text("mine")
    assert run("new", path).exit_code == 2
    assert path.read_text() == "mine"


def test_schema_is_written(run, tmp_path):
    path = tmp_path / "schema.json"
    assert run("schema", "--output", path).exit_code == 0
    assert json.loads(path.read_text()) == json.loads(run("schema").stdout)
