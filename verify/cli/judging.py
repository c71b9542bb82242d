"""Commands that judge: claims, experiments, another machine's evidence."""

from __future__ import annotations

import json
import os
import sys
from ctypes.util import find_library
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from verify.cli.app import (
    BAD_INPUT,
    PASSED,
    REFUTED,
    UNDECIDED,
    app,
    bad_input,
    err,
    fail,
    out,
    write,
)
from verify.cli.display import progress, show_results

if TYPE_CHECKING:
    from verify.claims.trial import Trial
    from verify.judging.engine import Result
    from verify.judging.evidence import Evidence
    from verify.running.store import Store
    from verify.settings import Settings

StorePath = Annotated[
    Path | None,
    typer.Option(
        "--store", envvar="CURSEPROOF_STORE", help="Where evidence is kept.", show_default=False
    ),
]
TierName = Annotated[str, typer.Option("--tier", help="quick or full.")]
Device = Annotated[str, typer.Option(help="auto, cpu or cuda.")]
Workers = Annotated[int, typer.Option(min=1, help="Processes.")]
Seed = Annotated[int, typer.Option(min=0, help="Same seed, same evidence.")]
JsonPath = Annotated[str | None, typer.Option("--json", help="Write JSON; - prints it.")]
Dask = Annotated[str | None, typer.Option(help="Work on this Dask scheduler's workers.")]
Networks = Annotated[int | None, typer.Option(min=1, help="Networks trained in each trial.")]
Steps = Annotated[int | None, typer.Option(min=1, help="Steps of training.")]
Fresh = Annotated[bool, typer.Option(help="Look up no evidence of earlier runs.")]
CORES = os.cpu_count() or 1


@app.command()
def verify(
    claims: Annotated[
        list[str] | None, typer.Argument(help="Ids, keys (A5) or claim files; all without.")
    ] = None,
    tier: TierName = "quick",
    device: Device = "auto",
    workers: Workers = CORES,
    seed: Seed = 0,
    json_path: JsonPath = None,
    junit: Annotated[Path | None, typer.Option(help="Write JUnit XML.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write a page with all evidence.")] = None,
    dask: Dask = None,
    networks: Networks = None,
    steps: Steps = None,
    fresh: Fresh = False,
    store: StorePath = None,
) -> None:
    """Judge claims: proved, supported, refuted, undecided or error."""
    from verify.claims.claim import ClaimError
    from verify.claims.selection import select
    from verify.running.workers import run

    settings = _settings(tier, seed, device, networks, steps)
    with bad_input(ClaimError):
        chosen = select(claims or [])
    quiet, kept = json_path == "-", _store(store, fresh)
    results: list[Result] = []
    with bad_input(OSError, ImportError), progress("judging", len(chosen), quiet) as bars:
        for result in run(chosen, settings, workers, kept, dask, bars.on_trial):
            results.append(result)
            bars.step(f"{result.claim.id}: {result.verdict}")
    order = {claim.id: place for place, claim in enumerate(chosen)}
    results.sort(key=lambda result: order[result.claim.id])
    if not quiet:
        show_results(results)
    _reports(results, settings, json_path, junit, html, kept)
    invalid = [r for r in results if r.invalid]
    for result in invalid:
        origin = f"{result.claim.origin}: " if result.claim.origin else ""
        err.print(
            f"[red]error:[/] {escape(f'{origin}claim {result.claim.id!r}: {result.reason}')}",
            soft_wrap=True,
        )
    raise typer.Exit(exit_status(results, incomplete=len(results) < len(chosen)))


@app.command()
def sweep(
    experiment: Annotated[str, typer.Argument(help="linear_system_learning, …")],
    choices: Annotated[
        list[str] | None,
        typer.Argument(help="SETTING=VALUE,VALUE…; a setting left out takes all its values."),
    ] = None,
    tier: TierName = "quick",
    device: Device = "auto",
    workers: Workers = CORES,
    seed: Seed = 0,
    json_path: JsonPath = None,
    dask: Dask = None,
    networks: Networks = None,
    steps: Steps = None,
    fresh: Fresh = False,
    store: StorePath = None,
) -> None:
    """Run an experiment over a grid of its settings; what is done is kept, and done once."""
    from verify.reporting.results import to_json
    from verify.running.sweep import SweepError, grid, table
    from verify.running.workers import run_trials

    settings = _settings(tier, seed, device, networks, steps)
    given = dict(choice.partition("=")[::2] for choice in choices or [])
    with bad_input(SweepError):
        wanted = grid(experiment, {name: values.split(",") for name, values in given.items()})
    quiet, kept = json_path == "-", _store(store, fresh)
    found: dict[Trial, Evidence] = {}
    with bad_input(OSError, ImportError), progress("trials", len(wanted), quiet) as bars:
        for trial, evidence in run_trials(wanted, settings, workers, kept, dask):
            found[trial] = evidence
            bars.step(str(trial))
    found = {trial: found[trial] for trial in wanted if trial in found}
    if found and not quiet:
        head, rows = table(found)
        shown = Table(box=None, pad_edge=False)
        for name in head:
            shown.add_column(name, overflow="fold", no_wrap=name in ("measure", "median"))
        for row in rows:
            shown.add_row(*map(escape, row))
        out.print(shown)
    _write_json(to_json([], settings, found), json_path)
    for trial, evidence in found.items():
        if str(evidence.finding) != "supports":
            err.print(f"[red]{escape(str(trial))}[/]: {escape(evidence.detail)}", soft_wrap=True)
    complete = all(str(evidence.finding) == "supports" for evidence in found.values())
    raise typer.Exit(PASSED if complete and len(found) == len(wanted) else UNDECIDED)


