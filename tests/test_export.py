"""Exported files stand alone, and their numbers are right in the hard region."""

import shutil
import subprocess
import sys

import flint
import pytest
import sympy as sp

from numerics.balls import certified
from numerics.codegen import Function, near_one
from theory.catalogue import Unit, quantity
from theory.inputs import damped_cosine, exponential, white
from theory.symbols import lam, rho
from verify.export import NAMES, exported
from verify.value import read_input, value

MIXTURE = "332/1000*KroneckerDelta(Delta, 0) + 43/1000*(997/1000)**Delta"


def run_alone(source, expression, path, allowed):
    """The printed value of an expression in a fresh interpreter that knows only this module."""
    module = path / "exported.py"
    module.write_text(source, encoding="utf-8")
    code = (
        f"import sys; sys.path.insert(0, {str(path)!r}); from exported import *; "
        f"import {allowed}; assert not {{'theory', 'numerics', 'verify'}} & set(sys.modules); "
        f"print(repr({expression}))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("target", "expression", "allowed"),
    [
        ("numpy", "[float(v) for v in sensitivity(numpy.array([0.8, -0.5]), 0.9)]", "numpy"),
        (
            "torch",
            "sensitivity(torch.tensor([0.8, -0.5], dtype=torch.float64), 0.9).tolist()",
            "torch",
        ),
        (
            "sympy",
            "[float(sensitivity(Rational(v), Rational('0.9'))) for v in ('0.8', '-0.5')]",
            "sympy",
        ),
    ],
)
def test_module_stands_alone(target, expression, allowed, tmp_path):
    source = exported("sensitivity", exponential(), target)
    printed = run_alone(source, expression, tmp_path, allowed)
    found = [float(v) for v in printed.strip("[]").split(",")]
    for number, text in zip(found, ("0.8", "-0.5"), strict=True):
        exact = float(value("sensitivity", "rho**Delta", {"lambda": text, "rho": "0.9"}).real)
        assert number == pytest.approx(exact, rel=1e-13)


def test_complex_eigenvalues(tmp_path):
    source = exported("sensitivity", read_input(MIXTURE), "torch")
    expression = (
        "sensitivity(torch.polar(*torch.tensor([0.8, torch.pi/5], dtype=torch.float64))).item()"
    )
    assert float(run_alone(source, expression, tmp_path, "torch")) == pytest.approx(
        12.058223355461248981511926888, rel=1e-13
    )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("target", ["numpy", "torch", "sympy"])
def test_every_name_prints_python(name, target):
    for x in (white(), exponential(), damped_cosine()):
        source = exported(name, x, target)
        compile(source, name, "exec")
        assert "def " in source


@pytest.mark.parametrize("distance", [1e-1, 1e-3, 1e-5, 1e-7, 1e-15])
@pytest.mark.parametrize("gap", [0.5, 1e-4, 1e-9])
@pytest.mark.parametrize("name", ["second_moment", "sensitivity"])
def test_near_one_keeps_its_digits(name, distance, gap):
    """A sum of positive terms: each of its operations rounds once, so errors add up at most."""
    expression = quantity(name, exponential(), Unit((lam,), wrt=(lam,)))
    conditioned = near_one(Function(name, expression, ""), lam, rho).expression
    o, q = sp.symbols("one_minus_lam one_minus_rho", positive=True)
    found = sp.lambdify((o, q), conditioned, "math")(distance, gap)

    def exact_point():
        return {lam: flint.acb(1) - flint.arb(distance), rho: flint.acb(1) - flint.arb(gap)}

    exact = float(certified(expression, exact_point, 30).real)
    assert abs(found / exact - 1) <= conditioned.count_ops() * sys.float_info.epsilon


@pytest.mark.parametrize("name", NAMES)
def test_latex_compiles(name, tmp_path):
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed (Debian: texlive-latex-base)")
    path = tmp_path / "formula.tex"
    path.write_text(exported(name, exponential(), "latex"), encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", path.name],
        cwd=tmp_path,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert path.with_suffix(".pdf").stat().st_size > 1000


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="unknown name 'x': one of second_moment"):
        exported("x", white(), "numpy")
    with pytest.raises(ValueError, match="--to cobol: one of latex"):
        exported("gamma", white(), "cobol")
