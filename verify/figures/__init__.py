"""Figures: derived formulas as lines, and what was simulated or measured on top of them."""

from __future__ import annotations

from collections.abc import Mapping

from verify.figures.accuracy import ACCURACY
from verify.figures.curse import CURSE, GROWTH
from verify.figures.curvature import CURVATURE
from verify.figures.discs import DISCS
from verify.figures.figure import Figure
from verify.figures.hessians import HESSIANS
from verify.figures.landscapes import BASINS, LANDSCAPES
from verify.figures.learning import LEARNING
from verify.figures.normalised import NORMALISED
from verify.figures.released import RELEASED

FIGURES: Mapping[str, Figure] = {
    "curse": CURSE,
    "growth": GROWTH,
    "basins": BASINS,
    "normalised": NORMALISED,
    "landscapes": LANDSCAPES,
    "learning": LEARNING,
    "discs": DISCS,
    "hessians": HESSIANS,
    "curvature": CURVATURE,
    "released": RELEASED,
    "accuracy": ACCURACY,
}

__all__ = ["FIGURES", "Figure"]
