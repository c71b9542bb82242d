"""The Hessian of dense and diagonal linear RNNs at the optimum (paper §4.2; claims D5, D6, G6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import torch
from torch import Tensor

from numerics.arithmetic.evaluation import NUMPY, evaluate_in
from numerics.hessian import (
    Complex,
    Real,
    at_optimum,
    diagonal_mass,
    participation,
    spectrum_distance,
)
from numerics.recurrences import Realization, dense, diagonal, lru, sampled_moments
from theory.algebra.presentation import present
from theory.inputs import exponential
from theory.moments import cross_sensitivity
from theory.symbols import lam1, lam2, rho
from verify.experiments.jax_random import Key, key_of, normal, split, uniform
from verify.experiments.released_systems import s4
from verify.settings import Settings

Teacher = tuple[Real, Real, Real, Real, Real]

BATCH, STEPS = 4, 300
PUBLISHED_BATCH, PUBLISHED_SEED = 64, 0
LEADING = 4
S4_STEP = 0.01
# claim D6's system
MODES, MODULI, CORRELATION, ANGLES_SEED = 10, (0.99, 0.995), 0.99, 53
ANGLES = {"pi": np.pi, "pi/10": np.pi / 10, "pi/100": np.pi / 100}


def published_system(
    point: Mapping[str, str], settings: Settings, rng: np.random.Generator
) -> dict[str, list[float]]:
    """The one teacher of Figs. 4 and 9, as dense or diagonal network, as LRU or as S4.

    Its modes are two conjugate pairs with moduli in [.99, .993]; T = 300, white input. Measured are
    the Hessian's largest eigenvalue; the distance of its LEADING leading ones, in decades, from
    those of the dense network's; over how many coordinates each of their eigenvectors spreads; and
    its diagonal mass.
    """
    return _measured(point["parametrization"], [published_teacher()])


def equivalent_systems(
    point: Mapping[str, str], settings: Settings, rng: np.random.Generator
) -> dict[str, list[float]]:
    """Random teachers in the published one's place, measured alike.

    Moduli and angles are drawn as there. The eigenvectors are normal and of unit length, or
    orthonormal.
    """
    replicas = settings.tier.replicas
    lam, P = _modes(rng, replicas, point["eigenvectors"] == "orthonormal")
    A = (P * lam[:, None, :] @ np.linalg.inv(P)).real
    B, C = rng.normal(size=(replicas, 4, 1)), rng.normal(size=(replicas, 1, 4)) / 2
    D, x = rng.normal(size=(replicas, 1, 1)), rng.normal(size=(replicas, BATCH, STEPS, 1))
    return _measured(point["parametrization"], zip(A, B, C, D, x, strict=True))


def published_teacher() -> Teacher:
    """A, (4, 4), B, (4, 1), C, (1, 4), D, (1, 1), and inputs, (64, 300, 1), of Figs. 4 and 9."""

    def drawn(key: Key, *shape: int) -> Real:
        return np.asarray(normal(key, *shape, dtype=np.float64))

    of_moduli, of_angles, of_re, of_im = split(key_of(PUBLISHED_SEED), 4)
    modulus, share = (uniform(key, 2, dtype=np.float64) for key in (of_moduli, of_angles))
    half = (0.99 + 0.003 * modulus) * np.exp(2j * np.pi * share)
    rows = (drawn(of_re, 2, 4) + 1j * drawn(of_im, 2, 4)) / (2 * np.sqrt(2))
    lam, left = np.concatenate([half, half.conj()]), np.concatenate([rows, rows.conj()])
    A = (np.linalg.inv(left) * lam @ left).real
    _, of_B, of_C, of_D = split(key_of(PUBLISHED_SEED), 4)
    # of a loader's first epoch, of so many batches, the first
    of_batch = split(split(key_of(PUBLISHED_SEED + 1))[0], 1000)[0]
    x = drawn(split(split(of_batch, PUBLISHED_BATCH))[:, 0], STEPS, 1)
    return A, drawn(of_B, 4, 1), drawn(of_C, 1, 4) / 2, drawn(of_D, 1, 1), x


def _measured(parametrization: str, teachers: Iterable[Teacher]) -> dict[str, list[float]]:
    """What is measured of teachers that are written in a parametrization."""
    measured: dict[str, list[float]] = {}
    for A, B, C, D, x in teachers:
        moments = sampled_moments(torch.from_numpy(x))
        p = {name: torch.from_numpy(z) for name, z in zip("ABCD", (A, B, C, D), strict=True)}
        H_dense = at_optimum(dense, p, moments).numpy()
        H = H_dense
        if parametrization != "dense":
            lam, P = np.linalg.eig(A)
            realization, p = equivalent(parametrization, lam, np.linalg.solve(P, B), C @ P, D)
            H = at_optimum(realization, p, moments).numpy()
        leading, of_dense = (np.linalg.eigvalsh(one)[-LEADING:] for one in (H, H_dense))
        vectors = np.linalg.eigh(H).eigenvectors[:, -LEADING:]
        for name, value in (
            ("largest_eigenvalue", leading[-1]),
            ("distance_from_dense", spectrum_distance(leading, of_dense)),
            ("spread", participation(vectors.T).mean()),
            ("diagonal_mass", diagonal_mass(H)),
        ):
            measured.setdefault(name, []).append(float(value))
    return measured


def equivalent(
    parametrization: str, lam: Complex, B: Complex, C: Complex, D: Real
) -> tuple[Realization, dict[str, Tensor]]:
    """A diagonal system as the released code writes it in a parametrization.

    Args:
        parametrization: "diagonal", "lru", "lru_without_angle", whose angles are no parameters, or
            "s4".
        lam: eigenvalues, (d,).
        B: input weights, (d, 1).
        C: output weights, (1, d).
        D: (1, 1).

    Returns:
        The realization, and its parameters.

    """
    modulus, angle = np.abs(lam), np.mod(np.angle(lam), 2 * np.pi)
    gamma, fixed = np.sqrt(1 - modulus**2), {}
    match parametrization:
        case "diagonal":
            realization, scale = diagonal, np.ones(lam.shape)
            p = {"lambda_re": lam.real, "lambda_im": lam.imag}
        case "s4":
            realization, scale = s4, np.full(lam.shape, S4_STEP)
            p = {"a_re": np.log(modulus) / S4_STEP, "a_im": angle / S4_STEP}
            p["step"] = np.log(np.expm1(scale))
        case _:
            realization, scale = lru, gamma
            p = {"nu_log": np.log(-np.log(modulus)), "gamma_log": np.log(gamma)}
            of_angle = {"theta_log": np.log(angle)}
            if parametrization == "lru":
                p |= of_angle
            else:
                fixed = of_angle
    B = B / scale[:, None]
    p |= {"B_re": B.real, "B_im": B.imag, "C_re": C.real, "C_im": C.imag, "D": D}

    def there(values: Mapping[str, Real]) -> dict[str, Tensor]:
        return {n: torch.from_numpy(np.ascontiguousarray(z)) for n, z in values.items()}

    held = there(fixed)
    return lambda q: realization({**held, **q}), there(p)


def published_against_angles(
    point: Mapping[str, str], settings: Settings, rng: np.random.Generator
) -> dict[str, list[float]]:
    """The diagonal mass of the λ block of Fig. 10's system, with angles up to the given one.

    The moduli, relative angles and weights are the same at each point; R = ρ^Δ, population.
    """
    block = eigenvalue_block(*published_modes(point["angles"]))
    return {"diagonal_mass": [float(diagonal_mass(block))]}


def against_angles(
    point: Mapping[str, str], settings: Settings, rng: np.random.Generator
) -> dict[str, list[float]]:
    """What `published_against_angles` measures, of random systems in the published one's place."""
    shape = (settings.tier.replicas, MODES)
    areas, shares = rng.uniform(size=shape), rng.uniform(size=shape)
    b, c = rng.normal(size=(2, *shape)) + 1j * rng.normal(size=(2, *shape))
    block = eigenvalue_block(*_narrowed(point["angles"], areas, shares, b * c / 2))
    return {"diagonal_mass": diagonal_mass(block).tolist()}


