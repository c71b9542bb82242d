"""How one eigenvalue learns another (paper Fig. 7; claim C4), step by step."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure as Drawing

from verify.experiments.eigenvalue_learning import ANGLES, STEPS, losses
from verify.reporting.figures.curves import Array
from verify.reporting.figures.figure import of_formulas
from verify.reporting.figures.style import BLUE, GREEN, ORANGE, label, legend, panels

STRETCHES = 250  # of steps, as long as each other on a log scale
FLOOR = 1e-14  # below it a loss is rounding
STYLES = {
    "plain": ("θ", BLUE),
    "exponential": ("θ = exp ω", GREEN),
    "optimal": ("θ scaled as in B6", ORANGE),
}


def extremes(series: Array) -> tuple[Array, Array, Array]:
    """Steps, counted from 1, and the least and largest value from each to the next."""
    steps = np.unique(np.geomspace(1, len(series), STRETCHES).astype(int))
    least, largest = (f.reduceat(series, steps - 1) for f in (np.minimum, np.maximum))
    return steps, least, largest


def _draw() -> Drawing:
    drawing, axes = panels(2, sharey=True)
    for panel, carried in zip(axes, (True, False), strict=True):
        for angle, theta in ANGLES.items():
            name, colour = STYLES[angle]
            steps, least, largest = extremes(np.maximum(losses(theta, carried), FLOOR))
            panel.fill_between(steps, least, largest, color=colour, alpha=0.3, linewidth=0)
            panel.plot(steps, largest, color=colour, linewidth=1, label=name)
        title = "Adam" if carried else "as released: Adam's state dropped after each step"
        label(panel, "step", "loss", title, xscale="log", yscale="log", xlim=(100, STEPS))
    legend(axes[0], loc="lower left")
    return drawing


LEARNING = of_formulas(
    "One eigenvalue learns another (Fig. 7)",
    "Loss while λ = 0.99 e^{iπ/4} learns λ* = 0.99 e^{iπ/100}, |λ| = tanh ω, learning rate 1e-3, "
    "with three ways to train the angle; lines are at the largest loss of each stretch of steps, "
    "filled down to the least. Left: Adam, which reaches the teacher in polar coordinates too, and "
    "leaves it in short bursts: as gradients vanish so does its estimate of their square, until "
    "steps outgrow the loss's curvature. Right: as in the released code, where no step passes the "
    "optimiser's state on, so that each is a sign step; there the losses stay where the paper "
    "shows them.",
    ("C4",),
    _draw,
)
