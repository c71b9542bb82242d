"""Where the leading coefficient of a limit vanishes on a claim's domain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from fractions import Fraction
from itertools import islice, product

import flint
import sympy as sp

from numerics.arithmetic.balls import evaluate
from theory.algebra.leading import analytic_parts
from theory.algebra.taylor import epsilon, taylor
from verify.claims.claim import Limit
from verify.judging.descent import bottom
from verify.judging.model import Model
from verify.judging.obligations.certificates import nonzero
from verify.judging.points import Point
from verify.judging.symbolic.fractions import factors, in_lowest_terms
from verify.judging.symbolic.signs import NoSign
from verify.judging.translation import to_sympy

MOST_TURNS = 60  # steps of π/6 in a range
BITS = 128
TERMS = 12  # of Taylor polynomials in ε
MOST_BOTTOMS = 16
SHARES = (sp.Rational(1, 2), sp.Rational(1, 3), sp.Rational(3, 4))
Place = dict[str, sp.Expr]


def near_limit(expr: sp.Expr, p: sp.Symbol, limit: Limit) -> sp.Expr:
    """An expression near a limit, as a function of the small number `epsilon`."""
    target = to_sympy(limit.target, {})
    if limit.direction != "oo":
        return expr.subs(p, target - epsilon if limit.direction == "-" else target + epsilon)
    return expr.subs(p, -target * sp.log(epsilon) if expr.has(sp.exp) else target / epsilon)


def leading_coefficients(near: sp.Expr) -> sp.Expr:
    """The product of the leading coefficients of numerator and denominator, in lowest terms.

    Args:
        near: a function of `epsilon`.

    Raises:
        ValueError: if it cancels beyond so many terms, or is not analytic.

    """
    polynomials = {part: taylor(part, TERMS) for part in set(analytic_parts(near))}
    total = sp.S.One
    for part in in_lowest_terms(near.xreplace(polynomials)):
        coefficients = sp.Poly(part, epsilon).all_coeffs()[::-1]
        order = next((n for n, c in enumerate(coefficients) if c != 0), TERMS)
        if order >= TERMS and (polynomials or part == 0):
            raise ValueError(f"it cancels to {TERMS} orders")
        total *= coefficients[order]
    return total


def zeros(model: Model, coefficient: sp.Expr) -> tuple[list[Place], str]:
    """The places of the domain where a coefficient vanishes, and why there may be others.

    Returns:
        Values of some parameters, at which it vanishes whatever the others are; and, where these
        need not be all, a reason (else nothing).

    """
    places: dict[str, Place] = {}
    left = ""
    for factor, _ in factors(coefficient):
        found, why = _of_factor(model, factor, {})
        places |= {str(place): place for place in found}
        left = left or why
    return list(places.values()), left


Fixed = Mapping[sp.Symbol, sp.Expr]


def _of_factor(model: Model, factor: sp.Expr, fixed: Fixed) -> tuple[list[Place], str]:
    """Where a factor vanishes; some parameters have their values already."""
    symbols = sorted(factor.free_symbols, key=str)
    if factor == 0:
        return [_place(model, fixed)], ""
    if not symbols:
        with flint.ctx.workprec(BITS):  # sums of cosines may be 0 unseen
            is_certain = not evaluate(factor, {}).contains(0)
        return [], "" if is_certain else f"{factor} may be 0"
    try:
        nonzero(model, factor)
    except NoSign as reason:
        left = str(reason) or f"{factor} may be 0"
    else:
        return [], ""
    if not all(symbol.is_real and symbol in model.symbols.values() for symbol in symbols):
        return [], left  # complex, or the input's own
    if len(symbols) == 1:
        places, left = _roots(model, factor, symbols[0], fixed, left)
    else:
        places = _a_zero(model, factor, symbols, fixed)
        for symbol, end in [(s, end) for s in symbols for end in _own_ends(model, s)]:
            restricted = factor.subs(symbol, end)
            places += _of_factor(model, restricted, {**fixed, symbol: end})[0]
    for point in islice(bottom(model, factor), MOST_BOTTOMS) if left else ():
        there = {s: value for s, value in rational_coordinates(model, point) if s in symbols}
        if factor.subs(there) == 0:
            places.append(_place(model, {**fixed, **there}))
    return places, left


def _roots(
    model: Model, factor: sp.Expr, symbol: sp.Symbol, fixed: Fixed, left: str
) -> tuple[list[Place], str]:
    """The zeros of a function of one parameter that lie in its range.

    Those of a rational polynomial are all there are; of another function they are what comes to
    mind.
    """
    found: list[sp.Expr] = []
    interval = _interval(model, symbol)
    if factor.is_polynomial(symbol):
        with suppress(NotImplementedError):  # of irrational coefficients
            found, left = sp.Poly(factor, symbol).real_roots(), ""
    else:
        solutions = sp.solveset(factor, symbol, interval)
        found = list(solutions) if isinstance(solutions, sp.FiniteSet) else []
        found += _turns(factor, symbol, interval)
    places = []
    for root in dict.fromkeys(found):
        is_inside = interval.contains(root)
        if is_inside == sp.false or (symbol.is_integer and not root.is_integer):
            continue
        if is_inside == sp.true:
            places.append(_place(model, {**fixed, symbol: root}))
        else:
            left = f"{root} may lie in the range of {symbol}"
    return places, left


def _turns(factor: sp.Expr, symbol: sp.Symbol, interval: sp.Set) -> list[sp.Expr]:
    """The simple fractions of a turn at which a function vanishes."""
    ends = interval.inf, interval.sup  # which a single value has, too
    if not all(end.is_finite for end in ends):
        return []
    step = sp.pi / 6
    first, last = (int(sp.floor(end / step)) for end in ends)
    if last - first > MOST_TURNS:
        return []
    angles = [k * step for k in range(first, last + 1)]
    return [angle for angle in angles if sp.expand(factor.subs(symbol, angle), complex=True) == 0]


def _interval(model: Model, symbol: sp.Symbol) -> sp.Set:
    one = next(r for name, r in model.domain.ranges.items() if model.symbols.get(name) == symbol)
    return one.interval


def _own_ends(model: Model, symbol: sp.Symbol) -> list[sp.Expr]:
    interval = _interval(model, symbol)
    ends = dict.fromkeys((interval.inf, interval.sup))
    return [end for end in ends if interval.contains(end) == sp.true]


def _a_zero(model: Model, factor: sp.Expr, symbols: list[sp.Symbol], fixed: Fixed) -> list[Place]:
    """A point where a function vanishes, all but one of its parameters being chosen."""
    for symbol in symbols:
        others = [s for s in symbols if s != symbol]
        for shares in islice(product(SHARES, repeat=len(others)), 27):
            chosen = {s: _inside(model, s, share) for s, share in zip(others, shares, strict=True)}
            restricted = sp.Poly(factor.subs(chosen), symbol) if factor.is_polynomial() else None
            if restricted is None or restricted.degree() != 1:
                continue
            found, _ = _roots(model, restricted.as_expr(), symbol, {**fixed, **chosen}, "")
            if found:
                return found
    return []


def _inside(model: Model, symbol: sp.Symbol, share: sp.Rational) -> sp.Expr:
    interval = _interval(model, symbol)
    low = interval.inf if interval.inf.is_finite else sp.Min(interval.sup, 4) - 4
    high = interval.sup if interval.sup.is_finite else low + 8
    value = low + share * (high - low)
    return sp.floor(value) if symbol.is_integer else value


def rational_coordinates(model: Model, point: Point) -> Iterator[tuple[sp.Symbol, sp.Rational]]:
    """The rational coordinates of a point."""
    for name, symbol in model.symbols.items():
        if isinstance(value := point.coordinates[name], Fraction):
            yield symbol, sp.Rational(value)


def _place(model: Model, values: Fixed) -> Place:
    return {name: values[s] for name, s in model.symbols.items() if s in values}
