"""Whether an obligation holds all over a domain: a place where it fails, or a certificate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import flint
import numpy as np
import sympy as sp
from numpy.typing import NDArray

from numerics.arithmetic import gaussian
from numerics.arithmetic.balls import evaluate
from numerics.arithmetic.evaluation import NotEvaluated
from theory.algebra.conjugation import bar, conjugated, polarised
from verify.judging.columns import columns, values
from verify.judging.descent import least_of, refined
from verify.judging.domain import Range
from verify.judging.model import Model
from verify.judging.obligations.obligation import Kind, Obligation, Outcome, State
from verify.judging.places import columns_of_places, places
from verify.judging.points import Point
from verify.judging.symbolic.fractions import factors
from verify.judging.symbolic.signs import NoSign, Ranges, Sign, ranges_of, sign


class Vanishes(NoSign):
    """A function with a factor that certainly changes its sign on the domain; says where."""


BITS = 256
ANGLES = 48  # of a half turn
CANDIDATES = 4
SECONDS = 4.0  # of processor time for a cover


def decide(model: Model, obligation: Obligation, seed: int) -> Outcome:
    """What becomes of an obligation on the domain of a claim."""
    if where := _failure(model, obligation, seed):
        return Outcome(obligation, State.FAILED, where)
    try:
        how = _certificate(model, obligation)
    except Vanishes as place:
        return Outcome(obligation, State.FAILED, f"near {place}")
    except NoSign as reason:
        return Outcome(obligation, State.OPEN, f"no certificate: {reason}")
    return Outcome(obligation, State.DISCHARGED, how)


# a place where it fails


def _failure(model: Model, obligation: Obligation, seed: int) -> str:
    """Where an obligation certainly fails, in words; empty if no such place is found."""
    function, kind = obligation.function, obligation.kind
    if obligation.angle is not None:
        return _failing_angle(model, obligation, seed)
    points = places(model, seed)
    try:
        found = values(function, columns_of_places(model, seed), len(points))
    except NotEvaluated:
        return ""
    size = np.abs(found) if kind is Kind.NONZERO else found.real
    size = np.where(np.isfinite(size), size, np.inf)
    for index in np.argsort(size)[:CANDIDATES]:
        start = points[int(index)]
        for point in (start, *refined(model, function, kind is Kind.NONZERO, start)):
            if _fails_at(model, function, kind, point):
                return f"at {point}"
    is_continuous = not any(symbol.is_integer for symbol in function.free_symbols)
    if kind is Kind.NONZERO and is_continuous and not np.any(np.abs(found.imag) > 0):
        low, high = (points[int(k)] for k in (np.nanargmin(found.real), np.nanargmax(found.real)))
        below, above = (ball_at(model, function, point).real for point in (low, high))
        if below < 0 < above:
            return f"between {low} and {high}"
    return ""


def _fails_at(model: Model, function: sp.Expr, kind: Kind, point: Point) -> bool:
    """Whether an obligation certainly fails at a point."""
    if kind is Kind.NONZERO:
        return any(_is_zero(model, factor, point) for factor in factors_of(function))
    ball = ball_at(model, function, point)
    if ball.real < 0 or ball.imag != 0:
        return True
    return kind is Kind.POSITIVE and _is_zero(model, function, point)


def ball_at(model: Model, function: sp.Expr, point: Point) -> flint.acb:
    """A ball around a function at a point, sharp enough for its sign."""
    with flint.ctx.workprec(BITS):
        return evaluate(function, point.values(model))


def _is_zero(model: Model, function: sp.Expr, point: Point) -> bool:
    try:
        exact = gaussian.exact_value(polarised(function), point.exact(model))
        return bool(exact == gaussian.gaussian(0))
    except NotEvaluated:
        return False


def _failing_angle(model: Model, obligation: Obligation, seed: int) -> str:
    """Where a function of the parameters and an angle is certainly negative."""
    points, angle = places(model, seed), obligation.angle
    turns = [k * sp.pi / ANGLES for k in range(-ANGLES, ANGLES + 1)]
    lowest: list[tuple[float, int, sp.Expr]] = []
    at = columns_of_places(model, seed)
    for turn in turns:
        try:
            here = {**at, angle: np.array(float(turn))}
            found = values(obligation.function, here, len(points)).real
        except NotEvaluated:
            return ""
        found = np.where(np.isfinite(found), found, np.inf)
        index = int(np.argmin(found))
        lowest.append((float(found[index]), index, turn))
    for _, index, turn in sorted(lowest, key=lambda one: one[:2])[:CANDIDATES]:
        for near in (turn, _least_turn(model, obligation, points[index], float(turn))):
            function = obligation.function.subs(angle, near)
            for point in (points[index], *refined(model, function, False, points[index])):
                if _fails_at(model, function, Kind.NONNEGATIVE, point):
                    return f"at {point}, frequency {float(near):.3g}"
    return ""


def _least_turn(model: Model, obligation: Obligation, point: Point, turn: float) -> sp.Rational:
    """The angle next to another where an obligation's function is least at a point."""
    at = columns(model, [point])

    def value(turns: NDArray[Any]) -> NDArray[Any]:
        return values(obligation.function, {**at, obligation.angle: turns}, turns.size).real

    return sp.Rational(least_of(value, turn - np.pi / ANGLES, turn + np.pi / ANGLES))


