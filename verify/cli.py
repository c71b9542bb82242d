"""The command `curseproof`. Each command is thin: it reads options, calls, prints."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes.util import find_library
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from theory import Derivation, StationaryInput
    from verify.engine import Result
    from verify.evidence import Evidence
    from verify.settings import Settings
    from verify.store import Store
    from verify.trial import Trial

app = typer.Typer(
    help="Derives, generates and verifies the theory of the curse of memory.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

PASSED, REFUTED, BAD_INPUT, UNDECIDED = 0, 1, 2, 3
_COLOURS = {
    "proved": "green",
    "supported": "cyan",
    "refuted": "red",
    "undecided": "yellow",
    "error": "magenta",
}

Autocorrelation = Annotated[
    str, typer.Option(help="R(Δ) for Δ ≥ 0, e.g. 'rho**Delta'; white input by default.")
]
Output = Annotated[Path | None, typer.Option(help="Write here instead of standard output.")]
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
WHITE = "KroneckerDelta(Delta, 0)"


def main() -> None:
    """Run the command."""
    app()


def fail(message: object) -> NoReturn:
    """One line on standard error, and exit status 2."""
    err.print(f"[red]error:[/] {escape(' '.join(str(message).split()))}", soft_wrap=True)
    raise typer.Exit(BAD_INPUT)


@contextmanager
def bad_input(*errors: type[Exception]) -> Iterator[None]:
    """Turn these errors into one clear line."""
    try:
        yield
    except errors as error:
        fail(error)


def write(text: str, output: Path | None) -> None:
    """Print, or write to a file."""
    if output is None:
        out.print(text, markup=False, soft_wrap=True)
        return
    with bad_input(OSError):
        output.write_text(text if text.endswith("\n") else text + "\n", encoding="utf-8")


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
    dask: Dask = None,
    networks: Networks = None,
    steps: Steps = None,
    fresh: Fresh = False,
    store: StorePath = None,
) -> None:
    """Judge claims: proved, supported, refuted, undecided or error."""
    from verify.claim import ClaimError
    from verify.selection import select
    from verify.workers import run

    settings = _settings(tier, seed, device, networks, steps)
    with bad_input(ClaimError):
        chosen = select(claims or [])
    quiet, kept = json_path == "-", _store(store, fresh)
    results: list[Result] = []
    with bad_input(OSError, ImportError), _progress("judging", len(chosen), quiet) as (step, told):
        for result in run(chosen, settings, workers, kept, dask, told):
            results.append(result)
            step(f"{result.claim.id}: {result.verdict}")
    order = {claim.id: place for place, claim in enumerate(chosen)}
    results.sort(key=lambda result: order[result.claim.id])
    if not quiet:
        _table(results)
    _reports(results, settings, json_path, junit, kept)
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
    from verify.reports import to_json
    from verify.sweep import SweepError, grid, table
    from verify.workers import try_all

    settings = _settings(tier, seed, device, networks, steps)
    given = dict(choice.partition("=")[::2] for choice in choices or [])
    with bad_input(SweepError):
        wanted = grid(experiment, {name: values.split(",") for name, values in given.items()})
    quiet, kept = json_path == "-", _store(store, fresh)
    found: dict[Trial, Evidence] = {}
    with bad_input(OSError, ImportError), _progress("trials", len(wanted), quiet) as (step, _):
        for trial, evidence in try_all(wanted, settings, workers, kept, dask):
            found[trial] = evidence
            step(str(trial))
    found = {trial: found[trial] for trial in wanted if trial in found}
    if found and not quiet:
        head, rows = table(found)
        shown = Table(box=None, pad_edge=False)
        for name in head:
            shown.add_column(name, no_wrap=True)
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
    from verify.store import Store, default_path

    def warn(reason: str) -> None:
        err.print(f"[yellow]store:[/] {escape(reason)}", soft_wrap=True)

    return Store(path or default_path(), warn, fresh)


@contextmanager
def _progress(
    what: str, total: int, quiet: bool
) -> Iterator[tuple[Callable[[str], None], Callable[[Trial, int], None]]]:
    """Bars, and what moves them: a step of the first, and a trial ended, with how many are left.

    Ctrl-C ends the block, not the program: what is done is done.
    """
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns, console=err, disable=quiet, transient=True, speed_estimate_period=3600
    ) as progress:
        main = progress.add_task(what, total=total)
        trials = progress.add_task("trials", total=None, visible=False)

        def step(description: str) -> None:
            progress.update(main, advance=1, description=description)

        def told(trial: Trial, left: int) -> None:
            done = progress.tasks[trials].completed + 1
            progress.update(
                trials, description=str(trial), completed=done, total=done + left, visible=True
            )

        try:
            yield step, told
        except KeyboardInterrupt:
            err.print("[yellow]interrupted; what was judged so far:[/]")


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
    from verify.claim import ClaimError
    from verify.foreign import ForeignError, adopt
    from verify.selection import select

    with bad_input(ClaimError, ForeignError):
        taken = adopt(results, select(claims or []), _store(store), replay, workers)
    out.print(f"{taken} pieces of evidence taken over")


def _table(results: list[Result]) -> None:
    from verify.reports import error_rate

    table = Table(box=None, pad_edge=False)
    table.add_column("claim", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("evidence, and the smallest relative error noticeable")
    for r in results:
        verdict = f"[{_COLOURS[r.verdict]}]{r.verdict}[/]"
        if r.claim.expect and r.as_expected:
            verdict += " (expected)"
        table.add_row(escape(r.claim.id), verdict, escape(_summary(r)))
    out.print(table)
    counts = {v: sum(r.verdict == v for r in results) for v in _COLOURS}
    out.print(", ".join(f"[{_COLOURS[v]}]{n} {v}[/]" for v, n in counts.items() if n))
    if rate := error_rate(results):
        out.print(f"Any sampled check is wrong with probability at most {rate:.1g}.")
    if len(results) == 1:
        _page(results[0])
    for r in results:
        if r.counterexample is not None:
            out.print(f"\n[red]{escape(r.claim.id)}[/] is false", soft_wrap=True)
            out.print("\n".join(r.counterexample.lines()), markup=False, soft_wrap=True)


def _page(result: Result) -> None:
    """What each judge and route found."""
    table = Table(box=None, pad_edge=False)
    for e in result.evidence:
        table.add_row(e.method, str(e.finding), escape(e.detail))
    out.print(table)


def _summary(result: Result) -> str:
    if result.counterexample is not None:
        return f"relative error {result.counterexample.discrepancy} at a point, see below"
    if str(result.verdict) not in ("proved", "supported"):
        return result.reason
    return ", ".join(
        e.method if e.noticeable is None else f"{e.method} {e.noticeable:.0e}"
        for e in result.evidence
        if e.finding in ("proves", "supports")
    )


def _reports(
    results: list[Result],
    settings: Settings,
    json_path: str | None,
    junit: Path | None,
    kept: Store,
) -> None:
    from verify.reports import to_json, to_junit
    from verify.trial import trials

    if json_path is not None:
        needed = (t for r in results if r.claim.experiment for t in trials(r.claim))
        known = {trial: kept.known(trial, settings).get("trial") for trial in needed}
        tried = {trial: evidence for trial, evidence in known.items() if evidence}
        _write_json(to_json(results, settings, tried), json_path)
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


@app.command("eval")
def eval_command(
    quantity: Annotated[str, typer.Argument(help="second_moment, sensitivity, …")],
    autocorrelation: Autocorrelation = WHITE,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="NAME=EXPR, e.g. lambda=9/10.")
    ] = None,
    eigenvalue: Annotated[str | None, typer.Option(help="λ of parameters.")] = None,
    gamma: Annotated[str | None, typer.Option(help="Input normaliser γ.")] = None,
    wrt: Annotated[str | None, typer.Option(help="Differentiate by this parameter.")] = None,
    differentiate_gamma: Annotated[bool, typer.Option(help="γ's own dependence counts.")] = False,
    digits: Annotated[int, typer.Option(help="Correct digits.")] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print one number, every digit of it right."""
    from numerics.balls import decimal
    from verify.value import QuestionError, value

    given = {}
    for setting in settings or []:
        name, sign, text = setting.partition("=")
        if not sign:
            fail(f"--set {setting}: write NAME=EXPR")
        given[name.strip()] = text
    options = {"eigenvalue": eigenvalue, "gamma": gamma, "wrt": wrt}
    unit: dict[str, str | bool] = {k: v for k, v in options.items() if v is not None}
    if differentiate_gamma:
        unit["differentiate_gamma"] = True
    with bad_input(QuestionError):
        number = decimal(value(quantity, autocorrelation, given, digits, **unit), digits)
    out.print(json.dumps({"value": number}) if as_json else number, markup=False, soft_wrap=True)


