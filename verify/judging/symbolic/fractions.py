"""Rational functions through sparse polynomials: SymPy's expressions are much slower to expand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sympy as sp
from sympy.polys.domains import QQ
from sympy.polys.rings import ring

from theory.algebra.phases import rationalised

Polynomial = Any  # SymPy's PolyElement: SymPy is untyped


def in_lowest_terms(expr: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """Numerator and denominator, expanded; functions, roots and constants stay as they are."""
    top, bottom, meaning = _fraction(expr)
    return top.as_expr().xreplace(meaning), bottom.as_expr().xreplace(meaning)


def factors(expr: sp.Expr) -> Iterator[tuple[sp.Expr, int]]:
    """The irreducible factors of numerator and denominator with their multiplicities.

    The constant comes first.
    """
    top, bottom, meaning = _fraction(expr)
    if not top.ring.ngens:
        yield top.as_expr() / bottom.as_expr(), 1
        return
    (c, above), (d, below) = top.factor_list(), bottom.factor_list()
    yield sp.Rational(str(c)) * sp.Rational(str(d)), 1
    for factor, multiplicity in (*above, *below):
        yield factor.as_expr().xreplace(meaning), multiplicity


def _fraction(expr: sp.Expr) -> tuple[Polynomial, Polynomial, Mapping[sp.Symbol, sp.Expr]]:
    rational, exponentials = rationalised(expr)
    powers = {p for p in rational.atoms(sp.Pow) if not p.exp.is_Integer}
    numbers = (sp.NumberSymbol, type(sp.I))  # the coefficients are rational
    opaque = {f: sp.Dummy() for f in rational.atoms(sp.Function, *numbers) | powers}
    parts = sp.fraction(sp.together(rational.xreplace(opaque)))
    symbols = set().union(*(part.free_symbols for part in parts))
    polynomials, *_ = ring(sorted(symbols, key=sp.default_sort_key), QQ)
    top, bottom = map(polynomials.from_expr, parts)
    meaning = {**exponentials, **{s: f.xreplace(exponentials) for f, s in opaque.items()}}
    return *top.cancel(bottom), meaning
