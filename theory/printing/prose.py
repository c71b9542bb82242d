"""Sentences with bits of mathematics in them, in LaTeX."""

from __future__ import annotations

import re
import unicodedata

_MATHEMATICS = {
    "Σ": r"\textstyle\sum", "∂": r"\partial ", "ḡ": r"\bar g", "≥": r"\ge ", "≤": r"\le ",
    "←": r"\leftarrow ", "→": r"\to ", "∞": r"\infty ", "½": r"\tfrac12", "⊙": r"\odot ",
    "∘": r"\circ ",
    "·": r"\cdot ", "×": r"\times ", "≠": r"\ne ", "√": r"\surd ", "′": "'", "″": "''",
    "≈": r"\approx ", "…": r"\dots ",
    "⁻": "^-", "¹": "^1", "²": "^2", "³": "^3", "*": "^*",
    "−": "-", "<": "<", ">": ">", "=": "=", "|": "|", "^": "^", "_": "_",
}  # fmt: skip


_VARIABLE = re.compile(r"(?:[B-HJ-Zb-hj-z]|[A-Za-z]\([a-z0-9]\))[,.;:]?")  # not "a", "A" or "I"


_GREEK = re.compile("GREEK (SMALL|CAPITAL) LETTER ([A-Z]+)$")


def prose(text: str) -> str:
    """Text in LaTeX, each word with a bit of mathematics in it set as mathematics."""
    return " ".join(map(_word, text.split()))


def _word(word: str) -> str:
    signs = [_sign(c) for c in word]
    if _VARIABLE.fullmatch(word):
        return f"${word.rstrip(',.;:')}${word[len(word.rstrip(',.;:')) :]}"
    if _IDENTIFIER.search(word):
        return word.replace("_", r"\_")
    if not any(signs) and "\u0304" not in word:
        return word.replace("%", r"\%").replace("&", r"\&").replace("#", r"\#")
    tex = re.sub("(.)\u0304", r"\\bar{\1}", word)
    tex = "".join(_sign(c) or c for c in tex)
    tex = re.sub(r"(?:\^[-*\d]){2,}", lambda m: f"^{{{m[0].replace('^', '')}}}", tex)
    tex = re.sub(r"\^(-?\d+)", r"^{\1}", tex)
    tex = re.sub(r"_([A-Za-z]{2,})", r"_{\\mathrm{\1}}", tex)
    tex = _SQUARE_ROOT.sub(r"\\sqrt{\1}", tex)
    tex = _OPERATOR.sub(r"\\operatorname{\1}", tex)
    return f"${tex}$"


_IDENTIFIER = re.compile(r"^\W*[a-z]{2,}_[a-z]{2,}\W*$")


_SQUARE_ROOT = re.compile(r"sqrt\(((?:[^()]|\([^()]*\))*)\)")  # brackets one deep


_OPERATOR = re.compile(
    r"(?<![A-Za-z_\\])(E(?=[\[|])|Re|Im|sqrt|exp|log|sinh|cosh|tanh|sech|atanh|asinh|arsinh|artanh)"
    r"(?![A-Za-z])"
)


def _sign(character: str) -> str | None:
    """A mathematical character in LaTeX; None for a letter, a digit or punctuation."""
    greek = _GREEK.match(unicodedata.name(character, ""))
    if greek is None:
        return _MATHEMATICS.get(character)
    name = greek[2].replace("LAMDA", "LAMBDA")
    return rf"\{name.lower() if greek[1] == 'SMALL' else name.capitalize()} "
