"""Errors of exported code in ulp, beside those of what SymPy prints."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import flint
import numpy as np
import sympy as sp
import torch
from numpy.typing import NDArray

from numerics.balls import certified
from theory.catalogue import Unit, quantity
from theory.conjugation import bar
from theory.inputs import exponential
from theory.symbols import lam, real_lam, rho
from verify.benchmarks.tables import Table
from verify.export import exported

Array = NDArray[Any]
Code = Callable[[Array, Array], Array]

QUANTITIES = ("second_moment", "sensitivity", "backpropagated_error")
CLOSEST = {np.float32: 1e-7, np.float64: 1e-15}  # of λ and ρ to ±1
DIGITS = 40


def tables(points: int) -> Iterator[Table]:
    """The largest error over random points of the hard region.

    Args:
        points: how many, per quantity and precision.

    """
    rows = []
    for name in QUANTITIES:
        formula = real_formula(name)
        codes = {**ours(name), **peers(formula)}
        for type_, closest in CLOSEST.items():
            o, q = _distances(points, closest, type_)
            truth = [_exact(formula, *point) for point in zip(o.tolist(), q.tolist(), strict=True)]
            for code, function in codes.items():
                with np.errstate(all="ignore"):
                    found = function(o, q)
                errors = [_ulps(*pair, type_) for pair in zip(found, truth, strict=True)]
                rows.append((name, np.dtype(type_).name, code, max(errors)))
    yield Table(
        "Accuracy",
        f"The largest error in ulp over {points} random points for R(Δ) = ρ^Δ, 1−|λ| and 1−|ρ| "
        "log-uniform from 1 down to 1e-7 (single precision) and 1e-15 (double), both signs; all "
        "codes are given 1−λ and 1−ρ. The truth is from ball arithmetic.",
        ("quantity", "precision", "code", "ulp"),
        rows,
    )


def real_formula(name: str) -> sp.Expr:
    """A quantity for real λ at R = ρ^Δ, as derived."""
    return quantity(name, exponential(), Unit((lam,), wrt=(lam,))).subs(
        {bar(lam): real_lam, lam: real_lam}
    )


def ours(name: str) -> Mapping[str, Code]:
    """What this project exports, as functions of 1−λ and 1−ρ."""
    codes = {}
    for target in ("numpy", "torch"):
        scope: dict[str, Any] = {}
        exec(exported(name, exponential(), target), scope)  # noqa: S102 (our own source)
        codes[f"exported to {target}"] = scope[f"{name}_near_one"]
    in_torch = codes["exported to torch"]
    codes["exported to torch"] = lambda o, q: in_torch(*map(torch.from_numpy, (o, q))).numpy()
    return codes


def peers(formula: sp.Expr) -> Mapping[str, Code]:
    """What people do with a formula in λ and ρ."""
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


def _distances(points: int, closest: float, type_: type) -> tuple[Array, Array]:
    """1−λ and 1−ρ, each near 0 or near 2."""
    random = np.random.default_rng(0)
    near = closest ** random.uniform(size=(2, points))
    o, q = np.where(random.uniform(size=near.shape) < 0.5, near, 2 - near).astype(type_)
    inside = (o < 2) & (q < 2)
    return o[inside], q[inside]


def _exact(formula: sp.Expr, o: float, q: float) -> flint.arb:
    return certified(
        formula, lambda: {real_lam: 1 - flint.acb(o), rho: 1 - flint.acb(q)}, DIGITS
    ).real


def _ulps(found: Any, exact: flint.arb, type_: type) -> float:
    if not np.isfinite(found):
        return float("inf")
    with flint.ctx.workdps(DIGITS):
        error = abs(flint.arb(float(found)) - exact)
    return float(error.mid()) / float(np.spacing(type_(abs(float(exact.mid())))))
