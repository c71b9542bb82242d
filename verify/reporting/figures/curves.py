"""What figures are made of: formulas along a line, and simulated chains with their intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import flint
import numpy as np
import sympy as sp
from numpy.typing import NDArray
from scipy.stats import t as student

from numerics.arithmetic.balls import certified
from numerics.simulate.filters import shaping_filter
from numerics.simulate.reference import burn_in_steps
from theory.inputs import StationaryInput, constant, exponential, white
from verify.claims.selection import select
from verify.judging.model import Model
from verify.reporting.figures.style import BLACK, BLUE, GREEN, ORANGE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[Any]  # float64

# R = ρ^Δ by its name, and in which colour
INPUTS: Mapping[str, tuple[StationaryInput, str]] = {
    "ρ = 0": (white(), BLUE),
    "ρ = 0.9": (exponential(sp.Rational(9, 10)), GREEN),
    "ρ = 0.99": (exponential(sp.Rational(99, 100)), ORANGE),
    "ρ = 1": (constant(), BLACK),
}
SIMULATED = ("ρ = 0", "ρ = 0.9", "ρ = 0.99")  # of a constant input there is nothing to simulate
CHAINS, CONFIDENCE, BIAS = 1024, 0.99, 1e-3


@cache
def model(claim_id: str) -> Model:
    """Both sides of one of the paper's claims, as published and as derived."""
    [claim] = select([claim_id])
    return Model(claim)


def values(expr: sp.Expr, variable: sp.Symbol, points: Array) -> Array:
    """A real expression at each point, to 15 digits whatever cancels on the way.

    Raises:
        NotEvaluated: the expression is zero at one of the points, or singular.

    """

    def at(point: float) -> float:
        return float(certified(expr, lambda: {variable: flint.acb(point)}, digits=15).real.mid())

    return np.array([at(point) for point in points.tolist()])


def curve(
    axes: Axes, expr: sp.Expr, variable: sp.Symbol, points: Array, *style: str, **how: Any
) -> None:
    """Draw a line through an expression's values; style and how are those of `Axes.plot`."""
    axes.plot(points, values(expr, variable, points), *style, **how)


@dataclass(frozen=True)
class Estimate:
    """Simulated second moments at several λ.

    Attributes:
        mean: shape (eigenvalues,).
        half_width: of the 99 % intervals, shape (eigenvalues,).

    """

    mean: Array
    half_width: Array

    def draw(self, axes: Axes, at: Array, colour: str, scale: Array | float = 1.0) -> None:
        """Draw dots with error bars, both multiplied by `scale`."""
        axes.errorbar(
            at,
            scale * self.mean,
            scale * self.half_width,
            fmt="o",
            markersize=3.5,
            capsize=2,
            color=colour,
        )


def simulated(x: StationaryInput, one_minus_lam: Array) -> tuple[Estimate, Estimate]:
    """E|h|² and E|∂h/∂λ|² at γ = 1, from time averages over independent chains.

    Args:
        x: the input, one that `shaping_filter` knows.
        one_minus_lam: 1 − λ, shape (eigenvalues,).

    """
    from numerics.simulate.moments import moments

    steps = burn_in_steps(1 - one_minus_lam.min(), BIAS)
    chains = moments(1 - one_minus_lam, shaping_filter(x), CHAINS, 2 * steps, steps, seed=1)
    quantile = student.isf((1 - CONFIDENCE) / 2, CHAINS - 1)
    state, sensitivity = (
        Estimate(mean, quantile * error)
        for mean, error in zip(chains.means(), chains.standard_errors(), strict=True)
    )
    return state, sensitivity
