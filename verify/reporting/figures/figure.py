"""What a figure is: its words, what it takes, and how it is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verify.claims.trial import Trial
from verify.judging.evidence import Evidence, Finding

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

Measured = Mapping[Trial, Mapping[str, Sequence[float]]]  # by trial and measure: one per replica


@dataclass(frozen=True)
class Figure:
    """A figure that a report shows.

    Attributes:
        title: a few words, with the number of the paper's figure that it stands for.
        caption: what is drawn, and what it shows.
        claims: the ids, or keys (A5), of the claims that it illustrates.
        draw: what its trials measured → the drawing. Formulas' figures take nothing.
        trials: the trials of experiments whose numbers it draws.

    """

    title: str
    caption: str
    claims: Sequence[str]
    draw: Callable[[Measured], Drawing]
    trials: Sequence[Trial] = ()

    def found(self, trial_results: Mapping[Trial, Evidence]) -> Measured | None:
        """What is measured of the figure's trials; None if there are some, but nothing to draw."""
        measured = {
            trial: trial_results[trial].data
            for trial in self.trials
            if trial in trial_results and trial_results[trial].finding is Finding.SUPPORTS
        }
        return measured if measured or not self.trials else None


def of_formulas(
    title: str, caption: str, claims: Sequence[str], draw: Callable[[], Drawing]
) -> Figure:
    """A figure that needs no trials."""
    return Figure(title, caption, claims, lambda _: draw())
