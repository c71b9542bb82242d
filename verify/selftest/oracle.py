"""What is true of a claim, straight from its definition: what verdicts are held against.

Nothing here is shared with the methods that judge: expressions are evaluated on their syntax tree
in mpmath; moments are sums over lags, of which a geometric tail is summed in closed form; and
derivatives are differences of them, at a precision that hides no more than 10^−50.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import chain, islice, product
from random import Random
from typing import Any

from mpmath import mp

from verify.claims.claim import Claim, Interval, Relation
from verify.claims.expressions import Expression, parse
from verify.selftest.oracle_quantities import _lags, _quantity, _with_poles, with_inputs
from verify.selftest.oracle_values import (
    DIGITS,
    Known,
    NoTruth,
    Point,
    _agree,
    _Meaningless,
    _value,
)

POINTS = 24
POINTS_OF_BOUND = 400
AT_PLACE = 2  # points
HIDDEN = 45  # digits that derivatives have, being differences
# on the way to a limit: two near it, with no simple ratio, so that no oscillation is missed
DISTANCES = ("1e-8", "1e-16", "1e-24", "1.3819e-24")
FAR = ("20", "40", "60", "61.0723")  # where e^x is what counts
VERY_FAR = ("1e8", "1e16", "1e24", "1.3819e24")  # where powers of x do
STEPS = (10**8, 10**16, 10**24, 10**24 + 1)


class Truth(StrEnum):
    """What a claim is: true, false or without meaning."""

    TRUE = "true"
    FALSE = "false"
    MEANINGLESS = "meaningless"


def truth(
    claim: Claim, known: Known | None = None, places: Sequence[Mapping[str, str]] = ()
) -> Truth:
    """Whether a claim about a quantity is true.

    Args:
        claim: the claim.
        known: values of quantities, shared by claims that differ in their formula alone.
        places: constant values of some parameters, as text: where to look beside random points.

    Of an inequality, and of a limit, TRUE says that no counterexample was found among some
    hundred points, half of them near the edges of the domain, and on the way to the limit.

    Raises:
        NoTruth: for an experiment, or an input without a geometric tail.

    """
    if claim.experiment:
        raise NoTruth("what an experiment measures has no definition here")
    known = {} if known is None else known
    with mp.workdps(DIGITS):
        try:
            # all points are looked at: what means nothing at one of them is not false
            claims = with_inputs(claim)
            if claim.limit:
                is_true = all(_tends(one, known, places) for one in claims)
                return Truth.TRUE if is_true else Truth.FALSE
            found = [holds for one in claims for holds in _holds(one, known, places)]
            if False in found:
                return Truth.FALSE
            return Truth.MEANINGLESS if None in found else Truth.TRUE
        except _Meaningless:
            return Truth.MEANINGLESS


def fails(claim: Claim, places: Sequence[Mapping[str, str]] = ()) -> bool:
    """Whether a claim is false at one of its points; the first such ends the search.

    Args:
        claim: the claim.
        places: where to look first, as for `truth`.

    Raises:
        NoTruth: as for `truth`.

    """
    known: Known = {}
    with mp.workdps(DIGITS):
        try:
            held = _arrives if claim.limit else _holds
            found = (holds for one in with_inputs(claim) for holds in held(one, known, places))
            return any(holds is False for holds in found)
        except _Meaningless:
            return False


def equal(claim: Claim, one: Expression, other: Expression) -> bool:
    """Whether two expressions in a claim's parameters, poles and R have the same value."""
    with mp.workdps(DIGITS):
        [claim, *_] = with_inputs(claim)
        for point in points(claim, POINTS):
            values, lags = _with_poles(claim, point), _lags(claim, point)
            try:
                a, b = (_value(e.node, values, lags) for e in (one, other))
            except ZeroDivisionError:
                continue
            if not _agree(a, b):
                return False
    return True


