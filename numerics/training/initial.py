"""Random linear systems to start from and to learn (paper §4.3)."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def draw_dense(
    d: int, slowest: float, generator: torch.Generator | None, *leading: int, angle: float = math.pi
) -> dict[str, Tensor]:
    """A random dense system, scalar in and out, with slow modes.

    The eigenvalues l of a Gaussian matrix of variance 1/d are moved to |λ| = ν + (1−ν) tanh|l|,
    with their angles scaled by `angle`/π. B, C sqrt(d) and D are standard Gaussian.

    Args:
        d: states.
        slowest: ν, the least modulus, 0 ≤ ν < 1.
        generator: of the random numbers; Torch's own if None.
        leading: leading axes, … in shapes: so many systems.
        angle: the largest angle, in (0, π].

    Returns:
        A, (…, d, d); B, (…, d, 1); C, (…, 1, d); D, (…, 1, 1): float64.

    Raises:
        ValueError: if `slowest` or `angle` lies outside its interval.

    """
    _check(slowest, angle)
    return {
        "A": slowed(_normal(generator, *leading, d, d) / math.sqrt(d), slowest, angle),
        "B": _normal(generator, *leading, d, 1),
        "C": _normal(generator, *leading, 1, d) / math.sqrt(d),
        "D": _normal(generator, *leading, 1, 1),
    }


def slowed(A: Tensor, slowest: float, angle: float) -> Tensor:
    """A matrix whose eigenvalues l are moved to |λ| = ν + (1−ν) tanh|l|, the angles narrowed.

    Args:
        A: matrices, (…, d, d), real.
        slowest: ν, the least modulus.
        angle: what the largest angle, π, becomes.

    Returns:
        The moved matrices, (…, d, d), real.

    """
    raw, V = torch.linalg.eig(A)
    modulus = slowest + (1 - slowest) * torch.tanh(raw.abs())
    lam = torch.polar(modulus, raw.angle() * angle / math.pi)
    moved: Tensor = V * lam.unsqueeze(-2) @ torch.linalg.inv(V)
    return moved.real


def draw_block(
    d: int,
    heads: int,
    slowest: float,
    generator: torch.Generator | None,
    *leading: int,
    angle: float = math.pi,
) -> dict[str, Tensor]:
    """A random block-diagonal system: each head's block of A drawn as `draw_dense` does.

    Arguments and errors are as for `draw_dense`; `d` states are in `heads` blocks of the same size.

    Returns:
        A, (…, heads, size, size); B, (…, d, 1); C, (…, 1, d); D, (…, 1, 1): float64.

    Raises:
        ValueError: also if `heads` does not divide `d`.

    """
    if heads < 1 or d % heads:
        raise ValueError(f"heads: a divisor of the {d} states is needed, not {heads}")
    blocks = draw_dense(d // heads, slowest, generator, *leading, heads, angle=angle)
    return {
        "A": blocks["A"],
        "B": blocks["B"].flatten(-3, -2),
        "C": blocks["C"].movedim(-3, -2).flatten(-2) / math.sqrt(heads),
        "D": _normal(generator, *leading, 1, 1),
    }


def draw_diagonal(
    d: int, slowest: float, generator: torch.Generator | None, *leading: int, angle: float = math.pi
) -> dict[str, Tensor]:
    """A random complex diagonal system, scalar in and out, uniform on the ring ν ≤ |λ| < 1.

    Arguments and errors are as for `draw_dense`. B has variance 1 − |λ|², so that each state has
    unit variance under white input, and C has variance 1/d.

    Returns:
        lambda_re and lambda_im, (…, d); B_re and B_im, (…, d, 1); C_re and C_im, (…, 1, d); D,
        (…, 1, 1): float64.

    """
    _check(slowest, angle)
    shape = (*leading, d)
    share = torch.rand(*shape, generator=generator, dtype=torch.float64)
    modulus = torch.sqrt(slowest**2 + (1 - slowest**2) * share)
    theta = angle * (2 * torch.rand(*shape, generator=generator, dtype=torch.float64) - 1)
    lam = torch.polar(modulus, theta)
    gamma = torch.sqrt((1 - modulus) * (1 + modulus)).unsqueeze(-1) / math.sqrt(2)
    return {
        "lambda_re": lam.real.clone(),
        "lambda_im": lam.imag.clone(),
        "B_re": gamma * _normal(generator, *shape, 1),
        "B_im": gamma * _normal(generator, *shape, 1),
        "C_re": _normal(generator, *leading, 1, d) / math.sqrt(2 * d),
        "C_im": _normal(generator, *leading, 1, d) / math.sqrt(2 * d),
        "D": _normal(generator, *leading, 1, 1),
    }


def _check(slowest: float, angle: float) -> None:
    if not 0 <= slowest < 1:
        raise ValueError(f"slowest: a modulus with 0 ≤ ν < 1 is needed, not {slowest}")
    if not 0 < angle <= math.pi:
        raise ValueError(f"angle: 0 < θ ≤ π is needed, not {angle}")


def _normal(generator: torch.Generator | None, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=generator, dtype=torch.float64)
