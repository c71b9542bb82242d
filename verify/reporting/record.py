"""The record of experiments: what their trials measured when they were run for this version.

It ships with the project, as running all of them takes hours. Each trial in it is addressed by all
that it depends on, so that the trial of other code, or of other settings, is none of it; and a few,
drawn anew each time, are run again wherever the record is used.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from verify.claims.claim import Claim
from verify.claims.trial import Trial, trials
from verify.judging.evidence import Evidence
from verify.reporting.adoption import trials_as_here
from verify.settings import Settings, Tier

# of the wheel, or of a checkout
_PLACES = (
    Path(__file__).with_name("trials.json"),
    Path(__file__).parents[2] / "reports/trials.json",
)
REPLAYS = 3
SECONDS = 5.0  # what a trial that is replayed took at most


def record(settings: Settings) -> dict[Trial, Evidence]:
    """The recorded trials that are the same here, marked as recorded; none of other settings."""
    path = next(path for path in _PLACES if path.exists())
    same, machine = trials_as_here(path, settings)
    return {
        trial: replace(piece, data={**piece.data, "recorded": machine})
        for trial, piece in same.items()
    }


def drawn(claims: Collection[Claim], recorded: Mapping[Trial, Evidence], tier: Tier) -> list[Trial]:
    """A few trials to be replayed, at random, of those that claims rest on and that are short."""
    resting = {trial for claim in claims if claim.experiment for trial in trials(claim, tier)}
    short = [t for t, e in recorded.items() if t in resting and (e.seconds or 0) <= SECONDS]
    return random.SystemRandom().sample(short, min(REPLAYS, len(short)))