@app.command()
def derive(
    quantity: Annotated[
        str | None, typer.Argument(help="second_moment, sensitivity, gamma, …; all without.")
    ] = None,
    autocorrelation: Autocorrelation = WHITE,
    to: Annotated[str, typer.Option(help="text, markdown, latex, html or pdf.")] = "text",
    output: Output = None,
) -> None:
    """Derive a quantity, or all of them, step by step; each is checked as it is printed."""
    from theory.derivations import DERIVATIONS
    from theory.derivations.render import RENDERERS, pdf
    from verify.value import QuestionError, read_input

    if quantity is not None and quantity not in DERIVATIONS:
        fail(f"unknown quantity {quantity!r}: one of {', '.join(DERIVATIONS)}")
    if to not in (*RENDERERS, "pdf"):
        fail(f"--to {to}: one of {', '.join((*RENDERERS, 'pdf'))}")
    if to == "pdf" and output is None:
        fail("--to pdf: name a file with --output")
    with bad_input(QuestionError, ValueError, OSError, RuntimeError):
        x = read_input(autocorrelation)
        derivations = [DERIVATIONS[quantity](x)] if quantity else _all_derivations(x)
        if to == "pdf":
            assert output is not None  # noqa: S101 (refused above)
            output.write_bytes(pdf(*derivations))
        elif output is None:
            for part in RENDERERS[to](*derivations):
                out.print(part, markup=False, soft_wrap=True, end="")
        else:
            write("".join(RENDERERS[to](*derivations)), output)


