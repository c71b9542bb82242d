"""What the commands share: the application, its consoles, options and errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

app = typer.Typer(
    help="Derives, generates and verifies the theory of the curse of memory.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        out.print(f"curseproof {version('curseproof')}")
        raise typer.Exit


@app.callback()
def _options(
    _: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Its version.")
    ] = False,
) -> None:
    pass


PASSED, REFUTED, BAD_INPUT, UNDECIDED = 0, 1, 2, 3

Autocorrelation = Annotated[
    str, typer.Option(help="R(Δ) for Δ ≥ 0, e.g. 'rho**Delta'; white input by default.")
]
Output = Annotated[Path | None, typer.Option(help="Write here instead of standard output.")]
WHITE = "KroneckerDelta(Delta, 0)"


def fail(message: object) -> NoReturn:
    """End the command with one line on standard error and exit status 2."""
    err.print(f"[red]error:[/] {escape(' '.join(str(message).split()))}", soft_wrap=True)
    raise typer.Exit(BAD_INPUT)


@contextmanager
def bad_input(*errors: type[Exception]) -> Iterator[None]:
    """Turn errors of these types in the block into one clear line and exit status 2."""
    try:
        yield
    except errors as error:
        fail(error)


def write(text: str, output: Path | None) -> None:
    """Print a text, or write it to a file."""
    if output is None:
        out.print(text, markup=False, soft_wrap=True)
        return
    with bad_input(OSError):
        output.write_text(text if text.endswith("\n") else text + "\n", encoding="utf-8")
