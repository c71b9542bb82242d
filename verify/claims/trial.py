"""Trials: an experiment at one point of its settings, run once for all claims that need it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.claims.claim import Claim


@dataclass(frozen=True)
class Trial:
    """An experiment, and the value of each of its settings, by name in sorted order."""

    experiment: str
    point: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return " ".join([self.experiment, *(f"{name}={value}" for name, value in self.point)])


def trials(claim: Claim) -> dict[Trial, int]:
    """The trials whose numbers a claim compares: 1 for one above the fraction bar, −1 below.

    A setting given as a pair asks for the ratio of the measure at the one to that at the other;
    two pairs ask for a ratio of ratios.
    """
    choices = [
        [(name, value, 1)]
        if isinstance(value, str)
        else [(name, value[0], 1), (name, value[1], -1)]
        for name, value in sorted(claim.settings.items())
    ]
    return {
        Trial(claim.experiment or "", tuple((name, value) for name, value, _ in chosen)): prod(
            side for _, _, side in chosen
        )
        for chosen in product(*choices)
    }


def compared(claim: Claim, measured: Mapping[Trial, Mapping[str, Any]]) -> NDArray[np.float64]:
    """The number that the claim is about, for each replica."""
    values = np.ones(1)
    with np.errstate(divide="ignore", invalid="ignore"):
        for trial, side in trials(claim).items():
            values = values * np.asarray(measured[trial][claim.quantity], dtype=float) ** side
    return values