def _holds(
    claim: Claim, known: Known, places: Sequence[Mapping[str, str]]
) -> Iterator[bool | None]:
    """Whether the claim holds, point by point; None where its formula has no value."""
    count = POINTS if claim.relation == "==" else POINTS_OF_BOUND
    count = count if claim.quantity != "curvature" else POINTS
    faces = [face for point in points(claim, 1) for face in _on_faces(claim, point)]
    for point in chain(points_at(claim, places), points(claim, count), faces):
        try:
            actual = _quantity(claim, point, known)
        except NoTruth:
            if point not in faces:
                raise
            continue
        try:
            claimed = _value(claim.formula.node, _with_poles(claim, point), _lags(claim, point))
        except (ZeroDivisionError, _Meaningless):  # infinite, or a sum that diverges
            yield None
            continue
        if not mp.isfinite(claimed):  # beyond the exponents that there are
            continue
        if claim.is_strict and abs(actual - claimed) > mp.mpf(10) ** -HIDDEN * abs(claimed):
            difference = claimed - actual
            yield mp.im(difference) == 0 and (difference > 0) == claim.is_upper
        elif _agree(actual, claimed):
            yield not claim.is_strict
        elif claim.relation == "==" or mp.im(actual) != 0 or not _agree(mp.re(claimed), claimed):
            yield False
        else:
            yield (actual < mp.re(claimed)) == claim.is_upper


def _tends(claim: Claim, known: Known, places: Sequence[Mapping[str, str]]) -> bool:
    for point in points(claim, POINTS if claim.quantity != "curvature" else 1):
        _quantity(claim, point, known)  # has a meaning on the whole domain
    return all(_arrives(claim, known, places))


def _arrives(claim: Claim, known: Known, places: Sequence[Mapping[str, str]]) -> Iterator[bool]:
    """Whether the ratio tends to 1, for values of the other parameters: it need not uniformly."""
    inside = list(points(claim, 6, edges=False))
    is_far = claim.limit and claim.limit.direction == "oo" and claim.limit.name != claim.horizon
    ways = (FAR, VERY_FAR) if is_far else (FAR,)
    for point in chain(points_at(claim, places), inside, _on_faces(claim, inside[0])):
        yield any(_nears(claim, known, point, way) for way in ways)


def _nears(claim: Claim, known: Known, start: Point, distances: Sequence[str]) -> bool:
    """Whether the ratio is 1 at the last distances; very far off, 1 − λ and more may be lost."""
    ratios = []
    for near in _approach(claim, start, distances):
        try:
            actual = _quantity(claim, near, known)
        except (ZeroDivisionError, _Meaningless, NoTruth):
            if distances is VERY_FAR:
                return False
            raise
        try:
            claimed = _value(claim.formula.node, _with_poles(claim, near), _lags(claim, near))
            ratios.append(claimed / actual)
        except ZeroDivisionError:
            ratios.append(mp.inf)
    return all(abs(ratio - 1) < mp.mpf(10) ** -12 for ratio in ratios[-2:])


def _on_faces(claim: Claim, point: Point) -> Iterator[Point]:
    """A point moved to each closed end of each parameter but the limit's."""
    for interval in map(claim.interval, claim.parameters):
        if claim.limit and interval.name == claim.limit.name:
            continue
        turn = mp.sign(point[interval.name]) if interval.modulus else 1
        for bound, strict in interval.ends:
            if strict or bound is None:
                continue
            there = {**point, interval.name: turn * _end(bound)}
            if all(_is_kept(relation, there) for relation in claim.relations):
                yield there


def _approach(claim: Claim, point: Point, distances: Sequence[str]) -> Iterator[Point]:
    """Points ever nearer the limit; of a complex parameter, along the ray through the first.

    The `distances` are those on the way to infinity.
    """
    limit = claim.limit
    if limit is None:
        return
    interval = claim.interval(limit.name)
    lower, upper = (_end(b) for b in (interval.lower, interval.upper))
    target = mp.re(_value(limit.target.node, {}, None))
    sign = -1 if limit.direction == "-" else 1
    turn = mp.sign(point[limit.name]) if interval.modulus else 1
    for distance, far, steps in zip(DISTANCES, distances, STEPS, strict=True):
        if limit.name == claim.horizon:
            near = mp.mpf(steps)
        elif limit.direction == "oo":
            near = target * mp.mpf(far)
        else:
            near = target + sign * mp.mpf(distance)
        if not (lower is None or near >= lower) or not (upper is None or near <= upper):
            raise _Meaningless  # it cannot be approached from within the domain
        yield {**point, limit.name: near * turn}


