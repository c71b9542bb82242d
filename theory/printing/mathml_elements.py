"""The elements that formulas in MathML Core are made of."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from html import escape

# invisible signs as references: as characters they are taken for a stranger's, and left out
PRODUCT = "&#x2062;"
APPLIED = "<mo>&#x2061;</mo>"

_HIGH = ("<mfrac", "<munder", "<msqrt")


_WRITTEN = {"asinh": "arsinh", "atanh": "artanh", "re": "Re", "im": "Im"}


def symbol(name: str) -> str:
    """A parameter's name: Greek letters, digits and what follows _ as index, bars and stars.

    Examples:
        >>> symbol("lambda1")
        '<msub><mi>λ</mi><mn>1</mn></msub>'

    """
    unbarred = name.removesuffix("_bar")
    plain = unbarred.removesuffix("_star")
    stem, below = _split(plain)
    letter = _letter(stem) if unbarred == name else over(_letter(stem))
    if below:
        letter = f"<msub>{letter}{_letter(below)}</msub>"
    return letter if plain == unbarred else f"<msup>{letter}<mo>*</mo></msup>"


def _split(name: str) -> tuple[str, str]:
    """The part of a name that stands on the line, and the part below it."""
    stem, mark, below = name.partition("_")
    found = re.fullmatch(r"([A-Za-z]+)(\d+)", name)
    return (found[1], found[2]) if found else (stem, below) if mark and below else (name, "")


def _letter(name: str) -> str:
    """A letter, a Greek one by its name; capital Greek stands upright, as in LaTeX."""
    if name.isdigit():
        return f"<mn>{name}</mn>"
    kind = "CAPITAL" if name[:1].isupper() else "SMALL"
    word = "LAMDA" if name.lower() in ("lambda", "lam") else name.upper()
    try:
        greek = unicodedata.lookup(f"GREEK {kind} LETTER {word}")
    except KeyError:
        return f"<mi>{escape(name)}</mi>"
    upright = ' mathvariant="normal"' if kind == "CAPITAL" else ""
    return f"<mi{upright}>{greek}</mi>"


def row(*parts: str) -> str:
    """Parts beside each other."""
    return f"<mrow>{''.join(parts)}</mrow>"


def operator(sign: str) -> str:
    """A sign between two terms, also at the beginning of a row."""
    return f'<mo form="infix">{sign}</mo>'


def word(name: str) -> str:
    """The upright name of a function."""
    return f'<mi mathvariant="normal">{escape(_WRITTEN.get(name, name))}</mi>'


def over(inside: str) -> str:
    """Something with a bar above it, which is short over a letter."""
    letter = re.fullmatch("<mi[^<]*</mi>", inside)
    bar = '<mo stretchy="false">¯</mo>' if letter else '<mo stretchy="true">‾</mo>'
    return f'<mover accent="true">{inside}{bar}</mover>'


def is_high(*parts: str) -> bool:
    """Whether something is more than a line high."""
    return any(tag in part for part in parts for tag in _HIGH)


def bracketed(inside: str, left: str = "(", right: str = ")") -> str:
    """Something in brackets: as high as it is where it is more than a line high."""
    size = 'stretchy="true" {}="0.1em"' if is_high(inside) else 'stretchy="false"'
    return row(
        f'<mo form="prefix" {size.format("rspace")}>{left}</mo>' if left else "",
        inside,
        f'<mo form="postfix" {size.format("lspace")}>{right}</mo>',
    )


def listed(parts: Iterable[str]) -> str:
    """Parts with commas between them."""
    return row("<mo>,</mo>".join(parts))


def times(right: str, is_word: bool = False) -> str:
    """What stands before a factor: a dot if it is a number, a narrow space if it is a word."""
    if re.match("(<m(row|sup|frac)>)*<mn>", right):
        return operator("·")
    space = ' lspace="0.17em"' if is_word else ""
    return f'<mo form="infix"{space}>{PRODUCT}</mo>'
