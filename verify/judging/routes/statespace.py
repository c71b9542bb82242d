"""State space: units, their sensitivities and the input as linear systems, in any arithmetic.

The input is x = Hξ with ξ_t = F ξ_{t−1} + noise, so that R(Δ) = H F^Δ G for Δ ≥ 0, where
G = ΠH* holds ξ's covariances with x: all of its stationary covariance Π that reaches a unit.
What drives ξ need not be a positive noise, as moments are linear in R; and on the unit circle
(a constant input) there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb
from typing import Any

import flint
import sympy as sp

from theory.inputs import StationaryInput, Term

Scalar = Any
Matrix = Any


@dataclass(frozen=True)
class Arithmetic:
    """The numbers that the systems are written in.

    Attributes:
        number: the value of an expression.
        matrix: makes a matrix from its rows; it knows + − * with its like.
        adjoint: the conjugate transpose.
        stein: A, B, Q → the solution of X = A X B* + Q, for spectral radii with ρ(A) ρ(B) < 1.
        balls: a matrix in complex balls.

    """

    number: Callable[[sp.Expr], Scalar]
    matrix: Callable[[Sequence[Sequence[Scalar]]], Matrix]
    adjoint: Callable[[Matrix], Matrix]
    stein: Callable[[Matrix, Matrix, Matrix], Matrix]
    balls: Callable[[Matrix], flint.acb_mat]


@dataclass(frozen=True)
class Chain:
    """A state and its derivatives: s_t = A s_{t−1} + b x_t. Shapes: A (n, n), b (n, 1)."""

    A: Matrix
    b: Matrix


@dataclass(frozen=True)
class Shaping:
    """A filter with R(Δ) = H F^Δ G. Shapes: F (m, m), G (m, 1), H (1, m)."""

    F: Matrix
    G: Matrix
    H: Matrix


def chain(pole: sp.Expr, order: int, arithmetic: Arithmetic) -> Chain:
    """The chain s_k = ∂^k h/∂λ^k for k < order: a Jordan block, as s_k ← λ s_k + k s_{k−1}."""
    lam, one, zero = map(arithmetic.number, (pole, sp.S.One, sp.S.Zero))
    rows = [
        [lam if i == j else one * i if i == j + 1 else zero for j in range(order)]
        for i in range(order)
    ]
    return Chain(arithmetic.matrix(rows), arithmetic.matrix([[one], *[[zero]] * (order - 1)]))


def shaping(x: StationaryInput, arithmetic: Arithmetic) -> list[Shaping]:
    """Systems whose autocorrelations sum to the input's."""
    filters = [_power(term, arithmetic) for term in x.terms]
    return [*filters, _shift_register(x.lags, arithmetic)] if x.lags else filters


def _power(term: Term, arithmetic: Arithmetic) -> Shaping:
    """The term c Δ^k z^Δ from ξ(Δ) = (z^Δ, Δ z^Δ, …, Δ^k z^Δ), as (Δ+1)^j = Σ_i C(j, i) Δ^i."""
    k = term.power
    weight, ratio = map(arithmetic.number, (term.coefficient, term.ratio))
    one, zero = map(arithmetic.number, (sp.S.One, sp.S.Zero))
    return Shaping(
        F=arithmetic.matrix([[ratio * comb(j, i) for i in range(k + 1)] for j in range(k + 1)]),
        G=arithmetic.matrix([[weight], *[[zero]] * k]),
        H=arithmetic.matrix([[*[zero] * k, one]]),
    )


def _shift_register(lags: Sequence[tuple[int, sp.Expr]], arithmetic: Arithmetic) -> Shaping:
    """A filter for values at single lags: ξ(Δ) = (R(Δ), R(Δ+1), …)."""
    one, zero = map(arithmetic.number, (sp.S.One, sp.S.Zero))
    length = 1 + max(lag for lag, _ in lags)
    values = [zero] * length
    for lag, value in lags:
        values[lag] = values[lag] + arithmetic.number(value)
    shift = [[one if j == i + 1 else zero for j in range(length)] for i in range(length)]
    return Shaping(
        F=arithmetic.matrix(shift),
        G=arithmetic.matrix([[value] for value in values]),
        H=arithmetic.matrix([[one, *[zero] * (length - 1)]]),
    )


def with_input(s: Chain, filters: Sequence[Shaping], arithmetic: Arithmetic) -> list[Matrix]:
    """E[s ξ*] for each filter, in the stationary state."""
    return [arithmetic.stein(s.A, f.F, _entry(s, f, arithmetic)) for f in filters]


def _entry(s: Chain, f: Shaping, arithmetic: Arithmetic) -> Matrix:
    """What a step adds to E[s ξ*] = A E[s ξ*] F* + bG*."""
    return s.b * arithmetic.adjoint(f.G)


@dataclass(frozen=True)
class Driven:
    """Two chains, the input that drives both, and their covariance E[s s'*]."""

    first: Chain
    second: Chain
    filters: Sequence[Shaping]
    arithmetic: Arithmetic

    def stationary(self, y: Sequence[Matrix], z: Sequence[Matrix]) -> Matrix:
        """The covariance X = A X A'* + Q, a block of the discrete Lyapunov equation for s and s'.

        Args:
            y: E[s ξ*] for each filter; see `with_input`.
            z: E[s' ξ*] for each filter.

        """
        return self.arithmetic.stein(self.first.A, self.second.A, self._source(y, z))

    def later(self, moments: Matrix, z: Sequence[Matrix], steps: int) -> Matrix:
        """E[s_{t+k} s'_t*] for k = `steps` ≥ 0, from E[s_t s'_t*]: s ← A s + b H ξ, ξ ← F ξ.

        Args:
            moments: E[s_t s'_t*].
            z: E[s' ξ*] for each filter, in the stationary state.
            steps: k.

        """
        inputs = [self.arithmetic.adjoint(v) for v in z]
        for _ in range(steps):
            inputs = [f.F * v for f, v in zip(self.filters, inputs, strict=True)]
            moments = self.first.A * moments
            for f, v in zip(self.filters, inputs, strict=True):
                moments = moments + self.first.b * f.H * v
        return moments

    def after(self, steps: int) -> Matrix:
        """The covariance `steps` ≥ 1 steps after s = s' = 0, the input being stationary."""
        chains = (self.first, self.second)
        entries = y, z = [[_entry(s, f, self.arithmetic) for f in self.filters] for s in chains]
        x = self._source(y, z)
        for _ in range(steps - 1):
            y, z = (
                [
                    self._step(s.A, covariance, f.F) + entry
                    for covariance, f, entry in zip(cross, self.filters, own, strict=True)
                ]
                for s, cross, own in zip(chains, (y, z), entries, strict=True)
            )
            x = self._step(self.first.A, x, self.second.A) + self._source(y, z)
        return x

    def _source(self, y: Sequence[Matrix], z: Sequence[Matrix]) -> Matrix:
        """Q = E[s x̄] b'* + b E[x s'*] − b R(0) b'*, from the covariances E[s ξ*], E[s' ξ*]."""
        adjoint = self.arithmetic.adjoint
        b, c = self.first.b, adjoint(self.second.b)
        parts = [
            u * adjoint(f.H) * c + b * f.H * adjoint(v) - b * f.H * f.G * c
            for u, v, f in zip(y, z, self.filters, strict=True)
        ]
        return sum(parts[1:], parts[0])

    def _step(self, a: Matrix, x: Matrix, b: Matrix) -> Matrix:
        return a * x * self.arithmetic.adjoint(b)
