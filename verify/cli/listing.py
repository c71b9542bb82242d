"""Commands that show claims, and that help to write them: nothing is judged."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from verify.cli.app import (
    JsonOutput,
    Output,
    bad_input,
    command,
    fail,
    out,
    write_json,
)
from verify.cli.display import COLOURS
from verify.cli.options import StorePath

if TYPE_CHECKING:
    from verify.claims.claim import Claim


@command(
    "list", "curseproof list D", "curseproof list --verdict refuted", "curseproof list --text GRU"
)
def list_command(
    claims: Annotated[
        list[str] | None,
        typer.Argument(
            help="Ids, keys (A5), sections (A), claim files or `papers`; without, the paper's."
        ),
    ] = None,
    verdict: Annotated[
        str | None,
        typer.Option(
            help="Only those of this last verdict: proved, supported, refuted, not reproduced, "
            "undecided, error, or none."
        ),
    ] = None,
    text: Annotated[
        str | None, typer.Option(help="Only those with this in id, source, statement or formula.")
    ] = None,
    json_path: JsonOutput = None,
    store: StorePath = None,
) -> None:
    """List claims, one a line, with the last verdict that was reached here."""
    from theory.printing.choices import one_of
    from verify.claims.claim import ClaimError
    from verify.claims.selection import select
    from verify.judging.evidence import Verdict
    from verify.running.verdicts import last_verdicts
    from verify.settings import default_store

    if verdict not in (None, "none", *Verdict):
        fail(f"--verdict {verdict}: {one_of(str(verdict), ('none', *Verdict))}")
    with bad_input(ClaimError):
        chosen = [c for c in select(claims or []) if text is None or _has(c, text)]
    last = last_verdicts(store or default_store(), chosen)
    if verdict is not None:
        chosen = [c for c in chosen if verdict == str(last[c.id][0] if c.id in last else "none")]
    if json_path is not None:
        said = {name: {"verdict": found, "judged": day} for name, (found, day) in last.items()}
        write_json([{**claim.entry(), **said.get(claim.id, {})} for claim in chosen], json_path)
        return
    width = max((len(claim.id) for claim in chosen), default=0)
    for claim in chosen:
        found = last[claim.id][0] if claim.id in last else None
        line = Text.assemble(
            f"{claim.id:{width}}  ",
            (f"{found or '':9}  ", COLOURS[found] if found else ""),
            claim.statement or claim.comparison,
        )
        # a terminal has one line for each, and `show` has the rest; a pipe has it all
        if out.is_terminal:
            out.print(line, no_wrap=True, overflow="ellipsis")
        else:
            out.print(line, soft_wrap=True)


def _has(claim: Claim, text: str) -> bool:
    said = (claim.id, claim.source, claim.statement, claim.formula.source, claim.quantity)
    return any(text.casefold() in part.casefold() for part in said)


@command("show", "curseproof show A5", "curseproof show D2 --derive")
def show(
    identifier: Annotated[str, typer.Argument(help="A claim's id or key, or a claim file.")],
    derive: Annotated[bool, typer.Option("--derive", help="With the derived formula.")] = False,
) -> None:
    """Show a claim in full, its formula also as it is printed."""
    from verify.claims.claim import ClaimError
    from verify.claims.selection import select

    with bad_input(ClaimError):
        found = select([identifier])
    texts = (
        claim.description() + _in_print(claim) + (_derived(claim) if derive else "")
        for claim in found
    )
    out.print("\n\n".join(texts), markup=False, soft_wrap=True)


def _in_print(claim: Claim) -> str:
    from verify.claims.typesetting import typeset

    printed = typeset(claim.formula)
    if claim.experiment or printed == claim.formula.source:
        return ""
    note = ", Σ over Δ ≥ 1" if "Σ" in printed else ""
    return f"\n  in print   {printed}{note}"


def _derived(claim: Claim) -> str:
    from verify.judging.model import Model

    return (
        "" if claim.experiment else f"\n  derived    {claim.quantity} = {Model(claim).correction}"
    )


@command("new", "curseproof new claims.toml")
def new(
    file: Annotated[Path, typer.Argument(help="The claim file to make; it must not exist.")],
) -> None:
    """Make a claim file to start from: two claims, with what each field means."""
    from verify.claims.schema import TEMPLATE

    if file.exists():
        fail(f"{file}: it exists already; name another")
    with bad_input(OSError):
        file.write_text(TEMPLATE.format(file=file.name), encoding="utf-8")
    out.print(f"{file}: judge it by `curseproof verify {file}`", markup=False, soft_wrap=True)


@command("schema", "curseproof schema --output claims.schema.json")
def schema(output: Output = None) -> None:
    """Print the JSON Schema of claim files, with which editors complete and check them.

    An editor uses it in a claim file that begins with the line: #:schema claims.schema.json
    """
    from verify.claims.schema import schema as claims_schema

    write_json(claims_schema(), output)
