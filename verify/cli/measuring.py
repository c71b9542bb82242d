"""Commands that measure: a series, a system, this machine."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from theory.printing.choices import one_of
from verify.cli.app import (
    JsonOutput,
    Output,
    bad_input,
    command,
    err,
    fail,
    out,
    to_file,
    write,
    write_json,
)


@command(
    "normalizer",
    "curseproof normalizer series.csv --column temperature",
    "curseproof normalizer sp500 --transform absolute-returns",
)
def normalizer(
    data: Annotated[
        str,
        typer.Argument(
            help="A .npy, .csv, .parquet, .feather or .arrow file, or a packaged series: sp500, "
            "nasdaq, vix, wti or pulse."
        ),
    ],
    eigenvalues: Annotated[str, typer.Option(help="λ to try.")] = "0,0.5,0.9,0.99,0.999",
    column: Annotated[str | None, typer.Option(help="The column, by name or number.")] = None,
    transform: Annotated[
        str, typer.Option(help="none, difference, returns or absolute-returns.")
    ] = "none",
    header: Annotated[
        bool | None,
        typer.Option(
            "--header/--no-header", help="Whether the first line is one; by default as it looks."
        ),
    ] = None,
    held_out: Annotated[float, typer.Option(help="Share of the series to measure on.")] = 0.5,
    claim: Annotated[Path | None, to_file("Write the fitted normaliser as a claim file.")] = None,
    to: Annotated[
        str | None,
        typer.Option(help="With --output: write γ as code, in numpy, torch, jax or another."),
    ] = None,
    output: Annotated[Path | None, to_file("Where --to writes.")] = None,
    plot: Annotated[
        Path | None, to_file("Draw the fit, and the state's power with and without γ.")
    ] = None,
    json_path: JsonOutput = None,
) -> None:
    """Fit a series' autocorrelation, derive γ and λ(ω), and measure what they improve."""
    from numerics.fitting.series import PACKAGED, load_series, packaged_series, transformed
    from verify.claims.expressions import MAX_LENGTH

    with bad_input(ValueError, OSError), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        series = packaged_series(data) if data in PACKAGED else load_series(data, column, header)
    for warning in caught:
        err.print(f"[yellow]note:[/] {escape(str(warning.message))}", soft_wrap=True)
    if (to is None) != (output is None):
        fail("--to and --output: name both, or neither")
    with bad_input(ValueError, OSError):
        lams = [_number("--eigenvalues", text) for text in eigenvalues.split(",")]
        series = transformed(series, transform)

        # it loads Torch, for seconds: first what may be wrong with the input
        from numerics.fitting.report import claim_file, examined

        report = examined(series, lams, held_out)
        if claim is not None:
            text = claim_file(report.fitted, data)
            if (longest := max(map(len, text.splitlines()))) > MAX_LENGTH:
                fail(f"--claim: the fit takes {longest} characters; a claim may have {MAX_LENGTH}")
            claim.write_text(text, encoding="utf-8")
        if to is not None:
            from numerics.codegen.export import exported

            write(exported("gamma", report.fitted.input, to), output)
        if plot is not None:
            report.plot().savefig(plot)
    if json_path is not None:
        write_json(report.to_json(), json_path)
        if str(json_path) == "-":
            return
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


@command("hessian", "curseproof hessian system.npz")
def hessian_command(
    system: Annotated[
        Path, typer.Argument(help="An .npz file with A, B, C, D and inputs X (batch, time, d_in).")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """The Hessian of a linear RNN's loss at its optimum, dense and complex diagonal."""
    with bad_input(ValueError, OSError):
        from numerics.hessian.report import hessian_report, read_system

        report = hessian_report(read_system(system))
    if as_json:
        write_json(report.to_json(), None, indent=2)
        return
    table = Table(box=None, pad_edge=False)
    for heading in report.HEADINGS:
        table.add_column(heading, justify="right")
    for row in report.rows():
        table.add_row(*row)
    out.print(table, report.text(), sep="\n")


@command("bench", "curseproof bench accuracy --quick")
def bench(
    parts: Annotated[
        list[str] | None,
        typer.Argument(
            help="start, judge, accuracy, evaluate, simulate, hessian, scan, train or normalize; "
            "else all."
        ),
    ] = None,
    quick: Annotated[bool, typer.Option(help="Less, in a minute: a look, not a figure.")] = False,
    output: Output = None,
    json_path: JsonOutput = None,
) -> None:
    """Measure accuracy and speed beside what people use instead."""
    from numerics.benchmarks.suite import PARTS, report
    from numerics.benchmarks.tables import Table as BenchmarkTable, machine

    for part in parts or ():
        if part not in PARTS:
            fail(f"bench {part}: {one_of(part, PARTS)}")
    tables: list[BenchmarkTable] = []
    for part in parts or PARTS:
        with err.status(part), bad_input(ImportError):
            tables += PARTS[part](quick)
    if json_path:
        data = {"machine": machine(), "tables": [table.to_json() for table in tables]}
        write_json(data, json_path, indent=2)
    if json_path != Path("-"):
        write(report(tables, f"curseproof bench {' '.join(parts or ())}".strip()), output)
