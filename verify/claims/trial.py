"""Trials: an experiment at one point of its settings, run once for all claims that need it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import prod

from verify.claims.claim import Claim
from verify.experiments import EXPERIMENTS
from verify.settings import Tier


@dataclass(frozen=True)
class Trial:
    """An experiment, and the value of each of its settings, by name in sorted order."""

    experiment: str
    point: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return " ".join([self.experiment, *(f"{name}={value}" for name, value in self.point)])


def trials(claim: Claim, tier: Tier) -> dict[Trial, int]:
    """The trials whose numbers a claim compares: 1 for one above the fraction bar, −1 below.

    Args:
        claim: a claim about an experiment.
        tier: says what is taken for a field of the protocol that the claim does not name.

    """
    unsaid = EXPERIMENTS[claim.experiment or ""].unsaid(tier)
    return {
        Trial(claim.experiment or "", tuple(sorted({**unsaid, **said}.items()))): side
        for said, side in sides(claim)
    }


def sides(claim: Claim) -> Iterator[tuple[dict[str, str], int]]:
    """What a claim says of each of its trials' settings: 1 above the fraction bar, −1 below.

    A setting given as a pair asks for the ratio of the measure at the one to that at the other;
    two pairs ask for a ratio of ratios.
    """
    choices = [
        [(name, value, 1)]
        if isinstance(value, str)
        else [(name, value[0], 1), (name, value[1], -1)]
        for name, value in sorted(claim.settings.items())
    ]
    for chosen in product(*choices):
        yield {name: value for name, value, _ in chosen}, prod(side for *_, side in chosen)
