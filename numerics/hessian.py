"""The Hessian of a linear RNN's mean squared error where teacher and student agree (paper §4.2).

There it is 2 E[∂y/∂p ∂y/∂q], so that the Jacobian of the outputs is all that is needed.
h_t = A h_{t−1} + B x_t from h = 0, y_t = C h_t + D x_t; diagonal: y_t = Re(C h_t) + D x_t with
complex λ, B and C.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float64]
Complex = NDArray[np.complex128]
# parameter name → ∂y/∂p, (batch, time, d_out, number of entries, row-major)
Jacobian = Mapping[str, Real]


def dense_jacobian(A: Real, B: Real, C: Real, D: Real, x: Real) -> Jacobian:
    """∂y by the entries of A, B, C and D.

    Args:
        A: (d, d).
        B: (d, d_in).
        C: (d_out, d).
        D: (d_out, d_in).
        x: inputs (batch, time, d_in).

    """
    batch, steps, d_in = x.shape
    d, d_out = C.shape[::-1]
    h = np.zeros((batch, d))
    # ∂h_k by the entry (i, j) of A or B: (batch, k, (i, j))
    by_A, by_B = np.zeros((batch, d, d * d)), np.zeros((batch, d, d * d_in))
    state, inputs = np.arange(d)[:, None], np.arange(d_in)
    own_A, own_B = state * d + state.T, state * d_in + inputs
    parts: dict[str, list[Real]] = {"A": [], "B": [], "C": [], "D": []}
    for t in range(steps):
        by_A, by_B = A @ by_A, A @ by_B
        by_A[:, state, own_A] += h[:, None, :]
        by_B[:, state, own_B] += x[:, t, None, :]
        h = h @ A.T + x[:, t] @ B.T
        parts["A"].append(C @ by_A)
        parts["B"].append(C @ by_B)
        parts["C"].append(_each_output(h, d_out))
        parts["D"].append(_each_output(x[:, t], d_out))
    return {name: np.stack(p, 1) for name, p in parts.items()}


def diagonal_jacobian(lam: Complex, B: Complex, C: Complex, D: Real, x: Real) -> Jacobian:
    """∂y by the real and imaginary parts of λ, B and C, and by D.

    Args:
        lam: eigenvalues (d,).
        B: (d, d_in).
        C: (d_out, d).
        D: (d_out, d_in).
        x: inputs (batch, time, d_in).

    """
    batch, steps, d_in = x.shape
    d, d_out = C.shape[::-1]
    g = np.zeros((batch, d, d_in), dtype=complex)  # ∂h/∂B
    s = np.zeros((batch, d), dtype=complex)  # ∂h/∂λ
    parts: dict[str, list[NDArray[np.inexact]]] = {"lambda": [], "B": [], "C": [], "D": []}
    for t in range(steps):
        s = lam * s + (g * B).sum(2)
        g = lam[:, None] * g + x[:, t, None, :]
        parts["lambda"].append(C * s[:, None, :])
        parts["B"].append((C[:, :, None] * g[:, None]).reshape(batch, d_out, -1))
        parts["C"].append(_each_output((g * B).sum(2), d_out))
        parts["D"].append(_each_output(x[:, t], d_out))
    flat = {name: np.stack(p, 1) for name, p in parts.items()}
    jacobian = {}
    for name in ("lambda", "B", "C"):
        # y is a real part: ∂ Re f(z)/∂Im z = −Im f′(z)
        jacobian |= {f"{name}_re": flat[name].real, f"{name}_im": -flat[name].imag}
    return jacobian | {"D": flat["D"].real}


def _each_output(z: NDArray[np.inexact], d_out: int) -> NDArray[np.inexact]:
    """∂y_o by the entry (p, i) of a readout of z: z_i where o = p; (batch, d_out, d_out · d)."""
    return np.einsum("op,bi->bopi", np.eye(d_out), z).reshape(len(z), d_out, -1)


def hessian(jacobian: Jacobian) -> Real:
    """2 E[∂y/∂p ∂y/∂q] over batch, time and outputs, in the order of the Jacobian's parameters."""
    j = np.concatenate([part.reshape(-1, part.shape[-1]) for part in jacobian.values()], axis=1)
    return np.asarray(2 * j.T @ j / len(j))


def participation(vector: NDArray[np.inexact]) -> float:
    """(Σ|v|²)² / Σ|v|⁴: over how many coordinates a vector spreads, from 1 to its length."""
    power = np.abs(vector) ** 2
    return float(power.sum() ** 2 / (power**2).sum())


def diagonal_mass(matrix: NDArray[np.inexact]) -> float:
    """The diagonal's share of Σ|H_ij|²."""
    return float((np.abs(np.diag(matrix)) ** 2).sum() / (np.abs(matrix) ** 2).sum())
