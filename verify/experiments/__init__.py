"""Claims that only a run can judge: each experiment's settings, what it measures, and how.

An experiment measures one number per replica. A deterministic one has a single replica; of the
others the median is claimed, whose interval from order statistics holds for any distribution.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from verify.experiments import (
    deep_networks,
    eigenvalue_learning,
    embedding_autocorrelation,
    gated_learning,
    gated_units,
    hessian_structure,
    linear_systems,
    nonlinear_units,
    teacher_normalizer,
)
from verify.settings import Settings

Measured = Mapping[str, Sequence[float]]  # by measure: a number per replica


@dataclass(frozen=True)
class Experiment:
    """An experiment that claims may name.

    Attributes:
        settings: each setting's possible values.
        measures: the numbers it yields, by name.
        run: a value of each setting, how much to try, and random numbers → what is measured.
        random: whether replicas differ; there is one if not.

    """

    settings: Mapping[str, Sequence[str]]
    measures: Sequence[str]
    run: Callable[[Mapping[str, str], Settings, np.random.Generator], Measured]
    random: bool = True


_LINEAR_SYSTEM = {
    "student": linear_systems.STUDENTS,
    "memory": linear_systems.MEMORIES,
    "angle": tuple(linear_systems.ANGLES),
}

EXPERIMENTS: Mapping[str, Experiment] = {
    "eigenvalue_learning": Experiment(
        {
            "angle": tuple(eigenvalue_learning.ANGLES),
            "optimiser_state": ("carried", "dropped"),
            "arithmetic": tuple(eigenvalue_learning.ARITHMETICS),
        },
        eigenvalue_learning.MEASURES,
        eigenvalue_learning.run,
        random=False,
    ),
    "eigenvalue_learning_by_natural_gradient": Experiment(
        {}, eigenvalue_learning.MEASURES, eigenvalue_learning.run_naturally, random=False
    ),
    "hessian_of_equivalent_systems": Experiment(
        {
            "eigenvectors": ("random", "orthonormal"),
            "parametrization": hessian_structure.PARAMETRIZATIONS,
        },
        hessian_structure.MEASURES,
        hessian_structure.equivalent_systems,
    ),
    "hessian_against_angles": Experiment(
        {"angles": tuple(hessian_structure.ANGLES)},
        ("diagonal_mass",),
        hessian_structure.against_angles,
    ),
    "linear_system_learning": Experiment(
        {**_LINEAR_SYSTEM, "optimizer": tuple(linear_systems.OPTIMIZERS)},
        ("final_loss", "best_rate"),
        linear_systems.learn,
    ),
    "effective_learning_rates": Experiment(
        _LINEAR_SYSTEM, linear_systems.RATE_MEASURES, linear_systems.effective_rates
    ),
    "embedding_autocorrelation": Experiment(
        {"control": embedding_autocorrelation.CONTROLS},
        embedding_autocorrelation.MEASURES,
        embedding_autocorrelation.correlations,
    ),
    "deep_networks_at_initialisation": Experiment(
        {
            "recurrence": tuple(deep_networks.RECURRENCES),
            "time_constant": tuple(deep_networks.TIME_CONSTANTS),
            "norm": tuple(deep_networks.NORMS),
        },
        deep_networks.MEASURES,
        deep_networks.at_initialisation,
    ),
    "gru_jacobian": Experiment(
        {"strength": gated_units.STRENGTHS, "delay": gated_units.DELAYS},
        gated_units.JACOBIAN_MEASURES,
        gated_units.jacobian,
    ),
    "gates_against_theory": Experiment(
        {"gates": gated_units.GATES},
        ("state_off_by", "sensitivity_off_by"),
        gated_units.against_theory,
    ),
    "teacher_normalizer": Experiment(
        {
            "product": teacher_normalizer.PRODUCTS,
            "eigenvectors": teacher_normalizer.EIGENVECTORS,
        },
        ("second_moment",),
        teacher_normalizer.second_moment,
    ),
    "nonlinear_sensitivity": Experiment(
        {
            "activation": tuple(nonlinear_units.ACTIVATIONS),
            "eigenvalue": nonlinear_units.EIGENVALUES,
            "correlation": nonlinear_units.CORRELATIONS,
        },
        nonlinear_units.MEASURES,
        nonlinear_units.against_bounds,
    ),
    "gated_networks_learning": Experiment(
        {"recurrence": tuple(gated_learning.RECURRENCES), "steps": gated_learning.STEPS},
        gated_learning.MEASURES,
        gated_learning.during_training,
    ),
}
