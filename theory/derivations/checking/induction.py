"""Statements about T steps from h = 0: read for one T by definition, proved for all by induction.

For the induction every power z^T and z^k is a variable of its own: the identities that are
left are between rational functions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy as sp
from sympy.core.function import AppliedUndef

from theory.algebra.conjugation import bar, conjugated
from theory.algebra.vanishing import vanishes
from theory.inputs import Input
from theory.symbols import T, lam

_HORIZONS = (1, 2, 3, 5)
_POWERS = {"power_base": True, "power_exp": True, "mul": False, "multinomial": False}


@dataclass(frozen=True)
class FiniteSums:
    """How a statement about one input at a number T of steps is read and checked."""

    x: Input

    def holds(self, statement: sp.Basic, shortest: int = 0) -> bool:
        """Whether both sides of an equation agree for several T above `shortest`."""
        assert isinstance(statement, sp.Equality), "finite sums check equations"  # noqa: S101
        difference = statement.lhs - statement.rhs
        values = (self.read(difference.subs(T, shortest + n)) for n in _HORIZONS)
        return all(vanishes(value.subs(bar(lam), 1 / lam)) for value in values)

    def read(self, expr: sp.Expr) -> sp.Expr:
        """`expr`, T being a number, with K, R and E|h_T|², E|s_T|² on the circle as numbers."""
        if isinstance(expr, sp.Sum):
            return self.read(expr.doit())
        if isinstance(expr, sp.Derivative):
            return sp.diff(self.read(expr.expr), *expr.variables)
        if isinstance(expr, sp.Subs):
            point = dict(zip(expr.variables, expr.point, strict=True))
            return self.read(expr.expr).subs(point, simultaneous=True)
        if isinstance(expr, AppliedUndef):
            match expr.func.__name__:
                case "K":
                    return self.kernel(int(expr.args[0]), *expr.args[1:])
                case "R":
                    return self._autocorrelation(int(expr.args[0]))
                case "R_bar":
                    return self._autocorrelation(-int(expr.args[0]))
                case "E":
                    return self._square(expr.args[0].base.args[0])
        return expr.func(*map(self.read, expr.args)) if expr.args else expr

    def kernel(self, steps: int, a: sp.Expr, b: sp.Expr) -> sp.Expr:
        """E[h_T ḡ_T] for poles a and b̄, h_T being what the recurrence makes of the input."""
        return self._correlation(_unrolled(steps, a), _unrolled(steps, b))

    def _square(self, state: sp.Indexed) -> sp.Expr:
        """E|h_T|² or E|s_T|² with s = ∂h/∂λ, by the recurrence s ← λ s + h."""
        order = 1 if str(state.base) == "s" else 0
        response = _unrolled(int(state.indices[0]), lam, order)
        return self._correlation(response, [conjugated(c) for c in response])

    def _correlation(self, a: list[sp.Expr], b: list[sp.Expr]) -> sp.Expr:
        return sp.Add(
            *(
                u * v * self._autocorrelation(j - i)
                for i, u in enumerate(a)
                for j, v in enumerate(b)
            )
        )

    def _autocorrelation(self, lag: int) -> sp.Expr:
        """R at any lag: R(−Δ) = conj R(Δ)."""
        return (self.x if lag >= 0 else self.x.conjugate()).autocorrelation(abs(lag))


def _unrolled(steps: int, pole: sp.Expr, order: int = 0) -> list[sp.Expr]:
    """The coefficients of x_T, x_{T−1}, … in h_T, or in s_T for order 1, step by step."""
    h: list[sp.Expr] = []
    s: list[sp.Expr] = []
    for _ in range(steps):
        s = [sp.S.Zero, *(pole * c + d for c, d in zip(s, h, strict=True))]
        h = [sp.S.One, *(pole * d for d in h)]
    return s if order else h


def sum_solves(rhs: sp.Expr, k: sp.Symbol, ratio: sp.Expr, growth: tuple[sp.Expr, sp.Expr]) -> bool:
    """Whether f(T) + Σ_{k<T} g(T, k) obeys F(T+1) = ratio · F(T) + u + Σ_{k≤T} v_k, F(0) = 0.

    Args:
        rhs: the sum.
        k: its variable.
        ratio: free of T.
        growth: u and v_k, which may depend on T.

    """
    inside = [term for term in sp.Add.make_args(rhs) if isinstance(term, sp.Sum)]
    if len(inside) != 1 or inside[0].limits != (sp.Tuple(k, 1, T - 1),):
        return False
    f, g = rhs - inside[0], inside[0].function
    return all(
        map(
            _is_zero,
            (
                f.subs(T, 0),
                f.subs(T, T + 1) - ratio * f - growth[0],
                g.subs(T, k),  # so that the sum may as well run to k = T
                g.subs(T, T + 1) - ratio * g - growth[1],
            ),
        )
    )


def closed_form_solves(rhs: sp.Expr, ratio: sp.Expr, lag: Callable[[sp.Expr], sp.Expr]) -> bool:
    """Whether F(T+1) − ratio · F(T) grows, from one T to the next, by what `lag` gives."""
    step = rhs.subs(T, T + 1) - ratio * rhs
    return _is_zero(step.subs(T, T + 1) - step - lag(T + 1))


def _is_zero(expr: sp.Expr) -> bool:
    """Whether an expression with powers z^T, z^k is zero, each a variable of its own."""
    by_base = expr.expand(force=True, **_POWERS)
    by_phase = by_base.replace(sp.exp, lambda exponent: sp.exp(sp.expand(exponent)))
    split = by_phase.expand(force=True, **_POWERS)
    return vanishes(split.replace(_is_symbolic_power, _as_variable))


def _is_symbolic_power(expr: sp.Expr) -> bool:
    return bool(expr.is_Pow and not expr.exp.is_Integer and expr.base is not sp.E)


def _as_variable(power: sp.Expr) -> sp.Expr:
    multiple, exponent = power.exp.as_coeff_Mul()
    return sp.Symbol(f"{power.base}^{exponent}") ** multiple
