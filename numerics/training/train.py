"""Training many students at once, each with a learning rate of its own (paper §4.3)."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from numerics.recurrences import Parameters
from numerics.recurrences.vectors import flat, unflat
from numerics.training.losses import Loss
from numerics.training.optimizers import Adam, Optimizer

FINAL_RATE = 1e-7


def train(
    loss: Loss,
    p: Parameters,
    rate: Tensor,
    steps: int,
    final_rate: float | Tensor = FINAL_RATE,
    optimizer: Optimizer | None = None,
) -> tuple[dict[str, Tensor], Tensor]:
    """Gradient steps with a cosine schedule from each student's rate to `final_rate`.

    Args:
        loss: parameters → one loss per student; called once a step, it may draw fresh data.
        p: initial parameters, of any shape behind the axes of `rate`.
        rate: learning rates, (…), one per student, or a scalar tensor for a single one.
        steps: how many.
        final_rate: the rate after the last step, (…) or a scalar; `rate` itself keeps it constant.
        optimizer: Adam if none; fresh, unless training goes on.

    Returns:
        The trained parameters, of the shapes of `p`, and the losses before each step, (steps, …).

    Raises:
        ValueError: if there is no step to make, or parameters do not begin with `rate`'s axes.

    Examples:
        >>> import torch
        >>> from numerics.recurrences import diagonal, white_moments
        >>> from numerics.training import draw_diagonal, population_loss, train
        >>> generator = torch.Generator().manual_seed(0)
        >>> q = diagonal(draw_diagonal(4, 0.5, generator)).impulse_response(100)
        >>> students = draw_diagonal(4, 0.5, generator, 3)
        >>> loss = population_loss(diagonal, q, white_moments(100))
        >>> _, curves = train(loss, students, torch.tensor([1e-3, 1e-2, 1e-1]), steps=200)
        >>> curves.shape
        torch.Size([200, 3])

    """
    if steps < 1:
        raise ValueError(f"steps: at least 1 is needed, not {steps}")
    leading = rate.ndim
    for name, value in p.items():
        if value.shape[:leading] != rate.shape:
            raise ValueError(
                f"{name}: the first axes must be those of rate, {tuple(rate.shape)}, "
                f"not {tuple(value.shape[:leading])}"
            )
    vector = flat(p, leading).detach().requires_grad_()
    optimizer, losses = optimizer or Adam(), []
    for t in range(steps):
        each = loss(unflat(vector, p, leading))
        (gradient,) = torch.autograd.grad(each.sum(), vector)
        cosine = (1 + math.cos(math.pi * t / steps)) / 2
        now = final_rate + (rate - final_rate) * cosine
        with torch.no_grad():
            vector -= now.unsqueeze(-1) * optimizer.step(vector, gradient)
        losses.append(each.detach())
    return unflat(vector.detach(), p, leading), torch.stack(losses)
