"""Claims on boxes: a domain with relations between parameters taken apart into plain ones.

`lambda != 1/2` cuts a range in two. With `a < b`, b is a plus a share of what is left above a: the
claim is rewritten in a and the share, so that whoever judges it has a box before him.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import product

from verify.claims.claim import Claim, Interval, Limit, Relation
from verify.claims.expressions import Expression, parse, rational_of


def boxes(claim: Claim) -> list[Claim]:
    """Claims without relations on boxes that make up the domain; itself, where it has none."""
    if not claim.relations:
        return [claim]
    holes: dict[str, list[Expression]] = {}
    for relation in claim.relations:
        if relation.sign == "!=":
            holes.setdefault(relation.left, []).append(relation.right)
    for low, high in ordered(claim.relations):
        claim = _above(claim, low, high)
    cut = [_pieces(claim, name, values) for name, values in holes.items()]
    kept = tuple(i for i in claim.domain if i.name not in holes)
    return [replace(claim, domain=(*kept, *choice), relations=()) for choice in product(*cut)]


def ordered(relations: Iterable[Relation]) -> list[tuple[str, str]]:
    """What is below what, each with what is above its upper one before it.

    Raises:
        ValueError: where something is below itself, or above two others, between which no order is.

    """
    pairs = list(dict.fromkeys((r.left, r.right.source) for r in relations if r.sign == "<"))
    uppers = [high for _, high in pairs]
    if twice := next((high for high in uppers if uppers.count(high) > 1), None):
        raise ValueError(f"{twice} is above one parameter alone")
    found: list[tuple[str, str]] = []
    while pairs:
        free = [(low, high) for low, high in pairs if high not in {below for below, _ in pairs}]
        if not free:
            raise ValueError("no value is left")
        found += free
        pairs = [pair for pair in pairs if pair not in free]
    return found


def restated(claim: Claim, box: Claim, text: str) -> str:
    """What is said of a box of a claim, in the claim's own parameters."""
    text = text.replace(box.autocorrelation.source, claim.autocorrelation.source)
    for low, high in reversed(ordered(claim.relations)):
        name = _share(claim, high)
        _, upper = claim.interval(high).rational_bounds
        for share in re.findall(rf"\b{name} = {_NUMBER}", text):
            below = re.search(rf"\b{low} = {_NUMBER}", text)
            if below:
                step = 1 if upper is None else upper - Fraction(below[1])
                value = Fraction(below[1]) + step * Fraction(share)
                shown = float(value) if "." in share + below[1] else value
                text = text.replace(f"{name} = {share}", f"{high} = {shown}")
        scale = "" if upper is None else f"/({upper} - {low})"
        text = text.replace(name, f"({high} - {low}){scale}")
    return text


_NUMBER = r"(-?\d+(?:[./]\d+)?)(?![\d./*])"


def _pieces(claim: Claim, name: str, values: list[Expression]) -> list[Interval]:
    """What is left of a range without some of its values; near a limit, one piece."""
    interval, limit = claim.interval(name), claim.limit
    lower, upper = interval.rational_bounds
    inside = {
        number: value
        for value in values
        if (number := rational_of(value.node)) is not None
        and (lower is None or number >= lower)
        and (upper is None or number <= upper)
    }
    pieces = interval.cut((inside[number] for number in sorted(inside)), strict=True)
    if limit and limit.name == name:
        pieces = [piece for piece in pieces if _reaches(piece, limit)]
    return [piece for piece in pieces if not _is_empty(piece)]


def _reaches(piece: Interval, limit: Limit) -> bool:
    """Whether a limit can be approached on a piece of a range: the other pieces do not matter."""
    lower, upper = piece.rational_bounds
    target = rational_of(limit.target.node) or 0
    if limit.direction == "oo":
        return (upper if target > 0 else lower) is None
    is_above = lower is None or (lower < target if limit.direction == "-" else lower <= target)
    is_below = upper is None or (target < upper if limit.direction == "+" else target <= upper)
    return is_above and is_below


def _is_empty(piece: Interval) -> bool:
    """Whether an interval ends where it begins, and does not hold that value."""
    lower, upper = piece.rational_bounds
    return lower == upper is not None and (piece.lower_strict or piece.upper_strict)


def _share(claim: Claim, high: str) -> str:
    """A name for the share, which no parameter has."""
    share = f"{high.rstrip('_')}_share"
    while share in claim.parameters:
        share += "_2"
    return share


def _above(claim: Claim, low: str, high: str) -> Claim:
    """The claim with `high` as `low` plus a share of what is above it."""
    share, interval = _share(claim, high), claim.interval(high)
    below = claim.interval(low)
    if below.rational_bounds[1] == interval.rational_bounds[1]:
        below = replace(below, upper_strict=True)  # above its last value there is no other
    if interval.upper is None:
        text = f"({low} + {share})"
        plain = Interval(share, lower=parse("0"))
    else:
        text = f"({low} + ({interval.upper} - {low})*{share})"
        is_strict = interval.upper_strict
        plain = Interval(share, lower=parse("0"), upper=parse("1"), upper_strict=is_strict)

    def rewritten(expression: Expression) -> Expression:
        # not the exponent of a number, as in 1.e-9
        return parse(re.sub(rf"(?<!\.)\b{high}\b", text, expression.source))

    def all_of(expressions: Mapping[str, Expression]) -> Mapping[str, Expression]:
        return {name: rewritten(e) for name, e in expressions.items()}

    return replace(
        claim,
        domain=(*(i for i in claim.domain if i.name not in (low, high)), below, plain),
        parameters=tuple(sorted({*claim.parameters, share} - {high})),
        formula=rewritten(claim.formula),
        autocorrelation=rewritten(claim.autocorrelation),
        eigenvalue=all_of(claim.eigenvalue),
        gamma=all_of(claim.gamma),
    )
