"""The sign of a real expression, read off its form: no box is too close to a zero for that.

exp and log are monotone: 1 − e^g has the sign of −g, and log b that of b − 1.
"""

from __future__ import annotations

from collections.abc import Mapping

import sympy as sp

from numerics.arithmetic.balls import evaluate
from numerics.arithmetic.evaluation import NotEvaluated

Ranges = Mapping[sp.Symbol, tuple[sp.Expr, sp.Expr]]
DEPTH = 6  # of logarithms taken of logarithms


def sign_by_form(expr: sp.Expr, ranges: Ranges, depth: int = DEPTH) -> int:
    """The sign of an expression everywhere inside the ranges; 0 where its form does not tell.

    Args:
        expr: a function of real symbols.
        ranges: symbol → the ends of its range.
        depth: how many logarithms may be taken.

    Examples:
        >>> r, w = sp.symbols("r w", real=True)
        >>> ranges = {r: (0, sp.oo), w: (-sp.oo, sp.oo)}
        >>> sign_by_form(1 - (1 + sp.exp(w)) ** (-r), ranges)
        1
        >>> sign_by_form(r * w**2 + r, ranges)
        1

    """
    if expr.is_number:
        return _of_number(expr)
    if expr in ranges:
        lower, upper = ranges[expr]
        is_positive, is_negative = lower >= 0 and upper > 0, upper <= 0 and lower < 0
        return bool(is_positive) - bool(is_negative)
    if isinstance(expr, sp.exp):
        return int(_is_real(expr.exp, ranges))
    if isinstance(expr, sp.log):
        is_real = depth and sign_by_form(expr.args[0], ranges, depth - 1) > 0
        return sign_by_form(expr.args[0] - 1, ranges, depth - 1) if is_real else 0
    if expr.is_Mul:
        return int(sp.prod([sign_by_form(factor, ranges, depth) for factor in expr.args]))
    if expr.is_Pow and _is_real(expr.exp, ranges):
        own = sign_by_form(expr.base, ranges, depth)
        if own > 0 or expr.exp.is_even:
            return abs(own)
        return own if expr.exp.is_odd else 0
    if expr.is_Add:
        return _of_affine(expr, ranges) or _of_sum(expr, ranges, depth)
    return 0


def _of_number(number: sp.Expr) -> int:
    try:
        ball = evaluate(number, {})
    except NotEvaluated:
        return 0
    return 0 if ball.imag != 0 else bool(ball.real > 0) - bool(ball.real < 0)


def _is_real(expr: sp.Expr, ranges: Ranges) -> bool:
    return bool(expr.is_real) and expr.free_symbols <= ranges.keys()


def _of_affine(expr: sp.Expr, ranges: Ranges) -> int:
    """The sign of an affine function, by its values at ends that may be irrational; else 0."""
    symbols = sorted(expr.free_symbols, key=str)
    if not (set(symbols) <= set(ranges) and expr.is_polynomial(*symbols)):
        return 0
    poly = sp.Poly(expr, *symbols)
    if poly.total_degree() != 1 or not all(c.is_real for c in poly.coeffs()):
        return 0
    constant, slopes = poly.coeff_monomial(1), [poly.coeff_monomial(s) for s in symbols]
    pairs = list(zip(slopes, symbols, strict=True))
    for side in (1, -1):
        least = side * constant + sum(
            slope * ranges[s][0 if side * slope > 0 else 1] * side for slope, s in pairs
        )
        if least == 0 and any(ranges[s][0] != ranges[s][1] for s in symbols):
            return side  # inside, if there is an inside
        if least.is_finite and evaluate(least, {}).real > 0:
            return side
    return 0


def _of_sum(expr: sp.Expr, ranges: Ranges, depth: int) -> int:
    terms = {term: sign_by_form(term, ranges, depth) for term in expr.args}
    for side in (1, -1):
        if side in terms.values() and all(
            own == side or (own == 0 and _is_square(side * term, ranges, depth))
            for term, own in terms.items()
        ):
            return side
    if len(terms) == 2 and set(terms.values()) == {1, -1} and depth:
        above, below = sorted(terms, key=terms.__getitem__, reverse=True)
        difference = sp.expand(_logarithm(above) - _logarithm(-below))
        return sign_by_form(sp.factor_terms(difference), ranges, depth - 1)
    return 0


def _is_square(term: sp.Expr, ranges: Ranges, depth: int) -> bool:
    """Whether a term is not negative: a product of even powers and of what is positive."""
    rest = []
    for factor in sp.Mul.make_args(term):
        base, exponent = factor.as_base_exp()
        if not (exponent.is_even and exponent.is_positive and _is_real(base, ranges)):
            rest.append(factor)
    return sign_by_form(sp.Mul(*rest), ranges, depth) > 0


def _logarithm(term: sp.Expr) -> sp.Expr:
    """The logarithm of a positive product, as a sum."""
    total = sp.S.Zero
    for factor in sp.Mul.make_args(term):
        if isinstance(factor, sp.exp):
            total += factor.exp
        else:
            base, exponent = factor.as_base_exp()
            total += exponent * (sp.log(base) if base.is_number or exponent == 1
                                 else _logarithm(base))  # fmt: skip
    return total
