"""Figures: derived formulas as lines, and what was simulated or measured on top of them."""

from __future__ import annotations

from collections.abc import Mapping

from verify.reporting.figures import linear_systems, real_text, systems
from verify.reporting.figures.accuracy import ACCURACY
from verify.reporting.figures.curse import CURSE, GROWTH
from verify.reporting.figures.curvature import CURVATURE
from verify.reporting.figures.discs import DISCS
from verify.reporting.figures.eigenvalue_learning import LEARNING
from verify.reporting.figures.figure import Figure, Measured
from verify.reporting.figures.hessians import HESSIANS
from verify.reporting.figures.landscapes import BASINS, LANDSCAPES
from verify.reporting.figures.normalised import NORMALISED
from verify.reporting.figures.released import RELEASED

FIGURES: Mapping[str, Figure] = {
    "curse": CURSE,
    "growth": GROWTH,
    "basins": BASINS,
    "normalised": NORMALISED,
    "landscapes": LANDSCAPES,
    "eigenvalue_learning": LEARNING,
    "discs": DISCS,
    "hessians": HESSIANS,
    "hessian_of_published_system": systems.PUBLISHED_HESSIANS,
    "hessian_of_equivalent_systems": systems.HESSIANS,
    "loss_against_memory": linear_systems.MEMORY,
    "loss_against_angles_and_heads": linear_systems.ANGLE_AND_HEADS,
    "effective_learning_rates": linear_systems.EFFECTIVE_RATES,
    "optimisers": linear_systems.OPTIMISERS,
    "embedding_autocorrelation": real_text.AUTOCORRELATION,
    "deep_networks_at_initialisation": real_text.INITIALISATION,
    "gated_units": real_text.GATED_UNITS,
    "gated_networks_learning": real_text.GATED_LEARNING,
    "curvature": CURVATURE,
    "nonlinear_units": systems.NONLINEAR_UNITS,
    "released": RELEASED,
    "teacher_normalizer": systems.TEACHER_NORMALIZER,
    "accuracy": ACCURACY,
}

__all__ = ["FIGURES", "Figure", "Measured"]
