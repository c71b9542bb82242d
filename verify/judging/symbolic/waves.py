"""What oscillates ever faster on the way to a limit: held still, or let go between its bounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import lcm

import sympy as sp

from verify.claims.claim import Limit
from verify.judging.translation import to_sympy

QUARTERS = 4  # of a turn


def fast_waves(
    expr: sp.Expr, p: sp.Symbol, limit: Limit, inside: Mapping[sp.Symbol, sp.Expr]
) -> list[sp.Expr]:
    """The sines and cosines in an expression of what goes to infinity.

    Args:
        expr: a function of `p` and others.
        p: what moves to the limit, a real number.
        limit: where to.
        inside: values of the others, for which it is found out what goes to infinity.

    """
    waves = sorted(expr.atoms(sp.sin, sp.cos), key=str)
    return [wave for wave in waves if _goes_to_infinity(wave.args[0], p, limit, inside)]


def held_still(expr: sp.Expr, waves: Sequence[sp.Expr]) -> Iterator[tuple[sp.Expr, str]]:
    """An expression along sequences on which its sines and cosines are constant.

    An angle that is continuous and goes to infinity is as often as one likes, and as near the
    limit, a given one but for whole turns. Where angles are in no rational ratio, there is none.

    Args:
        expr: what has the waves.
        waves: those of `fast_waves`.

    Yields:
        The expression with constants for sines and cosines, and where it is that, in words.

    """
    fast = sorted({wave.args[0] for wave in waves}, key=str)
    ratios = [sp.cancel(one / fast[0]) for one in fast]
    if not fast or not all(ratio.is_Rational for ratio in ratios):
        return
    common = lcm(*(int(ratio.q) for ratio in ratios))
    for quarter in range(QUARTERS):
        angle = quarter * sp.pi / 2
        constants = {
            wave(one): wave(common * ratio * angle)
            for one, ratio in zip(fast, ratios, strict=True)
            for wave in (sp.sin, sp.cos)
        }
        where = f"where {fast[0] / common} is {angle} and whole turns"
        yield expr.xreplace(constants), where


def let_go(waves: Sequence[sp.Expr]) -> dict[sp.Expr, sp.Symbol]:
    """Numbers in the place of the waves that are `fast_waves`, where their angles are real.

    They may be any from −1 to 1: a limit that is the same whatever they are is that of the
    expression.
    """
    real = [wave for wave in waves if _is_real(wave.args[0])]
    return {wave: sp.Dummy(str(wave), real=True) for wave in real}


def _is_real(angle: sp.Expr) -> bool:
    """Whether an angle is real wherever it is finite, as its sine need not be bounded otherwise."""
    functions = {type(part) for part in angle.atoms(sp.Function)}
    powers = angle.atoms(sp.Pow)
    return (
        not angle.has(sp.I)
        and all(symbol.is_real for symbol in angle.free_symbols)
        and functions <= {sp.exp, sp.Abs, sp.sin, sp.cos, sp.tanh}
        and all(part.exp.is_integer or part.base.is_positive for part in powers)
    )


def _goes_to_infinity(
    angle: sp.Expr, p: sp.Symbol, limit: Limit, inside: Mapping[sp.Symbol, sp.Expr]
) -> bool:
    if p not in angle.free_symbols or p.is_integer:
        return False
    target = to_sympy(limit.target, {}) * (sp.oo if limit.direction == "oo" else 1)
    along = angle.subs({symbol: value for symbol, value in inside.items() if symbol != p})
    try:
        end = sp.limit(along, p, target, "-" if limit.direction in ("-", "oo") else "+")
    except Exception:  # as SymPy's limits break in many ways
        return False
    return end in (sp.oo, -sp.oo)
