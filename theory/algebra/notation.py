"""What quantities are written with: means and partial derivatives that stand as they are."""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from theory import symbols
from theory.symbols import lam, lam_star

__all__ = [
    "Partial", "conjugate", "cross_sensitivity", "curvature", "error", "first", "gamma", "lam",
    "lam_star", "loss", "loss_alone", "mean", "mean_square", "modulus", "second", "state",
]  # fmt: skip


class Partial(sp.Function):  # type: ignore[misc]  # SymPy is untyped
    """∂f/∂p or ∂²f/∂p∂q of (f, p) or (f, p, q), not evaluated; p and q may be re(z) or im(z)."""

    nargs = (2, 3)


mean, loss, curvature = sp.Function("E"), sp.Function("L"), sp.Function("kappa")
error, loss_alone, first, second = sp.symbols("delta L h1 h2")
cross_sensitivity = mean(Partial(first, symbols.lam1) * Partial(second, symbols.lam2))


def modulus(expr: sp.Expr) -> sp.Expr:
    """|x|, whatever is known of x."""
    return sp.Abs(expr, evaluate=False)


def mean_square(expr: sp.Expr) -> sp.Expr:
    """E[|x|²]."""
    return mean(modulus(expr) ** 2)


def conjugate(expr: sp.Expr) -> sp.Expr:
    """The conjugate, whatever is known of x."""
    return sp.conjugate(expr, evaluate=False)


def state(index: sp.Expr | int | None) -> sp.Symbol:
    """The state h, with an index, a horizon or a lag, where there is one."""
    return sp.Symbol("h" if index is None else f"h_{index}")


def gamma(gammas: Sequence[sp.Expr]) -> sp.Expr:
    """The letter γ, or 1 where there is no normaliser."""
    return symbols.gamma if gammas else sp.S.One
