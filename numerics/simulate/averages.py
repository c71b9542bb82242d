"""What a long simulation leaves behind: time averages, one per chain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]  # float64


@dataclass(frozen=True)
class PowerAverages:
    """Means over time of |h_t|² and |∂h_t/∂λ|² at γ = 1, each of shape (eigenvalues, chains).

    Chains are independent: each row is a sample of independent, identically distributed
    numbers, so that any interval for their expectation applies. Different eigenvalues have
    seen the same inputs.
    """

    h: Array
    dh_dlam: Array

    def means(self) -> tuple[Array, Array]:
        """Estimates of E|h|² and E|∂h/∂λ|², each of shape (eigenvalues,)."""
        return self.h.mean(axis=1), self.dh_dlam.mean(axis=1)

    def standard_errors(self) -> tuple[Array, Array]:
        """The standard errors of `means`, from the spread over two or more chains."""
        h, dh_dlam = (
            rows.std(axis=1, ddof=1) / np.sqrt(rows.shape[1]) for rows in (self.h, self.dh_dlam)
        )
        return h, dh_dlam


def checked(chains: int, steps: int, burn_in: int, seed: int, first_chain: int) -> None:
    """Raise ValueError for sizes and seeds that no simulator takes."""
    if chains < 1 or not 0 <= burn_in < steps < 2**34:
        raise ValueError(
            f"chains = {chains}, steps = {steps}, burn_in = {burn_in}: "
            "at least 1 chain, and 0 ≤ burn_in < steps < 2³⁴"
        )
    if not 0 <= seed < 2**64 or not 0 <= first_chain < 2**62:
        raise ValueError(
            f"seed = {seed}, first_chain = {first_chain}: non-negative, below 2⁶⁴ and 2⁶²"
        )
