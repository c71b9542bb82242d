"""The function C(z) = Σ_{Δ≥1} z^Δ R(Δ) of an input of which nothing is known."""

from __future__ import annotations

import sympy as sp


class C(sp.Function):  # type: ignore[misc]  # SymPy is untyped
    """C(n, z): the n-th derivative of Σ z^Δ R(Δ) at z, for an arbitrary real R."""

    nargs = 2

    def fdiff(self, argindex: int = 2) -> sp.Expr:
        """C(n + 1, z), the derivative of C(n, z) by z."""
        return self.func(self.args[0] + 1, self.args[1])


class C_plus(C):  # noqa: N801 (printed as C with an index)
    """C(n, z) for an arbitrary complex R."""


class C_bar(C):  # noqa: N801
    """C(n, z) for the conjugate of an arbitrary complex R."""


C_plus.partner = C_bar


C_bar.partner = C_plus
