"""Progress, and what was judged, on the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from verify.cli.app import err, out
from verify.judging.evidence import Finding, Verdict
from verify.judging.methods import premises

if TYPE_CHECKING:
    from verify.claims.trial import Trial
    from verify.judging.engine import Result

COLOURS = {
    Verdict.PROVED: "green",
    Verdict.SUPPORTED: "cyan",
    Verdict.REFUTED: "red",
    Verdict.NOT_REPRODUCED: "yellow",
    Verdict.UNDECIDED: "yellow",
    Verdict.ERROR: "magenta",
}


@dataclass(frozen=True)
class Bars:
    """Bars on the terminal: of what was asked for, and of trials while there are any."""

    shown: Progress
    main: TaskID
    trials: TaskID

    def step(self, description: str) -> None:
        """Move the first bar by one."""
        self.shown.update(self.main, advance=1, description=description)

    def on_trial(self, trial: Trial, left: int) -> None:
        """Move the second bar: a trial has ended, and so many are left."""
        done = self.shown.tasks[self.trials].completed + 1
        self.shown.update(
            self.trials, description=str(trial), completed=done, total=done + left, visible=True
        )


@contextmanager
def progress(what: str, total: int, quiet: bool) -> Iterator[Bars]:
    """Show progress bars while the block runs.

    Ctrl-C ends the block, not the program: what is done is done.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns, console=err, disable=quiet, transient=True, speed_estimate_period=3600
    ) as shown:
        main = shown.add_task(what, total=total)
        try:
            yield Bars(shown, main, shown.add_task("trials", total=None, visible=False))
        except KeyboardInterrupt:
            done = shown.tasks[main].completed
            err.print(f"[yellow]interrupted{'; done so far:' if done else ', nothing is done'}[/]")


def show_results(results: list[Result], in_full: bool = False) -> None:
    """Print a line for each claim, counts, error rates and counterexamples.

    And all evidence, if claims are wanted `in_full`, or where there is but one.
    """
    from verify.reporting.results import of_certificates, stated_rates

    table = Table(box=None, pad_edge=False)
    table.add_column("claim", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("evidence, and the smallest relative error noticeable")
    for r in results:
        verdict = f"[{COLOURS[r.verdict]}]{r.verdict}[/]{r.remark}"
        table.add_row(escape(r.claim.id), verdict, escape(_summary(r)))
    out.print(table)
    counts = {v: sum(r.verdict == v for r in results) for v in COLOURS}
    out.print(", ".join(f"[{COLOURS[v]}]{n} {v}[/]" for v, n in counts.items() if n))
    for sentence in (*of_certificates(results), *stated_rates(results)):
        out.print(escape(sentence))
    for r in results if in_full or len(results) == 1 else ():
        if len(results) > 1:
            out.print(f"\n{escape(r.claim.id)}", soft_wrap=True)
        _page(r)
    for r in results:
        if r.counterexample is not None:
            out.print(f"\n[red]{escape(r.claim.id)}[/] is false", soft_wrap=True)
            lines = [*r.counterexample.lines(), *(f"  besides     {why}" for why in r.meaningless)]
            out.print("\n".join(lines), markup=False, soft_wrap=True)


def _page(result: Result) -> None:
    """Print what each judge and route found of a claim."""
    table = Table(box=None, pad_edge=False)
    for e in result.evidence:
        found = f"{e.finding} ({e.origin})" if e.origin else str(e.finding)
        table.add_row(e.method, found, escape(e.detail))
        for obligation in e.obligations:
            words = f"{obligation['statement']}: {obligation['how']}"
            table.add_row("", obligation["state"], escape(words))
    out.print(table)


def _summary(result: Result) -> str:
    if result.counterexample is not None:
        error = result.counterexample.discrepancy
        found = "both sides are equal" if error == "0" else f"relative error {error}"
        return f"{found} at a point, see below"
    if not result.verdict.holds:
        return result.reason
    return ", ".join(
        e.method if e.noticeable is None else f"{e.method} {e.noticeable:.0e}"
        for e in result.evidence
        if e.finding in (Finding.PROVES, Finding.SUPPORTS) and e.method not in premises()
    )
