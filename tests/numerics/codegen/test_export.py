"""Exported files stand alone, and their numbers are right in the hard region."""

import importlib
import inspect
import re
import shutil
import subprocess
import sys
from fractions import Fraction
from functools import cache
from itertools import product
from pathlib import Path

import flint
import mpmath
import numpy as np
import pytest
import sympy as sp
import torch
from javascript import node

from numerics.arithmetic.balls import certified, evaluate
from numerics.benchmarks.accuracy import exactly, one_minus, ulps
from numerics.codegen.dialects import FAST
from numerics.codegen.export import NAMES, compiled, exported
from numerics.codegen.functions import Function
from numerics.codegen.modules import TARGETS as CODE, module_source
from theory.algebra.conjugation import bar
from theory.architectures.pairs import ARCHITECTURES
from theory.catalogue import Unit, quantity
from theory.inputs import damped_cosine, exponential, white
from theory.moments import covariance
from theory.parametrizations import optimal_gamma
from theory.symbols import lam, lam1, lam2, lam_star, real_lam, rho
from verify.judging.value import read_input, value

GOLDEN = Path(__file__).parents[2] / "golden"
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


@pytest.mark.every(7)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("target", CODE)
def test_every_name_is_printed(name, target):
    for x in (white(), damped_cosine()):
        source = exported(name, x, target)
        if target == "javascript":
            with node() as run:
                assert run(source, []) == []
        else:
            compile(source, name, "exec")
            assert "def " in source


@pytest.mark.parametrize("name", ["sensitivity", "teacher_student_loss", "rg_lru"])
@pytest.mark.parametrize("target", [*CODE, "latex"])
def test_exported_text_is_as_it_was(name, target, request):
    """So that a change of printing is seen and meant: `pytest --update-golden` takes it over."""
    path = GOLDEN / f"{name}.{target}.txt"
    source = exported(name, exponential(), target)
    if request.config.getoption("update_golden"):
        path.write_text(source, encoding="utf-8")
    assert source == path.read_text(encoding="utf-8")


SINGLE = [1.9, 1.5, 1.0, 0.5, 0.3, 1e-1, 1e-3, 1e-5, 1e-7]
DISTANCES = {np.float32: SINGLE, np.float64: [*SINGLE, 1e-15]}
GAPS = [2 - 1e-9, 1.99, 1.0, 0.5, 1e-4, 1e-9, 1e-15]
MOMENTS = ["second_moment", "sensitivity", "backpropagated_error", "gamma"]
NUMERICAL = ["numpy", "torch", "jax", "numba", "mpmath"]


@cache
def module(name, target):
    if target in ("jax", "numba"):
        pytest.importorskip(target, reason=f"{target} is not installed")
    scope = {}
    exec(exported(name, exponential(), target), scope)  # noqa: S102 (our own source)
    return scope


@pytest.mark.parametrize("target", FAST)
@pytest.mark.parametrize("name", MOMENTS)
@pytest.mark.parametrize("type_", DISTANCES)
def test_what_is_fast_errs_as_little_as_it_says(name, target, type_):
    """At most n u by the docstring, and u for the last rounding, u half an ulp: in ulps of it."""
    if target in ("jax", "numba"):
        pytest.importorskip(target, reason=f"{target} is not installed")
    scope = {}
    source = exported(name, exponential(), target, accuracy="fast")
    exec(source, scope)  # noqa: S102 (our own source)
    near_one = source[source.index(f"def {name}_near_one") :]
    stated = int(re.search(r"at most (\d+)u", near_one)[1])
    assert "half an ulp of the arguments' precision" in " ".join(near_one.split())
    o, q = (v.astype(type_) for v in np.meshgrid(DISTANCES[type_], GAPS))
    o, q = o[(q < 2) & (o < 2)], q[(q < 2) & (o < 2)]
    found = values(target, scope[f"{name}_near_one"], o, q)
    assert found.dtype == type_
    formula = moment(name).subs({bar(lam): real_lam, lam: real_lam})
    truth = exactly(formula, (real_lam, rho), one_minus(o), one_minus(q))
    worst = max(ulps(v, exact.real) for v, exact in zip(found, truth, strict=True))
    assert worst <= (stated + 1) / 2
    # and less is no promise: it is more than what the full accuracy leaves
    full = values(target, module(name, target)[f"{name}_near_one"], o, q)
    assert max(ulps(v, exact.real) for v, exact in zip(full, truth, strict=True)) <= worst


