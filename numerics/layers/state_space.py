"""What layers of linear states share: matrices in and out, and sequences of several lengths."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class StateSpace(nn.Module):
    """y_t = Re(C h_t) + D x_t, with states h that a subclass runs from B x.

    B, C and D are drawn with variance 1/(number of columns): where the states of white inputs of
    unit variance have unit variance, so have the outputs' two parts. A complex matrix is trained
    by its parts, `B_re` and so on.

    Args:
        d_in: input features.
        d_hidden: states.
        d_out: output features.
        is_complex: whether the states are complex.

    """

    def __init__(self, d_in: int, d_hidden: int, d_out: int, is_complex: bool) -> None:
        super().__init__()
        self.is_complex = is_complex
        for name, shape in (("B", (d_hidden, d_in)), ("C", (d_out, d_hidden))):
            parts = self._parts(name)
            for part in parts:
                values = torch.randn(shape) / math.sqrt(shape[1] * len(parts))
                self.register_parameter(part, nn.Parameter(values))
        self.D = nn.Parameter(torch.randn(d_out, d_in) / math.sqrt(d_in))

    def states(self, u: Tensor, state: Tensor | None) -> Tensor:
        """All states, which a subclass defines.

        Args:
            u: B x, (batch, time, d_hidden), complex if the states are.
            state: h before the first step, (batch, d_hidden); None stands for 0.

        Returns:
            The states, (batch, time, d_hidden).

        """
        raise NotImplementedError

    def forward(
        self, x: Tensor, state: Tensor | None = None, lengths: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Outputs, and the state to go on from.

        Args:
            x: inputs, (batch, time, d_in), real.
            state: h before the first step, (batch, d_hidden); by default 0.
            lengths: steps of each sequence, (batch,), integers from 1; by default all of them.
                What comes after them is computed, and has no influence on the state.

        Returns:
            Outputs, (batch, time, d_out), and the state after each sequence, (batch, d_hidden).

        """
        B, C = self.matrix("B"), self.matrix("C")
        h = self.states(x.to(B.dtype) @ B.mT, state)
        y = (h @ C.mT).real + x @ self.D.mT
        return y, h[:, -1] if lengths is None else at_lengths(h, lengths)

    def matrix(self, name: str) -> Tensor:
        """B, (d_hidden, d_in), or C, (d_out, d_hidden)."""
        parts = [self.get_parameter(part) for part in self._parts(name)]
        return torch.complex(*parts) if self.is_complex else parts[0]

    def _parts(self, name: str) -> tuple[str, ...]:
        return (f"{name}_re", f"{name}_im") if self.is_complex else (name,)


def at_lengths(h: Tensor, lengths: Tensor) -> Tensor:
    """The last state of each sequence.

    Args:
        h: states, (batch, time, …).
        lengths: steps of each sequence, (batch,), integers from 1.

    Returns:
        States, (batch, …).

    """
    return h[torch.arange(len(h), device=h.device), lengths.to(h.device) - 1]
