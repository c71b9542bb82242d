"""Hessians of recurrent networks' losses, at the optimum and away from it."""

from numerics.hessian.derivatives import (
    at_optimum,
    exact_hessian,
    gauss_newton,
    hessian_product,
    jacobian,
    leading_eigenpairs,
)
from numerics.hessian.measures import diagonal_mass, participation, spectrum_distance
from numerics.hessian.reference import (
    Complex,
    Jacobian,
    Real,
    dense_jacobian,
    diagonal_jacobian,
    hessian,
)

__all__ = [
    "Complex",
    "Jacobian",
    "Real",
    "at_optimum",
    "dense_jacobian",
    "diagonal_jacobian",
    "diagonal_mass",
    "exact_hessian",
    "gauss_newton",
    "hessian",
    "hessian_product",
    "jacobian",
    "leading_eigenpairs",
    "participation",
    "spectrum_distance",
]
