"""The function C(z) = Σ_{Δ≥1} z^Δ R(Δ) of an input of which nothing is known."""

from __future__ import annotations

import sympy as sp


class C(sp.Function):  # type: ignore[misc]  # SymPy is untyped
    """C(n, z): the n-th derivative of Σ z^Δ R(Δ) at z, for an arbitrary real R."""

    nargs = 2

    def fdiff(self, argindex: int = 2) -> sp.Expr:
        """The next derivative."""
        return self.func(self.args[0] + 1, self.args[1])


class C_plus(C):  # noqa: N801 (printed as C with an index)
    """As C, for an arbitrary complex R."""


class C_bar(C):  # noqa: N801
    """As C_plus, with conj R for R."""


C_plus.partner = C_bar


C_bar.partner = C_plus
