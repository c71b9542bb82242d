"""Whether a rational function is zero, or is as a power series up to some degree: exactly."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sympy as sp
from sympy.polys.domains import QQ
from sympy.polys.ring_series import rs_mul, rs_pow, rs_trunc
from sympy.polys.rings import ring

from theory.algebra.phases import rationalised

Polynomial = Any  # SymPy's PolyElement: SymPy is untyped
Fraction = tuple[Polynomial, Polynomial]


def vanishes(expr: sp.Expr, poles: Collection[sp.Symbol] = (), order: int = 0) -> bool:
    """Whether a rational function is zero, as a power series in the poles up to a degree.

    Args:
        expr: a rational function of symbols, exponentials and values of functions.
        poles: the variables of the power series, all else being coefficients; none of them
            to ask whether `expr` itself is zero.
        order: the total degree in `poles`.

    Returns:
        False also where `expr` is no power series in the poles.

    """
    rational, _ = rationalised(expr)
    i = sp.Dummy("i")  # a generator: Gaussian rationals for coefficients are much slower
    unknowns = {f: sp.Dummy() for f in rational.atoms(sp.Function, sp.NumberSymbol)} | {sp.I: i}
    rational = rational.xreplace(unknowns)
    symbols = [i, *sorted(rational.free_symbols - {i}, key=sp.default_sort_key)]
    _, grade, *generators = ring([sp.Dummy("grade"), *symbols], QQ)
    values = {s: g * grade if s in poles else g for s, g in zip(symbols, generators, strict=True)}
    numerator, denominator = _Truncation(values, grade, order + 1).fraction(rational)
    lowest = rs_trunc(denominator, grade, 1)
    return not _reduced(numerator, generators[0]) and bool(_reduced(lowest, generators[0]))


def _reduced(polynomial: Polynomial, i: Polynomial) -> Polynomial:
    """The remainder of a polynomial in its division by i² + 1."""
    return polynomial.rem([i**2 + 1])


class _Truncation:
    """A reader of expressions as fractions of polynomials truncated at a power of `grade`."""

    def __init__(self, values: Mapping[sp.Symbol, Polynomial], grade: Polynomial, precision: int):
        self.values, self.grade, self.precision = values, grade, precision
        self.ring = grade.ring

    def product(self, a: Polynomial, b: Polynomial) -> Polynomial:
        return rs_mul(a, b, self.grade, self.precision)

    def fraction(self, expr: sp.Expr) -> Fraction:
        one = self.ring.one
        if expr in self.values:
            return self.values[expr], one
        if not expr.args:
            return self.ring.ground_new(self.ring.domain.from_sympy(expr)), one
        if expr.is_Pow and expr.exp.is_Integer:
            a, b = self.fraction(expr.base)
            powers = [
                rs_pow(part, abs(int(expr.exp)), self.grade, self.precision) for part in (a, b)
            ]
            return (powers[0], powers[1]) if expr.exp > 0 else (powers[1], powers[0])
        parts = [self.fraction(arg) for arg in expr.args]
        if expr.is_Mul:
            numerator, denominator = one, one
            for a, b in parts:
                numerator, denominator = self.product(numerator, a), self.product(denominator, b)
            return numerator, denominator
        if expr.is_Add:
            return self._sum(parts)
        raise ValueError(f"{expr} is not a rational function")

    def _sum(self, parts: list[Fraction]) -> Fraction:
        """The sum of fractions, those with the same denominator first: most have 1."""
        numerators: dict[Polynomial, Polynomial] = {}
        for a, b in parts:
            numerators[b] = numerators.get(b, self.ring.zero) + a
        (a, b), *others = ((a, b) for b, a in numerators.items())
        for c, d in others:
            a, b = self.product(a, d) + self.product(c, b), self.product(b, d)
        return a, b