# a certificate


def nonzero(model: Model, function: sp.Expr) -> str:
    """How it is certain that a function is not 0 on the whole domain.

    Raises:
        NoSign: if it is not.

    """
    return _nonzero(model, function, *ranges_of(model.domain, model.symbols))


def _certificate(model: Model, obligation: Obligation) -> str:
    """How an obligation is discharged on the whole domain.

    Raises:
        NoSign: if it is not.

    """
    real, moduli = ranges_of(model.domain, model.symbols)
    function = obligation.function
    if obligation.kind is Kind.NONZERO:
        parts = dict.fromkeys(_irreducible(function))
        return "; ".join(dict.fromkeys(_nonzero(model, part, real, moduli) for part in parts))
    if obligation.kind is Kind.POSITIVE:
        return _positive(model, polarised(function), real, moduli)
    if obligation.angle is not None:
        real = {**real, obligation.angle: (-sp.pi, sp.pi)}
    try:
        return _nonnegative(polarised(function), real, moduli)
    except NoSign:
        # each real root may be any number that is not negative; its own argument is another matter
        roots = {root: sp.Dummy("root", nonnegative=True) for root in _real_roots(function)}
        if not roots:
            raise
        free = dict.fromkeys(roots.values(), (sp.S.Zero, sp.oo))
        return _nonnegative(polarised(function.xreplace(roots)), {**real, **free}, moduli)


def _nonnegative(function: sp.Expr, real: Ranges, moduli: Ranges) -> str:
    """How it is certain that a real function is not negative; raises NoSign."""
    found = sign(function, real, moduli, seconds=SECONDS)
    if found.certain is None or found.certain < 0:
        raise NoSign(_obstacle(found))
    return str(found)


def _real_roots(expr: sp.Expr) -> set[sp.Expr]:
    """The moduli of an expression, and its roots of what is real."""
    roots = {part for part in expr.atoms(sp.Pow) if part.exp == sp.S.Half}
    real = {root for root in roots if all(s.is_real for s in root.free_symbols)}
    moduli: set[sp.Expr] = expr.atoms(sp.Abs)
    return moduli | {root for root in real if not root.has(sp.I)}


def _irreducible(function: sp.Expr) -> Iterator[sp.Expr]:
    """The factors of a function, expanded sums taken apart where that is quickly done."""
    for part in factors_of(function):
        holomorphic = polarised(part)
        if holomorphic.is_Add and holomorphic.is_polynomial() and not holomorphic.has(sp.I):
            yield from (f for f, _ in factors(holomorphic) if not f.is_number)
        else:
            yield part


def factors_of(expr: sp.Expr) -> Iterator[sp.Expr]:
    """What is 0 where a product is 0."""
    match expr:
        case sp.Mul():
            for factor in expr.args:
                yield from factors_of(factor)
        case sp.Pow() if expr.exp.is_positive:
            yield from factors_of(expr.base)
        case sp.Abs() | sp.conjugate():
            yield from factors_of(expr.args[0])
        case sp.exp():
            pass
        case _ if not expr.is_number or expr == 0:
            yield expr


def _nonzero(model: Model, function: sp.Expr, real: Ranges, moduli: Ranges) -> str:
    """How it is certain that a function is not 0 on the domain; raises NoSign."""
    holomorphic = sp.expand(polarised(function))
    conjugate = sp.expand(conjugated(holomorphic))
    if holomorphic == conjugate:
        return _positive(model, holomorphic, real, moduli, or_negative=True)
    try:
        return _dominated(model, holomorphic, real, moduli)
    except NoSign:
        return _positive(model, holomorphic * conjugate, real, moduli)


