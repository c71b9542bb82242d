"""How figures look: colours that the colour-blind can tell apart, and one size of letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

# Okabe and Ito
BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#777777"
PURPLE, SKY, YELLOW, BLACK = "#CC79A7", "#56B4E9", "#E69F00", "#000000"
COLOURS = (BLUE, ORANGE, GREEN, PURPLE, SKY, YELLOW, BLACK)
WIDTH, HEIGHT = 4.2, 3.2  # of one panel, inches


def panels(columns: int, rows: int = 1) -> tuple[Drawing, list[Axes]]:
    """An empty drawing, and its panels row by row."""
    mpl.use("Agg")
    import matplotlib.pyplot as plt

    drawing, axes = plt.subplots(
        rows,
        columns,
        figsize=(WIDTH * columns, HEIGHT * rows),
        layout="constrained",
        squeeze=False,
    )
    return drawing, list(axes.flat)
