"""E|h|² and E|∂h/∂λ|² for R(Δ) = ρ^Δ, in factors that are never negative.

This file is made by `numerics.codegen.ar1.ar1_moments`. It is not edited, but made again by
`pytest --update-golden tests/numerics/codegen/test_ar1.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

# fmt: off


def second_moment(
    abs2_lam: Tensor,
    one_minus_abs2_lam: Tensor,
    abs2_one_minus_lam: Tensor,
    abs2_one_plus_lam: Tensor,
    one_minus_rho: Tensor,
    one_plus_rho: Tensor,
) -> Tensor:
    """E|h|² without a normaliser.

    Args:
        abs2_lam: |λ|², any shape.
        one_minus_abs2_lam: 1 − |λ|², any shape.
        abs2_one_minus_lam: |1 − λ|², any shape.
        abs2_one_plus_lam: |1 + λ|², any shape.
        one_minus_rho: 1 − ρ, any shape.
        one_plus_rho: 1 + ρ, any shape.

    Returns:
        E|h|², of the shape to which the factors broadcast.

    """
    numerator = (
        2*abs2_lam*one_minus_rho*one_plus_rho
        + one_minus_abs2_lam*one_minus_rho**2
        + one_minus_abs2_lam*one_plus_rho**2
        + 2*one_minus_rho*one_plus_rho
    )
    distance = (
        abs2_one_minus_lam*one_plus_rho**2
        + abs2_one_plus_lam*one_minus_rho**2
        + 2*one_minus_abs2_lam*one_minus_rho*one_plus_rho
    )
    return numerator / (distance*one_minus_abs2_lam)


def sensitivity(
    abs2_lam: Tensor,
    one_minus_abs2_lam: Tensor,
    abs2_one_minus_lam: Tensor,
    abs2_one_plus_lam: Tensor,
    one_minus_rho: Tensor,
    one_plus_rho: Tensor,
) -> Tensor:
    """E|∂h/∂λ|² without a normaliser.

    Args:
        abs2_lam: |λ|², any shape.
        one_minus_abs2_lam: 1 − |λ|², any shape.
        abs2_one_minus_lam: |1 − λ|², any shape.
        abs2_one_plus_lam: |1 + λ|², any shape.
        one_minus_rho: 1 − ρ, any shape.
        one_plus_rho: 1 + ρ, any shape.

    Returns:
        E|∂h/∂λ|², of the shape to which the factors broadcast.

    """
    numerator = (
        2*abs2_lam**2*abs2_one_minus_lam*one_minus_rho*one_plus_rho**3
        + 2*abs2_lam**2*abs2_one_plus_lam*one_minus_rho**3*one_plus_rho
        + 3*abs2_lam*abs2_one_minus_lam*one_minus_abs2_lam*one_minus_rho**2*one_plus_rho**2
        + 4*abs2_lam*abs2_one_minus_lam*one_minus_rho*one_plus_rho**3
        + 3*abs2_lam*abs2_one_plus_lam*one_minus_abs2_lam*one_minus_rho**2*one_plus_rho**2
        + 4*abs2_lam*abs2_one_plus_lam*one_minus_rho**3*one_plus_rho
        + 8*abs2_lam*one_minus_abs2_lam*one_minus_rho**2*one_plus_rho**2
        + 2*abs2_one_minus_lam*one_minus_abs2_lam**2*one_minus_rho**3*one_plus_rho
        + 3*abs2_one_minus_lam*one_minus_abs2_lam*one_minus_rho**2*one_plus_rho**2
        + 2*abs2_one_minus_lam*one_minus_rho*one_plus_rho**3
        + 2*abs2_one_plus_lam*one_minus_abs2_lam**2*one_minus_rho*one_plus_rho**3
        + 3*abs2_one_plus_lam*one_minus_abs2_lam*one_minus_rho**2*one_plus_rho**2
        + 2*abs2_one_plus_lam*one_minus_rho**3*one_plus_rho
        + one_minus_abs2_lam**3*one_minus_rho**4
        + one_minus_abs2_lam**3*one_plus_rho**4
    )
    distance = (
        abs2_one_minus_lam*one_plus_rho**2
        + abs2_one_plus_lam*one_minus_rho**2
        + 2*one_minus_abs2_lam*one_minus_rho*one_plus_rho
    )
    return numerator / (distance**2*one_minus_abs2_lam**3)
