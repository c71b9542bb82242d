"""Figures: derived formulas as lines, and what was simulated or measured on top of them."""

from __future__ import annotations

from collections.abc import Mapping

from verify.figures import learning, real_text, systems
from verify.figures.figure import Figure, Measured

FIGURES: Mapping[str, Figure] = {
    "loss_against_memory": learning.MEMORY,
    "loss_against_angles_and_heads": learning.ANGLE_AND_HEADS,
    "effective_learning_rates": learning.EFFECTIVE_RATES,
    "optimisers": learning.OPTIMISERS,
    "embedding_autocorrelation": real_text.AUTOCORRELATION,
    "deep_networks_at_initialisation": real_text.INITIALISATION,
    "gated_units": real_text.GATED_UNITS,
    "gated_networks_learning": real_text.GATED_LEARNING,
    "hessian_of_equivalent_systems": systems.HESSIANS,
    "teacher_normalizer": systems.TEACHER_NORMALIZER,
    "nonlinear_units": systems.NONLINEAR_UNITS,
}

__all__ = ["FIGURES", "Figure", "Measured"]