# points of the domain


def points(claim: Claim, count: int, edges: bool = True) -> Iterator[Point]:
    """At most `count` points at random, many of them 1/10 to 10^−15 from corners and edges."""
    random = Random(count)  # noqa: S311 (reproducible, not secret)
    intervals = [claim.interval(name) for name in claim.parameters]
    corners = list(product((None, 0, 1), repeat=len(intervals)))
    for index in range(count):
        in_corner = edges and index < min(len(corners), count // 2)
        ends = corners[index] if in_corner else [None] * len(intervals)
        point = {
            i.name: _coordinate(claim, i, end, edges and index % 2 == 1, random)
            for i, end in zip(intervals, ends, strict=True)
        }
        if all(_is_kept(relation, point) for relation in claim.relations):
            yield point


def _is_kept(relation: Relation, point: Point) -> bool:
    """Whether a point is one of those that a relation leaves."""
    left, right = point[relation.left], _value(relation.right.node, point, None)
    return bool(left != right if relation.sign == "!=" else left < right)


def points_at(claim: Claim, places: Sequence[Mapping[str, str]]) -> Iterator[Point]:
    """Points of the domain at places that fix some of the parameters, complex ones turned too."""
    for place in places:
        values = {name: _value(parse(text).node, {}, None) for name, text in place.items()}
        fixed = {n: v if claim.is_complex(n) else mp.re(v) for n, v in values.items()}
        turns = {n: mp.expjpi(mp.mpf(k) / 7) for k, n in enumerate(filter(claim.is_complex, fixed))}
        turned = {n: v * turns.get(n, 1) for n, v in fixed.items()}
        free = set(claim.parameters) - fixed.keys()
        # a relation may leave none of the first few
        starts = points(claim, POINTS if claim.relations else AT_PLACE, edges=False)
        nowhere: Point = {}
        for point in islice(starts, AT_PLACE) if free else [nowhere]:
            yield {**point, **fixed}
            if len(turns) > 1:
                yield {**point, **turned}


def _coordinate(
    claim: Claim, interval: Interval, end: int | None, near: bool, random: Random
) -> Any:
    lower, upper = (_end(b) for b in (interval.lower, interval.upper))
    if interval.name == claim.horizon or interval.is_whole:
        return _whole(interval, lower, upper, end, random)
    if interval.modulus:
        lower = lower if lower is not None and lower > 0 else mp.mpf(0)
    if end is None and near and random.random() < 0.5:
        end = random.randrange(2)
    if end is None:
        share = mp.mpf(random.choice((500, random.randrange(1, 1000)))) / 1000
    else:
        strict = interval.upper_strict if end else interval.lower_strict
        is_open = strict or (upper if end else lower) is None
        inset = mp.mpf(10) ** -random.randrange(1, 16) if is_open or random.random() < 0.5 else 0
        share = 1 - inset if end else inset
    value = _at(lower, upper, share)
    return (
        value * mp.expjpi(random.randrange(-100, 101) / mp.mpf(100)) if interval.modulus else value
    )


def _whole(interval: Interval, lower: Any, upper: Any, end: int | None, random: Random) -> Any:
    """A whole number of a range, its first or its last; without an end it goes on for 29."""
    first = 1 if lower is None else int(mp.ceil(lower))
    first += interval.lower_strict and first == lower
    last = first + 28 if upper is None else int(mp.floor(upper))
    last -= interval.upper_strict and last == upper
    return mp.mpf(random.randint(first, last) if end is None else (first, last)[end])


def _at(lower: Any, upper: Any, share: Any) -> Any:
    """A value a share of the way between two bounds; an unbounded side goes on for 40."""
    lower = lower if lower is not None else (upper if upper is not None else 20) - 40
    upper = upper if upper is not None else lower + 40
    return lower + share * (upper - lower)


def _end(bound: Expression | None) -> Any:
    return None if bound is None else mp.re(_value(bound.node, {}, None))
