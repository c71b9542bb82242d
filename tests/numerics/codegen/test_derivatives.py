"""Printed derivatives are as near as they say, relative to the sum of their terms' moduli."""

import importlib
import re

import flint
import numpy as np
import pytest
import sympy as sp
import torch

from numerics.benchmarks.accuracy import exactly, moduli, one_minus, real_formula
from numerics.codegen.conditioning import Cancellation, conditioned
from numerics.codegen.derivatives import differentiated
from numerics.codegen.export import exported
from theory.inputs import exponential, white
from theory.symbols import lam, real_lam, rho

QUANTITIES = ("second_moment", "sensitivity", "backpropagated_error")
NEAR = [1.9, 1.5, 1.0, 0.9, 0.3, 1e-3, 1e-7, 1e-15]
LAM_OFF, RHO_OFF = (v.ravel() for v in np.meshgrid(NEAR, [2 - 1e-9, 1.4, 1.0, 1e-4, 1e-15]))
U = 2.0**-53


def values(target, function):
    if target == "torch":
        return function(torch.from_numpy(LAM_OFF), torch.from_numpy(RHO_OFF)).numpy()
    if target == "jax":
        with importlib.import_module("jax").enable_x64(True):
            return np.asarray(function(LAM_OFF, RHO_OFF))
    return function(LAM_OFF, RHO_OFF)


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("name", QUANTITIES)
@pytest.mark.parametrize("target", ["numpy", "torch", "jax", "numba"])
def test_a_derivative_errs_as_little_as_it_says(name, target, order):
    if target in ("jax", "numba"):
        pytest.importorskip(target, reason=f"{target} is not installed")
    source = exported(name, exponential(), target, order=2)
    scope = {}
    exec(source, scope)  # noqa: S102 (our own source)
    function = f"{name}_near_one_d{order}"
    stated = int(re.search(rf"def {function}.*?at most (\d+)u", source, re.S)[1])
    truth = exactly(
        (-1) ** order * sp.diff(real_formula(name), real_lam, order),
        *((real_lam, rho), one_minus(LAM_OFF), one_minus(RHO_OFF)),
    )
    bound = (stated + 1) * U
    if target == "numpy":
        bound = stated * 2.0**-80 + U
    for found, exact, size in zip(
        values(target, scope[function]), truth, moduli(name, order, LAM_OFF, RHO_OFF), strict=True
    ):
        assert abs(flint.arb(float(found)) - exact.real) <= bound * size


def test_signs_of_terms_are_those_of_the_derivative():
    """At λ = 0 the second moment of white noise is least, and its derivative 0."""
    scope = {}
    exec(exported("second_moment", white(), "numpy", order=2), scope)  # noqa: S102
    assert scope["second_moment_near_one_d1"](1.0) == 0
    assert scope["second_moment_near_one_d2"](1.0) == 2
    # 1/(1 − λ²) has the derivative −2λ/(1 − λ²)² by 1 − λ
    assert scope["second_moment_near_one_d1"](0.5) == pytest.approx(-1 / 0.75**2, rel=1e-15)


def test_what_has_no_derivative_says_so():
    with pytest.raises(ValueError, match="derivatives: of quantities, not of gamma"):
        exported("gamma", white(), "numpy", order=1)
    with pytest.raises(ValueError, match="derivatives 3: 0, 1 or 2"):
        exported("second_moment", white(), "numpy", order=3)
    with pytest.raises(ValueError, match="derivatives: one of numpy, torch, jax, numba"):
        exported("second_moment", white(), "mpmath", order=1)
    form = conditioned(real_formula("second_moment"), frozenset({real_lam, rho}))
    with pytest.raises(Cancellation, match="no derivative by lambda1"):
        differentiated(form, sp.Symbol("lambda1", real=True), 1)
    with pytest.raises(Cancellation, match="no derivative by lambda"):
        differentiated(form, lam, 1)
