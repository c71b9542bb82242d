"""Figures as images within the page: a picture's ids and styles stay its own."""

from __future__ import annotations

import importlib.util
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from verify.evidence import Evidence, Finding
from verify.figures import FIGURES, Figure
from verify.trial import Trial


@dataclass(frozen=True)
class Drawn:
    """A figure, its name, its picture's address, and the ids of the claims it illustrates."""

    name: str
    figure: Figure
    address: str
    claims: tuple[str, ...]


def can_draw() -> bool:
    """Whether what figures take is there."""
    return all(importlib.util.find_spec(name) for name in ("matplotlib", "numba"))


def drawn(tried: Mapping[Trial, Evidence], claims: list[str]) -> Iterator[Drawn]:
    """Figures of `claims`, with what is measured of their trials, and the ids that they name.

    Of trials none of which was run there is nothing to draw.
    """
    from verify.figures.style import rendered

    for name, figure in FIGURES.items():
        measured = {
            trial: tried[trial].data
            for trial in figure.trials
            if trial in tried and tried[trial].finding is Finding.SUPPORTS
        }
        named = tuple(c for c in claims if {c, c.partition("-")[0]} & set(figure.claims))
        if named and (measured or not figure.trials):
            svg = rendered(figure.draw(measured), "svg")
            address = f"data:image/svg+xml;base64,{b64encode(svg).decode()}"
            yield Drawn(name, figure, address, named)
