"""Deep recurrent networks at initialisation, on real text (paper §5, Figs. 5 and 13; claims F2–F4).

As released, but for the embeddings: 4 blocks of norm, recurrence, GELU, the same norm, gated linear
unit and a skip connection, 256 wide, on articles of 512 embedded tokens. |λ| is uniform in area on
the ring from 1 − 1/τ to 1 − 1/(2τ); a gated layer's states are kept for T steps at zero input, T
uniform in [τ, 2τ]. The released loss compares what is predicted at a step with the input before it.
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
from verify.experiments.jax_random import CUT, DEVIATION_OF_CUT
from verify.experiments.text import embedded, pages, windows
from verify.settings import Settings

FEATURES, WIDTH, BLOCKS, BATCH = 384, 256, 4, 4
TIME_CONSTANTS = {"1": 1.0, "3.16": 10**0.5, "10": 10.0, "31.6": 10**1.5, "100": 100.0}
NORMS: Mapping[str, Callable[[], nn.Module]] = {
    "none": nn.Identity,
    "layer": lambda: nn.LayerNorm(WIDTH),
    "batch": lambda: _BatchNorm(WIDTH),
}


def at_initialisation(
    point: Mapping[str, str], settings: Settings, rng: np.random.Generator
) -> dict[str, list[float]]:
    """Mean squares of blocks' outputs and of gradients of random networks, each on its own text.

    `gradient_recurrence` is by λ, ω_ν or all of a gated layer's parameters, `gradient_angle` by
    ω_θ, `gradient_rest` by all others, those of encoder and decoder too; with a number at the end
    they are one block's. `recurrence_over_rest` is the first over the last.
    """
    measured: dict[str, list[float]] = defaultdict(list)
    text = pages() if point["text"] == "pages" else windows()
    for _ in range(settings.tier.networks):
        torch.manual_seed(int(rng.integers(2**63)))
        x = embedded(text[rng.choice(len(text), BATCH, replace=False)]).to(settings.device)
        time_constant = TIME_CONSTANTS[point["time_constant"]]
        network = _Network(point["recurrence"], time_constant, point["norm"]).to(settings.device)
        predicted, outputs = network(x)
        if point["loss"] == "as released":
            error = predicted[:, 1:] - x[:, :-1]
        else:
            error = predicted[:, :-1] - x[:, 1:]
        (error.square().mean() / 2).backward()
        for number, output in enumerate(outputs, 1):
            measured[f"state_{number}"].append(output.detach().square().mean().item())
        for name, squares in _squared_gradients(network).items():
            mean = torch.cat(squares).mean().item() if squares else np.nan
            measured[f"gradient_{name}"].append(mean)
    over_rest = np.divide(measured["gradient_recurrence"], measured["gradient_rest"])
    return {**measured, "recurrence_over_rest": over_rest.tolist()}


def _squared_gradients(network: nn.Module) -> dict[str, list[Tensor]]:
    """The squares of gradients by groups of parameters, and by groups within a block."""
    groups = ("recurrence", "angle", "rest")
    found: dict[str, list[Tensor]] = {name: [] for name in groups}
    found |= {f"{name}_{number}": [] for name in groups for number in range(1, BLOCKS + 1)}
    for name, parameter in network.named_parameters():
        path = name.split(".")
        assert parameter.grad is not None  # noqa: S101 (each takes part)
        group = "rest"
        if path[-1] == "theta_log":
            group = "angle"
        elif path[-1] in ("lambda_re", "lambda_im", "nu_log") or "gated" in path:
            group = "recurrence"
        squares = parameter.grad.square().flatten()
        found[group].append(squares)
        if path[0] == "blocks":
            found[f"{group}_{int(path[1]) + 1}"].append(squares)
    return found


class _Network(nn.Module):
    """A deep recurrent network: what it predicts, and each block's output."""

    def __init__(self, recurrence: str, time_constant: float, norm: str) -> None:
        super().__init__()
        self.encoder, self.decoder = _linear(FEATURES, WIDTH), _linear(WIDTH, FEATURES)
        self.blocks = nn.ModuleList()
        kind = "gated" if recurrence in ("GRU", "LSTM") else "linear"
        for _ in range(BLOCKS):
            parts = {kind: RECURRENCES[recurrence](time_constant), "norm": NORMS[norm]()}
            self.blocks.append(nn.ModuleDict({**parts, "glu": _linear(WIDTH, 2 * WIDTH)}))

    def forward(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        x, outputs = self.encoder(x), []
        for block in self.blocks:
            recurrence, norm, glu = block.children()
            y, _ = recurrence(norm(x))
            x = x + nn.functional.glu(glu(norm(nn.functional.gelu(y))), -1)
            outputs.append(x)
        return self.decoder(x), outputs


class _Unnormalised(nn.Module):
    def forward(self, lam: Eigenvalue) -> Tensor:
        return torch.ones_like(lam.value.real)


def _complex_rnn(time_constant: float) -> nn.Module:
    lam = torch.polar(_moduli(time_constant), 2 * math.pi * torch.rand(WIDTH))
    return _as_released(LinearRecurrence(WIDTH, WIDTH, lam, Cartesian(), _Unnormalised()))


def _lru(time_constant: float) -> nn.Module:
    layer, nu = LRU(WIDTH, WIDTH, WIDTH), _moduli(time_constant)
    with torch.no_grad():
        layer.get_parameter("nu_log").copy_(torch.log(-torch.log(nu)))
        layer.gamma_log.copy_(torch.log1p(-(nu**2)) / 2)
    return _as_released(layer)


def _moduli(time_constant: float) -> Tensor:
    low, high = 1 - 1 / time_constant, 1 - 1 / (2 * time_constant)
    share = 1 - torch.rand(WIDTH)  # not 0
    return torch.sqrt(low**2 + share * (high**2 - low**2))


def _as_released(layer: StateSpace) -> nn.Module:
    """A layer whose real and imaginary parts of B and C have variance 1/WIDTH each."""
    with torch.no_grad():
        for name in ("B_re", "B_im", "C_re", "C_im"):
            layer.get_parameter(name).mul_(math.sqrt(2))
    return layer


def _gru(time_constant: float) -> nn.Module:
    return _gated(GRU(WIDTH, WIDTH, longest=2), torch.zeros(WIDTH), _log_steps(time_constant))


def _lstm(time_constant: float) -> nn.Module:
    remembering = _log_steps(time_constant)
    return _gated(LSTM(WIDTH, WIDTH, longest=2), -remembering, remembering)


def _log_steps(time_constant: float) -> Tensor:
    return torch.log(time_constant * (1 + torch.rand(WIDTH)))


def _gated(layer: nn.RNNBase, *biases: Tensor) -> nn.Module:
    """A gated layer at initialisation, its first gates with these biases."""
    with torch.no_grad():
        nn.init.normal_(layer.get_parameter("weight_ih_l0"), std=(2 / WIDTH) ** 0.5)
        for matrix in layer.get_parameter("weight_hh_l0").split(WIDTH):
            nn.init.orthogonal_(matrix)
        for name in ("bias_ih_l0", "bias_hh_l0"):
            layer.get_parameter(name).zero_()
        layer.get_parameter("bias_ih_l0")[: len(biases) * WIDTH] = torch.cat(biases)
    return layer


def _linear(columns: int, rows: int) -> nn.Linear:
    """A dense layer as Flax starts it."""
    layer, scale = nn.Linear(columns, rows), columns**-0.5 / DEVIATION_OF_CUT
    nn.init.trunc_normal_(layer.weight, std=scale, a=-CUT * scale, b=CUT * scale)
    nn.init.zeros_(layer.bias)
    return layer


RECURRENCES: Mapping[str, Callable[[float], nn.Module]] = {
    "complex RNN": _complex_rnn,
    "LRU": _lru,
    "GRU": _gru,
    "LSTM": _lstm,
}


class _BatchNorm(nn.BatchNorm1d):
    """Batch normalisation over batch and time."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.mT).mT
