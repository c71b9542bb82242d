"""How far the diagonal linear picture carries for GRUs and LSTMs that learn (an open question)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from numerics.layers.chrono import chrono_bias
from numerics.recurrences import Parameters, mean_squared_error, stationary_moments
from numerics.training import train
from verify.experiments.text import embedded, windows
from verify.settings import Settings

LONGEST, LENGTH, BATCH = 100.0, 256, 8
RATE = 3e-3


class Parts(NamedTuple):
    """A step s_t = λ_t s_{t−1} + γ_t n_t of gated units, and their output; each (…, batch, d)."""

    state: Tensor
    output: Tensor
    lam: Tensor
    gamma: Tensor
    candidate: Tensor


Step = Callable[[Parameters, Tensor, Tensor, Tensor], Parts]


def gru(p: Parameters, state: Tensor, output: Tensor, u: Tensor) -> Parts:
    """The step `numerics.recurrences.gru_step` with its parts; gates' order: update first."""
    of_input = (u @ p["weight_ih"].mT + p["bias"]).chunk(3, -1)
    of_state = (output @ p["weight_hh"].mT).chunk(3, -1)
    lam = torch.sigmoid(of_input[0] + of_state[0])
    reset = torch.sigmoid(of_input[1] + of_state[1])
    candidate = torch.tanh(of_input[2] + reset * of_state[2])
    state = lam * state + (1 - lam) * candidate
    return Parts(state, state, lam, 1 - lam, candidate)


def lstm(p: Parameters, state: Tensor, output: Tensor, u: Tensor) -> Parts:
    """A long short-term memory's step; gates' order: forget, input, output, candidate."""
    gates = (u @ p["weight_ih"].mT + output @ p["weight_hh"].mT + p["bias"]).chunk(4, -1)
    lam, gamma, shown = gates[0].sigmoid(), gates[1].sigmoid(), gates[2].sigmoid()
    candidate = gates[3].tanh()
    state = lam * state + gamma * candidate
    return Parts(state, shown * state.tanh(), lam, gamma, candidate)


RECURRENCES: Mapping[str, tuple[Step, int]] = {"GRU": (gru, 3), "LSTM": (lstm, 4)}


def during_training(
    point: Mapping[str, str], settings: Settings, rng: np.random.Generator
) -> dict[str, list[float]]:
    """Networks that learn to predict the next embedded token, after some steps of Adam.

    Where the start is chrono, gates begin with 2 to LONGEST steps of memory, and with γ = 1 − λ;
    where it is plain, near 1/2. Measured is, of each network, the median over units of the factor
    by which E s² and E(∂s/∂θ)² are off the linear unit's that has the gates' means for λ and γ, and
    the candidate's autocorrelation. θ is the bias of the unit's own gate λ; the derivative is
    total, through the other units too. All start from s = 0.
    """
    torch.manual_seed(int(rng.integers(2**63)))
    text, networks, steps = windows(), settings.tier.networks, int(point["steps"])
    step, gates = RECURRENCES[point["recurrence"]]

    def batch() -> Tensor:
        chosen = torch.randint(len(text), (networks, BATCH))
        return embedded(text[chosen.numpy()])[..., :LENGTH, :].to(settings.device)

    def loss(p: Parameters) -> Tensor:
        x = batch()
        predicted = _run(step, p, x).output @ p["C"].mT
        return (predicted[..., :-1, :] - x[..., 1:, :]).square().mean((-3, -2, -1))

    shape = networks, int(point["units"]), batch().shape[-1]
    start = _initial(gates, *shape, chrono=point["start"] == "chrono")
    p = {name: value.to(settings.device) for name, value in start.items()}
    if steps:
        p, _ = train(loss, p, torch.full((networks,), RATE, device=settings.device), steps, RATE)
    with torch.no_grad():
        state, sensitivity = _off_by(step, p, batch())
        return {
            "state_off_by": state.median(-1).values.tolist(),
            "sensitivity_off_by": sensitivity.median(-1).values.tolist(),
            "loss": loss(p).tolist(),
        }


