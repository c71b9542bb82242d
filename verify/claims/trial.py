"""Trials: an experiment at one point of its settings, run once for all claims that need it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import prod

from verify.claims.claim import Claim
from verify.experiments import EXPERIMENTS
from verify.settings import Tier

SEEDS_APART = 10**5  # so that runs of nearby seeds share no replicas


@dataclass(frozen=True)
class Trial:
    """An experiment, and the value of each of its settings, by name in sorted order.

    Attributes:
        experiment: the experiment.
        point: its settings.
        look: which look at further replicas the trial serves; the first is 0.

    """

    experiment: str
    point: tuple[tuple[str, str], ...]
    look: int = 0

    def __str__(self) -> str:
        look = [("look", str(self.look))] * bool(self.look)
        point = (f"{name}={value}" for name, value in (*self.point, *look))
        return " ".join([self.experiment, *point])

    def seed(self, first: int) -> int:
        """The seed of its replicas, given that of a run: each look has replicas of its own."""
        return first + self.look * SEEDS_APART


def looks(claim: Claim) -> int:
    """The number of sets of replicas that a claim may be tested on, each joining those before."""
    return EXPERIMENTS[claim.experiment or ""].looks


def trials(claim: Claim, tier: Tier, look: int = 0) -> dict[Trial, int]:
    """The trials whose numbers a claim compares: 1 for one above the fraction bar, −1 below.

    Args:
        claim: a claim about an experiment.
        tier: says what is taken for a field of the protocol that the claim does not name.
        look: which look at further replicas, below `looks`.

    """
    unsaid = EXPERIMENTS[claim.experiment or ""].unsaid(tier)
    return {
        Trial(claim.experiment or "", tuple(sorted({**unsaid, **said}.items())), look): side
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
