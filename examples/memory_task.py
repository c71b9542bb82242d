"""A memory of 5000 steps: the plain layer fails at every rate, the derived one learns.

A slow oscillator, λ = 0.9998 e^{0.01 i}, is to be imitated on inputs with ρ = 0.9, by layers of 16
units whose eigenvalues begin between 0.9 and 0.999. Printed is the error's share of the target's
power after 300 updates by Adam.
"""

import cmath
import functools

import sympy as sp
import torch
from rich.console import Console
from rich.table import Table
from torch import Tensor, nn

from numerics.layers import LinearRecurrence, ring, scan
from numerics.normalizers import (
    Cartesian,
    DoubleExponential,
    Eigenvalue,
    InputNormalizer,
    Optimal,
    Polar,
)
from theory.inputs import exponential

STEPS, BATCH, UPDATES = 4000, 4, 300
RATES = (1e-3, 1e-2, 3e-2)
TEACHER = 0.9998 * cmath.exp(0.01j)
INPUT = exponential(sp.Rational(9, 10))


class One(nn.Module):
    """γ = 1: no normaliser."""

    def forward(self, eigenvalue: Eigenvalue) -> Tensor:
        """For each unit."""
        return torch.ones_like(eigenvalue.one_minus)


LAYERS = {
    "plain: λ as it is, γ = 1": (Cartesian(), One()),
    "LRU: exp(−exp ν + i exp θ), γ for white input": (Polar(DoubleExponential()), None),
    "derived: λ(ω) and γ for this input": (Polar(Optimal(INPUT)), InputNormalizer(INPUT)),
}


def data() -> tuple[Tensor, Tensor]:
    """Inputs with ρ = 0.9, and the teacher's states."""
    noise = (1 - 0.9**2) ** 0.5 * torch.randn(BATCH, STEPS + 200, 1, dtype=torch.float64)
    x = scan(torch.tensor([0.9], dtype=torch.float64), noise)[:, 200:]
    h = scan(torch.tensor([TEACHER], dtype=torch.complex128), x.to(torch.complex128))
    return x.float(), h.real.float()


def trained(make: functools.partial[LinearRecurrence], rate: float) -> float:
    """The error's share over the last twenty updates; nan where λ left the disc."""
    torch.manual_seed(0)
    layer = make(lam=ring(16, 0.9, 0.999, max_phase=0.3))
    adam, shares = torch.optim.Adam(layer.parameters(), lr=rate), []
    for _ in range(UPDATES):
        x, target = data()
        share = (layer(x)[0] - target).square().mean() / target.square().mean()
        adam.zero_grad()
        share.backward()
        adam.step()
        shares.append(share.item())
    return sum(shares[-20:]) / 20


def main() -> dict[str, list[float]]:
    """Of each layer, at each rate."""
    table = Table("error's share, by rate", *(f"{rate:g}" for rate in RATES))
    found = {}
    for name, (map_, normalizer) in LAYERS.items():
        make = functools.partial(LinearRecurrence, 1, 1, eigenvalues=map_, normalizer=normalizer)
        found[name] = [trained(make, rate) for rate in RATES]
        table.add_row(name, *(f"{error:.2g}" for error in found[name]))
    Console().print(table)
    return found


if __name__ == "__main__":
    main()
