"""Errors of code in single precision, in ulp (claim H1): as it is written, and as generated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import flint
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing

from numerics.benchmarks.accuracy import balls, exactly, one_minus, peers, real_formula, ulps
from numerics.codegen.export import compiled
from theory.architectures.pairs import lru
from theory.inputs import exponential, white
from theory.symbols import omega, real_lam, rho
from verify.reporting.figures.curves import Array
from verify.reporting.figures.figure import of_formulas
from verify.reporting.figures.style import GREEN, GREY, ORANGE, label, legend, panels

Code = Callable[..., Array]  # of arrays in single precision

ONE_MINUS_LAM = np.geomspace(1e-7, 0.9, 120, dtype=np.float32)
OMEGA = np.log(-np.log1p(-ONE_MINUS_LAM.astype(float))).astype(np.float32)
ONE_MINUS_RHO = np.float32(0.1)
COLOURS = (GREEN, GREY, ORANGE)
SMALLEST = 0.01  # error that is told from none


def gammas() -> Mapping[str, Code]:
    """Ways to compute the LRU's γ from ω."""

    def squared(w: Array) -> Array:
        return np.asarray(np.exp(-np.exp(w)) ** 2)

    return {
        "generated": compiled("lru", white(), "numpy")["gamma"],
        "√(1−λ²)": lambda w: np.sqrt(1 - squared(w)),
        "√(1−λ²+1e-6)": lambda w: np.sqrt(1 - squared(w) + np.float32(1e-6)),
    }


def sensitivities() -> Mapping[str, Code]:
    """Ways to compute the sensitivity from 1 − λ and 1 − ρ."""
    return {
        "generated": compiled("sensitivity", exponential(), "numpy")["sensitivity_near_one"],
        "the formula in λ and ρ": peers(real_formula("sensitivity"))["lambdify of factor"],
    }


def errors(code: Code, arguments: Sequence[Array], truth: Sequence[flint.acb]) -> Array:
    """The error in ulp at each point."""
    found = zip(code(*arguments), truth, strict=True)
    return np.array([ulps(value, exact.real) for value, exact in found])


def _dots(
    axes: Axes, codes: Mapping[str, Code], arguments: Sequence[Array], truth: Sequence[flint.acb]
) -> None:
    for (name, code), colour in zip(codes.items(), COLOURS, strict=False):
        found = np.maximum(errors(code, arguments, truth), SMALLEST)
        axes.plot(ONE_MINUS_LAM, found, ".", markersize=3, color=colour, label=name)


def _draw() -> Drawing:
    drawing, axes = panels(2, sharey=True)
    truth = exactly(lru().pair.gamma, (omega,), balls(OMEGA))
    _dots(axes[0], gammas(), [OMEGA], truth)
    distances = [ONE_MINUS_LAM, np.full_like(ONE_MINUS_LAM, ONE_MINUS_RHO)]
    truth = exactly(real_formula("sensitivity"), (real_lam, rho), *map(one_minus, distances))
    _dots(axes[1], sensitivities(), distances, truth)
    titles = ("γ(ω) of the LRU", f"sensitivity for ρ = {1 - ONE_MINUS_RHO:.1f}, from 1−λ and 1−ρ")
    for panel, title in zip(axes, titles, strict=True):
        label(panel, "1 − λ", "error, ulp", title, xscale="log", yscale="log")
        legend(panel)
    return drawing


ACCURACY = of_formulas(
    "Errors of code in single precision",
    "Errors in units of the last place, against ball arithmetic. Left: the LRU's normaliser as it "
    "is usually written, with the released code's 1e-6 under the root, and as generated from "
    "the same formula. Right: the sensitivity, as SymPy prints its formula and as generated. What "
    "is generated is within an ulp down to 1−λ = 1e-7, where the others have no digit left.",
    ("H1", "A6"),
    _draw,
)
