"""Points as columns of floating-point numbers, and expressions at them; no evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from numerics.arithmetic.evaluation import LONG, NUMPY, Arithmetic, evaluate_in
from theory.algebra.conjugation import bar
from verify.judging.model import Model
from verify.judging.points import Coordinate, Irrational, Point, Polar

Array = NDArray[Any]


def columns(
    model: Model, points: Sequence[Point], arithmetic: Arithmetic = NUMPY
) -> Mapping[sp.Symbol, Array]:
    """The parameters at many points in floating point, and their conjugates."""
    found: dict[sp.Symbol, Array] = {}
    for name, symbol in model.symbols.items():
        column = np.array([number_at(point.coordinates[name], arithmetic) for point in points])
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


def line(model: Model, name: str, through: Point) -> Callable[[Array], Mapping[sp.Symbol, Array]]:
    """The columns where one parameter, or the modulus of a complex one, takes many values."""
    held: dict[sp.Symbol, Array] = {}
    for other, symbol in model.symbols.items():
        here = np.array(number_at(through.coordinates[other]))
        held[symbol], held[bar(symbol)] = here, here.conj()
    moving = model.symbols[name]
    direction = np.array(1.0)
    if isinstance(old := through.coordinates[name], Polar):
        direction = np.array(number_at(replace(old, modulus=Fraction(1))))

    def at(value: Array) -> Mapping[sp.Symbol, Array]:
        return {**held, moving: value * direction, bar(moving): value * direction.conj()}

    return at


def number_at(coordinate: Coordinate, arithmetic: Arithmetic = NUMPY) -> Any:
    """A coordinate in floating point; complex where it is polar."""
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
