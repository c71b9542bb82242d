"""Simulation against the theory's closed forms, the hard region |λ| ≥ 0.99 first."""

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
import torch
from scipy.stats import chi2

from numerics.simulate.inputs import autocorrelation_values, sample_input
from numerics.simulate.reference import burn_in_steps, quadratic_form, simulate
from numerics.simulate.rollout import rollout, rollout_with_sensitivity, sensitivity_by_autograd
from theory.algebra.conjugation import bar
from theory.inputs import constant, damped_cosine, exponential, moving_average, white
from theory.moments import kernel_derivative, second_moment, sensitivity
from theory.symbols import lam, rho

ERROR_RATE = 1e-7  # of one check; some fifty of them make 1e-5 for the file
CHAINS = 5_000
T = 120
# no eigenvalue equals an input's ratio: the closed form for finite T has a removable pole there
EIGENVALUES = [0.995, -0.99, 0.99 * np.exp(0.3j)]
INPUTS = {
    "white": white(),
    "slow": exponential(sp.Rational(999, 1000)),
    "constant": constant(),
    "mixture": sp.Rational(1, 3) * white()
    + sp.Rational(1, 20) * exponential(sp.Rational(997, 1000)),
    "oscillation": damped_cosine(sp.Rational(98, 100), sp.Rational(1, 4)),
    "moving average": moving_average([1, -2, sp.Rational(1, 2)]),
    "complex": exponential(sp.Rational(9, 50) * (4 + 3 * sp.I)),
}


def number(expr, eigenvalue):
    values = {lam: sp.sympify(eigenvalue), bar(lam): sp.sympify(np.conj(eigenvalue))}
    return complex(expr.subs(values).evalf(30))


def check_variance(samples, variance):
    """Σ|x|²/σ² of n independent samples is χ²_n, or half a χ²_2n where they are complex."""
    degrees = samples.size * (2 if np.iscomplexobj(samples) else 1)
    statistic = degrees * np.mean(np.abs(samples) ** 2) / variance
    assert chi2.ppf(ERROR_RATE / 2, degrees) < statistic < chi2.isf(ERROR_RATE / 2, degrees)


@pytest.mark.every(3)
@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize("eigenvalue", EIGENVALUES)
def test_moments_at_a_finite_horizon(name, eigenvalue):
    x, horizon = INPUTS[name], sp.Integer(T)
    rng = np.random.default_rng(1)
    samples = sample_input(autocorrelation_values(x, {}, T), CHAINS, rng)
    run = simulate(samples, eigenvalue)
    for state, order in ((run.h[:, -1], 0), (run.dh_dlam[:, -1], 1)):
        general = kernel_derivative(x, order, order, lam, bar(lam), horizon)
        power = number(general, eigenvalue).real
        if np.iscomplexobj(samples) or not np.iscomplexobj(state):
            check_variance(state, power)
        else:
            pseudo = number(kernel_derivative(x, order, order, lam, lam, horizon), eigenvalue).real
            check_variance(state.real, (power + pseudo) / 2)
            check_variance(state.imag, (power - pseudo) / 2)


def test_a_wrong_moment_is_caught():
    samples = np.random.default_rng(0).standard_normal(CHAINS)
    with pytest.raises(AssertionError):
        check_variance(samples, 1.2)  # ten standard deviations off


@pytest.mark.parametrize("name", INPUTS)
def test_input_covariance(name):
    length = 40
    R = autocorrelation_values(INPUTS[name], {}, length)
    rng = np.random.default_rng(2)
    x = sample_input(R, CHAINS, rng)
    lags = np.subtract.outer(np.arange(length), np.arange(length))
    covariance = np.where(lags >= 0, R[np.abs(lags)], np.conj(R[np.abs(lags)]))
    for _ in range(5):
        a = rng.standard_normal(length)
        check_variance(x @ a, (a @ covariance @ a).real)


def test_singular_inputs():
    x = sample_input(np.ones(300), 50, np.random.default_rng(3))
    # the other eigenvalues are rounding: at most 2 T² ε, so their deviations at most its root
    assert np.ptp(x, axis=1).max() < 10 * np.sqrt(2 * 300**2 * np.finfo(float).eps)


@pytest.mark.parametrize(
    ("R", "says"),
    [
        ([1, 0.9, 0, 0], "no autocorrelation"),
        ([1, 0.9j, 0.9], "no autocorrelation"),
        ([-1.0], "variance"),
        ([1, np.nan], "finite"),
        ([[1, 0], [0, 1]], "one row"),
    ],
)
def test_what_is_no_autocorrelation(R, says):
    with pytest.raises(ValueError, match=says):
        sample_input(R, 1, np.random.default_rng(0))


def test_autocorrelation_values():
    x = damped_cosine() + white()
    phi = next(s for s in x.autocorrelation(1).free_symbols if s.name == "phi")
    R = autocorrelation_values(x, {rho: 0.999, phi: 0.1}, 3000)
    lags = np.arange(3000)
    assert R.dtype == float
    exact = 0.999**lags * np.cos(0.1 * lags) + (lags == 0)
    assert np.all(np.abs(R - exact) <= 4 * lags.clip(1) * np.finfo(float).eps)
    assert list(autocorrelation_values(exponential(), {rho: 0}, 3)) == [1, 0, 0]
    with pytest.raises(ValueError, match="phi"):
        autocorrelation_values(x, {rho: 0.9}, 3)


