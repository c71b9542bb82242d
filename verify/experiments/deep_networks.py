"""Deep recurrent networks at initialisation, on real text (paper §5, Figs. 5 and 13; claims F2–F4).

As published: 4 blocks of norm, recurrence, GELU, norm, gated linear unit and a skip connection,
256 wide; windows of 512 embedded tokens; the loss is the squared error of the next embedding.
|λ|, or the gates at zero input, are uniform in [1 − 1/τ, 1 − 1/(2τ)]. Matrices have variance
1/(number of columns), a gated layer's recurrent ones are orthogonal, and biases are 0.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import Tensor, nn

from numerics.layers import GRU, LRU, LSTM, LinearRecurrence
from numerics.layers.state_space import StateSpace
from numerics.normalizers import Cartesian, Eigenvalue
from verify.experiments.text import embedded, windows
from verify.settings import Settings

FEATURES, WIDTH, BLOCKS, BATCH = 384, 256, 4, 4
TIME_CONSTANTS = {"1": 1.0, "3.16": 10**0.5, "10": 10.0, "31.6": 10**1.5, "100": 100.0}
NORMS: Mapping[str, Callable[[], nn.Module]] = {
    "none": nn.Identity,
    "layer": lambda: nn.LayerNorm(WIDTH),
    "batch": lambda: _BatchNorm(WIDTH),
}
_GROUPS = {
    **dict.fromkeys(("lambda_re", "lambda_im", "nu_log", "bias_ih_l0"), "recurrence"),
    "theta_log": "angle",
}


def at_initialisation(
    point: Mapping[str, str], settings: Settings, rng: np.random.Generator
) -> dict[str, list[float]]:
    """E|h|² and mean squared gradients of random networks, each on windows of its own.

    They are averages over all layers. `gradient_recurrence` is by λ, ω_ν or the gates' biases,
    `gradient_angle` by ω_θ, and `gradient_rest` by all other parameters of the network.
    """
    measured: dict[str, list[float]] = defaultdict(list)
    text = windows()
    for _ in range(settings.tier.networks):
        torch.manual_seed(int(rng.integers(2**63)))
        x = embedded(text[rng.choice(len(text), BATCH, replace=False)]).to(settings.device)
        time_constant = TIME_CONSTANTS[point["time_constant"]]
        network = _Network(point["recurrence"], time_constant, point["norm"]).to(settings.device)
        (network(x)[:, :-1] - x[:, 1:]).square().mean().backward()
        squares: dict[str, list[Tensor]] = {"recurrence": [], "angle": [], "rest": []}
        for name, parameter in network.named_parameters():
            group = _GROUPS.get(name.rpartition(".")[2], "rest")
            assert parameter.grad is not None  # noqa: S101 (each takes part)
            squares[group].append(parameter.grad.square().flatten())
        measured["state"].append(float(np.mean(network.powers)))
        for group, values in squares.items():
            mean = torch.cat(values).mean().item() if values else np.nan
            measured[f"gradient_{group}"].append(mean)
    return measured


class _Network(nn.Module):
    """A deep recurrent network; its `powers` are E|h|² of each layer, from the last pass."""

    def __init__(self, recurrence: str, time_constant: float, norm: str) -> None:
        super().__init__()
        self.encoder, self.decoder = _linear(FEATURES, WIDTH), _linear(WIDTH, FEATURES)
        self.powers: list[float] = []
        self.blocks = nn.ModuleList()
        for _ in range(BLOCKS):
            layer = RECURRENCES[recurrence](_moduli(time_constant))
            _record(layer, self.powers)
            parts = NORMS[norm](), layer, NORMS[norm](), _linear(WIDTH, 2 * WIDTH)
            self.blocks.append(nn.Sequential(*parts))

    def forward(self, x: Tensor) -> Tensor:
        self.powers.clear()
        x = self.encoder(x)
        for block in self.blocks:
            before, recurrence, between, gated = block.children()
            y, _ = recurrence(before(x))
            x = x + nn.functional.glu(gated(between(nn.functional.gelu(y))), -1)
        predicted: Tensor = self.decoder(x)
        return predicted


def _record(layer: nn.Module, powers: list[float]) -> None:
    """Have a layer note E|h|² at each pass; a gated layer's states are its outputs."""
    if not isinstance(layer, StateSpace):
        layer.register_forward_hook(lambda _, x, y: powers.append(_power(y[0])))
        return
    run = layer.states

    def states(u: Tensor, state: Tensor | None) -> Tensor:
        h = run(u, state)
        powers.append(_power(h))
        return h

    layer.states = states  # type: ignore[method-assign]


def _power(h: Tensor) -> float:
    return h.detach().abs().square().mean().item()


def _moduli(time_constant: float) -> Tensor:
    share = 1 - torch.rand(WIDTH)  # not 0
    return 1 - 1 / time_constant + share / (2 * time_constant)


class _Unnormalised(nn.Module):
    def forward(self, lam: Eigenvalue) -> Tensor:
        return torch.ones_like(lam.value.real)


def _complex_rnn(nu: Tensor) -> nn.Module:
    lam = torch.polar(nu, 2 * math.pi * torch.rand(WIDTH))
    return LinearRecurrence(WIDTH, WIDTH, lam, Cartesian(), _Unnormalised())


def _lru(nu: Tensor) -> nn.Module:
    layer = LRU(WIDTH, WIDTH, WIDTH)
    with torch.no_grad():
        layer.get_parameter("nu_log").copy_(torch.log(-torch.log(nu)))
        layer.gamma_log.copy_(torch.log1p(-(nu**2)) / 2)
    return layer


def _gru(nu: Tensor) -> nn.Module:
    remembering = torch.logit(nu)
    return _gated(GRU(WIDTH, WIDTH, longest=2), torch.zeros(WIDTH), remembering)


def _lstm(nu: Tensor) -> nn.Module:
    remembering = torch.logit(nu)
    return _gated(LSTM(WIDTH, WIDTH, longest=2), -remembering, remembering)


def _gated(layer: nn.RNNBase, *biases: Tensor) -> nn.Module:
    """A gated layer at initialisation, its first gates with these biases."""
    with torch.no_grad():
        nn.init.normal_(layer.get_parameter("weight_ih_l0"), std=WIDTH**-0.5)
        for matrix in layer.get_parameter("weight_hh_l0").split(WIDTH):
            nn.init.orthogonal_(matrix)
        for name in ("bias_ih_l0", "bias_hh_l0"):
            layer.get_parameter(name).zero_()
        layer.get_parameter("bias_ih_l0")[: len(biases) * WIDTH] = torch.cat(biases)
    return layer


def _linear(columns: int, rows: int) -> nn.Linear:
    layer = nn.Linear(columns, rows)
    nn.init.normal_(layer.weight, std=columns**-0.5)
    nn.init.zeros_(layer.bias)
    return layer


RECURRENCES: Mapping[str, Callable[[Tensor], nn.Module]] = {
    "complex RNN": _complex_rnn,
    "LRU": _lru,
    "GRU": _gru,
    "LSTM": _lstm,
}


class _BatchNorm(nn.BatchNorm1d):
    """Batch normalisation over batch and time."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.mT).mT
