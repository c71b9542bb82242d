"""The Hessian of dense and diagonal linear RNNs at the optimum (paper §4.2; claims D5 and D6)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from numerics.arithmetic.evaluation import NUMPY, evaluate_in
from numerics.hessian import (
    Complex,
    Jacobian,
    Real,
    dense_jacobian,
    diagonal_jacobian,
    diagonal_mass,
    hessian,
    participation,
    spectrum_distance,
)
from theory.algebra.presentation import present
from theory.inputs import exponential
from theory.moments import cross_sensitivity
from theory.symbols import lam1, lam2, rho
from verify.settings import Settings

BATCH, STEPS = 4, 300
LEADING = 4
# claim D6's system
MODES, MODULI, CORRELATION = 10, (0.99, 0.995), 0.99
ANGLES = {"pi": np.pi, "pi/10": np.pi / 10, "pi/100": np.pi / 100}


def equivalent_systems(
    point: Mapping[str, str], settings: Settings, rng: np.random.Generator
) -> dict[str, list[float]]:
    """Random teachers of 4 modes, written as dense or diagonal networks or as LRUs.

    The modes are two conjugate pairs with moduli in [.99, .993]; T = 300, white input. Measured are
    the Hessian's largest eigenvalue; the distance of its LEADING leading ones, in decades, from
    those of the dense network's; over how many coordinates each of their eigenvectors spreads; and
    its diagonal mass.
    """
    replicas = settings.tier.replicas
    lam, P = _modes(rng, replicas, point["eigenvectors"] == "orthonormal")
    B, C = rng.normal(size=(replicas, 4, 1)), rng.normal(size=(replicas, 1, 4)) / 2
    D, x = rng.normal(size=(replicas, 1, 1)), rng.normal(size=(replicas, BATCH, STEPS, 1))
    P_inverse = np.linalg.inv(P)
    dense = dense_jacobian((P * lam[:, None, :] @ P_inverse).real, B, C, D, x)
    jacobian = dense
    if point["parametrization"] != "dense":
        jacobian = diagonal_jacobian(lam, P_inverse @ B, C @ P, D, x)
    if point["parametrization"].startswith("lru"):
        jacobian = _lru(jacobian, lam, P_inverse @ B)
    if point["parametrization"] == "lru_without_angle":
        jacobian = {name: part for name, part in jacobian.items() if name != "omega_theta"}
    H, H_dense = hessian(jacobian), hessian(dense)
    leading, vectors = (part[..., -LEADING:] for part in np.linalg.eigh(H))
    of_dense = np.linalg.eigvalsh(H_dense)[..., -LEADING:]
    return {
        "largest_eigenvalue": leading[..., -1].tolist(),
        "distance_from_dense": list(map(spectrum_distance, leading, of_dense)),
        "spread": participation(np.swapaxes(vectors, -1, -2)).mean(-1).tolist(),
        "diagonal_mass": diagonal_mass(H).tolist(),
    }


def against_angles(
    point: Mapping[str, str], settings: Settings, rng: np.random.Generator
) -> dict[str, list[float]]:
    """The diagonal mass of the λ block with angles up to the given one (App. C).

    The moduli and relative angles are the same at each point; R = ρ^Δ, population, weights 1.
    """
    block = eigenvalue_block(eigenvalues(point["angles"], settings.tier.replicas, rng))
    return {"diagonal_mass": diagonal_mass(block).tolist()}


def eigenvalues(angles: str, replicas: int, rng: np.random.Generator) -> Complex:
    """Eigenvalues as in claim D6, with angles up to one of ANGLES; shape (replicas, MODES)."""
    shape = (replicas, MODES)
    nu, share = rng.uniform(*MODULI, shape), rng.uniform(-1, 1, shape)
    return np.asarray(nu * np.exp(1j * ANGLES[angles] * share))


def _modes(rng: np.random.Generator, replicas: int, orthonormal: bool) -> tuple[Complex, Complex]:
    """Eigenvalues, and eigenvectors of unit length, in conjugate pairs."""
    lam = rng.uniform(0.99, 0.993, (replicas, 2)) * np.exp(
        1j * rng.uniform(0, np.pi, (replicas, 2))
    )
    basis = rng.normal(size=(replicas, 4, 4))
    if orthonormal:
        basis, _ = np.linalg.qr(basis)
    P = basis[..., :2] + 1j * basis[..., 2:]
    P = np.concatenate([P, P.conj()], axis=-1)
    lam = np.concatenate([lam, lam.conj()], axis=-1)
    return lam, P / np.linalg.norm(P, axis=-2, keepdims=True)


def _lru(jacobian: Jacobian, lam: Complex, B: Complex) -> Jacobian:
    """The Jacobian where λ = exp(−exp ω_ν + i exp ω_θ), and γ B is in place of B, γ a parameter."""

    def each(z: Real) -> Real:
        """One number per eigenvalue, the same for batch, time and output."""
        return z[:, None, None, None, :]

    def along(name: str, direction: Complex) -> Real:
        re, im = jacobian[f"{name}_re"], jacobian[f"{name}_im"]
        return re * each(direction.real) + im * each(direction.imag)

    nu, theta = np.abs(lam), np.abs(np.angle(lam))
    gamma = np.sqrt(1 - nu**2)
    return {
        "omega_nu": along("lambda", lam * np.log(nu)),
        "omega_theta": along("lambda", 1j * lam * np.sign(np.angle(lam)) * theta),
        "gamma": along("B", B[..., 0] / gamma),
        "B_re": jacobian["B_re"] * each(gamma),
        "B_im": jacobian["B_im"] * each(gamma),
        **{name: jacobian[name] for name in ("C_re", "C_im", "D")},
    }


def eigenvalue_block(lam: Complex) -> Real:
    """∂²L by the real and imaginary parts of λ for y = Re Σ h_i and R = CORRELATION^Δ (claim D3).

    Args:
        lam: shape (…, modes).

    Returns:
        Shape (…, 2 modes, 2 modes), real parts first.

    """
    a, b = (_cross_sensitivity(lam, other) for other in (lam, lam.conj()))
    return np.block([[(a + b).real, (b - a).imag], [-(a + b).imag, (b - a).real]]) / 2


# S of claim D2, corrected: derived once
_S = present(cross_sensitivity(exponential()))


def _cross_sensitivity(first: Complex, second: Complex) -> Complex:
    values = {lam1: first[..., :, None], lam2: second[..., None, :], rho: CORRELATION}
    return np.asarray(evaluate_in(_S, values, NUMPY))
