"""Results computed elsewhere: read, spot-checked by replay, kept with their provenance."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from verify.claims.claim import Claim
from verify.claims.trial import Trial
from verify.judging.evidence import Evidence
from verify.reporting.results import SCHEMA, trial_of
from verify.running.provenance import code_version, question
from verify.running.store import Store
from verify.running.workers import run
from verify.settings import Settings, Tier


class ForeignError(ValueError):
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

    Args:
        path: the file.
        claims: the claims that it may be about.
        store: where to keep the evidence.
        replays: how many of the claims, drawn at random, are judged again here first; every
            method must find the same. What experiments found, days of work on a GPU perhaps, is
            taken over unseen, and says where it is from.
        workers: processes at a time.

    Returns:
        How many pieces of evidence were taken over.

    Raises:
        ForeignError: if the file is no such results, is about other claims or made by other
            code, or if a replay finds otherwise. Nothing is kept then.

    """
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
        if report["schema"] != SCHEMA:
            raise ForeignError(f"{path}: schema {report['schema']!r}; this version reads {SCHEMA}")
        environment = report["environment"]
        if environment["code"] != code_version():
            raise ForeignError(f"{path}: made by other code than this; use the same version")
        tier = Tier(**environment["size"])
        settings = Settings(tier, environment["seed"], environment["device"])
        machine = {name: environment[name] for name in ("device", "python", "packages")}
        judged = list(_judged(path, report, {c.id: c for c in claims}, settings))
        trial_results = dict(_trial_results(path, report, settings))
    except OSError as error:
        raise ForeignError(f"{path}: {error.strerror}") from None
    except ForeignError:
        raise
    except (ValueError, LookupError, TypeError, AttributeError):
        raise ForeignError(f"{path}: not what `curseproof verify --json` writes") from None
    cheap = [found for found in judged if not found.claim.experiment]
    drawn = random.SystemRandom().sample(cheap, min(replays, len(cheap)))
    here = replace(settings, device="cpu")
    _replay(path, drawn, here, workers)
    for found in judged:
        for piece in found.evidence:
            store.keep(found.claim, here, piece, machine)
    for trial, piece in trial_results.items():
        store.keep(trial, here, piece, machine)
    return sum(len(found.evidence) for found in judged) + len(trial_results)


def _trial_results(
    path: Path, report: Mapping[str, Any], settings: Settings
) -> Iterable[tuple[Trial, Evidence]]:
    for entry in report["trials"]:
        trial, values = trial_of(entry), dict(entry)
        for name in ("experiment", "point"):
            del values[name]
        if values.pop("question") != question(trial, "trial", settings):
            raise ForeignError(f"{path}: trial {trial} is another one here")
        yield trial, Evidence.from_json(values)


def _judged(
    path: Path, report: Mapping[str, Any], claims: Mapping[str, Claim], settings: Settings
) -> Iterable[_Judged]:
    for entry in report["claims"]:
        claim = claims.get(entry["id"])
        if claim is None:
            raise ForeignError(f"{path}: claim {entry['id']!r} is not known here; name its file")
        evidence = []
        for values in entry["evidence"]:
            asked = values.pop("question")
            piece = Evidence.from_json(values)
            if asked != question(claim, piece.method, settings):
                raise ForeignError(f"{path}: claim {claim.id!r} reads otherwise here")
            evidence.append(piece)
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
