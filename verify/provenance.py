"""What evidence depends on: claim, method, code, settings, and the machine's libraries."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator
from dataclasses import asdict, fields
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from verify.claim import Claim
from verify.engine import TIERS, Settings
from verify.expressions import Expression

PACKAGES = ("mpmath", "numpy", "python-flint", "scipy", "sympy", "torch")
STOREYS = ("theory", "numerics", "verify")
_WORDS = {"source", "statement", "uses", "expect", "origin"}  # no method reads them


@cache
def code_version() -> str:
    """A digest of every module of this project."""
    root = Path(__file__).parents[1]
    digest = sha256()
    for path in _modules(root):
        text = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()} {len(text)}\n".encode() + text)
    return digest.hexdigest()


def _modules(root: Path) -> Iterator[Path]:
    for storey in STOREYS:
        yield from sorted((root / storey).rglob("*.py"))


def question(claim: Claim, method: str, settings: Settings) -> str:
    """A digest of what was asked: the same for every machine."""
    asked = {
        "claim": {f.name: getattr(claim, f.name) for f in fields(claim) if f.name not in _WORDS},
        "method": method,
        "code": code_version(),
        "seed": settings.seed,
        "on_trial": settings.on_trial,
        "tier": {k: v for k, v in asdict(settings.tier).items() if k != "seconds"},
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
