"""Certificates that an obligation holds all over a domain: signs that covers prove."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import product

import sympy as sp

from numerics.arithmetic.balls import evaluate
from theory.algebra.conjugation import bar, conjugated, polarised
from verify.judging.model import Model
from verify.judging.obligations.obligation import Kind, Obligation
from verify.judging.symbolic.form import Ranges
from verify.judging.symbolic.fractions import factors
from verify.judging.symbolic.signs import NoSign, Sign, ranges_of, sign

SECONDS = 4.0  # of processor time for a cover


class Vanishes(NoSign):
    """A function that certainly is 0, or has the other sign, on the domain; says where."""


def nonzero(model: Model, function: sp.Expr) -> str:
    """How it is certain that a function is not 0 on the whole domain.

    Raises:
        NoSign: if it is not.

    """
    return _nonzero(model, function, *ranges_of(model.domain, model.symbols))


def certificate(model: Model, obligation: Obligation) -> str:
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
    return _nonnegative(function, real, moduli)


def _nonnegative(function: sp.Expr, real: Ranges, moduli: Ranges) -> str:
    """How it is certain that a real function is not negative; raises NoSign."""
    try:
        own = sign(polarised(function), real, moduli, seconds=SECONDS)
        if own.certain is None or own.certain < 0:
            raise NoSign(_obstacle(own))
        return str(own)
    except NoSign:
        # moduli, and roots of what is not negative, may be any numbers that are not negative
        found = [*function.atoms(sp.Abs)]
        for root in sorted(function.atoms(sp.Pow), key=str):
            if root.exp == sp.S.Half:
                with suppress(NoSign):
                    _nonnegative(root.base, real, moduli)
                    found.append(root)
        if not found:
            raise
        roots = {part: sp.Dummy("root", nonnegative=True) for part in found}
        free = dict.fromkeys(roots.values(), (sp.S.Zero, sp.oo))
        return _nonnegative(function.xreplace(roots), {**real, **free}, moduli)


def _irreducible(function: sp.Expr) -> Iterator[sp.Expr]:
    """The factors of a function, expanded sums taken apart where that is quickly done."""
    for part in factors_of(function):
        holomorphic = polarised(part)
        is_sum = holomorphic.is_Add and not holomorphic.is_number
        if is_sum and holomorphic.is_polynomial() and not holomorphic.has(sp.I):
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
        case _ if not (expr.is_number and expr.is_nonzero):
            yield expr


def _nonzero(model: Model, function: sp.Expr, real: Ranges, moduli: Ranges) -> str:
    """How it is certain that a function is not 0 on the domain; raises NoSign."""
    holomorphic = sp.expand(polarised(function))
    conjugate = sp.expand(conjugated(holomorphic))
    if holomorphic != conjugate:
        with suppress(NoSign):
            return _dominated(model, holomorphic)
        return _positive(model, holomorphic * conjugate, real, moduli)
    try:
        return _positive(model, holomorphic, real, moduli, or_negative=True)
    except Vanishes:
        raise
    except NoSign:
        parts = _turning_factors(holomorphic)
        if len(parts) < 2:
            raise
        return "; ".join(dict.fromkeys(_dominated(model, part) for part in parts))


def _turning_factors(function: sp.Expr) -> list[sp.Expr]:
    """The factors in exponentials of what has sines and cosines; none where there is neither."""
    if not function.has(sp.sin, sp.cos):
        return []
    turning = sp.expand(function.rewrite((sp.sin, sp.cos), sp.exp))
    return [part for part, _ in factors(sp.expand_power_exp(turning)) if part.is_Add]


Size = tuple[sp.Expr, bool]  # a largest modulus, and whether it may be taken


def _dominated(model: Model, function: sp.Expr) -> str:
    """How a constant or a phase outweighs the moduli of all else together; raises NoSign."""
    terms = sp.Add.make_args(function)
    fixed = [term for term in terms if abs(term).is_number]
    largest = max(fixed, key=lambda term: sp.N(abs(term)), default=sp.S.Zero)
    sizes: dict[sp.Symbol, Size] = {}
    for name, symbol in model.symbols.items():
        one = model.domain.ranges[name]
        ends = [(abs(one.lower), one.has_lower), (abs(one.upper), one.has_upper)]
        most = sp.Max(*(size for size, _ in ends))
        may_be = any(is_taken and size == most for size, is_taken in ends)
        sizes[symbol] = sizes[bar(symbol)] = (most, may_be)
    total, is_taken = sp.S.Zero, True
    for term in sp.Add.make_args(function - largest):
        size, may_be = _largest(term, sizes)
        total, is_taken = total + size, is_taken and may_be
    slack = abs(largest) - total
    if slack.is_finite and (evaluate(slack, {}).real > 0 or (slack == 0 and not is_taken)):
        return "as a constant is larger than all else together"
    raise NoSign("no constant is larger than all else together")


def _largest(term: sp.Expr, sizes: Mapping[sp.Symbol, Size]) -> Size:
    """The largest modulus of a product of powers and phases."""
    size, is_taken = sp.S.One, True
    for factor in sp.Mul.make_args(term):
        base, exponent = factor.as_base_exp()
        if base in sizes and exponent.is_Rational and exponent.is_positive:
            most, may_be = sizes[base]
            size, is_taken = size * most**exponent, is_taken and may_be
            continue
        modulus = sp.Abs(factor)  # of a number, or a phase
        if not modulus.is_number:
            raise NoSign(f"the size of {factor}")
        size *= modulus
    return size, is_taken


def _positive(
    model: Model, function: sp.Expr, real: Ranges, moduli: Ranges, or_negative: bool = False
) -> str:
    """How it is certain that a real function is positive, faces included; raises NoSign."""
    how = []
    for image, ranges, where in _strata(model, function, real):
        found = sign(image, ranges, moduli, of_all=True, seconds=SECONDS)
        if found.certain is None:
            raise Vanishes(found.change) if found.change else NoSign(_obstacle(found))
        if found.certain not in ((1, -1) if or_negative else (1,)):
            raise Vanishes(where or "at any point")
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
        if symbol in function.free_symbols:
            has_lower = one.has_lower or one.holds_zero
            ends += [one.lower] if has_lower and one.lower.is_finite else []
            ends += [one.upper] if one.has_upper and one.upper.is_finite else []
        choices.append([(symbol, one.is_modulus, end) for end in dict.fromkeys(ends)])
    for choice in product(*choices):
        fixed = [(symbol, turns, end) for symbol, turns, end in choice if end is not None]
        left, image, where = dict(real), function, []
        for symbol, turns, end in fixed:
            where.append(f"{f'|{symbol}|' if turns else symbol} = {end}")
            if turns:
                angle = sp.Dummy(f"arg {symbol}", real=True)
                turn = sp.exp(sp.I * angle)
                image = image.subs({symbol: end * turn, bar(symbol): end / turn})
                left[angle] = (-sp.oo, sp.oo)
            else:
                image = image.subs(symbol, end)
        yield image, left, f"at {', '.join(where)}" if where else ""
