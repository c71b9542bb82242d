"""Commands that judge: claims, experiments, another machine's evidence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from theory.printing.choices import one_of
from verify.cli.app import (
    BAD_INPUT,
    PASSED,
    REFUTED,
    UNDECIDED,
    bad_input,
    command,
    err,
    fail,
    out,
    to_file,
    write,
    write_json,
)
from verify.cli.display import progress, show_results
from verify.cli.options import CORES, RunOptions, StorePath, Workers, store_at, takes_run_options
from verify.experiments import EXPERIMENTS

if TYPE_CHECKING:
    from verify.claims.trial import Trial
    from verify.judging.engine import Result
    from verify.judging.evidence import Evidence
    from verify.reporting.replay import Replay
    from verify.running.store import Store
    from verify.settings import Settings


@command(
    "verify",
    "curseproof verify A5 B4",
    "curseproof verify claims.toml --html report.html --json results.json",
)
@takes_run_options
def verify(
    options: RunOptions,
    claims: Annotated[
        list[str] | None,
        typer.Argument(
            help="Ids, keys (A5), claim files, or `papers` for other papers; without, the paper's."
        ),
    ] = None,
    junit: Annotated[Path | None, to_file("Write JUnit XML.")] = None,
    html: Annotated[Path | None, to_file("Write a page with all evidence.")] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Print all evidence of each claim.")
    ] = False,
    certify: Annotated[
        bool, typer.Option("--certify", help="Have the proof assistant Coq check proofs too.")
    ] = False,
    experiments: Annotated[
        bool,
        typer.Option(
            "--experiments",
            help="Run experiments, for hours. Without, the record of them that comes with the "
            "project is taken, and a few of its trials, drawn at random, are run again.",
        ),
    ] = False,
) -> None:
    """Judge claims: proved, supported, refuted, undecided or error."""
    from verify.claims.claim import ClaimError
    from verify.claims.selection import select
    from verify.running.server import expect, fork_server
    from verify.running.verdicts import keep_verdicts
    from verify.settings import default_store

    settings = replace(options.settings(), certify=certify)
    refused: list[ClaimError] = []
    with bad_input(ClaimError):
        chosen = select(claims or [], refused.append)
        if refused and not chosen:
            raise refused[0]
    expect(chosen)
    has_store = (options.store_path or default_store()).exists()
    if not options.dask and (options.fresh or not has_store):
        fork_server()  # it is needed for sure, and loads while this process does

    from verify.running.workers import run

    kept = options.store()
    results: list[Result] = []
    with (
        bad_input(OSError, ImportError),
        progress("judging", len(chosen), options.quiet) as bars,
    ):
        if not experiments and any(claim.experiment for claim in chosen):
            from verify.reporting.record import record

            kept.recorded = record(settings)
        judging = run(
            chosen, settings, options.workers, kept, options.dask, bars.on_trial, experiments
        )
        for result in judging:
            results.append(result)
            bars.step(f"{result.claim.id}: {result.verdict}")
    order = {claim.id: place for place, claim in enumerate(chosen)}
    results.sort(key=lambda result: order[result.claim.id])
    # first, as a reader of the table may leave
    _reports(results, settings, options.json_path, junit, html, kept)
    if kept.path:
        keep_verdicts(kept.path, results)
    if results and not options.quiet:
        show_results(results, in_full=verbose)
    invalid = [r for r in results if r.invalid]
    for result in invalid:
        origin = f"{result.claim.origin}: " if result.claim.origin else ""
        err.print(
            f"[red]error:[/] {escape(f'{origin}claim {result.claim.id!r}: {result.reason}')}",
            soft_wrap=True,
        )
    for error in refused:
        err.print(f"[red]error:[/] {escape(str(error))}", soft_wrap=True)
    if refused:
        raise typer.Exit(BAD_INPUT)
    incomplete = len(results) < len(chosen)
    holds = experiments or incomplete or _replayed(results, settings, kept, options)
    raise typer.Exit(exit_status(results, incomplete=incomplete or not holds))


def _replayed(results: list[Result], settings: Settings, kept: Store, options: RunOptions) -> bool:
    """Run a few of the recorded trials again, and say whether they find the same."""
    if not kept.recorded:
        return True
    from verify.reporting.record import drawn
    from verify.reporting.replay import replay
    from verify.reporting.results import Report
    from verify.running.provenance import environment

    wanted = drawn([result.claim for result in results], kept.recorded, settings.tier)
    if not wanted:
        return True
    report = Report(results, kept.recorded, environment(settings))
    found: list[Replay] = []
    with progress("replaying", len(wanted), options.quiet) as bars:
        for one in replay(report, wanted, options.workers):
            found.append(one)
            bars.step(str(one.trial))
    if not options.quiet:
        out.print("\nOf the record of experiments, drawn at random and run again here:")
        out.print("\n".join(one.text() for one in found), markup=False, soft_wrap=True)
    # what takes a package that is not here says nothing of the record
    agree = all(one.agrees or one.evidence.lacks for one in found)
    return agree and len(found) == len(wanted)


@command(
    "sweep",
    "curseproof sweep eigenvalue_learning angle=plain,optimal",
    "curseproof sweep nonlinear_sensitivity activation=tanh,relu correlation=0 --json results.json",
)
@takes_run_options
def sweep(
    options: RunOptions,
    experiment: Annotated[str, typer.Argument(help=f"{', '.join(EXPERIMENTS)}.")],
    choices: Annotated[
        list[str] | None,
        typer.Argument(
            help="SETTING=VALUE, or values with commas; a setting left out takes all it may."
        ),
    ] = None,
) -> None:
    """Run an experiment over a grid of its settings; what is done is kept, and done once."""
    from verify.judging.evidence import Finding
    from verify.reporting.results import to_json
    from verify.running.sweep import SweepError, grid, table
    from verify.running.workers import run_trials

    settings = options.settings()
    given = dict(choice.partition("=")[::2] for choice in choices or [])
    with bad_input(SweepError):
        chosen = {name: values.split(",") for name, values in given.items()}
        wanted = grid(experiment, chosen, settings.tier)
    kept = options.store()
    found: dict[Trial, Evidence] = {}
    with bad_input(OSError, ImportError), progress("trials", len(wanted), options.quiet) as bars:
        for trial, evidence in run_trials(wanted, settings, options.workers, kept, options.dask):
            found[trial] = evidence
            bars.step(str(trial))
    found = {trial: found[trial] for trial in wanted if trial in found}
    if options.json_path is not None:
        write_json(to_json([], settings, found), options.json_path)
    if found and not options.quiet:
        head, rows = table(found)
        shown = Table(box=None, pad_edge=False)
        for name in head:
            shown.add_column(name, overflow="fold", no_wrap=name in ("measure", "median"))
        for row in rows:
            shown.add_row(*map(escape, row))
        out.print(shown)
    failed = {t: e for t, e in found.items() if e.finding is not Finding.SUPPORTS}
    for trial, evidence in failed.items():
        err.print(f"[red]{escape(str(trial))}[/]: {escape(evidence.detail)}", soft_wrap=True)
    raise typer.Exit(UNDECIDED if failed or len(found) < len(wanted) else PASSED)


def exit_status(results: list[Result], incomplete: bool = False) -> int:
    """The exit status of a command that judged.

    0 all as expected, 1 something refuted, 2 bad input, 3 not reproduced, undecided, error or
    interrupted.
    """
    if any(r.invalid for r in results):
        return BAD_INPUT
    unexpected = [r for r in results if not r.as_expected]
    from verify.judging.evidence import Verdict

    open_ones = (Verdict.NOT_REPRODUCED, Verdict.UNDECIDED, Verdict.ERROR)
    if any(r.verdict not in open_ones for r in unexpected):
        return REFUTED
    return UNDECIDED if unexpected or incomplete else PASSED


@command(
    "import",
    "curseproof import results.json",
    "curseproof import reports/trials.json --trials",
)
def import_command(
    results: Annotated[Path, typer.Argument(help="What `curseproof verify --json` wrote.")],
    claims: Annotated[
        list[str] | None, typer.Argument(help="The claims' files; the paper's without.")
    ] = None,
    replay: Annotated[int, typer.Option(min=0, help="Claims judged again here first.")] = 3,
    trials: Annotated[
        bool, typer.Option("--trials", help="What experiments measured, and no more.")
    ] = False,
    workers: Workers = CORES,
    store: StorePath = None,
) -> None:
    """Take over the evidence of another machine, once a sample of it was found again here."""
    from verify.claims.claim import ClaimError
    from verify.claims.selection import select
    from verify.reporting.adoption import ForeignError, import_results, import_trials

    if trials:
        with bad_input(ForeignError):
            taken, others = import_trials(results, store_at(store))
        out.print(f"{taken} trials taken over, {others} left that are others here")
        return
    with bad_input(ClaimError, ForeignError):
        taken = import_results(results, select(claims or []), store_at(store), replay, workers)
    out.print(f"{taken} pieces of evidence taken over")


@command("replay", "curseproof replay results.json gru_jacobian")
def replay(
    results: Annotated[Path, typer.Argument(help="What `make claims` or `verify --json` wrote.")],
    experiments: Annotated[
        list[str] | None,
        typer.Argument(help="Experiments, as sweep's help has them; without, all."),
    ] = None,
    workers: Workers = CORES,
) -> None:
    """Run one trial of each experiment again, and say whether its claims come out the same."""
    from verify.cli.reporting import read_report
    from verify.experiments import EXPERIMENTS
    from verify.reporting.replay import one_of_each, replay
    from verify.reporting.results import ReportError

    if stray := sorted(set(experiments or ()) - EXPERIMENTS.keys()):
        fail(f"no experiment {stray[0]!r}: {one_of(stray[0], EXPERIMENTS)}")
    report = read_report(results)
    wanted = one_of_each(report, experiments or ())
    if not wanted:
        fail(f"{results}: no claim in it rests on trials of such experiments")
    differs, ended = False, 0
    with bad_input(ReportError), progress("trials", len(wanted), quiet=False) as bars:
        for found in replay(report, wanted, workers):
            ended += 1
            differs |= not found.agrees
            bars.step(str(found.trial))
            out.print(found.text(), markup=False)
    raise typer.Exit(REFUTED if differs else PASSED if ended == len(wanted) else UNDECIDED)


def _reports(
    results: list[Result],
    settings: Settings,
    json_path: Path | None,
    junit: Path | None,
    html: Path | None,
    kept: Store,
) -> None:
    if json_path is None and html is None and junit is None:
        return
    from verify.cli.reporting import write_report
    from verify.reporting.results import from_json, to_json, to_junit

    if json_path is not None or html is not None:
        trial_results: dict[Trial, Evidence] = {}
        for claim in (result.claim for result in results if result.claim.experiment):
            trial_results |= kept.measured(claim, settings) or {}
        report = to_json(results, settings, trial_results)
        if json_path is not None:
            write_json(report, json_path)
        if html is not None:
            write_report(from_json(report), "html", html)
    if junit is not None:
        write(to_junit(results), junit)
