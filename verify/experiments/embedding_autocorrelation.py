"""The autocorrelation of embedded text, and of the text spoiled (App. D, Fig. 12; claim F1)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from verify.experiments.text import LENGTH, embedded, pages, windows
from verify.settings import Settings

LAGS = (1, 10, 100, 300)


def correlations(
    point: Mapping[str, str], settings: Settings, rng: np.random.Generator
) -> dict[str, list[float]]:
    """R(Δ)/R(0) for groups of texts, averaged over features as published; of all together R(0) too.

    Fitted to all together is level · decay^Δ, by least squares of log R over all lags but the last,
    as published, or as far as R is positive. Controls: a text's tokens in random order; no position
    embeddings; each feature without its mean over all texts; and both of the last two.
    """
    control = point["control"]
    ids = pages() if point["text"] == "pages" else windows()
    if control == "tokens shuffled":
        ids = rng.permuted(ids, axis=-1)
    groups = np.array_split(ids, min(settings.tier.replicas, len(ids)))
    positions = "positions" not in control
    mean = torch.zeros(())
    if "mean" in control:
        mean = torch.stack([embedded(g, positions).sum((0, 1)) for g in groups]).sum(0) / ids.size
    R = torch.stack([autocorrelation(embedded(g, positions) - mean) for g in groups])
    shares = torch.tensor([len(group) / len(ids) for group in groups], dtype=R.dtype)
    of_all = (shares @ R).numpy()[:-1]
    positive = of_all[: np.argmin(of_all > 0) or None]
    slope, level = np.polyfit(np.arange(len(positive)), np.log(positive), 1)
    return {
        **{f"correlation_{lag}": (R[:, lag] / R[:, 0]).tolist() for lag in LAGS},
        "power": [float(of_all[0])],
        "fitted_level": [float(np.exp(level))],
        "fitted_decay": [float(np.exp(slope))],
    }


def autocorrelation(x: Tensor) -> Tensor:
    """The mean of x_{t+Δ} x_t over texts, t and features, (LENGTH,).

    Args:
        x: embedded texts, (texts, LENGTH, features).

    """
    spectrum = torch.fft.rfft(x, 2 * LENGTH, dim=-2).abs().square().mean((0, -1))
    R: Tensor = torch.fft.irfft(spectrum)[:LENGTH] / torch.arange(LENGTH, 0, -1)
    return R
