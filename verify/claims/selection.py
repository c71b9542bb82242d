"""The claims that a command means: the paper's, those of other papers, or those of TOML files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path

from theory.printing.choices import likeliest
from verify.claims.claim import Claim, ClaimError
from verify.claims.file import read_claims

CLAIMS = Path(__file__).parent
PAPERS = CLAIMS / "papers"  # others than the one that this project is about


def paper_claims() -> list[Claim]:
    """The paper's claims, section by section.

    Examples:
        >>> from verify import paper_claims
        >>> paper_claims()[0].id
        'A1-sensitivity-recursion'

    """
    return [claim for path in sorted(CLAIMS.glob("*.toml")) for claim in read_claims(path)]


def other_papers() -> dict[Path, list[Claim]]:
    """The claims of other papers, file by file."""
    return {path: read_claims(path) for path in sorted(PAPERS.glob("*.toml"))}


def of_other_papers() -> list[Claim]:
    """The claims of all other papers."""
    return list(chain.from_iterable(other_papers().values()))


def names(identifier: str) -> tuple[str, str, str]:
    """What a claim is selected by: its id, its key and its section.

    Examples:
        >>> names("A5-state-ar1")
        ('A5-state-ar1', 'A5', 'A')
        >>> names("S4D3-lin")
        ('S4D3-lin', 'S4D3', 'S4D')

    """
    key = identifier.partition("-")[0]
    return identifier, key, key.rstrip("0123456789")


def select(
    arguments: Iterable[str], refused: Callable[[ClaimError], object] | None = None
) -> list[Claim]:
    """The claims that ids, keys (A5: every A5-…; A: all of section A) and file names stand for.

    Without arguments, they are all claims of the paper; `papers` stands for those of all others.

    Args:
        arguments: ids, keys and file names.
        refused: told of each file and claim that cannot be read, which is left out.

    Raises:
        ClaimError: for an id that is not known; without `refused`, for what cannot be read too.

    Examples:
        >>> from verify import select
        >>> [claim.id for claim in select(["B4"])]
        ['B4-lru-white', 'B4-lru-limit', 'B4-lru-bounded']

    """
    arguments = list(arguments)
    if not arguments:
        return paper_claims()
    selected: dict[str, Claim] = {}
    known: list[Claim] = []
    has_others = False
    for argument in arguments:
        if argument == "papers":
            found = of_other_papers()
        elif argument.endswith(".toml"):
            found = _of_file(Path(argument), refused)
        else:
            known = known or paper_claims()
            found = [c for c in known if argument in names(c.id)]
            if not found and not has_others:  # which most runs do without
                known, has_others = [*known, *of_other_papers()], True
                found = [c for c in known if argument in names(c.id)]
        if not found and not argument.endswith(".toml"):
            near = likeliest(argument, [name for c in known for name in names(c.id)[:2]])
            meant = f"did you mean {near!r}? " if near else ""
            raise ClaimError(
                f"{argument!r}: no such claim; {meant}`curseproof list` shows them all"
            )
        for claim in found:
            if selected.get(claim.id, claim) != claim:
                raise ClaimError(f"{argument}: claim {claim.id!r} is in two of the files given")
            selected[claim.id] = claim
    return list(selected.values())


def _of_file(path: Path, refused: Callable[[ClaimError], object] | None) -> list[Claim]:
    """The claims of a file, as for `select`."""
    if refused is None:
        return read_claims(path)
    try:
        return read_claims(path, refused)
    except ClaimError as error:
        refused(error)
        return []
