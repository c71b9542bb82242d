"""Where a function of a claim's parameters may do something unexpected: points worth a look.

Beside random points these are the ends of each range and what is next to them, down to 1e-12, and
the zeros of whatever stands under a root, in a function, a denominator or a difference: where
clamps, steps, spikes and poles sit. They are found in floating point and are no evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import islice, pairwise
from math import ceil, floor

import numpy as np
import sympy as sp

from numerics.arithmetic.evaluation import NotEvaluated
from theory.inputs import StationaryInput
from verify.judging.columns import Array, columns, line, values
from verify.judging.descent import NODES, bottom, least_of, moved, short, zero_of
from verify.judging.domain import Range
from verify.judging.model import Model
from verify.judging.points import Irrational, Point, Polar

RANDOM = 200
INSETS = (Fraction(1, 10**3), Fraction(1, 10**6), Fraction(1, 10**12))
LINES = 2  # along each parameter, through as many points
CLOSER = 10.0 ** np.arange(-12, -3)  # and next to its ends
PARTS = 40  # of expressions whose zeros are looked for
HALF_TURNS = 4  # to either side
MOST = 40  # of the zeros along a line
# beside a zero: within a steep step, and well beyond it
BESIDE = (Fraction(1, 10**9), Fraction(1, 10**3))


@lru_cache(maxsize=32)
def places_by_kind(model: Model, seed: int) -> list[list[Point]]:
    """Points of the domain that are worth a look: at random, at ends, and where parts vanish."""
    kinds = (model.domain.sample(RANDOM, seed), _edges(model), bottoms(model), zeros(model, seed))
    return [list({str(point): point for point in points}.values()) for points in kinds]


def places(model: Model, seed: int) -> list[Point]:
    """All of them, one after the other."""
    return [point for points in places_by_kind(model, seed) for point in points]


@lru_cache(maxsize=32)
def columns_of_places(model: Model, seed: int) -> Mapping[sp.Symbol, Array]:
    """The parameters at all places in floating point, and their conjugates."""
    return columns(model, places(model, seed))


def half_turns(model: Model) -> Iterator[Point]:
    """A point at each small multiple of π in the range of a real parameter, 0 left out."""
    for name, symbol in model.symbols.items():
        one = model.domain.ranges[name]
        if not symbol.is_real or symbol.is_integer or one.value is not None:
            continue
        for k in range(-HALF_TURNS, HALF_TURNS + 1):
            angle = k * sp.pi
            if k and one.lower < angle < one.upper:
                yield model.domain.inside.with_coordinate(name, Irrational(angle))


def _edges(model: Model) -> Iterator[Point]:
    yield from model.domain.centres()
    for inset in INSETS:
        yield from model.domain.corners(inset)
        yield from model.domain.faces(inset)
        yield from model.domain.corners(inset, far=int(1 / inset))
        yield from _turned(model, inset)


def _turned(model: Model, inset: Fraction) -> Iterator[Point]:
    """Some moduli of each complex parameter in the directions 1, i, −1 and −i."""
    for name, one in model.domain.ranges.items():
        if one.is_modulus:
            lower, upper = one.finite_ends
            ends = [end.modulus for end in one.extremes(inset) if isinstance(end, Polar)]
            for modulus in dict.fromkeys((*ends, (lower + upper) / 2)):
                yield model.domain.inside.with_coordinate(name, -modulus)
                for t in (0, 1, -1):
                    turned = Polar(modulus, Fraction(t))
                    yield model.domain.inside.with_coordinate(name, turned)


def zeros(model: Model, seed: int) -> Iterator[Point]:
    """Where parts of the claim's expressions vanish or are least along a line, and beside it."""
    parts = list(_parts(model))
    if not parts:
        return
    for through in model.domain.sample(LINES, seed):
        for name in model.symbols:
            found = sorted(set(islice(_zeros_along(model, parts, name, through), MOST)))
            if model.domain.ranges[name].is_whole:
                found = sorted({Fraction(side(at)) for at in found for side in (floor, ceil)})
                for at in found:
                    yield from moved(model, name, through, at)
                continue
            for at in found:
                yield from _beside(model, name, through, at)
            # in each cell that they cut
            for low, high in pairwise(found):
                yield from moved(model, name, through, (low + high) / 2)


