"""Draw the README's picture: the curse of memory, and what derived normalisers do to it.

Run as `make figures`. Lines are the derived formulas; dots are simulated chains with their
99 % intervals.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import sympy as sp
from matplotlib.axes import Axes

from theory.algebra.taylor import epsilon
from theory.growth import moment_near_circle
from verify.reporting.figures.curse import GRADIENT, SENSITIVITY, STATE
from verify.reporting.figures.curves import INPUTS, curve, simulated
from verify.reporting.figures.normalised import moments
from verify.reporting.figures.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    label,
    legend,
    panels,
    rendered,
)

HERE = Path(__file__).parent
CORRELATED = "ρ = 0.99"
MEMORY = np.logspace(0.05, 5, 100)
SIMULATED = np.array([2, 5, 15, 50, 200, 1000])
memory = sp.Symbol("memory", positive=True)


def draw(axes: Axes, expr: sp.Expr, name: str, colour: str, style: str = "-") -> None:
    """Draw a function of ε = 1 − λ against memory, 1/ε."""
    along = expr.subs(epsilon, 1 / memory)
    curve(axes, along, memory, MEMORY, style, color=colour, label=name)


def draw_curse(axes: Axes) -> None:
    """Draw, on the left, state and sensitivity against memory, for white input and ρ = 0.99."""
    for name, of, style in (("ρ = 0", "white input", "-"), (CORRELATED, CORRELATED, "--")):
        x, _ = INPUTS[name]
        state, sensitivity = simulated(x, 1 / SIMULATED)
        draw(axes, moment_near_circle(x, 1), f"sensitivity, {of}", ORANGE, style)
        draw(axes, moment_near_circle(x, 0), f"state, {of}", BLUE, style)
        sensitivity.draw(axes, SIMULATED, ORANGE)
        state.draw(axes, SIMULATED, BLUE)
    axes.axhline(1, color=GREY, linestyle=":", label=GRADIENT)


def draw_cure(axes: Axes) -> None:
    """Draw, on the right, the sensitivity by the parameter trained: plain λ, the LRU, derived."""
    x, _ = INPUTS[CORRELATED]
    state, slope = moment_near_circle(x, 0), moment_near_circle(x, 1)
    optimal = sp.sqrt(state / slope)  # λ'(ω) for γ = 1/sqrt(E[h²])
    draw(axes, slope, "plain λ, γ = 1", ORANGE)
    draw(axes, moments(x)[1], "LRU: exp(−exp ω), γ = √(1−λ²)", BLUE)
    draw(axes, optimal**2 * slope / state, "derived γ and λ(ω)", GREEN)


def main() -> None:
    """Write curse.png beside this file."""
    drawing, (left, right) = panels(2, width=5.5, height=4.2)
    draw_curse(left)
    draw_cure(right)
    for axes, title, quantity in (
        (left, "The curse: stable dynamics, exploding sensitivity", f"{STATE} and {SENSITIVITY}"),
        (
            right,
            f"The cure, input with {CORRELATED}",
            r"$\mathrm{E}[(\partial\,\gamma h/\partial\omega)^2]$",
        ),
    ):
        label(axes, "memory 1/(1−λ), in steps", quantity, title, xscale="log", yscale="log")
        legend(axes, loc="upper left")
    (HERE / "curse.png").write_bytes(rendered(drawing, "png"))


if __name__ == "__main__":
    main()
