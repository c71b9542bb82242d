"""The options of commands that judge or run many things, once for all of them."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from ctypes.util import find_library
from dataclasses import dataclass, fields, replace
from functools import wraps
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer
from rich.markup import escape

from theory.printing.choices import one_of
from verify.cli.app import JsonOutput, err, fail

if TYPE_CHECKING:
    from verify.running.store import Store
    from verify.settings import Settings

_DEVICES = ("auto", "cpu", "cuda")
CORES = os.cpu_count() or 1
Workers = Annotated[int, typer.Option(min=1, help="Processes.")]
StorePath = Annotated[
    Path | None,
    typer.Option(
        "--store", envvar="CURSEPROOF_STORE", help="Where evidence is kept.", show_default=False
    ),
]


@dataclass(frozen=True)
class RunOptions:
    """How much a run tries, on what, and what it keeps; each field is an option of the command."""

    tier: Annotated[str, typer.Option("--tier", help="quick or full.")] = "quick"
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto"
    workers: Workers = CORES
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same evidence.")] = 0
    json_path: JsonOutput = None
    dask: Annotated[str | None, typer.Option(help="Work on this Dask scheduler's workers.")] = None
    networks: Annotated[int | None, typer.Option(min=1, help="Networks trained in each trial.")] = (
        None
    )
    steps: Annotated[int | None, typer.Option(min=1, help="Steps of training.")] = None
    fresh: Annotated[bool, typer.Option("--fresh", help="Look up no evidence of earlier runs.")] = (
        False
    )
    store_path: StorePath = None

    @property
    def quiet(self) -> bool:
        """Whether nothing but JSON is printed."""
        return self.json_path == Path("-")

    def settings(self) -> Settings:
        """Tier, seed and device of the run; what they cannot be ends the command."""
        from verify.settings import TIERS, Settings

        if self.tier not in TIERS:
            fail(f"--tier {self.tier}: {one_of(self.tier, TIERS)}")
        tier = TIERS[self.tier]
        networks, steps = self.networks or tier.networks, self.steps or tier.steps
        tier = replace(tier, networks=networks, steps=steps)
        return Settings(tier, self.seed, _device(self.device))

    def store(self) -> Store:
        """The store in which the run keeps evidence."""
        return store_at(self.store_path, self.fresh)


def store_at(path: Path | None, fresh: bool = False) -> Store:
    """The store at a path, or where it is by default; why it is not used is said once."""
    from verify.running.store import Store
    from verify.settings import default_store

    def warn(reason: str) -> None:
        err.print(f"[yellow]store:[/] {escape(reason)}", soft_wrap=True)

    return Store(path or default_store(), warn, fresh)


def _device(name: str) -> str:
    if name not in _DEVICES:
        fail(f"--device {name}: {one_of(name, _DEVICES)}")
    has_none = find_library("cuda") is None or find_spec("torch") is None
    if name == "cpu" or (name == "auto" and has_none):
        return "cpu"
    import torch

    if torch.cuda.is_available():
        return "cuda"
    if name == "cuda":
        fail("--device cuda: this machine has no CUDA device; use cpu or auto")
    return "cpu"


def takes_run_options(command: Callable[..., None]) -> Callable[..., None]:
    """A command whose parameter `options` is filled from the options that RunOptions has."""
    hints = get_type_hints(RunOptions, include_extras=True)
    own = inspect.signature(command, eval_str=True).parameters.values()
    unfolded = [
        inspect.Parameter(
            f.name, inspect.Parameter.KEYWORD_ONLY, default=f.default, annotation=hints[f.name]
        )
        for f in fields(RunOptions)
    ]

    @wraps(command)
    def unfolding(**given: Any) -> None:
        options = RunOptions(**{p.name: given.pop(p.name) for p in unfolded})
        command(**given, options=options)

    kept = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own if p.name != "options"]
    unfolding.__signature__ = inspect.Signature([*kept, *unfolded])  # type: ignore[attr-defined]
    return unfolding
