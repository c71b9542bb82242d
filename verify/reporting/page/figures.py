"""Figures as images within the page: a picture's ids and styles stay its own."""

from __future__ import annotations

import importlib.util
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sympy.printing.pretty.pretty_symbology import pretty_symbol

from verify.claims.claim import Claim
from verify.claims.selection import names
from verify.claims.trial import Trial
from verify.judging.evidence import Evidence, Profile

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

    from verify.reporting.figures import Figure

WIDE = 30  # values further apart are drawn on a logarithmic axis


@dataclass(frozen=True)
class Drawn:
    """A figure, its name, its picture's address, and the ids of the claims it illustrates."""

    name: str
    figure: Figure
    address: str
    claims: tuple[str, ...]


def can_draw() -> bool:
    """Whether the packages that figures take are installed."""
    return all(importlib.util.find_spec(name) for name in ("matplotlib", "numba", "torch"))


def drawn(trial_results: Mapping[Trial, Evidence], claims: list[str]) -> Iterator[Drawn]:
    """Figures of `claims`, with what is measured of their trials, and the ids that they name."""
    from verify.reporting.figures import FIGURES

    for name, figure in FIGURES.items():
        measured = figure.found(trial_results)
        named = tuple(c for c in claims if set(names(c)) & set(figure.claims))
        if named and measured is not None:
            yield Drawn(name, figure, _address(figure.draw(measured)), named)


def both_sides(claim: Claim, profile: Profile) -> str:
    """The address of a picture of what a formula says and of what is so."""
    from verify.reporting.figures.style import BLUE, ORANGE, label, legend, panels

    drawing, [axes] = panels(1)
    axes.plot(profile.at, profile.actual, color=BLUE, label="derived")
    axes.plot(profile.at, profile.claimed, "--", color=ORANGE, label="claimed")
    positive = [value for value in (*profile.actual, *profile.claimed) if value > 0]
    if len(positive) == 2 * len(profile.at) and max(positive) > WIDE * min(positive):
        axes.set_yscale("log")
    name = pretty_symbol(profile.name)
    if claim.interval(profile.name).modulus:
        name = f"|{name}|"
    label(axes, name, "value, of a complex one the modulus")
    legend(axes)
    return _address(drawing)


def _address(drawing: Drawing) -> str:
    from verify.reporting.figures.style import rendered

    return f"data:image/svg+xml;base64,{b64encode(rendered(drawing, 'svg')).decode()}"
