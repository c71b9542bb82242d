"""Losses of one student λ around its teacher λ* (paper Figs. 1B, 1C and 6; claims C1 to C3)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import sympy as sp
from matplotlib.figure import Figure as Drawing

from theory.inputs import white
from theory.moments import sensitivity, teacher_student_loss
from theory.symbols import nu, omega, real_lam, theta
from verify.reporting.figures.curves import Array, curve
from verify.reporting.figures.figure import of_formulas
from verify.reporting.figures.style import BLACK, label, legend, panels, shades

# the teachers' 1 − |λ*| in Figs. 1B and 1C, and in Fig. 6
FEW = [sp.Rational(n, 100) for n in (30, 10, 3, 1)]
MANY = [sp.Rational(n, 100) for n in (64, 32, 16, 8, 4, 2, 1)]
MODULI: Mapping[str, tuple[sp.Expr, sp.Symbol, Array]] = {
    "ν": (nu, nu, np.linspace(0, 1, 202)[1:-1]),
    "ω, for ν = tanh ω": (sp.tanh(omega), omega, np.linspace(0, 4.5, 101)[1:]),
    "ω, for ν = exp(−exp ω)": (sp.exp(-sp.exp(omega)), omega, np.linspace(-6.5, 1.5, 101)),
}


def normalised_loss(student: sp.Expr, teacher: sp.Expr) -> sp.Expr:
    """The loss for white input and γ = sqrt(1 − |λ|²) on both sides (claim C3)."""
    gammas = [sp.sqrt(1 - sp.Abs(eigenvalue) ** 2) for eigenvalue in (student, teacher)]
    return teacher_student_loss(white(), student, teacher, (gammas[0], gammas[1]))


def parabola(student: sp.Expr, wrt: sp.Symbol, optimum: sp.Expr) -> sp.Expr:
    """The parabola ½ H (p − p*)², H being the sensitivity at the optimum p* (claim C2)."""
    hessian = sensitivity(white(), student, wrt).subs(wrt, optimum)
    return hessian * (wrt - optimum) ** 2 / 2


def around(centre: float, nearest: float, farthest: float) -> Array:
    """Points ever closer to `centre`, on both sides, without itself: the loss is 0 there."""
    offsets = np.geomspace(nearest, farthest, 60)
    return centre + np.concatenate([-offsets[::-1], offsets])


def _draw_basins() -> Drawing:
    drawing, axes = panels(2, sharey=True)
    for distance, colour in zip(FEW, shades(len(FEW)), strict=True):
        teacher, width = 1 - distance, float(distance)
        beside = around(float(teacher), 0.002 * width, float(teacher))
        lam = np.sort([*beside[beside < 1], *(1 - np.geomspace(1e-3, 0.9, 60) * width)])
        for panel, student, wrt, optimum, points in (
            (axes[0], real_lam, real_lam, teacher, lam),
            (
                axes[1],
                teacher * sp.exp(sp.I * theta),
                theta,
                sp.S.Zero,
                around(0, width / 500, 1.5),
            ),
        ):
            loss = teacher_student_loss(white(), student, teacher)
            curve(panel, loss, wrt, points, color=colour, label=f"{width}")
            near = points[np.abs(points - float(optimum)) < 0.4 * width]
            curve(panel, parabola(student, wrt, optimum), wrt, near, "--", color=BLACK, lw=0.8)
    axes[0].plot([], [], "--", color=BLACK, lw=0.8, label="½ H (λ−λ*)²")
    label(axes[0], "λ", "loss L", "student λ", yscale="log", ylim=(1e-4, 1e3))
    label(axes[1], "θ", "loss L", "student λ* exp(iθ)")
    legend(axes[0], loc="lower left", title="1 − λ*", title_fontsize="small")
    return drawing


def _draw_landscapes() -> Drawing:
    drawing, axes = panels(2, 2, sharey=True)
    for distance, colour in zip(MANY, shades(len(MANY)), strict=True):
        teacher = 1 - distance
        for panel, (student, wrt, points) in zip(axes, MODULI.values(), strict=False):
            loss = normalised_loss(student, teacher)
            curve(panel, loss, wrt, points, color=colour, label=f"{float(distance)}")
        loss = normalised_loss(teacher * sp.exp(sp.I * theta), teacher)
        curve(axes[-1], loss, theta, around(0, float(distance) / 99, 1.5), color=colour)
    for panel, name in zip(axes, (*MODULI, "θ"), strict=True):
        label(panel, name, "loss L")
    handles, labels = axes[0].get_legend_handles_labels()
    places = {"loc": "outside right upper", "title": "1 − |λ*|", "title_fontsize": "small"}
    legend(drawing, handles=handles, labels=labels, **places)
    return drawing


BASINS = of_formulas(
    "The loss around ever slower teachers (Figs. 1B and 1C)",
    "Loss of a one-dimensional student on a teacher λ*, white input, no normaliser: against a real "
    "λ (left), and against the angle at the teacher's modulus (right). The closer λ* to 1, the "
    "higher the loss and the narrower the basin. Dashed: the parabola whose curvature is the "
    "sensitivity at the teacher.",
    ("C1", "C2"),
    _draw_basins,
)
LANDSCAPES = of_formulas(
    "Normalised losses in four coordinates (Fig. 6)",
    "Loss of a student around teachers with 1−|λ*| from 0.64 to 0.01, γ = sqrt(1−|λ|²) on both "
    "sides. In the plain modulus ν the basins narrow; in ω they keep their width, for "
    "ν = tanh ω and ν = exp(−exp ω) alike; in the angle θ they narrow whatever ν is a function of.",
    ("C3",),
    _draw_landscapes,
)
