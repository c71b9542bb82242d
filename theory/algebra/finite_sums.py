"""Finite double sums of powers: the kernel and its derivatives after T steps, in closed form.

Everything is reduced to Σ_{i<n} i^m y^i, which is a polynomial in n where y = 1, so that resonances
(an eigenvalue on the unit circle, at a tone's frequency, equal to ρ) need no limit.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import sympy as sp

_n, _y = sp.Dummy("n", integer=True, positive=True), sp.Dummy("y")


def is_one(expr: sp.Expr) -> bool:
    """Whether an expression is 1, whatever its symbols are."""
    return bool(sp.expand(sp.powsimp(sp.expand(expr)) - 1) == 0)


def power_sum(m: int, y: sp.Expr, n: sp.Expr) -> sp.Expr:
    """Σ_{0 ≤ i < n} i^m y^i, for n ≥ 1.

    Examples:
        >>> import sympy as sp
        >>> from theory.algebra.finite_sums import power_sum
        >>> power_sum(1, sp.Integer(1), sp.Symbol("n"))
        n**2/2 - n/2

    """
    tail, constant = _split(m, y)
    power = sp.S.One if is_one(y) or y == 0 else y**n
    return power * tail.subs(_n, n) + constant


def _split(m: int, y: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """(P, c) with Σ_{i<n} i^m y^i = y^n P(n) + c, P a polynomial in `_n`."""
    if is_one(y):
        return sp.expand(sp.bernoulli(m + 1, _n) - sp.bernoulli(m + 1, 0)) / (m + 1), sp.S.Zero
    if y == 0:
        return sp.S.Zero, sp.S.One if m == 0 else sp.S.Zero
    tail, constant = _geometric(m)
    return tail.subs(_y, y), constant.subs(_y, y)


@cache
def _geometric(m: int) -> tuple[sp.Expr, sp.Expr]:
    """P and c of `_split` for a general y, by (y d/dy)^m of (1 − y^n)/(1 − y)."""
    tail, constant = -1 / (1 - _y), 1 / (1 - _y)
    for _ in range(m):
        tail = sp.factor(_n * tail + _y * sp.diff(tail, _y))
        constant = sp.factor(_y * sp.diff(constant, _y))
    return sp.expand(tail, _n), constant


def diagonal(i: int, j: int, a: sp.Expr, b: sp.Expr, steps: sp.Expr, lag: int = 0) -> sp.Expr:
    """∂_a^i ∂_b^j of Σ_p a^p b^{p + lag}, over 0 ≤ p < steps − lag; steps ≥ lag."""
    return _scaled(i, j, a, b) * sum(
        c * lag**r * b**lag * power_sum(m, a * b, steps - lag) for m, r, c in _weights(i, j)
    )


def upper_triangle(
    i: int, j: int, a: sp.Expr, b: sp.Expr, steps: sp.Expr, power: int, ratio: sp.Expr
) -> sp.Expr:
    """∂_a^i ∂_b^j of Σ_{p<q<steps} a^p b^q Δ^power ratio^Δ, Δ = q − p."""
    w, total = a * b, sp.S.Zero
    for m, r, c in _weights(i, j):
        tail, constant = _split(m, w)
        total += c * constant * _from_one(power + r, ratio * b, steps)
        if tail == 0:
            continue
        turned = ratio * b if is_one(w) else ratio / a
        front = sp.S.One if is_one(w) else w**steps
        delta = sp.Dummy("Delta")
        for (n,), weight in sp.Poly(tail.subs(_n, steps - delta), delta).terms():
            total += c * front * weight * _from_one(power + r + n, turned, steps)
    return _scaled(i, j, a, b) * total


def _from_one(m: int, y: sp.Expr, n: sp.Expr) -> sp.Expr:
    """Σ_{1 ≤ i < n} i^m y^i."""
    return power_sum(m, y, n) - (1 if m == 0 else 0)


def _weights(i: int, j: int) -> Iterator[tuple[int, int, sp.Integer]]:
    """(m, r, c) of p(p−1)…(p−i+1) · q(q−1)…(q−j+1) = Σ c p^m Δ^r, with q = p + Δ."""
    p, delta = sp.symbols("p delta")
    weight = sp.ff(p, i) * sp.ff(p + delta, j)
    for (m, r), c in sp.Poly(sp.expand_func(weight), p, delta).terms():
        yield m, r, c


def _scaled(i: int, j: int, a: sp.Expr, b: sp.Expr) -> sp.Expr:
    return (a**-i if i else sp.S.One) * (b**-j if j else sp.S.One)
