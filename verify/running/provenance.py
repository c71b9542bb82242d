"""What evidence depends on: claim, method, code, settings, and the machine's libraries."""

from __future__ import annotations

import ast
import io
import json
import platform
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, fields
from datetime import date
from functools import cache
from hashlib import sha256
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from verify.claims.claim import WORDS, Claim
from verify.claims.expressions import Expression
from verify.claims.trial import Trial
from verify.settings import TIERS, Settings, Tier

PACKAGES = ("mpmath", "numpy", "python-flint", "scipy", "sympy", "torch")
STOREYS = ("theory", "numerics", "verify")
# of a tier, what evidence depends on
_OF_FORMULAS = ("points",)
_OF_TRIALS = ("replicas", "networks", "steps")
_FORMER_SIZES = ("chains", "tolerance")  # of simulations with an error rate
DISPLAYS = ("_repr_html_", "_repr_latex_")  # methods that a notebook calls
ROOT = Path(__file__).parents[2]
_SETTINGS = "verify/settings.py"


@cache
def code_version() -> str:
    """A digest of every module of the project."""
    found = (path for storey in STOREYS for path in (ROOT / storey).rglob("*"))
    paths = [path for path in found if path.suffix in (".py", ".pyi")]
    return _digest((path, path.read_text(encoding="utf-8")) for path in paths)


@cache
def version_of(*modules: str) -> str:
    """A digest of what modules do, with all that they import of the project, however it is said.

    Comments, docstrings, blank lines and what a notebook shows of an object do not count, nor do
    the sizes of runs in the settings.
    """
    names = {name for module in modules for name in dependencies(module)} - {_SETTINGS}
    return _digest((ROOT / name, _code(ROOT / name)) for name in names)


def _digest(modules: Iterable[tuple[Path, str]]) -> str:
    digest = sha256()
    for name, text in sorted((path.relative_to(ROOT).as_posix(), text) for path, text in modules):
        digest.update(f"{name} {len(text)}\n{text}".encode())
    return digest.hexdigest()


@cache
def _code(path: Path) -> str:
    """What a module does: its lines without comments, docstrings and displays in a notebook.

    They are taken as they are written: no Python prints a syntax tree as each other one does.
    """
    source = path.read_text(encoding="utf-8")
    lines = source.split("\n")
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    written = [line.encode() for line in lines]
    statements = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt))
    for node in filter(_is_said, statements):
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        before, after = written[first][: node.col_offset], written[last][node.end_col_offset :]
        written[first : last + 1] = [before + after] + [b""] * (last - first)
    return "\n".join(line.decode().rstrip() for line in written if line.strip())


def _is_said(node: ast.AST) -> bool:
    """Whether a statement is a docstring or a display: what no computation runs."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    return isinstance(node, ast.FunctionDef) and node.name in DISPLAYS


@cache
def dependencies(module: str) -> tuple[str, ...]:
    """The files, from the project's root, of a module and of all that it imports of the project.

    What is imported for a type or a display alone does not count, nor does a package for a module
    in it. A public name stands for the module that has it, a package by itself for all its names.
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
    if _is_said(node) or (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
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
            f.name: getattr(subject, f.name)
            for f in fields(subject)
            if f.name not in WORDS | {"look"}  # a trial's seed has it
        },
        "method": method,
        "code": code_of(subject),
        "seed": subject.seed(settings.seed) if isinstance(subject, Trial) else settings.seed,
        "tier": {name: getattr(settings.tier, name) for name in _sizes(subject)},
    }
    if isinstance(subject, Claim):
        asked |= {"every_method": settings.every_method, "explains": settings.explains}
    return sha256(json.dumps(asked, sort_keys=True, default=_plain).encode()).hexdigest()


def _sizes(subject: Claim | Trial) -> tuple[str, ...]:
    if isinstance(subject, Trial):
        return _OF_TRIALS
    return (*_OF_TRIALS, "as_published") if subject.experiment else _OF_FORMULAS


def code_of(subject: Claim | Trial) -> str:
    """A digest of what counts: a trial stays the same if what it does not run changes."""
    if isinstance(subject, Claim):
        return code_version()
    from verify.experiments import EXPERIMENTS

    return version_of(EXPERIMENTS[subject.experiment].home)


def _plain(value: object) -> object:
    return value.source if isinstance(value, Expression) else vars(value)


def _installed(package: str) -> str | None:
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
        "packages": {name: _installed(name) for name in PACKAGES},
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
    size = {name: made["size"][name] for name in made["size"] if name not in _FORMER_SIZES}
    return Settings(Tier(**size), made["seed"], made["device"])
