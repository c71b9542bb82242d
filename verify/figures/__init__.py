"""Figures: derived formulas as lines, and what was simulated or measured on top of them."""

from __future__ import annotations

from collections.abc import Mapping

from verify.figures.figure import Figure

FIGURES: Mapping[str, Figure] = {}

__all__ = ["FIGURES", "Figure"]
