"""Linear units in blocks that see only each other; a dense layer is one block (paper §4.3)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from numerics.layers.state_space import StateSpace
from numerics.training import draw_dense


class BlockDiagonal(StateSpace):
    """h_t = A h_{t−1} + B x_t with A of blocks along its diagonal, y_t = C h_t + D x_t.

    There is no normaliser: that of a matrix is a matrix (claim E2 is about the scalar ones).

    Args:
        d_in: input features.
        d_hidden: states.
        d_out: output features.
        heads: blocks, a divisor of `d_hidden`.
        slowest: the least initial modulus of an eigenvalue, as of the paper's teachers:
            |λ| = slowest + (1 − slowest) tanh|l| for l of a Gaussian matrix.

    Raises:
        ValueError: if `heads` does not divide `d_hidden`, or not 0 ≤ slowest < 1.

    Examples:
        >>> import torch
        >>> from numerics.layers import BlockDiagonal
        >>> BlockDiagonal(3, 16, 2, heads=4).A.shape
        torch.Size([4, 4, 4])

    """

    def __init__(
        self, d_in: int, d_hidden: int, d_out: int, heads: int, slowest: float = 0.9
    ) -> None:
        if d_hidden % heads:
            raise ValueError(f"heads = {heads}: a divisor of d_hidden = {d_hidden} is needed")
        super().__init__(d_in, d_hidden, d_out, is_complex=False)
        blocks = draw_dense(d_hidden // heads, slowest, None, heads)["A"]
        self.A = nn.Parameter(blocks.to(self.D.dtype))

    def states(self, u: Tensor, state: Tensor | None) -> Tensor:
        """The states, step by step, as products of matrices would cost more than they save."""
        heads = self.A.shape[0]
        h = torch.zeros_like(u[:, 0]) if state is None else state
        h, found = h.unflatten(-1, (heads, -1, 1)), []
        for now in u.unflatten(-1, (heads, -1, 1)).unbind(1):
            h = self.A @ h + now
            found.append(h)
        return torch.stack(found, 1).flatten(2)


class Dense(BlockDiagonal):
    """h_t = A h_{t−1} + B x_t, y_t = C h_t + D x_t.

    Args:
        d_in: input features.
        d_hidden: states.
        d_out: output features.
        slowest: as for `BlockDiagonal`.

    Examples:
        >>> import torch
        >>> from numerics.layers import Dense
        >>> y, state = Dense(3, 16, 2)(torch.randn(8, 100, 3))
        >>> y.shape, state.shape
        (torch.Size([8, 100, 2]), torch.Size([8, 16]))

    """

    def __init__(self, d_in: int, d_hidden: int, d_out: int, slowest: float = 0.9) -> None:
        super().__init__(d_in, d_hidden, d_out, 1, slowest)
