"""Errors of exported code in ulp, beside those of what SymPy prints."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import flint
import numpy as np
import sympy as sp
import torch
from numpy.typing import NDArray

from numerics.arithmetic.balls import certified
from numerics.benchmarks.tables import Table
from numerics.codegen.conditioning import conditioned
from numerics.codegen.derivatives import differentiated, sum_of_moduli
from numerics.codegen.export import compiled
from theory.algebra.conjugation import bar, restored
from theory.catalogue import Unit, quantity
from theory.inputs import exponential
from theory.symbols import lam, lam1, lam2, lam_star, real_lam, rho

Array = NDArray[Any]
Code = Callable[..., Array]
Row = tuple[str, str, str, float]

QUANTITIES = ("second_moment", "sensitivity", "backpropagated_error")
OF_TWO: Mapping[str, tuple[sp.Symbol, sp.Symbol]] = {
    "cross_moment": (lam1, lam2),
    "cross_sensitivity": (lam1, lam2),
    "teacher_student_loss": (lam, lam_star),
}
CLOSEST: Mapping[type, float] = {np.float32: 1e-7, np.float64: 1e-15}  # of λ and ρ to ±1
DIGITS = 80
HEADINGS = ("quantity", "precision", "code", "ulp")


def tables(points: int) -> Iterator[Table]:
    """The largest errors over random points of the hard region.

    Args:
        points: how many, per quantity and precision.

    """
    yield Table(
        "Accuracy",
        f"The largest error in ulp over {points} random points for R(Δ) = ρ^Δ, 1−|λ| and 1−|ρ| "
        "log-uniform from 1 down to 1e-7 (single precision) and 1e-15 (double), both signs; all "
        "codes are given 1−λ and 1−ρ. The truth is from ball arithmetic.",
        HEADINGS,
        [row for name in QUANTITIES for type_ in CLOSEST for row in _of_one(name, type_, points)],
    )
    yield Table(
        "Accuracy of two complex eigenvalues",
        f"Likewise at {points} random pairs, one of them near the other or its conjugate; of real "
        "and imaginary part the worse. All codes are given λ and ρ.",
        HEADINGS,
        [row for name in OF_TWO for type_ in CLOSEST for row in _of_two(name, type_, points)],
    )
    yield Table(
        "Accuracy of derivatives",
        "By 1−λ, where the first table is, in units of u, half an ulp, of the sum of the moduli of "
        "the derivative's terms: automatic differentiation of what is exported to Torch, and the "
        "derivatives that are exported to NumPy.",
        ("quantity", "precision", "code", "u"),
        [row for name in QUANTITIES for type_ in CLOSEST for row in _slopes(name, type_, points)],
    )


def _of_one(name: str, type_: type, points: int) -> Iterator[Row]:
    formula = real_formula(name)
    o, q = _distances(points, type_)
    codes = {**peers(formula)}
    for target in ("numpy", "torch"):
        codes[f"exported to {target}"] = _code(name, target, "_near_one")
    truth = exactly(formula, (real_lam, rho), one_minus(o), one_minus(q))
    for code, function in codes.items():
        yield name, np.dtype(type_).name, code, _largest_error(function, (o, q), truth)


def _of_two(name: str, type_: type, points: int) -> Iterator[Row]:
    poles = OF_TWO[name]
    formula = quantity(name, exponential(), Unit(poles))
    arguments = _pairs(points, type_)
    codes = {f"exported to {target}": _code(name, target) for target in ("numpy", "torch")}
    codes["lambdify"] = sp.lambdify((*poles, rho), restored(formula), "numpy", cse=True)
    truth = exactly(formula, (*poles, rho), *map(balls, arguments))
    for code, function in codes.items():
        yield name, np.dtype(type_).name, code, _largest_error(function, arguments, truth)


def _slopes(name: str, type_: type, points: int) -> Iterator[Row]:
    formula, arguments = real_formula(name), _distances(points, type_)
    function = compiled(name, exponential(), "torch")[f"{name}_near_one"]
    printed = compiled(name, exponential(), "numpy", order=2)
    distances = [*map(one_minus, arguments)]
    for order, word in enumerate(("first", "second"), start=1):
        formula, function = -sp.diff(formula, real_lam), torch.func.grad(function)
        truth = exactly(formula, (real_lam, rho), *distances)
        sizes = moduli(name, order, *arguments)
        codes = {
            "Torch": _in_torch(torch.func.vmap(function)),
            "NumPy": printed[f"{name}_near_one_d{order}"],
        }
        for library, code in codes.items():
            error = _of_moduli(code, arguments, truth, sizes)
            yield name, np.dtype(type_).name, f"{word} derivative, {library}", error


def moduli(name: str, order: int, o: Array, q: Array) -> Sequence[flint.arb]:
    """The sums of the moduli of a derivative's terms at 1−λ and 1−ρ, to DIGITS digits."""
    form = conditioned(real_formula(name), frozenset({real_lam, rho}))
    form = differentiated(form, real_lam, order)
    factors = {s: factor for domain in form.domains for s, factor in domain.factors.items()}
    size = sum_of_moduli(form).xreplace(factors)
    return [ball.real for ball in exactly(size, (real_lam, rho), one_minus(o), one_minus(q))]


