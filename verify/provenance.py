"""What evidence depends on: claim, method, code, settings, and the machine's libraries."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from dataclasses import fields
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
_CODE_OF_TRIALS = ("theory", "numerics", "verify/experiments")
# of a tier, what a method's evidence depends on
_SIZE = ("points", "chains", "tolerance")
_SIZES = {
    "trial": ("replicas", "networks", "steps"),
    "experiment": ("replicas", "networks", "steps", "tolerance"),
}
_WORDS = {"source", "statement", "uses", "expect", "origin"}  # no method reads them


@cache
def code_version(folders: Sequence[str] = STOREYS) -> str:
    """A digest of every module of the project, or of those in some folders."""
    root = Path(__file__).parents[1]
    digest = sha256()
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
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
        "code": code_version(_CODE_OF_TRIALS if method == "trial" else STOREYS),
        "seed": settings.seed,
        "on_trial": settings.on_trial,
        "tier": {name: getattr(settings.tier, name) for name in _SIZES.get(method, _SIZE)},
    }
    return sha256(json.dumps(asked, sort_keys=True, default=_plain).encode()).hexdigest()


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
    }
