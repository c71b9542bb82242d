"""Claims on boxes: a domain with relations between parameters taken apart into plain ones.

`lambda != 1/2` cuts a range in two. With `a < b`, b is a plus a share of what is left above a: the
claim is rewritten in a and the share, so that whoever judges it has a box before him. `a != b` is
both, `a < b` and `b < a`. Poles stay as they are: with `b < lambda`, b is λ minus a share.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import product

from verify.claims.claim import Claim, Interval, Limit, Relation
from verify.claims.expressions import Expression, parse, rational_of

Order = list[tuple[str, str]]  # what is below what


def boxes(claim: Claim) -> list[Claim]:
    """Claims without relations on boxes that make up the domain; itself, where it has none.

    Raises:
        ValueError: where something is above two others, between which no order is.

    """
    if not claim.relations:
        return [claim]
    return [box for order in _orders(claim.relations) for box in _of_order(claim, order)]


def _of_order(claim: Claim, order: Order) -> list[Claim]:
    """Claims on the boxes that make up what of a domain is in an order."""
    pieces = [claim]
    for low, high in _ordered(order):
        pieces = [piece for one in pieces for piece in _related(one, low, high)]
    return [box for piece in pieces for box in _without_holes(piece)]


def _orders(relations: Iterable[Relation]) -> list[Order]:
    """The orders that relations leave: two for each `a != b` where neither is said to be below."""
    pairs = {r: (r.left, r.right.source) for r in relations if not r.is_hole}
    below = [pair for r, pair in pairs.items() if r.sign == "<"]
    unequal = [(a, b) for r, (a, b) in pairs.items() if r.sign == "!="]
    open_pairs = [((a, b), (b, a)) for a, b in unequal if not {(a, b), (b, a)} & {*below}]
    orders = [list(dict.fromkeys([*below, *choice])) for choice in product(*open_pairs)]
    return [_direct(order) for order in orders if not _is_circle(order)]


def _is_circle(order: Order) -> bool:
    """Whether something is below itself."""
    while left := [(a, b) for a, b in order if b in {low for low, _ in order}]:
        if len(left) == len(order):
            return True
        order = left
    return False


def _direct(order: Order) -> Order:
    """An order without what follows from the rest of it: `a < c` from `a < b` and `b < c`."""

    def reaches(low: str, high: str) -> bool:
        return any(b == high or reaches(b, high) for a, b in order if a == low)

    follows = {(a, c) for a, c in order for low, b in order if low == a and reaches(b, c)}
    return [pair for pair in order if pair not in follows]


def _ordered(order: Order) -> Order:
    """The same, each with what is above its upper one before it.

    Raises:
        ValueError: where something is above two others.

    """
    uppers = [high for _, high in order]
    if twice := next((high for high in uppers if uppers.count(high) > 1), None):
        raise ValueError(f"{twice} is above one parameter alone")
    found: Order = []
    while order:
        found += [(low, high) for low, high in order if high not in {below for below, _ in order}]
        order = [pair for pair in order if pair not in found]
    return found


def restated(claim: Claim, box: Claim, text: str) -> str:
    """What is said of a box of a claim, in the claim's own parameters."""
    text = text.replace(box.autocorrelation.source, claim.autocorrelation.source)
    order = next(o for o in _orders(claim.relations) if box in _of_order(claim, o))
    own = [(low, high) for low, high in order if _share(claim, low, high) in box.parameters]
    for low, high in reversed(_ordered(own)):
        name, (fixed, moved) = _share(claim, low, high), _roles(claim, low, high)
        sign = 1 if moved == high else -1
        end = claim.interval(moved).rational_bounds[moved == high]
        for share in re.findall(rf"\b{name} = {_NUMBER}", text):
            at = re.search(rf"\b{fixed} = {_NUMBER}", text)
            if at:
                room = sign if end is None else end - Fraction(at[1])
                value = Fraction(at[1]) + room * Fraction(share)
                shown = float(value) if "." in share + at[1] else value
                text = text.replace(f"{name} = {share}", f"{moved} = {shown}")
        scale = "" if end is None else f"/({end} - {low})" if sign > 0 else f"/({high} - {end})"
        text = text.replace(name, f"({high} - {low}){scale}")
    return text