def published_modes(angles: str) -> tuple[Complex, Complex]:
    """The eigenvalues, (MODES,), and weights b c, (MODES,), of Fig. 10's system.

    Args:
        angles: the largest angle, one of ANGLES.

    """
    of_b, of_c, of_areas, of_shares = split(key_of(ANGLES_SEED), 4)
    areas, shares = (
        uniform(key, MODES, dtype=np.float64).astype(float) for key in (of_areas, of_shares)
    )
    b, c = (_complex_normal(key, MODES) for key in (of_b, of_c))
    return _narrowed(angles, areas, shares, b * c)


def _complex_normal(key: Key, *shape: int) -> Complex:
    """Complex normal numbers of unit variance, doubles; `jax.random.normal`."""
    re, im = (normal(part, *shape, dtype=np.float64) for part in split(key))
    return np.asarray((re + 1j * im) / np.sqrt(2))


def _narrowed(angles: str, areas: Real, shares: Real, weights: Complex) -> tuple[Complex, Complex]:
    """Eigenvalues of MODULI, uniform in area, with angles of up to one of ANGLES; and weights."""
    low, high = MODULI
    nu = np.sqrt(low**2 + areas * (high**2 - low**2))
    return nu * np.exp(1j * ANGLES[angles] * (2 * shares - 1)), weights


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


def eigenvalue_block(lam: Complex, weights: Complex) -> Real:
    """∂²L by the real and imaginary parts of λ for y = Re Σ b c h and R = CORRELATION^Δ (claim D3).

    Args:
        lam: shape (…, modes).
        weights: b c, of input and output, shape (…, modes).

    Returns:
        Shape (…, 2 modes, 2 modes), real parts first.

    """
    a, b = (
        weights[..., :, None] * w[..., None, :] * _cross_sensitivity(lam, other)
        for other, w in ((lam, weights), (lam.conj(), weights.conj()))
    )
    return np.block([[(a + b).real, (b - a).imag], [-(a + b).imag, (b - a).real]]) / 2


# S of claim D2, corrected: derived once
_S = present(cross_sensitivity(exponential()))


def _cross_sensitivity(first: Complex, second: Complex) -> Complex:
    values = {lam1: first[..., :, None], lam2: second[..., None, :], rho: CORRELATION}
    return np.asarray(evaluate_in(_S, values, NUMPY))
