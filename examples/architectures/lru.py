"""The LRU (Orvieto et al., 2023, App. A) with γ for its data: a matrix mixes the features."""

import math

import torch
from torch import Tensor, nn

from numerics.fitting.training_data import Data, normalizer_for
from numerics.layers import scan


class LRU(nn.Module):
    """h_t = λ h_{t−1} + γ B x_t, y_t = Re(C h_t) + D x_t, λ = exp(−exp ν + i exp θ)."""

    def __init__(self, d: int, states: int, loader: Data) -> None:
        super().__init__()
        modulus = torch.sqrt(0.9**2 + (0.999**2 - 0.9**2) * torch.rand(states))
        self.nu_log = nn.Parameter(torch.log(-torch.log(modulus)))
        self.theta_log = nn.Parameter(torch.log(2 * math.pi * torch.rand(states)))
        self.B = nn.Parameter(torch.randn(states, d, dtype=torch.cfloat) / d**0.5)
        self.C = nn.Parameter(torch.randn(d, states, dtype=torch.cfloat) / states**0.5)
        self.D = nn.Parameter(torch.randn(d))
        self.normalizer = normalizer_for(loader, per_feature=False)  # the first line

    def states(self, x: Tensor) -> Tensor:
        """The states, (batch, time, states), of inputs (batch, time, d)."""
        lam = torch.exp(torch.complex(-torch.exp(self.nu_log), torch.exp(self.theta_log)))
        # gamma = torch.sqrt(1 - lam.abs() ** 2)
        gamma = self.normalizer(lam)  # and the second
        u = gamma * (x.to(self.B.dtype) @ self.B.mT)
        return scan(lam, u)

    def forward(self, x: Tensor) -> Tensor:
        """Outputs, (batch, time, d)."""
        return (self.states(x) @ self.C.mT).real + self.D * x
