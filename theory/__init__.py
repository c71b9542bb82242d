"""The mathematics: stationary inputs, the kernel and everything derived from it (SymPy only)."""

from theory.algebra.conjugation import conjugated, polarised, restored
from theory.algebra.leading import LeadingTerm, leading_term
from theory.algebra.presentation import present, readable
from theory.architectures.fates import Row, rows
from theory.architectures.pairs import ARCHITECTURES, Architecture, Parametrization
from theory.bounds import second_moment_bound, sensitivity_bound
from theory.catalogue import Unit, quantity
from theory.derivations import DERIVATIONS
from theory.derivations.checking.step import BrokenStep, Derivation, Step
from theory.geometry import (
    conformal_curvature,
    conformal_factor,
    critical_correlation,
    distortion_bound,
    gaussian_curvature,
    sensitivity_metric,
    total_curvature,
)
from theory.growth import Growth, growth, spectral_density
from theory.inputs import (
    ArbitraryInput,
    Input,
    StationaryInput,
    constant,
    damped_cosine,
    exponential,
    from_expression,
    mixture,
    moving_average,
    white,
)
from theory.kernel import finite_kernel, kernel
from theory.moments import (
    backpropagated_error,
    cross_moment,
    cross_sensitivity,
    output_hessian,
    second_moment,
    sensitivity,
    teacher_student_hessian,
    teacher_student_loss,
)
from theory.parametrizations import (
    optimal_gamma,
    optimal_parameter_white,
    optimality_condition,
)
from theory.printing.derivations import RENDERERS
from theory.printing.latex import to_latex
from theory.printing.pdf import document

__all__ = [
    "ARCHITECTURES",
    "DERIVATIONS",
    "RENDERERS",
    "ArbitraryInput",
    "Architecture",
    "BrokenStep",
    "Derivation",
    "Growth",
    "Input",
    "LeadingTerm",
    "Parametrization",
    "Row",
    "StationaryInput",
    "Step",
    "Unit",
    "backpropagated_error",
    "conformal_curvature",
    "conformal_factor",
    "conjugated",
    "constant",
    "critical_correlation",
    "cross_moment",
    "cross_sensitivity",
    "damped_cosine",
    "distortion_bound",
    "document",
    "exponential",
    "finite_kernel",
    "from_expression",
    "gaussian_curvature",
    "growth",
    "kernel",
    "leading_term",
    "mixture",
    "moving_average",
    "optimal_gamma",
    "optimal_parameter_white",
    "optimality_condition",
    "output_hessian",
    "polarised",
    "present",
    "quantity",
    "readable",
    "restored",
    "rows",
    "second_moment",
    "second_moment_bound",
    "sensitivity",
    "sensitivity_bound",
    "sensitivity_metric",
    "spectral_density",
    "teacher_student_hessian",
    "teacher_student_loss",
    "to_latex",
    "total_curvature",
    "white",
]
