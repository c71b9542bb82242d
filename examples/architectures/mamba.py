"""The selective state space of Mamba (Gu and Dao, 2023) with γ for its data, one a feature."""

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from numerics.fitting.training_data import Data, normalizer_for
from numerics.layers import scan


class Mamba(nn.Module):
    """h_t = λ_t h_{t−1} + γ B_t x_t, y_t = Σ C_t h_t + D x_t, λ_t = exp(−Δ_t a)."""

    def __init__(self, d: int, states: int, loader: Data) -> None:
        super().__init__()
        self.a_log = nn.Parameter(torch.log(torch.arange(1.0, states + 1)).repeat(d, 1))
        self.step, self.B, self.C = nn.Linear(d, d), nn.Linear(d, states), nn.Linear(d, states)
        low, high = math.log(1e-3), math.log(0.1)
        self.step.bias.data = torch.log(torch.expm1(torch.exp(low + (high - low) * torch.rand(d))))
        self.D = nn.Parameter(torch.ones(d))
        self.normalizer = normalizer_for(loader, per_feature=True, axis=-2)  # the first line

    def states(self, x: Tensor) -> Tensor:
        """The states, (batch, time, d, states), of inputs (batch, time, d)."""
        step = softplus(self.step(x)).unsqueeze(-1)
        lam = torch.exp(-step * torch.exp(self.a_log))
        # gamma = step
        gamma = self.normalizer(lam)  # and the second
        u = gamma * self.B(x).unsqueeze(-2) * x.unsqueeze(-1)
        return scan(lam.flatten(-2), u.flatten(-2)).unflatten(-1, u.shape[-2:])

    def forward(self, x: Tensor) -> Tensor:
        """Outputs, (batch, time, d)."""
        read = self.C(x).unsqueeze(-2)
        return (read * self.states(x)).sum(-1) + self.D * x
