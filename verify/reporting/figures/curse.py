"""The curse of memory: how state and sensitivity grow with λ (paper Fig. 1A; claims A5 to A7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing

from theory.algebra.leading import LeadingTerm
from theory.algebra.taylor import epsilon
from theory.growth import growth, moment_near_circle
from theory.moments import second_moment, sensitivity
from theory.symbols import real_lam
from verify.reporting.figures.curves import INPUTS, SIMULATED, curve, simulated
from verify.reporting.figures.figure import of_formulas
from verify.reporting.figures.style import GREY, label, legend, panels

STATE, SENSITIVITY = r"$\mathrm{E}[h^2]$", r"$\mathrm{E}[(\partial h/\partial\lambda)^2]$"
GRADIENT = r"largest $|\partial h_{t+k}/\partial h_t|$"


def _draw_curse() -> Drawing:
    drawing, axes = panels(2, sharey=True)
    lam = 1 - np.concatenate([np.logspace(-3, -1, 80), np.linspace(0.1, 1, 40)[1:]])
    some = np.array([0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98])
    for name, (x, colour) in INPUTS.items():
        expressions = (second_moment(x, real_lam), sensitivity(x, real_lam, real_lam))
        for panel, expr in zip(axes, expressions, strict=True):
            curve(panel, expr, real_lam, lam, color=colour, label=name)
        if name in SIMULATED:
            for panel, estimate in zip(axes, simulated(x, 1 - some), strict=True):
                estimate.draw(panel, some, colour)
    for panel, title, quantity in _titled(axes):
        panel.axhline(1, color=GREY, linestyle=":", label=GRADIENT)
        label(panel, "λ", quantity, title, yscale="log", ylim=(0.5, 1e12))
    legend(axes[0], loc="upper left")
    return drawing


def _draw_growth() -> Drawing:
    drawing, axes = panels(2)
    one_minus_lam = np.logspace(-6, 0, 61)[:-1]
    for name, (x, colour) in INPUTS.items():
        orders = growth(x)
        for n, (panel, term) in enumerate(
            zip(axes, (orders.state, orders.sensitivity), strict=True)
        ):
            curve(panel, moment_near_circle(x, n), epsilon, one_minus_lam, color=colour, label=name)
            ends, dashed = one_minus_lam[[0, -1]], {"color": colour, "linewidth": 1}
            curve(panel, term.expression, epsilon, ends, "--", label=_written(term), **dashed)
    for panel, title, quantity in _titled(axes):
        label(panel, "1 − λ", quantity, title, xscale="log", yscale="log")
        legend(panel)
    return drawing


def _titled(axes: Sequence[Axes]) -> Iterator[tuple[Axes, str, str]]:
    return zip(axes, ("state", "sensitivity"), (STATE, SENSITIVITY), strict=True)


def _written(term: LeadingTerm) -> str:
    factor = "" if term.coefficient == 1 else rf"{term.coefficient}\,"
    return rf"${factor}(1-\lambda)^{{{term.order}}}$"


CURSE = of_formulas(
    "State and sensitivity against λ (Fig. 1A)",
    "Second moments of the state (left) and of its sensitivity to λ (right) for inputs with "
    "R(Δ) = ρ^|Δ|. Lines are the derived formulas; dots are 1024 simulated chains with 99 % "
    "intervals (of a constant input, ρ = 1, there is nothing to simulate: h = x/(1−λ)). Both "
    "explode as λ → 1, the sensitivity faster, though no gradient ∂h_{t+k}/∂h_t = λ^k exceeds 1.",
    ("A5", "A6", "A7"),
    _draw_curse,
)
GROWTH = of_formulas(
    "Orders of growth",
    "The same second moments as λ → 1, and their leading terms (dashed), derived as Laurent series "
    "in 1−λ. For ρ < 1 the orders are −1 and −3, reached once 1−λ is far below 1−ρ; for a constant "
    "input they are −2 and −4. The sensitivity outgrows the state by two orders for every ρ.",
    ("A7",),
    _draw_growth,
)
