"""Formal power series in the poles: what a derivation's steps are checked against.

A statement is read with definitions only: h_t = Σ_i λ^i x_{t−i}, E[x_s x̄_u] = R(s − u),
C(z) = Σ_{Δ≥1} z^Δ R(Δ), K = Σ_ij α^i β̄^j R(j − i). Both of its sides are then power series
in the poles, compared coefficient by coefficient. Nothing here knows a closed form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import sympy as sp
from sympy.core.function import AppliedUndef

from theory.algebra.conjugation import conjugated, polarised
from theory.algebra.generating_functions import C, C_bar
from theory.algebra.vanishing import vanishes
from theory.inputs import ArbitraryInput, Input

ORDER = 8  # total degree; K's coefficients of α^i β̄^j are compared for i + j ≤ 8
_DERIVATIVES = 2  # a second derivative at degree ORDER needs terms of degree ORDER + 2

E = sp.Function("E")
K = sp.Function("K")
L = sp.Function("L")
R = sp.Function("R")
t = sp.Symbol("t", integer=True)


@dataclass(frozen=True)
class Filter:
    """The process y_t = Σ_{i≥0} c_i x_{t−i}, or Σ_{i≥0} c_i x_{t+i} where it looks ahead."""

    coefficient: Callable[[int], sp.Expr]
    ahead: bool = False


@dataclass(frozen=True)
class FormalSeries:
    """How a statement about one input is read and checked.

    Attributes:
        x: the input, for R(Δ) alone.
        poles: the variables of the power series.
        filters: the processes that a statement may name (beside the input itself, x or e).
        order: the total degree in `poles` up to which coefficients are compared.

    """

    x: Input
    poles: Sequence[sp.Symbol]
    filters: Mapping[str, Filter] = field(default_factory=dict)
    order: int = ORDER

    def holds(self, statement: sp.Basic) -> bool:
        """Whether both sides of an equation have the same coefficients."""
        assert isinstance(statement, sp.Equality), "a formal series checks equations"  # noqa: S101
        difference = self.read(statement.lhs) - self.read(statement.rhs)
        return vanishes(difference, self.poles, self.order)

    def read(self, expr: sp.Expr) -> sp.Expr:
        """`expr` with E, K, C and R replaced by what they stand for, truncated."""
        if expr == ArbitraryInput().autocorrelation(0):
            return self.x.autocorrelation(0)
        if isinstance(expr, sp.Derivative):
            return sp.diff(self.read(expr.expr), *expr.variables)
        if isinstance(expr, sp.Subs):
            point = dict(zip(expr.variables, expr.point, strict=True))
            return self.read(expr.expr).subs(point, simultaneous=True)
        if isinstance(expr, C):
            return self._generating_function(*expr.args, conjugate=isinstance(expr, C_bar))
        if isinstance(expr, AppliedUndef):
            match expr.func.__name__:
                case "E":
                    return self._expectation(expr.args[0])
                case "K":
                    return self._kernel(*expr.args)
                case "L":
                    return self._loss(*expr.args)
        return expr.func(*map(self.read, expr.args)) if expr.args else expr

    def _autocorrelation(self, lag: int) -> sp.Expr:
        """R at any lag: R(−Δ) = conj R(Δ)."""
        return (self.x if lag >= 0 else self.x.conjugate()).autocorrelation(abs(lag))

    def _generating_function(self, n: sp.Integer, z: sp.Expr, *, conjugate: bool) -> sp.Expr:
        sign = -1 if conjugate else 1
        lags = range(max(1, int(n)), self.order + _DERIVATIVES + 1)
        return sp.Add(*(sp.ff(k, n) * z ** (k - n) * self._autocorrelation(sign * k) for k in lags))

    def _kernel(self, a: sp.Expr, b: sp.Expr) -> sp.Expr:
        lengths = range(self.order + _DERIVATIVES + 1)
        return sp.Add(
            *(
                a**i * b**j * self._autocorrelation(j - i)
                for i in lengths
                for j in lengths
                if i + j <= self.order + _DERIVATIVES
            )
        )

    def _loss(self, a: sp.Expr, b: sp.Expr) -> sp.Expr:
        """½ E|h_a − h_b|²."""
        lengths = range(self.order + _DERIVATIVES + 1)
        filtered = {-i: a**i - b**i for i in lengths}
        return self._correlation(filtered, {m: conjugated(c) for m, c in filtered.items()}) / 2

    def _expectation(self, expr: sp.Expr) -> sp.Expr:
        """E of products of two linear forms in the input, one of them conjugated unless real."""
        if isinstance(expr, sp.Add):
            return sp.Add(*map(self._expectation, expr.args))
        first, second = _two_factors(expr)
        (a, a_barred), (b, b_barred) = self._linear_form(first), self._linear_form(second)
        if a_barred:
            a, b, a_barred, b_barred = b, a, b_barred, a_barred
        if a_barred or not (b_barred or self.x.is_real):
            raise ValueError(f"E[{expr}] is not fixed by the autocorrelation")
        return self._correlation(a, b)

    def _correlation(self, a: Mapping[int, sp.Expr], b: Mapping[int, sp.Expr]) -> sp.Expr:
        """E[Σ_m a_m x_{t+m} · Σ_n b_n x̄_{t+n}]."""
        return sp.Add(
            *(u * v * self._autocorrelation(m - n) for m, u in a.items() for n, v in b.items())
        )

    def _linear_form(self, expr: sp.Expr) -> tuple[dict[int, sp.Expr], bool]:
        """Σ_m c_m x_{t+m} as {m: c_m}, and whether it stands in x̄."""
        if isinstance(expr, sp.conjugate):
            form, barred = self._linear_form(expr.args[0])
            return {m: conjugated(c) for m, c in form.items()}, not barred
        if isinstance(expr, sp.Indexed):
            return self._process(expr), False
        total: dict[int, sp.Expr] = {}
        barred = False
        for summand in sp.Add.make_args(sp.expand(expr)):
            scale, process = summand.as_independent(sp.Indexed)
            if not isinstance(process, sp.Indexed | sp.conjugate):
                raise ValueError(f"{expr} is not linear in the processes")
            form, barred = self._linear_form(process)
            for m, c in form.items():
                total[m] = total.get(m, sp.S.Zero) + polarised(scale) * c
        return total, barred

    def _process(self, y: sp.Indexed) -> dict[int, sp.Expr]:
        name, shift = str(y.base), int(y.indices[0] - t)
        if name not in self.filters:
            return {shift: sp.S.One}
        chosen = self.filters[name]
        lengths = range(self.order + _DERIVATIVES + 1)
        return {shift + (i if chosen.ahead else -i): chosen.coefficient(i) for i in lengths}


def _two_factors(expr: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    base, exponent = expr.as_base_exp()
    if exponent == 2:
        if isinstance(base, sp.Abs):
            return base.args[0], sp.conjugate(base.args[0])
        return base, base
    first, second = expr.args
    return first, second
