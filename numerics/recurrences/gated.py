"""Gated recurrences: a step function, and its rollout."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from numerics.recurrences.parametrizations import Parameters

Step = Callable[[Parameters, Tensor, Tensor], Tensor]  # parameters, h_{t−1}, x_t → h_t


def gru_step(p: Parameters, h: Tensor, u: Tensor) -> Tensor:
    """The gated recurrent unit (Cho et al., 2014), with PyTorch's names and order of gates.

    Args:
        p: weight_ih, (3 d, d_in); weight_hh, (3 d, d); bias_ih and bias_hh, (3 d,): the gates
            reset, update, new.
        h: the state, (batch, d).
        u: the input, (batch, d_in).

    Returns:
        The next state, (batch, d).

    """
    from_input = (u @ p["weight_ih"].mT + p["bias_ih"]).chunk(3, -1)
    from_state = (h @ p["weight_hh"].mT + p["bias_hh"]).chunk(3, -1)
    reset = torch.sigmoid(from_input[0] + from_state[0])
    update = torch.sigmoid(from_input[1] + from_state[1])
    new = torch.tanh(from_input[2] + reset * from_state[2])
    return (1 - update) * new + update * h


def rollout(step: Step, p: Parameters, x: Tensor, size: int) -> Tensor:
    """Outputs C h_t + D x_t with h_t = step(p, h_{t−1}, x_t) from h = 0.

    Args:
        step: the recurrence.
        p: its parameters; C, (d_out, d); D, (d_out, d_in).
        x: inputs, (batch, time, d_in).
        size: d.

    Returns:
        Outputs, (batch, time, d_out).

    """
    h, outputs = x.new_zeros(x.shape[0], size), []
    # unbind, not x[:, t]: the backward pass of an index writes an array as large as x
    for u in x.unbind(-2):
        h = step(p, h, u)
        outputs.append(h @ p["C"].mT + u @ p["D"].mT)
    return torch.stack(outputs, -2)
