"""What the commands share: the application, its consoles, options and errors."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook, RenderResult
from rich.markup import escape
from rich.segment import Segment

from verify.claims.expressions import printable
from verify.settings import remedy

app = typer.Typer(
    help="Derives, generates and verifies the theory of the curse of memory.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
# all commands, in the order of the help
GROUPS = {
    "Check claims": ("verify", "list", "show", "new", "schema", "certify", "report"),
    "Derive and export": ("eval", "derive", "export", "architectures", "figures"),
    "Look at data and systems": ("normalizer", "hessian"),
    "Run experiments, take over results": ("sweep", "import", "replay", "bench", "store"),
}


def command(name: str, *examples: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a function a command of the application, with examples at the end of its help."""
    group = next(group for group, names in GROUPS.items() if name in names)
    said = "\n\n".join(["Examples:", *(f"  $ {escape(example)}" for example in examples)])

    def registered(function: Callable[..., None]) -> Callable[..., None]:
        @app.command(name, rich_help_panel=group, epilog=said)
        @wraps(function)
        def answering(*arguments: Any, **options: Any) -> None:
            if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:  # see `main`
                signal.signal(signal.SIGINT, signal.default_int_handler)
            try:
                function(*arguments, **options)
            except ModuleNotFoundError as missing:
                if not (reason := remedy(missing)):
                    raise
                fail(f"curseproof {name} cannot go on: {reason}")

        return function

    return registered


class _Shown:
    """Something to print, of which nothing but the console's own colours is obeyed."""

    def __init__(self, printed: ConsoleRenderable) -> None:
        self.printed = printed

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for text, style, control in console.render(self.printed, options):
            yield Segment(text if control else printable(text), style, control)


class _Cleaning(RenderHook):
    """All that a console prints is cleaned here, whichever file or field it is from."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [_Shown(printed) for printed in renderables]


out = Console(highlight=False)
err = Console(stderr=True, highlight=False)
for console in (out, err):
    console.push_render_hook(_Cleaning())


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
    str,
    typer.Option(
        help="R(Δ) for Δ ≥ 0, e.g. 'rho**Delta'; by default that of white input.",
        show_default=False,
    ),
]
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


def _writable(output: Path | None) -> Path | None:
    """A path to write to, or "-"; one that cannot be written ends the command before its work."""
    if output is None or str(output) == "-":
        return output
    folder = output.parent
    if not folder.is_dir():
        fail(f"{output}: No such file or directory: make the folder {folder} first")
    if output.is_dir():
        fail(f"{output}: a folder; name a file in it")
    if not os.access(output if output.exists() else folder, os.W_OK):
        fail(f"{output}: Permission denied")
    return output


def to_file(purpose: str, *names: str) -> Any:
    """An option that names a file to write; it is looked at before the work begins."""
    # what is only written need not be readable
    return typer.Option(*names, help=purpose, callback=_writable, readable=False)


Output = Annotated[Path | None, to_file("Write here instead of standard output.")]
JsonOutput = Annotated[Path | None, to_file("Write JSON; - prints it.", "--json")]


def write(text: str, output: Path | None) -> None:
    """Print a text, or write it to a file."""
    if output is None:
        out.print(text, markup=False, soft_wrap=True)
        return
    with bad_input(OSError):
        output.write_text(text if text.endswith("\n") else text + "\n", encoding="utf-8")


def write_json(values: object, output: Path | None, indent: int = 1) -> None:
    """Print values as JSON, or write them to a file; what is not printable is escaped in it."""
    text = json.dumps(values, indent=indent, ensure_ascii=False)
    text = re.sub(
        r"[^\n -~]", lambda c: c[0] if c[0].isprintable() else json.dumps(c[0])[1:-1], text
    )
    if output is None or str(output) == "-":
        sys.stdout.write(text + "\n")
    else:
        write(text, output)
