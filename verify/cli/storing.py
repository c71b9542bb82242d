"""The command that says how large the store of evidence is, and forgets what is of no use."""

from __future__ import annotations

from typing import Annotated

import typer

from verify.cli.app import command, fail, out
from verify.cli.options import StorePath


@command("store", "curseproof store", "curseproof store --clean")
def store_command(
    clean: Annotated[
        bool, typer.Option("--clean", help="Forget evidence that other code found.")
    ] = False,
    measurements: Annotated[
        bool,
        typer.Option(
            "--measurements", help="With --clean: also what experiments measured, in hours."
        ),
    ] = False,
    store: StorePath = None,
) -> None:
    """Say what evidence is kept between runs; --clean forgets what other code found."""
    from verify.running.store import Store
    from verify.settings import default_store

    if measurements and not clean:
        fail("--measurements: it goes with --clean")
    path = store or default_store()
    if not path.is_file():
        fail(f"{path}: no such file; `curseproof verify` makes it")
    kept = Store(path, fail)
    if clean:
        pieces, measured = kept.forget(measurements)
        out.print(f"forgotten: {_counted(pieces, measured)}", soft_wrap=True)
    size = sum(one.stat().st_size for one in path.parent.glob(f"{path.name}*"))
    pieces, measured = kept.count()
    out.print(f"{path}: {size / 1e6:.1f} MB", markup=False, soft_wrap=True)
    out.print(_counted(pieces, measured))
    pieces, measured = kept.count(of_other_code=True)
    if pieces or measured:
        out.print(f"of other code than this: {_counted(pieces, measured)}")


def _counted(pieces: int, measured: int) -> str:
    return f"{pieces} pieces of evidence on claims, {measured} measurements of experiments"
