"""The Hessian by eigenvalues of ever narrower angles (paper Fig. 10, top; claim D6)."""

from __future__ import annotations

import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure as Drawing

from verify.experiments.hessian_structure import ANGLES, MODES, eigenvalue_block, published_modes
from verify.reporting.figures.curves import Array
from verify.reporting.figures.figure import of_formulas
from verify.reporting.figures.style import panels

SMALLEST = 1e-6  # that is shown


def relative_block(angles: str) -> Array:
    """|∂²L| over its largest entry; modes are sorted by angle, real parts come first."""
    lam, weights = published_modes(angles)
    order = np.argsort(np.angle(lam))
    block = np.abs(eigenvalue_block(lam[order], weights[order]))
    return np.asarray(block / block.max())


def _draw() -> Drawing:
    drawing, axes = panels(len(ANGLES), width=3.1, height=3.0)
    middles, parts = [MODES / 2, 3 * MODES / 2], ["Re λ₁ … λ₁₀", "Im λ₁ … λ₁₀"]
    for panel, angles in zip(axes, ANGLES, strict=True):
        image = panel.pcolormesh(
            relative_block(angles), norm=LogNorm(SMALLEST, 1), cmap="cividis", rasterized=True
        )
        panel.set(
            aspect="equal",
            xlabel="parameter p",
            ylabel="parameter q",
            xticks=middles,
            yticks=middles,
        )
        panel.set_xticklabels(parts)
        panel.set_yticklabels(parts, rotation=90, va="center")
        panel.tick_params(length=0, labelsize="small")
        panel.invert_yaxis()
        panel.set_title(f"angles up to {angles.replace('pi', 'π')}", fontsize="medium")
    drawing.colorbar(image, ax=axes, label="|∂²L/∂p∂q|, relative to the largest", extend="min")
    return drawing


HESSIANS = of_formulas(
    "The Hessian for ever narrower angles (Fig. 10, top)",
    "Absolute values of the Hessian by the eigenvalues' real and imaginary parts, at the optimum: "
    "the ten modes of the published system, with moduli in [0.99, 0.995], the same but for the "
    "scale of their angles in each panel, sorted by angle; R(Δ) = 0.99^|Δ|. The narrower the "
    "angles, the less diagonal.",
    ("D6",),
    _draw,
)
