"""S4D (Gu et al., 2022) with γ for its data: each feature drives states of its own."""

import math

import torch
from torch import Tensor, nn

from numerics.fitting.training_data import Data, normalizer_for
from numerics.layers import scan


class S4D(nn.Module):
    """h_t = λ h_{t−1} + γ x_t, y_t = 2 Re Σ C h_t + D x_t, λ = exp(Δ a), a = −½ + iπn."""

    def __init__(self, d: int, states: int, loader: Data) -> None:
        super().__init__()
        low, high = math.log(1e-3), math.log(0.1)
        self.log_step = nn.Parameter(low + (high - low) * torch.rand(d, 1))
        self.a_log_decay = nn.Parameter(torch.full((d, states), math.log(0.5)))
        self.a_im = nn.Parameter(math.pi * torch.arange(float(states)).repeat(d, 1))
        self.C = nn.Parameter(torch.randn(d, states, dtype=torch.cfloat) / states**0.5)
        self.D = nn.Parameter(torch.randn(d))
        self.normalizer = normalizer_for(loader, per_feature=True, axis=-2)  # the first line

    def states(self, x: Tensor) -> Tensor:
        """The states, (batch, time, d, states), of inputs (batch, time, d)."""
        a = torch.complex(-torch.exp(self.a_log_decay), self.a_im)
        lam = torch.exp(torch.exp(self.log_step) * a)
        # gamma = (lam - 1) / a
        gamma = self.normalizer(lam)  # and the second
        u = gamma * x.unsqueeze(-1)
        return scan(lam.flatten(), u.to(lam.dtype).flatten(-2)).unflatten(-1, lam.shape)

    def forward(self, x: Tensor) -> Tensor:
        """Outputs, (batch, time, d)."""
        return 2 * (self.C * self.states(x)).real.sum(-1) + self.D * x
