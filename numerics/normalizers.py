"""The derived normaliser γ(λ) and eigenvalue λ(ω) for a given input, as numbers (paper §3, §3).

γ = 1/sqrt(E|h|²) keeps the state's size at 1 whatever λ; λ(ω) then keeps E|∂(γh)/∂ω|² at 1,
γ held fixed. As an expression γ is `theory.parametrizations.optimal_gamma`; the numbers here
are evaluated in 1 − λ, rewritten exactly, so that nothing is lost as λ → 1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike, NDArray

from numerics.evaluation import NUMPY, evaluate
from theory.conjugation import bar
from theory.inputs import StationaryInput
from theory.moments import second_moment, sensitivity
from theory.symbols import lam, real_lam

Array = NDArray[Any]  # float64

PANEL = 0.5  # of u = −log(1−λ)
LAST_PANEL = 80  # 1 − λ = e^{−40}, below which λ(ω) is a pure exponential to rounding
NODES, WEIGHTS = np.polynomial.legendre.leggauss(16)


def gamma(x: StationaryInput, eigenvalue: ArrayLike) -> Array:
    """γ = 1/sqrt(E|h|²) at λ.

    Args:
        x: the input, without free parameters.
        eigenvalue: λ, any shape. Real: −1 < λ < 1, accurate to a few ε (ε/(1 + λ) for
            λ < 0). Complex: |λ| < 1, accurate to about ε/(1 − |λ|).

    Returns:
        γ > 0, of the same shape.

    Raises:
        ValueError: if |λ| ≥ 1, or a parameter of `x` has no value.

    """
    z = np.asarray(eigenvalue)
    if not np.all(np.abs(z) < 1):
        raise ValueError(f"eigenvalue: |λ| < 1 is needed, not {z[~(np.abs(z) < 1)].flat[0]}")
    if not np.iscomplexobj(z):
        return gamma_near_one(x, 1 - z)
    return _root_of_inverse(_number(second_moment(x), {lam: z, bar(lam): np.conj(z)}))


def gamma_near_one(x: StationaryInput, one_minus_lam: ArrayLike) -> Array:
    """As `gamma` for real λ, from 1 − λ in (0, 2)."""
    o = np.asarray(one_minus_lam, dtype=float)
    return _root_of_inverse(_of_one_minus_lam(second_moment(x, real_lam))(o))


class OptimalEigenvalue:
    """λ(ω) with λ(0) = 0 and dλ/dω = 1/sqrt(γ² E|∂h/∂λ|²), γ the derived one (claim B5).

    ω(λ) = ∫_0^λ sqrt(E|∂h/∂λ|² / E|h|²) dλ, by Gauss–Legendre quadrature in u = −log(1−λ),
    in which the integrand is smooth and bounded however near λ is to 1.
    """

    def __init__(self, x: StationaryInput) -> None:
        """Tabulate ω for the input `x`, which has no free parameters (ValueError otherwise)."""
        K = _of_one_minus_lam(second_moment(x, real_lam))
        S = _of_one_minus_lam(sensitivity(x, real_lam, real_lam))

        def slope(u: Array) -> Array:
            o = np.exp(-u)
            value: Array = o * np.sqrt(S(o) / K(o))
            return value

        self._slope = slope
        self._u = PANEL * np.arange(LAST_PANEL + 1)
        panels = self._integral(self._u[:-1], self._u[1:])
        self._omega = np.concatenate([[0.0], np.cumsum(panels)])
        self._last_slope = float(self._slope(self._u[-1:])[0])

    def omega(self, eigenvalue: ArrayLike) -> Array:
        """ω at λ in [0, 1), any shape. Raises ValueError outside."""
        z = np.asarray(eigenvalue, dtype=float)
        if not np.all((z >= 0) & (z < 1)):
            raise ValueError("eigenvalue: 0 ≤ λ < 1 is needed")
        u = -np.log1p(-z)
        start = np.minimum((u / PANEL).astype(int), LAST_PANEL)
        omega: Array = self._omega[start] + self._integral(self._u[start], u)
        return omega

    def eigenvalue(self, omega: ArrayLike) -> Array:
        """λ < 1 at ω ≥ 0, any shape. Raises ValueError for ω < 0."""
        below_one: Array = np.minimum(-np.expm1(-self._u_at(omega)), np.nextafter(1, 0))
        return below_one

    def one_minus_eigenvalue(self, omega: ArrayLike) -> Array:
        """1 − λ at ω ≥ 0, to full relative accuracy."""
        o: Array = np.exp(-self._u_at(omega))
        return o

    def _integral(self, start: Array, end: Array) -> Array:
        half = (end - start) / 2
        nodes = (start + half)[..., None] + half[..., None] * NODES
        integral: Array = half * (self._slope(nodes) @ WEIGHTS)
        return integral

    def _u_at(self, omega: ArrayLike) -> Array:
        w = np.asarray(omega, dtype=float)
        if not np.all(w >= 0):
            raise ValueError("omega: ω ≥ 0 is needed; ω = 0 is λ = 0")
        panel = np.clip(np.searchsorted(self._omega, w, "right") - 1, 0, LAST_PANEL - 1)
        low, high = self._u[panel], self._u[panel + 1]
        u = np.interp(w, self._omega, self._u)
        # Newton, held inside the panel: the slope is positive and nearly constant there
        for _ in range(8):
            error = self._omega[panel] + self._integral(low, u) - w
            u = np.clip(u - error / self._slope(u), low, high)
        beyond = (w - self._omega[-1]) / self._last_slope
        found: Array = np.where(beyond > 0, self._u[-1] + beyond, u)
        return found


def _of_one_minus_lam(moment: sp.Expr) -> Callable[[Array], Array]:
    """The moment as a function of o = 1−λ, no small difference left to floating point.

    1−λ² becomes 2o − o², and 1−λρ becomes (1−ρ) + ρo with 1−ρ exact.
    """
    o = sp.Symbol("o", positive=True)
    expression = sp.bottom_up(
        moment.subs(real_lam, 1 - o),
        lambda e: sp.expand(e) if e.is_Add and e.is_polynomial(o) else e,
    )
    return lambda values: _number(expression, {o: values})


def _number(expr: sp.Expr, values: dict[sp.Symbol, NDArray[Any]]) -> Array:
    missing = expr.free_symbols - values.keys()
    if missing:
        raise ValueError(f"no value for {', '.join(sorted(map(str, missing)))} in the input")
    value: Array = np.real(evaluate(expr, values, NUMPY))
    return value


def _root_of_inverse(moment: Array) -> Array:
    root: Array = 1 / np.sqrt(moment)
    return root
