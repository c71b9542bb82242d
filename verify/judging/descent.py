"""Where a function of a claim's parameters is 0 or least, near a point: by floats, no evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import ceil, floor, inf

import numpy as np
import sympy as sp

from numerics.arithmetic.evaluation import NUMPY, NotEvaluated, evaluate_in
from theory.algebra.conjugation import bar
from verify.judging.columns import Array, columns, line, number_at, values
from verify.judging.model import Model
from verify.judging.points import Point, Polar

NODES = 96  # of a line
REFINEMENTS = 4
FINE, NESTED = 64, 8  # grids between two nodes, and how often they are nested
POWELL = {"maxfev": 400, "xtol": 1e-10, "ftol": 1e-14}
NEAR, ROUGH = Fraction(1, 10**8), Fraction(1, 10**6)  # the latter where a function is flat


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
            here = float(abs(number_at(old)))
            here = here if isinstance(old, Polar) else float(np.real(number_at(old)))
            step = reach * (upper - lower) / 2
            grid = np.linspace(max(lower, here - step), min(upper, here + step), NODES + 1)
            try:
                found = values(expr, line(model, name, point)(grid), grid.size)
            except NotEvaluated:
                return
            value = short(float(grid[int(np.argmin(size_of(found, of_modulus)))]))
            if one.finite_ends[0] < value < one.finite_ends[1]:
                point = point.moved(name, value)
            point = _turned_least(model, expr, of_modulus, name, point, reach)
        yield point
        reach /= NODES / 4
    for name, coordinate in point.coordinates.items():
        if isinstance(coordinate, Fraction) and not model.domain.ranges[name].is_whole:
            for shorter in moved(model, name, point, short(float(coordinate), ROUGH)):
                point = shorter
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
    angle = angles[int(np.argmin(size_of(values(expr, at, angles.size), of_modulus)))]
    return point.with_coordinate(name, replace(old, half_tangent=short(np.tan(angle / 2))))


def bottom(model: Model, expr: sp.Expr) -> Iterator[Point]:
    """Where a function of several coordinates is least in modulus, by Powell's method.

    It starts in the middle, and ends at a point inside the domain or finds none. The second point
    has short numbers where the first is near to them.
    """
    coordinates = list(_coordinates(model, expr))
    if not coordinates:
        return
    inside, ranges = model.domain.inside, model.domain.ranges
    held = {symbol: column[0] for symbol, column in columns(model, [inside]).items()}
    ends = {name: _floats(ranges[name].rational_ends) for name, _ in coordinates}
    bounds = [(-np.pi, np.pi) if turns else ends[name] for name, turns in coordinates]
    middle = {name: sum(ranges[name].finite_ends) / 2 for name in ends}

    def size(x: Array) -> float:
        at, place = dict(held), dict(zip(coordinates, x, strict=True))
        for name in ends:
            value = place[name, False] * np.exp(1j * place.get((name, True), 0.0))
            symbol = model.symbols[name]
            at[symbol], at[bar(symbol)] = value, value.conjugate()
        return float(size_of(evaluate_in(expr, at, NUMPY), True))

    from scipy.optimize import minimize  # a sixth of a second, which `eval` does without

    start = [0.0 if turns else float(middle[name]) for name, turns in coordinates]
    try:
        with np.errstate(all="ignore"):
            found = minimize(size, start, method="Powell", bounds=bounds, options=POWELL).x
    except (NotEvaluated, ValueError):  # which Powell's method raises of a step of length 0
        return
    if not np.isfinite(found).all():
        return
    for within in (Fraction(0), ROUGH):
        points = [inside]
        for (name, turns), value in zip(coordinates, found, strict=True):
            near = [short(float(np.tan(value / 2) if turns else value), within)]
            if ranges[name].is_whole:
                near = sorted({Fraction(floor(value)), Fraction(ceil(value))})
            pairs = product(points, near)
            points = [new for point, at in pairs for new in moved(model, name, point, at, turns)]
        yield from points


def _floats(ends: tuple[Fraction | None, Fraction | None]) -> tuple[float, float]:
    lower, upper = ends
    return -inf if lower is None else float(lower), inf if upper is None else float(upper)


def _coordinates(model: Model, expr: sp.Expr) -> Iterator[tuple[str, bool]]:
    """A parameter's name, and whether its angle is meant: else its value, or modulus."""
    for name, symbol in model.symbols.items():
        one = model.domain.ranges[name]
        if {symbol, bar(symbol)} & expr.free_symbols and one.value is None:
            yield name, False
            if one.is_modulus:
                yield name, True


def zero_of(function: Callable[[Array], Array], low: float, high: float) -> float:
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


def size_of(found: Array, of_modulus: bool) -> Array:
    """What is to be least, of complex values: their moduli or real parts, if they are finite."""
    size = np.abs(found) if of_modulus else found.real
    return np.where(np.isfinite(size), size, np.inf)


def moved(
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


def short(value: float, within: Fraction = NEAR) -> Fraction:
    """A rational near a float, a short one if it is near enough."""
    exact = Fraction(value)
    rounded = exact.limit_denominator(1000)
    return rounded if abs(rounded - exact) < within else exact.limit_denominator(10**15)
