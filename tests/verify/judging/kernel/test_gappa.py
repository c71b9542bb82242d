"""Bounds of rounding that Gappa proves and Coq checks; what cancels or overflows has none."""

from __future__ import annotations

import inspect
import shutil
from fractions import Fraction

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from numerics.codegen.export import exported
from theory.inputs import exponential, white
from verify.cli.commands import app
from verify.judging.kernel import gappa
from verify.judging.kernel.coq import check, version
from verify.judging.kernel.gappa import Bounds

needs_gappa = pytest.mark.skipif(
    shutil.which("gappa") is None or shutil.which("coqc") is None,
    reason="Gappa or Coq is not installed",
)
ONE = ["one_minus_lam"]


def bounds_of(arguments, *body, target="torch", roundings=99):
    """What is found of a function called f."""
    bounds = Bounds(target)
    bounds("f", arguments, body, roundings)
    return bounds


@pytest.mark.every(3)
@needs_gappa
@pytest.mark.parametrize(
    ("name", "x", "exact"),
    [
        ("second_moment", white(), lambda a: 1 / (a * (2 - a))),
        ("sensitivity", white(), lambda a: (1 + (1 - a) ** 2) / (a * (2 - a)) ** 3),
        ("second_moment", exponential(), lambda a, b: (a * b + (2 - a) * (2 - b))
            / (a * (2 - a) * (a * (2 - b) + b * (2 - a)))),
    ],
)  # fmt: skip
def test_a_compiled_function_is_as_near_as_is_proved_and_no_further_than_counted(name, x, exact):
    scope = {}
    bounds = Bounds("torch")
    source = exported(name, x, "torch", bounds)
    exec(source, scope)  # noqa: S102
    function, bound = scope[f"{name}_near_one"], bounds.proved[f"{name}_near_one"]
    assert bound.units <= bounds.counted[f"{name}_near_one"]
    assert f"at most {bound.rounded:g}u" in function.__doc__
    assert f"from 2**{bound.least} to 2" in function.__doc__
    random = np.random.default_rng(5)
    points = np.exp2(
        random.uniform(bound.least, 1, (300, len(inspect.signature(exact).parameters)))
    )
    points[:3] = [2.0**bound.least], [np.nextafter(2, 0)], [1.0]
    found = function(*torch.from_numpy(points).T).numpy()
    for value, point in zip(found, points, strict=True):
        truth = exact(*map(Fraction, point.tolist()))
        assert abs(Fraction(float(value)) / truth - 1) <= bound.units * Fraction(2) ** -53, point


@needs_gappa
def test_a_function_of_an_eigenvalue_in_the_disc_is_as_near_as_is_proved(tmp_path):
    scope = {}
    bounds = Bounds("torch")
    exec(exported("sensitivity", white(), "torch", bounds), scope)  # noqa: S102
    bound = bounds.proved["sensitivity"]
    assert bound.units < bounds.counted["sensitivity"]
    assert "parts 0 or beyond 2**-485" in scope["sensitivity"].__doc__
    random = np.random.default_rng(5)
    angle, distance = random.uniform(0, 2 * np.pi, 300), np.exp2(random.uniform(-53, 0, 300))
    lam = (1 - distance) * np.exp(1j * angle)
    lam[:3] = 0, 1j * np.nextafter(1, 0), 0.6 + np.nextafter(0.8, 0) * 1j
    found = scope["sensitivity"](torch.from_numpy(lam)).numpy()
    inside = 0
    for z, value in zip(lam.tolist(), found.tolist(), strict=True):
        square = Fraction(z.real) ** 2 + Fraction(z.imag) ** 2
        if 1 - square < Fraction(2) ** bound.least:  # rounded out of the disc
            continue
        truth, inside = (1 + square) / (1 - square) ** 3, inside + 1
        assert abs(Fraction(value) / truth - 1) <= bound.units * Fraction(2) ** -53, z
    assert inside > 200
    list(bounds.write(tmp_path))
    assert (tmp_path / "Squares.v").exists()


@needs_gappa
def test_coq_proves_of_a_difference_from_squares_what_is_so():
    text = gappa.SQUARES.read_text(encoding="utf-8")
    for wrong in (
        text.replace("(4 + / 1024)", "(2 + / 1024)"),
        text.replace("- lost_in_square y q", ""),
    ):
        assert wrong != text
        assert check(wrong, None, axioms=gappa.AXIOMS | gappa.CLASSIC) != ""


def test_of_squares_gappa_is_given_what_coq_has_proved_and_no_more():
    assert "<= (4 + / 1024) * bpow (-53) *" in gappa.SQUARES.read_text(encoding="utf-8")
    digits, exponent = map(int, gappa._SQUARES_ERROR.split("b"))
    assert digits * Fraction(2) ** exponent == (4 + Fraction(1, 1024)) * Fraction(2) ** -53


@pytest.mark.slow
@needs_gappa
def test_of_numpy_the_proof_is_of_single_arguments():
    bounds = Bounds("numpy")
    source = exported("gamma", white(), "numpy", bounds)
    assert [*bounds.proved] == ["gamma_near_one"]
    assert "at most 2.01u and the\n" in source
    assert "Gappa has proved it of single arguments, and Coq checked" in source
    assert "the range of lam is not known" in bounds.reasons["gamma"]


