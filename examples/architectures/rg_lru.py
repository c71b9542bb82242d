"""The RG-LRU of Griffin (De et al., 2024) with γ for its data: a gated λ for each feature."""

import torch
from torch import Tensor, nn
from torch.nn.functional import logsigmoid

from numerics.fitting.training_data import Data, normalizer_for
from numerics.layers import scan


class RGLRU(nn.Module):
    """h_t = a_t h_{t−1} + γ i_t x_t, a_t = a^{8 r_t}, with gates r_t and i_t of the input."""

    def __init__(self, d: int, loader: Data) -> None:
        super().__init__()
        self.logit = nn.Parameter(torch.logit(0.9 + 0.099 * torch.rand(d)))
        self.recurrence_gate, self.input_gate = nn.Linear(d, d), nn.Linear(d, d)
        self.normalizer = normalizer_for(loader, per_feature=True)  # the first line

    def states(self, x: Tensor) -> Tensor:
        """The states, (batch, time, d), of inputs (batch, time, d)."""
        r, i = torch.sigmoid(self.recurrence_gate(x)), torch.sigmoid(self.input_gate(x))
        lam = torch.exp(8 * r * logsigmoid(self.logit))
        # gamma = torch.sqrt(1 - lam**2)
        gamma = self.normalizer(lam)  # and the second
        u = gamma * i * x
        return scan(lam, u)

    def forward(self, x: Tensor) -> Tensor:
        """Outputs, (batch, time, d): the states."""
        return self.states(x)
