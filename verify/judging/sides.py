"""Points on every side of a kink: |f|, √f and log f take another branch where f changes its sign.

What is equal on one side of f = 0 may differ on the other, be it ever so narrow. So routes look at
points of both; and where f seems to have one sign, but no certificate says so, the claim is not
supported by points.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice

import flint
import numpy as np
import sympy as sp

from numerics.arithmetic.balls import evaluate
from numerics.arithmetic.evaluation import NotEvaluated
from theory.algebra.conjugation import conjugated, polarised
from verify.judging.columns import columns, values
from verify.judging.descent import refined, size_of
from verify.judging.domain import Domain
from verify.judging.kinks import cells
from verify.judging.model import Model
from verify.judging.obligations.obligation import State
from verify.judging.places import ingredients, places
from verify.judging.points import Point

KINKS = "kinks"  # the field of an obligation, beside a claim's own
BITS = 256
MOST = 32  # patterns of signs


@lru_cache(maxsize=8)
def _turning(model: Model) -> list[sp.Expr]:
    """Real functions whose sign decides on branches, and is not the same all over, or may not."""
    limit = model.claim.limit  # near which one side is left
    moving = {model.symbols[limit.name]} if limit else set()
    functions = dict.fromkeys(_arguments(model))
    return [f for f in functions if not (f.free_symbols & moving or model.sign(f))]


@lru_cache(maxsize=8)
def sides(model: Model, seed: int) -> list[Point]:
    """A point or two for each pattern of signs that kinks' functions are found to have.

    Rounding may give a zero a sign, so that one of them is as far from all zeros as any.
    """
    functions = _turning(model)
    if not functions:
        return []
    points = [*places(model, seed), *(Domain(cell).inside for cell in cells(model.claim))]
    try:
        for f in functions:
            for g in (f, -f):
                found = values(g, columns(model, points), len(points))
                points += refined(model, g, False, points[int(np.argmin(size_of(found, False)))])
        at = columns(model, points)
        sizes = np.array([values(f, at, len(points)).real for f in functions])
    except NotEvaluated:
        return []
    patterns: dict[bytes, list[int]] = {}
    for k in range(len(points)):
        patterns.setdefault(np.sign(sizes[:, k]).tobytes(), []).append(k)
    depth = np.abs(sizes).min(axis=0)
    chosen = ({same[0], max(same, key=lambda k: depth[k])} for same in patterns.values())
    return [points[k] for those in islice(chosen, MOST) for k in sorted(those)]


def obligations(model: Model, tried: Sequence[Point]) -> list[dict[str, str]]:
    """The obligation on each kink, in evidence's words: discharged if both sides were tried."""
    found = []
    for f in _turning(model):
        state, how = State.OPEN, "of one side no point was tried, though there may be some"
        if {1, -1} <= {_certain_sign(model, f, point) for point in tried}:
            state, how = State.DISCHARGED, "points of both sides were tried"
        statement = f"it holds on both sides of {f} = 0"
        found.append({"field": KINKS, "statement": statement, "state": str(state), "how": how})
    return found


def _arguments(model: Model) -> Iterator[sp.Expr]:
    """Real functions whose moduli, roots or logarithms the claim is made of."""
    for whole in ingredients(model):
        for part in sorted(whole.atoms(sp.Abs, sp.Pow, sp.log, sp.atanh), key=str):
            if part.is_Pow and part.exp.is_integer:
                continue
            f = polarised(1 - part.args[0] ** 2 if isinstance(part, sp.atanh) else part.args[0])
            if f.free_symbols and sp.expand(f - conjugated(f)) == 0:
                yield f


def _certain_sign(model: Model, f: sp.Expr, point: Point) -> int:
    """The sign of a real function at a point; 0 where it is not certain."""
    with flint.ctx.workprec(BITS):
        ball = evaluate(f, point.values(model)).real
    return 1 if ball > 0 else -1 if ball < 0 else 0