def _of_moduli(
    code: Code,
    arguments: Sequence[Array],
    truth: Sequence[flint.acb],
    sizes: Sequence[flint.arb],
) -> float:
    """The largest error in units of u of the sizes, where the values are normal numbers."""
    with np.errstate(all="ignore"):
        found = code(*arguments)
    limits = np.finfo(found.dtype)
    errors = [
        float((abs(flint.arb(float(value)) - exact.real) / size).mid())
        for value, exact, size in zip(found, truth, sizes, strict=True)
        if float(limits.tiny) < float(size.mid()) < float(limits.max)
    ]
    return max(errors) / (float(limits.eps) / 2)


def real_formula(name: str) -> sp.Expr:
    """A quantity for real λ at R = ρ^Δ, as derived."""
    return quantity(name, exponential(), Unit((lam,), wrt=(lam,))).subs(
        {bar(lam): real_lam, lam: real_lam}
    )


def peers(formula: sp.Expr) -> Mapping[str, Code]:
    """What people do with a formula in λ and ρ, as functions of 1−λ and 1−ρ."""
    forms = {
        "lambdify": formula,
        "lambdify of factor": sp.factor(formula),
        "lambdify of expand": sp.expand(formula.cancel()),
    }
    codes = {
        name: sp.lambdify((real_lam, rho), form, "numpy", cse=True) for name, form in forms.items()
    }
    return {name: _from_distances(code) for name, code in codes.items()}


def _from_distances(code: Code) -> Code:
    return lambda o, q: code(1 - o, 1 - q)


def _code(name: str, target: str, suffix: str = "") -> Code:
    """The code that this project exports for a quantity."""
    function = compiled(name, exponential(), target)[name + suffix]
    return _in_torch(function) if target == "torch" else function


def _in_torch(function: Callable[..., torch.Tensor]) -> Code:
    return lambda *arguments: function(*map(torch.from_numpy, arguments)).detach().numpy()


def _distances(points: int, type_: type) -> tuple[Array, Array]:
    """Random 1−λ and 1−ρ, each near 0 or near 2."""
    random = np.random.default_rng(0)
    near = CLOSEST[type_] ** random.uniform(size=(2, points))
    o, q = np.where(random.uniform(size=near.shape) < 0.5, near, 2 - near).astype(type_)
    inside = (o < 2) & (q < 2)
    return o[inside], q[inside]


def _pairs(points: int, type_: type) -> tuple[Array, Array, Array]:
    """Random pairs of eigenvalues, each pair with a ρ."""
    random = np.random.default_rng(0)
    distances, apart, gap = CLOSEST[type_] ** random.uniform(size=(3, points))
    z = (1 - distances) * np.exp(2j * np.pi * random.uniform(size=points))
    other = np.where(random.uniform(size=points) < 0.5, z, z.conj())
    w = (1 - apart * random.uniform(size=points)) * np.exp(1j * apart) * other
    z, w = (v.astype(np.result_type(type_, np.complex64)) for v in (z, w))
    r = (random.choice([-1, 1], points) * (1 - gap)).astype(type_)
    inside = (np.abs(r) < 1) & (_modulus(z) < 1) & (_modulus(w) < 1)
    return z[inside], w[inside], r[inside]


def _modulus(z: Array) -> Array:
    modulus: Array = np.hypot(*(part.astype(np.longdouble) for part in (z.real, z.imag)))
    return modulus


def balls(values: Array) -> NDArray[np.object_]:
    """Balls that hold each value exactly."""
    return np.array([flint.acb(v) for v in values.tolist()], dtype=object)


def one_minus(values: Array) -> NDArray[np.object_]:
    """1 minus each value, exactly."""
    with flint.ctx.workdps(DIGITS):
        result: NDArray[np.object_] = 1 - balls(values)
    return result


def exactly(
    formula: sp.Expr, symbols: Sequence[sp.Symbol], *values: NDArray[np.object_]
) -> Sequence[flint.acb]:
    """A formula's value to DIGITS digits, wherever its symbols have those values."""
    points = (dict(zip(symbols, point, strict=True)) for point in zip(*values, strict=True))
    return [certified(formula, partial(dict, point), DIGITS) for point in points]


def _largest_error(code: Code, arguments: Sequence[Array], truth: Sequence[flint.acb]) -> float:
    with np.errstate(all="ignore"):
        found = code(*arguments)
    parts = ("real", "imag") if np.iscomplexobj(found) else ("real",)
    return max(
        ulps(getattr(value, part), getattr(exact, part))
        for value, exact in zip(found, truth, strict=True)
        for part in parts
    )


def ulps(found: Any, exact: flint.arb) -> float:
    """The error of a NumPy float in units of the last place of what it should be."""
    largest = np.finfo(found).max
    if not np.isfinite(found):
        return float("inf") if abs(exact) < largest else 0.0
    with flint.ctx.workdps(DIGITS):
        error = abs(flint.arb(float(found)) - exact)
    nearest = type(found)(min(abs(float(exact.mid())), largest))
    return float(error.mid()) / float(np.spacing(nearest))
