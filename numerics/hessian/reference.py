"""Jacobians of linear RNNs' outputs by plain loops over time, for many systems at once.

The fast routes are tested against them, and experiments that draw many small systems compute
with them. With them the Hessian at the optimum is 2 E[∂y/∂p ∂y/∂q] (paper §4.2).
h_t = A h_{t−1} + B x_t from h = 0, y_t = C h_t + D x_t; diagonal: y_t = Re(C h_t) + D x_t with
complex λ, B and C.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float64]
Complex = NDArray[np.complex128]
# parameter name → ∂y/∂p, (…, batch, time, d_out, number of entries, row-major)
Jacobian = Mapping[str, Real]


def dense_jacobian(A: Real, B: Real, C: Real, D: Real, x: Real) -> Jacobian:
    """∂y by the entries of A, B, C and D; all arguments may have the same leading axes.

    Args:
        A: (…, d, d).
        B: (…, d, d_in).
        C: (…, d_out, d).
        D: (…, d_out, d_in).
        x: inputs (…, batch, time, d_in).

    """
    d_in, d_out, d = x.shape[-1], *C.shape[-2:]
    A, B, C = (matrix[..., None, :, :] for matrix in (A, B, C))  # one for the whole batch
    h = np.zeros((*x.shape[:-2], d))
    # ∂h_k by the entry (i, j) of A or B: (…, batch, k, (i, j))
    by_A, by_B = np.zeros((*h.shape, d * d)), np.zeros((*h.shape, d * d_in))
    state, inputs = np.arange(d)[:, None], np.arange(d_in)
    own_A, own_B = state * d + state.T, state * d_in + inputs
    parts: dict[str, list[Real]] = {"A": [], "B": [], "C": [], "D": []}
    for t in range(x.shape[-2]):
        u = x[..., t, :]
        by_A, by_B = A @ by_A, A @ by_B
        by_A[..., state, own_A] += h[..., None, :]
        by_B[..., state, own_B] += u[..., None, :]
        h = (A @ h[..., None] + B @ u[..., None])[..., 0]
        parts["A"].append(C @ by_A)
        parts["B"].append(C @ by_B)
        parts["C"].append(_each_output(h, d_out))
        parts["D"].append(_each_output(u, d_out))
    return {name: np.stack(p, -3) for name, p in parts.items()}


def diagonal_jacobian(lam: Complex, B: Complex, C: Complex, D: Real, x: Real) -> Jacobian:
    """∂y by the real and imaginary parts of λ, B and C, and by D; all may share leading axes.

    Args:
        lam: eigenvalues (…, d).
        B: (…, d, d_in).
        C: (…, d_out, d).
        D: (…, d_out, d_in).
        x: inputs (…, batch, time, d_in).

    """
    d_in, d_out, d = x.shape[-1], *C.shape[-2:]
    lam, B, C = lam[..., None, :], B[..., None, :, :], C[..., None, :, :]
    s = np.zeros((*x.shape[:-2], d), dtype=complex)  # ∂h/∂λ
    g = np.zeros((*s.shape, d_in), dtype=complex)  # ∂h/∂B
    parts: dict[str, list[NDArray[np.inexact]]] = {"lambda": [], "B": [], "C": [], "D": []}
    for t in range(x.shape[-2]):
        u = x[..., t, :]
        s = lam * s + (g * B).sum(-1)
        g = lam[..., None] * g + u[..., None, :]
        parts["lambda"].append(C * s[..., None, :])
        parts["B"].append((C[..., None] * g[..., None, :, :]).reshape(*s.shape[:-1], d_out, -1))
        parts["C"].append(_each_output((g * B).sum(-1), d_out))
        parts["D"].append(_each_output(u, d_out))
    flat = {name: np.stack(p, -3) for name, p in parts.items()}
    jacobian: dict[str, Real] = {}
    for name in ("lambda", "B", "C"):
        # y is a real part: ∂ Re f(z)/∂Im z = −Im f′(z)
        jacobian |= {f"{name}_re": flat[name].real, f"{name}_im": -flat[name].imag}
    return jacobian | {"D": flat["D"].real}


def _each_output(z: Any, d_out: int) -> Any:
    """∂y_o by the entry (p, i) of a readout of z: z_i where o = p; (…, d_out, d_out · d)."""
    return np.einsum("op,...i->...opi", np.eye(d_out), z).reshape(*z.shape[:-1], d_out, -1)


def hessian(jacobian: Jacobian) -> Real:
    """2 E[∂y/∂p ∂y/∂q] over batch, time and outputs, in the order of the Jacobian's parameters."""
    j = np.concatenate(list(jacobian.values()), axis=-1)
    j = j.reshape(*j.shape[:-4], -1, j.shape[-1])
    return np.asarray(2 * np.swapaxes(j, -1, -2) @ j / j.shape[-2])