def _all_derivations(x: StationaryInput) -> list[Derivation]:
    """Those that the input has; of the others it is said why not."""
    from theory.derivations import DERIVATIONS

    found = []
    for name, derive_it in DERIVATIONS.items():
        try:
            found.append(derive_it(x))
        except ValueError as reason:
            err.print(f"[yellow]skipped:[/] {name}: {escape(str(reason))}", soft_wrap=True)
    return found


@app.command()
def export(
    name: Annotated[
        str, typer.Argument(help="A quantity, gamma, or an architecture (lru, tanh, …).")
    ],
    to: Annotated[
        str,
        typer.Option(help="latex, latex-commands, numpy, torch, jax, numba, mpmath or sympy."),
    ],
    autocorrelation: Autocorrelation = WHITE,
    output: Output = None,
) -> None:
    """Export a formula as LaTeX, or as a module that imports nothing of this project."""
    from verify.export import exported
    from verify.value import QuestionError, read_input

    with bad_input(QuestionError, ValueError):
        write(exported(name, read_input(autocorrelation), to), output)


@app.command()
def normalizer(
    data: Annotated[
        str, typer.Argument(help="A .npy or .csv file, or a packaged series (sp500, pulse, …).")
    ],
    eigenvalues: Annotated[str, typer.Option(help="λ to try.")] = "0,0.5,0.9,0.99,0.999",
    column: Annotated[str | None, typer.Option(help="The CSV column, by name or number.")] = None,
    transform: Annotated[
        str, typer.Option(help="none, difference, returns or absolute-returns.")
    ] = "none",
    held_out: Annotated[float, typer.Option(help="Share of the series to measure on.")] = 0.5,
    claim: Annotated[
        Path | None, typer.Option(help="Write the fitted normaliser as a claim file.")
    ] = None,
) -> None:
    """Fit a series' autocorrelation, derive γ and λ(ω), and measure what they improve."""
    from numerics.data import PACKAGED, load_series, packaged_series, transformed
    from verify.normalizer import claim_file, examined

    with bad_input(ValueError, OSError):
        series = packaged_series(data) if data in PACKAGED else load_series(data, column)
        lams = [_number("--eigenvalues", text) for text in eigenvalues.split(",")]
        report = examined(transformed(series, transform), lams, held_out)
        if claim is not None:
            claim.write_text(claim_file(report.fitted, data), encoding="utf-8")
    out.print(report.text(), markup=False, soft_wrap=True)
    table = Table(box=None, pad_edge=False)
    for heading in report.HEADINGS:
        table.add_column(heading, justify="right")
    for row in report.rows():
        table.add_row(*row)
    out.print(table)


