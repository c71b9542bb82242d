"""γ for your data in a layer that you already have: two lines.

An LRU as it is often written, on slow inputs, as it was and with the normaliser derived from
the data. Printed are the states' power at initialisation, for which γ was made, and the error
after training with the same budget, at the better of two rates, on average over three seeds.
"""

import math

import torch
from rich.console import Console
from rich.table import Table
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from numerics.fitting.training_data import normalizer_for
from numerics.layers.loops import loop
from numerics.layers.scan import scan

STEPS, BATCH, UPDATES = 300, 32, 150
RATES, SEEDS = (3e-2, 1e-1), range(3)


class LRU(nn.Module):
    """The linear recurrent unit (Orvieto et al., 2023)."""

    def __init__(self, d_in: int, d_hidden: int, d_out: int) -> None:
        super().__init__()
        modulus, phase = torch.rand(2, d_hidden)
        self.nu_log = nn.Parameter(torch.log(-torch.log(0.9 + 0.099 * modulus)))
        self.theta_log = nn.Parameter(torch.log(2 * math.pi * phase))
        self.B = nn.Parameter(torch.randn(d_hidden, d_in, dtype=torch.cfloat) / d_in**0.5)
        self.C = nn.Parameter(torch.randn(d_out, d_hidden, dtype=torch.cfloat) / d_hidden**0.5)
        self.D = nn.Parameter(torch.zeros(d_out, d_in))

    def gamma(self, lam: Tensor) -> Tensor:
        """The input normaliser."""
        return torch.sqrt(1 - lam.abs() ** 2)

    def states(self, x: Tensor) -> Tensor:
        """h_t = λ h_{t−1} + γ B x_t."""
        lam = torch.exp(torch.complex(-torch.exp(self.nu_log), torch.exp(self.theta_log)))
        return loop(lam, self.gamma(lam) * (x.to(torch.cfloat) @ self.B.mT))

    def forward(self, x: Tensor) -> Tensor:
        """y_t = Re(C h_t) + D x_t."""
        return (self.states(x) @ self.C.mT).real + x @ self.D.mT


class LRUForItsData(LRU):
    """What changes."""

    def __init__(self, loader: DataLoader[tuple[Tensor, ...]], *sizes: int) -> None:
        super().__init__(*sizes)
        self.normalizer = normalizer_for(loader)  # the first line

    def gamma(self, lam: Tensor) -> Tensor:
        """The input normaliser."""
        gamma: Tensor = self.normalizer(lam)  # and the second
        return gamma


def linear(*poles: complex, u: Tensor) -> Tensor:
    """The sum of the poles' responses, each of unit power under white input."""
    lam = torch.tensor(poles, dtype=torch.cfloat)
    gamma = torch.sqrt(1 - lam.abs() ** 2)
    return scan(lam, gamma * u.to(torch.cfloat)).real.sum(-1, keepdim=True)


def data(sequences: int) -> tuple[Tensor, Tensor]:
    """Inputs with a memory of 200 steps, and what three other memories make of them."""
    slow = linear(0.995, u=torch.randn(sequences, STEPS + 1000, 1))[:, 1000:]
    x = slow + 0.3 * torch.randn_like(slow)
    return x, linear(0.45 + 0.78j, 0.98, 0.99 + 0.0993j, u=x)


def trained(layer: LRU, rate: float) -> float:
    """The error's share of the target's power, over the last ten updates."""
    adam, shares = torch.optim.Adam(layer.parameters(), lr=rate), []
    for _ in range(UPDATES):
        x, target = data(BATCH)
        share = (layer(x) - target).square().mean() / target.square().mean()
        adam.zero_grad()
        share.backward()
        adam.step()
        shares.append(share.item())
    return sum(shares[-10:]) / 10


def main() -> dict[str, tuple[float, float, float]]:
    """Least and greatest power of a state, and error, of both layers."""
    torch.manual_seed(0)
    loader = DataLoader(TensorDataset(*data(512)), batch_size=64)
    makers = {
        "as it was": lambda: LRU(1, 32, 1),
        "with γ for the data": lambda: LRUForItsData(loader, 1, 32, 1),
    }
    table = Table("", "least power of a state", "greatest", "error, better rate")
    found = {}
    for name, make in makers.items():
        with torch.no_grad():
            layer = make()
            inputs = layer.B.abs().square().sum(-1)
            power = layer.states(data(256)[0])[:, STEPS // 2 :].abs().square().mean((0, 1)) / inputs
        errors = torch.empty(len(RATES), len(SEEDS))
        for seed in SEEDS:
            for i, rate in enumerate(RATES):
                torch.manual_seed(seed)
                errors[i, seed] = trained(make(), rate)
        best = errors.mean(1).argmin()
        found[name] = power.min().item(), power.max().item(), errors[best].mean().item()
        table.add_row(name, *(f"{value:.2g}" for value in found[name]))
    Console().print(table)
    return found


if __name__ == "__main__":
    main()
