"""The fused simulator: draws, input, state and moments in one pass, in Numba, on all cores.

Nothing is stored but one block of chains at a time: LANES chains advance side by side, which
LLVM turns into vector instructions, and blocks are shared out among the threads. Draws have
float32's granularity (`numerics.simulate.compiled`), everything after them is in double precision.
Results are the same, bit for bit, for any number of threads and any cut of the chains.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numerics.simulate.averages import PowerAverages, checked
from numerics.simulate.compiled import DRAWS, LANES, record, sum_squares
from numerics.simulate.filters import ShapingFilter
from numerics.simulate.reference import Trajectories, simulate

Array = NDArray[Any]


def moments(
    lam: ArrayLike,
    x: ShapingFilter,
    chains: int,
    steps: int,
    burn_in: int = 0,
    seed: int = 0,
    first_chain: int = 0,
) -> PowerAverages:
    """Time averages of |h_t|² and |∂h_t/∂λ|² over burn_in < t ≤ steps, from h_0 = 0, at γ = 1.

    Args:
        lam: eigenvalues λ, a number or shape (eigenvalues,); real ones cost half of complex.
        x: the input's shaping filter, which starts out stationary.
        chains: how many independent chains.
        steps: T ≥ 1, below 2³⁴.
        burn_in: how many steps are left out of the averages
            (`numerics.simulate.reference.burn_in_steps`), below `steps`.
        seed: from 0 to 2⁶⁴ − 1.
        first_chain: chains first_chain … first_chain + chains − 1 of the seed are run.

    Raises:
        ValueError: if a size or the seed is out of range.

    """
    checked(chains, steps, burn_in, seed, first_chain)
    poles = np.atleast_1d(np.asarray(lam, dtype=complex))
    sums = np.empty((2, poles.size, -(-chains // LANES) * LANES))
    sum_squares(poles, *_arguments(x, seed, first_chain), steps, burn_in, sums)
    h, dh_dlam = sums[:, :, :chains] / (steps - burn_in)
    return PowerAverages(h, dh_dlam)


def inputs(x: ShapingFilter, chains: int, steps: int, seed: int = 0, first_chain: int = 0) -> Array:
    """The inputs x_1 … x_T of the chains that `moments` simulates, shape (chains, T)."""
    checked(chains, steps, 0, seed, first_chain)
    samples = np.empty((-(-chains // LANES) * LANES, -(-steps // DRAWS) * DRAWS))
    record(*_arguments(x, seed, first_chain), samples)
    return samples[:chains, :steps]


def trajectories(
    lam: complex, x: ShapingFilter, chains: int, steps: int, seed: int = 0, first_chain: int = 0
) -> Trajectories:
    """h_t and ∂h_t/∂λ of the chains that `moments` averages over, each of shape (chains, T)."""
    return simulate(inputs(x, chains, steps, seed, first_chain), lam)


def _arguments(x: ShapingFilter, seed: int, first_chain: int) -> tuple[Any, ...]:
    parts = (np.ascontiguousarray(a, dtype=float) for a in (x.A, x.B, x.C, x.start))
    return *parts, float(x.D), np.uint64(seed), np.uint64(first_chain)
