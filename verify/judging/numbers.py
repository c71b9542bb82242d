"""Whole numbers in functions that oscillate: what holds for many of them may fail for one alone.

sin(π(n^60 − 1)/61) is 0 for every whole number n but the multiples of 61. So a claim with such a
function is supported by points only where all its numbers were tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from math import prod

import sympy as sp

from verify.judging.model import Model
from verify.judging.obligations.obligation import State, stated
from verify.judging.places import ingredients
from verify.judging.points import Point

NUMBERS = "numbers"  # the field of an obligation, beside a claim's own and `sides.KINKS`
ELSEWHERE = 2  # points for each combination of numbers
MOST = 100  # combinations of numbers that are all tried
# real and of a linear function they do not oscillate
_STEADY = (sp.exp, sp.log, sp.sinh, sp.cosh, sp.tanh, sp.asinh, sp.atanh)


def all_numbers(model: Model) -> Iterator[Point]:
    """Points for each combination of the whole numbers in a function, where they are few.

    The other parameters are not the same at all of them: for some it may hold by accident.
    """
    for names in dict.fromkeys(_oscillating(model).values()):
        for number, numbers in enumerate(_numbers(model, names)):
            values = dict(zip(names, numbers, strict=True))
            for point in model.domain.sample(ELSEWHERE, number):
                yield Point({**point.coordinates, **values})


def obligations(model: Model, tried: Sequence[Point]) -> list[dict[str, str]]:
    """The obligation on each such function, in evidence's words: discharged if all were tried."""
    found = []
    for function, names in _oscillating(model).items():
        state, how = State.OPEN, "not all of them were tried"
        if are_tried(model, names, tried):
            state, how = State.DISCHARGED, "all of them were tried"
        statement = f"it holds for all whole numbers in {function}"
        found.append(stated(NUMBERS, statement, state, how))
    return found


def are_tried(model: Model, names: Sequence[str], tried: Sequence[Point]) -> bool:
    """Whether all combinations of some whole numbers, few enough, are among the points."""
    wanted = _numbers(model, names)
    return bool(wanted) and {
        tuple(point.coordinates[name] for name in names) for point in tried
    }.issuperset(wanted)


def _oscillating(model: Model) -> dict[sp.Expr, tuple[str, ...]]:
    """The functions that may oscillate with whole numbers, and the names of these."""
    whole = {s: name for name, s in model.symbols.items() if model.domain.ranges[name].is_whole}
    found = {}
    for expr in ingredients(model) if whole else ():
        for part in sorted(expr.atoms(sp.Function, sp.Pow), key=str):
            inside = [symbol for symbol in whole if symbol in part.free_symbols]
            if inside and not _is_steady(part, inside):
                found[part] = tuple(whole[symbol] for symbol in inside)
    return found


def _is_steady(part: sp.Expr, numbers: Sequence[sp.Symbol]) -> bool:
    """Whether a function goes on as it began: a power, or an exponential."""
    match part:
        case sp.Abs() | sp.re() | sp.im() | sp.conjugate():  # see `sides`
            return True
        case sp.Pow() if not part.exp.has(*numbers):
            return True
        case sp.Pow():
            return not part.base.has(*numbers) and _is_linear(part.exp, numbers)
        case sp.Function() if isinstance(part, _STEADY):
            argument = part.args[0]
            return bool(argument.is_extended_real) and _is_linear(argument, numbers)
    return False


def _is_linear(expr: sp.Expr, symbols: Sequence[sp.Symbol]) -> bool:
    return bool(expr.is_polynomial(*symbols) and sp.Poly(expr, *symbols).total_degree() <= 1)


def _numbers(model: Model, names: Sequence[str]) -> list[tuple[Fraction, ...]]:
    """All combinations of the whole numbers of some names; none where there are too many."""
    ranges = [model.domain.ranges[name] for name in names]
    if any(one.lower.is_infinite or one.upper.is_infinite for one in ranges):
        return []
    ends = [tuple(map(int, one.finite_ends)) for one in ranges]
    if prod(upper - lower + 1 for lower, upper in ends) > MOST:
        return []
    return list(product(*(map(Fraction, range(lower, upper + 1)) for lower, upper in ends)))