def _settings(
    tier: str, seed: int, device: str, networks: int | None, steps: int | None
) -> Settings:
    from verify.settings import TIERS, Settings

    if tier not in TIERS:
        fail(f"--tier {tier}: one of {', '.join(TIERS)}")
    size = {"networks": networks, "steps": steps}
    change = {name: value for name, value in size.items() if value is not None}
    return Settings(replace(TIERS[tier], **change), seed, _device(device))


def exit_status(results: list[Result], incomplete: bool = False) -> int:
    """0 all as expected, 1 something refuted, 2 bad input, 3 undecided, error or interrupted."""
    if any(r.invalid for r in results):
        return BAD_INPUT
    unexpected = [r for r in results if not r.as_expected]
    if any(str(r.verdict) not in ("undecided", "error") for r in unexpected):
        return REFUTED
    return UNDECIDED if unexpected or incomplete else PASSED


def _store(path: Path | None, fresh: bool = False) -> Store:
    from verify.running.store import Store, default_path

    def warn(reason: str) -> None:
        err.print(f"[yellow]store:[/] {escape(reason)}", soft_wrap=True)

    return Store(path or default_path(), warn, fresh)


@app.command("import")
def import_command(
    results: Annotated[Path, typer.Argument(help="What `curseproof verify --json` wrote.")],
    claims: Annotated[
        list[str] | None, typer.Argument(help="The claims' files; the paper's without.")
    ] = None,
    replay: Annotated[int, typer.Option(min=0, help="Claims judged again here first.")] = 3,
    workers: Workers = CORES,
    store: StorePath = None,
) -> None:
    """Take over the evidence of another machine, once a sample of it was found again here."""
    from verify.claims.claim import ClaimError
    from verify.claims.selection import select
    from verify.reporting.adoption import ForeignError, import_results

    with bad_input(ClaimError, ForeignError):
        taken = import_results(results, select(claims or []), _store(store), replay, workers)
    out.print(f"{taken} pieces of evidence taken over")


def _reports(
    results: list[Result],
    settings: Settings,
    json_path: str | None,
    junit: Path | None,
    html: Path | None,
    kept: Store,
) -> None:
    from verify.claims.trial import trials
    from verify.cli.reporting import write_report
    from verify.judging.methods import TRIAL
    from verify.reporting.results import from_json, to_json, to_junit

    if json_path is not None or html is not None:
        needed = (t for r in results if r.claim.experiment for t in trials(r.claim))
        known = {trial: kept.known(trial, settings).get(TRIAL) for trial in needed}
        trial_results = {trial: evidence for trial, evidence in known.items() if evidence}
        report = to_json(results, settings, trial_results)
        _write_json(report, json_path)
        if html is not None:
            write_report(from_json(report), "html", html)
    if junit is not None:
        write(to_junit(results), junit)


def _write_json(report: dict[str, object], path: str | None) -> None:
    text = json.dumps(report, indent=1, ensure_ascii=False)
    if path == "-":
        sys.stdout.write(text + "\n")
    elif path is not None:
        write(text, Path(path))


def _device(name: str) -> str:
    if name not in ("auto", "cpu", "cuda"):
        fail(f"--device {name}: auto, cpu or cuda")
    if name == "cpu" or (name == "auto" and find_library("cuda") is None):
        return "cpu"
    import torch

    if torch.cuda.is_available():
        return "cuda"
    if name == "cuda":
        fail("--device cuda: this machine has no CUDA device; use cpu or auto")
    return "cpu"


@app.command("list")
def list_command() -> None:
    """List the paper's claims."""
    from verify.claims.selection import paper_claims

    table = Table(box=None, pad_edge=False)
    for column in ("claim", "source", "statement"):
        table.add_column(column, no_wrap=column == "claim")
    for claim in paper_claims():
        table.add_row(claim.id, claim.source, claim.statement)
    out.print(table)


@app.command()
def show(identifier: Annotated[str, typer.Argument(help="A claim's id, or a key.")]) -> None:
    """Show a claim in full, with the derived formula beside it."""
    from verify.claims.claim import ClaimError
    from verify.claims.selection import select
    from verify.reporting.results import description

    with bad_input(ClaimError):
        found = select([identifier])
    out.print("\n\n".join(description(claim) for claim in found), markup=False, soft_wrap=True)
