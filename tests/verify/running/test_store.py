"""Evidence kept between runs: nothing twice, nothing lost, nothing believed that is damaged."""

import json
import sqlite3
import subprocess
import sys
from dataclasses import replace

import pytest

import verify.running.workers
from verify import Finding, Settings, Tier, make_claim, run, select
from verify.claims.trial import Trial, trials
from verify.judging.evidence import Evidence
from verify.running import provenance
from verify.running.provenance import machine, question
from verify.running.store import Store, _canonical, _digest
from verify.selftest.interruption import kill_and_resume, untimed
from verify.settings import default_store

SMALL = Settings(Tier(points=2, replicas=4, seconds=60))
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


def test_evidence_of_other_code_is_forgotten(store, monkeypatch):
    """What experiments measured only if that is asked for: it may have taken hours."""
    kept, trial = Store(store), Trial("hessian_against_angles", (("angles", "pi"),))
    piece = Evidence("trial", Finding.SUPPORTS, data={"loss": [1.0]})
    with monkeypatch.context() as earlier:
        earlier.setattr(provenance, "code_of", lambda subject: "of before")
        earlier.setattr("verify.running.store.code_of", lambda subject: "of before")
        judged(kept)
        kept.keep(trial, SMALL, piece)
    of_before = kept.count(of_other_code=True)
    assert of_before == kept.count()
    assert of_before[1] == 1
    judged(kept)
    kept.keep(trial, SMALL, piece)
    assert kept.count(of_other_code=True) == of_before
    today = kept.count()[0] - of_before[0]
    assert kept.forget(trials_too=False) == (of_before[0], 0)
    assert kept.count() == (today, 2)
    assert kept.forget(trials_too=True) == (0, 1)
    assert kept.count() == (today, 1)
    assert kept.known(trial, SMALL)["trial"] == piece
    monkeypatch.setattr(verify.running.workers, "on_this_machine", forbidden)
    judged(kept)


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
    first, second = (json.loads(out, object_hook=untimed)["claims"] for out, _ in outputs)
    assert first == second


def test_failures_are_not_kept(store):
    kept = Store(store)
    judged(kept, [TRUE])
    piece = kept.known(TRUE, SMALL)["series"]
    other = replace(SMALL, seed=7)
    kept.keep(TRUE, other, replace(piece, finding=Finding.FAILED))
    assert not kept.known(TRUE, other)


@pytest.mark.slow
def test_killed_runs_resume_with_the_same_verdicts():
    found = kill_and_resume(["A1", "B4-lru-limit"], kills=1, seed=3)
    assert found.kills == 1
    assert found.differences == ()


def test_machine_names_device_and_versions():
    here = machine("cpu")
    assert here["device"] == "cpu"
    assert {"sympy", "python-flint", "torch"} <= set(here["packages"])


PIECE = Evidence("series", Finding.SUPPORTS, "close – λ", 1e-9, data={"digits": 40})
TRIAL = Trial("hessian_against_angles", (("angles", "pi"),))


def rows(store):
    with sqlite3.connect(store) as connection:
        return connection.execute("select * from evidence order by machine").fetchall()


def test_a_piece_is_found_again_by_all_that_it_depends_on(store):
    kept = Store(store)
    kept.keep(TRUE, SMALL, PIECE)
    assert kept.known(TRUE, SMALL) == Store(store).known(TRUE, SMALL) == {"series": PIECE}
    assert "close – λ" in rows(store)[0][3]
    assert kept.known(FALSE, SMALL) == {}
    assert kept.known(TRUE, replace(SMALL, seed=1)) == {}
    assert Store(store, fresh=True).known(TRUE, SMALL) == {}
    assert Store(None).known(TRUE, SMALL) == {}


def test_a_claims_trials_are_measured_once_all_have_been_run(store):
    [claim] = select(["D6-narrow"])
    kept, piece = Store(store), Evidence("trial", Finding.SUPPORTS, data={"diagonal_mass": [0.5]})
    first, last = trials(claim, SMALL.tier)
    kept.keep(first, SMALL, piece)
    assert kept.measured(claim, SMALL) is None
    kept.keep(last, SMALL, piece)
    assert kept.measured(claim, SMALL) == {first: piece, last: piece}


def test_a_piece_is_kept_once_and_the_last_one_counts(store):
    kept = Store(store)
    for detail in ("first", "last"):
        kept.keep(TRUE, SMALL, replace(PIECE, detail=detail))
    assert kept.known(TRUE, SMALL)["series"].detail == "last"
    assert len(rows(store)) == 1