@pytest.mark.parametrize("target", FAST)
def test_what_is_fast_takes_complex_numbers_of_single_precision(target):
    if target in ("jax", "numba"):
        pytest.importorskip(target, reason=f"{target} is not installed")
    scope = {}
    exec(exported("sensitivity", exponential(), target, accuracy="fast"), scope)  # noqa: S102
    lam_, rho_ = np.array([0.5 + 0.5j, -0.9, 0.99j], np.complex64), np.float32([0.5, -0.5, 0.9])
    found = values(target, scope["sensitivity"], lam_, rho_)
    exact = module("sensitivity", "mpmath")["sensitivity"]
    for fast, z, r in zip(found, lam_, rho_, strict=True):
        assert fast == pytest.approx(float(exact(complex(z), float(r))), rel=80 * 2.0**-24)


@pytest.mark.parametrize(
    ("target", "accuracy", "says"),
    [
        ("mpmath", "fast", "accuracy 'fast': of numpy, torch, jax, numba; mpmath has one accuracy"),
        ("latex", "fast", "accuracy 'fast': of numpy, torch, jax, numba; latex has one accuracy"),
        ("numpy", "fats", "accuracy 'fats': one of full, fast; did you mean 'fast'?"),
    ],
)
def test_accuracies_that_there_are_not(target, accuracy, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        exported("gamma", white(), target, accuracy=accuracy)


@cache
def moment(name):
    if name == "gamma":
        return optimal_gamma(exponential(), lam)
    return quantity(name, exponential(), Unit((lam,), wrt=(lam,)))


def values(target, function, *arguments):
    """Of a printed function at arrays of arguments, all of single or all of double precision."""
    if target in ("numpy", "numba"):
        return function(*arguments)
    if target == "torch":
        return function(*map(torch.from_numpy, arguments)).numpy()
    if target == "jax":
        jax = importlib.import_module("jax")
        with jax.enable_x64(True):
            return np.asarray(jax.jit(function)(*arguments))
    with mpmath.workprec(np.finfo(arguments[0].dtype).nmant + 1):
        return [
            float(function(*(a.item() for a in point))) for point in zip(*arguments, strict=True)
        ]


def stated_error(target, function, type_):
    """What the function's docstring says of the relative error, for arguments of this type."""
    ulp = float(np.finfo(type_).eps)
    if target == "mpmath":
        return float(re.search(r"below (\S+) ulp", function.__doc__)[1]) * ulp
    roundings = int(re.search(r"at most (\d+)u", function.__doc__)[1])
    extended = target == "numpy" and type_ is np.float64
    return roundings * 2.0 ** (-80 if extended else -53) + ulp / 2


def assert_exact_as_stated(target, expr, function, arguments, exact_points):
    """Against balls of the expression at the same floating-point numbers."""
    type_ = arguments[-1].dtype.type
    bound = stated_error(target, function, type_)
    found = values(target, function, *arguments)
    assert np.asarray(found).dtype == type_ or target == "mpmath"
    for value_, point in zip(found, exact_points, strict=True):
        exact = certified(expr, lambda point=point: point(), 40).real
        with flint.ctx.workprec(200):
            assert abs(flint.arb(float(value_)) / exact - 1).mid() <= bound, point()


def at_distances(o, q):
    return lambda: {lam: 1 - flint.acb(float(o)), rho: 1 - flint.acb(float(q))}


@pytest.mark.every(7)
@pytest.mark.parametrize("type_", [np.float32, np.float64])
@pytest.mark.parametrize("name", MOMENTS)
@pytest.mark.parametrize("target", NUMERICAL)
def test_near_one_is_as_exact_as_it_says(name, type_, target):
    function = module(name, target)[f"{name}_near_one"]
    points = np.array(list(product(DISTANCES[type_], GAPS)), dtype=type_)
    points = points[points[:, 1] < 2]  # not rounded to ρ = −1
    exact = [at_distances(o, q) for o, q in points]
    assert_exact_as_stated(target, moment(name), function, points.T.copy(), exact)


PAIRS = {
    "cross_moment": (lam1, lam2),
    "cross_sensitivity": (lam1, lam2),
    "teacher_student_loss": (lam, lam_star),
}


@pytest.mark.every(17)
@pytest.mark.parametrize("type_", [np.float32, np.float64])
@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("target", NUMERICAL)
def test_two_real_eigenvalues_near_one(name, type_, target):
    """Near each other too, where the loss vanishes."""
    function, poles = module(name, target)[f"{name}_near_one"], PAIRS[name]
    expr = quantity(name, exponential(), Unit(poles, wrt=poles[:1]))
    o = np.array([*DISTANCES[type_][::2], 0.3 + 4 * np.finfo(type_).eps], dtype=type_)
    points = np.array([*product(o, o, np.array(GAPS[1:], dtype=type_))])
    points = points[points[:, 0] != points[:, 1]]
    exact = [
        lambda p=point: dict(zip((*poles, rho), (1 - flint.acb(float(v)) for v in p), strict=True))
        for point in points
    ]
    assert_exact_as_stated(target, expr, function, points.T.copy(), exact)


@pytest.mark.every(7)
@pytest.mark.parametrize("type_", [np.float32, np.float64])
@pytest.mark.parametrize("name", MOMENTS)
@pytest.mark.parametrize("target", NUMERICAL)
def test_complex_eigenvalues_are_as_exact_as_it_says(name, type_, target):
    angles = [0.0, 1e-8, 1e-3, np.pi / 4, np.pi / 2, 3.0, np.pi]
    angles += list(np.random.default_rng(0).uniform(-np.pi, np.pi, 5))
    points, exact = [], []
    for distance, angle, gap in product(DISTANCES[type_][3:], angles, GAPS):
        z, r = (1 - distance) * np.exp(1j * angle), type_(1 - gap)
        x, y = type_(z.real), type_(z.imag)
        if Fraction(float(x)) ** 2 + Fraction(float(y)) ** 2 < 1 and abs(r) < 1:  # still, rounded
            points.append((x + 1j * y, r))
            point = float(x), float(y), float(r)
            exact.append(lambda p=point: {lam: flint.acb(*p[:2]), rho: flint.acb(p[2])})
    assert len(points) > 200
    lams = np.array([p[0] for p in points], dtype=np.result_type(type_, np.complex64))
    arguments = lams, np.array([p[1] for p in points], dtype=type_)
    function = module(name, target)[name]
    assert_exact_as_stated(target, moment(name), function, arguments, exact)


# as fits print them, in rational numbers of six and eight digits
FITTED = {
    "noise-and-ar1": "21261*(99061413/10**8)**Delta/20000 + 250303*KroneckerDelta(0, Delta)/10**6",
    "two-decays": "990614/10**6*(990614/10**6)**Delta + 314159/10**6*(-123457/10**6)**Delta",
}


@pytest.mark.every(7)
@pytest.mark.parametrize("type_", [np.float32, np.float64])
@pytest.mark.parametrize("fitted", FITTED)
@pytest.mark.parametrize("target", NUMERICAL)
def test_long_constants_are_as_exact_as_it_says(fitted, type_, target):
    """In JAX's single precision, too, which has no room for them as they are."""
    x, scope = read_input(FITTED[fitted]), {}
    exec(exported("gamma", x, target), scope)  # noqa: S102 (our own source)
    o = np.array(DISTANCES[type_], dtype=type_)
    exact = [lambda v=v: {real_lam: 1 - flint.acb(float(v))} for v in o]
    expr = optimal_gamma(x, real_lam)
    assert_exact_as_stated(target, expr, scope["gamma_near_one"], o[None], exact)
    z = ((1 - o[o > 1e-4]) * np.exp(0.7j)).astype(np.result_type(type_, np.complex64))
    assert np.all(np.abs(z) < 1)
    points = [lambda v=v: {lam: flint.acb(complex(v))} for v in z]
    bound = stated_error(target, scope["gamma"], type_)
    for found, point in zip(values(target, scope["gamma"], z), points, strict=True):
        exact_value = certified(optimal_gamma(x, lam), point, 40).real
        with flint.ctx.workprec(200):
            assert abs(flint.arb(float(found)) / exact_value - 1).mid() <= bound
    if target == "jax":
        jax = importlib.import_module("jax")
        with jax.enable_x64(False):
            single = np.asarray(scope["gamma"](jax.numpy.asarray(z.astype(np.complex64))))
        assert np.isfinite(single).all()


def of_parameters():
    """Each function of an architecture's trained parameters that states its error."""
    for architecture in ARCHITECTURES:
        pair, name = architecture().pair, architecture.__name__
        functions = {"eigenvalue": pair.eigenvalue, "gamma": pair.gamma}
        if pair.eigenvalue.is_real:
            functions["one_minus_eigenvalue"] = 1 - pair.eigenvalue
        for function, expr in functions.items():
            if expr.has(sp.exp, sp.tanh) and not expr.has(sp.I) and (name, function) != SIGNED:
                yield pytest.param(name, function, expr, id=f"{name}-{function}")


SIGNED = ("s4", "eigenvalue")  # of the bilinear rule, 0 where Δ|a| = 2


@pytest.mark.every(19)
@pytest.mark.parametrize("type_", [np.float32, np.float64])
@pytest.mark.parametrize(("architecture", "name", "expr"), [*of_parameters()])
@pytest.mark.parametrize("target", NUMERICAL)
def test_functions_of_omega_are_as_exact_as_they_say(target, architecture, name, expr, type_):
    function = module(architecture, target)[name]
    symbols = sorted(expr.free_symbols, key=str)
    random = np.random.default_rng(0)
    corners = [-80, -37, -16, -1, -1e-9, 1e-9, 1, 5, 16, 37, 80]
    points = [*product(corners, repeat=len(symbols)), *random.uniform(-80, 80, (50, len(symbols)))]
    points += [*random.normal(size=(50, len(symbols)))]
    kept, exact = [], []
    for point in np.array(points, dtype=type_):
        at = {s: flint.acb(float(v)) for s, v in zip(symbols, point, strict=True)}
        with flint.ctx.workprec(600):
            size = evaluate(expr, at).real
        if np.finfo(type_).tiny < size < np.finfo(type_).max:
            kept.append(point)
            exact.append(lambda at=at: at)
    assert len(kept) > 40
    assert_exact_as_stated(target, expr, function, np.array(kept).T.copy(), exact)


@pytest.mark.parametrize("target", NUMERICAL)
def test_the_sign_of_a_bilinear_eigenvalue_is_no_promise(target):
    doc = module(*SIGNED[:1], target)["eigenvalue"].__doc__
    assert "at most" not in doc
    assert "below" not in doc


@pytest.mark.parametrize("name", MOMENTS)
def test_torch_differentiates(name):
    """Its derivatives near λ = 1, in every mode, against those of the formula in balls."""
    function = module(name, "torch")[f"{name}_near_one"]
    points = torch.tensor(list(product(SINGLE[3:], GAPS[1:])), dtype=torch.float64)
    exact = sp.diff(moment(name).subs({bar(lam): lam}), lam)
    slope = torch.func.vmap(torch.func.grad(function))(*points.T)
    forward = torch.func.vmap(torch.func.jacfwd(function))(*points.T)
    compiled = torch.compile(function, backend="aot_eager", fullgraph=True)
    o = points[:, 0].clone().requires_grad_()
    (by_backward,) = torch.autograd.grad(compiled(o, points[:, 1]).sum(), o)
    roundings = int(re.search(r"at most (\d+)u", function.__doc__)[1])
    size = function(*points.T)
    for i, (o, q) in enumerate(points.tolist()):
        expected = -certified(exact, at_distances(o, q), 40).real
        # the sum, over at most n factors, of the value times at most 1/o or 1/(2−o), 4 n roundings
        tolerance = 4 * roundings**2 * 2.0**-53 * float(size[i]) / min(o, 2 - o)
        for found in (slope[i], forward[i], by_backward[i]):
            assert abs(float(found - float(expected.mid()))) <= tolerance, (o, q)


@pytest.mark.every(4)
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


@pytest.mark.parametrize("target", NUMERICAL)
@pytest.mark.parametrize("x", [white(), exponential()], ids=["white", "AR(1)"])
def test_a_covariance_is_that_of_its_lag(x, target):
    """A factor that is λ itself, and its powers, have a line of their own."""
    if target in ("jax", "numba"):
        pytest.importorskip(target, reason=f"{target} is not installed")
    lams, rest = np.array([0.3, -0.6, 0.95]), [np.array([0.7, 0.2, -0.4])][: len(x.terms)]
    for lag in (1, 2, 5):
        scope = compiled("covariance", x, target, lag=lag)
        exact = sp.lambdify([real_lam, rho], covariance(x, real_lam, lag))(lams, *rest or [0])
        for name, given in (("", [lams, *rest]), ("_near_one", [1 - v for v in (lams, *rest)])):
            found = values(target, scope[f"covariance{name}"], *given)
            assert np.allclose(np.real(found), exact, rtol=1e-13)
    with pytest.raises(ValueError, match="lag 2: of a covariance, from 1 on"):
        exported("gamma", x, target, lag=2)
    with pytest.raises(ValueError, match="lag 0: of a covariance, from 1 on"):
        exported("covariance", x, target, lag=0)


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="unknown name 'x': one of second_moment"):
        exported("x", white(), "numpy")
    with pytest.raises(ValueError, match="--to cobol: one of latex"):
        exported("gamma", white(), "cobol")


