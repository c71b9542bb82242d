r"""Displayed equations that fit a page: broken before + and −, as a typesetter would.

A numerator or bracket that is too long by itself is opened: \frac{…}{d} becomes
\frac{1}{d}( … ), whose inside may be broken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_BREAK = "\0"  # where a product may be broken
COLUMNS = 89  # letters of 10 pt mathematics on a line of 160 mm

_RELATION = re.compile(r" (?:=|\\neq|\\leq|\\geq|\\sim|<|>) ")
_TOKEN = re.compile(
    r"\\left\\?.|\\right\\?.|\\begin\{\w+\}|\\end\{\w+\}|\\lvert|\\rvert|\\.|[][(){}]| [+-] "
)
_OPENING = re.compile(r"(?:\\left)?\(|\\frac\{")
_GROUPS = ((r"\left", r"\right"), (r"\begin", r"\end"), ("{", "}"), ("(", ")"), ("[", "]"))


def display(tex: str, columns: int = COLUMNS) -> Iterator[str]:
    """The lines of LaTeX of a displayed equation, an align* where it takes several."""
    if width(tex) <= columns:
        yield rf"\[{tex}\]"
        return
    left, relation, right = _sides(tex)
    rows = _rows(right, columns - min(width(left), columns // 3) - 4)
    yield r"\begin{align*}"
    if width(left) > columns // 3:
        yield rf"& {left} \\"
        yield rf"&\quad {relation} {rows[0]}"
    else:
        yield rf"{left} &{relation} {rows[0]}"
    yield from (rf"\\ &\quad {{}}{row}" for row in rows[1:])
    yield r"\end{align*}"


def width(tex: str) -> int:
    """About how many letters wide a formula is when it is typeset."""
    flat = re.sub(r"\\(?:left|right|[bB]ig[lr]|displaystyle|begin\{\w+\}|end\{\w+\})", "", tex)
    flat = re.sub(r"\\[lr]vert ?", "|", flat.replace(r"\tfrac", r"\frac"))
    flat = re.sub(r"\\operatorname\{(\w+)\}", r"\1", flat)
    flat = re.sub(r"\\(?!frac|sqrt|bar|overline)[A-Za-z]+ ?|\\[|{}]", "x", flat)
    flat = re.sub(r"(?<![-+=]) (?![-+=])", "", flat)
    while "{" in flat:
        shorter = re.sub(
            r"\\frac\{([^{}]*)\}\{([^{}]*)\}", lambda m: max(m[1], m[2], key=len), flat
        )
        shorter = re.sub(r"[_^]\{([^{}]*)\}", lambda m: m[1][: (2 * len(m[1]) + 2) // 3], shorter)
        shorter = re.sub(r"(?<!frac)(?<!\})(?:\\[a-z]+)?\{([^{}]*)\}", r"\1", shorter)
        if shorter == flat:
            break
        flat = shorter
    return len(flat)


def _sides(tex: str) -> tuple[str, str, str]:
    """Left side, relation and right side of a formula; only the last where it is no relation."""
    for found in _RELATION.finditer(tex):
        if _depth(tex[: found.start()]) == 0:
            return tex[: found.start()], found[0].strip(), tex[found.end() :]
    return "", "", tex


def _rows(tex: str, columns: int) -> list[str]:
    rows = [""]
    for piece in _pieces(tex, columns):
        if rows[-1] and width(rows[-1] + piece) > columns:
            rows.append("")
        rows[-1] += piece
    return [row.strip() for row in rows]


def _pieces(tex: str, columns: int) -> Iterator[str]:
    """A formula cut where it may be broken; each piece but the first begins with its sign."""
    for piece in _summands(tex):
        opened = _opened(piece) if width(piece) > columns else None
        if opened is None:
            yield piece
        else:
            before, inside, after = opened
            first, *rest = _pieces(inside, columns)
            factors = before.split(_BREAK)
            if len(factors) > 1 and width(before + first) > columns:
                *factors, last = factors
                yield from factors
                yield rf"\times {last}{first}"
            else:
                yield "".join(factors) + first
            yield from rest[:-1]
            ending = (rest[-1] + after,)
            yield from ending if width(ending[0]) <= columns else (rest[-1], after)


def _summands(tex: str) -> list[str]:
    """A formula cut before every + and − that is in no braces or brackets."""
    cuts, depth = [0], 0
    for token in _TOKEN.finditer(tex):
        depth += _step(token[0])
        if depth == 0 and token[0] in (" + ", " - "):
            cuts.append(token.start())
    return [tex[a:b] for a, b in zip(cuts, [*cuts[1:], len(tex)], strict=True)]


def _opened(tex: str) -> tuple[str, str, str] | None:
    """What comes before, in and after the widest sum that brackets or a fraction hold."""
    found: list[tuple[str, str, str]] = []
    for opening in _OPENING.finditer(tex):
        before, end = tex[: opening.start()], _closing(tex, opening.end())
        if _depth(before) != 0:
            continue
        inside = tex[opening.end() : end]
        if opening[0].endswith("("):
            after = re.sub(r"^(?:\\right)?\)", "", tex[end:])
            found.append((before + r"\Bigl(", inside, r"\Bigr)" + after))
            continue
        bottom_end = _closing(tex, end + 2)
        outside = rf"{before}\frac{{1}}{{{tex[end + 2 : bottom_end]}}} {_BREAK}"
        after = tex[bottom_end + 1 :]
        if len(_summands(inside)) > 1:
            found.append((outside + r"\Bigl(", inside, r"\Bigr)" + after))
        elif (product := _opened(inside)) is not None:
            found.append((outside + product[0], product[1], product[2] + after))
    sums = [parts for parts in found if len(_summands(parts[1])) > 1]
    return max(sums, key=lambda parts: width(parts[1]), default=None)


def _closing(tex: str, begin: int) -> int:
    """The place where the group that is open at `begin` ends."""
    depth = 1
    for token in _TOKEN.finditer(tex, begin):
        depth += _step(token[0])
        if depth == 0:
            return token.start()
    return len(tex)


def _depth(tex: str) -> int:
    return sum(_step(token) for token in _TOKEN.findall(tex))


def _step(bracket: str) -> int:
    if bracket.startswith((r"\lvert", *(begin for begin, _ in _GROUPS))):
        return 1
    return -1 if bracket.startswith((r"\rvert", *(end for _, end in _GROUPS))) else 0
