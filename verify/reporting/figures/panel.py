"""Panels: what an experiment measured along one of its settings, beside what was published."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verify.claims.trial import Trial
from verify.experiments import EXPERIMENTS
from verify.judging.routes.experiment import interval
from verify.reporting.figures.figure import Figure, Measured
from verify.running.sweep import grid

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

APART = 0.12  # lines whose values stand side by side


@dataclass(frozen=True)
class Line:
    """A measure at every value of a panel's setting.

    Attributes:
        label: what the line shows.
        measure: one of the measures of the panel's experiment.
        point: the other settings.
        published: the paper's numbers, by value of the panel's setting.
        without: the setting's values at which it is not drawn.

    """

    label: str
    measure: str
    point: Mapping[str, str] = field(default_factory=dict)
    published: Mapping[str, float] = field(default_factory=dict)
    without: Sequence[str] = ()


@dataclass(frozen=True)
class Panel:
    """Lines along one setting.

    Attributes:
        experiment: the experiment whose measures they are.
        along: the setting on the axis.
        labels: of both axes.
        lines: at most as many as there are colours.
        place: where a value of the setting is on a logarithmic axis; without, side by side.
        values: values of the setting; without, all that the experiment has.
        title: what the panel is about.
        bound: a horizontal line, if there is one to be held.
        scale: the other axis' scale, log or linear.

    """

    experiment: str
    along: str
    labels: tuple[str, str]
    lines: Sequence[Line]
    place: Callable[[str], float] | None = None
    values: Sequence[str] = ()
    title: str = ""
    bound: float | None = None
    scale: str = "log"

    def trials(self) -> dict[tuple[str, str], Trial]:
        """The trials drawn, by a line's label and a value of the setting."""
        found = {}
        for line in self.lines:
            for value in self.values or EXPERIMENTS[self.experiment].settings[self.along]:
                point = {
                    name: [chosen] for name, chosen in {**line.point, self.along: value}.items()
                }
                if value not in line.without:
                    [found[line.label, value]] = grid(self.experiment, point)
        return found

    def draw(self, ax: Axes, measured: Measured) -> None:
        """Draw medians in the intervals that verdicts rest on, and published numbers hollow."""
        from verify.reporting.figures.style import COLOURS, GREY, label, legend

        trials = self.trials()
        values = list(dict.fromkeys(value for _, value in trials))
        ticks = dict(zip(values, map(self.place or values.index, values), strict=True))
        for number, (line, colour) in enumerate(zip(self.lines, COLOURS, strict=False)):
            aside = 0 if self.place else APART * (number - (len(self.lines) - 1) / 2)
            places = {value: tick + aside for value, tick in ticks.items()}
            numbers = {
                places[value]: _summary(measured[trials[line.label, value]][line.measure])
                for value in values
                if trials.get((line.label, value)) in measured
            }
            found = {x: number for x, number in numbers.items() if np.isfinite(number[0])}
            if found:
                middle, below, above = np.transpose(list(found.values()))
                marks = "o-" if self.place else "o"
                ax.errorbar(
                    list(found),
                    middle,
                    yerr=[below, above],
                    fmt=marks,
                    color=colour,
                    label=line.label,
                    capsize=2,
                    ms=4,
                )
            if line.published:
                ax.plot(
                    [places[value] for value in line.published],
                    list(line.published.values()),
                    "D--" if self.place else "D",
                    color=colour,
                    mfc="none",
                    ms=7,
                    lw=1,
                )
        if self.bound is not None:
            ax.axhline(self.bound, color=GREY, lw=1, ls=":")
        label(ax, *self.labels, self.title, yscale=self.scale)
        if self.place:
            ax.set_xscale("log")
        else:
            names = [value.replace("_", " ") for value in values]
            ax.set_xticks(list(ticks.values()), names, rotation=30, ha="right")
        if len(self.lines) > 1 and ax.get_legend_handles_labels()[0]:
            legend(ax, framealpha=0.6)


def figure(title: str, caption: str, claims: Sequence[str], *panels: Panel) -> Figure:
    """A figure of panels side by side, two a row."""

    def draw(measured: Measured) -> Drawing:
        from verify.reporting.figures.style import panels as axes

        columns = min(len(panels), 2)
        drawing, places = axes(columns, -(-len(panels) // columns))
        for ax, panel in zip(places, panels, strict=False):
            panel.draw(ax, measured)
        for ax in places[len(panels) :]:
            ax.axis("off")
        return drawing

    trials = dict.fromkeys(trial for panel in panels for trial in panel.trials().values())
    return Figure(title, caption, claims, draw, tuple(trials))


def _summary(values: Sequence[float]) -> tuple[float, float, float]:
    """The median, and how far its interval reaches below and above, cut where it has no end."""
    numbers: NDArray[np.float64] = np.asarray(values, dtype=float)
    middle = float(np.quantile(np.nan_to_num(numbers, nan=np.inf), 0.5, method="nearest"))
    if numbers.size == 1 or not np.isfinite(middle):
        return middle, 0.0, 0.0
    held = interval(numbers)
    ends = np.clip([held.lower, held.upper], np.nanmin(numbers), np.nanmax(numbers))
    low, high = np.nan_to_num(ends, posinf=middle)
    return middle, middle - low, high - middle
