"""Evidence kept between runs, in SQLite, addressed by all that it depends on.

A piece is written as soon as it is found, so that a run killed at any moment resumes with all
but the method it was in. Several runs may share a store. One that cannot be read or written is
reported, once, and done without.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from verify.claims.claim import Claim
from verify.claims.trial import Trial, looks, trials
from verify.judging.engine import Known
from verify.judging.evidence import Evidence, Finding
from verify.judging.methods import TRIAL, method_names
from verify.running.provenance import code_of, code_version, machine, question, version_of
from verify.settings import Settings

BUSY_SECONDS = 30
_SCHEMA = """
create table if not exists code (
    question text primary key,
    code text not null          -- digest of the modules that the question names
) without rowid, strict;
create table if not exists evidence (
    question text not null,     -- digest of claim or trial, method, code, seed and tier
    machine text not null,      -- device and library versions, JSON
    imported integer not null,  -- 1 if a file said so; `machine` is then what the file named
    evidence text not null,     -- JSON
    digest text not null,       -- of the four before
    primary key (question, machine)
) without rowid, strict
"""


class Store:
    """Evidence by claim, method, code, settings and machine.

    Args:
        path: the database; made if it is not there. None keeps nothing.
        warn: on_trial, once, why the store is not used.
        fresh: keep evidence, but do not look up any.

    Attributes:
        recorded: what trials measured that the store itself has not; it is never written to it.

    """

    def __init__(
        self,
        path: Path | None,
        warn: Callable[[str], object] = lambda reason: None,
        fresh: bool = False,
    ) -> None:
        self.path, self.warn, self.fresh = path, warn, fresh
        self.recorded: Mapping[Trial, Evidence] = {}
        self.connection: sqlite3.Connection | None = None
        if path is None:
            return
        with self._reported():
            path.parent.mkdir(parents=True, exist_ok=True)
            self.connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
            # text that is not UTF-8 is damage of its row, which the digest shows
            self.connection.text_factory = lambda text: text.decode("utf-8", "replace")
            self.connection.execute("pragma journal_mode = wal")
            self.connection.execute("pragma synchronous = normal")
            self.connection.executescript(_SCHEMA)
            self.connection.create_function("is_todays", 1, _is_todays)

    def known(self, claim: Claim | Trial, settings: Settings) -> Known:
        """The evidence there is, by method; what was taken over says so, and where it is from.

        A row that is damaged, or none of ours, is reported and costs itself alone.
        """
        found: dict[str, Evidence] = {}
        here = _canonical(machine(settings.device))
        for method in method_names(claim):
            row = None if self.fresh else self._row(question(claim, method, settings), here)
            if row is None:
                continue
            piece = _piece(row)
            if piece is None or piece.method != method:
                self.warn(f"{self.path}: the evidence of {method} on {claim} is damaged")
                continue
            found[method] = piece
        if isinstance(claim, Trial) and not found and claim in self.recorded:
            return {TRIAL: self.recorded[claim]}
        return found

    def measured(self, claim: Claim, settings: Settings) -> dict[Trial, Evidence] | None:
        """What the trials of a claim about an experiment measured; None if one has not been run.

        Further looks at replicas are there as far as all their trials are.
        """
        measured: dict[Trial, Evidence] = {}
        for look in range(looks(claim)):
            needed = trials(claim, settings.tier, look)
            found = {trial: self.known(trial, settings).get(TRIAL) for trial in needed}
            there = {trial: piece for trial, piece in found.items() if piece}
            if there.keys() != needed.keys():
                break
            measured |= there
        return measured or None

    def _row(self, asked: str, here: str) -> tuple[Any, ...] | None:
        """The row of what this machine found, or else of what another did."""
        row = None
        if self.connection is not None:
            with self._reported():
                row = self.connection.execute(
                    "select * from evidence where question = ? and (machine = ? or imported)"
                    " order by machine = ? desc, machine limit 1",
                    (asked, here, here),
                ).fetchone()
        return row

    def keep(
        self,
        claim: Claim | Trial,
        settings: Settings,
        evidence: Evidence,
        elsewhere: Mapping[str, object] | None = None,
    ) -> None:
        """Write one piece at once.

        A method that broke, or lacks a program, is tried again next time.

        Args:
            claim: what it is about.
            settings: tier, seed and device.
            evidence: what was found.
            elsewhere: the machine it was found on, if it is taken over; even if that is said to be
                this one, it stands beside what was found here, and is marked for ever.

        """
        if self.connection is None or evidence.finding is Finding.FAILED or evidence.lacks:
            return
        if evidence.method == TRIAL and evidence.finding is not Finding.SUPPORTS:
            return
        here = machine(settings.device)
        row = (
            question(claim, evidence.method, settings),
            _canonical(here if elsewhere is None else {"imported": True, **elsewhere}),
            int(elsewhere is not None),
            _canonical(evidence.to_json()),
        )
        with self._reported():
            self.connection.execute(
                "insert or replace into code values (?, ?)", (row[0], code_of(claim))
            )
            self.connection.execute(
                "insert or replace into evidence values (?, ?, ?, ?, ?)", (*row, _digest(*row))
            )

    def count(self, of_other_code: bool = False) -> tuple[int, int]:
        """How many pieces of evidence on claims there are, and how many on trials.

        Args:
            of_other_code: count only those that are looked up no more, as the code has changed.

        """
        counts = {0: 0, 1: 0}
        if self.connection is not None:
            with self._reported():
                found = self.connection.execute(
                    "select evidence like ?, count(*) from evidence where ? or question not in"
                    " (select question from code where is_todays(code)) group by 1",
                    (_OF_TRIALS, not of_other_code),
                )
                counts |= dict(found.fetchall())
        return counts[0], counts[1]

    def forget(self, trials_too: bool) -> tuple[int, int]:
        """Delete evidence of other code, on claims or also on trials; how much it was of each."""
        before = self.count()
        if self.connection is not None:
            with self._reported():
                self.connection.execute(
                    "delete from evidence where (? or evidence not like ?) and question not in"
                    " (select question from code where is_todays(code))",
                    (trials_too, _OF_TRIALS),
                )
                self.connection.execute(
                    "delete from code where question not in (select question from evidence)"
                )
                self.connection.execute("vacuum")
                self.connection.execute("pragma wal_checkpoint(truncate)")
        after = self.count()
        return before[0] - after[0], before[1] - after[1]

    @contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            self.connection = None
            self.warn(f"{self.path}: {error}; going on without stored evidence")


# JSON as `_canonical` writes it; what is damaged would be no JSON to SQLite
_OF_TRIALS = f'%"method": "{TRIAL}"%'


def _is_todays(code: str) -> bool:
    """Whether a digest is that of code that is here, of what judges claims or of an experiment."""
    return code in _todays()


@cache
def _todays() -> frozenset[str]:
    from verify.experiments import EXPERIMENTS

    return frozenset({code_version(), *(version_of(one.home) for one in EXPERIMENTS.values())})


def _piece(row: tuple[Any, ...]) -> Evidence | None:
    """The evidence in a row, or None where the row is not as it was written."""
    if _digest(*row[:-1]) != row[-1]:
        return None
    _, machine_there, imported, evidence, _ = row
    try:
        piece = Evidence.from_json(json.loads(evidence))
        if imported:
            piece = replace(piece, data={**piece.data, "imported": json.loads(machine_there)})
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    return piece


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _digest(*fields: object) -> str:
    return sha256(_canonical(fields).encode()).hexdigest()
