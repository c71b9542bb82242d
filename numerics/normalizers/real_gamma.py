"""γ of real λ, and its derivative in closed form, in blocks that stay in the processor's cache.

For white noise of weight w₀ and terms w ρ^Δ e^{iφΔ}, conjugate ones among them, E|h|² is
S/(1 − λ²) with S = w₀ + Σ w ab/q, where a = 1 − ρλ, b = 1 + ρλ and q = |1 − ρe^{iφ}λ|² is
a² cos²(φ/2) + b² sin²(φ/2). The derivative of ab/q is 2ρ (a² cos²(φ/2) − b² sin²(φ/2))/q².
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd.forward_ad import unpack_dual

from numerics.normalizers.double_precision import wide

BLOCK = 2**15  # λ at a time

Term = Sequence[float]  # w, 1 − ρ, 1 + ρ and φ


def is_for(lam: Tensor) -> bool:
    """Whether λ is real, inside the disc and at hand, neither traced nor transformed.

    Args:
        lam: λ, any shape.

    """
    plain = type(lam) in (Tensor, torch.nn.Parameter) and lam.device.type == "cpu"
    if not plain or torch.compiler.is_compiling() or torch._C._are_functorch_transforms_active():
        return False
    if not lam.is_floating_point() or lam.numel() == 0 or unpack_dual(lam).tangent is not None:
        return False
    least, most = torch.aminmax(lam.detach())
    return bool(least > -1) and bool(most < 1)


def real_gamma(
    lam: Tensor, white: float, terms: Sequence[Term], reference: Callable[[Tensor], Tensor]
) -> Tensor:
    """γ = 1/sqrt(E|h|²), with γ and its derivative all that is kept for the way back.

    Args:
        lam: λ, −1 < λ < 1, any shape.
        white: the weight of white noise.
        terms: w, 1 − ρ, 1 + ρ and φ of each other term.
        reference: the same γ by Torch's own operations, for derivatives of the derivative.

    Returns:
        γ, of the shape of λ, in its precision.

    """
    found: Tensor = _RealGamma.apply(lam, white, terms, reference)  # type: ignore[no-untyped-call]
    return found


class _RealGamma(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        lam: Tensor,
        white: float,
        terms: Sequence[Term],
        reference: Callable[[Tensor], Tensor],
    ) -> Tensor:
        flat = lam.reshape(-1)
        gamma, *slope = (torch.empty_like(flat) for _ in range(1 + ctx.needs_input_grad[0]))
        for block, *parts in zip(*(v.split(BLOCK) for v in (flat, gamma, *slope)), strict=True):
            (x,) = wide(block)
            for part, found in zip(parts, _with_slope(x, white, terms), strict=False):
                part.copy_(found)
        ctx.save_for_backward(lam, *slope)
        ctx.reference = reference
        return gamma.reshape(lam.shape)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        [gradient] = gradients
        lam, slope = ctx.saved_tensors
        found: Tensor = gradient * slope.reshape(lam.shape)
        if torch.is_grad_enabled():  # what is found here is to be differentiated
            (found,) = torch.autograd.grad(ctx.reference(lam), lam, gradient, create_graph=True)
        return found, None, None, None


def _with_slope(x: Tensor, white: float, terms: Sequence[Term]) -> tuple[Tensor, Tensor]:
    """γ and dγ/dλ at λ = x."""
    one_minus, one_plus = 1 - x, 1 + x
    of_white = one_minus * one_plus
    total, slope = torch.full_like(x, white), torch.zeros_like(x)
    for weight, one_minus_rho, one_plus_rho, turn in terms:
        a = torch.add(one_plus * (one_minus_rho / 2), one_minus, alpha=one_plus_rho / 2)
        b = torch.add(one_minus * (one_minus_rho / 2), one_plus, alpha=one_plus_rho / 2)
        twice_rho = one_plus_rho - one_minus_rho
        if turn == 0:
            inverse = a.reciprocal_()
            total.addcmul_(b, inverse, value=weight)
            slope.addcmul_(inverse, inverse, value=weight * twice_rho)
        else:
            toward, away = a * a * math.cos(turn / 2) ** 2, b * b * math.sin(turn / 2) ** 2
            inverse = 1 / (toward + away)
            total.addcmul_(a * b, inverse, value=weight)
            slope.addcmul_((toward - away) * inverse, inverse, value=weight * twice_rho)
    gamma = torch.sqrt(of_white / total)
    return gamma, torch.addcdiv(x / of_white, slope, total, value=0.5).mul_(gamma).neg_()
