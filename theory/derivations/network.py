"""A fully connected linear network through its eigenvectors (paper §2; claim A9).

Statements about it are tried on networks of two and three units whose eigenvalues are symbols:
there powers of the matrix A are differentiated entry by entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import sympy as sp

from theory.algebra.conjugation import bar
from theory.derivations.checking.formal_series import Filter, FormalSeries, K
from theory.derivations.checking.step import Derivation, Step, equation
from theory.derivations.kernel import INSIDE, STATIONARY, SUM, ending, geometric, kernel_steps
from theory.derivations.small_networks import (
    UNITARY,
    D,
    E,
    P,
    Q,
    every_network,
    h,
    i,
    j,
    k,
    lam,
    m,
    n,
    q,
    s,
    t,
    w,
    x,
    z,
)  # fmt: skip
from theory.inputs import Input
from theory.kernel import kernel
from theory.symbols import lam1, lam2

ASSUMPTIONS = (
    "h_{t+1} = A h_t + b x_{t+1} for n units, and A = P Λ Q with Λ diagonal and Q = P⁻¹",
    "q = Q h are the modes, w = Q b their input weights; s_{m,i,j} is row m of Q ∂h/∂A_{i,j}",
    "D_{m,k} is the mode that has the poles λ_m and λ_k",
    STATIONARY,
    INSIDE,
    SUM,
)

_d = sp.IndexedBase("D_12")[t]


def derive_network(x_: Input) -> Derivation:
    """∂h/∂A_ij through the modes, its moments, and what an orthogonal A changes (claim A9)."""
    steps = (
        *_modes(),
        *_two_poles(),
        *_orthogonal(),
        *kernel_steps(x_),
        *_moment(x_),
    )
    return Derivation("A fully connected network", ASSUMPTIONS, steps)


def _modes() -> Iterator[Step]:
    later = lam[m] * q[m, t] + w[m] * x[t + 1]
    yield equation(
        q[m, t + 1], later, "Diagonalise", "Multiply the recurrence by Q.", every_network
    )
    seen = sp.Sum(P[j, k] * q[k, t], (k, 1, n))
    why = "∂A/∂A_{i,j} h is h_j in row i, and h = P q."
    yield equation(
        s[m, i, j, t + 1],
        lam[m] * s[m, i, j, t] + Q[m, i] * seen,
        "Differentiate",
        why,
        every_network,
    )
    total = sp.Sum(Q[m, i] * P[j, k] * w[k] * D[m, k, t], (k, 1, n))
    why = "Mode m filters mode k, which filtered x: two poles in a row."
    yield equation(s[m, i, j, t], total, "Solve", why, every_network)


def _two_poles() -> Iterator[Step]:
    later = lam[m] * D[m, k, t] + h(lam[k])
    why = "h(λ) is the state of a unit with the pole λ."
    yield equation(D[m, k, t + 1], later, "Two poles", why, every_network)
    quotient = (h(lam[m]) - h(lam[k])) / (lam[m] - lam[k])
    why = "Partial fractions, for λ_m ≠ λ_k."
    yield equation(D[m, k, t], quotient, "Divided difference", why, every_network)
    transfer = 1 / (z * (1 - lam[m] / z) * (1 - lam[k] / z))
    why = "In z⁻¹, the delay by one step: a closed form for equal poles too."
    yield equation(D[m, k, t], transfer * x[t], "Transfer function", why, every_network)
    slope = sp.Derivative(h(lam[m]), lam[m])
    yield equation(D[m, m, t], slope, "Equal poles", "The limit λ_k → λ_m.", every_network)


def _orthogonal() -> Iterator[Step]:
    """The steps for a unitary P: A is orthogonal where, besides, all |λ_m| = 1."""
    entries = sp.Sum(E(sp.Abs(s[m, i, j, t]) ** 2), (m, 1, n), (i, 1, n), (j, 1, n))
    modes = sp.Sum(sp.Abs(w[k]) ** 2 * E(sp.Abs(D[m, k, t]) ** 2), (k, 1, n), (m, 1, n))
    own = sp.Sum(sp.Abs(w[k]) ** 2 * E(sp.Abs(D[k, k, t]) ** 2), (k, 1, n))
    why = "For P unitary, as for an orthogonal A, the sums over i and j are sums over modes."
    yield equation(entries, modes, "All entries", why, UNITARY.agrees)

    def drops(said: sp.Basic) -> bool:
        others = 1 - sp.KroneckerDelta(k, m)
        dropped = sp.Sum(others * modes.function, *modes.limits)
        return UNITARY.agrees(sp.Eq(said.lhs, said.rhs + dropped, evaluate=False))

    why = (
        "So the curse stays: each E|D_{k,k}|² is one unit's sensitivity, which grows like T³ "
        "on the unit circle, where gradients through time neither vanish nor explode."
    )
    yield Step(sp.Ge(modes, own, evaluate=False), "Drop what is not negative", why, drops)


def _moment(x_: Input) -> Iterator[Step]:
    """E|D|² of two different poles."""
    pole = {"D_12": Filter(_divided), "h1": geometric(lam1), "h2": geometric(lam2)}
    poles = (lam1, lam2, bar(lam1), bar(lam2))
    holds = FormalSeries(x_, poles, pole, 5).holds
    lhs = E(sp.Abs(_d) ** 2)
    units = ((lam1, 1), (lam2, -1))

    apart = (lam1 - lam2) * (bar(lam1) - bar(lam2))

    def squared(k_of: Callable[[sp.Expr, sp.Expr], sp.Expr]) -> sp.Expr:
        return sp.Add(*(c * e * k_of(a, bar(z)) for a, c in units for z, e in units))

    def moment(u: Input) -> sp.Expr:
        return squared(lambda a, z: kernel(u, a, z)) / apart

    why = "The divided difference, squared; for equal poles the mixed derivative of K."
    yield equation(apart * lhs, squared(K), "Its moment", why, holds)
    yield from ending(x_, lhs, moment, holds, generally=False)


def _divided(lag: int) -> sp.Expr:
    """(λ_1^i − λ_2^i)/(λ_1 − λ_2) as a polynomial."""
    return sp.Add(*(lam1**a * lam2 ** (lag - 1 - a) for a in range(lag)))