def ingredients(model: Model) -> list[sp.Expr]:
    """The expressions that a claim gives: of formula, poles, normalisers and input."""
    given = [model.formula, *model.unit.poles, *model.unit.gammas]
    if isinstance(model.input, StationaryInput):
        given += [part for term in model.input.terms for part in (term.coefficient, term.ratio)]
        given += [value for _, value in model.input.lags]
    return given


def bottoms(model: Model) -> Iterator[Point]:
    """Where sums in several coordinates are least; `zeros` goes along each alone."""
    for part in _parts(model):
        if part.is_Add and not (len(part.free_symbols) == 1 and part.is_real):
            yield from bottom(model, part)


def _parts(model: Model) -> Iterable[sp.Expr]:
    """What stands in functions, under roots and powers, and in sums; the smallest first."""
    found = {
        part
        for expr in ingredients(model)
        for node in sp.preorder_traversal(expr)
        for part in (*(node.args if isinstance(node, sp.Function | sp.Pow) else ()), node)
        if part.free_symbols and (part.is_Add or node is not part)
    }
    return sorted(found, key=lambda part: (part.count_ops(), str(part)))[:PARTS]


def _zeros_along(
    model: Model, parts: Sequence[sp.Expr], name: str, through: Point
) -> Iterator[Fraction]:
    """The values of one parameter, in its range, where a part has a zero or is least."""
    grid = _grid(model.domain.ranges[name])
    along = line(model, name, through)
    for part in parts:
        if model.symbols[name] not in part.free_symbols:
            continue

        def value(at: Array, part: sp.Expr = part) -> Array:
            return values(part, along(at), at.size)

        try:
            found = value(grid)
        except NotEvaluated:
            continue
        real = found.real
        signs = np.where(np.isfinite(real), np.sign(real), 0)
        changes = np.flatnonzero(signs[:-1] * signs[1:] < 0)
        size = np.abs(found)
        least = 1 + np.flatnonzero((size[1:-1] < size[:-2]) & (size[1:-1] <= size[2:]))
        for k in changes[:4]:
            yield from _near(zero_of(lambda at: value(at).real, grid[k], grid[k + 1]))
        for k in least[:4]:
            yield from _near(least_of(lambda at: np.abs(value(at)), grid[k - 1], grid[k + 1]))


def _grid(one: Range) -> Array:
    """Nodes in a range, denser towards its ends, where things happen; far out where it has none."""
    lower, upper = one.rational_ends
    if lower is not None and upper is not None:
        share = (1 - np.cos(np.pi * np.linspace(0, 1, NODES + 2)[1:-1])) / 2
        share = np.concatenate([CLOSER, share, 1 - CLOSER[::-1]])
        return np.asarray(float(lower) + float(upper - lower) * share)
    distances = np.geomspace(1e-3, 1e12, NODES)
    if lower is not None:
        return float(lower) + distances
    if upper is not None:
        return float(upper) - distances[::-1]
    return np.concatenate([-distances[::-1], distances])


def _near(value: float) -> Iterator[Fraction]:
    """The rational at a float, and a short one that it may stand for, as a least value is rough."""
    exact = Fraction(value).limit_denominator(10**15)
    yield (rounded := short(value))
    if abs(rounded - exact) > Fraction(1, 10**13):
        yield exact


def _beside(model: Model, name: str, through: Point, at: Fraction) -> Iterator[Point]:
    lower, upper = model.domain.ranges[name].finite_ends
    for offset in (Fraction(0), *(side * by for by in BESIDE for side in (-1, 1))):
        yield from moved(model, name, through, at + offset * (upper - lower))