TAKEN = (
    *("np", "torch", "jnp", "math", "mpmath", "Fraction", "square", "re_lam", "one_minus_lam"),
    *("part0", "rho_pow2"),
)


@pytest.mark.every(5)
@pytest.mark.parametrize("name", TAKEN)
@pytest.mark.parametrize("target", [target for target in CODE if target not in ("jax", "numba")])
def test_a_parameter_may_be_called_as_a_module_is(name, target, tmp_path):
    """It is called np_ then; the numbers are those with any other name."""
    found = []
    for parameter in (name, "other"):
        x = read_input(f"{parameter}**Delta")
        if target == "javascript":
            with node() as run:
                source = exported("second_moment", x, target)
                found += run(source, [["second_moment", [0.3, 0.2, 0.7]]])
            continue
        scope = compiled("second_moment", x, target)
        function = scope["second_moment"]
        assert list(inspect.signature(function).parameters)[1] == (
            f"{name}_" if parameter == name else "other"
        )
        given = (0.3 + 0.2j, 0.7)
        if target == "torch":
            given = torch.tensor(given[0]), torch.tensor(given[1])
        found.append(complex(function(*given)))
    assert found[0] == pytest.approx(found[1], rel=1e-12)


@pytest.mark.parametrize("target", [*CODE, "latex"])
@pytest.mark.parametrize("name", ["lam", "lambda", "lambda1", "lam2", "lambda_star"])
def test_a_parameter_is_not_called_as_an_eigenvalue_is(name, target):
    with pytest.raises(ValueError, match="is an eigenvalue: rename the parameter of the input"):
        exported("second_moment", read_input(f"{name}**Delta"), target)


