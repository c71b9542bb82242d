"""Trials run again: agreement, what is otherwise, what did not end, and files that are none."""

import json
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from verify.claims.file import make_claim
from verify.claims.trial import Trial
from verify.cli.commands import app
from verify.judging.engine import verify_claim
from verify.judging.evidence import Evidence, Finding
from verify.judging.methods import TRIAL
from verify.judging.routes.experiment import try_out
from verify.reporting.replay import Replay, one_of_each, replay
from verify.reporting.results import ReportError, from_json, to_json
from verify.settings import Settings, Tier

SETTINGS = Settings(Tier(points=2, replicas=16, seconds=60), seed=3)
WIDE = Trial("hessian_against_angles", (("angles", "pi"),))
NARROW = Trial("hessian_against_angles", (("angles", "pi/10"),))
BELOW_1 = make_claim(
    {
        "id": "below-1",
        "experiment": "hessian_against_angles",
        "settings": {"angles": "pi"},
        "quantity": "diagonal_mass",
        "relation": "<=",
        "formula": "1.0001",
    }
)
LESS = make_claim(
    {
        "id": "less-where-narrow",
        "experiment": "hessian_against_angles",
        "settings": {"angles": ["pi/10", "pi"]},
        "quantity": "diagonal_mass",
        "relation": "<=",
        "formula": "100",
    }
)


@pytest.fixture(scope="module")
def measured():
    return {trial: try_out(trial, SETTINGS) for trial in (WIDE, NARROW)}


def values_of(claims, measured):
    results = [verify_claim(claim, SETTINGS, trial_results=measured) for claim in claims]
    return json.loads(json.dumps(to_json(results, SETTINGS, measured)))


def report_of(claims, measured):
    return from_json(values_of(claims, measured))


def test_a_trial_is_drawn_of_those_that_claims_rest_on(measured):
    assert one_of_each(report_of([BELOW_1], measured)) == [WIDE]
    assert one_of_each(report_of([BELOW_1], measured), ["hessian_against_angles"]) == [WIDE]
    assert one_of_each(report_of([BELOW_1], measured), ["gru_jacobian"]) == []
    drawn = {one_of_each(report_of([LESS], measured))[0] for _ in range(60)}
    assert drawn == {WIDE, NARROW}  # but for a chance of 2^-59
    without = {WIDE: measured[WIDE]}
    values = values_of([LESS], measured)
    values["trials"] = [t for t in values["trials"] if t["point"]["angles"] == "pi"]
    assert one_of_each(from_json(values)) == []
    assert one_of_each(report_of([BELOW_1], without)) == [WIDE]


def test_the_same_seed_measures_the_same(measured):
    report = report_of([BELOW_1, LESS], measured)
    [found] = replay(report, [WIDE], 1)
    assert found.agrees
    assert found.difference == 0
    assert found.claims == ("below-1", "less-where-narrow")
    assert found.evidence.data == measured[WIDE].data
    assert "every median equal; the same is found of below-1, less-where-narrow" in found.text()


def test_numbers_changed_in_the_file_are_noticed(measured):
    doubled = {"diagonal_mass": [2 * v for v in measured[WIDE].data["diagonal_mass"]]}
    report = report_of([BELOW_1], {WIDE: replace(measured[WIDE], data=doubled)})
    [found] = replay(report, [WIDE], 1)
    assert found.difference == pytest.approx(0.5)
    assert found.differing == ("below-1",)
    assert not found.agrees
    assert "medians within 0.5; otherwise is found of below-1" in found.text()


@pytest.mark.parametrize(
    ("there", "here", "difference"),
    [(np.inf, np.inf, 0), (np.nan, np.nan, 0), (np.inf, 1, np.inf), (1, np.nan, np.inf)],
)
def test_the_difference_of_what_is_not_finite(there, here, difference, measured, monkeypatch):
    def again(wanted, *_, **__):
        yield WIDE, replace(measured[WIDE], data={"diagonal_mass": [here] * 16, "new": [1.0]})

    monkeypatch.setattr("verify.reporting.replay.run_trials", again)
    values = replace(measured[WIDE], data={"diagonal_mass": [there] * 16})
    [found] = replay(report_of([BELOW_1], {WIDE: values}), [WIDE], 1)
    assert found.difference == difference


def test_a_trial_that_breaks_does_not_agree():
    broken = Replay(WIDE, Evidence(TRIAL, Finding.FAILED, "no memory"), 0.0, ("below-1",), ())
    assert not broken.agrees
    assert broken.text().endswith("it did not end: no memory")


@pytest.mark.parametrize("data", [{}, {"other": [1.0]}, {"diagonal_mass": []}])
def test_numbers_that_are_none_of_a_trial_are_refused(measured, data):
    values = values_of([BELOW_1], measured)
    values["trials"][0]["data"] = data
    with pytest.raises(ReportError, match="not what"):
        next(replay(from_json(values), [WIDE], 1))


def test_the_command_says_what_agrees(measured, tmp_path):
    path = tmp_path / "results.json"
    path.write_text(json.dumps(values_of([BELOW_1], measured)), encoding="utf-8")
    ran = CliRunner().invoke(app, ["replay", str(path), "--workers", "1"])
    assert ran.exit_code == 0, ran.output
    assert "hessian_against_angles angles=pi\n  every median equal" in ran.output
    values = values_of([BELOW_1], measured)
    values["trials"][0]["data"]["diagonal_mass"] = [2.0] * 16
    path.write_text(json.dumps(values), encoding="utf-8")
    ran = CliRunner().invoke(app, ["replay", str(path), "--workers", "1"])
    assert ran.exit_code == 1
    assert "otherwise is found of below-1" in ran.output


def test_the_command_names_what_it_cannot_do(measured, tmp_path):
    path = tmp_path / "results.json"
    path.write_text(json.dumps(values_of([BELOW_1], measured)), encoding="utf-8")
    for arguments, message in [
        ([str(path), "hessian"], "no experiment 'hessian'"),
        ([str(path), "gru_jacobian"], "no claim in it rests on trials"),
        ([str(tmp_path / "none.json")], "No such file"),
    ]:
        ran = CliRunner().invoke(app, ["replay", *arguments])
        assert ran.exit_code == 2
        assert message in " ".join(ran.output.split())
