"""Where a claim fails worst, looked for in floating point: to be shown, it is no evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from numerics.arithmetic.evaluation import LONG, NUMPY, Arithmetic, NotEvaluated
from verify.judging.columns import columns, values
from verify.judging.evidence import MeaningError, Profile
from verify.judging.model import Model
from verify.judging.places import places_by_kind
from verify.judging.points import Point

POINTS = 2_000
SUSPECTS = 2  # of each kind
# what is less than so many times apart as two precisions of one side may be so by rounding
ROUNDINGS = 16
STEPS = 60  # along a line


@dataclass(frozen=True)
class Gap:
    """By how much a claim fails at a point, relative to the derived quantity; negative if not."""

    point: Point
    relative: float


@lru_cache(maxsize=32)
def worst_gap(model: Model, seed: int) -> Gap | None:
    """The point of the domain, among POINTS random ones, where the claim fails by most.

    None where the floats overflow or the expressions have no floating-point value.
    """
    everywhere = _gaps(model, list(model.domain.sample(POINTS, seed)))
    found = [gap for gap in everywhere if np.isfinite(gap.relative)]
    return found[0] if found else None


@lru_cache(maxsize=32)
def suspects(model: Model, seed: int) -> list[Point]:
    """Where the claim is likeliest to fail: at one of its `places`, beyond what rounding explains.

    Where nothing can be said in floating point, the places of every kind by turns.
    """
    kinds = places_by_kind(model, seed)
    try:
        gaps = [_gaps(model, candidates) for candidates in kinds]
    except (MeaningError, NotImplementedError):
        every = [point for candidates in kinds for point in candidates]
        return every[:: max(1, len(every) // (8 * SUSPECTS))]
    # of each kind, as what rounding does to one may hide another
    return [gap.point for found in gaps for gap in found[:SUSPECTS] if gap.relative > 0]


def _gaps(model: Model, points: Sequence[Point]) -> list[Gap]:
    """By how much the claim fails at points, beyond what rounding explains; the worst first."""
    try:
        (claimed, actual), rounded = (_sides(model, points, kind) for kind in (LONG, NUMPY))
    except NotEvaluated:
        return []
    with np.errstate(all="ignore"):
        rounding = ROUNDINGS * (np.abs(claimed - rounded[0]) + np.abs(actual - rounded[1]))
        match model.claim.relation:
            case "<=" | "<":
                excess = (actual - claimed).real
            case ">=" | ">":
                excess = (claimed - actual).real
            case _:
                excess = np.abs(actual - claimed)
        relative = np.where(np.abs(excess) > rounding, excess, np.minimum(excess, 0))
        relative = relative / np.abs(actual)
    order = np.argsort(-relative)  # nan comes last
    return [Gap(points[k], float(relative[k])) for k in order if not np.isnan(relative[k])]


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
    return list(map(float, values)), [through.moved(name, value) for value in values]


def _sides(
    model: Model, points: Sequence[Point], arithmetic: Arithmetic = NUMPY
) -> list[NDArray[Any]]:
    """The claimed and the derived value at each point, in floating point.

    Raises:
        NotEvaluated: if there is none.

    """
    at = columns(model, points, arithmetic)
    return [values(side, at, len(points), arithmetic) for side in (model.formula, model.value)]
