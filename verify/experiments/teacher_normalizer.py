"""The dense teacher's input normaliser, as the authors' code computes it (claim H4)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from numerics.hessian import Real
from numerics.training import draw_dense
from verify.settings import Settings

STATES, MEMORY = 10, 0.99


def second_moment(
    point: Mapping[str, str], settings: Settings, rng: np.random.Generator
) -> dict[str, list[float]]:
    """E|h|²/|B|² of random teachers whose B is replaced by V γ(l) V⁻¹ B, A = V diag(l) V⁻¹.

    The input is white, the state stationary, γ = sqrt(1 − |l|²), and the eigenvalues are as for
    claim E1. With the entrywise product only the diagonal of V⁻¹ is left, and of the complex B the
    real part, as it has to be real. With orthonormal eigenvectors A is normal.
    """
    teacher = draw_teachers(MEMORY, settings.tier.replicas, rng)
    return {"second_moment": normalised(teacher, point["eigenvectors"], point["product"]).tolist()}


def draw_teachers(memory: float, replicas: int, rng: np.random.Generator) -> Mapping[str, Tensor]:
    """Random dense teachers; `memory` is the least modulus of their eigenvalues."""
    generator = torch.Generator().manual_seed(int(rng.integers(2**63)))
    return draw_dense(STATES, memory, generator, replicas)


def normalised(teachers: Mapping[str, Tensor], eigenvectors: str, product: str) -> Real:
    """E|h|²/|B|² of each teacher, its B normalised; shape (replicas,)."""
    B = teachers["B"].numpy()
    lam, V = np.linalg.eig(teachers["A"].numpy())
    if eigenvectors == "orthonormal":  # the nearest; conjugate pairs stay such
        left, _, right = np.linalg.svd(V)
        V = left @ right
    inverse = np.linalg.inv(V)
    gamma = np.sqrt(1 - np.abs(lam) ** 2)[..., None] * np.eye(STATES)
    scaled = gamma * inverse if product == "entrywise" else gamma @ inverse
    modes = inverse @ (V @ scaled @ B).real
    outer = modes @ np.conj(np.swapaxes(modes, -1, -2))
    covariance = outer / (1 - lam[..., :, None] * np.conj(lam[..., None, :]))
    moment = np.trace(V @ covariance @ np.conj(np.swapaxes(V, -1, -2)), axis1=-2, axis2=-1).real
    return np.asarray(moment / np.sum(B**2, (-2, -1)))
