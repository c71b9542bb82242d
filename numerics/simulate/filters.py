"""Shaping filters: white noise in, a stationary input with the wanted autocorrelation out.

One draw a step is enough for any input: what a mixture of independent parts looks like from
outside depends on the sum of their autocorrelations alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray
from scipy.linalg import block_diag, solve_discrete_are, solve_discrete_lyapunov

from numerics.simulate.inputs import autocorrelation_values, number
from theory.inputs import StationaryInput

Array = NDArray[Any]  # float64

TOLERANCE = 1e-10  # of R, relative to R(0)


@dataclass(frozen=True)
class ShapingFilter:
    """x_t = C ξ_t + D e_t and ξ_{t+1} = A ξ_t + B e_t, with white unit Gaussians e.

    Attributes:
        A: shape (n, n), eigenvalues inside the unit circle; n = 0 for white noise.
        B: shape (n,).
        C: shape (n,).
        D: a number.

    """

    A: Array
    B: Array
    C: Array
    D: float

    @property
    def covariance(self) -> Array:
        """E[ξ ξᵀ], with which the filter starts out stationary; shape (n, n)."""
        if not self.B.size:
            return self.A
        P: Array = solve_discrete_lyapunov(self.A, np.outer(self.B, self.B))
        return (P + P.T) / 2

    @property
    def start(self) -> Array:
        """S with S Sᵀ the covariance: ξ_0 = S e for n white Gaussians e; shape (n, n)."""
        eigenvalues, vectors = np.linalg.eigh(self.covariance)
        S: Array = vectors * np.sqrt(np.maximum(eigenvalues, 0))
        return S

    def autocorrelation(self, length: int) -> Array:
        """R(0), …, R(length − 1) of x, shape (length,)."""
        P = self.covariance
        R = np.empty(length)
        R[0] = self.C @ P @ self.C + self.D**2
        response = self.A @ P @ self.C + self.B * self.D
        for lag in range(1, length):
            R[lag] = self.C @ response
            response = self.A @ response
        return R


def moving_average_filter(weights: Sequence[float]) -> ShapingFilter:
    """x_t = Σ_k w_k e_{t−k}, for any weights; its state is the last few e."""
    w = np.asarray(weights, dtype=float)
    order = len(w) - 1
    return ShapingFilter(np.eye(order, k=-1), np.eye(order, 1)[:, 0], w[1:], float(w[0]))


def shaping_filter(
    x: StationaryInput, values: Mapping[sp.Symbol, Any] | None = None
) -> ShapingFilter:
    """The causal and causally invertible filter whose output has the autocorrelation of `x`.

    R(Δ) = C A^(Δ−1) G for Δ ≥ 1, read off term by term, becomes a filter driven by innovations
    when the state's covariance solves the Riccati equation of the positive real lemma
    (Anderson and Moore, Optimal Filtering, 1979, §9.2–9.4).

    Args:
        x: a sum of c z^Δ with |z| < 1 and of single lags, real in total.
        values: a number for every parameter of `x`.

    Returns:
        A filter with R within TOLERANCE · R(0) of the wanted one at lags 0 … 2n, which for
        n states determine it.

    Raises:
        ValueError: if R is complex, has Δ^k z^Δ with k > 0 or with |z| ≥ 1, is not the
            autocorrelation of anything, or has a spectrum so near zero at some frequency that
            the tolerance is not met (`sample_input` and `moving_average_filter` go that far).

    """
    values = values or {}
    blocks, readouts, responses = [np.empty((0, 0))], [np.empty(0)], [np.empty(0)]
    for term in x.terms:
        c, z = number(term.coefficient, values), number(term.ratio, values)
        if term.power or not abs(z) < 1:
            raise ValueError(f"{term.at(sp.Symbol('Delta'))}: no filter but for c z^Δ, |z| < 1")
        if z.imag == 0:
            blocks.append(np.array([[z.real]]))
            readouts.append(np.ones(1))
            responses.append(np.array([(c * z).real]))
        elif z.imag > 0:  # R is real: the conjugate term comes with it
            blocks.append(np.array([[z.real, -z.imag], [z.imag, z.real]]))
            readouts.append(np.array([1.0, 0.0]))
            responses.append(2 * np.array([(c * z).real, (c * z).imag]))
    lags = {lag: number(value, values).real for lag, value in x.lags if lag > 0}
    if lags:
        longest = max(lags)
        blocks.append(np.eye(longest, k=1))
        readouts.append(np.eye(longest, 1)[:, 0])
        responses.append(np.array([lags.get(lag, 0.0) for lag in range(1, longest + 1)]))

    A, C, G = block_diag(*blocks), np.concatenate(readouts), np.concatenate(responses)
    R = autocorrelation_values(x, values, 2 * len(C) + 1)
    if np.iscomplexobj(R):
        raise ValueError("R(Δ) is complex: shaping filters are for real inputs")
    P = np.zeros_like(A)
    if len(C):
        try:
            P = solve_discrete_are(A.T, C[:, None], P, -R[:1, None], s=-G[:, None])
        except np.linalg.LinAlgError as error:
            raise ValueError(f"no shaping filter for R = {R}…: {error}") from error
    innovation = float(R[0] - C @ P @ C)
    if innovation <= 0:
        raise ValueError(f"no shaping filter for R = {R}…: the innovation's variance is not > 0")
    unscaled = ShapingFilter(A, (G - A @ P @ C) / innovation, C, 1.0)
    # not √innovation, in which R(0) and C P C cancel where ρ is near 1
    D = float(np.sqrt(R[0] / unscaled.autocorrelation(1)[0]))
    result = ShapingFilter(A, D * unscaled.B, C, D)
    off = float(np.abs(result.autocorrelation(len(R)) - R).max() / R[0])
    if not off < TOLERANCE:
        raise ValueError(f"no shaping filter for R = {R}…: it would be off by {off:.1e} R(0)")
    return result
