"""Claims that only a run can judge: each experiment's settings, what it measures, and how.

An experiment measures one number per replica. A deterministic one has a single replica; of the
others the median is claimed, whose interval from order statistics holds for any distribution.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verify.experiments import eigenvalue_learning, hessian_structure


@dataclass(frozen=True)
class Experiment:
    """An experiment that claims may name.

    Attributes:
        settings: each setting's possible values.
        measures: the numbers it yields, by name.
        run: settings, the measure's name, a generator, the replicas → a number for each.
        random: whether replicas differ; there is one if not.

    """

    settings: Mapping[str, Sequence[str]]
    measures: Sequence[str]
    run: Callable[[Mapping[str, str], str, np.random.Generator, int], NDArray[np.float64]]
    random: bool


EXPERIMENTS: Mapping[str, Experiment] = {
    "eigenvalue_learning": Experiment(
        {"angle": tuple(eigenvalue_learning.ANGLES), "optimiser_state": ("carried", "dropped")},
        ("smallest_final_loss", "largest_final_loss"),
        eigenvalue_learning.run,
        random=False,
    ),
    "eigenvalue_learning_by_natural_gradient": Experiment(
        {},
        ("smallest_final_loss", "largest_final_loss"),
        eigenvalue_learning.run_naturally,
        random=False,
    ),
    "hessian_of_equivalent_systems": Experiment(
        {"eigenvectors": ("random", "orthonormal")},
        hessian_structure.MEASURES,
        hessian_structure.equivalent_systems,
        random=True,
    ),
    "hessian_against_angles": Experiment(
        {"wider": ("pi", "pi/10"), "narrower": ("pi/10", "pi/100")},
        ("diagonal_mass_wider_over_narrower",),
        hessian_structure.against_angles,
        random=True,
    ),
}
