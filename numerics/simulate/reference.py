"""The plain simulator: the recurrence as written, in NumPy; and how long it takes to settle.

Every faster simulator is checked against this one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]  # float64 or complex128


@dataclass(frozen=True)
class Trajectories:
    """h_1 … h_T and its derivative by λ, each of shape (chains, T)."""

    h: Array
    dh_dlam: Array


def simulate(x: Array, lam: complex, gamma: complex = 1) -> Trajectories:
    """Run h ← λ h + γ x and ∂h/∂λ ← λ ∂h/∂λ + h from h = ∂h/∂λ = 0 (paper §2; claim A1).

    Args:
        x: inputs x_1 … x_T, shape (chains, T).
        lam: the eigenvalue λ, any number; float or complex.
        gamma: the normaliser γ.

    Returns:
        The states after each step.

    """
    chains, T = x.shape
    h = np.zeros((chains, T), dtype=np.result_type(x, lam, gamma, float))
    s = np.zeros_like(h)
    state: Array = np.zeros(chains, dtype=h.dtype)
    sensitivity = state
    for t in range(T):
        state, sensitivity = lam * state + gamma * x[:, t], lam * sensitivity + state
        h[:, t], s[:, t] = state, sensitivity
    return Trajectories(h, s)


def burn_in_steps(lam: complex, tolerance: float) -> int:
    """The least T after which E|h_T|² and E|∂h_T/∂λ|² are within `tolerance` of stationarity.

    `tolerance` is relative to the stationary moments, and the bound holds for every WSS input:
    the stationary h̃ and s̃ = ∂h̃/∂λ leave h̃_T − h_T = λ^T h̃_0 and
    s̃_T − s_T = λ^T s̃_0 + T λ^{T−1} h̃_0, and h̃_t = s̃_{t+1} − λ s̃_t makes ‖h̃‖ ≤ (1+|λ|) ‖s̃‖.
    With ε_T = |λ|^T + (1+|λ|) T |λ|^{T−1} both moments are off by at most 2 ε_T + ε_T².

    Args:
        lam: λ, |λ| < 1.
        tolerance: between 0 and 1.

    Raises:
        ValueError: if |λ| ≥ 1 or the tolerance is not between 0 and 1.

    """
    r = abs(lam)
    if not r < 1:
        raise ValueError(f"lam = {lam}: |λ| < 1 is needed for stationarity")
    if not 0 < tolerance < 1:
        raise ValueError(f"tolerance = {tolerance}: between 0 and 1")

    def bias(steps: int) -> float:
        epsilon = r**steps + (1 + r) * steps * r ** (steps - 1)
        return 2 * epsilon + epsilon**2

    # up to its peak at T ≈ 1/(1−r) the bound exceeds 1; from there on it falls
    low = high = max(1, int(1 / (1 - r)))
    while bias(high) > tolerance:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if bias(middle) <= tolerance else (middle, high)
    return high


def quadratic_form(g: Array, autocorrelation: Array) -> tuple[float, float]:
    """E|Σ_i g_i x_{t−i}|² = Σ_{i,j<T} g_i ḡ_j R(j−i) for an impulse response g, in O(T²) time.

    Args:
        g: the response, shape (T,), real or complex.
        autocorrelation: R(0), …, R(T − 1), shape (T,), real or complex.

    Returns:
        The value, and a bound on its error by rounding: (10 T + 16) ε Σ |g_i g_j R(j−i)|, where
        ε is the machine epsilon. 2 T ε of it is for the two sums of at most T terms, and 8 T ε
        for the response itself: its entries may be off by 4 T ε, as T steps of a recurrence
        leave it (λ off by 2 ε, product and sum rounded).

    Raises:
        ValueError: if the shapes differ.

    """
    if g.ndim != 1 or g.shape != autocorrelation.shape:
        raise ValueError(f"g {g.shape} and autocorrelation {autocorrelation.shape}: both (T,)")
    value = _summed(g, autocorrelation)
    size = _summed(np.abs(g), np.abs(autocorrelation))
    return value, (10 * g.size + 16) * float(np.finfo(float).eps) * size


def _summed(g: Array, R: Array) -> float:
    # correlate conjugates its second argument: Σ_i g_i ḡ_{i+Δ} for Δ = 0, 1, …
    products = np.correlate(g, g, "full")[: g.size][::-1]
    return float(products[0].real * R[0].real + 2 * np.sum(products[1:] * R[1:]).real)
