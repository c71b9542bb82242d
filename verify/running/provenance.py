"""What evidence depends on: claim, method, code, settings, and the machine's libraries."""

from __future__ import annotations

import ast
import json
import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date
from functools import cache
from hashlib import sha256
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from verify.claims.claim import Claim
from verify.claims.expressions import Expression
from verify.claims.trial import Trial
from verify.settings import TIERS, Settings, Tier

PACKAGES = ("mpmath", "numpy", "python-flint", "scipy", "sympy", "torch")
STOREYS = ("theory", "numerics", "verify")
# of a tier, what evidence depends on
_OF_FORMULAS = ("points", "chains", "tolerance")
_OF_TRIALS = ("replicas", "networks", "steps", "batch")
ROOT = Path(__file__).parents[2]
_SETTINGS = "verify/settings.py"
_WORDS = {"source", "statement", "uses", "expect", "origin"}  # no method reads them


@cache
def code_version(parts: Sequence[str] = STOREYS) -> str:
    """A digest of every module of the project, or of some folders and modules."""
    digest = sha256()
    for part in parts:
        found = sorted(p for p in (ROOT / part).rglob("*") if p.suffix in (".py", ".pyi"))
        for path in found or [ROOT / part]:
            text = path.read_bytes()
            digest.update(f"{path.relative_to(ROOT).as_posix()} {len(text)}\n".encode() + text)
    return digest.hexdigest()


@cache
def dependencies(module: str) -> tuple[str, ...]:
    """The files, from the project's root, of a module and of all that it imports of the project.

    What is imported for its type alone does not count, nor does a package for a module in it. A
    public name stands for the module that has it, a package by itself for all its public names.
    """
    found: set[Path] = set()
    seen: set[str] = set()
    waiting = {module}
    while waiting:
        name = waiting.pop()
        seen.add(name)
        path = _file(name)
        imported = set(_homes(name))
        if path is not None and path not in found:
            found.add(path)
            imported |= set(_imported(ast.parse(path.read_bytes())))
        waiting |= imported - seen
    return tuple(sorted(path.relative_to(ROOT).as_posix() for path in found))


def _homes(name: str) -> Iterable[str]:
    """The modules that have what is imported from one of the packages when it is first used."""
    package, _, public = name.partition(".")
    homes = import_module(package).homes if package in STOREYS else {}
    return [homes[public]] if public in homes else set(homes.values()) if not public else []


def _file(name: str) -> Path | None:
    """Where a module of the project is, or one that has something of this name."""
    if name.partition(".")[0] not in STOREYS:  # which may be installed beside it
        return None
    for module in (name, name.rpartition(".")[0]):
        base = ROOT.joinpath(*module.split("."))
        for path in (base.with_suffix(".py"), base / "__init__.py"):
            if module and path.is_file():
                return path
    return None


def _imported(node: ast.AST) -> Iterator[str]:
    """The names that a syntax tree imports, of modules or of what is in one."""
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom) and node.module:
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    for child in ast.iter_child_nodes(node):
        yield from _imported(child)


def question(subject: Claim | Trial, method: str, settings: Settings) -> str:
    """A digest of what was asked: the same for every machine."""
    asked = {
        "subject": {
            f.name: getattr(subject, f.name) for f in fields(subject) if f.name not in _WORDS
        },
        "method": method,
        "code": code_version(_parts(subject)),
        "seed": settings.seed,
        "tier": {name: getattr(settings.tier, name) for name in _sizes(subject)},
    }
    if isinstance(subject, Claim):
        asked |= {"every_method": settings.every_method, "explains": settings.explains}
    return sha256(json.dumps(asked, sort_keys=True, default=_plain).encode()).hexdigest()


def _sizes(subject: Claim | Trial) -> tuple[str, ...]:
    if isinstance(subject, Trial):
        return _OF_TRIALS
    return (*_OF_TRIALS, "tolerance") if subject.experiment else _OF_FORMULAS


def _parts(subject: Claim | Trial) -> tuple[str, ...]:
    """The modules or folders that count: a trial stays the same if what it does not run changes."""
    if isinstance(subject, Claim):
        return STOREYS
    from verify.experiments import EXPERIMENTS

    # what settings count is in the digest by itself
    return tuple(p for p in dependencies(EXPERIMENTS[subject.experiment].home) if p != _SETTINGS)


def _plain(value: object) -> object:
    return value.source if isinstance(value, Expression) else vars(value)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


@cache
def machine(device: str) -> dict[str, object]:
    """What of the machine may tell in the last digits, JSON-ready."""
    return {
        "device": device,
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in PACKAGES},
    }


def environment(settings: Settings) -> dict[str, object]:
    """What a run was made with, JSON-ready."""
    return {
        **machine(settings.device),
        "platform": platform.platform(),
        "curseproof": version("curseproof"),
        "date": date.today().isoformat(),
        "code": code_version(),
        "seed": settings.seed,
        "tier": next((name for name, tier in TIERS.items() if tier == settings.tier), "custom"),
        "size": asdict(settings.tier),
    }


def settings_of(made: Mapping[str, Any]) -> Settings:
    """The settings in what `environment` returned."""
    return Settings(Tier(**made["size"]), made["seed"], made["device"])
