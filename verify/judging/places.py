"""Where a function of a claim's parameters may do something unexpected: points worth a look.

Beside random points these are the ends of each range and what is next to them, down to 1e-12, and
the zeros of whatever stands under a root, in a function, a denominator or a difference: where
clamps, steps, spikes and poles sit. They are found in floating point and are no evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from itertools import islice, pairwise, product
from math import ceil, floor
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray
from scipy.optimize import minimize

from numerics.arithmetic.evaluation import LONG, NUMPY, Arithmetic, NotEvaluated, evaluate_in
from theory.algebra.conjugation import bar
from theory.inputs import StationaryInput
from verify.judging.domain import Range
from verify.judging.model import Model
from verify.judging.points import Coordinate, Irrational, Point, Polar

Array = NDArray[Any]

RANDOM = 200
INSETS = (Fraction(1, 10**3), Fraction(1, 10**6), Fraction(1, 10**12))
LINES = 2  # along each parameter, through as many points
NODES = 96  # of a line
# tan(angle/2) of directions: 1, i, −i and almost −1
DIRECTIONS = (Fraction(0), Fraction(1), Fraction(-1), Fraction(10**6))
CLOSER = 10.0 ** np.arange(-12, -3)  # and next to its ends
PARTS = 40  # of expressions whose zeros are looked for
FINE, NESTED = 64, 8  # grids between two nodes, and how often they are nested
REFINEMENTS = 4
ROUGH = Fraction(1, 10**6)  # what is least is flat there
POWELL = {"maxfev": 400, "xtol": 1e-10, "ftol": 1e-14}
HALF_TURNS = 4  # to either side
MOST = 40  # of the zeros along a line
# beside a zero: within a steep step, and well beyond it
BESIDE = (Fraction(1, 10**9), Fraction(1, 10**3))


@lru_cache(maxsize=8)
def places_by_kind(model: Model, seed: int) -> list[list[Point]]:
    """Points of the domain that are worth a look: at random, at ends, and where parts vanish."""
    kinds = (model.domain.sample(RANDOM, seed), _edges(model), bottoms(model), zeros(model, seed))
    return [list({str(point): point for point in points}.values()) for points in kinds]


def places(model: Model, seed: int) -> list[Point]:
    """All of them, one after the other."""
    return [point for points in places_by_kind(model, seed) for point in points]


@lru_cache(maxsize=8)
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
    for inset in INSETS:
        yield from model.domain.corners(inset)
        yield from model.domain.faces(inset)
        yield from model.domain.corners(inset, far=int(1 / inset))
        yield from _turned(model, inset)


def _turned(model: Model, inset: Fraction) -> Iterator[Point]:
    """The least and the largest modulus of each complex parameter in some directions."""
    for name, one in model.domain.ranges.items():
        if one.is_modulus:
            for end, t in product(one.extremes(inset), DIRECTIONS):
                if isinstance(end, Polar):
                    yield model.domain.inside.with_coordinate(name, replace(end, half_tangent=t))


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
                    yield from _moved(model, name, through, at)
                continue
            for at in found:
                yield from _beside(model, name, through, at)
            # in each cell that they cut
            for low, high in pairwise(found):
                yield from _moved(model, name, through, (low + high) / 2)


def ingredients(model: Model) -> list[sp.Expr]:
    """The expressions that a claim gives: of formula, poles, normalisers and input."""
    given = [model.formula, *model.unit.poles, *model.unit.gammas]
    if isinstance(model.input, StationaryInput):
        given += [part for term in model.input.terms for part in (term.coefficient, term.ratio)]
        given += [value for _, value in model.input.lags]
    return given


def bottoms(model: Model) -> Iterator[Point]:
    """Where sums in several coordinates are least, by Powell's method from the middle."""
    inside = model.domain.inside
    for part in _parts(model):
        if not part.is_Add:
            continue
        names = [
            name
            for name, symbol in model.symbols.items()
            if {symbol, bar(symbol)} & part.free_symbols and _is_continuous(model, name)
        ]
        coordinates = [(name, turns) for name in names for turns in _ways(inside, name)]
        if len(coordinates) > 1:
            yield from _bottom(model, part, coordinates)


def _is_continuous(model: Model, name: str) -> bool:
    one = model.domain.ranges[name]
    return not one.is_whole and one.value is None


def _ways(point: Point, name: str) -> Sequence[bool]:
    """The coordinates of a parameter: its value or modulus, and the angle of a complex one."""
    return (False, True) if isinstance(point.coordinates[name], Polar) else (False,)


