"""Figures as images within the page: a picture's ids and styles stay its own."""

from __future__ import annotations

import importlib.util
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO

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
    """Whether Matplotlib is there."""
    return importlib.util.find_spec("matplotlib") is not None


def drawn(tried: Mapping[Trial, Evidence], claims: list[str]) -> Iterator[Drawn]:
    """The figures whose trials are all there, and the ids among `claims` that they name."""
    measured = {t: e.data for t, e in tried.items() if e.finding is Finding.SUPPORTS}
    for name, figure in FIGURES.items():
        if set(figure.trials) <= measured.keys():
            svg = _svg(figure, {trial: measured[trial] for trial in figure.trials})
            address = f"data:image/svg+xml;base64,{b64encode(svg).decode()}"
            named = (c for c in claims if {c, c.partition("-")[0]} & set(figure.claims))
            yield Drawn(name, figure, address, tuple(named))


def _svg(figure: Figure, measured: Mapping[Trial, Mapping[str, list[float]]]) -> bytes:
    import matplotlib as mpl
    from matplotlib import pyplot as plt

    drawing, file = figure.draw(measured), BytesIO()
    with mpl.rc_context({"svg.hashsalt": figure.title}):  # the same bytes each time
        drawing.savefig(file, format="svg", metadata={"Date": None})
    plt.close(drawing)
    return file.getvalue()
