"""h_t = λ h_{t−1} + u_t for all t at once."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from numerics.recurrences.linear import powers


def scan(lam: Tensor, u: Tensor, state: Tensor | None = None) -> Tensor:
    """The states h_0, h_1, … in about 2 sqrt(time) steps.

    Args:
        lam: eigenvalues, (d,), real or complex, best in double precision: their powers are taken
            in it, and rounded to the input's only then.
        u: inputs, (…, time, d), complex if λ is.
        state: h_{−1}, (…, d); by default 0.

    Returns:
        The states, (…, time, d), typed as `u`. All orders of derivatives exist; kept for them are
        the states alone, as the gradient is a scan too, backwards in time.

    Examples:
        >>> import torch
        >>> from numerics.layers import scan
        >>> scan(torch.tensor([0.5]), torch.ones(4, 1)).flatten()
        tensor([1.0000, 1.5000, 1.7500, 1.8750])

    """
    if state is not None:
        first = u[..., :1, :] + (lam * state).to(u.dtype).unsqueeze(-2)
        u = torch.cat([first, u[..., 1:, :]], -2)
    states: Tensor = _Scan.apply(lam, u)  # type: ignore[no-untyped-call]  # Torch's
    return states


def loop(lam: Tensor, u: Tensor) -> Tensor:
    """The states that `scan` gives from h_{−1} = 0, step by step.

    Args:
        lam: eigenvalues, (d,).
        u: inputs, (…, time, d), complex if λ is.

    Returns:
        The states, (…, time, d), typed as `u`.

    """
    lam = lam.to(u.dtype)
    states, h = [], torch.zeros_like(u[..., 0, :])
    for now in u.unbind(-2):
        h = lam * h + now
        states.append(h)
    return torch.stack(states, -2)


class _Scan(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(lam: Tensor, u: Tensor) -> Tensor:
        """The states in pieces of time side by side, then what each hands to the next one."""
        steps = u.shape[-2]
        size = math.isqrt(max(steps - 1, 0)) + 1
        pieces = torch.nn.functional.pad(u, (0, 0, 0, -steps % size)).unflatten(-2, (-1, size))
        h = loop(lam, pieces)
        ends = loop(lam**size, h[..., -1, :])
        later = powers(lam, size + 1)[:, 1:].mT.to(u.dtype)
        handed = later * torch.nn.functional.pad(ends[..., :-1, :], (0, 0, 1, 0)).unsqueeze(-2)
        return (h + handed).flatten(-3, -2)[..., :steps, :]

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, Tensor], output: Tensor) -> None:
        ctx.save_for_backward(inputs[0], output)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor]:
        """δ_t = λ̄ δ_{t+1} + ∂/∂h_t: by λ the sum of δ_t h̄_{t−1}, by u_t itself δ_t."""
        lam, h = ctx.saved_tensors
        delta = scan(lam.conj(), gradient.flip(-2)).flip(-2)
        products = delta[..., 1:, :] * h[..., :-1, :].conj()
        by_lam = products.to(lam.dtype).reshape(-1, lam.shape[-1]).sum(0)
        return by_lam, delta
