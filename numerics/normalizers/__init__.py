"""Normalisers γ and eigenvalues λ(ω) for training code, derived from the input (paper §3).

To import them takes Torch alone: SymPy comes in where one is derived from an input.
"""

from numerics.normalizers.derived import gamma, gamma_near_one
from numerics.normalizers.eigenvalues import (
    Cartesian,
    DoubleExponential,
    Eigenvalue,
    EigenvalueMap,
    Polar,
    Sigmoid,
    StepSize,
    Tanh,
)
from numerics.normalizers.input_normalizer import InputNormalizer
from numerics.normalizers.natural_gradient import natural_gradient, natural_steps
from numerics.normalizers.optimal import Optimal

__all__ = [
    "Cartesian",
    "DoubleExponential",
    "Eigenvalue",
    "EigenvalueMap",
    "InputNormalizer",
    "Optimal",
    "Polar",
    "Sigmoid",
    "StepSize",
    "Tanh",
    "gamma",
    "gamma_near_one",
    "natural_gradient",
    "natural_steps",
]
