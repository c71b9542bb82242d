"""Six architectures as published, and with γ for their data: what it changes, and what not.

Each stands between two linear maps and learns what three memories (of 2, 50 and 100 steps) make of
its input: white noise, an AR(1), and the VIX cut into pieces. Printed are the least and the
greatest power of a state at initialisation, and the error after training, the median of three
seeds, at the better of two learning rates. It takes half an hour on a CPU.
"""

import math
from collections.abc import Callable

import numpy as np
import torch
from lru import LRU
from mamba import Mamba
from min_gru import MinGRU
from rg_lru import RGLRU
from rich.console import Console
from rich.table import Table
from s4d import S4D
from s5 import S5
from torch import Tensor, nn

from numerics.fitting.series import packaged_series
from numerics.layers import scan

WIDTH, STATES, STEPS, BATCH, UPDATES = 8, 16, 200, 32, 150
RATES, SEEDS = (3e-3, 3e-2), range(3)


def held(layer: S5 | S4D, lam: Tensor) -> Tensor:
    """The input held for a step: γ = (λ − 1)/a."""
    return (lam - 1) / torch.complex(-torch.exp(layer.a_log_decay), layer.a_im)


# each architecture with the γ that it was published with
PUBLISHED: dict[str, tuple[Callable[..., nn.Module], Callable[..., Tensor]]] = {
    "LRU": (lambda x: LRU(WIDTH, STATES, x), lambda _, lam: torch.sqrt(1 - lam.abs() ** 2)),
    "S5": (lambda x: S5(WIDTH, STATES, x), held),
    "S4D": (lambda x: S4D(WIDTH, 4, x), held),
    "RG-LRU": (lambda x: RGLRU(WIDTH, x), lambda _, lam: torch.sqrt(1 - lam**2)),
    "minGRU": (lambda x: MinGRU(WIDTH, WIDTH, x), lambda _, lam: 1 - lam),
    "Mamba": (
        lambda x: Mamba(WIDTH, 4, x),
        lambda layer, lam: -torch.log(lam) / torch.exp(layer.a_log),
    ),
}


class Model(nn.Module):
    """A layer between two linear maps."""

    def __init__(self, name: str, x: Tensor, derived: bool) -> None:
        super().__init__()
        self.encoder, self.decoder = nn.Linear(1, WIDTH), nn.Linear(WIDTH, 1)
        make, published = PUBLISHED[name]
        self.layer = make([self.encoder(x).detach()])
        if not derived:
            del self.layer.normalizer
            self.layer.normalizer = lambda lam: published(self.layer, lam)

    def forward(self, x: Tensor) -> Tensor:
        """Outputs, (batch, time, 1)."""
        y: Tensor = self.decoder(self.layer(self.encoder(x)))
        return y


def white() -> Tensor:
    """White noise."""
    return torch.randn(256, STEPS, 1)


def slow() -> Tensor:
    """An AR(1) with a memory of 100 steps, of unit power."""
    noise = (1 - 0.99**2) ** 0.5 * torch.randn(256, STEPS + 500, 1)
    return scan(torch.tensor([0.99]), noise)[:, 500:]


def vix() -> Tensor:
    """Pieces of the VIX, centred, of unit power."""
    series = torch.from_numpy(packaged_series("vix")).float()
    series = (series - series.mean()) / series.std()
    starts = torch.randint(0, len(series) - STEPS, (256,))
    return torch.stack([series[at : at + STEPS] for at in starts.tolist()])[..., None]


def target(x: Tensor) -> Tensor:
    """The sum of three memories' responses, each of about unit power."""
    lam = torch.tensor([0.5, 0.98, 0.99])
    responses = scan(lam, x.expand(-1, -1, 3))
    return (responses / responses.std((0, 1))).sum(-1, keepdim=True)


def trained(model: Model, x: Tensor, rate: float) -> float:
    """The error's share of the target's power, over the last ten updates."""
    adam, shares, y = torch.optim.Adam(model.parameters(), lr=rate), [], target(x)
    for _ in range(UPDATES):
        chosen = torch.randint(0, len(x), (BATCH,))
        share = (model(x[chosen]) - y[chosen]).square().mean() / y.square().mean()
        adam.zero_grad()
        share.backward()
        adam.step()
        shares.append(share.item())
    return sum(shares[-10:]) / 10


def powers(model: Model, x: Tensor) -> tuple[float, float]:
    """The least and the greatest power of a state in the second half of the time."""
    with torch.no_grad():
        states = model.layer.states(model.encoder(x))[:, STEPS // 2 :]
    power = states.abs().square().mean((0, 1))
    return power.min().item(), power.max().item()


def main() -> dict[tuple[str, str, bool], tuple[float, float, float]]:
    """Least and greatest power of a state, and error, by input, architecture and whose γ."""
    found = {}
    for draw in (white, slow, vix):
        table = Table(
            "", "published: power", "error", "derived: power", "error", title=draw.__doc__
        )
        for name in PUBLISHED:
            row = [name]
            for derived in (False, True):
                errors = np.empty((len(RATES), len(SEEDS)))
                for i, rate in enumerate(RATES):
                    for seed in SEEDS:
                        torch.manual_seed(seed)
                        x = draw()
                        model = Model(name, x, derived)
                        power = powers(model, x)
                        error = trained(model, x, rate)
                        errors[i, seed] = error if math.isfinite(error) else math.inf
                error = float(np.median(errors, axis=1).min())
                found[draw.__name__, name, derived] = *power, error
                row += [f"{power[0]:.2g} … {power[1]:.2g}", f"{error:.2g}"]
            table.add_row(*row)
        Console().print(table)
    return found


if __name__ == "__main__":
    main()