@pytest.mark.parametrize(
    ("text", "word"), [("second_moment**Delta", "second_moment"), ("np**Delta + np_**Delta", "np_")]
)
def test_two_things_have_two_names(text, word):
    with pytest.raises(ValueError, match=f"two things would be called {word}: rename"):
        exported("second_moment", read_input(text), "numpy")


@pytest.mark.parametrize("target", CODE)
def test_a_name_that_code_cannot_have_is_refused(target):
    """As a module is run where it is compiled: `compiled`."""
    name = "x): import os #"
    state = Function("state", sp.Symbol(name, real=True) ** 2 + 1, "A state.")
    with pytest.raises(ValueError, match=r"'x\): import os #' cannot be a name in code"):
        module_source([state], target, "White input.")


def test_floats_are_printed_as_they_are():
    x = sp.Symbol("x", real=True)
    scope = {}
    source = module_source([Function("line", 2.5 * x + 1, "A line.")], "torch", "")
    exec(source, scope)  # noqa: S102 (our own)
    assert scope["line"](torch.tensor(0.5, dtype=torch.float64)).item() == 2.25


def test_huge_numbers_do_not_overflow():
    """As products of sums with numbers of hundreds of digits would, whose quotient is moderate."""
    x = sp.Symbol("x", real=True)
    huge = sp.Integer(10) ** 120
    factors = [huge * x - huge // 3, 7 * huge * x - huge, huge * x + huge // 7]
    quotient = sp.Mul(*factors) / sp.Mul(*(sp.expand(f * (x + 1) + huge) for f in factors))
    scope = {}
    source = module_source([Function("quotient", quotient, "A quotient.")], "torch", "")
    exec(source, scope)  # noqa: S102 (our own)
    found = scope["quotient"](torch.tensor(0.4, dtype=torch.float64))
    assert found.item() == pytest.approx(float(quotient.subs(x, sp.Rational(2, 5))), rel=1e-14)
