"""Runs killed at random moments: whether they resume, and end with the same verdicts."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

COMMAND = (sys.executable, "-c", "from verify.cli import main; main()", "verify")


@dataclass(frozen=True)
class Interruptions:
    """What became of runs killed with SIGKILL.

    Attributes:
        kills: runs killed.
        stores: stores they were spread over; one that is complete is followed by an empty one.
        resumed: runs after a kill that began with evidence of the run killed.
        differences: claims whose result differs from that of a run left alone.

    """

    kills: int
    stores: int
    resumed: int
    differences: tuple[str, ...]


def kill_and_resume(claims: Sequence[str], kills: int, seed: int) -> Interruptions:
    """Kill runs at random moments until so many are killed; compare what they end with.

    Args:
        claims: what `curseproof verify` is given.
        kills: how many runs to kill.
        seed: of the moments.

    """
    moments = random.Random(seed)  # noqa: S311 (moments, not secrets)
    killed = stores = resumed = 0
    differences: set[str] = set()
    with TemporaryDirectory() as folder:
        start = time.perf_counter()
        alone = _finish(claims, Path(folder) / "alone.sqlite")
        duration = time.perf_counter() - start
        while killed < kills:
            store = Path(folder) / f"{stores}.sqlite"
            stores += 1
            finished = False
            while killed < kills and not finished:
                before = _pieces(store)
                finished = _started(claims, store, moments.uniform(0, duration))
                killed += not finished
                resumed += before > 0
            after = _finish(claims, store)
            differences |= {id_ for id_ in alone if after[id_] != alone[id_]}
    return Interruptions(killed, stores, resumed, tuple(sorted(differences)))


def _started(claims: Sequence[str], store: Path, seconds: float) -> bool:
    """Whether a run, started and killed after some seconds, ended before."""
    run = subprocess.Popen(  # noqa: S603
        [*COMMAND, *claims, "--store", str(store)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        run.wait(seconds)
    except subprocess.TimeoutExpired:
        run.kill()
        run.wait()
        return False
    return True


def _finish(claims: Sequence[str], store: Path) -> dict[str, Any]:
    """The result on each claim, but for its time, of a run that nobody kills."""
    run = subprocess.run(  # noqa: S603
        [*COMMAND, *claims, "--store", str(store), "--json", "-"],
        capture_output=True,
        check=False,
    )
    entries = json.loads(run.stdout, object_hook=untimed)["claims"]
    return {entry["id"]: entry for entry in entries}


def untimed(table: dict[str, Any]) -> dict[str, Any]:
    """A table of a results file, but for what it took: the same for every run."""
    return {name: value for name, value in table.items() if name != "seconds"}


def _pieces(store: Path) -> int:
    """How many pieces of evidence a store holds."""
    import sqlite3

    if not store.exists():
        return 0
    try:
        with sqlite3.connect(store) as connection:
            [count] = connection.execute("select count(*) from evidence").fetchone()
    except sqlite3.OperationalError:  # killed before there was a table
        return 0
    return int(count)