@pytest.mark.parametrize(
    ("subject", "method", "finding", "is_kept"),
    [
        *((TRUE, "series", finding, finding != "failed") for finding in Finding),
        *((TRIAL, "trial", finding, finding == "supports") for finding in Finding),
    ],
)
def test_a_piece_is_kept_if_it_would_be_found_again(store, subject, method, finding, is_kept):
    kept = Store(store)
    kept.keep(subject, SMALL, Evidence(method, finding))
    assert (method in kept.known(subject, SMALL)) == is_kept


def test_what_was_not_said_for_lack_of_a_program_is_asked_again(store):
    kept = Store(store)
    for data in ({"lacks": "Coq"}, {}):
        kept.keep(TRUE, SMALL, Evidence("coq", Finding.ABSTAINS, data=data))
        assert ("coq" in kept.known(TRUE, SMALL)) == (not data)


ELSEWHERE = {**machine("cpu"), "device": "cuda"}


def test_a_piece_from_elsewhere_says_so(store):
    kept = Store(store)
    kept.keep(TRUE, SMALL, PIECE, ELSEWHERE)
    said = replace(PIECE, data={"digits": 40, "imported": {**ELSEWHERE, "imported": True}})
    assert kept.known(TRUE, SMALL) == {"series": said}
    # this machine's own goes before it, whichever came last
    kept.keep(TRUE, SMALL, PIECE)
    assert kept.known(TRUE, SMALL) == {"series": PIECE}
    kept.keep(TRUE, SMALL, PIECE, ELSEWHERE)
    assert kept.known(TRUE, SMALL) == {"series": PIECE}
    assert sorted(row[2] for row in rows(store)) == [0, 1]


def test_a_piece_that_is_taken_over_says_so_even_of_this_machine(store):
    kept = Store(store)
    kept.keep(TRUE, SMALL, PIECE, machine("cpu"))
    assert kept.known(TRUE, SMALL)["series"].imported
    assert [row[2] for row in rows(store)] == [1]
    # in whatever order its fields are
    kept.keep(TRUE, SMALL, PIECE, dict(reversed(machine("cpu").items())))
    assert len(rows(store)) == 1
    # and takes the place of nothing that was found here
    kept.keep(TRUE, SMALL, replace(PIECE, detail="here"))
    kept.keep(TRUE, SMALL, PIECE, machine("cpu"))
    assert kept.known(TRUE, SMALL) == {"series": replace(PIECE, detail="here")}


def written(store, method, evidence):
    """A row about a method with a right digest, whatever is in it."""
    row = (question(TRUE, method, SMALL), _canonical(machine("cpu")), 0, evidence)
    with sqlite3.connect(store) as connection:
        connection.execute("insert into evidence values (?, ?, ?, ?, ?)", (*row, _digest(*row)))


@pytest.mark.parametrize(
    "evidence",
    [
        "",
        "3",
        "{}",
        "[" * 100_000,
        json.dumps({**PIECE.to_json(), "finding": "sees"}),
        json.dumps({**PIECE.to_json(), "detail": 3}),
        json.dumps({**PIECE.to_json(), "noticeable": "small"}),
        json.dumps({**PIECE.to_json(), "data": 3}),
        json.dumps({**PIECE.to_json(), "stray": 3}),
        json.dumps({**PIECE.to_json(), "counterexample": {"point": "a"}}),
        json.dumps({**PIECE.to_json(), "method": "sympy"}),
    ],
)
def test_a_row_that_is_no_evidence_costs_itself(store, evidence):
    warnings = []
    kept = Store(store, warnings.append)
    kept.keep(TRUE, SMALL, replace(PIECE, method="autograd"))
    written(store, "series", evidence)
    assert list(kept.known(TRUE, SMALL)) == ["autograd"]
    assert warnings == [f"{store}: the evidence of series on true is damaged"]
    kept.keep(TRUE, SMALL, PIECE)  # in its place
    assert set(kept.known(TRUE, SMALL)) == {"autograd", "series"}