def _number(option: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{option} {text}: numbers with |λ| < 1, separated by commas") from None


@app.command("hessian")
def hessian_command(
    system: Annotated[
        Path, typer.Argument(help="An .npz file with A, B, C, D and inputs X (batch, time, d_in).")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """The Hessian of a linear RNN's loss at its optimum, dense and complex diagonal."""
    with bad_input(ValueError, OSError):
        from verify.hessian_report import hessian_report, read_system

        report = hessian_report(read_system(system))
    if as_json:
        write(json.dumps(report.to_json(), indent=2), None)
        return
    table = Table(box=None, pad_edge=False)
    for heading in report.HEADINGS:
        table.add_column(heading, justify="right")
    for row in report.rows():
        table.add_row(*row)
    out.print(table, report.text(), sep="\n")


@app.command()
def architectures(
    to: Annotated[str, typer.Option(help="text, markdown or latex.")] = "text",
    output: Output = None,
) -> None:
    """Say of each architecture what explodes, vanishes or is cured as λ → 1, and how fast."""
    from theory.architecture_growth import RENDERERS, rows

    if to not in RENDERERS:
        fail(f"--to {to}: one of {', '.join(RENDERERS)}")
    with err.status("a minute"):
        table = list(rows())
    write("".join(RENDERERS[to](table)), output)


@app.command()
def bench(
    parts: Annotated[
        list[str] | None,
        typer.Argument(help="accuracy, evaluate, simulate, hessian, train; all without."),
    ] = None,
    quick: Annotated[bool, typer.Option(help="Less, in a minute: a look, not a figure.")] = False,
    output: Output = None,
    json_path: Annotated[
        str | None, typer.Option("--json", help="Write JSON; - prints it.")
    ] = None,
) -> None:
    """Measure accuracy and speed beside what people use instead."""
    from verify.benchmarks.suite import PARTS, report
    from verify.benchmarks.tables import Table as BenchmarkTable
    from verify.benchmarks.tables import machine

    if unknown := set(parts or ()) - set(PARTS):
        fail(f"bench {', '.join(sorted(unknown))}: one or more of {', '.join(PARTS)}")
    tables: list[BenchmarkTable] = []
    for part in parts or PARTS:
        with err.status(part), bad_input(ImportError):
            tables += PARTS[part](quick)
    if json_path:
        data = {"machine": machine(), "tables": [table.to_json() for table in tables]}
        write(json.dumps(data, indent=2), None if json_path == "-" else Path(json_path))
    if json_path != "-":
        write(report(tables, f"curseproof bench {' '.join(parts or ())}".strip()), output)


@app.command("list")
def list_command() -> None:
    """List the paper's claims."""
    from verify.selection import paper_claims

    table = Table(box=None, pad_edge=False)
    for column in ("claim", "source", "statement"):
        table.add_column(column, no_wrap=column == "claim")
    for claim in paper_claims():
        table.add_row(claim.id, claim.source, claim.statement)
    out.print(table)


@app.command()
def show(identifier: Annotated[str, typer.Argument(help="A claim's id, or a key.")]) -> None:
    """Show a claim in full, with the derived formula beside it."""
    from verify.claim import ClaimError
    from verify.reports import description
    from verify.selection import select

    with bad_input(ClaimError):
        found = select([identifier])
    out.print("\n\n".join(description(claim) for claim in found), markup=False, soft_wrap=True)
