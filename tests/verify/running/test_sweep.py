"""Sweeps: the grid, the table, and that neither workers nor interruptions change a number."""

from __future__ import annotations

import json
import multiprocessing
import threading
from dataclasses import replace

import pytest

from verify.claims.trial import Trial
from verify.judging.evidence import Evidence, Finding
from verify.reporting.adoption import import_results
from verify.reporting.results import to_json
from verify.running import provenance
from verify.running.store import Store
from verify.running.sweep import SweepError, grid, table
from verify.running.workers import run_trials
from verify.settings import TIERS, Settings

TINY = Settings(replace(TIERS["quick"], networks=3, steps=20, replicas=8))
STUDENTS = grid(
    "linear_system_learning",
    {
        "student": ["dense", "lru", "s4", "diagonal with gamma"],
        "memory": ["0.99"],
        "angle": ["1"],
        "scan": ["memory"],
        "optimizer": ["adam"],
    },
    TINY.tier,
)


def measured(trials, workers, store):
    return {t: e.data for t, e in run_trials(trials, TINY, workers, store)}


def test_one_and_four_workers_give_the_same_table():
    assert measured(STUDENTS, 1, Store(None)) == measured(STUDENTS, 4, Store(None))


def test_a_sweep_killed_goes_on_where_it_was(store):
    whole = measured(STUDENTS, 2, Store(None))
    begun = run_trials(STUDENTS, TINY, 1, Store(store))
    first, _ = next(begun)
    for process in multiprocessing.active_children():
        process.kill()
    begun.close()
    assert Store(store).known(first, TINY)
    left = []
    resumed = run_trials(
        STUDENTS, TINY, 2, Store(store), on_trial=lambda trial, remaining: left.append(remaining)
    )
    assert {trial: evidence.data for trial, evidence in resumed} == whole
    assert left == [2, 1, 0]


def test_a_worker_that_dies_takes_one_trial_with_it(store):
    endless = replace(TINY, tier=replace(TINY.tier, steps=10**9))
    begun = run_trials(STUDENTS[:1], endless, 1, Store(store), on_trial=lambda *_: None)

    def killed():
        while not (children := multiprocessing.active_children()):
            threading.Event().wait(0.05)
        for process in children:
            process.kill()

    killer = threading.Thread(target=killed)
    killer.start()
    [(trial, evidence)] = begun
    killer.join()
    assert evidence.finding is Finding.FAILED
    assert "SIGKILL" in evidence.detail
    assert not Store(store).known(trial, endless)


def test_a_trial_that_overruns_is_ended():
    short = replace(TINY, tier=replace(TINY.tier, steps=10**9, seconds_per_trial=0.5))
    [(_, evidence)] = run_trials(STUDENTS[:1], short, 1, Store(None))
    assert evidence.finding is Finding.ABSTAINS
    assert "0.5 s" in evidence.detail


def test_a_setting_left_out_takes_all_its_values():
    assert [dict(t.point)["angles"] for t in grid("hessian_against_angles", {})] == [
        *("pi", "pi/10", "pi/100")
    ]


@pytest.mark.parametrize(
    ("experiment", "choices", "words"),
    [
        ("learning", {}, "no experiment 'learning': one of .*linear_system_learning"),
        ("hessian_against_angles", {"angle": ["pi"]}, "no setting 'angle': one of angles"),
        ("hessian_against_angles", {"angles": ["3"]}, "angles = '3': one of pi, pi/10"),
    ],
)
def test_no_such_grid(experiment, choices, words):
    with pytest.raises(SweepError, match=words):
        grid(experiment, choices)


def test_table_shows_medians_and_leaves_out_what_is_not_measured():
    here, there = (Trial("gru_jacobian", (("delay", d), ("strength", "0"))) for d in ("1", "10"))
    nan = float("nan")
    data = {"diagonal_share": [0.5, 0.1, 0.3, nan], "diagonal_over_rest": [nan, nan]}
    found = {
        here: Evidence("trial", Finding.SUPPORTS, "", data=data),
        there: Evidence("trial", Finding.FAILED, "broke"),
    }
    head, rows = table(found)
    assert head == ["delay", "strength", "measure", "median", "quartiles"]
    assert rows == [["1", "0", "diagonal_share", "0.3", "0.1 to 0.5"]]


def test_trials_of_another_machine_are_taken_over_and_say_so(tmp_path, store):
    trials = grid("hessian_against_angles", {"angles": ["pi"]})
    found = dict(run_trials(trials, TINY, 1, Store(None)))
    report = json.loads(json.dumps(to_json([], TINY, found)))
    report["environment"]["device"] = "cuda"
    report["environment"]["platform"] = "elsewhere"
    path = tmp_path / "results.json"
    path.write_text(json.dumps(report))
    assert import_results(path, [], Store(store), replays=3, workers=1) == 1
    [trial] = trials
    known = Store(store).known(trial, TINY)["trial"]
    assert known.data["imported"]["device"] == "cuda"
    assert known.data["diagonal_mass"] == found[trial].data["diagonal_mass"]


def test_a_trial_depends_on_the_modules_that_it_runs(tmp_path, monkeypatch):
    files = {
        "a/__init__.py": "import c",
        "a/b.py": "from a.d import value\nfrom a import e\nif TYPE_CHECKING:\n    import c",
        "a/d.py": "import os\nimport other\ndef f():\n    import g.h",
        "other.py": "",  # installed beside the project
        "a/e.py": "from k import name",
        "c.py": "",
        "g/__init__.py": "import c",
        "g/h/__init__.py": "from g.h.i import *",
        "g/h/i.py": "import a.b",
        "k/__init__.py": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(provenance, "ROOT", tmp_path)
    monkeypatch.setattr(provenance, "STOREYS", "acgk")
    monkeypatch.setattr(provenance, "_homes", lambda name: [])
    found = provenance.dependencies.__wrapped__("a.b")
    needed = {"a/b.py", "a/d.py", "a/e.py", "g/h/__init__.py", "g/h/i.py", "k/__init__.py"}
    assert set(found) == needed


def test_a_public_name_stands_for_the_module_that_has_it():
    growth = set(provenance.dependencies("theory.growth"))  # not the package that `growth` is of
    assert {"theory/growth.py", "theory/kernel.py"} <= growth
    assert "theory/geometry.py" not in growth
    assert set(provenance.dependencies("theory.spectral_density")) == growth | {
        "theory/__init__.py"
    }
    assert growth | {"theory/geometry.py"} <= set(provenance.dependencies("theory"))


CODE = '''"""What it does."""

def value(x):
    return x + 1
'''
SAID = '''"""What it does, said otherwise."""
# why

def value(x):  # of x
    """The value, at ρ = 1."""

    return x + 1  # and one more

def _repr_latex_(self):
    """How it looks."""
    from c import shown
    return shown(self)
'''


def test_a_trial_stays_the_same_however_its_code_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(provenance, "ROOT", tmp_path)
    monkeypatch.setattr(provenance, "STOREYS", "ac")
    monkeypatch.setattr(provenance, "_homes", lambda name: [])
    (tmp_path / "c.py").write_text("")
    versions = []
    for code in (CODE, SAID, CODE.replace("1", "2"), CODE.replace("x + 1", "x + '#'")):
        (tmp_path / "a.py").write_text(code)
        for cached in (provenance._code, provenance.dependencies, provenance.version_of):
            cached.cache_clear()
        versions.append(provenance.version_of("a"))
    assert versions[0] == versions[1]
    assert len({*versions}) == 3
