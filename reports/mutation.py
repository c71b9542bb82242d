"""Changes the lines on which trust rests, one at a time; a test must fail. Writes mutation.md.

Run as `make mutation`, or `python reports/mutation.py [MODULE…]` for some modules alone. What was
found is kept in .mutation.sqlite, by the changed module and its tests: an interrupted run goes on
where it was. Changes that no test can notice are argued in mutation.toml.
"""

from __future__ import annotations

import gc
import os
import platform
import resource
import select
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
import tomllib
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import NoReturn

# loaded once, for all the forks to come; nothing of the project is
import flint  # noqa: F401
import hypothesis  # noqa: F401
import networkx  # noqa: F401
import pytest
import scipy.linalg
import scipy.optimize
import scipy.stats  # noqa: F401
import sympy  # noqa: F401
import torch  # noqa: F401
from rich.progress import track
from source_mutants import Mutant, mutants

HERE = Path(__file__).parent
ROOT = HERE.parent
REPORT, ARGUMENTS = HERE / "mutation.md", HERE / "mutation.toml"
CACHE = ROOT / ".mutation.sqlite"
COPIED = ("theory", "numerics", "verify", "tests", "pyproject.toml")
LOG = "pytest.log"
WORKERS = len(os.sched_getaffinity(0))
SAMPLE = 400  # of a module's mutants, drawn at random where it has more
MEMORY_BYTES = 16 * 2**30  # of addresses, for a mutant that fills a list without end
PYTEST = (
    *("-x", "-q", "--all", "-o", "addopts=", "--import-mode=importlib"),
    *("--hypothesis-profile=ci", "--assert=plain", "--basetemp=tmp"),
    *("-p", "no:xdist", "-p", "no:cacheprovider"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
)
ABOUT = """# Mutants of the modules on which trust rests

Made by `make mutation`. One small change at a time in a module, and the tests that guard it are
run; a mutant is killed if one fails, or overruns a time limit. The score is the share that ends
so, of all tried that are not argued to be equivalent. Of modules with more mutants some are drawn
at random, always the same ones.
"""
CLAIMS, JUDGING = "tests/verify/claims", "tests/verify/judging"
# all but what judges many claims in workers
QUICK = "not is_refuted and not is_proved and not worker and not measured and not no_judge"
RUNNING, CODEGEN = "tests/verify/running", "tests/numerics/codegen"

_Name = tuple[str, str, str]  # of a mutant: module, before, after


@dataclass(frozen=True)
class Guarded:
    """A module, and what pytest is told to run for it: the quickest first."""

    path: str
    tests: tuple[str, ...]

    @cached_property
    def source(self) -> str:
        """The module as it is."""
        return (ROOT / self.path).read_text(encoding="utf-8")

    @cached_property
    def version(self) -> str:
        """A digest of all that its outcomes depend on: the module, its tests, and the sample."""
        files = [test.partition("::")[0] for test in self.tests if test.startswith("tests/")]
        texts = [(ROOT / file).read_text(encoding="utf-8") for file in files]
        return sha256(repr((self.source, self.tests, texts, SAMPLE)).encode()).hexdigest()


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant: killed, survived or overran."""

    line: int
    before: str
    after: str
    end: str
    seconds: float


MODULES = {
    path: Guarded(path, tests)
    for path, tests in {
        "verify/claims/claim.py": (f"{CLAIMS}/test_claim.py", f"{CLAIMS}/test_file.py"),
        "verify/claims/file.py": (f"{CLAIMS}/test_file.py",),
        "verify/claims/rules.py": (
            *(f"{CLAIMS}/test_rules.py", f"{CLAIMS}/test_boxes.py", f"{CLAIMS}/test_file.py"),
        ),
        "verify/claims/expressions.py": (f"{CLAIMS}/test_expressions.py",),
        "verify/claims/selection.py": (f"{CLAIMS}/test_selection.py",),
        "verify/judging/obligations/meaning.py": (f"{JUDGING}/obligations/test_meaning.py",),
        "verify/judging/obligations/certificates.py": (
            f"{JUDGING}/obligations/test_certificates.py",
        ),
        "verify/judging/obligations/deciding.py": (f"{JUDGING}/obligations/test_deciding.py",),
        "verify/judging/evidence.py": (f"{JUDGING}/test_evidence.py",),
        "verify/judging/verdict.py": (f"{JUDGING}/test_verdict.py",),
        "verify/judging/kinks.py": (f"{JUDGING}/test_kinks.py", "-k", "not neighbour"),
        "verify/judging/sides.py": (f"{JUDGING}/test_sides.py",),
        "verify/judging/sizes.py": (f"{JUDGING}/test_sizes.py",),
        "verify/judging/long_run.py": (f"{JUDGING}/test_long_run.py",),
        "verify/claims/boxes.py": (f"{CLAIMS}/test_boxes.py",),
        "verify/judging/domain.py": (f"{JUDGING}/test_domain.py",),
        "verify/judging/engine.py": (f"{JUDGING}/test_engine.py", "-k", QUICK),
        "verify/judging/statistics.py": (f"{JUDGING}/test_statistics.py",),
        "verify/judging/covers/boxes.py": (f"{JUDGING}/covers/test_boxes.py",),
        "verify/judging/covers/cover.py": (f"{JUDGING}/covers/test_cover.py", "-k", "not lru"),
        "numerics/codegen/conditioning.py": (f"{CODEGEN}/test_conditioning.py",),
        "numerics/codegen/exponentials.py": (f"{CODEGEN}/test_exponentials.py",),
        "verify/reporting/adoption.py": (
            "tests/verify/reporting/test_adoption.py",
            *("-k", "not replayed_as"),
        ),
        "verify/running/store.py": (f"{RUNNING}/test_store.py", "-k", "piece or row"),
        "verify/running/processes.py": (f"{RUNNING}/test_processes.py",),
    }.items()
}


def main() -> None:
    """Try what is not known yet, and write what is known of all modules."""
    chosen = [MODULES[path] for path in sys.argv[1:]] or MODULES.values()
    known = _Known(CACHE)
    for guarded in chosen:
        _ = guarded.version  # of what is copied next, whatever changes meanwhile
    gc.freeze()  # forks share what is loaded, unless a collection writes to it
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        copies = [_copied(Path(folder) / str(number)) for number in range(WORKERS)]
        for guarded in chosen:
            _try_out(guarded, known, copies)
    sections = "\n".join(_sections(known))
    REPORT.write_text(f"{ABOUT}{sections}\n", encoding="utf-8")


def _try_out(guarded: Guarded, known: _Known, copies: list[Path]) -> None:
    if known.is_complete(guarded):
        return
    everything = mutants(guarded.source)
    sample = Random(guarded.path).sample(everything, min(SAMPLE, len(everything)))  # noqa: S311
    known.begin(guarded, len(everything), len(sample))
    tried = {(found.line, found.before, found.after) for found in known.outcomes(guarded)}
    left = [m for m in sample if (m.line, m.before, m.after) not in tried]
    [unchanged] = _outcomes(guarded, [Mutant(0, "", "", guarded.source)], 600, copies[:1])
    if unchanged.end != "survived":
        sys.exit(f"{guarded.path}: its tests fail as it is\n{(copies[0] / LOG).read_text()}")
    found = _outcomes(guarded, left, 10 + 4 * unchanged.seconds, copies)
    for outcome in track(found, f"{guarded.path:<36}", total=len(left)):
        known.keep(guarded, outcome)


def _copied(copy: Path) -> Path:
    """A copy of the project, for changed sources to be written to."""
    copy.mkdir()
    for name in COPIED:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy2)(source, copy / name)
    return copy


def _outcomes(
    guarded: Guarded, wanted: list[Mutant], limit: float, copies: list[Path]
) -> Iterator[Outcome]:
    """What becomes of mutants, one at a time in each copy, for so many seconds each."""
    waiting, free = list(reversed(wanted)), list(copies)
    running: list[_Run] = []
    while waiting or running:
        while waiting and free:
            running.append(_Run(guarded, waiting.pop(), free.pop()))
        soonest = min(run.started for run in running) + limit - time.perf_counter()
        ended, _, _ = select.select(running, [], [], max(soonest, 0))
        for run in ended or [min(running, key=lambda run: run.started)]:
            running.remove(run)
            free.append(run.copy)
            yield run.outcome(is_overrun=not ended)


class _Run:
    """The tests of a module run in a fork, with a mutant in its place."""

    def __init__(self, guarded: Guarded, mutant: Mutant, copy: Path) -> None:
        self.guarded, self.mutant, self.copy = guarded, mutant, copy
        (copy / guarded.path).write_text(mutant.code, encoding="utf-8")
        self.started = time.perf_counter()
        self.pid = os.fork() or _test(guarded.tests, copy)
        self.handle = os.pidfd_open(self.pid)

    def fileno(self) -> int:
        """What becomes readable when it ends."""
        return self.handle

    def outcome(self, is_overrun: bool) -> Outcome:
        """Its end, and that of all that the tests have started."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        _, status = os.waitpid(self.pid, 0)
        os.close(self.handle)
        (self.copy / self.guarded.path).write_text(self.guarded.source, encoding="utf-8")
        end = "overran" if is_overrun else "killed" if status else "survived"
        mutant, seconds = self.mutant, time.perf_counter() - self.started
        return Outcome(mutant.line, mutant.before, mutant.after, end, seconds)


def _test(tests: tuple[str, ...], copy: Path) -> NoReturn:
    """Run pytest in a copy of the project, which nothing of is loaded yet."""
    try:
        os.setsid()
        os.chdir(copy)
        log = os.open(LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(log, 1)
        os.dup2(log, 2)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, resource.RLIM_INFINITY))
        sys.path[0] = str(copy)
        del sys.modules["__main__"].__file__  # workers would load it
        # a mutant's bytecode could be taken for another's of the same second
        sys.dont_write_bytecode = True
        os.environ |= {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
        os._exit(pytest.main([*PYTEST, *tests]))
    except BaseException:
        traceback.print_exc()
        os._exit(1)


# what is known


class _Known:
    """Outcomes kept between runs, by the versions of modules."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.executescript(_SCHEMA)

    def begin(self, guarded: Guarded, there_are: int, drawn: int) -> None:
        row = (guarded.version, there_are, drawn)
        self.connection.execute("insert or replace into versions values (?, ?, ?)", row)

    def keep(self, guarded: Guarded, found: Outcome) -> None:
        row = (guarded.version, *vars(found).values())
        self.connection.execute("insert or replace into outcomes values (?, ?, ?, ?, ?, ?)", row)

    def outcomes(self, guarded: Guarded) -> list[Outcome]:
        rows = self.connection.execute(
            "select line, before, after, end, seconds from outcomes where version = ?"
            " order by line, before, after",
            (guarded.version,),
        )
        return [Outcome(*row) for row in rows]

    def counts(self, guarded: Guarded) -> tuple[int, int]:
        """How many mutants there are, and how many are tried."""
        row = self.connection.execute(
            "select there_are, drawn from versions where version = ?", (guarded.version,)
        ).fetchone()
        return row or (0, 0)

    def is_complete(self, guarded: Guarded) -> bool:
        _, drawn = self.counts(guarded)
        return 0 < drawn == len(self.outcomes(guarded))


_SCHEMA = """
create table if not exists versions (version text primary key, there_are integer, drawn integer);
create table if not exists outcomes (
    version text, line integer, before text, after text, end text, seconds real,
    primary key (version, line, before, after)
);
"""


# the report


def _sections(known: _Known) -> Iterator[str]:
    arguments = _arguments()
    rows, survivors, equivalents, unused = [], [], [], []
    for guarded in MODULES.values():
        if not known.is_complete(guarded):
            yield f"\n`{guarded.path}` is not tried out as it is now."
            continue
        found, (there_are, _) = known.outcomes(guarded), known.counts(guarded)
        ends = Counter(outcome.end for outcome in found)
        survived = [outcome for outcome in found if outcome.end == "survived"]
        names = {_named(guarded, outcome) for outcome in survived}
        unused += [name for name in arguments if name[0] == guarded.path and name not in names]
        whys = [arguments.get(_named(guarded, outcome)) for outcome in survived]
        argued = [(o, why) for o, why in zip(survived, whys, strict=True) if why]
        left = [o for o, why in zip(survived, whys, strict=True) if not why]
        row = (there_are, len(found), ends["killed"], ends["overran"], len(argued), len(left))
        rows.append((f"`{guarded.path}`", *row, sum(outcome.seconds for outcome in found)))
        survivors += [f"- `{guarded.path}`, {_shown(outcome)}" for outcome in left]
        equivalents += [f"- `{guarded.path}`, {_shown(o)}  \n  {why}" for o, why in argued]
    total = ("all", *(sum(column) for column in list(zip(*rows, strict=True))[1:]))
    yield "\n| module | mutants | tried | killed | overran | equivalent | survived | score |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|"
    for name, there_are, tried, killed, overran, equal, left, _ in (*rows, total):
        counts = " | ".join(map(str, (there_are, tried, killed, overran, equal, left)))
        yield f"| {name} | {counts} | {(killed + overran) / (tried - equal):.1%} |"
    yield f"\n{total[-1] / 60:.0f} minutes of tests, Python {platform.python_version()}."
    yield from ("\n## Survivors\n", *survivors) if survivors else ()
    yield from ("\n## Argued to be equivalent\n", *equivalents) if equivalents else ()
    for name in unused:
        yield f"\nAn argument of mutation.toml is about no survivor: {name}."


def _arguments() -> dict[_Name, str]:
    """Why nothing can notice a change, by module, line, and what has become of it."""
    entries = tomllib.loads(ARGUMENTS.read_text(encoding="utf-8")).get("equivalent", [])
    return {
        (entry["module"], entry["before"], after): entry["because"]
        for entry in entries
        for after in entry["after"]
    }


def _named(guarded: Guarded, outcome: Outcome) -> _Name:
    return guarded.path, outcome.before, outcome.after


def _shown(outcome: Outcome) -> str:
    return f"line {outcome.line}:  \n  `{outcome.before}`  \n  `{outcome.after}`"


if __name__ == "__main__":
    main()
