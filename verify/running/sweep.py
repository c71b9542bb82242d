"""Sweeps: an experiment's trials over a grid of its settings, and what they measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product

import numpy as np

from theory.printing.choices import one_of
from verify.claims.trial import Trial
from verify.experiments import EXPERIMENTS
from verify.judging.evidence import Evidence
from verify.settings import TIERS, Tier


class SweepError(ValueError):
    """A grid that the experiment does not have; the message says what it has."""


def grid(
    experiment: str, choices: Mapping[str, Iterable[str]], tier: Tier = TIERS["full"]
) -> list[Trial]:
    """The trials of an experiment at all combinations of settings.

    Args:
        experiment: its name.
        choices: for each setting the values wanted; all of them where it is left out, and of a
            field of the protocol one.
        tier: says which one; the published, if it is to be had, without.

    Raises:
        SweepError: for an experiment, a setting or a value that there is not.

    Examples:
        >>> from verify.running.sweep import grid
        >>> [trial] = grid("hessian_against_angles", {"angles": ["pi"]})
        >>> print(trial)
        hessian_against_angles angles=pi

    """
    if experiment not in EXPERIMENTS:
        raise SweepError(f"no experiment {experiment!r}: {one_of(experiment, EXPERIMENTS)}")
    known = EXPERIMENTS[experiment]
    for name in choices:
        if name not in known.choices:
            raise SweepError(f"{experiment} has no setting {name!r}: {one_of(name, known.choices)}")
    unsaid = {name: [value] for name, value in known.unsaid(tier).items()}
    left_out = {**known.settings, **unsaid}
    wanted = []
    for name, possible in sorted(known.choices.items()):
        values = list(choices.get(name, left_out[name]))
        if wrong := [value for value in values if value not in possible]:
            raise SweepError(f"{name} = {wrong[0]!r}: {one_of(wrong[0], possible)}")
        wanted.append([(name, value) for value in values])
    return [Trial(experiment, point) for point in product(*wanted)]


def table(found: Mapping[Trial, Evidence]) -> tuple[list[str], list[list[str]]]:
    """The head and the rows of what trials of one experiment measured, in the grid's order.

    A row for each trial and measure: the median, and the quartiles where there are several
    replicas. Trials without numbers, and measures without any, are left out.
    """
    names = [name for name, _ in next(iter(found)).point]
    rows = []
    for trial, evidence in found.items():
        for measure in EXPERIMENTS[trial.experiment].measures:
            values = np.asarray(evidence.data.get(measure, np.nan), dtype=float)
            if np.isnan(values).all():
                continue
            low, middle, high = np.nanquantile(values, (0.25, 0.5, 0.75), method="nearest")
            spread = f"{low:.3g} to {high:.3g}" if values.size > 1 else ""
            rows.append([*(value for _, value in trial.point), measure, f"{middle:.3g}", spread])
    return [*names, "measure", "median", "quartiles"], rows
