"""Gated recurrent units at initialisation (paper App. D, Figs. 14 and 15; claims F5 and F6)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from numerics.recurrences import gru_step
from verify.experiments.embedding_autocorrelation import autocorrelation
from verify.experiments.text import LENGTH, embedded, pages
from verify.settings import Settings

# claim F5
WIDTH, LONGEST = 256, 16.0
# claim F6
TIME_CONSTANTS, SHOWN, NEAR, PAGES = (1.0, 256.0), (2.0, 16.0, 256.0), 10.0, 25


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
    """By what factor h² and (∂h/∂θ)² of gated units are off those of constant gates, on average.

    As released, but for the embeddings: h ← f h + (1 − f) n with f = σ(θ + w·x + u·h) and n linear
    in the input x, after articles of embedded text; exp θ is uniform in TIME_CONSTANTS, and ∂h/∂θ
    is total, through the other units too. Constant gates have the text's autocorrelation for n. A
    replica averages over PAGES articles, with other parameters for each, and over units of nearly
    the same exp θ + 1; it takes the worst of SHOWN.
    """
    generator = torch.Generator().manual_seed(int(rng.integers(2**63)))
    text, R = pages(), _autocorrelation()
    expected = torch.stack([_expected(R, 1 - 1 / steps) for steps in SHOWN])
    measured: dict[str, list[float]] = defaultdict(list)
    for _ in range(settings.tier.networks):
        chosen = rng.choice(len(text), PAGES, replace=False)
        kept, squares = zip(
            *(_after(text[i], point["gates"], generator) for i in chosen), strict=True
        )
        near = -((torch.cat(kept) - torch.tensor(SHOWN)[:, None]) ** 2) / NEAR**2
        found = near.softmax(-1) @ torch.cat(squares)
        worst = (found / expected).log().abs().amax(0).exp()
        for name, factor in zip(("state", "sensitivity"), worst.tolist(), strict=True):
            measured[f"{name}_off_by"].append(factor)
    return measured


def _after(ids: NDArray[np.int64], gates: str, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """The steps that a layer's units keep a state for, (WIDTH,); h² and (∂h/∂θ)², (WIDTH, 2)."""
    x = embedded(ids).double()

    def drawn(variance: float) -> Tensor:
        values = torch.randn(WIDTH, x.shape[-1], generator=generator, dtype=x.dtype)
        return values * math.sqrt(variance / x.shape[-1])

    low, high = TIME_CONSTANTS
    keep = low + (high - low) * torch.rand(WIDTH, generator=generator, dtype=x.dtype)
    candidates, w, u = x @ drawn(1).mT, drawn(2), torch.empty(WIDTH, WIDTH, dtype=x.dtype)
    torch.nn.init.orthogonal_(u, generator=generator)
    theta = torch.log(keep).expand(len(x), -1)
    if gates != "constant":
        theta = theta + x @ w.mT
    h, slope = run(candidates, theta, u if gates == "of the input and the state" else None)
    return keep + 1, torch.stack([h**2, slope**2], -1)


def run(candidates: Tensor, theta: Tensor, u: Tensor | None) -> tuple[Tensor, Tensor]:
    """The last state of h ← f h + (1 − f) n, f = σ(θ + u·h), and ∂h_i/∂θ_i.

    Args:
        candidates: n, (time, d).
        theta: θ, (time, d).
        u: (d, d), or None where gates do not see the state.

    Returns:
        h, (d,), and its total derivative by a bias of the unit's own gate, (d,).

    """
    h, eye = torch.zeros_like(theta[0]), torch.eye(theta.shape[-1], dtype=theta.dtype)
    slope = torch.zeros_like(eye)  # of state i by the bias of unit j
    for n, seen in zip(candidates, theta, strict=True):
        f = torch.sigmoid(seen if u is None else seen + u @ h)
        of_gates = eye if u is None else eye + u @ slope
        slope = f[:, None] * slope + (f * (1 - f) * (h - n))[:, None] * of_gates
        h = f * h + (1 - f) * n
    return h, slope.diagonal()


@cache
def _autocorrelation() -> Tensor:
    """The mean of x_t x_{t+Δ} over articles, steps and features, (LENGTH,)."""
    return autocorrelation(embedded(pages()).double())


def _expected(R: Tensor, lam: float) -> Tensor:
    """E h² and E(∂h/∂θ)² after LENGTH steps of a gate held at λ = σ(θ), whose slope is λ(1 − λ)."""
    k = torch.arange(LENGTH, dtype=R.dtype)
    state = (1 - lam) * lam**k
    slope = (k * (1 - lam) - lam) * lam**k * (1 - lam)
    at_lags = R[(k[:, None] - k).abs().long()]
    return torch.stack([c @ at_lags @ c for c in (state, slope)])
