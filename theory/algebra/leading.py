"""Exact leading terms: f(ε) ~ c ε^n as ε → 0+, with c ≠ 0 known in closed form.

They are read off Laurent series in ε whose coefficients are rational functions of all else. What
is not rational in ε, but analytic at 0, such as log(1 − ε) or C(1 − ε), enters by its Taylor
polynomial. Where everything cancels that is known, more terms are taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, reduce
from operator import add, mul
from typing import Any

import sympy as sp

from theory.algebra.phases import rationalised
from theory.algebra.presentation import present
from theory.algebra.taylor import epsilon, taylor

_TERMS = (3, 6, 12, 24)
MOST_FACTORS = 10_000  # of a power, such as that of e^(1/10^9) which e is
Coefficient = Any  # an element of a SymPy field: SymPy is untyped


@dataclass(frozen=True)
class LeadingTerm:
    """The leading term c ε^n of a function; for the zero function, c = 0 and n = ∞.

    Attributes:
        coefficient: c, free of ε.
        order: n, an integer or ∞.

    """

    coefficient: sp.Expr
    order: sp.Expr

    @property
    def expression(self) -> sp.Expr:
        """The term c ε^n as an expression."""
        return sp.S.Zero if self == ZERO else self.coefficient * epsilon**self.order


ZERO = LeadingTerm(sp.S.Zero, sp.oo)


@cache
def leading_term(expr: sp.Expr) -> LeadingTerm:
    """The leading term of an expression in `epsilon`.

    Args:
        expr: a rational function of ε, of other symbols, of functions of these, and of
            functions analytic in ε at 0.

    Raises:
        ValueError: `expr` has something at 0 that is no pole, such as log ε or sqrt ε, or
            cancels beyond all the terms that are tried, or has powers too high to be computed.

    Examples:
        >>> from theory import leading_term
        >>> from theory.growth import epsilon
        >>> leading_term(1 / (1 - (1 - epsilon) ** 2))
        LeadingTerm(coefficient=1/2, order=-1)

    """
    analytic = set(analytic_parts(expr))
    for terms in _TERMS:
        polynomials = {part: taylor(part, 2 * terms) for part in analytic}
        rational, back = rationalised(expr.xreplace(polynomials))
        if any(abs(p.exp) > MOST_FACTORS for p in rational.atoms(sp.Pow) if p.exp.is_Integer):
            raise ValueError(f"{expr} has powers beyond {MOST_FACTORS}, which fill all memory")
        try:
            series = _Expansion(rational, terms).series(rational)
            coefficient = series.coefficients[0].as_expr()
        except IndexError:
            if _is_zero(expr.xreplace({part: sp.Dummy() for part in analytic})):
                return ZERO
            continue
        return LeadingTerm(present(coefficient.xreplace(back)), sp.Integer(series.valuation))
    raise ValueError(f"{expr} cancels to {_TERMS[-1]} orders in ε")


def analytic_parts(expr: sp.Expr) -> Iterator[sp.Expr]:
    """The largest parts of `expr` that depend on ε other than rationally."""
    if expr == epsilon or not expr.has(epsilon):
        return
    if expr.is_Add or expr.is_Mul or (expr.is_Pow and expr.exp.is_Integer):
        for arg in expr.args:
            yield from analytic_parts(arg)
    else:
        yield expr


def _is_zero(expr: sp.Expr) -> bool:
    numerator = sp.fraction(sp.together(rationalised(expr)[0]))[0]
    return bool(sp.expand(numerator) == 0)


@dataclass(frozen=True)
class _Series:
    """Σ_k c_k ε^{v+k} + O(ε^{v+K}) with K coefficients, c_0 ≠ 0 unless K = 0."""

    valuation: int
    coefficients: tuple[Coefficient, ...]

    @property
    def end(self) -> int:
        """The first power of ε whose coefficient is not known."""
        return self.valuation + len(self.coefficients)

    def at(self, power: int) -> Coefficient:
        """The coefficient of a known power."""
        return self.coefficients[power - self.valuation] if power >= self.valuation else 0

    def __add__(self, other: _Series) -> _Series:
        end = min(self.end, other.end)
        valuation = min(self.valuation, other.valuation, end)
        sums = [self.at(n) + other.at(n) for n in range(valuation, end)]
        zeros = next((k for k, c in enumerate(sums) if c != 0), len(sums))
        return _Series(valuation + zeros, tuple(sums[zeros:]))

    def __mul__(self, other: _Series) -> _Series:
        a, b = self.coefficients, other.coefficients
        products = (
            reduce(add, (a[i] * b[n - i] for i in range(n + 1))) for n in range(min(len(a), len(b)))
        )
        return _Series(self.valuation + other.valuation, tuple(products))

    def reciprocal(self) -> _Series:
        """One over the series; IndexError where nothing is known of it."""
        a, b = self.coefficients, [1 / self.coefficients[0]]
        for n in range(1, len(a)):
            b.append(-b[0] * reduce(add, (a[i] * b[n - i] for i in range(1, n + 1))))
        return _Series(-self.valuation, tuple(b))


class _Expansion:
    """A reader of rational expressions as Laurent series in ε with a number of terms."""

    def __init__(self, rational: sp.Expr, terms: int) -> None:
        constants = rational.free_symbols | rational.atoms(sp.Function)
        symbols = sorted(constants - {epsilon}, key=sp.default_sort_key)
        domain = sp.QQ_I if rational.has(sp.I) else sp.QQ
        roots = [p for p in rational.atoms(sp.Pow) if p.is_number and p.is_algebraic]
        if roots := [root for root in roots if not root.has(sp.Function)]:
            domain = sp.QQ.algebraic_field(
                *sorted(roots, key=str), *([sp.I] if rational.has(sp.I) else [])
            )
        self.field = domain.frac_field(*symbols, sp.Dummy())
        self.terms = terms

    def series(self, expr: sp.Expr) -> _Series:
        """The Laurent series of an expression; its terms are fewer where some cancelled."""
        if not expr.has(epsilon):
            return self._monomial(0, self.field.from_sympy(expr))
        if expr == epsilon:
            return self._monomial(1, self.field.one)
        if expr.is_Pow:
            base, n = self.series(expr.base), int(expr.exp)
            return reduce(mul, [base if n > 0 else base.reciprocal()] * abs(n))
        return reduce(add if expr.is_Add else mul, map(self.series, expr.args))

    def _monomial(self, power: int, coefficient: Coefficient) -> _Series:
        if coefficient == 0:
            return _Series(power + self.terms, ())
        return _Series(power, (coefficient,) + (self.field.zero,) * (self.terms - 1))
