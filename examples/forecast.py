"""A real series, forecast with γ for white input and with γ fitted to it.

A pulse, sampled 100 times a second (`pip install --no-deps heartpy`): the mean of the next ten
samples is to be foretold, learnt on the first half, tested on the second. Both layers are linear
recurrences with the same budget and seeds, and differ in γ alone. Printed are the errors' shares
of the variance on the second half, drawn in forecast.png (or what the first argument says) how
they came down.
"""

import sys

import numpy as np
import torch
from rich.console import Console
from rich.table import Table
from torch import Tensor

from numerics.fitting.series import packaged_series
from numerics.fitting.training_data import fit_autocorrelation
from numerics.layers import LinearRecurrence, ring
from numerics.normalizers import DoubleExponential, InputNormalizer, Polar

AHEAD, WINDOW, BATCH, UPDATES, RATE = 10, 256, 16, 300, 1e-2
EVERY, SEEDS = 10, range(3)


def data() -> tuple[Tensor, Tensor, int]:
    """The series, the mean of what follows, and where the first half ends; in its units."""
    series = torch.from_numpy(packaged_series("pulse"))
    half = len(series) // 2
    series = (series - series[:half].mean()) / series[:half].std()
    following = series[1:].unfold(0, AHEAD, 1).mean(-1)
    return series[: len(following)].float(), following.float(), half


def curve(normalizer: InputNormalizer, seed: int) -> list[float]:
    """The error's share of the variance on the second half, every few updates."""
    torch.manual_seed(seed)
    x, y, half = data()
    lam = ring(32, 0.9, 0.999)
    layer = LinearRecurrence(1, 1, lam, Polar(DoubleExponential()), normalizer)
    adam, shares = torch.optim.Adam(layer.parameters(), lr=RATE), []
    for update in range(UPDATES):
        # nothing after the first half, not even in the means of what follows
        starts = torch.randint(half - WINDOW - AHEAD, (BATCH, 1)) + torch.arange(WINDOW)
        error = layer(x[starts].unsqueeze(-1))[0].squeeze(-1) - y[starts]
        loss = error[:, WINDOW // 2 :].square().mean()
        adam.zero_grad()
        loss.backward()
        adam.step()
        if update % EVERY == EVERY - 1:
            with torch.no_grad():
                after = layer(x[None, :, None])[0][0, half:, 0] - y[half:]
            shares.append(float(after.square().mean() / y[half:].var()))
    return shares


def draw(curves: dict[str, np.ndarray], path: str) -> None:
    """All seeds, thin, and their means."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
    updates = np.arange(EVERY, UPDATES + 1, EVERY)
    for (name, shares), colour in zip(curves.items(), ("#0072B2", "#009E73"), strict=True):
        axes.plot(updates, shares.T, color=colour, lw=0.6, alpha=0.6)
        axes.plot(updates, shares.mean(0), color=colour, lw=2, label=name)
    axes.set(yscale="log", xlabel="updates", ylabel="error's share of the variance, second half")
    axes.legend()
    axes.grid(alpha=0.3, which="both")
    figure.savefig(path, dpi=130)


def main(path: str = "forecast.png") -> dict[str, np.ndarray]:
    """Curves of both, shape (seeds, tests)."""
    x, _, half = data()
    fitted = fit_autocorrelation(x[:half])
    table = Table("", *(f"seed {seed}" for seed in SEEDS), title=f"R(Δ) = {fitted}")
    curves = {}
    for name, normalizer in {
        "γ for white input": InputNormalizer(),
        "γ fitted": InputNormalizer(fitted.input),
    }.items():
        curves[name] = np.array([curve(normalizer, seed) for seed in SEEDS])
        table.add_row(name, *(f"{share:.3f}" for share in curves[name][:, -1]))
    Console().print(table)
    draw(curves, path)
    return curves


if __name__ == "__main__":
    main(*sys.argv[1:])