def _bottom(
    model: Model, part: sp.Expr, coordinates: Sequence[tuple[str, bool]]
) -> Iterator[Point]:
    """Where a part is least, if that is inside the domain."""
    inside, ranges = model.domain.inside, model.domain.ranges
    held = columns(model, [inside])
    ends = {name: [float(end) for end in ranges[name].finite_ends] for name, _ in coordinates}
    bounds = [(-np.pi, np.pi) if turns else ends[name] for name, turns in coordinates]

    def size(x: Array) -> float:
        at, place = dict(held), dict(zip(coordinates, x, strict=True))
        for name in ends:
            value = place[name, False] * np.exp(1j * place.get((name, True), 0.0))
            symbol = model.symbols[name]
            at[symbol], at[bar(symbol)] = np.array(value), np.array(value.conjugate())
        return float(_size(values(part, at, 1), True)[0])

    start = [sum(ends) / 2 for ends in bounds]
    try:
        found = minimize(size, start, method="Powell", bounds=bounds, options=POWELL).x
    except NotEvaluated:
        return
    for within in (Fraction(0), ROUGH):  # as found, and the short numbers that it may stand for
        points = [inside]
        for (name, turns), value in zip(coordinates, found, strict=True):
            at = _simple(float(np.tan(value / 2) if turns else value), within)
            points = [moved for point in points for moved in _moved(model, name, point, at, turns)]
        yield from points


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
    line = _line(model, name, through)
    for part in parts:
        if model.symbols[name] not in part.free_symbols:
            continue

        def value(at: Array, part: sp.Expr = part) -> Array:
            return values(part, line(at), at.size)

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
            yield from _near(_zero(lambda at: value(at).real, grid[k], grid[k + 1]))
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


def _zero(function: Callable[[Array], Array], low: float, high: float) -> float:
    """Where a function changes its sign between two ends, by nested grids."""
    for _ in range(NESTED):
        grid = np.linspace(low, high, FINE + 1)
        signs = np.sign(function(grid))
        k = int(np.argmax(signs != signs[0]))
        low, high = grid[max(k - 1, 0)], grid[k]
    return (low + high) / 2


def least_of(function: Callable[[Array], Array], low: float, high: float) -> float:
    """Where a function is least between two ends, by nested grids."""
    for _ in range(NESTED):
        grid = np.linspace(low, high, FINE + 1)
        k = int(np.argmin(np.nan_to_num(function(grid), nan=np.inf)))
        low, high = grid[max(k - 1, 0)], grid[min(k + 1, FINE)]
    return (low + high) / 2


def _near(value: float) -> Iterator[Fraction]:
    """The rational at a float, and a short one that it may stand for, as a least value is rough."""
    exact = Fraction(value).limit_denominator(10**15)
    short = _simple(value)
    yield short
    if abs(short - exact) > Fraction(1, 10**13):
        yield exact


def _simple(value: float, within: Fraction = Fraction(1, 10**8)) -> Fraction:
    """A rational near a float, a short one if it is near enough."""
    exact = Fraction(value)
    short = exact.limit_denominator(1000)
    return short if abs(short - exact) < within else exact.limit_denominator(10**15)


def _beside(model: Model, name: str, through: Point, at: Fraction) -> Iterator[Point]:
    lower, upper = model.domain.ranges[name].finite_ends
    for offset in (Fraction(0), *(side * by for by in BESIDE for side in (-1, 1))):
        yield from _moved(model, name, through, at + offset * (upper - lower))


def _moved(
    model: Model, name: str, through: Point, value: Fraction, turns: bool = False
) -> Iterator[Point]:
    """A point with another value of one parameter, or modulus, if that is in its range.

    Or with another tangent of half the angle.
    """
    old = through.coordinates[name]
    if turns and isinstance(old, Polar):
        yield through.with_coordinate(name, replace(old, half_tangent=value))
        return
    one = model.domain.ranges[name]
    lower, upper = one.rational_ends
    above = lower is None or lower < value or (lower == value and one.has_lower)
    below = upper is None or value < upper or (value == upper and one.has_upper)
    if above and below:
        yield through.moved(name, value)


