"""What the LRU's normaliser and reparametrisation leave of the curse (paper Fig. 2; B2 and B4)."""

from __future__ import annotations

import numpy as np
import sympy as sp
from matplotlib.figure import Figure as Drawing

from theory.algebra.taylor import epsilon
from theory.architectures.pairs import lru
from theory.inputs import StationaryInput
from theory.moments import second_moment, sensitivity
from theory.symbols import omega
from verify.reporting.figures.curves import INPUTS, SIMULATED, curve, simulated, values
from verify.reporting.figures.figure import of_formulas
from verify.reporting.figures.style import label, legend, panels

LRU = lru()
[APPROACH] = LRU.approaches
QUANTITIES = {
    "normalised, γ = √(1−λ²)": r"$\mathrm{E}[(\gamma h)^2]$",
    "… and reparametrised, λ = exp(−exp ω)": (
        r"$\gamma^2\lambda'^2\,\mathrm{E}[(\partial h/\partial\lambda)^2]$"
    ),
}


def moments(x: StationaryInput) -> tuple[sp.Expr, sp.Expr]:
    """The LRU's E|γh|² and E|γ ∂h/∂ω|² as functions of ε = 1 − λ, its angle being 0."""
    eigenvalue, gamma = LRU.pair.eigenvalue, LRU.pair.gamma
    state = second_moment(x, eigenvalue, gamma)
    slope = sensitivity(x, eigenvalue, omega, gamma)
    return LRU.along(APPROACH, state), LRU.along(APPROACH, slope)


def scales() -> tuple[sp.Expr, sp.Expr]:
    """γ² and γ²λ'(ω)² in ε: the LRU's moments over what they are at γ = 1, in λ itself."""
    gamma, slope = LRU.pair.gamma, sp.diff(LRU.pair.eigenvalue, omega)
    return LRU.along(APPROACH, gamma**2), LRU.along(APPROACH, gamma**2 * slope**2)


def _draw() -> Drawing:
    drawing, axes = panels(2, sharey=True)
    one_minus_lam = np.geomspace(1e-5, 0.98, 90)
    some = np.array([0.5, 0.2, 0.05, 0.01, 0.001])
    for name, (x, colour) in INPUTS.items():
        for panel, moment in zip(axes, moments(x), strict=True):
            curve(panel, moment, epsilon, one_minus_lam, color=colour, label=name)
        if name in SIMULATED:
            for panel, scale, estimate in zip(axes, scales(), simulated(x, some), strict=True):
                estimate.draw(panel, some, colour, values(scale, epsilon, some))
    for panel, (title, quantity) in zip(axes, QUANTITIES.items(), strict=True):
        label(panel, "1 − λ", quantity, title, xscale="log", yscale="log", ylim=(0.03, 3e3))
    legend(axes[0], loc="upper right")
    return drawing


NORMALISED = of_formulas(
    "Normalised and reparametrised, as in the LRU (Fig. 2)",
    "Left: the second moment of the state with γ = sqrt(1−λ²): 1 for white input, below "
    "(1+ρ)/(1−ρ) for ρ < 1, unbounded for a constant input alone. Right: the sensitivity to ω with "
    "λ = exp(−exp ω) as well, which tends to half of that bound as λ → 1. Lines are the derived "
    "formulas; dots are 1024 simulated chains with 99 % intervals.",
    ("B2", "B4"),
    _draw,
)
