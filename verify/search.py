"""Where a claim fails worst, looked for in floating point: a candidate, not yet evidence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from numerics.evaluation import NUMPY, NotEvaluated, evaluate
from theory.conjugation import bar, polarised
from verify.model import Model
from verify.points import Point, sample

POINTS = 2_000


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
    points = list(sample(model.claim, POINTS, seed))
    balls = [point.values(model) for point in points]
    columns: dict[sp.Symbol, NDArray[np.inexact]] = {}
    for symbol in model.symbols.values():
        column = np.array([complex(values[symbol].mid()) for values in balls])
        columns[symbol] = column.real if symbol.is_real else column
        columns[bar(symbol)] = columns[symbol].conj()
    try:
        with np.errstate(all="ignore"):
            claimed, actual = (
                np.broadcast_to(evaluate(side, columns, NUMPY), len(points)).astype(complex)
                for side in (polarised(model.formula), model.value)
            )
            match model.claim.relation:
                case "<=":
                    excess = (actual - claimed).real
                case ">=":
                    excess = (claimed - actual).real
                case _:
                    excess = np.abs(actual - claimed)
            relative = excess / np.abs(actual)
    except NotEvaluated:
        return None
    finite = np.where(np.isfinite(relative), relative, -np.inf)
    index = int(np.argmax(finite))
    return Gap(points[index], float(finite[index])) if np.isfinite(finite[index]) else None
