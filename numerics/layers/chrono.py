"""What gated layers share: slow gates to begin with, and sequences of several lengths."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


def chrono_bias(d: int, longest: float) -> Tensor:
    """Biases log u, u uniform from 1 to `longest` − 1: gates σ(log u) forget in 1 + u steps.

    Source: Tallec and Ollivier (2018), §2.

    Args:
        d: how many.
        longest: the longest time constant, in steps.

    Returns:
        Biases, (d,).

    Raises:
        ValueError: if `longest` is below 2.

    """
    if not longest >= 2:
        raise ValueError(f"longest = {longest}: at least 2 steps are needed")
    return torch.log(1 + (longest - 2) * torch.rand(d))


def run(
    layer: Callable[..., tuple[Any, Any]], x: Tensor, state: Any, lengths: Tensor | None
) -> tuple[Tensor, Any]:
    """One of PyTorch's recurrent layers, batch first; outputs are 0 after a sequence's length.

    Args:
        layer: inputs and state → outputs and state.
        x: inputs, (batch, time, d_in).
        state: as the layer takes it.
        lengths: steps of each sequence, (batch,), integers; None stands for all of them.

    Returns:
        Outputs, (batch, time, d_hidden), and the state as the layer returns it.

    """
    if lengths is None:
        return layer(x, state)
    packed = pack_padded_sequence(x, lengths.cpu(), batch_first=True, enforce_sorted=False)
    y, last = layer(packed, state)
    return pad_packed_sequence(y, batch_first=True, total_length=x.shape[1])[0], last
