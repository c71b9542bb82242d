"""Results computed elsewhere: read, spot-checked by replay, kept with their provenance."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from verify.claims.claim import Claim
from verify.claims.expressions import Refusal
from verify.claims.trial import Trial
from verify.judging.evidence import Evidence
from verify.judging.methods import TRIAL, kernels
from verify.reporting.results import SCHEMA, ReportError, lacking, read_results, stray, trial_of
from verify.running.provenance import code_version, question, settings_of
from verify.running.store import Store
from verify.running.workers import run
from verify.settings import TIERS, Settings


class ForeignError(Refusal):
    """Results that cannot be taken over; the message says which, and why."""


@dataclass(frozen=True)
class _Judged:
    """What was found elsewhere on one claim."""

    claim: Claim
    evidence: tuple[Evidence, ...]


def import_results(
    path: Path, claims: Iterable[Claim], store: Store, replays: int, workers: int
) -> int:
    """Take over the evidence in a file that `curseproof verify --json` wrote.

    Of each claim there is all that a verdict needs, or nothing; what the file calls a verdict is
    not looked at. What is taken over is marked, and stays so.

    Args:
        path: the file.
        claims: the claims that it may be about.
        store: where to keep the evidence.
        replays: how many of the claims, drawn at random, are judged again here first; every
            method must find the same. What experiments found, days of work on a GPU perhaps, is
            taken over unseen, and says where it is from. That a claim is certified is not taken
            over: whoever has Coq need not believe it.
        workers: processes at a time.

    Returns:
        How many pieces of evidence were taken over.

    Raises:
        ForeignError: if the file is no such results, is about other claims or made by other
            code, or if a replay finds otherwise. Nothing is kept then.

    """
    report, settings, machine = _read(path)
    if report["environment"]["code"] != code_version():
        raise ForeignError(f"{path}: made by other code than this; use the same version")
    with _as_written(path):
        judged = list(_judged(path, report, {c.id: c for c in claims}, settings))
        trial_results = dict(_trial_results(report))
    for asked, (trial, _) in trial_results.items():
        if asked != question(trial, TRIAL, settings):
            raise ForeignError(f"{path}: trial {trial} is another one here")
    cheap = [found for found in judged if not found.claim.experiment]
    drawn = random.SystemRandom().sample(cheap, min(replays, len(cheap)))
    # a file cannot see to it that the judges here run out of time
    seconds = max(settings.tier.seconds, TIERS["quick"].seconds)
    here = replace(settings, device="cpu", tier=replace(settings.tier, seconds=seconds))
    _replay(path, drawn, here, workers)
    for found in judged:
        for piece in found.evidence:
            store.keep(found.claim, here, piece, machine)
    for trial, piece in trial_results.values():
        store.keep(trial, here, piece, machine)
    return sum(len(found.evidence) for found in judged) + len(trial_results)


def import_trials(path: Path, store: Store) -> tuple[int, int]:
    """Take over what experiments measured, whatever else of the code has changed since.

    Args:
        path: a file that `curseproof verify --json`, `sweep --json` or `make claims` wrote.
        store: where to keep the evidence.

    Returns:
        How many trials were taken over, and how many were not, as they are others here.

    Raises:
        ForeignError: if the file is no such results.

    """
    report, settings, machine = _read(path)
    same, others = _as_here(path, report, settings)
    for trial, piece in same.items():
        store.keep(trial, replace(settings, device="cpu"), piece, machine)
    return len(same), others


def trials_as_here(
    path: Path, settings: Settings
) -> tuple[dict[Trial, Evidence], Mapping[str, object]]:
    """What a results file has of trials that are the same here, and the machine that ran them.

    Args:
        path: the file.
        settings: those that the trials have to be of.

    Raises:
        ForeignError: if the file is no such results.

    """
    report, _, machine = _read(path)
    same, _ = _as_here(path, report, settings)
    return same, machine


def _as_here(
    path: Path, report: Mapping[str, Any], settings: Settings
) -> tuple[dict[Trial, Evidence], int]:
    """The trials in results that are the same here, and how many others there are."""
    with _as_written(path):
        trial_results = dict(_trial_results(report))
    same = {
        trial: piece
        for asked, (trial, piece) in trial_results.items()
        if asked == question(trial, TRIAL, settings)
    }
    return same, len(trial_results) - len(same)


def _read(path: Path) -> tuple[Mapping[str, Any], Settings, Mapping[str, object]]:
    """Results, and the settings and machine that they were found with."""
    with _as_written(path):
        report = read_results(path)
        if report["schema"] != SCHEMA:
            raise ForeignError(f"{path}: schema {report['schema']!r}; this version reads {SCHEMA}")
        made = report["environment"]
        machine = {name: made[name] for name in ("device", "python", "packages")}
        return report, settings_of(made), machine


@contextmanager
def _as_written(path: Path) -> Iterator[None]:
    """What a stranger's file may raise, in a line."""
    try:
        yield
    except ReportError as error:
        raise ForeignError(str(error)) from None
    except ForeignError:
        raise
    except (ValueError, LookupError, TypeError, AttributeError):
        raise ForeignError(f"{path}: not what `curseproof verify --json` writes") from None


def _trial_results(report: Mapping[str, Any]) -> Iterable[tuple[str, tuple[Trial, Evidence]]]:
    """What trials measured, by what was asked."""
    for entry in report["trials"]:
        trial, values = trial_of(entry), dict(entry)
        for name in ("experiment", "point", "look"):
            values.pop(name, None)
        yield values.pop("question"), (trial, Evidence.from_json(values))


def _judged(
    path: Path, report: Mapping[str, Any], claims: Mapping[str, Claim], settings: Settings
) -> Iterable[_Judged]:
    seen: set[str] = set()
    for entry in report["claims"]:
        claim = claims.get(entry["id"])
        if claim is None:
            raise ForeignError(f"{path}: claim {entry['id']!r} is not known here; name its file")
        if claim.id in seen:
            raise ForeignError(f"{path}: claim {claim.id!r} is there twice")
        seen.add(claim.id)
        evidence = []
        for values in entry["evidence"]:
            asked = values.pop("question")
            piece = Evidence.from_json(values)
            if asked != question(claim, piece.method, settings):
                raise ForeignError(f"{path}: claim {claim.id!r} reads otherwise here")
            if piece.method not in kernels():
                evidence.append(piece)
        # one that means nothing has no evidence, and there is nothing to take over
        if evidence and (problem := stray(claim, evidence) or lacking(claim, evidence)):
            raise ForeignError(f"{path}: claim {claim.id!r}: {problem}; nothing was taken over")
        yield _Judged(claim, tuple(evidence))


def _replay(path: Path, drawn: Iterable[_Judged], settings: Settings, workers: int) -> None:
    there = {found.claim.id: found for found in drawn}
    for result in run([found.claim for found in there.values()], settings, workers):
        here = {piece.method: piece.finding for piece in result.evidence}
        for foreign in there[result.claim.id].evidence:
            found = here.get(foreign.method, "nothing")
            if found != foreign.finding:
                raise ForeignError(
                    f"{path}: claim {result.claim.id!r}: {foreign.method} {foreign.finding} there, "
                    f"{found} here; nothing was taken over"
                )
