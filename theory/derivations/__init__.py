"""The derivations by the name of what they derive."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from theory.derivations.balance import derive_gamma, derive_parametrization
from theory.derivations.checking.step import Derivation
from theory.derivations.geometry import derive_curvature
from theory.derivations.growth import derive_growth
from theory.derivations.horizon import derive_finite_horizon
from theory.derivations.kernel import derive_kernel
from theory.derivations.losses import derive_teacher_student_hessian, derive_teacher_student_loss
from theory.derivations.moments import (
    derive_backpropagated_error,
    derive_covariance,
    derive_cross_moment,
    derive_cross_sensitivity,
    derive_second_moment,
    derive_sensitivity,
)
from theory.derivations.network import derive_network
from theory.derivations.normalised_loss import derive_normalised_loss
from theory.derivations.output_hessian import derive_output_hessian
from theory.derivations.polar import derive_parameter_sensitivity, derive_polar_sensitivity
from theory.derivations.wirtinger import derive_wirtinger
from theory.inputs import Input

DERIVATIONS: Mapping[str, Callable[[Input], Derivation]] = {
    "kernel": derive_kernel,
    "second_moment": derive_second_moment,
    "covariance": derive_covariance,
    "sensitivity": derive_sensitivity,
    "polar_sensitivity": derive_polar_sensitivity,
    "parameter_sensitivity": derive_parameter_sensitivity,
    "backpropagated_error": derive_backpropagated_error,
    "finite_horizon": derive_finite_horizon,
    "network": derive_network,
    "cross_moment": derive_cross_moment,
    "cross_sensitivity": derive_cross_sensitivity,
    "teacher_student_loss": derive_teacher_student_loss,
    "teacher_student_hessian": derive_teacher_student_hessian,
    "normalised_loss": derive_normalised_loss,
    "wirtinger": derive_wirtinger,
    "output_hessian": derive_output_hessian,
    "growth": derive_growth,
    "gamma": derive_gamma,
    "parametrization": derive_parametrization,
    "curvature": derive_curvature,
}
