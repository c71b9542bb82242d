"""Expressions in exponentials rewritten so that nothing cancels, with a bound for the rounding.

1 − e^x is −expm1(x), and log(1 + x) is log1p(x). Another sum with terms of both signs is brought
to one fraction, in the hope that what is left in it has one sign: 1 − σ(ω) is 1/(1 + e^ω).
"""

from __future__ import annotations

import math
from functools import partial

import sympy as sp
from sympy.codegen.cfunctions import expm1, log1p
from sympy.codegen.rewriting import expm1_opt, optimize

from numerics.codegen.conditioning import Cancellation, roundings as roundings_of

RANGE = 80  # of every argument
# how often a library's function rounds: 2 or 4 ulp
_LIBRARY = {sp.exp: 4, expm1: 8, log1p: 8, sp.tanh: 8}


def stable(expr: sp.Expr) -> sp.Expr:
    """An expression with expm1 and log1p put in; itself where it holds neither exp nor log."""
    if not expr.has(sp.exp, sp.tanh, sp.log):
        return expr
    return sp.bottom_up(expr, _without_cancellation)


def roundings(expr: sp.Expr, largest: float) -> int:
    """How many roundings reach a stable expression's value: times u, its relative error (to u²).

    Args:
        expr: in real symbols, each between −RANGE and RANGE.
        largest: exponents beyond it are not met, as their exponentials leave the number format.

    Raises:
        Cancellation: if it is complex, a sum of rounded terms has terms of both signs, or nothing
            bounds an exponent.

    """
    if expr.has(sp.I) or not all(s.is_real for s in expr.free_symbols):
        raise Cancellation(f"{expr} is complex")
    for terms in expr.atoms(sp.Add):
        is_rounded_once = len(terms.args) == 2 and all(
            a.is_Symbol or a.is_Integer for a in terms.args
        )
        if not (_one_sign(terms) or is_rounded_once):
            raise Cancellation(f"{terms} has terms of both signs")
    number = roundings_of(expr, partial(_rounded_in_function, largest=largest))
    if number == math.inf:
        raise Cancellation(f"{expr} has exponents of any size")
    return math.ceil(number)


def _without_cancellation(expr: sp.Expr) -> sp.Expr:
    if isinstance(expr, sp.log) and expr.args[0].as_coeff_Add()[0] == 1:
        return log1p(expr.args[0] - 1)
    if not expr.is_Add or _one_sign(expr):
        return expr
    short = optimize(expr, [expm1_opt])
    fraction = sp.factor(sp.together(expr.rewrite(sp.exp)))
    return fraction if all(map(_one_sign, fraction.atoms(sp.Add))) else short


def _one_sign(terms: sp.Add) -> bool:
    return all(a.is_nonnegative for a in terms.args) or all(a.is_nonpositive for a in terms.args)


def _rounded_in_function(expr: sp.Expr, largest: float) -> float:
    if expr.is_Symbol:
        return 0
    if expr.func not in _LIBRARY:
        raise Cancellation(f"nothing is known of the errors of {expr}")
    if isinstance(expr, log1p) and not expr.args[0].is_nonnegative:
        raise Cancellation(f"{expr} does not exist everywhere")
    inner = roundings(expr.args[0], largest)
    return inner * _condition(expr, largest) + _LIBRARY[expr.func]


def _condition(expr: sp.Function, largest: float) -> float:
    """A bound of |x f′(x)/f(x)| for a function f of x."""
    [x] = expr.args
    if isinstance(expr, sp.tanh | log1p) or (isinstance(expr, expm1) and x.is_nonpositive):
        return 1
    return min(largest, _largest(x)) + isinstance(expr, expm1)


def _largest(expr: sp.Expr) -> float:
    """A bound of |expr|."""
    if expr.is_Symbol:
        return RANGE
    if expr.is_number:
        return abs(float(expr))
    if expr.is_Pow and expr.exp.is_negative and _one_sign(expr.base):
        constant, _ = expr.base.as_coeff_Add()
        return abs(float(constant)) ** float(expr.exp) if constant else math.inf
    if isinstance(expr, sp.exp | expm1) and expr.args[0].is_nonpositive:
        return 1
    bounds = [_largest(a) for a in expr.args]
    if expr.is_Add:
        return sum(bounds)
    if expr.is_Mul:
        return math.prod(bounds)
    if isinstance(expr, log1p):
        return math.log1p(bounds[0])
    if isinstance(expr, sp.exp) and bounds[0] < 2 * RANGE:
        return math.exp(bounds[0])
    return math.inf
