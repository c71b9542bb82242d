"""Experiments' figures: the numbers that verdicts are based on, and the published ones."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from verify.experiments import EXPERIMENTS
from verify.judging.routes.experiment import interval
from verify.reporting.figures import FIGURES
from verify.reporting.figures.panel import Line, Panel, figure

MEASURED = {name: f for name, f in FIGURES.items() if f.trials}
PANEL = Panel(
    "hessian_against_angles",
    "angles",
    ("angle", "mass"),
    (Line("drawn", "diagonal_mass", published={"pi/10": 0.25}),),
)


@pytest.fixture
def axes():
    from verify.reporting.figures.style import panels

    _, [ax] = panels(1)
    return ax


def test_the_interval_drawn_is_the_verdicts(axes):
    values = np.random.default_rng(0).lognormal(size=64)
    trials = PANEL.trials()
    PANEL.draw(axes, {trials["drawn", "pi"]: {"diagonal_mass": values}})
    held = interval(values)
    [container] = axes.containers
    [[(_, low), (_, high)]] = container[2][0].get_segments()
    assert (low, high) == pytest.approx((held.lower, held.upper))
    [middle] = container[0].get_ydata()
    assert np.sum(values < middle) in (31, 32)


def test_published_numbers_stand_where_they_belong(axes):
    PANEL.draw(axes, {})
    [published] = [line for line in axes.lines if line.get_marker() == "D"]
    assert published.get_xydata().tolist() == [[1, 0.25]]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["pi", "pi/10", "pi/100"]


def test_what_is_not_measured_is_left_out(axes):
    trials = PANEL.trials()
    nan = [float("nan")] * 16
    PANEL.draw(axes, {trials["drawn", "pi"]: {"diagonal_mass": nan}})
    assert not axes.containers


@pytest.mark.parametrize("name", MEASURED)
def test_figures_of_experiments(name):
    """Each draws with all its trials measured, and each line has a colour of its own."""
    shown = MEASURED[name]
    rng = np.random.default_rng(0)
    numbers = {
        trial: {
            measure: rng.lognormal(size=16) for measure in EXPERIMENTS[trial.experiment].measures
        }
        for trial in shown.trials
    }
    drawing = shown.draw(numbers)
    used = [ax for ax in drawing.axes if ax.axison]
    assert used
    for ax in used:
        assert ax.get_ylabel()
        assert ax.containers
        colours = [container[0].get_color() for container in ax.containers]
        assert len(set(colours)) == len(colours)


def test_panels_are_placed_two_a_row():
    shown = figure("three", "", (), PANEL, PANEL, PANEL)
    drawing = shown.draw({})
    assert [ax.axison for ax in drawing.axes] == [True, True, True, False]
    assert len(shown.trials) == 3
