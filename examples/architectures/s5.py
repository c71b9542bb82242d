"""S5 (Smith, Warrington and Linderman, 2023) with γ for its data: a matrix mixes the features."""

import math

import torch
from torch import Tensor, nn

from numerics.fitting.training_data import Data, normalizer_for
from numerics.layers import scan


class S5(nn.Module):
    """h_t = λ h_{t−1} + γ B x_t, y_t = 2 Re(C h_t) + D x_t, λ = exp(Δ a), a = −½ + iπn."""

    def __init__(self, d: int, states: int, loader: Data) -> None:
        super().__init__()
        low, high = math.log(1e-3), math.log(0.1)
        self.log_step = nn.Parameter(low + (high - low) * torch.rand(states))
        self.a_log_decay = nn.Parameter(torch.full((states,), math.log(0.5)))
        self.a_im = nn.Parameter(math.pi * torch.arange(float(states)))
        self.B = nn.Parameter(torch.randn(states, d, dtype=torch.cfloat) / d**0.5)
        self.C = nn.Parameter(torch.randn(d, states, dtype=torch.cfloat) / states**0.5)
        self.D = nn.Parameter(torch.randn(d))
        self.normalizer = normalizer_for(loader, per_feature=False)  # the first line

    def states(self, x: Tensor) -> Tensor:
        """The states, (batch, time, states), of inputs (batch, time, d)."""
        a = torch.complex(-torch.exp(self.a_log_decay), self.a_im)
        lam = torch.exp(torch.exp(self.log_step) * a)
        # gamma = (lam - 1) / a
        gamma = self.normalizer(lam)  # and the second
        u = gamma * (x.to(self.B.dtype) @ self.B.mT)
        return scan(lam, u)

    def forward(self, x: Tensor) -> Tensor:
        """Outputs, (batch, time, d)."""
        return 2 * (self.states(x) @ self.C.mT).real + self.D * x
