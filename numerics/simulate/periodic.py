"""Random inputs with a period, whose time averages are moments, and the units that they drive.

An average over independent chains is off by what chance brings. A period has none of that: its
random phases change the trajectory and no second moment of it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg.blas import dtbsv, ztbsv

Array = NDArray[Any]  # float64 or complex128

_EPSILON = float(np.finfo(float).eps)


def periodic_input(autocorrelation: ArrayLike, rng: np.random.Generator) -> tuple[Array, float]:
    """A period of an input that has the autocorrelation R(Δ) over the period, at random phases.

    Its periodogram is the spectrum of R continued with period 2L (circulant embedding; Dietrich
    and Newsam 1997), its phases are random quarters of a turn. Where that spectrum is negative, it
    is made 0.

    Args:
        autocorrelation: R(0), …, R(L), shape (L + 1,), L ≥ 1; real, or complex with real R(0).
        rng: the source of the phases.

    Returns:
        x, shape (2L,), real where R is, and by how much the mean of x_{t+Δ} x̄_t over the period
        is off R(Δ) at most, for |Δ| < L: what was negative, and rounding.

    """
    R = np.asarray(autocorrelation)
    around = np.concatenate([R[:-1], [R[-1].real], R[-2:0:-1].conj()])
    forth, back = (np.fft.fft, np.fft.ifft) if np.iscomplexobj(R) else (np.fft.rfft, np.fft.irfft)
    spectrum = forth(around).real
    phases = np.array([1, 1j, -1, -1j])[rng.integers(0, 4, spectrum.size)]
    if np.isrealobj(R):
        phases[[0, -1]] **= 2  # the mean and the alternating part are real
    x = back(np.sqrt(np.maximum(spectrum, 0) * around.size) * phases)
    negative = float(np.maximum(-spectrum, 0).sum()) * 2 / around.size
    # a transform is off by 8 ε log₂ n in the mean square: of the spectrum, whose mean square root
    # is that of Σ |R|², and of x, which enters twice
    size = float(np.linalg.norm(around)) + 4 * abs(R[0])
    rounding = 8 * _EPSILON * np.log2(around.size) * size
    return x, negative + float(rounding)


def driven(x: Array, lam: complex, order: int) -> Array:
    """The states h and d^k h/dλ^k, k ≤ order, of a unit that x drives from rest, at γ = 1.

    Each is h ← λ h + x with k times the state before of order k − 1 for x. Forward substitution in
    a banded matrix is this recurrence, in compiled code; `numerics.simulate.reference.simulate`
    has it as written.

    Args:
        x: x_1 … x_T, shape (T,), real or complex.
        lam: λ, any number.
        order: the highest derivative.

    Returns:
        Shape (order + 1, T).

    """
    is_real = np.isrealobj(x) and complex(lam).imag == 0
    solve, kind = (dtbsv, float) if is_real else (ztbsv, complex)
    band = np.ones((2, x.size), kind, order="F")
    band[1] = -complex(lam).real if is_real else -lam
    states = np.empty((order + 1, x.size), kind)
    states[0] = solve(1, band, x.astype(kind), lower=1, diag=1)
    for k in range(1, order + 1):
        before = np.concatenate([[0], k * states[k - 1, :-1]])
        states[k] = solve(1, band, before, lower=1, diag=1)
    return states


def driven_from_each_time(x: Array, lam: complex, order: int, steps: int) -> Array:
    """The last states of `driven`, of a period's units that start from rest at each time of it.

    Args:
        x: a period, shape (N,).
        lam: λ.
        order: the highest derivative.
        steps: how many steps each unit makes.

    Returns:
        Shape (order + 1, N).

    """
    states = np.zeros((order + 1, x.size), np.result_type(x, lam, float))
    for step in range(steps):
        for k in range(order, 0, -1):
            states[k] = lam * states[k] + k * states[k - 1]
        states[0] = lam * states[0] + np.roll(x, -step)
    return states
