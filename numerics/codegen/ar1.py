"""The module that normalisers compute with: it is printed, so that they need only Torch."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from numerics.codegen.conditioning import conditioned
from theory.inputs import StationaryInput, exponential
from theory.moments import second_moment, sensitivity
from theory.symbols import lam, rho

_HEAD = '''"""E|h|² and E|∂h/∂λ|² for R(Δ) = ρ^Δ, in factors that are never negative.

This file is made by `numerics.codegen.ar1.ar1_moments`. It is not edited, but made again by
`pytest --update-golden tests/numerics/codegen/test_ar1.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

# fmt: off'''
_FACTORS = {
    "abs2_lam": "|λ|²",
    "one_minus_abs2_lam": "1 − |λ|²",
    "abs2_one_minus_lam": "|1 − λ|²",
    "abs2_one_plus_lam": "|1 + λ|²",
    "one_minus_rho": "1 − ρ",
    "one_plus_rho": "1 + ρ",
}


def ar1_moments() -> str:
    """The source of `numerics.normalizers.ar1_moments`, derived from the theory."""
    functions = (
        _function("second_moment", "E|h|²", second_moment),
        _function("sensitivity", "E|∂h/∂λ|²", sensitivity),
    )
    return "\n\n\n".join([_HEAD, *functions]) + "\n"


def _function(name: str, meaning: str, moment: Callable[[StationaryInput], sp.Expr]) -> str:
    form = conditioned(moment(exponential()), frozenset({lam, rho}))
    numerator, denominator = sp.fraction(form.constant * form.expression)
    [distance] = denominator.atoms(sp.Add)  # |1 − λρ|², but for a constant
    denominator = denominator.xreplace({distance: sp.Symbol("distance")})
    arguments = "".join(f"    {factor}: Tensor,\n" for factor in _FACTORS)
    described = "".join(f"        {factor}: {of}, any shape.\n" for factor, of in _FACTORS.items())
    return f'''def {name}(
{arguments}) -> Tensor:
    """{meaning} without a normaliser.

    Args:
{described}
    Returns:
        {meaning}, of the shape to which the factors broadcast.

    """
    numerator = (
        {_in_lines(numerator)}
    )
    distance = (
        {_in_lines(distance)}
    )
    return numerator / ({sp.pycode(denominator)})'''


def _in_lines(terms: sp.Add) -> str:
    return str(sp.pycode(terms)).replace(" + ", "\n        + ")
