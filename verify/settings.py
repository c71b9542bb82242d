"""What a run's evidence depends on, besides the claim."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

# packages that not everybody has, and what brings them
EXTRAS = {
    "torch": "torch",
    "matplotlib": "plot",
    "numba": "fast",
    "distributed": "dask",
    "jax": "jax",
    "atheris": "fuzz",
    "pyarrow": "tables",
}


def remedy(missing: ModuleNotFoundError) -> str:
    """How to come by a package that is missing; empty if it is none that may be."""
    extra = EXTRAS.get((missing.name or "").partition(".")[0])
    return f"{missing.name} is not installed: pip install 'curseproof[{extra}]'" if extra else ""


def cache_folder() -> Path:
    """The folder in the user's cache for what is kept from one run to the next."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "curseproof"


def default_store() -> Path:
    """Where evidence is kept unless said otherwise."""
    return cache_folder() / "evidence.sqlite"


@dataclass(frozen=True)
class Tier:
    """How much a run tries.

    Attributes:
        points: points per claim and route.
        replicas: replicas of a random experiment that trains nothing.
        seconds: seconds per claim.
        networks: networks trained per learning rate and trial.
        steps: steps of training.
        as_published: whether experiments keep to the published protocol where it takes hours
            and a claim does not say otherwise.
        seconds_per_trial: seconds per trial of an experiment.

    """

    points: int
    replicas: int
    seconds: float
    networks: int = 32
    steps: int = 10_000
    as_published: bool = False
    seconds_per_trial: float = 7200


TIERS = {
    "quick": Tier(points=6, replicas=64, seconds=60),
    "full": Tier(
        points=40,
        replicas=400,
        seconds=900,
        as_published=True,
        seconds_per_trial=24 * 3600,
    ),
}


@dataclass(frozen=True)
class Settings:
    """Tier, seed and device of a run, and what more is wanted than verdicts."""

    tier: Tier = TIERS["quick"]
    seed: int = 0
    device: str = "cpu"
    every_method: bool = False  # speaks, though one before it has refuted
    explains: bool = True  # counterexamples: where it is worst, and what would be right
    certify: bool = False  # by the kernel of a proof assistant
