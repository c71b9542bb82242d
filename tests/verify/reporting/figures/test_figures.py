"""Figures: they are about claims, their axes are named, and their lines and dots are true."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest
from typer.testing import CliRunner

pytest.importorskip("matplotlib")
pytest.importorskip("numba")

from numerics.hessian import diagonal_mass
from theory.algebra.taylor import epsilon
from theory.inputs import white
from theory.moments import teacher_student_loss
from theory.symbols import nu, real_lam
from verify.claims.selection import select
from verify.cli.commands import app
from verify.experiments import hessian_structure
from verify.experiments.eigenvalue_learning import run
from verify.judging.evidence import Evidence, Finding
from verify.judging.value import value
from verify.reporting.figures import (
    FIGURES,
    accuracy,
    discs,
    eigenvalue_learning,
    hessians,
    landscapes,
)
from verify.reporting.figures.curves import INPUTS, SIMULATED, model, simulated, values
from verify.reporting.figures.released import power
from verify.reporting.figures.style import FORMATS, rendered
from verify.reporting.results import to_json
from verify.settings import Settings

FORMULAS = [name for name, figure in FIGURES.items() if not figure.trials]
WHITE, AR1 = "KroneckerDelta(Delta, 0)", "rho**Delta"


@cache
def drawing(name):
    return FIGURES[name].draw({})


def line(name, panel, label):
    """The x and y of a line by its name in the legend."""
    lines = {found.get_label(): found for found in drawing(name).axes[panel].lines}
    return lines[label].get_xdata(), lines[label].get_ydata()


def told(quantity, autocorrelation, settings, **unit):
    """What `curseproof eval` says."""
    ball = value(quantity, autocorrelation, settings, digits=20, **unit)
    return float(ball.real.mid())


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_about_claims_and_says_what_it_shows(name):
    figure = FIGURES[name]
    assert select(figure.claims)
    assert figure.title
    assert len(figure.caption) > 100


@pytest.mark.every(3)
@pytest.mark.parametrize("name", FORMULAS)
def test_every_axis_is_named(name):
    for axes in drawing(name).axes:
        bar = axes.get_label() == "<colorbar>"
        shared_x, shared_y = axes.get_shared_x_axes(), axes.get_shared_y_axes()
        assert bar or any(a.get_xlabel() for a in shared_x.get_siblings(axes))
        assert any(a.get_ylabel() for a in shared_y.get_siblings(axes))


@pytest.mark.slow
def test_files_are_small():
    sizes = [len(rendered(drawing(name), "svg")) for name in FORMULAS]
    assert max(sizes) < 150_000
    assert sum(sizes) < 1_500_000


@pytest.mark.every(3)
@pytest.mark.parametrize("name", ["curse", "hessians", "released"])  # each has random numbers
def test_drawn_twice_it_is_the_same_to_the_byte(name):
    again = FIGURES[name].draw({})
    for kind in FORMATS:
        assert rendered(again, kind) == rendered(drawing(name), kind)


@pytest.mark.parametrize(("panel", "quantity"), [(0, "second_moment"), (1, "sensitivity")])
@pytest.mark.parametrize("rho", ["0.9", "0.99", "1"])
def test_lines_of_growing_moments(panel, quantity, rho):
    x, y = line("growth", panel, f"ρ = {rho}")
    lam, moment = line("curse", panel, f"ρ = {rho}")
    for k in (0, len(x) // 2, -1):
        truth = told(quantity, AR1, {"lambda": f"1 - {x[k]}", "rho": rho})
        assert y[k] == pytest.approx(truth, rel=1e-12)
        truth = told(quantity, AR1, {"lambda": str(lam[k]), "rho": rho})
        assert moment[k] == pytest.approx(truth, rel=1e-9)


def test_leading_terms_are_approached():
    for panel, dashed in enumerate((r"$19/2\,(1-\lambda)^{-1}$", r"$19/4\,(1-\lambda)^{-3}$")):
        ends, asymptote = line("growth", panel, dashed)
        x, y = line("growth", panel, "ρ = 0.9")
        assert ends[0] == x[0]
        assert y[0] == pytest.approx(asymptote[0], rel=1e-3)
        assert y[-1] < asymptote[-1] / 3


def test_lines_of_the_lru():
    lru = {"eigenvalue": "exp(-exp(omega))", "gamma": "sqrt(1 - lambda**2)"}
    for k in (0, 40, -1):
        for panel, (quantity, by) in enumerate(
            (("second_moment", {}), ("sensitivity", {"wrt": "omega"}))
        ):
            x, y = line("normalised", panel, "ρ = 0.9")
            at = {"omega": f"log(-log(1 - {x[k]}))", "rho": "9/10"}
            assert y[k] == pytest.approx(told(quantity, AR1, at, **lru, **by), rel=1e-12)


@pytest.mark.parametrize("name", SIMULATED)
def test_simulated_intervals_hold_the_truth(name):
    one_minus_lam = np.array([0.5, 0.1, 0.02])
    x, _ = INPUTS[name]
    for quantity, estimate in zip(
        ("second_moment", "sensitivity"), simulated(x, one_minus_lam), strict=True
    ):
        truth = [
            told(quantity, AR1, {"lambda": repr(1 - o), "rho": name.removeprefix("ρ = ")})
            for o in one_minus_lam.tolist()
        ]
        assert np.all(np.abs(estimate.mean - truth) < 1.5 * estimate.half_width)
        assert np.all(estimate.half_width < 0.1 * estimate.mean)


def test_losses_and_their_parabolas():
    x, y = line("landscapes", 0, "0.01")
    normalised = {"gamma": "sqrt(1 - abs(lambda)**2)"}
    for k in (20, -2):
        at = {"lambda": str(x[k]), "lambda_star": "99/100"}
        truth = told("teacher_student_loss", WHITE, at, **normalised)
        assert y[k] == pytest.approx(truth, rel=1e-12)
    teacher = landscapes.FEW[0]
    near = float(teacher) * (1 + np.array([-1e-5, 1e-5]))
    loss = values(teacher_student_loss(white(), real_lam, teacher), real_lam, near)
    parabola = values(landscapes.parabola(real_lam, real_lam, teacher), real_lam, near)
    np.testing.assert_allclose(loss, parabola, rtol=1e-3)


def test_the_published_s_differs_from_the_derived_where_claim_d2_is_refuted():
    lam = np.array([0.6, 0.5 - 0.7j, 0.99 * np.exp(-0.25j * np.pi)])
    for rho in (0.0, 1.0):
        np.testing.assert_allclose(*discs.moduli(lam, rho), rtol=1e-9)
    for rho in (0.9, 0.99, 0.999):
        published, derived = discs.moduli(lam, rho)
        assert abs(published[-1] / derived[-1] - 1) > 0.4
        at = {"lambda1": "99/100*exp(I*pi/4)", "lambda2": "1/2 - 7/10*I", "rho": repr(rho)}
        truth = value("cross_sensitivity", AR1, at, digits=20)
        assert derived[1] == pytest.approx(float(abs(truth).mid()), rel=1e-9)


@pytest.mark.parametrize(
    ("name", "claim"),
    [
        ("γ = √(1−ν²), held fixed", "G1-curvature"),
        ("γ = √(1−ν²), moving", "G1-normalised-loss"),
    ],
)
def test_curvature_is_what_the_claims_say(name, claim):
    published = model(claim)
    formula = published.formula.subs(published.symbols["nu"], nu)
    x, y = line("curvature", 0, name)
    np.testing.assert_allclose(y[::20], values(formula, nu, x[::20]), rtol=1e-12)


def test_curvature_changes_its_sign_beyond_the_critical_correlation():
    for name, positive in (("0.5", False), ("0.9", True)):
        _, y = line("curvature", 1, f"ρ = {name}")
        assert bool(y.max() > 0) is positive
    _, critical = line("curvature", 1, "ρ = 0.8375")
    assert abs(critical.max()) < 1e-4


def test_hessians_are_the_experiments():
    masses = []
    for angles in hessian_structure.ANGLES:
        block = hessians.relative_block(angles)
        np.testing.assert_allclose(block, block.T, rtol=1e-6, atol=1e-12)
        masses.append(float(diagonal_mass(block)))
    assert masses == sorted(masses, reverse=True)
    assert masses[-1] < masses[0] / 2


def test_learning_ends_where_the_experiment_says():
    point = {"angle": "plain", "optimiser_state": "dropped", "arithmetic": "double"}
    measured = run(point, None, None)
    _, y = line("eigenvalue_learning", 1, "θ")
    assert y[-2:].max() == pytest.approx(measured["largest_final_loss"][0], rel=1e-2)
    steps, least, largest = eigenvalue_learning.extremes(np.arange(1000.0))
    assert steps[0] == 1
    np.testing.assert_array_equal(least, steps - 1)
    np.testing.assert_array_equal(largest, [*(steps[1:] - 2), 999])


def test_released_normalisers():
    at = np.array([1e-8, 1e-3])
    for claim, gamma in (
        ("H1-epsilon-under-the-root", "sqrt(1 - abs(lambda)**2 + 1e-6)"),
        ("H5-one-minus-modulus", "1 - abs(lambda)"),
    ):
        truth = [
            told("second_moment", WHITE, {"lambda": f"1 - {o!r}"}, gamma=gamma) for o in at.tolist()
        ]
        np.testing.assert_allclose(values(power(claim, 0 * nu), epsilon, at), truth, rtol=1e-12)


def test_generated_code_is_within_an_ulp_and_what_is_written_by_hand_is_not():
    for panel, rivals in enumerate((("√(1−λ²)", "√(1−λ²+1e-6)"), ("the formula in λ and ρ",))):
        _, generated = line("accuracy", panel, "generated")
        assert generated.max() <= 1
        for rival in rivals:
            _, off = line("accuracy", panel, rival)
            assert off[0] > 1e5
    assert len(generated) == len(accuracy.ONE_MINUS_LAM)


def test_the_command_writes_files(tmp_path):
    folder = tmp_path / "new"
    arguments = ["figures", "curse", "--output", str(folder), "--formats", "svg,png"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    assert (folder / "curse.svg").read_bytes() == rendered(drawing("curse"), "svg")
    assert (folder / "curse.png").read_bytes().startswith(b"\x89PNG")
    assert done.output.count(str(folder)) == 2


def test_the_command_draws_trials_of_results(tmp_path):
    trial = FIGURES["gated_units"].trials[0]
    data = {"diagonal_over_rest": [2.0, 3.0], "diagonal_share": [0.5, 0.6]}
    found = {trial: Evidence("trial", Finding.SUPPORTS, data=data)}
    results = tmp_path / "results.json"
    results.write_text(json.dumps(to_json([], Settings(), found)))
    arguments = ["figures", "gated_units", "--output", str(tmp_path), "--results", str(results)]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    assert b"<svg" in (tmp_path / "gated_units.svg").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nothing"], "nothing"),
        (["growth", "--formats", "svg,gif"], "svg, pdf, png"),
        (["optimisers"], "name --results"),
    ],
)
def test_the_command_refuses(tmp_path, arguments, words):
    done = CliRunner().invoke(app, ["figures", *arguments, "--output", str(tmp_path)])
    assert done.exit_code == 2
    assert words in done.output
    assert not list(tmp_path.iterdir())
