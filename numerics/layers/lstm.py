"""The long short-term memory with chrono initialisation."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from numerics.layers.chrono import chrono_bias, run

State = tuple[Tensor, Tensor]  # h and c


class LSTM(nn.LSTM):
    """c_t = f c_{t−1} + i g, h_t = o tanh c_t as in PyTorch; gates f remember 2 to `longest` steps.

    f is λ and i its normaliser, to begin with i = 1 − f, the one for constant input (claim B8).
    Parameters have PyTorch's names.

    Args:
        d_in: input features.
        d_hidden: units, and output features.
        longest: the longest time constant at zero input, in steps.

    Raises:
        ValueError: if `longest` is below 2.

    Examples:
        >>> import torch
        >>> from numerics.layers import LSTM
        >>> y, (hidden, cell) = LSTM(3, 16, longest=1000)(torch.randn(2, 100, 3))
        >>> y.shape, cell.shape
        (torch.Size([2, 100, 16]), torch.Size([2, 16]))

    """

    def __init__(self, d_in: int, d_hidden: int, longest: float) -> None:
        super().__init__(d_in, d_hidden, batch_first=True)
        with torch.no_grad():
            forgetting = chrono_bias(d_hidden, longest)
            entering_and_forgetting = torch.cat([-forgetting, forgetting])
            self.get_parameter("bias_ih_l0")[: 2 * d_hidden] = entering_and_forgetting
            self.get_parameter("bias_hh_l0")[: 2 * d_hidden] = 0

    def forward(  # type: ignore[override]  # states without PyTorch's axis of layers
        self, x: Tensor, state: State | None = None, lengths: Tensor | None = None
    ) -> tuple[Tensor, State]:
        """Outputs h, and the state h and c after each sequence.

        Args:
            x: inputs, (batch, time, d_in).
            state: h and c before the first step, each (batch, d_hidden); by default 0.
            lengths: steps of each sequence, (batch,), integers from 1; after them the output is 0.

        Returns:
            Outputs, (batch, time, d_hidden), and the state to go on from: h and c, each
            (batch, d_hidden).

        """
        before = None if state is None else (state[0][None], state[1][None])
        y, (h, c) = run(super().forward, x, before, lengths)
        return y, (h[0], c[0])
