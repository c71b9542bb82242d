"""Simulated states: E|γh|² = 1 and a flat sensitivity as derived, and not with the LRU's choice."""

import numpy as np
import pytest
import torch
from sympy import Rational
from torch.func import grad, vmap

from numerics.fitting.autocorrelation import fit
from numerics.fitting.heldout import heldout_check
from numerics.fitting.series import packaged_series, transformed
from numerics.normalizers import DoubleExponential, Eigenvalue, InputNormalizer, Optimal
from numerics.simulate.cpu import moments
from numerics.simulate.filters import shaping_filter
from numerics.simulate.reference import burn_in_steps
from theory.inputs import exponential, white

LAM = np.array([0.5, 0.9, 0.99, 0.999, 0.9999])
CHAINS, BIAS = 1024, 1e-4
ERRORS = 5  # standard errors of a mean of 1024, beyond one of them once in a million


def returns():
    try:
        return transformed(packaged_series("sp500"), "absolute-returns")
    except ValueError as missing:
        pytest.skip(str(missing))


INPUTS = {
    "rho = 0": white,
    "rho = 0.9": lambda: exponential(Rational(9, 10)),
    "rho = 0.99": lambda: exponential(Rational(99, 100)),
    "returns": lambda: fit((returns() - returns().mean()) / returns().std()).input,
}


def by_omega(map_, lam):
    """dλ/dω at λ."""
    omega = map_.right_inverse(lam)
    return vmap(grad(lambda w: -map_.eigenvalue(w).one_minus))(omega)


@pytest.mark.parametrize("name", INPUTS)
def test_power_and_sensitivity_are_one(name):
    x = INPUTS[name]()
    lam = torch.from_numpy(LAM)
    burn_in = burn_in_steps(LAM.max(), BIAS)
    simulated = moments(LAM, shaping_filter(x), CHAINS, 2 * burn_in, burn_in, seed=1)
    (state, slope), errors = simulated.means(), simulated.standard_errors()
    derived = InputNormalizer(x)(Eigenvalue.of(lam)) ** 2
    for mean, error, scale in zip(
        (state, slope), errors, (derived, derived * by_omega(Optimal(x), lam) ** 2), strict=True
    ):
        off = scale.numpy() * mean - 1
        assert np.all(np.abs(off) < ERRORS * scale.numpy() * error + BIAS)
        # and that says something
        assert np.all(ERRORS * scale.numpy() * error < 0.1)

    standard = 1 - LAM**2
    power = standard * state
    by_lru = by_omega(DoubleExponential(), lam).numpy() ** 2 * standard * slope
    growth = power[-1] / power[0], by_lru[-1] / by_lru[0]
    assert max(growth) < 2 if name == "rho = 0" else min(growth) > 7


def test_real_series_hold_out():
    """Within the stated error at every λ; from 0.999 on, 2515 samples are too few to say much."""
    series = returns()
    half = series.size // 2
    _, records = heldout_check(series[:half], series[half:], list(LAM[1:]))
    assert all(abs(record.deviations) < 3 for record in records)
    assert records[2].white > 20
