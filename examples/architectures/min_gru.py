"""The minGRU (Feng et al., 2024) with γ for its data: a matrix mixes the features."""

import torch
from torch import Tensor, nn

from numerics.fitting.training_data import Data, normalizer_for
from numerics.layers import scan


class MinGRU(nn.Module):
    """h_t = (1 − z_t) h_{t−1} + z_t W x_t, with a gate z_t of the input."""

    def __init__(self, d: int, states: int, loader: Data) -> None:
        super().__init__()
        self.gate, self.candidate = nn.Linear(d, states), nn.Linear(d, states, bias=False)
        self.normalizer = normalizer_for(loader, per_feature=False)  # the first line

    def states(self, x: Tensor) -> Tensor:
        """The states, (batch, time, states), of inputs (batch, time, d)."""
        z = torch.sigmoid(self.gate(x))
        # gamma = z
        gamma = self.normalizer(1 - z)  # and the second
        u = gamma * self.candidate(x)
        return scan(1 - z, u)

    def forward(self, x: Tensor) -> Tensor:
        """Outputs, (batch, time, states): the states."""
        return self.states(x)
