"""Gated recurrent units at initialisation (paper App. D, Figs. 14 and 15; claims F5 and F6)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from numerics.recurrences import gru_step
from theory.inputs import exponential, white
from theory.moments import second_moment, sensitivity
from theory.symbols import real_lam
from verify.experiments.text import embedded, pages
from verify.settings import Settings

Array = NDArray[np.float64]

# claim F5
WIDTH, LONGEST = 256, 16.0
# claim F6; the input's autocorrelation as fitted to text in claim F1
TIME_CONSTANTS = (2.0, 16.0, 256.0)
UNITS, MEMORY = 256, 0.997
WHITE_SHARE = 0.332 / (0.332 + 0.0431)
LENGTH = 16_384


def jacobian(
    point: Mapping[str, str], settings: Settings, rng: np.random.Generator
) -> dict[str, list[float]]:
    """∂h_delay/∂h_0 of random GRUs on embedded text from its start, where the state is 0.

    As released: gates at zero input keep a state for T steps, T uniform in [1, LONGEST];
    recurrent matrices are `strength` times orthogonal ones. Measured are the mean |J_ii| over the
    mean |J_ij|, i ≠ j, and the diagonal's share of Σ J_ij².
    """
    strength, delay = float(point["strength"]), int(point["delay"])
    measured: dict[str, list[float]] = defaultdict(list)
    text = pages()
    for _ in range(settings.tier.networks):
        torch.manual_seed(int(rng.integers(2**63)))
        x = embedded(text[rng.integers(len(text))])[:delay]
        p = _gru(x.shape[-1], strength)

        def later(h: Tensor, p: dict[str, Tensor] = p, x: Tensor = x) -> Tensor:
            for now in x:
                h = gru_step(p, h, now[None])
            return h[0]

        J = torch.func.jacfwd(later)(torch.zeros(1, WIDTH))[:, 0].abs()
        diagonal = J.diagonal()
        rest = (J.sum() - diagonal.sum()) / (J.numel() - WIDTH)
        share = diagonal.square().sum() / J.square().sum()
        measured["diagonal_over_rest"].append((diagonal.mean() / rest).item())
        measured["diagonal_share"].append(share.item())
    return measured


def _gru(d_in: int, strength: float) -> dict[str, Tensor]:
    """A GRU's random parameters in PyTorch's order of gates: reset, update, new."""
    orthogonal = [torch.nn.init.orthogonal_(torch.empty(WIDTH, WIDTH)) for _ in range(3)]
    bias = torch.zeros(3 * WIDTH)
    bias[WIDTH : 2 * WIDTH] = torch.log(1 + (LONGEST - 1) * torch.rand(WIDTH))
    return {
        "weight_ih": torch.randn(3 * WIDTH, d_in) * math.sqrt(2 / d_in),
        "weight_hh": strength * torch.cat(orthogonal),
        "bias_ih": bias,
        "bias_hh": torch.zeros(3 * WIDTH),
    }


def against_theory(
    point: Mapping[str, str], settings: Settings, rng: np.random.Generator
) -> dict[str, list[float]]:
    """By what factor E[h²] and E[(∂h/∂θ)²] of h ← f h + (1 − f) x are off those for f = σ(θ).

    f = σ(θ + w·x + u·h), where w and u have variance 1/UNITS or are 0, and x has independent
    components. A replica averages over UNITS units and LENGTH steps but the first quarter, and
    takes the worst of TIME_CONSTANTS. ∂h/∂θ is a unit's own.
    """
    factors = []
    for _ in range(settings.tier.networks):
        w, u = rng.normal(size=(2, UNITS, UNITS)) / math.sqrt(UNITS)
        if point["gates"] != "of the input and the state":
            u = np.zeros_like(u)
        if point["gates"] == "constant":
            w = np.zeros_like(w)
        off = [_simulated(T, w, u, rng) / _expected(1 - 1 / T) for T in TIME_CONSTANTS]
        factors.append(np.exp(np.abs(np.log(off)).max(axis=0)))
    state, slope = np.transpose(factors).tolist()
    return {"state_off_by": state, "sensitivity_off_by": slope}


def _simulated(time_constant: float, w: Array, u: Array, rng: np.random.Generator) -> Array:
    theta = math.log(time_constant - 1)
    h = slope = np.zeros(UNITS)
    powers = []
    for x in _input(rng):
        f = 1 / (1 + np.exp(-(theta + w @ x + u @ h)))
        slope = f * slope + f * (1 - f) * (h - x) * (1 + np.diag(u) * slope)
        h = f * h + (1 - f) * x
        powers.append((np.mean(h**2), np.mean(slope**2)))
    means: Array = np.mean(powers[LENGTH // 4 :], axis=0)
    return means


def _input(rng: np.random.Generator) -> Iterator[Array]:
    slow = rng.normal(size=UNITS)
    for _ in range(LENGTH):
        slow = MEMORY * slow + math.sqrt(1 - MEMORY**2) * rng.normal(size=UNITS)
        yield math.sqrt(WHITE_SHARE) * rng.normal(size=UNITS) + math.sqrt(1 - WHITE_SHARE) * slow


def _expected(lam: float) -> Array:
    """E[h²] and E[(∂h/∂θ)²] where f = λ = σ(θ), whose derivative is λ (1 − λ)."""
    x = WHITE_SHARE * white() + (1 - WHITE_SHARE) * exponential(MEMORY)
    gamma = 1 - real_lam
    state = second_moment(x, real_lam, gamma)
    slope = sensitivity(x, real_lam, real_lam, gamma, differentiate_gamma=True)
    by_theta = slope * (real_lam * (1 - real_lam)) ** 2
    return np.array([float(e.subs(real_lam, lam)) for e in (state, by_theta)])
