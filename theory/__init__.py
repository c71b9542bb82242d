"""The mathematics: stationary inputs, the kernel and everything derived from it (SymPy only)."""

from theory.catalogue import Unit, quantity
from theory.conjugation import conjugated, polarised, restored
from theory.derivations import DERIVATIONS
from theory.derivations.render import RENDERERS
from theory.derivations.step import BrokenStep, Derivation, Step
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
from theory.latex import document, to_latex
from theory.moments import (
    backpropagated_error,
    cross_moment,
    cross_sensitivity,
    second_moment,
    sensitivity,
    teacher_student_hessian,
    teacher_student_loss,
)
from theory.parametrizations import (
    PARAMETRIZATIONS,
    Parametrization,
    optimal_gamma,
    optimal_parameter_white,
    optimality_condition,
)
from theory.presentation import present, readable

__all__ = [
    "DERIVATIONS",
    "PARAMETRIZATIONS",
    "RENDERERS",
    "ArbitraryInput",
    "BrokenStep",
    "Derivation",
    "Input",
    "Parametrization",
    "StationaryInput",
    "Step",
    "Unit",
    "backpropagated_error",
    "conjugated",
    "constant",
    "cross_moment",
    "cross_sensitivity",
    "damped_cosine",
    "document",
    "exponential",
    "finite_kernel",
    "from_expression",
    "kernel",
    "mixture",
    "moving_average",
    "optimal_gamma",
    "optimal_parameter_white",
    "optimality_condition",
    "polarised",
    "present",
    "quantity",
    "readable",
    "restored",
    "second_moment",
    "sensitivity",
    "teacher_student_hessian",
    "teacher_student_loss",
    "to_latex",
    "white",
]
