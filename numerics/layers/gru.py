"""The gated recurrent unit with chrono initialisation."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from numerics.layers.chrono import chrono_bias, run


class GRU(nn.GRU):
    """h_t = z h_{t−1} + (1 − z) n, as in PyTorch; gates z first remember 2 to `longest` steps.

    z is λ and 1 − z its normaliser, the one for constant input (claim B8). Parameters have
    PyTorch's names.

    Args:
        d_in: input features.
        d_hidden: units, and output features.
        longest: the longest time constant at zero input, in steps.

    Raises:
        ValueError: if `longest` is below 2.

    Examples:
        >>> import torch
        >>> from numerics.layers import GRU
        >>> y, state = GRU(3, 16, longest=1000)(torch.randn(2, 100, 3))
        >>> y.shape, state.shape
        (torch.Size([2, 100, 16]), torch.Size([2, 16]))

    """

    def __init__(self, d_in: int, d_hidden: int, longest: float) -> None:
        super().__init__(d_in, d_hidden, batch_first=True)
        with torch.no_grad():
            update = slice(d_hidden, 2 * d_hidden)
            self.get_parameter("bias_ih_l0")[update] = chrono_bias(d_hidden, longest)
            self.get_parameter("bias_hh_l0")[update] = 0

    def forward(  # type: ignore[override]  # states without PyTorch's axis of layers
        self, x: Tensor, state: Tensor | None = None, lengths: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Outputs, which are the states, and the state after each sequence.

        Args:
            x: inputs, (batch, time, d_in).
            state: h before the first step, (batch, d_hidden); by default 0.
            lengths: steps of each sequence, (batch,), integers from 1; after them the output is 0.

        Returns:
            Outputs, (batch, time, d_hidden), and the state to go on from, (batch, d_hidden).

        """
        y, last = run(super().forward, x, None if state is None else state[None], lengths)
        return y, last[0]
