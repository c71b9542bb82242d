"""What is read off a Hessian: how far its eigenvectors spread, how diagonal it is (paper §4.2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Real = NDArray[np.float64]


def participation(vector: NDArray[np.inexact]) -> Real:
    """The number of coordinates over which a vector spreads: (Σ|v|²)² / Σ|v|⁴ along the last axis.

    Examples:
        >>> import numpy as np
        >>> from numerics.hessian import participation
        >>> participation(np.array([1.0, 1.0, 0.0]))
        array(2.)

    """
    power = np.abs(vector) ** 2
    return np.asarray(power.sum(-1) ** 2 / (power**2).sum(-1))


def diagonal_mass(matrix: NDArray[np.inexact]) -> Real:
    """The diagonal's share of Σ|H_ij|², over the last two axes.

    Examples:
        >>> import numpy as np
        >>> from numerics.hessian import diagonal_mass
        >>> diagonal_mass(np.ones((4, 4)))
        array(0.25)

    """
    power = np.abs(matrix) ** 2
    return np.asarray(np.trace(power, axis1=-2, axis2=-1) / power.sum((-2, -1)))


def spectrum_distance(first: ArrayLike, second: ArrayLike) -> float:
    """Root mean square of log10 of the ratios of eigenvalues of the same rank, from the largest on.

    Args:
        first: positive eigenvalues (n,), in any order.
        second: those of another matrix, as many.

    Returns:
        0 for equal spectra, 1 if they differ tenfold.

    Raises:
        ValueError: if the numbers of eigenvalues differ, or one is not positive.

    Examples:
        >>> from numerics.hessian import spectrum_distance
        >>> spectrum_distance([10.0, 1.0], [1.0, 0.1])
        1.0

    """
    spectra = np.sort(np.atleast_1d(first)), np.sort(np.atleast_1d(second))
    if spectra[0].shape != spectra[1].shape or spectra[0].ndim != 1:
        shapes = " and ".join(str(s.shape) for s in spectra)
        raise ValueError(f"spectra: two lists of the same length are needed, not {shapes}")
    for name, spectrum in zip(("first", "second"), spectra, strict=True):
        if not spectrum[0] > 0:
            raise ValueError(f"{name}: positive eigenvalues are needed, not {spectrum[0]:.3g}")
    return float(np.sqrt(np.mean(np.log10(spectra[0] / spectra[1]) ** 2)))
