"""E[∂^k h_a · ∂^l ḡ_b] = Σ_ij u_i v_j R(j − i), from the definition, in ball arithmetic."""

from __future__ import annotations

from collections.abc import Callable

import flint
import sympy as sp
from flint import acb, arb

BITS = 230
DIGITS = 30
Autocorrelation = Callable[[int], acb]


def exactly(value: sp.Expr) -> acb:
    """A number that SymPy knows exactly, as a ball; call it at working precision."""
    return acb(*(arb(str(sp.N(part, BITS // 3))) for part in value.as_real_imag()))


def double_sum(
    a: sp.Expr,
    b: sp.Expr,
    R: Autocorrelation,
    derivatives: int = 0,
    terms: int | None = None,
    later: int = 0,
) -> tuple[complex, float]:
    """The moment of two units with poles a and b̄ (or of their derivatives), as ball.

    The first unit's state is that of `later` steps later.

    With `terms` the sum over so many steps, else the infinite one with its tail in the radius.
    """
    with flint.ctx.workprec(BITS):
        n = terms or _enough(a, b)
        u, v = (_weights(exactly(pole), derivatives, n) for pole in (a, b))
        correlation = flint.acb_poly(u[::-1]) * flint.acb_poly(v)
        total, largest = acb(0), arb(0)
        for apart in range(1 - n, n):  # j − i
            r = acb(R(abs(apart + later)))
            largest = largest.max(abs(r))
            total += (r if apart + later >= 0 else r.conjugate()) * correlation[n - 1 + apart]
        return total if terms else total + _tail(u, v, (a, b), derivatives, largest)


def agrees(total: acb, formula: sp.Expr) -> bool:
    """Whether a formula without symbols lies in the ball, which is narrow, to 30 digits."""
    with flint.ctx.workprec(BITS):
        value = acb(*(arb(str(part)) for part in sp.N(formula, 45, maxn=400).as_real_imag()))
        tolerance = abs(value) * arb(10) ** -DIGITS
        narrow = abs(total - total.mid()) < tolerance
        return bool(narrow and abs(total - value) < tolerance)


def _enough(a: sp.Expr, b: sp.Expr) -> int:
    slowest = max(abs(complex(a)), abs(complex(b)))
    return 60 if slowest == 0 else int(110 / -sp.log(slowest).evalf()) + 60


def _weights(pole: acb, derivatives: int, n: int) -> list[acb]:
    """d^k/dλ^k λ^i for i < n."""
    falling = [flint.fmpz(1)] * n
    for k in range(derivatives):
        falling = [f * (i - k) for i, f in enumerate(falling)]
    return [f * pole ** max(i - derivatives, 0) for i, f in enumerate(falling)]


def _tail(
    u: list[acb], v: list[acb], poles: tuple[sp.Expr, sp.Expr], derivatives: int, largest: arb
) -> acb:
    """What the double sum lacks is at most max|R| (Σ|u| Σ|v| − Σ_{<n}|u| Σ_{<n}|v|)."""
    whole, part = arb(1), arb(1)
    for pole, weights in zip(poles, (u, v), strict=True):
        r = abs(exactly(pole))
        whole *= flint.fmpz.fac_ui(derivatives) / (1 - r) ** (derivatives + 1)
        part *= sum((abs(w) for w in weights), arb(0))
    bound = (largest * (whole - part)).abs_upper()
    return acb(arb(0, bound), arb(0, bound))