def _dominated(model: Model, function: sp.Expr, real: Ranges, moduli: Ranges) -> str:
    """How a constant is larger than the moduli of all else together; raises NoSign."""
    number, rest = function.as_coeff_Add()
    sizes = {}
    for symbol in rest.free_symbols:
        if symbol.is_real:
            lower, upper = real[symbol]
            sizes[symbol] = (sp.S.Zero, sp.Max(abs(lower), abs(upper)))
        else:
            sizes[symbol] = moduli[symbol if symbol in moduli else bar(symbol)]
    size = {symbol: sp.Dummy(str(symbol), positive=True) for symbol in sizes}
    total = sum((_size(term, size) for term in sp.Add.make_args(rest)), sp.S.Zero)
    ranges = {size[symbol]: ends for symbol, ends in sizes.items()}
    closed = {s for name, s in model.symbols.items() if _has_end(model.domain.ranges[name])}
    far = [
        [(size[s], end) for end in (None, *([most] if {s, bar(s)} & closed else []))]
        for s, (_, most) in sizes.items()
    ]
    for choice in product(*far):
        at = {symbol: end for symbol, end in choice if end is not None}
        slack = (abs(number) - total).subs(at)
        if sign(slack, ranges, {}, of_all=True, seconds=SECONDS).certain != 1:
            raise NoSign("no constant is larger than all else together")
    return "as a constant is larger than all else together"


def _has_end(one: Range) -> bool:
    return one.has_lower or one.has_upper


def _size(term: sp.Expr, size: Mapping[sp.Symbol, sp.Symbol]) -> sp.Expr:
    """The modulus of a product of powers of symbols and phases, in the symbols' moduli."""
    if term.is_Mul:
        return sp.Mul(*(_size(factor, size) for factor in term.args))
    if term.is_Pow and term.exp.is_Integer:
        return _size(term.base, size) ** term.exp
    if term in size:
        return size[term]
    if term.is_number:
        return sp.Abs(term)
    if isinstance(term, sp.exp) and (term.args[0] / sp.I).is_real:
        return sp.S.One
    raise NoSign(f"the size of {term}")


def _positive(
    model: Model, function: sp.Expr, real: Ranges, moduli: Ranges, or_negative: bool = False
) -> str:
    """How it is certain that a real function is positive, faces included; raises NoSign."""
    how = []
    for image, ranges, where in _strata(model, function, real):
        found = sign(image, ranges, moduli, of_all=True, seconds=SECONDS)
        if found.certain is None:
            raise Vanishes(found.zero) if found.zero else NoSign(_obstacle(found))
        if not found.certain or (found.certain < 0 and not or_negative):
            raise NoSign(f"it is {'negative' if found.certain else '0'}{where}")
        how.append(str(found))
    return how[0]


def _obstacle(found: Sign) -> str:
    return next((c.obstacle for c in found.covers if c.sign is None), "it is negative")


def _strata(model: Model, function: sp.Expr, real: Ranges) -> Iterator[tuple[sp.Expr, Ranges, str]]:
    """The function inside the domain, and on each face that belongs to it.

    A complex parameter's modulus has faces too: 0, and an end that belongs to its range.
    """
    choices = []
    for name, symbol in model.symbols.items():
        one = model.domain.ranges[name]
        ends: list[sp.Expr | None] = [None]
        if symbol in function.free_symbols or bar(symbol) in function.free_symbols:
            holds_zero = one.is_modulus and one.holds_zero
            ends += [one.lower] if (one.has_lower or holds_zero) and one.lower.is_finite else []
            ends += [one.upper] if one.has_upper and one.upper.is_finite else []
        choices.append([(symbol, one.is_modulus, end) for end in dict.fromkeys(ends)])
    for choice in product(*choices):
        fixed = [(symbol, turns, end) for symbol, turns, end in choice if end is not None]
        left, image, where = dict(real), function, []
        for symbol, turns, end in fixed:
            where.append(f"{f'|{symbol}|' if turns else symbol} = {end}")
            left.pop(symbol, None)
            if not turns:
                image = image.subs(symbol, end)
                continue
            angle = sp.Dummy(f"arg {symbol}", real=True)
            turn = sp.exp(sp.I * angle)
            image = image.subs({symbol: end * turn, bar(symbol): end / turn}, simultaneous=True)
            left[angle] = (-sp.oo, sp.oo)
        yield image, left, f" at {', '.join(where)}" if where else ""