def test_a_row_that_is_no_text_costs_itself(store):
    warnings = []
    kept = Store(store, warnings.append)
    for method in ("autograd", "series"):
        kept.keep(TRUE, SMALL, replace(PIECE, method=method))
    with sqlite3.connect(store) as connection:
        connection.execute(
            "update evidence set evidence = cast(x'ff80' as text) where question = ?",
            (question(TRUE, "series", SMALL),),
        )
    assert list(kept.known(TRUE, SMALL)) == ["autograd"]
    assert warnings == [f"{store}: the evidence of series on true is damaged"]


def test_a_piece_of_another_machine_is_not_known_unless_it_was_taken_over(store, monkeypatch):
    Store(store).keep(TRUE, SMALL, PIECE)
    monkeypatch.setattr("verify.running.store.machine", lambda device: ELSEWHERE)
    assert Store(store).known(TRUE, SMALL) == {}


def test_a_piece_taken_over_twice_is_that_of_the_first_machine_by_name(store):
    kept = Store(store)
    for name in ("b", "a", "c"):
        kept.keep(TRUE, SMALL, replace(PIECE, detail=name), {"device": name})
    assert kept.known(TRUE, SMALL)["series"].detail == "a"


DAMAGES = {
    "question": "update evidence set question = :other",
    "machine": "update evidence set imported = 1, machine = machine || ' '",
    "imported": "update evidence set imported = 1",
    "evidence": "update evidence set evidence = replace(evidence, 'supports', 'proves')",
    "digest": "update evidence set digest = digest || ' '",
}


@pytest.mark.parametrize("column", DAMAGES)
def test_a_piece_that_is_damaged_in_any_field_is_reported(store, column):
    warnings = []
    kept = Store(store, warnings.append)
    kept.keep(TRUE, SMALL, PIECE)
    kept.keep(TRUE, SMALL, replace(PIECE, method="autograd"))
    asked, other = (question(TRUE, method, SMALL) for method in ("series", "sympy"))
    with sqlite3.connect(store) as connection:
        connection.execute(
            f"{DAMAGES[column]} where question = :asked", {"asked": asked, "other": other}
        )
    found = kept.known(TRUE, SMALL)
    method = "sympy" if column == "question" else "series"
    assert warnings == [f"{store}: the evidence of {method} on true is damaged"]
    assert list(found) == ["autograd"]


def test_a_piece_that_cannot_be_kept_is_reported_once(tmp_path):
    warnings = []
    (tmp_path / "file").touch()
    kept = Store(tmp_path / "file" / "x.sqlite", warnings.append)
    kept.keep(TRUE, SMALL, PIECE)
    assert kept.known(TRUE, SMALL) == {}
    [warning] = warnings
    assert warning.startswith(f"{tmp_path}/file/x.sqlite: ")
    assert warning.endswith("; going on without stored evidence")


def test_a_store_that_breaks_while_pieces_are_kept_is_reported_once(store):
    warnings = []
    kept = Store(store, warnings.append)
    kept.connection.close()
    for _ in range(3):
        kept.keep(TRUE, SMALL, PIECE)
        assert kept.known(TRUE, SMALL) == {}
    assert len(warnings) == 1


def test_a_piece_is_kept_in_a_folder_that_is_made_for_it(tmp_path):
    path = tmp_path / "a" / "b" / "evidence.sqlite"
    Store(path).keep(TRUE, SMALL, PIECE)
    assert Store(path).known(TRUE, SMALL) == {"series": PIECE}
    assert default_store().name == path.name


def test_where_pieces_are_kept(monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    assert str(default_store()) == "/cache/curseproof/evidence.sqlite"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/x")
    assert str(default_store()) == "/home/x/.cache/curseproof/evidence.sqlite"


def test_a_piece_is_written_beside_others(store):
    """Another run may read meanwhile, and is waited for; a piece is there at once."""
    kept = Store(store)
    assert kept.connection.execute("pragma journal_mode").fetchone() == ("wal",)
    assert kept.connection.execute("pragma busy_timeout").fetchone() == (30_000,)
    assert kept.connection.execute("pragma synchronous").fetchone() == (1,)
    assert kept.connection.isolation_level is None


def test_what_a_trial_does_not_read_leaves_its_evidence(store):
    kept = Store(store)
    measured = replace(PIECE, method="trial")
    kept.keep(TRIAL, SMALL, measured)
    kept.keep(TRUE, SMALL, PIECE)
    for changes in ({"every_method": True}, {"explains": False}):
        other = replace(SMALL, **changes)
        assert kept.known(TRIAL, other) == {"trial": measured}
        assert kept.known(TRUE, other) == {}
