"""Exported files stand alone, and their numbers are right in the hard region."""

import re
import shutil
import subprocess
import sys
from fractions import Fraction
from functools import cache
from itertools import product

import flint
import numpy as np
import pytest
import torch

from numerics.balls import certified
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


SINGLE = [1.9, 1.5, 1.0, 0.5, 0.3, 1e-1, 1e-3, 1e-5, 1e-7]
DISTANCES = {np.float32: SINGLE, np.float64: [*SINGLE, 1e-15]}
GAPS = [2 - 1e-9, 1.99, 1.0, 0.5, 1e-4, 1e-9, 1e-15]
MOMENTS = ["second_moment", "sensitivity", "backpropagated_error"]


@cache
def module(name, target):
    scope = {}
    exec(exported(name, exponential(), target), scope)  # noqa: S102 (our own source)
    return scope


@cache
def moment(name):
    return quantity(name, exponential(), Unit((lam,), wrt=(lam,)))


def stated_error(function, *arguments):
    """What the function's docstring says, for arguments of these types."""
    roundings = int(re.search(r"at most (\d+)u", function.__doc__)[1])
    single = np.result_type(*arguments) in (np.float32, np.complex64)
    work, result = (np.float64, np.float32) if single else (np.longdouble, np.float64)
    return roundings * float(np.finfo(work).eps) / 2 + float(np.finfo(result).eps) / 2


def relative_error(name, found, exact_point):
    """Against balls at the same floating-point numbers."""
    exact = certified(moment(name), exact_point, 40).real
    with flint.ctx.workprec(200):
        return float(abs(flint.arb(float(found)) / exact - 1).mid())


def at_distances(o, q):
    return lambda: {lam: 1 - flint.acb(float(o)), rho: 1 - flint.acb(float(q))}


@pytest.mark.parametrize("type_", [np.float32, np.float64])
@pytest.mark.parametrize("name", MOMENTS)
def test_near_one_is_as_exact_as_it_says(name, type_):
    function = module(name, "numpy")[f"{name}_near_one"]
    for o, q in product(map(type_, DISTANCES[type_]), map(type_, GAPS)):
        if q < 2:  # not rounded to ρ = −1
            error = relative_error(name, function(o, q), at_distances(o, q))
            assert error <= stated_error(function, o, q), (o, q)


@pytest.mark.parametrize("type_", [np.float32, np.float64])
@pytest.mark.parametrize("name", MOMENTS)
def test_complex_eigenvalues_are_as_exact_as_it_says(name, type_):
    function = module(name, "numpy")[name]
    angles = [0.0, 1e-8, 1e-3, np.pi / 4, np.pi / 2, 3.0, np.pi]
    angles += list(np.random.default_rng(0).uniform(-np.pi, np.pi, 5))
    points = product(DISTANCES[type_][3:], angles, GAPS)
    tried = 0
    for distance, angle, gap in points:
        z, r = (1 - distance) * np.exp(1j * angle), type_(1 - gap)
        x, y = type_(z.real), type_(z.imag)
        if Fraction(float(x)) ** 2 + Fraction(float(y)) ** 2 < 1 and abs(r) < 1:  # still, rounded
            lam_ = x + 1j * y
            assert lam_.dtype == np.result_type(type_, np.complex64)
            exact = {lam: flint.acb(float(x), float(y)), rho: flint.acb(float(r))}
            error = relative_error(name, function(lam_, r), lambda exact=exact: exact)
            assert error <= stated_error(function, lam_, r), (lam_, r)
            tried += 1
    assert tried > 200


@pytest.mark.parametrize("distance", [1e-1, 1e-3, 1e-5, 1e-7, 1e-15])
@pytest.mark.parametrize("gap", [0.5, 1e-4, 1e-9])
@pytest.mark.parametrize("name", ["second_moment", "sensitivity"])
def test_torch_near_one_keeps_its_digits(name, distance, gap):
    """A sum of positive terms: each of its operations rounds once, so errors add up at most."""
    o, q = (torch.tensor(v, dtype=torch.float64) for v in (distance, gap))
    found = module(name, "torch")[f"{name}_near_one"](o, q).item()
    body = exported(name, exponential(), "torch").partition("_near_one")[2]
    operations = sum(body.count(sign) for sign in "+-*/")
    error = relative_error(name, found, at_distances(distance, gap))
    assert error <= operations * sys.float_info.epsilon


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
