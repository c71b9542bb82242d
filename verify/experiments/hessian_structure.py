"""The Hessian of dense and diagonal linear RNNs at the optimum (paper §4.2; claims D5 and D6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from numerics.evaluation import NUMPY, evaluate
from numerics.hessian import (
    Complex,
    Jacobian,
    Real,
    dense_jacobian,
    diagonal_jacobian,
    diagonal_mass,
    hessian,
    participation,
)
from theory.inputs import exponential
from theory.moments import cross_sensitivity
from theory.presentation import present
from theory.symbols import lam1, lam2, rho

BATCH, STEPS = 4, 300
LEADING = 4
MEASURES = (
    "dense_over_diagonal",
    "diagonal_over_lru",
    "diagonal_over_lru_without_angle",
    "spread_dense_over_diagonal",
    "spread_dense_over_lru",
)
# claim D6's system
MODES, MODULI, CORRELATION = 10, (0.99, 0.995), 0.99
ANGLES = {"pi": np.pi, "pi/10": np.pi / 10, "pi/100": np.pi / 100}


def equivalent_systems(settings: Mapping[str, str], measure: str, seed: Sequence[int]) -> float:
    """Dense against diagonal, or diagonal against LRU, for one random teacher of 4 modes.

    Two conjugate pairs with moduli in [.99, .993], T = 300, white input. A ratio of leading
    eigenvalues, or of the mean participation of the LEADING leading eigenvectors.
    """
    rng = np.random.default_rng(seed)
    lam, P = _modes(rng, settings["eigenvectors"] == "orthonormal")
    B, C = rng.normal(size=(4, 1)), rng.normal(size=(1, 4)) / 2
    D, x = rng.normal(size=(1, 1)), rng.normal(size=(BATCH, STEPS, 1))
    P_inverse = np.linalg.inv(P)
    jacobians = {"diagonal": diagonal_jacobian(lam, P_inverse @ B, C @ P, D, x)}
    jacobians["lru"] = _lru(jacobians["diagonal"], lam, P_inverse @ B)
    jacobians["lru_without_angle"] = {
        name: part for name, part in jacobians["lru"].items() if name != "omega_theta"
    }
    jacobians["dense"] = dense_jacobian((P @ np.diag(lam) @ P_inverse).real, B, C, D, x)
    summary = _spread if measure.startswith("spread_") else _largest
    first, second = measure.removeprefix("spread_").split("_over_")
    return summary(hessian(jacobians[first])) / summary(hessian(jacobians[second]))


def against_angles(settings: Mapping[str, str], measure: str, seed: Sequence[int]) -> float:
    """The diagonal mass of the λ block with wide angles over that with narrow ones (App. C).

    The same moduli and relative angles in both; R = ρ^Δ, population, weights 1.
    """
    rng = np.random.default_rng(seed)
    nu, share = rng.uniform(*MODULI, MODES), rng.uniform(-1, 1, MODES)
    wide, narrow = (
        diagonal_mass(_block(nu * np.exp(1j * ANGLES[settings[name]] * share)))
        for name in ("wider", "narrower")
    )
    return wide / narrow


def _modes(rng: np.random.Generator, orthonormal: bool) -> tuple[Complex, Complex]:
    """Eigenvalues, and eigenvectors of unit length, in conjugate pairs."""
    lam = rng.uniform(0.99, 0.993, 2) * np.exp(1j * rng.uniform(0, np.pi, 2))
    if orthonormal:
        basis, _ = np.linalg.qr(rng.normal(size=(4, 4)))
        P = basis[:, :2] + 1j * basis[:, 2:]
    else:
        P = rng.normal(size=(4, 2)) + 1j * rng.normal(size=(4, 2))
    P = np.concatenate([P, P.conj()], axis=1)
    return np.concatenate([lam, lam.conj()]), P / np.linalg.norm(P, axis=0)


def _largest(matrix: Real) -> float:
    return float(np.linalg.eigvalsh(matrix)[-1])


def _spread(matrix: Real) -> float:
    """Over how many coordinates each of the LEADING leading eigenvectors spreads, on average."""
    vectors = np.linalg.eigh(matrix)[1].T[-LEADING:]
    return float(np.mean([participation(v) for v in vectors]))


def _lru(jacobian: Jacobian, lam: Complex, B: Complex) -> Jacobian:
    """By ω_ν, ω_θ with λ = exp(−exp ω_ν + i exp ω_θ), and γ B in place of B, γ a parameter."""
    nu, theta = np.abs(lam), np.abs(np.angle(lam))
    gamma = np.sqrt(1 - nu**2)
    by_re, by_im = jacobian["lambda_re"], jacobian["lambda_im"]

    def along(direction: Complex) -> NDArray[np.float64]:
        return by_re * direction.real + by_im * direction.imag

    by_gamma = jacobian["B_re"] * B[:, 0].real + jacobian["B_im"] * B[:, 0].imag
    return {
        "omega_nu": along(lam * np.log(nu)),
        "omega_theta": along(1j * lam * np.sign(np.angle(lam)) * theta),
        "gamma": by_gamma / gamma,
        "B_re": jacobian["B_re"] * gamma,
        "B_im": jacobian["B_im"] * gamma,
        **{name: jacobian[name] for name in ("C_re", "C_im", "D")},
    }


def _block(lam: Complex) -> Real:
    """∂²L by the real and imaginary parts of λ for y = Re Σ h_i (claim D3)."""
    a, b = (_cross_sensitivity(lam, other) for other in (lam, lam.conj()))
    return np.block([[(a + b).real, (b - a).imag], [-(a + b).imag, (b - a).real]]) / 2


# S of claim D2, corrected: derived once
_S = present(cross_sensitivity(exponential()))


def _cross_sensitivity(first: Complex, second: Complex) -> Complex:
    values = {lam1: first[:, None], lam2: second[None, :], rho: CORRELATION}
    return np.asarray(evaluate(_S, values, NUMPY))