def _line(model: Model, name: str, through: Point) -> Callable[[Array], Mapping[sp.Symbol, Array]]:
    """The columns where one parameter, or the modulus of a complex one, takes many values."""
    held: dict[sp.Symbol, Array] = {}
    for other, symbol in model.symbols.items():
        here = np.array(_number(through.coordinates[other]))
        held[symbol], held[bar(symbol)] = here, here.conj()
    moving = model.symbols[name]
    direction = np.array(1.0)
    if isinstance(through.coordinates[name], Polar):
        direction = held[moving] / np.abs(held[moving])

    def at(value: Array) -> Mapping[sp.Symbol, Array]:
        return {**held, moving: value * direction, bar(moving): value * direction.conj()}

    return at


def _number(coordinate: Coordinate, arithmetic: Arithmetic = NUMPY) -> Any:
    if isinstance(coordinate, Polar):
        cosine, sine = (_real(part, arithmetic) for part in coordinate.direction)
        return _real(coordinate.modulus, arithmetic) * (cosine + 1j * sine)
    if isinstance(coordinate, Irrational):
        return arithmetic.number(coordinate.expression)
    return _real(coordinate, arithmetic)


def _real(number: Fraction, arithmetic: Arithmetic) -> Any:
    if arithmetic is LONG:
        return np.longdouble(number.numerator) / np.longdouble(number.denominator)
    return float(number)


def columns(
    model: Model, points: Sequence[Point], arithmetic: Arithmetic = NUMPY
) -> Mapping[sp.Symbol, Array]:
    """The parameters at many points in floating point, and their conjugates."""
    found: dict[sp.Symbol, Array] = {}
    for name, symbol in model.symbols.items():
        column = np.array([_number(point.coordinates[name], arithmetic) for point in points])
        found[symbol] = column
        found[bar(symbol)] = column.conj()
    return found


def values(
    expr: sp.Expr, at: Mapping[sp.Symbol, Array], count: int, arithmetic: Arithmetic = NUMPY
) -> Array:
    """An expression at many points in floating point; complex.

    Raises:
        NotEvaluated: if it has a function without floating-point values.

    """
    with np.errstate(all="ignore"):
        return np.broadcast_to(evaluate_in(expr, at, arithmetic), count) + 0j


def refined(model: Model, expr: sp.Expr, of_modulus: bool, start: Point) -> Iterator[Point]:
    """Points near `start` where an expression, or its modulus, is less than there, ever less.

    The last one has short numbers where the one before is near to them.
    """
    point, reach = start, 1.0
    for _ in range(REFINEMENTS):
        for name in model.symbols:
            one = model.domain.ranges[name]
            if one.is_whole:
                continue
            lower, upper = (float(end) for end in one.finite_ends)
            old = point.coordinates[name]
            here = float(abs(_number(old)))
            here = here if isinstance(old, Polar) else float(np.real(_number(old)))
            step = reach * (upper - lower) / 2
            grid = np.linspace(max(lower, here - step), min(upper, here + step), NODES + 1)
            try:
                found = values(expr, _line(model, name, point)(grid), grid.size)
            except NotEvaluated:
                return
            value = _simple(float(grid[int(np.argmin(_size(found, of_modulus)))]))
            if one.finite_ends[0] < value < one.finite_ends[1]:
                point = point.moved(name, value)
            point = _turned_least(model, expr, of_modulus, name, point, reach)
        yield point
        reach /= NODES / 4
    for name, coordinate in point.coordinates.items():
        if isinstance(coordinate, Fraction) and not model.domain.ranges[name].is_whole:
            for short in _moved(model, name, point, _simple(float(coordinate), ROUGH)):
                point = short
    yield point


def _turned_least(
    model: Model, expr: sp.Expr, of_modulus: bool, name: str, point: Point, reach: float
) -> Point:
    """The point with a complex parameter in the direction where an expression is least."""
    old = point.coordinates[name]
    if not isinstance(old, Polar):
        return point
    angles = 2 * np.arctan(float(old.half_tangent)) + reach * np.pi * np.linspace(-1, 1, NODES + 1)
    symbol, turned = model.symbols[name], float(old.modulus) * np.exp(1j * angles)
    at = {**columns(model, [point]), symbol: turned, bar(symbol): turned.conj()}
    angle = angles[int(np.argmin(_size(values(expr, at, angles.size), of_modulus)))]
    return point.with_coordinate(name, replace(old, half_tangent=_simple(np.tan(angle / 2))))


def _size(found: Array, of_modulus: bool) -> Array:
    """What is to be least: of values that are not finite never."""
    size = np.abs(found) if of_modulus else found.real
    return np.where(np.isfinite(size), size, np.inf)
