"""Exactly stationary Gaussian inputs with a given autocorrelation, and its numerical values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import toeplitz

from theory.inputs import StationaryInput

Array = NDArray[Any]  # float64 or complex128


def autocorrelation_values(
    x: StationaryInput, values: Mapping[sp.Symbol, Any], length: int
) -> Array:
    """R(0), …, R(length − 1) in double precision.

    Each term's coefficient and ratio is evaluated once, and its powers are products in turn, so
    that R(Δ) is off by at most about 3 Δ ε R(0), ε the machine epsilon.

    Args:
        x: the input.
        values: a number for every parameter of `x`.
        length: how many lags, counting lag 0.

    Returns:
        Shape (length,); float64 where R is real, else complex128.

    Raises:
        ValueError: if a parameter has no value, or length < 1.

    Examples:
        >>> from numerics import autocorrelation_values
        >>> from theory import exponential
        >>> from theory.symbols import rho
        >>> autocorrelation_values(exponential(), {rho: 0.5}, 4)
        array([1.   , 0.5  , 0.25 , 0.125])

    """
    if length < 1:
        raise ValueError(f"length = {length}: at least lag 0 is needed")
    terms = [
        (number(term.coefficient, values), number(term.ratio, values), term.power)
        for term in x.terms
    ]
    total = at_lags(terms, {lag: number(value, values) for lag, value in x.lags}, length)
    return total.real if x.is_real or not total.imag.any() else total


def at_lags(
    terms: Iterable[tuple[complex, complex, int]], lags: Mapping[int, complex], length: int
) -> Array:
    """Σ c Δ^k z^Δ over terms (c, z, k), and what single lags add, for Δ < length; complex128."""
    Delta = np.arange(length, dtype=float)
    total = np.zeros(length, dtype=complex)
    for c, z, k in terms:
        powers = np.full(length, z)
        powers[0] = 1
        total += c * Delta**k * np.cumprod(powers)  # a tenth of the time of z**Δ, as exact
    for lag, value in lags.items():
        if lag < length:
            total[lag] += value
    return total


def sample_input(autocorrelation: ArrayLike, chains: int, rng: np.random.Generator) -> Array:
    """Independent Gaussian chains x_0 … x_{T−1} with E[x_{t+Δ} x̄_t] = R(Δ) exactly.

    The Toeplitz matrix of R is factorised by Cholesky's method, or by its eigenvectors if it is
    singular (a constant, a pure oscillation) to rounding; time O(T³).

    Args:
        autocorrelation: R(0), …, R(T − 1), shape (T,). Real values give real Gaussians,
            complex values circular complex ones (E[x_s x_t] = 0).
        chains: how many independent chains.
        rng: the source of randomness.

    Returns:
        Shape (chains, T).

    Raises:
        ValueError: if R is not the autocorrelation of anything: a value that is not finite, or
            an eigenvalue of the Toeplitz matrix below −4 T² ε R(0). That is what rounding can
            do: values off by 3 T ε R(0) shift an eigenvalue by at most T times as much, and
            both ways are backward stable to T ε ‖R‖ ≤ T² ε R(0).

    Examples:
        >>> import numpy as np
        >>> from numerics import sample_input
        >>> x = sample_input([1.0, 0.5, 0.25], chains=1000, rng=np.random.default_rng(0))
        >>> x.shape
        (1000, 3)

    """
    R = np.asarray(autocorrelation)
    if R.ndim != 1 or not R.size or not np.all(np.isfinite(R)):
        raise ValueError(f"autocorrelation: one row of finite numbers, not {R!r}")
    if R[0].real < 0 or R[0].imag != 0:
        raise ValueError(f"autocorrelation: R(0) = {R[0]} is a variance, real and not negative")
    root = _square_root(tuple(R.tolist()))
    noise = rng.standard_normal((chains, R.size))
    if np.iscomplexobj(R):
        noise = (noise + 1j * rng.standard_normal((chains, R.size))) / np.sqrt(2)
    samples: Array = noise @ root
    return samples


@lru_cache(maxsize=4)  # chains come in blocks
def _square_root(R: tuple[complex, ...]) -> Array:
    """A matrix S with Sᵀ S̄ the Toeplitz matrix of R."""
    T = len(R)
    # SciPy's default first row is conj R: entry (s, t) is R(s − t) as it should be
    matrix = toeplitz(R)
    with suppress(np.linalg.LinAlgError):  # a tenth of the time of eigenvectors
        return np.asarray(np.linalg.cholesky(matrix).T)
    eigenvalues, vectors = np.linalg.eigh(matrix)
    bound = 4 * T**2 * np.finfo(float).eps * R[0].real
    if eigenvalues[0] < -bound:
        raise ValueError(
            f"no autocorrelation: its Toeplitz matrix has the eigenvalue {eigenvalues[0]:.3g} < 0 "
            f"(rounding explains {-bound:.1e})"
        )
    root: Array = np.sqrt(np.maximum(eigenvalues, 0))[:, None] * vectors.T
    return root


def number(expr: sp.Expr, values: Mapping[sp.Symbol, Any]) -> complex:
    """An expression's value in double precision; ValueError if a parameter has none."""
    value = expr.subs(values)
    if value.free_symbols:
        missing = ", ".join(sorted(str(s) for s in value.free_symbols))
        raise ValueError(f"no value for {missing}: give a number for every parameter")
    return complex(value.evalf(20))
