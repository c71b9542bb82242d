"""R(Δ) as text and as LaTeX: sums of white noise, ρ^Δ and ρ^Δ cos φΔ."""

from __future__ import annotations

import math


def written(weight: float, rho: float, phi: float = 0.0) -> str:
    """The term weight · ρ^Δ cos φΔ for Δ ≥ 0, as claims and `--autocorrelation` understand it.

    Args:
        weight: its share of R(0).
        rho: ρ from −1 to 1; white noise is 0.
        phi: the angle φ from 0 to π.

    """
    if rho < 0 or phi == math.pi:
        return f"{weight:.4g}·(−{abs(rho):.6g})^Δ"
    if rho == 0:
        return f"{weight:.4g}·KroneckerDelta(Δ, 0)"
    decay = [f"{rho:.6g}^Δ"] if f"{rho:.6g}" != "1" else []
    return "·".join([f"{weight:.4g}", *decay, *[f"cos({phi:.6g}·Δ)"] * (phi > 0)])


def latex(text: str) -> str:
    """R(Δ) as `written`, in LaTeX."""
    text = text.replace("KroneckerDelta(Δ, 0)", r"\delta_{Δ, 0}")
    for sign, name in {"Δ": "Delta", "·": "cdot ", "cos": "cos"}.items():
        text = text.replace(sign, rf"\{name}")
    return text
