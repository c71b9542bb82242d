"""The command that has Coq check claims."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from verify.cli.app import PASSED, UNDECIDED, bad_input, command, out
from verify.cli.display import progress
from verify.cli.options import CORES, Workers


@command("certify", "curseproof certify A3 B4 --output certificates")
def certify(
    output: Annotated[Path, typer.Option("--output", help="A folder for the certificates.")],
    claims: Annotated[
        list[str] | None, typer.Argument(help="Ids, keys (A5) or claim files; all without.")
    ] = None,
    workers: Workers = CORES,
) -> None:
    """Write claims as theorems with proofs, and have the proof assistant Coq check them."""
    from verify.claims.claim import ClaimError
    from verify.claims.selection import select
    from verify.judging.kernel.certificates import Certified, certify as certified
    from verify.judging.kernel.coq import NoCoq

    with bad_input(ClaimError):
        chosen = [claim for claim in select(claims or []) if not claim.experiment]
    table = Table(box=None, pad_edge=False)
    for column in ("claim", "certificate"):
        table.add_column(column, no_wrap=column == "claim")

    found: list[Certified] = []
    with progress("certifying", len(chosen), quiet=False) as bars:

        def ended(one: Certified) -> None:
            found.append(one)
            bars.step(one.claim.id)
            said = f"[green]{escape(one.file)}[/]" if one.file else escape(one.reason)
            table.add_row(escape(one.claim.id), said)

        with bad_input(NoCoq, OSError):
            certified(chosen, output, workers, ended)
    count = sum(one.file is not None for one in found)
    out.print(table)
    out.print(f"{count} of {len(chosen)} certified; `make -C {output}` checks them with Coq alone")
    raise typer.Exit(PASSED if count == len(chosen) else UNDECIDED)
