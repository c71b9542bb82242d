"""Where a claim fails worst, looked for in floating point: to be shown, it is no evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from numerics.arithmetic.evaluation import NUMPY, NotEvaluated, evaluate_in
from theory.algebra.conjugation import bar, polarised
from verify.judging.evidence import Profile
from verify.judging.model import Model
from verify.judging.points import Point, Polar

POINTS = 2_000
STEPS = 60  # along a line


@dataclass(frozen=True)
class Gap:
    """By how much a claim fails at a point, relative to the derived quantity; negative if not."""

    point: Point
    relative: float


@lru_cache(maxsize=4)
def worst_gap(model: Model, seed: int) -> Gap | None:
    """The point of the domain, among POINTS random ones, where the claim fails by most.

    None where the floats overflow or the expressions have no floating-point value.
    """
    points = list(model.domain.sample(POINTS, seed))
    try:
        claimed, actual = _sides(model, points)
    except NotEvaluated:
        return None
    with np.errstate(all="ignore"):
        match model.claim.relation:
            case "<=":
                excess = (actual - claimed).real
            case ">=":
                excess = (claimed - actual).real
            case _:
                excess = np.abs(actual - claimed)
        relative = excess / np.abs(actual)
    finite = np.where(np.isfinite(relative), relative, -np.inf)
    index = int(np.argmax(finite))
    return Gap(points[index], float(finite[index])) if np.isfinite(finite[index]) else None


def profile(model: Model, through: Point) -> Profile | None:
    """Both sides along the parameter that moves them apart most, the others held.

    None where the expressions have no floating-point value.
    """
    claim = model.claim
    try:
        lines = [_along(model, n, through) for n in claim.parameters if n != claim.horizon]
    except NotEvaluated:
        return None
    finite = (line for line in lines if np.isfinite([line.claimed, line.actual]).all())
    return max(finite, key=Profile.spread, default=None)


def _along(model: Model, name: str, through: Point) -> Profile:
    """Both sides along one parameter; of complex values the moduli."""
    at, points = _line(model, name, through)
    sides = _sides(model, points)
    if not all(np.isclose(side.imag, 0).all() for side in sides):
        sides = [np.abs(side) for side in sides]
    claimed, actual = (side.real.tolist() for side in sides)
    return Profile(name, at, claimed, actual)


def _line(model: Model, name: str, through: Point) -> tuple[list[float], list[Point]]:
    """Values of one parameter across its range, of a complex one the modulus, and the points."""
    lower, upper = model.domain.ranges[name].finite_ends
    values = [lower + (upper - lower) * Fraction(k, STEPS) for k in range(1, STEPS)]
    there = through.coordinates[name]
    moved = [replace(there, modulus=v) if isinstance(there, Polar) else v for v in values]
    points = [Point({**through.coordinates, name: coordinate}) for coordinate in moved]
    return list(map(float, values)), points


def _sides(model: Model, points: Sequence[Point]) -> list[NDArray[np.complex128]]:
    """The claimed and the derived value at each point, in floating point.

    Raises:
        NotEvaluated: if there is none.

    """
    balls = [point.values(model) for point in points]
    columns: dict[sp.Symbol, NDArray[np.inexact]] = {}
    for symbol in model.symbols.values():
        column = np.array([complex(values[symbol].mid()) for values in balls])
        columns[symbol] = column.real if symbol.is_real else column
        columns[bar(symbol)] = columns[symbol].conj()
    with np.errstate(all="ignore"):
        return [
            np.broadcast_to(evaluate_in(side, columns, NUMPY), len(points)).astype(complex)
            for side in (polarised(model.formula), model.value)
        ]
