"""Whether points can see all parts of a claim: what is very small or very large there hides.

Two functions that are equal to many digits at a point may differ by a part that is tiny there and
large elsewhere: a narrow spike, a step far away, a wave. Where each part of a claim is of ordinary
size at points that were tried, the difference of both sides is not hidden by them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import flint
import sympy as sp

from numerics.arithmetic.balls import Values, evaluate
from numerics.arithmetic.evaluation import NotEvaluated
from theory.algebra.conjugation import polarised
from verify.judging.model import Model
from verify.judging.numbers import are_tried
from verify.judging.obligations.obligation import State, stated
from verify.judging.places import ingredients
from verify.judging.points import Point

SIZES = "sizes"  # the field of an obligation, beside a claim's own
BITS = 128
ENOUGH = 2  # points at which all parts are seen
LARGEST = flint.arb(10) ** 12  # of an ordinary part, as 1/LARGEST is the smallest
STEEP = 20  # beyond it a hyperbolic tangent is as good as ±1


def obligations(model: Model, tried: Sequence[Point]) -> list[dict[str, str]]:
    """The obligation that all parts of a claim are seen, in evidence's words.

    It is discharged of what is hidden at some of the points, where there are enough others, and
    there is none where nothing is.
    """
    parts = _parts(model)
    if any(one.is_whole for one in model.domain.ranges.values()):
        parts = [part for part in parts if not _is_known(model, part, tried)]
    hidden = []
    for point in tried:
        with flint.ctx.workprec(BITS):
            values = point.values(model)
            hidden.append(next((part for part in parts if not _is_seen(part, values)), None))
    unseen = [part for part in hidden if part is not None]
    count = len(hidden) - len(unseen)
    if count >= ENOUGH:
        how = f"so it is at {count} of the points tried"
        parts = list(dict.fromkeys(unseen))
        return [stated(SIZES, _statement(part), State.DISCHARGED, how) for part in parts]
    if not unseen:
        return []
    last = unseen[-1]
    how = (
        "at the points tried it is very small, or large"
        if last.free_symbols
        else "it is too small, or large, for points to show"
    )
    return [stated(SIZES, _statement(last), State.OPEN, how)]


def _statement(part: sp.Expr) -> str:
    if part.free_symbols:
        return f"it holds where {part} is of ordinary size"
    return f"the number {str(sp.N(part, 3)).lower()} makes no difference"


def _is_known(model: Model, part: sp.Expr, tried: Sequence[Point]) -> bool:
    """Whether a part depends on whole numbers alone, of which all were tried."""
    names = [name for name, symbol in model.symbols.items() if symbol in part.free_symbols]
    is_whole = bool(names) and all(model.domain.ranges[name].is_whole for name in names)
    return is_whole and are_tried(model, names, tried)


@lru_cache(maxsize=32)
def _parts(model: Model) -> list[sp.Expr]:
    """What a claim is made of: functions, powers, products and sums, and the numbers in them.

    The smallest come first.
    """
    nodes = (node for whole in ingredients(model) for node in sp.postorder_traversal(whole))
    return list(dict.fromkeys(nodes))


def _is_seen(part: sp.Expr, values: Values) -> bool:
    """Whether a part is of ordinary size at a point, and does not level off there."""
    try:
        size = abs(evaluate(polarised(part), values))
        if part.func is sp.tanh and not abs(evaluate(polarised(part.args[0]), values)) < STEEP:
            return False
    except NotEvaluated:
        return False
    is_nothing = size == 0 and not part.free_symbols
    return bool(is_nothing or 1 / LARGEST < size < LARGEST)
