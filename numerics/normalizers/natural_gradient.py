"""Steps for eigenvalues as the sensitivity measures them (claim C2-hessian-isotropic).

The metric γ² E|∂h/∂λ|² |dλ|² is conformal on the disc and, for complex λ, curved: no
parametrisation makes it constant, but its natural gradient is one division per eigenvalue.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer
from torch.utils.hooks import RemovableHandle

from numerics.normalizers.eigenvalues import Eigenvalue

Metric = Callable[[Eigenvalue], Tensor]


def natural_gradient(lam: Sequence[Tensor], metric: Metric) -> list[RemovableHandle]:
    """Divide, from now on, the gradients that reach λ by the metric at λ.

    Args:
        lam: the trained real and imaginary part of λ; or λ itself alone, real or complex; of any
            shape.
        metric: `InputNormalizer(x).metric` where h is normalised by γ,
            `InputNormalizer(x).sensitivity` where it is not.

    Returns:
        What takes the hooks off again, by `remove()`.

    Examples:
        >>> import torch
        >>> from numerics.normalizers import InputNormalizer, natural_gradient
        >>> lam = torch.tensor([0.0, 0.9], requires_grad=True)
        >>> _ = natural_gradient([lam], InputNormalizer().metric)
        >>> lam.sum().backward()
        >>> lam.grad
        tensor([1.0000, 0.0199])

    """

    def divided(gradient: Tensor) -> Tensor:
        return (gradient / metric(_inside(lam))).to(gradient.dtype)

    return [part.register_hook(divided) for part in lam]


def natural_steps(
    optimizer: Optimizer, lam: Sequence[Tensor], metric: Metric
) -> list[RemovableHandle]:
    """Have an optimiser see λ, from now on, in coordinates in which the metric is 1.

    Its gradients are divided by the metric's square root before each step, and so is the step
    after it: gradient descent follows the natural gradient, and Adam's steps have the size of
    its rate in units of the sensitivity. λ moves along a geodesic of the Poincaré disc, as far
    and in the direction that the step says: no step leaves the disc.

    Args:
        optimizer: any that takes its gradients from `grad`, `lam` among its parameters.
        lam: as for `natural_gradient`, of any shape.
        metric: likewise.

    Returns:
        What takes the hooks off again, by `remove()`.

    Raises:
        ValueError: at a step that starts with |λ| ≥ 1.

    Examples:
        >>> import torch
        >>> from numerics.normalizers import InputNormalizer, natural_steps
        >>> lam = torch.tensor([0.9], requires_grad=True)
        >>> optimizer = torch.optim.SGD([lam], lr=1.0)
        >>> _ = natural_steps(optimizer, [lam], InputNormalizer().metric)
        >>> (-1e6 * lam).sum().backward()
        >>> optimizer.step()
        >>> bool(lam < 1)
        True

    """
    start: dict[str, Tensor] = {}

    @torch.no_grad()
    def rescale(*_: Any) -> None:
        start.update(lam=_joined(lam), root=torch.sqrt(metric(_inside(lam))))
        for part in lam:
            if part.grad is not None:
                part.grad.copy_(part.grad / start["root"])

    @torch.no_grad()
    def move(*_: Any) -> None:
        end = _geodesic(start["lam"], (_joined(lam) - start["lam"]) / start["root"])
        furthest = 1 - 4 * torch.finfo(lam[0].dtype).eps  # or rounding would put it on the circle
        end = end * (furthest / end.abs()).clamp(max=1)
        ends = (end,) if len(lam) == 1 else (end.real, end.imag)
        for part, value in zip(lam, ends, strict=True):
            part.copy_(value)

    return [optimizer.register_step_pre_hook(rescale), optimizer.register_step_post_hook(move)]


def _geodesic(lam: Tensor, step: Tensor) -> Tensor:
    """λ + Δ to first order: the Poincaré disc's exponential map.

    It is (λ + d)/(1 + λ̄ d) with d = tanh(|Δ|/(1 − |λ|²)) Δ/|Δ|, as the difference from λ.
    """
    room, length = Eigenvalue.of(lam).one_minus_square, step.abs()
    d = step * torch.where(length > 0, torch.tanh(length / room) / length, 1 / room)
    return lam + room * d / (1 + lam.conj() * d)


def _joined(lam: Sequence[Tensor]) -> Tensor:
    """λ from its one or two parts, in double precision."""
    wide = torch.promote_types(lam[0].dtype, torch.float64)
    parts = [part.detach().to(wide, copy=True) for part in lam]
    return parts[0] if len(parts) == 1 else torch.complex(*parts)


def _inside(lam: Sequence[Tensor]) -> Eigenvalue:
    eigenvalue = Eigenvalue.of(_joined(lam))
    outside = ~(eigenvalue.one_minus > 0)
    if outside.any():
        z = _joined(lam)[outside][0].item()
        raise ValueError(f"lam: |λ| < 1 is needed, not {z}: use a smaller rate or `natural_steps`")
    return eigenvalue
