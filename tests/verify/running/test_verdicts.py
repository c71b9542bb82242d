"""The last verdicts, for lists: as they were said, of the claim as it stands, or none."""

import sqlite3
from dataclasses import replace

import pytest

from verify import Verdict, select
from verify.judging.engine import Result
from verify.running.verdicts import keep_verdicts, last_verdicts

[STATE] = select(["A5"])
[SENSITIVITY] = select(["A6"])


def result(claim, verdict):
    return Result(claim, verdict, "", (), 0.0)


def test_the_last_one_counts(tmp_path):
    store = tmp_path / "store.sqlite"
    keep_verdicts(store, [result(STATE, Verdict.UNDECIDED), result(SENSITIVITY, Verdict.REFUTED)])
    keep_verdicts(store, [result(STATE, Verdict.PROVED)])
    found = last_verdicts(store, [STATE, SENSITIVITY])
    assert [found[claim.id][0] for claim in (STATE, SENSITIVITY)] == ["proved", "refuted"]


def test_another_claim_of_the_name_has_none(tmp_path):
    store = tmp_path / "store.sqlite"
    keep_verdicts(store, [result(STATE, Verdict.PROVED)])
    assert last_verdicts(store, [replace(STATE, relation="<=")]) == {}
    assert last_verdicts(store, [replace(STATE, origin="elsewhere")]).keys() == {STATE.id}


def test_no_store_is_made_by_looking(tmp_path):
    assert last_verdicts(tmp_path / "none.sqlite", [STATE]) == {}
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("damage", ["update verdicts set verdict = 'true'", "drop table verdicts"])
def test_what_is_damaged_is_as_if_it_were_not_there(damage, tmp_path):
    store = tmp_path / "store.sqlite"
    keep_verdicts(store, [result(STATE, Verdict.PROVED)])
    with sqlite3.connect(store) as connection:
        connection.execute(damage)
    assert last_verdicts(store, [STATE]) == {}


def test_a_store_that_is_none_is_left_alone(tmp_path):
    store = tmp_path / "store.sqlite"
    store.write_text("not a database, but longer than nothing")
    keep_verdicts(store, [result(STATE, Verdict.PROVED)])
    assert last_verdicts(store, [STATE]) == {}
    assert store.read_text() == "not a database, but longer than nothing"
