"""Trials of experiments run again here, and held against what a report says of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from verify.claims.claim import Claim
from verify.claims.trial import Trial, trials
from verify.experiments import EXPERIMENTS
from verify.judging.evidence import Evidence, Finding
from verify.judging.routes.experiment import compare
from verify.reporting.results import Report, ReportError
from verify.running.provenance import settings_of
from verify.running.store import Store
from verify.running.workers import run_trials
from verify.settings import Settings

Measured = Mapping[Trial, Mapping[str, Any]]


@dataclass(frozen=True)
class Replay:
    """A trial that was run again.

    Attributes:
        trial: which one.
        evidence: what was measured here.
        difference: the largest relative difference between a median measured there and here.
        claims: the ids of those that rest on the trial.
        differing: those of them on which what was measured here says otherwise.

    """

    trial: Trial
    evidence: Evidence
    difference: float
    claims: tuple[str, ...]
    differing: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether the trial ran, and says of every claim that rests on it what it said there."""
        return self.evidence.finding is Finding.SUPPORTS and not self.differing

    def text(self) -> str:
        """The trial, how near its numbers are, and what that changes, in two lines."""
        if self.evidence.finding is not Finding.SUPPORTS:
            return f"{self.trial}\n  it did not end: {self.evidence.detail}"
        near = f"medians within {self.difference:.2g}" if self.difference else "every median equal"
        said = f"the same is found of {', '.join(self.claims)}"
        if self.differing:
            said = f"otherwise is found of {', '.join(self.differing)}"
        return f"{self.trial}\n  {near}; {said}"


def one_of_each(report: Report, experiments: Collection[str] = ()) -> list[Trial]:
    """A trial of each experiment, drawn at random from those on which a report's claims rest.

    Args:
        report: which has the claims and their trials.
        experiments: by name; all without.

    Raises:
        ReportError: if the report says with what settings it was made in no way that is known.

    """
    of_each: dict[str, list[Trial]] = {}
    for _, needed in _needs(report, _settings(report)):
        for trial in needed:
            if not experiments or trial.experiment in experiments:
                of_each.setdefault(trial.experiment, []).append(trial)
    draw = random.SystemRandom().choice
    return [draw(of_each[name]) for name in EXPERIMENTS if name in of_each]


def replay(
    report: Report,
    wanted: Collection[Trial],
    workers: int,
    on_trial: Callable[[Trial, int], object] = lambda trial, left: None,
) -> Iterator[Replay]:
    """Run trials again, on this machine's CPU, with the report's seed and sizes.

    Args:
        report: which has the claims and their trials.
        wanted: the trials.
        workers: processes at a time.
        on_trial: called with each trial that has ended, and how many are left.

    Raises:
        ReportError: if the report's numbers are none that trials measure.

    """
    settings, there = _settings(report), {t: e.data for t, e in report.trial_results.items()}
    needs = _needs(report, settings)
    with _as_written():
        found = _found([claim for claim, _ in needs], there, settings)
    for trial, piece in run_trials(wanted, settings, workers, Store(None), on_trial=on_trial):
        resting = [claim for claim, needed in needs if trial in needed]
        again, difference = {}, 0.0
        if piece.finding is Finding.SUPPORTS:
            again = _found(resting, {**there, trial: piece.data}, settings)
            difference = _difference(there[trial], piece.data)
        differing = (name for name, finding in again.items() if finding is not found[name])
        ids = tuple(claim.id for claim in resting)
        yield Replay(trial, piece, difference, ids, tuple(differing))


@contextmanager
def _as_written() -> Iterator[None]:
    """What a stranger's report may raise, in a line."""
    try:
        yield
    except (ValueError, LookupError, TypeError):
        raise ReportError("not what `curseproof verify --json` writes") from None


def _settings(report: Report) -> Settings:
    with _as_written():
        return replace(settings_of(report.environment), device="cpu")


def _needs(report: Report, settings: Settings) -> list[tuple[Claim, Collection[Trial]]]:
    """The claims about experiments of which the report has all trials, with these."""
    claims = [result.claim for result in report.results if result.claim.experiment]
    needs = [(claim, trials(claim, settings.tier).keys()) for claim in claims]
    return [(claim, needed) for claim, needed in needs if needed <= report.trial_results.keys()]


def _found(claims: Collection[Claim], measured: Measured, settings: Settings) -> dict[str, Finding]:
    """What is found of claims, by id, from what trials measured."""
    return {claim.id: compare(claim, measured, settings).finding for claim in claims}


def _difference(there: Mapping[str, Any], here: Mapping[str, Any]) -> float:
    """The largest relative difference between the medians of what was measured in both places."""
    names = [name for name in here if name in there]
    old, new = (
        np.array([np.median(np.asarray(one[name], float)) for name in names])
        for one in (there, here)
    )
    same = (old == new) | (np.isnan(old) & np.isnan(new))
    with np.errstate(invalid="ignore"):  # one of them infinite
        apart = np.abs(new - old) / np.maximum(np.abs(new), np.abs(old))
    return float(np.where(same, 0, np.nan_to_num(apart, nan=np.inf)).max(initial=0))