@needs_gappa
def test_what_cancels_has_no_bound():
    assert bounds_of(ONE, "return one_minus_lam*one_minus_lam + 1").proved
    cancels = bounds_of(ONE, "square = one_minus_lam*one_minus_lam", "return 1 - square")
    assert cancels.reasons == {"f": "Gappa finds no bound"}


@pytest.mark.slow
@needs_gappa
def test_what_is_counted_stays_where_it_is_less():
    assert bounds_of(ONE, "return 1/(one_minus_lam + 1)", roundings=3).proved
    more = bounds_of(ONE, "return 1/(one_minus_lam + 1)", roundings=2)
    assert more.reasons == {"f": "Gappa finds 2.01u, more than is counted"}


@needs_gappa
def test_arguments_go_as_far_as_nothing_overflows():
    [far] = bounds_of(ONE, "return 1/_power(one_minus_lam, 6)").proved.values()
    [near] = bounds_of(ONE, "return 1/_power(one_minus_lam, 8)").proved.values()
    assert far.least == -149
    assert near.least == -100
    assert "|t7| <= 1b1023" in near.script


@pytest.mark.slow
@needs_gappa
def test_a_power_of_a_library_is_taken_to_be_within_an_ulp():
    [bound] = bounds_of(ONE, "return (one_minus_lam + 1)**3").proved.values()
    assert 5 <= bound.units < 5.1  # three times that of the sum, and an ulp
    assert "t1 -/ (t0 * t0 * t0) in [-1b-52, 1b-52]" in bound.script
    _, sentence = Bounds("torch")("f", ONE, ["return (one_minus_lam + 1)**3"], 99)
    assert sentence.endswith("if powers are within an ulp and no compiler fuses operations.")


@needs_gappa
@pytest.mark.parametrize(
    ("arguments", "line", "reason"),
    [
        (["rho"], "return 1/rho", "the range of rho is not known"),
        (ONE, "return torch.exp(one_minus_lam)", "torch.exp(one_minus_lam) is no operation"),
        (ONE, "return 0.1*one_minus_lam", "0.1 is no operation"),
        (ONE, f"return {2**53 + 1}*one_minus_lam", "9007199254740993 is no operation"),
        (ONE, "return one_minus_lam", "nothing is rounded"),
    ],
)
def test_what_cannot_be_read_has_no_bound(arguments, line, reason):
    bounds = bounds_of(arguments, line)
    assert not bounds.proved
    assert bounds.reasons["f"].startswith(reason)


@needs_gappa
@pytest.mark.parametrize("target", ["jax", "numba", "mpmath"])
def test_what_may_be_fused_has_no_bound(target):
    assert "may fuse" in bounds_of(ONE, "return 1/one_minus_lam", target=target).reasons["f"]


@needs_gappa
def test_a_bound_is_one_that_coq_accepts(monkeypatch):
    [bound] = bounds_of(ONE, "return 1/(one_minus_lam + 1)").proved.values()
    assert check(bound.proof, None, axioms=gappa.AXIOMS) != ""  # it takes one axiom more
    monkeypatch.setattr(gappa, "check", lambda *_: "Coq does not like it")
    assert bounds_of(ONE, "return 1/one_minus_lam").reasons == {"f": "Coq does not like it"}


@needs_gappa
def test_the_command_writes_scripts_and_proofs(tmp_path):
    module, proofs = tmp_path / "gamma.js", tmp_path / "proofs"
    ran = CliRunner().invoke(
        app,
        [
            "export",
            "gamma",
            "--to",
            "javascript",
            "--certify",
            str(proofs),
            "--output",
            str(module),
        ],
    )
    assert ran.exit_code == 0
    assert "gamma_near_one, ieee_64: 2.01u from 2**-149, proved" in ran.output
    assert "gamma_near_one: proved from its definition" in ran.output
    assert {path.name for path in proofs.iterdir()} == {
        "Makefile",
        "gamma_near_one_end_to_end.v",
        "gamma_near_one_ieee_64.g",
        "gamma_near_one_ieee_64.v",
        "library",
    }
    assert "Gappa has proved it" in module.read_text(encoding="utf-8")
    assert (proofs / "gamma_near_one_ieee_64.g").read_text().startswith("@rnd = float<ieee_64")


def test_without_gappa_the_remedy_is_said(tmp_path, monkeypatch):
    which = shutil.which
    monkeypatch.setattr(gappa, "version", lambda: "8.16")
    monkeypatch.setattr(
        gappa.shutil, "which", lambda name: None if name == "gappa" else which(name)
    )
    ran = CliRunner().invoke(
        app, ["export", "gamma", "--to", "numpy", "--certify", str(tmp_path / "proofs")]
    )
    assert ran.exit_code == 2
    assert "apt-get install gappa libcoq-gappa" in " ".join(ran.output.split())
    assert not (tmp_path / "proofs").exists()


def test_without_coq_the_remedy_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    version.cache_clear()
    ran = CliRunner().invoke(
        app, ["export", "gamma", "--to", "numpy", "--certify", str(tmp_path / "proofs")]
    )
    assert ran.exit_code == 2
    assert "apt-get install coq" in " ".join(ran.output.split())
