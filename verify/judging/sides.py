"""Points on every side of a kink: |f|, √f and log f take another branch where f changes its sign.

What is equal on one side of f = 0 may differ on the other, be it ever so narrow; and where f is
complex, on the cut itself. So routes look at points of both sides, and of the cut; and where f
seems to have one sign, but no certificate says so, the claim is not supported by points.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, islice, product

import numpy as np
import sympy as sp

from numerics.arithmetic.evaluation import NotEvaluated
from theory.algebra.conjugation import conjugated, polarised
from verify.judging.columns import Array, columns, values
from verify.judging.descent import refined, size_of
from verify.judging.domain import Domain
from verify.judging.kinks import cells
from verify.judging.model import Model
from verify.judging.obligations.certificates import nonzero
from verify.judging.obligations.deciding import ball_at
from verify.judging.obligations.obligation import State, stated
from verify.judging.places import ingredients, places
from verify.judging.points import Point
from verify.judging.symbolic.branches import off_cut
from verify.judging.symbolic.signs import NoSign
from verify.judging.translation import to_sympy

KINKS = "kinks"  # the field of an obligation, beside a claim's own
MOST = 32  # patterns of sides
ABOVE, CUT, BELOW, AWAY = 1, 0, -1, 2


@dataclass(frozen=True)
class _Kink:
    """A function, polarised, with another branch where it is negative."""

    function: sp.Expr
    is_real: bool

    @property
    def sides(self) -> set[int]:
        """Where points are wanted: above and below 0, or the negative real axis, and on that."""
        return {ABOVE, BELOW} if self.is_real else {ABOVE, CUT, BELOW}

    def __str__(self) -> str:
        return f"{self.function} = 0" if self.is_real else f"the cut of {self.function}"

    def sides_of(self, found: Array) -> Array:
        """The sides that values of the function lie on."""
        across: Array = np.sign(found.real if self.is_real else found.imag)
        return across if self.is_real else np.where(found.real < 0, across, AWAY)

    def depths_of(self, found: Array) -> Array:
        """How far values are from another side, if they are on one."""
        depths: Array = np.abs(found.real if self.is_real else found.imag)
        return depths

    def side_at(self, model: Model, point: Point) -> int | None:
        """The side that a point certainly lies on, if it does on one."""
        ball = ball_at(model, self.function, point)
        if not self.is_real and not ball.real < 0:
            return None
        across = ball.real if self.is_real else ball.imag
        return ABOVE if across > 0 else BELOW if across < 0 else CUT if across == 0 else None


def may_cross_a_cut(model: Model) -> bool:
    """Whether a root or logarithm in a claim may be conjugated on its cut, where algebra errs."""
    return any(not kink.is_real for kink in _kinks(model))


@lru_cache(maxsize=32)
def _kinks(model: Model) -> list[_Kink]:
    """The kinks of a claim, but for those of which it is certain that they have one side."""
    arguments = dict.fromkeys(_arguments(model))
    left = (argument for argument in arguments if not _has_one_side(model, argument))
    return [_Kink(polarised(argument), _is_real(argument)) for argument in left]


def _has_one_side(model: Model, argument: sp.Expr) -> bool:
    function = polarised(argument)
    if not _is_real(argument):
        return off_cut(model, argument).state is State.DISCHARGED
    is_known = sp.expand(function) == 0 or model.sign(function) != 0
    return is_known or _has_one_side_near_limit(model, function)


def _has_one_side_near_limit(model: Model, function: sp.Expr) -> bool:
    """Whether the function is not 0 where a limit's variable has its target, nor so near it."""
    limit = model.claim.limit
    if limit is None or limit.direction == "oo":
        return False
    there = function.subs(model.symbols[limit.name], to_sympy(limit.target, {}))
    with suppress(NoSign, NotEvaluated):  # which an infinite value raises
        return bool(nonzero(model, there))
    return False


@lru_cache(maxsize=32)
def sides(model: Model, seed: int) -> list[Point]:
    """One to three points for each pattern of sides that is found.

    Rounding may give a zero a sign, so that one of them is as far from all zeros as any; and where
    the formula is 0 both sides may agree, so that at one of them it is as large as any.
    """
    kinks = _kinks(model)
    if not kinks:
        return []
    points = [*places(model, seed), *(Domain(cell).inside for cell in cells(model.claim))]
    try:
        for f in (kink.function for kink in kinks):
            for g in (f, -f):
                size = size_of(values(g, columns(model, points), len(points)), False)
                points += refined(model, g, False, points[int(np.argmin(size))])
        at = columns(model, points)
        found = [values(kink.function, at, len(points)) for kink in kinks]
    except NotEvaluated:
        return []
    on = np.array([kink.sides_of(those) for kink, those in zip(kinks, found, strict=True)])
    depth = np.array([kink.depths_of(those) for kink, those in zip(kinks, found, strict=True)])
    patterns: dict[bytes, list[int]] = {}
    for k in range(len(points)):
        patterns.setdefault(on[:, k].tobytes(), []).append(k)
    deepest, sizes = depth.min(axis=0), _sizes(model, at, len(points))
    chosen = (
        {same[0], *(same[int(np.argmax(of[same]))] for of in (deepest, sizes))}
        for same in patterns.values()
    )
    return [points[k] for those in islice(chosen, MOST) for k in sorted(those)]


def _sizes(model: Model, at: Mapping[sp.Symbol, Array], count: int) -> Array:
    """The formula's modulus at points, 0 where it has no value."""
    try:
        return np.nan_to_num(np.abs(values(model.formula, at, count)), posinf=0)
    except NotEvaluated:
        return np.zeros(count)


def obligations(model: Model, tried: Sequence[Point]) -> list[dict[str, str]]:
    """The obligation on each kink, in evidence's words: discharged if all sides were tried."""
    kinks, found = _kinks(model), []
    at = {kink: [kink.side_at(model, point) for point in tried] for kink in kinks}
    for kink in kinks:
        state, how = State.OPEN, "of one side no point was tried, though there may be some"
        if kink.sides <= set(at[kink]):
            state, how = State.DISCHARGED, "points of all sides were tried"
        found.append(stated(KINKS, f"it holds on all sides of {kink}", state, how))
    for one, other in combinations(kinks, 2):
        if not {*product(one.sides, other.sides)} <= {*zip(at[one], at[other], strict=True)}:
            statement = f"it holds on all sides of {one} and {other}"
            how = "of one side of each no point was tried, though there may be some"
            found.append(stated(KINKS, statement, State.OPEN, how))
    return found


def _arguments(model: Model) -> Iterator[sp.Expr]:
    """What the claim takes moduli of real numbers, roots and logarithms of."""
    for whole in ingredients(model):
        for part in sorted(whole.atoms(sp.Abs, sp.Pow, sp.log, sp.atanh, sp.asinh), key=str):
            match part:
                case sp.Abs() if not _is_real(part.args[0]):
                    pass
                case sp.atanh():
                    yield 1 - part.args[0] ** 2
                case sp.asinh():
                    yield 1 + part.args[0] ** 2
                case sp.Pow() if part.exp.is_integer:
                    pass
                case _:
                    yield part.args[0]


def _is_real(expr: sp.Expr) -> bool:
    function = polarised(expr)
    return bool(sp.expand(function - conjugated(function)) == 0)
