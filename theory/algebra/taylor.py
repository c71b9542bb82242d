"""Taylor polynomials in ε, by arithmetic with power series rather than repeated differentiation.

A derivative of a product or a composition has exponentially many terms; its Taylor coefficient is
a sum of as many products as its order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce

import sympy as sp

epsilon = sp.Symbol("epsilon", positive=True)
Series = Sequence[sp.Expr]  # c_0, …, c_n of Σ c_k ε^k + O(ε^{n+1})


def taylor(f: sp.Expr, degree: int) -> sp.Expr:
    """The Taylor polynomial of f(ε) at 0.

    Args:
        f: an expression in `epsilon`.
        degree: of the polynomial.

    Raises:
        ValueError: f or a part of it is not analytic at 0.

    """
    reader = _Reader(degree)
    coefficients = reader.series(f)
    values = {name: value for value, name in reader.names.items()}
    return sp.Add(*(c.xreplace(values) * epsilon**k for k, c in enumerate(coefficients)))


class _Reader:
    """A reader of expressions as power series whose coefficients are polynomials in constants.

    A constant other than a rational number has a name, its reciprocal another one: so the
    coefficients are never divided, and like terms are found whatever the constants are.
    """

    def __init__(self, degree: int) -> None:
        self.degree = degree
        self.names: dict[sp.Expr, sp.Dummy] = {}

    def series(self, f: sp.Expr) -> Series:
        """The coefficients of an expression.

        Raises:
            ValueError: it is not analytic at 0.

        """
        if not f.has(epsilon):
            return [self._constant(f), *self._zeros()]
        if f == epsilon:
            return [sp.S.Zero, sp.S.One, *self._zeros()][: self.degree + 1]
        if f.is_Add:
            return [sp.Add(*terms) for terms in zip(*map(self.series, f.args), strict=True)]
        if f.is_Mul:
            return reduce(_product, map(self.series, f.args))
        if isinstance(f, sp.exp):
            return self._exponential(f.exp)
        if f.is_Pow and not f.exp.has(epsilon):
            return self._power(f)
        if f.is_Pow:
            return self._exponential(f.exp * sp.log(f.base))
        if isinstance(f, sp.log):
            return self._logarithm(f)
        if isinstance(f, sp.tanh | sp.tan):  # their derivatives grow; those of these do not
            sine, cosine = (sp.sinh, sp.cosh) if isinstance(f, sp.tanh) else (sp.sin, sp.cos)
            return self.series(sine(*f.args) / cosine(*f.args))
        if isinstance(f, sp.Function) and len(f.args) == 1:
            return self._composed(f)
        return self._by_derivatives(f, epsilon, sp.S.Zero)

    def _zeros(self) -> list[sp.Expr]:
        return [sp.S.Zero] * self.degree

    def _constant(self, value: sp.Expr) -> sp.Expr:
        if value.has(sp.oo, -sp.oo, sp.zoo, sp.nan):
            raise ValueError("it is not analytic at ε = 0")
        if value.is_Rational:
            return value
        return self.names.setdefault(value, sp.Dummy())

    def _recurrent(self, first: sp.Expr, following: Callable[[int, Series], sp.Expr]) -> Series:
        """Coefficients of which each follows from those before."""
        result = [self._constant(first)]
        for n in range(1, self.degree + 1):
            result.append(sp.expand(following(n, result) / n))
        return result

    def _exponential(self, exponent: sp.Expr) -> Series:
        """The series of e^a, from (e^a)' = a' e^a."""
        a = self.series(exponent)
        return self._recurrent(
            sp.exp(_at_zero(exponent)),
            lambda n, e: sp.Add(*(k * a[k] * e[n - k] for k in range(1, n + 1))),
        )

    def _power(self, f: sp.Expr) -> Series:
        """The series of a^s, from a (a^s)' = s a' a^s."""
        a, first = self.series(f.base), _at_zero(f.base)
        if first == 0 and f.exp.is_Integer and f.exp > 0:
            return reduce(_product, [[first, *a[1:]]] * min(int(f.exp), self.degree + 1))
        s, over = self._constant(f.exp), self._constant(1 / first)
        return self._recurrent(
            first**f.exp,
            lambda n, p: (
                over * sp.Add(*((s * k - n + k) * a[k] * p[n - k] for k in range(1, n + 1)))
            ),
        )

    def _logarithm(self, f: sp.Expr) -> Series:
        """The series of log a, from a (log a)' = a'."""
        a = self.series(f.args[0])
        first = _at_zero(f.args[0])
        over = self._constant(1 / first)
        return self._recurrent(
            sp.log(first),
            lambda n, b: over * (n * a[n] - sp.Add(*(k * b[k] * a[n - k] for k in range(1, n)))),
        )

    def _composed(self, f: sp.Expr) -> Series:
        """The series of F(a): a polynomial in u at the series u = a − a_0."""
        a = self.series(f.args[0])
        variable = sp.Dummy(real=f.args[0].is_extended_real)
        outer = self._by_derivatives(f.func(variable), variable, _at_zero(f.args[0]))
        total: Series = [sp.S.Zero, *self._zeros()]
        for coefficient in reversed(outer):
            total = _product(total, [sp.S.Zero, *a[1:]])
            total = [coefficient, *total[1:]]
        return total

    def _by_derivatives(self, f: sp.Expr, variable: sp.Symbol, at: sp.Expr) -> Series:
        coefficients = []
        for n in range(self.degree + 1):
            coefficients.append(self._constant(f.subs(variable, at) / sp.factorial(n)))
            f = sp.diff(f, variable)
        return coefficients


def _at_zero(f: sp.Expr) -> sp.Expr:
    value = f.subs(epsilon, 0)
    return sp.S.Zero if value.is_zero else value  # (√2 + 1)(√2 − 1) − 1 is left as it stands


def _product(a: Series, b: Series) -> Series:
    return [sp.expand(sp.Add(*(a[k] * b[n - k] for k in range(n + 1)))) for n in range(len(a))]
