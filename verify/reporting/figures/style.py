"""How figures look: colours that the colour-blind can tell apart, sizes, and files."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure as Drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito
BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#777777"
PURPLE, SKY, YELLOW, BLACK = "#CC79A7", "#56B4E9", "#E69F00", "#000000"
COLOURS = (BLUE, ORANGE, GREEN, PURPLE, SKY, YELLOW, BLACK)
WIDTH, HEIGHT = 4.2, 3.2  # of one panel, inches
SMALL = 8  # letters in legends, points
DPI = 150  # of PNG, and of what is drawn as pixels in vector files

# what changes from run to run is left out
_METADATA = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {}}
FORMATS = tuple(_METADATA)


def panels(
    columns: int, rows: int = 1, width: float = WIDTH, height: float = HEIGHT, **shared: Any
) -> tuple[Drawing, list[Axes]]:
    """An empty drawing, and its panels row by row.

    Args:
        columns: panels side by side.
        rows: of panels.
        width: of one panel, inches.
        height: of one panel, inches.
        shared: sharex and sharey, as Matplotlib knows them.

    """
    drawing = Drawing(figsize=(width * columns, height * rows), layout="constrained")
    return drawing, list(drawing.subplots(rows, columns, squeeze=False, **shared).flat)


def label(axes: Axes, x: str, y: str, title: str = "", **properties: Any) -> None:
    """Name both axes, and draw a faint grid behind the lines."""
    axes.set(xlabel=x, ylabel=y, **properties)
    axes.set_title(title, fontsize="medium")
    axes.grid(alpha=0.3)


def legend(axes: Axes | Drawing, **properties: Any) -> None:
    """Draw a legend in small letters."""
    axes.legend(fontsize=SMALL, **properties)


def shades(count: int) -> Sequence[Any]:
    """Colours from dark to light, for curves in order."""
    return [mpl.colormaps["viridis"](0.9 * k / max(count - 1, 1)) for k in range(count)]


def rendered(drawing: Drawing, kind: str) -> bytes:
    """A drawing as a file of one of FORMATS; the same drawing gives the same bytes."""
    if drawing.get_layout_engine():  # laid out once: it would move things at each rendering
        drawing.draw_without_rendering()
        drawing.set_layout_engine("none")
    file = BytesIO()
    with mpl.rc_context({"svg.hashsalt": "curseproof"}):
        drawing.savefig(file, format=kind, dpi=DPI, metadata=_METADATA[kind])
    return file.getvalue()
