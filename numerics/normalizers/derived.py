"""The derived normaliser γ = 1/sqrt(E|h|²) for a given input, as NumPy arrays (paper §3).

As an expression it is `theory.parametrizations.optimal_gamma`; the numbers here are evaluated in
1 − λ, rewritten exactly, so that nothing is lost as λ → 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from numerics.normalizers.eigenvalues import Eigenvalue
from numerics.normalizers.input_normalizer import InputNormalizer

if TYPE_CHECKING:
    import sympy as sp
    from numpy.typing import ArrayLike, NDArray

    from theory.filtering import FilteredInput
    from theory.inputs import StationaryInput

    Array = NDArray[Any]  # float64


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

    Examples:
        >>> from numerics.normalizers import gamma
        >>> from theory import white
        >>> gamma(white(), [0.0, 0.6, 0.8j]).round(3)
        array([1. , 0.8, 0.6])

    """
    from theory.algebra.conjugation import bar
    from theory.filtering import FilteredInput
    from theory.moments import second_moment
    from theory.symbols import lam

    z = np.asarray(eigenvalue)
    if not np.all(np.abs(z) < 1):
        raise ValueError(f"eigenvalue: |λ| < 1 is needed, not {z[~(np.abs(z) < 1)].flat[0]}")
    if isinstance(x, FilteredInput):
        return _by_squares(x, Eigenvalue.of(torch.as_tensor(z * 1.0)))
    if not np.iscomplexobj(z):
        return gamma_near_one(x, 1 - z)
    moment = second_moment(x)
    _require_values(moment, {lam, bar(lam)})
    return _root_of_inverse(moment, {lam: z, bar(lam): np.conj(z)})


def gamma_near_one(x: StationaryInput, one_minus_lam: ArrayLike) -> Array:
    """γ = 1/sqrt(E|h|²) for real λ, from 1 − λ in (0, 2).

    Args:
        x: the input, without free parameters.
        one_minus_lam: 1 − λ in (0, 2), any shape.

    Returns:
        γ > 0, of the same shape.

    Examples:
        >>> from numerics.normalizers import gamma_near_one
        >>> from theory import constant
        >>> float(gamma_near_one(constant(), 1e-20))
        1e-20

    """
    from theory.filtering import FilteredInput
    from theory.moments import second_moment
    from theory.symbols import real_lam

    o = np.asarray(one_minus_lam, dtype=float)
    if isinstance(x, FilteredInput):
        distance = torch.as_tensor(o)
        return _by_squares(x, Eigenvalue(distance, 2 - distance))
    symbol, moment = from_the_circle(second_moment(x, real_lam), 1)
    return _root_of_inverse(moment, {symbol: o})


def from_the_circle(moment: sp.Expr, end: int) -> tuple[sp.Symbol, sp.Expr]:
    """A moment for real λ as a function of o = 1 − end·λ, no small difference left to rounding.

    1−λ² becomes 2o − o², and 1−λρ becomes (1−ρ) + ρo with 1−ρ exact.

    Args:
        moment: an expression in `real_lam`.
        end: 1 or −1.

    Returns:
        o and the moment.

    Raises:
        ValueError: if a parameter of the input has no value.

    """
    import sympy as sp

    from theory.symbols import real_lam

    o = sp.Symbol("o", positive=True)
    expression = sp.bottom_up(
        moment.subs(real_lam, end * (1 - o)),
        lambda e: sp.expand(e) if e.is_Add and e.is_polynomial(o) else e,
    )
    _require_values(expression, {o})
    return o, expression


def _require_values(expr: sp.Expr, given: set[sp.Symbol]) -> None:
    if missing := expr.free_symbols - given:
        raise ValueError(f"no value for {', '.join(sorted(map(str, missing)))} in the input")


def _by_squares(x: FilteredInput, eigenvalue: Eigenvalue) -> Array:
    """γ where R is a difference: its moments have small differences for any λ."""
    found: Array = InputNormalizer(x)(eigenvalue).numpy()
    return found


def _root_of_inverse(moment: sp.Expr, values: dict[sp.Symbol, Array]) -> Array:
    from numerics.arithmetic.evaluation import NUMPY, evaluate_in

    root: Array = 1 / np.sqrt(np.real(evaluate_in(moment, values, NUMPY)))
    return root
