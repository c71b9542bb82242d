"""What the released code's normalisers leave of E|γh|² = 1 for white input (claims H1 to H6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing

from theory.algebra.conjugation import bar
from theory.algebra.taylor import epsilon
from verify.experiments.teacher_normalizer import draw_teachers, normalised
from verify.judging.statistics import median
from verify.reporting.figures.curves import curve, model
from verify.reporting.figures.figure import of_formulas
from verify.reporting.figures.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    label,
    legend,
    panels,
)

SLANTED = sp.pi / 4
# by name the claim, arg λ, and the line
LINES: Mapping[str, tuple[str, sp.Expr, Mapping[str, Any]]] = {
    "H1: √(1−|λ|²+1e-6)": ("H1-epsilon-under-the-root", sp.S.Zero, {"color": BLUE}),
    "H2: Cartesian as polar, arg λ = π/4": ("H2-cartesian-as-polar", SLANTED, {"color": ORANGE}),
    "H2: the same, arg λ = 0": (
        "H2-cartesian-as-polar",
        sp.S.Zero,
        {"color": ORANGE, "linestyle": (0, (2, 4)), "zorder": 3},
    ),
    "H3: log √(1−|λ|²)": ("H3-scaled-exp", sp.S.Zero, {"color": PURPLE}),
    "H5: 1−|λ|": ("H5-one-minus-modulus", sp.S.Zero, {"color": GREEN}),
    "H6: exp log √(1−|λ|²)": ("H6-learned", sp.S.Zero, {"color": BLACK}),
}
TEACHERS, CONFIDENCE = 400, 0.99
# by name the product and the eigenvectors, and the marker
DENSE = {
    "H4: entrywise product": ("entrywise", "orthonormal", "s"),
    "H4: matrix product, A normal": ("matrix", "orthonormal", "o"),
    "H4: matrix product, any A": ("matrix", "as drawn", "^"),
}


def power(claim_id: str, angle: sp.Expr) -> sp.Expr:
    """E|γh|² with a claim's γ, as a function of ε = 1 − |λ| at one arg λ."""
    claim = model(claim_id)
    lam, lam_bar = ((1 - epsilon) * sp.exp(sign * sp.I * angle) for sign in (1, -1))
    values = {"lambda": lam, "nu": 1 - epsilon, "theta": angle}
    given = {symbol: values[name] for name, symbol in claim.symbols.items()}
    conjugates = {bar(symbol): lam_bar for symbol in given if not symbol.is_real}
    return claim.value.subs({**given, **conjugates}, simultaneous=True)


def _draw() -> Drawing:
    drawing, [axes] = panels(1, width=7, height=3.6)
    one_minus_modulus = np.logspace(-8, 0, 81)[:-1]
    for name, (claim, angle, style) in LINES.items():
        curve(axes, power(claim, angle), epsilon, one_minus_modulus, label=name, **style)
    _draw_dense(axes)
    label(axes, "1 − |λ|", r"$\mathrm{E}|\gamma h|^2$", xscale="log", yscale="log")
    legend(drawing, loc="outside right upper")
    return drawing


def _draw_dense(axes: Axes) -> None:
    """Draw medians over random teachers, whose eigenvalues have several moduli, all above ν."""
    rng, at = np.random.default_rng(0), np.array([0.5, 0.1, 0.01, 1e-3, 1e-4])
    teachers = [draw_teachers(1 - distance, TEACHERS, rng) for distance in at.tolist()]
    for name, (product, eigenvectors, marker) in DENSE.items():
        powers = [normalised(drawn, eigenvectors, product) for drawn in teachers]
        middle = np.median(powers, axis=1)
        intervals = [median(values, 1 - CONFIDENCE) for values in powers]
        bars = [middle - [i.lower for i in intervals], [i.upper for i in intervals] - middle]
        axes.errorbar(
            at,
            middle,
            np.maximum(bars, 0),
            fmt=marker,
            color=GREY,
            ms=4,
            capsize=2,
            label=name,
            zorder=4,
        )


RELEASED = of_formulas(
    "What the released normalisers leave",
    "Second moment of the normalised state under white input, where 1 is offered (H5: at most 1). "
    "Adding 1e-6 under the root explodes once 1−|λ| is below it; real and imaginary part read as "
    "modulus and angle are right for a real λ alone; the logarithm that multiplies the input "
    "explodes and vanishes; 1−|λ| lets the state vanish. Of the dense teacher's, medians of 400 "
    "random teachers with |λ| ≥ ν, at 1−ν, with 99 % intervals: the entrywise product loses most "
    "of the power, and the matrix product is right for a normal A alone.",
    ("H1", "H2", "H3", "H4", "H5", "H6"),
    _draw,
)
