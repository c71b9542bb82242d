"""Plain ways to h_t = λ_t h_{t−1} + u_t: step by step, and in pieces of time side by side."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from numerics.recurrences.linear import powers


def loop(lam: Tensor, u: Tensor) -> Tensor:
    """The states that `scan` gives from h_{−1} = 0, step by step.

    Args:
        lam: eigenvalues, (d,), or (…, time, d) as `u`.
        u: inputs, (…, time, d), complex if λ is.

    Returns:
        The states, (…, time, d), typed as `u`.

    """
    lam = lam.to(u.dtype)
    of_steps = [lam] * u.shape[-2] if lam.dim() == 1 else lam.unbind(-2)
    states, h = [], torch.zeros_like(u[..., 0, :])
    for factor, now in zip(of_steps, u.unbind(-2), strict=True):
        h = factor * h + now
        states.append(h)
    return torch.stack(states, -2)


def in_pieces(lam: Tensor, u: Tensor) -> Tensor:
    """The states that `loop` gives, in about 2 sqrt(time) steps.

    Pieces of time go side by side, and then each hands its last state to the next one.

    Args:
        lam: eigenvalues, (d,), or (…, time, d) as `u`.
        u: inputs, (…, time, d), complex if λ is.

    Returns:
        The states, (…, time, d), typed as `u`.

    """
    steps = u.shape[-2]
    size = math.isqrt(max(steps - 1, 0)) + 1

    def pieces(v: Tensor) -> Tensor:
        padded = torch.nn.functional.pad(v, (0, 0, 0, -steps % size))
        cut: Tensor = padded.unflatten(-2, (-1, size))
        return cut

    if lam.dim() == 1:
        within, passed_on = lam, powers(lam, size + 1)[:, 1:].mT
    else:
        within = pieces(lam)
        passed_on = within.cumprod(-2)
    h = loop(within, pieces(u))
    ends = loop(lam**size if lam.dim() == 1 else passed_on[..., -1, :], h[..., -1, :])
    before = torch.nn.functional.pad(ends[..., :-1, :], (0, 0, 1, 0)).unsqueeze(-2)
    states: Tensor = (h + passed_on.to(u.dtype) * before).flatten(-3, -2)[..., :steps, :]
    return states


def plain(v: Tensor) -> Tensor:
    """The numbers of a tensor as they lie in memory, apart from derivatives.

    Args:
        v: of any shape, (…).

    Returns:
        They, (…), contiguous.

    """
    return v.detach().resolve_conj().resolve_neg().contiguous()


def wide_type(v: Tensor) -> torch.dtype:
    """The type in double precision of numbers such as a tensor's.

    Args:
        v: of any shape, (…).

    """
    return torch.complex128 if v.is_complex() else torch.float64
