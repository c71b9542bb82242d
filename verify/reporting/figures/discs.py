"""|S(λ_0, λ)| over the disc of λ (paper Fig. 8; claims D2 and D4): as published and as derived."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import sympy as sp
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm
from matplotlib.figure import Figure as Drawing

from numerics.arithmetic.evaluation import NUMPY, evaluate_in
from theory.algebra.presentation import present
from verify.experiments.eigenvalue_learning import START
from verify.reporting.figures.curves import Array, model
from verify.reporting.figures.figure import of_formulas
from verify.reporting.figures.style import BLACK, panels

FIRST = complex(START[0] * sp.exp(sp.I * START[1]))  # λ_0, where claim C4 starts too
CORRELATIONS = (0.0, 0.9, 0.99, 0.999, 1.0)
PIXELS = 240  # across a disc
# levels of log₁₀ |S|, and of log₁₀ of the ratio
SIZES, RATIOS = np.arange(-1, 4.1, 0.5), np.arange(-1.05, 1.1, 0.1)


@cache
def _forms() -> tuple[sp.Expr, sp.Expr, Sequence[sp.Symbol]]:
    """S as claim D2 has it and as derived, and λ_1, λ_2 and ρ."""
    claim = model("D2-cross-sensitivity")
    symbols = [claim.symbols[name] for name in ("lambda1", "lambda2", "rho")]
    return claim.formula, present(claim.value), symbols


def moduli(lam: Array, correlation: float) -> tuple[Array, Array]:
    """|S(λ_0, λ)| as published and as derived, at each λ and for one ρ."""
    *forms, symbols = _forms()
    values = dict(zip(symbols, (FIRST, lam, correlation), strict=True))
    published, derived = (np.abs(evaluate_in(form, values, NUMPY)) for form in forms)
    return published, derived


def _draw() -> Drawing:
    columns = len(CORRELATIONS)
    drawing, axes = panels(columns, 3, width=1.8, height=1.75, sharex=True, sharey=True)
    rows = [axes[k : k + columns] for k in range(0, len(axes), columns)]
    x = (np.arange(PIXELS) + 0.5) * 2 / PIXELS - 1
    lam = x + 1j * x[:, None]
    for rho, column in zip(CORRELATIONS, zip(*rows, strict=True), strict=True):
        published, derived = moduli(lam, rho)
        sizes = _disc(column[0], lam, published, SIZES, "viridis")
        _disc(column[1], lam, derived, SIZES, "viridis")
        ratios = _disc(column[2], lam, published / derived, RATIOS, "PuOr")
        column[0].set_title(f"ρ = {rho:g}", fontsize="medium")
        column[2].set_xlabel("Re λ")
    for row, name in zip(rows, ("published", "derived", "published/derived"), strict=True):
        row[0].set_ylabel(f"{name}\nIm λ")
    drawing.colorbar(sizes, ax=rows[0] + rows[1], label="log₁₀ |S|", ticks=SIZES[::2], aspect=30)
    drawing.colorbar(ratios, ax=rows[2], label="log₁₀ of the ratio", ticks=[-1, 0, 1], aspect=14)
    return drawing


def _disc(axes: Axes, lam: Array, values: Array, levels: Array, colours: str) -> ScalarMappable:
    shown = np.ma.masked_array(np.log10(values), np.abs(lam) >= 1)
    axes.set_aspect("equal")
    axes.plot(FIRST.real, -FIRST.imag, "o", color=BLACK, markersize=5, markerfacecolor="none")
    return axes.pcolormesh(
        lam.real,
        lam.imag,
        shown,
        norm=BoundaryNorm(levels, 256, extend="both"),
        cmap=colours,
        rasterized=True,
    )


DISCS = of_formulas(
    "The Hessian's S over the disc (Fig. 8)",
    "|S(λ_0, λ)| for λ_0 = 0.99 e^{iπ/4} and R(Δ) = ρ^|Δ|; the ring is the conjugate of λ_0. The "
    "published closed form is right at ρ = 0 and ρ = 1; between them it is too small around the "
    "ring and has its zeros elsewhere. For white input |S| is largest towards the ring, at any "
    "modulus of λ; as ρ → 1 that moves to λ → 1.",
    ("D2", "D4"),
    _draw,
)
