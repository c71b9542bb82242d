"""γ(λ) against closed forms as λ → 1, and held-out series of known law."""

import mpmath
import numpy as np
import pytest
import sympy as sp
from scipy.signal import lfilter

from numerics.fitting.heldout import _covariance, heldout_check
from numerics.normalizers import gamma, gamma_near_one
from numerics.simulate.inputs import autocorrelation_values
from theory.inputs import Delta, constant, damped_cosine, exponential, from_expression, white
from theory.moments import kernel_derivative, second_moment
from theory.parametrizations import optimal_gamma
from theory.symbols import real_lam

R = sp.Rational
EPS = np.finfo(float).eps
INPUTS = {
    "white": white(),
    "constant": constant(),
    "slow": exponential(R(9999, 10000)),
    "alternating": exponential(-R(9, 10)),
    "embeddings": R(332, 1000) * white() + R(431, 10000) * exponential(R(997, 1000)),
    "oscillation": R(1, 10) * white() + damped_cosine(R(99, 100), R(1, 10)),
    "power": from_expression((1 + Delta / 20) * R(9, 10) ** Delta),
}
ONE_MINUS = np.array([1.0, 0.5, 1e-1, 1e-2, 1e-3, 1e-5, 1e-7, 1e-12])


def exact(expr, one_minus_lam):
    with mpmath.workdps(60):
        value = sp.lambdify(real_lam, expr, "mpmath")(1 - mpmath.mpf(float(one_minus_lam)))
        return mpmath.re(value)


@pytest.mark.parametrize("name", INPUTS)
def test_gamma_near_one(name):
    x = INPUTS[name]
    found = gamma_near_one(x, ONE_MINUS)
    for g, o in zip(found, ONE_MINUS, strict=True):
        # some fifty operations; 1 − z in an oscillation's terms loses a factor |z|/|1 − z| ≤ 10
        assert abs(g / (1 / mpmath.sqrt(exact(second_moment(x, real_lam), o))) - 1) < 500 * EPS


@pytest.mark.parametrize("name", ["white", "embeddings", "power"])
def test_gamma_is_the_theorys(name):
    x, eigenvalues = INPUTS[name], np.array([0.0, 0.3, 0.99])
    symbolic = [float(exact(optimal_gamma(x), 1 - v)) for v in eigenvalues]
    assert gamma(x, eigenvalues) == pytest.approx(symbolic, rel=100 * EPS)


def test_gamma_for_complex_eigenvalues():
    z = np.array([0.99 * np.exp(0.3j), 0.5, -0.9j])
    assert gamma(white(), z) == pytest.approx(np.sqrt(1 - np.abs(z) ** 2), rel=10 * EPS / 0.01)
    # a pole at the input's own frequency hears more than one elsewhere
    low, high = gamma(INPUTS["oscillation"], 0.99 * np.exp(1j * np.array([0.1, 1.0])))
    assert low < high / 5


@pytest.mark.parametrize("eigenvalue", [1.0, -1.0, 1j, np.nan])
def test_gamma_needs_stationarity(eigenvalue):
    with pytest.raises(ValueError, match=r"\|λ\| < 1"):
        gamma(white(), eigenvalue)


def test_parameters_need_values():
    with pytest.raises(ValueError, match="no value for rho"):
        gamma(exponential(), 0.5)


@pytest.mark.parametrize("eigenvalue", [0.9, -0.8, 0.9 * np.exp(0.5j)])
@pytest.mark.parametrize("name", ["embeddings", "oscillation"])
def test_state_covariance(name, eigenvalue):
    x, length = INPUTS[name], 12_000
    values = autocorrelation_values(x, {}, length)
    a, b = sp.symbols("a b")
    for conjugate in (np.conj(eigenvalue), eigenvalue):
        covariance = _covariance(values, eigenvalue, conjugate)
        kernel = complex(
            kernel_derivative(x, 0, 0, a, b).subs({a: eigenvalue, b: conjugate}).evalf(20)
        )
        assert covariance[0] == pytest.approx(kernel, rel=1e-12)
        i, j = np.ogrid[:300, :300]
        direct = np.sum(eigenvalue**i * conjugate**j * values[np.abs(7 + j - i)])
        # 0.9^300 ≈ 2e-14 is left out, times at most 1/(1−0.9)² terms
        assert covariance[7] == pytest.approx(direct, abs=1e-10)


def stationary(seed, n=8000):
    noise = np.random.default_rng(seed).standard_normal((2, n + 5000))
    slow = lfilter([np.sqrt(1 - 0.99**2)], [1, -0.99], noise[0])
    return (np.sqrt(0.332) * noise[1] + np.sqrt(0.0431) * slow)[5000:]


def test_the_derived_normaliser_holds_out():
    eigenvalues = [0.5, 0.9, 0.99, 0.999, 0.95 * np.exp(1j)]
    for seed in range(3):
        x = stationary(seed)
        _, records = heldout_check(x[:4000], x[4000:], eigenvalues)
        # means of squares are skewed upwards; 6 errors leave room for that
        assert all(abs(record.deviations) < 6 for record in records)
        assert records[2].white > 2 * records[2].measured
        assert records[2].unnormalised > 50 * records[2].measured
        assert all(record.error >= record.gaussian_error for record in records)


def test_a_changed_input_is_noticed():
    x = stationary(4)
    _, [record] = heldout_check(x[:4000], 1.5 * x[4000:], [0.5])
    assert record.deviations > 6


def test_a_test_part_without_the_power_of_the_training_part_is_noticed():
    """Differenced noise has none of its power at frequency 0; noise has."""
    x = np.random.default_rng(5).standard_normal(16_001)
    _, [record] = heldout_check(x[:8000], np.diff(x)[8000:], [0.9])
    assert record.deviations < -6


def test_differences_are_within_the_fit():
    x = np.diff(np.random.default_rng(5).standard_normal(16_001))
    _, records = heldout_check(x[:8000], x[8000:], [0.9, 0.999])
    for record in records:
        assert abs(record.deviations) < 4
        assert record.error < 0.2


def test_constant_series_are_refused():
    with pytest.raises(ValueError, match="constant"):
        heldout_check(np.ones(50), np.ones(50), [0.5])
