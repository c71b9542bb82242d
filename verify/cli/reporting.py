"""The command that makes reports of what was judged before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from theory.printing.choices import one_of
from verify.cli.app import Output, bad_input, command, err, fail, write

if TYPE_CHECKING:
    from verify.reporting.results import Report


@command(
    "report",
    "curseproof report results.json --output report.html",
    "curseproof report results.json --to markdown",
)
def report_command(
    results: Annotated[
        Path | None, typer.Argument(help="What `curseproof verify --json` wrote.")
    ] = None,
    to: Annotated[str, typer.Option(help="html, markdown or latex.")] = "html",
    output: Output = None,
) -> None:
    """Make a report of results: a page to look at, or a summary; nothing is judged anew."""
    if results is None:
        fail("name the results, which `curseproof verify --json RESULTS.json` writes")
    write_report(read_report(results), to, output)


def read_report(results: Path) -> Report:
    """The report in a file that `--json` wrote; any other file ends the command."""
    from verify.claims.claim import ClaimError
    from verify.reporting.results import ReportError, from_json, read_results

    with bad_input(ClaimError, ReportError):
        return from_json(read_results(results), str(results))


def write_report(report: Report, to: str, output: Path | None) -> None:
    """Write a report in one of the formats, to a file or to standard output."""
    from verify.reporting.page import FORMATS
    from verify.reporting.page.figures import can_draw

    if to not in FORMATS:
        fail(f"--to {to}: {one_of(to, FORMATS)}")
    if to == "html" and not can_draw():
        how = escape("pip install 'curseproof[plot,torch]'")
        err.print(f"[yellow]no figures:[/] they take {how}", soft_wrap=True)
    with err.status("a moment"):
        text = FORMATS[to](report)
    write(text, output)