def _initial(gates: int, networks: int, units: int, d_in: int, chrono: bool) -> dict[str, Tensor]:
    bias = torch.zeros(networks, 1, gates * units)
    if chrono:
        remembering = chrono_bias(networks * units, LONGEST).view(networks, 1, units)
        bias[..., :units] = remembering
        if gates == RECURRENCES["LSTM"][1]:
            bias[..., units : 2 * units] = -remembering
    return {
        "weight_ih": torch.randn(networks, gates * units, d_in) / math.sqrt(d_in),
        "weight_hh": torch.randn(networks, gates * units, units) / math.sqrt(units),
        "bias": bias,
        "C": torch.zeros(networks, 1, d_in, units),
    }


def _run(step: Step, p: Parameters, x: Tensor) -> Parts:
    """All steps from s = 0, on x (networks, batch, time, d_in): each part (…, time, d)."""
    state = output = x.new_zeros(*x.shape[:-2], p["weight_hh"].shape[-1])
    parts = []
    for u in x.unbind(-2):
        parts.append(step(p, state, output, u))
        state, output = parts[-1][:2]
    return Parts(*(torch.stack(part, -2) for part in zip(*parts, strict=True)))


def _off_by(step: Step, p: Parameters, x: Tensor) -> tuple[Tensor, Tensor]:
    """The factors by which state and sensitivity are off the linear unit's, each (networks, d)."""
    found = _run(step, p, x)
    slopes = _slopes(step, p, x)
    lam, gamma = found.lam.mean((1, 2)), found.gamma.mean((1, 2))
    moments = torch.vmap(torch.vmap(partial(stationary_moments, steps=LENGTH)))
    M = moments(_autocorrelation(found.candidate))
    state, slope = _responses(lam, gamma, tied=step is gru)
    return _factor(found.state, state, M), _factor(slopes, slope, M)


def _factor(measured: Tensor, response: Tensor, moments: Tensor) -> Tensor:
    """The factor by which E(·)², (networks, batch, time, d), is off what the response gives.

    The response is (networks, d, lags), the input's moments are (networks, d, lags, lags).
    """
    expected = torch.vmap(torch.vmap(mean_squared_error))(response[..., None, None, :], moments)
    return (measured.square().mean((1, 2)) / expected).log().abs().exp()


def _slopes(step: Step, p: Parameters, x: Tensor) -> Tensor:
    """∂s/∂θ of each unit, (networks, batch, time, d)."""

    def state(bias: Tensor) -> Tensor:
        return _run(step, {**p, "bias": bias}, x).state

    def slope(direction: Tensor) -> Tensor:
        tangent = direction.expand_as(p["bias"])
        along: Tensor = torch.func.jvp(state, (p["bias"],), (tangent,))[1]
        return along

    units = p["weight_hh"].shape[-1]
    gate = torch.eye(units, p["bias"].shape[-1], dtype=x.dtype, device=x.device)
    return torch.vmap(slope)(gate).diagonal(dim1=0, dim2=-1)


def _responses(lam: Tensor, gamma: Tensor, tied: bool) -> tuple[Tensor, Tensor]:
    """q_k = γ λ^k and ∂q_k/∂θ for λ = σ(θ), (…, lags); where tied, γ = 1 − λ is differentiated."""
    lam, gamma = lam[..., None], gamma[..., None]
    k = torch.arange(LENGTH, device=lam.device)
    powers = lam**k
    slope = gamma * k * powers * (1 - lam)
    if tied:
        slope = slope - powers * lam * (1 - lam)
    return gamma * powers, slope


def _autocorrelation(n: Tensor) -> Tensor:
    """The mean of n_{t+Δ} n_t over batch and t, (networks, d, lags), of n (…, batch, time, d)."""
    spectrum = torch.fft.rfft(n.mT, 2 * LENGTH).abs().square().mean(1)
    R: Tensor = torch.fft.irfft(spectrum)[..., :LENGTH]
    return R / torch.arange(LENGTH, 0, -1, device=n.device)
