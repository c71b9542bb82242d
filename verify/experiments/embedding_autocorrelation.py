"""The autocorrelation of embedded text, and of the text spoiled (App. D, Fig. 12; claim F1)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from verify.experiments.text import LENGTH, embedded, windows
from verify.settings import Settings

LAGS = (1, 10, 100, 300)


def correlations(
    point: Mapping[str, str], settings: Settings, rng: np.random.Generator
) -> dict[str, list[float]]:
    """R(Δ)/R(0) for groups of consecutive windows, averaged over features as published.

    Controls: a window's tokens in random order; no position embeddings; each feature without its
    mean over the whole text; and both of the last two.
    """
    control, ids = point["control"], windows()
    if control == "tokens shuffled":
        ids = rng.permuted(ids, axis=-1)
    groups = np.array_split(ids, settings.tier.replicas)
    positions = "positions" not in control
    mean = torch.zeros(())
    if "mean" in control:
        mean = torch.stack([embedded(g, positions).sum((0, 1)) for g in groups]).sum(0) / ids.size
    R = torch.stack([_autocorrelation(embedded(g, positions) - mean) for g in groups])
    return {f"correlation_{lag}": (R[:, lag] / R[:, 0]).tolist() for lag in LAGS}


def _autocorrelation(x: Tensor) -> Tensor:
    """The mean of x_{t+Δ} x_t over windows, t and features, for each Δ."""
    spectrum = torch.fft.rfft(x, 2 * LENGTH, dim=-2).abs().square().mean((0, -1))
    R: Tensor = torch.fft.irfft(spectrum)[:LENGTH] / torch.arange(LENGTH, 0, -1)
    return R
