"""Sentences with bits of mathematics in them, in LaTeX."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

_MATHEMATICS = {
    "Σ": r"\textstyle\sum", "∂": r"\partial ", "ḡ": r"\bar g", "≥": r"\ge ", "≤": r"\le ",
    "←": r"\leftarrow ", "→": r"\to ", "∞": r"\infty ", "½": r"\tfrac12", "⊙": r"\odot ",
    "∘": r"\circ ",
    "·": r"\cdot ", "×": r"\times ", "≠": r"\ne ", "√": r"\surd ", "′": "'", "″": "''",
    "≈": r"\approx ", "…": r"\dots ",
    "⁻": "^-", "¹": "^1", "²": "^2", "³": "^3", "*": "^*",
    "−": "-", "<": "<", ">": ">", "=": "=", "|": "|", "^": "^", "_": "_",
}  # fmt: skip


_VARIABLE = re.compile(r"[B-HJ-Zb-hj-z]|[A-Za-z]\([A-Za-z0-9+−-]*\)")  # not "a", "A" or "I"


_EXPECTATION = re.compile(r"E[\[|(]")


_GREEK = re.compile("GREEK (SMALL|CAPITAL) LETTER ([A-Z]+)$")


def prose(text: str) -> str:
    """Text in LaTeX, each formula in it, of one word or several, set as one."""
    written: list[str] = []
    formula: list[str] = []
    for previous, word in pairwise(["", *_whole(text.split())]):
        body = word.rstrip(",.;:")
        is_appendix = previous.endswith("App.")  # whose letter is no variable
        if is_appendix or not (_is_formula(body) or _NEUTRAL.fullmatch(body)):
            written += [*_set(formula), _plain(word)]
            formula = []
            continue
        formula.append(body)
        if mark := word[len(body) :]:
            *before, last = _set(formula)
            written += [*before, last + mark]
            formula = []
    return " ".join([*written, *_set(formula)])


def _whole(words: list[str]) -> list[str]:
    """The words, those between a bracket's ends as one where they are a formula."""
    found: list[str] = []
    while words:
        taken = next(
            (n for n in range(1, len(words) + 1) if _is_closed(" ".join(words[:n]))), len(words) + 1
        )
        inside = [word.strip("()[]|,.;:") for word in words[:taken]]
        held = taken <= len(words) and all(len(w) < 2 or _is_formula(w) for w in inside)
        taken = taken if held else 1
        found.append(" ".join(words[:taken]))
        words = words[taken:]
    return found


def _is_closed(text: str) -> bool:
    return all(text.count(left) == text.count(right) for left, right in ("()", "[]", "{}"))


_NEUTRAL = re.compile(r"[+\d]+")  # a sign or a number, which is one of a formula if it is in one


def _is_formula(word: str) -> bool:
    """Whether a word is mathematics by itself."""
    if _VARIABLE.fullmatch(word) or _EXPECTATION.match(word):
        return True
    signs = any(map(_sign, word)) or "\u0304" in word
    return signs and not _IDENTIFIER.search(word)


def _set(words: list[str]) -> list[str]:
    """A formula, with what is neutral before and after it as text where no sign joins them."""
    if not any(map(_is_formula, words)):
        return words
    first, last = 0, len(words)
    while _NEUTRAL.fullmatch(words[first]) and not _JOINS.fullmatch(words[first + 1]):
        first += 1
    while _NEUTRAL.fullmatch(words[last - 1]) and not _JOINS.fullmatch(words[last - 2]):
        last -= 1
    tex = " ".join(_tex(word) for word in words[first:last])
    return [*words[:first], f"${tex}$", *words[last:]]


_JOINS = re.compile("[+−=<>≤≥≠≈·×←→∘⊙]")


def _plain(word: str) -> str:
    return word.replace("_", r"\_").replace("%", r"\%").replace("&", r"\&").replace("#", r"\#")


def _tex(word: str) -> str:
    """A formula's word."""
    tex = re.sub("(.)\u0304", r"\\bar{\1}", word)
    tex = "".join(_sign(c) or c for c in tex)
    tex = re.sub(r"(?:\^[-*\d]){2,}", lambda m: f"^{{{m[0].replace('^', '')}}}", tex)
    tex = re.sub(r"\^(-?\d+)", r"^{\1}", tex)
    tex = re.sub(r"_([A-Za-z]{2,})", r"_{\\mathrm{\1}}", tex)
    tex = _SQUARE_ROOT.sub(r"\\sqrt{\1}", tex)
    return _OPERATOR.sub(r"\\operatorname{\1}", tex)


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