_NUMBER = r"(-?\d+(?:[./]\d+)?)(?![\d./*])"


def _without_holes(claim: Claim) -> list[Claim]:
    """The claims on boxes between the values that are left out."""
    holes: dict[str, list[Expression]] = {}
    for relation in claim.relations:
        if relation.is_hole:
            holes.setdefault(relation.left, []).append(relation.right)
    cut = [_pieces(claim, name, values) for name, values in holes.items()]
    kept = tuple(i for i in claim.domain if i.name not in holes)
    return [replace(claim, domain=(*kept, *choice), relations=()) for choice in product(*cut)]


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
    """Whether an interval holds no value."""
    lower, upper = piece.rational_bounds
    if lower is None or upper is None:
        return False
    return lower > upper or (lower == upper and (piece.lower_strict or piece.upper_strict))


Bound = tuple[Expression | None, bool]  # and whether it is left out


def _clipped(interval: Interval, lower: Bound, upper: Bound) -> Interval:
    """What of an interval lies between bounds; None bounds nothing."""
    least, most = interval.rational_bounds
    (end, strict), value = lower, _number(lower)
    if value is not None and (least is None or (value, strict) > (least, interval.lower_strict)):
        interval = replace(interval, lower=end, lower_strict=strict)
    (end, strict), value = upper, _number(upper)
    if value is not None and (most is None or (-value, strict) > (-most, interval.upper_strict)):
        interval = replace(interval, upper=end, upper_strict=strict)
    return interval


def _number(bound: Bound) -> Fraction | None:
    return None if bound[0] is None else rational_of(bound[0].node)


def _roles(claim: Claim, low: str, high: str) -> tuple[str, str]:
    """The related parameter that stays, and the one that is written by it and a share."""
    return (high, low) if high in claim.poles else (low, high)


def _share(claim: Claim, low: str, high: str) -> str:
    """A name for the share, which no parameter has."""
    _, moved = _roles(claim, low, high)
    share = f"{moved.rstrip('_')}_{'share' if moved == high else 'share_below'}"
    while share in claim.parameters:
        share += "_2"
    return share


def _related(claim: Claim, low: str, high: str) -> list[Claim]:
    """The claims on boxes that make up what of a domain has `low` below `high`."""
    fixed, moved = _roles(claim, low, high)
    interval, share, none = claim.interval(moved), _share(claim, low, high), (None, True)
    lower, upper = interval.lower, interval.upper
    if moved == high:
        free = _clipped(claim.interval(fixed), none, (lower, True)) if lower else None
        tied = _clipped(claim.interval(fixed), (lower, False), (upper, True))
        text = f"({fixed} + {f'({upper} - {fixed})*' if upper else ''}{share})"
        far = upper, interval.upper_strict
    else:
        free = _clipped(claim.interval(fixed), (upper, True), none) if upper else None
        tied = _clipped(claim.interval(fixed), (lower, True), (upper, False))
        text = f"({fixed} - {f'({fixed} - ({lower}))*' if lower else ''}{share})"
        far = lower, interval.lower_strict

    def with_ranges(*ranges: Interval) -> tuple[Interval, ...]:
        return (*(i for i in claim.domain if i.name not in (low, high)), *ranges)

    def rewritten(expression: Expression) -> Expression:
        # not the exponent of a number, as in 1.e-9
        return parse(re.sub(rf"(?<!\.)\b{moved}\b", text, expression.source))

    def all_of(expressions: Mapping[str, Expression]) -> Mapping[str, Expression]:
        return {name: rewritten(e) for name, e in expressions.items()}

    found = []
    if free and not _is_empty(free):
        found.append(replace(claim, domain=with_ranges(free, interval)))
    if not _is_empty(tied):
        end, is_strict = far
        plain = Interval(share, lower=parse("0"), upper=end and parse("1"), upper_strict=is_strict)
        found.append(
            replace(
                claim,
                domain=with_ranges(tied, plain),
                parameters=tuple(sorted({*claim.parameters, share} - {moved})),
                formula=rewritten(claim.formula),
                autocorrelation=rewritten(claim.autocorrelation),
                eigenvalue=all_of(claim.eigenvalue),
                gamma=all_of(claim.gamma),
            )
        )
    return found
