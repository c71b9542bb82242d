"""What evidence depends on: claim, method, code, settings, and the machine's libraries."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, fields
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from verify.claim import Claim
from verify.expressions import Expression
from verify.settings import TIERS, Settings
from verify.trial import Trial

PACKAGES = ("mpmath", "numpy", "python-flint", "scipy", "sympy", "torch")
STOREYS = ("theory", "numerics", "verify")
# of a tier, what a method's evidence depends on
_SIZE = ("points", "chains", "tolerance")
_SIZES = {
    "trial": ("replicas", "networks", "steps", "batch"),
    "experiment": ("replicas", "networks", "steps", "batch", "tolerance"),
}
_WORDS = {"source", "statement", "uses", "expect", "origin"}  # no method reads them


@cache
def code_version(parts: Sequence[str] = STOREYS) -> str:
    """A digest of every module of the project, or of some folders and modules."""
    root = Path(__file__).parents[1]
    digest = sha256()
    for part in parts:
        for path in sorted((root / part).rglob("*.py")) or [root / part]:
            text = path.read_bytes()
            digest.update(f"{path.relative_to(root).as_posix()} {len(text)}\n".encode() + text)
    return digest.hexdigest()


def question(subject: Claim | Trial, method: str, settings: Settings) -> str:
    """A digest of what was asked: the same for every machine."""
    asked = {
        "subject": {
            f.name: getattr(subject, f.name) for f in fields(subject) if f.name not in _WORDS
        },
        "method": method,
        "code": code_version(_parts(subject)),
        "seed": settings.seed,
        "on_trial": settings.on_trial,
        "tier": {name: getattr(settings.tier, name) for name in _SIZES.get(method, _SIZE)},
    }
    return sha256(json.dumps(asked, sort_keys=True, default=_plain).encode()).hexdigest()


def _parts(subject: Claim | Trial) -> tuple[str, ...]:
    """A trial is not another one because a judge or another experiment is."""
    if isinstance(subject, Claim):
        return STOREYS
    from verify.experiments import EXPERIMENTS

    module = EXPERIMENTS[subject.experiment].run.__module__
    return ("theory", "numerics", f"{module.replace('.', '/')}.py")


def _plain(value: object) -> object:
    return value.source if isinstance(value, Expression) else vars(value)


@cache
def machine(device: str) -> dict[str, object]:
    """What else may tell in the last digits, JSON-ready."""
    return {
        "device": device,
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
    }


def environment(settings: Settings) -> dict[str, object]:
    """What a run was made with, JSON-ready."""
    return {
        **machine(settings.device),
        "platform": platform.platform(),
        "curseproof": version("curseproof"),
        "code": code_version(),
        "seed": settings.seed,
        "tier": next((name for name, tier in TIERS.items() if tier == settings.tier), "custom"),
        "size": asdict(settings.tier),
    }