@pytest.mark.parametrize("eigenvalue", [0.0, 0.99, -0.99, 0.999j])
@pytest.mark.parametrize("name", ["white", "constant", "oscillation"])
def test_burn_in_steps(name, eigenvalue):
    steps = burn_in_steps(eigenvalue, 1e-3)
    for order in (0, 1):
        finite, stationary = (
            number(kernel_derivative(INPUTS[name], order, order, lam, bar(lam), T), eigenvalue).real
            for T in (sp.Integer(steps), None)
        )
        assert abs(finite / stationary - 1) <= 1e-3


@pytest.mark.parametrize(
    "call",
    [
        lambda: burn_in_steps(1.0, 0.1),
        lambda: burn_in_steps(0.9, 0.0),
        lambda: burn_in_steps(1j, 0.1),
        lambda: quadratic_form(np.ones(3), np.ones(4)),
    ],
)
def test_out_of_domain(call):
    with pytest.raises(ValueError, match=r"\|λ\| < 1|between 0 and 1|both"):
        call()


def test_quadratic_form_within_its_bound():
    rng = np.random.default_rng(4)
    g, R = rng.integers(-99, 99, (2, 30)) / np.array([[7.0], [9.0]])
    exact = sum(
        Fraction(g[i]) * Fraction(g[j]) * Fraction(R[abs(i - j)])
        for i in range(30)
        for j in range(30)
    )
    value, bound = quadratic_form(g, R)
    assert abs(value - float(exact)) <= bound


def test_rollout_is_the_reference():
    x = np.random.default_rng(5).standard_normal((3, 400))
    eigenvalue, gamma = 0.999 * np.exp(0.1j), 0.3
    h, s = (v.numpy() for v in rollout_with_sensitivity(torch.from_numpy(x), eigenvalue, gamma))
    expected, size = simulate(x, eigenvalue, gamma), simulate(np.abs(x), abs(eigenvalue), gamma)
    # the same operations; complex products may round differently, in h and again in ∂h/∂λ
    rounding = 4 * np.arange(1, 401) * np.finfo(float).eps
    assert np.all(np.abs(h - expected.h) <= rounding * size.h)
    assert np.all(np.abs(s - expected.dh_dlam) <= 2 * rounding * size.dh_dlam)


def test_rollout_is_differentiable():
    x = torch.randn(2, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    lam0 = torch.tensor(0.9 + 0.2j, dtype=torch.complex128, requires_grad=True)
    gamma = torch.tensor(0.4, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(rollout, (x.requires_grad_(), lam0, gamma))


P = sp.Symbol("p", real=True)
PARAMETRIZATIONS = [
    (sp.exp(-sp.exp(P)), sp.sqrt(1 - sp.exp(-2 * sp.exp(P))), -4.6, False),
    (sp.exp(-sp.exp(P)), sp.sqrt(1 - sp.exp(-2 * sp.exp(P))), -4.6, True),
    (sp.tanh(P), sp.S.One, 2.3, False),
    (sp.Rational(99, 100) * sp.exp(sp.I * P), sp.S.One, 0.4, False),
    (P, sp.sqrt(1 - P**2), 0.99, True),
]


@pytest.mark.every(4)
@pytest.mark.parametrize("name", ["white", "slow", "oscillation"])
@pytest.mark.parametrize(("eigenvalue", "gamma", "at", "differentiate_gamma"), PARAMETRIZATIONS)
def test_autograd_sensitivity(eigenvalue, gamma, at, differentiate_gamma, name):
    x, tolerance = INPUTS[name], 1e-9
    pole, normaliser = (complex(e.subs(P, at)) for e in (eigenvalue, gamma))
    slope, own = (abs(complex(sp.diff(e, P).subs(P, at))) for e in (eigenvalue, gamma))
    horizon = burn_in_steps(pole, tolerance)
    torch_functions = [
        sp.lambdify(P, e, [{"exp": torch.exp, "tanh": torch.tanh, "sqrt": torch.sqrt}])
        for e in (eigenvalue, gamma)
    ]

    def as_tensor(function):
        return lambda p: torch.as_tensor(function(p))

    g = sensitivity_by_autograd(
        *(as_tensor(f) for f in torch_functions),
        at,
        horizon,
        differentiate_gamma=differentiate_gamma,
    )
    value, rounding = quadratic_form(g, autocorrelation_values(x, {}, horizon))
    exact = sensitivity(x, eigenvalue, P, gamma, differentiate_gamma).subs(P, sp.Float(at, 30))
    # of γ′h + γλ′ ∂h/∂λ: ‖h‖ ≤ 2 ‖∂h/∂λ‖, also of what the horizon leaves out
    size = 2 * own * differentiate_gamma + abs(normaliser) * slope
    truncation = tolerance * size**2 * number(sensitivity(x), pole).real
    assert abs(value - complex(exact.evalf(30)).real) <= rounding + truncation


def test_second_moment_after_burn_in():
    eigenvalue, tolerance = 0.95, 1e-3
    steps = burn_in_steps(eigenvalue, tolerance)
    x = exponential(sp.Rational(9, 10))
    samples = sample_input(autocorrelation_values(x, {}, steps), 2000, np.random.default_rng(6))
    h = simulate(samples, eigenvalue).h[:, -1]
    statistic = np.sum(h**2) / number(second_moment(x), eigenvalue).real
    assert (1 - tolerance) * chi2.ppf(ERROR_RATE / 2, h.size) < statistic
    assert statistic < (1 + tolerance) * chi2.isf(ERROR_RATE / 2, h.size)
