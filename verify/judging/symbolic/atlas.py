"""Charts that cover the ranges of a SymPy expression's symbols.

A symbol p that occurs only through exp(c p) gives way to u = exp(c p), so that infinite
ranges become finite; what is left of them is turned over by v = 1/x.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from math import ceil

import flint
import sympy as sp

from numerics.arithmetic.balls import evaluate
from verify.judging.symbolic.charts import (
    Backwards,
    Decay,
    Expression,
    Range,
    SymbolicChart,
    Uncovered,
    Variable,
    fmpq,
)


def charts(
    expr: sp.Expr, ranges: Mapping[sp.Symbol, Range], is_strict: bool = False
) -> Iterator[SymbolicChart]:
    """Charts that cover the ranges.

    Args:
        expr: real and free of other symbols than those in `ranges`.
        ranges: lower and upper bounds, constant expressions or infinite.
        is_strict: whether 0 inside a range is a face of no chart, where a function may be 0.

    Raises:
        Uncovered: where there are complex symbols, or at infinity more is left than powers
            and exponentials of one variable.

    """
    if not all(s in ranges for s in expr.free_symbols) or expr.has(sp.I):
        raise Uncovered("a cover in complex numbers")
    variables = []
    for symbol in sorted(expr.free_symbols, key=str):
        expr, variable = _with_exponential(expr, Variable(symbol, ranges[symbol], symbol.name))
        variables.append(variable)
    whole = _with_named_exponentials(expr)
    for choice in product(*(_pieces(*v.range, is_strict) for v in variables)):
        image, images = whole, []
        for variable, (turned, start, step) in zip(variables, choice, strict=True):
            x = sp.Dummy("x", real=True)
            if turned:
                image = _turned(image, variable.symbol, x, step)
            else:
                image = image.subs(variable.symbol, start + step * x)
            backwards = _after(variable.backwards, turned, fmpq(start), fmpq(step))
            images.append(replace(variable, symbol=x, backwards=backwards))
        yield SymbolicChart(image, images)


def _after(outer: Backwards, turned: bool, start: flint.fmpq, step: flint.fmpq) -> Backwards:
    return lambda x: outer(step / x if turned else start + step * x)


def _with_named_exponentials(expr: sp.Expr) -> Expression:
    """Exponentials with commensurable exponents as powers of one, times a positive factor."""
    exponents: list[sp.Expr] = []
    for exponential in sorted(expr.atoms(sp.exp), key=str):
        m = exponential.args[0]
        m = m if m.could_extract_minus_sign() else -m  # rather exp(−u), which is bounded
        for i, known in enumerate(exponents):
            if (ratio := sp.cancel(m / known)).is_Rational:
                exponents[i] = known * sp.gcd(1, ratio)
                break
        else:
            exponents.append(m)
    named = {sp.Dummy("E", positive=True): m for m in exponents}
    for e, m in named.items():
        powers = {x: sp.cancel(x.args[0] / m) for x in expr.atoms(sp.exp)}
        expr = expr.xreplace({x: e**n for x, n in powers.items() if n.is_Integer})
        lowest = min([0, *(power.exp for power in _negative_powers(expr, e))])
        expr = sp.expand(expr * e**-lowest)
    return Expression(expr, {e: sp.exp(m) for e, m in named.items()})


def _with_exponential(expr: sp.Expr, old: Variable) -> tuple[sp.Expr, Variable]:
    """`expr` in u = exp(r p) instead of p, if p occurs in nothing but such exponentials."""
    p = old.symbol
    rates = [e.args[0] / p for e in expr.atoms(sp.exp) if (e.args[0] / p).is_Rational]
    if not rates:
        return expr, old
    falls = all(rate < 0 for rate in rates)
    rate = abs(sp.gcd_list(rates)) * (-1 if falls else 1)  # of one, SymPy gives that number
    u = sp.Dummy("u", positive=True)
    image = expr.subs(p, sp.log(u) / rate)
    if image.has(sp.log(u)):
        return expr, old
    # positive powers, times a positive factor
    lowest = min([0, *(m.exp for m in _negative_powers(image, u))])
    ends = [sp.exp(rate * end) for end in old.range[:: 1 if rate > 0 else -1]]
    return sp.expand(image * u**-lowest), replace(
        old, symbol=u, range=tuple(ends), backwards=lambda value: value.log() / fmpq(rate)
    )


def _negative_powers(expr: sp.Expr, u: sp.Symbol) -> list[sp.Expr]:
    return [m for m in expr.atoms(sp.Pow) if m.base == u and m.exp.is_negative]


def _pieces(
    lower: sp.Expr, upper: sp.Expr, is_strict: bool
) -> Iterator[tuple[bool, sp.Rational, sp.Rational]]:
    """Pieces start + step·x or, if turned, step/x, with at most one end of the range at x = 0."""
    if lower.is_finite and upper.is_finite:
        low, high = rounded(lower, -1), rounded(upper, 1)
        yield False, low, (high - low) / 2
        yield False, high, (low - high) / 2
    elif lower.is_finite:
        low = rounded(lower, -1)
        middle = max(low, sp.S.Zero) + 1
        yield False, low, middle - low
        yield True, sp.S.Zero, middle
    elif upper.is_finite:
        high = rounded(upper, 1)
        middle = min(high, sp.S.Zero) - 1
        yield False, high, middle - high
        yield True, sp.S.Zero, middle
    else:
        for side in (sp.S.One, -sp.S.One):
            yield False, -side if is_strict else sp.S.Zero, side
            yield True, sp.S.Zero, side


def rounded(bound: sp.Expr, side: int) -> sp.Rational:
    """The bound of a range, rounded outwards if irrational."""
    if bound.is_Rational:
        return bound
    value = evaluate(bound, {}).real * 2**20
    end = value.lower().floor() if side < 0 else value.upper().ceil()
    return sp.Rational(int(end.fmpz()), 2**20)


def _turned(expr: Expression, old: sp.Symbol, x: sp.Symbol, scale: sp.Rational) -> Expression:
    """The expression in scale/x for the old symbol, times the power of x that leaves no pole.

    With E = exp(−r/x), x^{−n} E^b = x^{kb−n} Y^{kb} for Y = exp(−r/(kx))/x, smooth if kb ≥ n.
    """
    tied = [e for e, value in expr.exponentials.items() if value.has(old)]
    exponential = tied[0] if tied else sp.Dummy("E")
    rate = -expr.exponentials[exponential].args[0] / old * scale if tied else sp.S.One
    if len(tied) > 1 or not rate.is_Rational or not expr.poly.is_polynomial(old):
        raise Uncovered(f"a cover at infinity of more than powers and one exponential of {old}")
    terms = sp.Poly(expr.poly.subs(old, scale * old), old, exponential).as_dict()
    if rate < 0:
        highest = max(b for _, b in terms)
        terms = {(n, highest - b): c for (n, b), c in terms.items()}
    least = min(b for _, b in terms)
    terms = {(n, b - least): c for (n, b), c in terms.items()}
    degree = max(n for n, b in terms if b == 0)
    k = max([1, *(ceil(sp.Rational(n - degree, b)) for n, b in terms if b)])
    turned = sum(
        c * x ** (degree - n + k * b) * exponential ** (k * b) for (n, b), c in terms.items()
    )
    decays = {exponential: Decay(x, abs(rate) / k)} if tied else {}
    return Expression(sp.expand(turned), {**expr.exponentials, **decays})
