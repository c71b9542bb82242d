"""The curvature of the metric of sensitivities (claim G1): not 0, so that no chart is uniform."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import sympy as sp
from matplotlib.figure import Figure as Drawing

from theory.algebra.conjugation import bar
from theory.catalogue import Unit, quantity
from theory.geometry import conformal_curvature, conformal_factor, critical_correlation
from theory.inputs import exponential, white
from theory.symbols import lam, nu, real_lam, theta
from verify.reporting.figures.curves import curve
from verify.reporting.figures.figure import of_formulas
from verify.reporting.figures.style import BLUE, GREEN, GREY, ORANGE, label, legend, panels, shades

POLES, COORDINATES = (nu * sp.exp(sp.I * theta),), (nu, theta)
GAMMAS = (sp.sqrt(1 - nu**2),)
WAYS: Mapping[str, tuple[Unit, str]] = {
    "γ = 1": (Unit(POLES, wrt=COORDINATES), BLUE),
    "γ = √(1−ν²), held fixed": (Unit(POLES, GAMMAS, COORDINATES), ORANGE),
    "γ = √(1−ν²), moving": (Unit(POLES, GAMMAS, COORDINATES, differentiate_gamma=True), GREEN),
}


def curvature(unit: Unit) -> sp.Expr:
    """The curvature for white input, where it is a function of ν alone."""
    return quantity("curvature", white(), unit).subs(theta, 0)


def on_the_diameter(correlation: sp.Rational) -> sp.Expr:
    """The curvature for R = ρ^Δ and γ = sqrt(1 − |λ|²), held fixed, at real λ."""
    factor = conformal_factor(exponential(correlation), sp.sqrt(1 - lam * bar(lam)))
    return conformal_curvature(factor).subs({lam: real_lam, bar(lam): real_lam})


def _draw() -> Drawing:
    drawing, axes = panels(2, sharey=True)
    points = np.linspace(0, 1, 102)[1:-1]
    for name, (unit, colour) in WAYS.items():
        curve(axes[0], curvature(unit), nu, points, color=colour, label=name)
    critical = float(critical_correlation()[0])
    correlations = (0, 0.5, critical, 0.9, 0.95)
    for rho, colour in zip(correlations, shades(len(correlations)), strict=True):
        expr = on_the_diameter(sp.Rational(rho))
        curve(axes[1], expr, real_lam, points, color=colour, label=f"ρ = {rho:.4g}")
    label(axes[0], "ν", "curvature κ", "white input")
    label(axes[1], "λ, real", "curvature κ", "$R(Δ) = ρ^{|Δ|}$, γ = √(1−|λ|²) held fixed")
    for panel in axes:
        panel.axhline(0, color=GREY, linestyle=":")
        legend(panel, loc="lower right")
    return drawing


CURVATURE = of_formulas(
    "Curvature of the metric of sensitivities",
    "Gaussian curvature of E|γ dh|² over the disc of λ; where it is not 0, no parametrisation "
    "makes all sensitivities uniform. Left: white input, without normaliser, with one held fixed, "
    "and with its own change counted; none is ever 0. Right: correlated input, along the real "
    "diameter; beyond the third ρ, the critical one, the curvature changes its sign in the disc.",
    ("G1",),
    _draw,
)
