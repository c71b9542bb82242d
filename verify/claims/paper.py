"""The paper that a claim file takes its claims from, as its [paper] table has it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from theory.printing.choices import one_of
from verify.claims.claim import FieldError


@dataclass(frozen=True)
class Paper:
    """A paper, or several that are judged together.

    Attributes:
        title: its title.
        authors: theirs, as a citation has them.
        published: where and when.
        url: where it is to be read.
        notes: how its statements were taken over.
        missing: statements of it that no claim is made of, and what that would take.

    """

    title: str = ""
    authors: str = ""
    published: str = ""
    url: str = ""
    notes: str = ""
    missing: tuple[str, ...] = ()


FIELDS = tuple(Paper.__dataclass_fields__)


def make_paper(table: object, path: Path) -> Paper:
    """The paper of a claim file's [paper] table.

    Raises:
        FieldError: naming the field at fault.

    """
    where = f"{path}: [paper]"
    if not isinstance(table, Mapping):
        raise FieldError(str(path), "paper", table, "write it as a [paper] table")
    for name, value in table.items():
        if name not in FIELDS:
            raise FieldError(where, name, value, f"unknown field: {one_of(name, FIELDS)}")
        texts = value if name == "missing" and isinstance(value, list) else [value]
        if (name == "missing") != isinstance(value, list) or not all(
            isinstance(text, str) and text.isprintable() for text in texts
        ):
            wanted = "a list of texts" if name == "missing" else "a text"
            raise FieldError(where, name, value, f"{wanted} on one line each is needed")
    url = table.get("url", "")
    if url and not url.startswith("https://"):
        raise FieldError(where, "url", url, "an address that begins with https:// is needed")
    return Paper(**{**table, "missing": tuple(table.get("missing", ()))})


def read_paper(path: Path) -> Paper | None:
    """The paper that a claim file is about, where it names one; its claims are not read.

    Raises:
        FieldError: naming the field of [paper] at fault.

    """
    table = tomllib.loads(path.read_text(encoding="utf-8")).get("paper")
    return None if table is None else make_paper(table, path)
