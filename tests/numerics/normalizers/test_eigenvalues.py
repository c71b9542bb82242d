"""Normalisers and eigenvalue maps for training code, with their derivatives, against mpmath."""

import copy
import time

import mpmath
import numpy as np
import pytest
import sympy as sp
import torch
from torch.func import grad, vmap
from torch.nn.utils import parametrize

from numerics.codegen.conditioning import conditioned
from numerics.normalizers import (
    Cartesian,
    DoubleExponential,
    Eigenvalue,
    InputNormalizer,
    Optimal,
    Polar,
    Sigmoid,
    StepSize,
    Tanh,
)
from theory.algebra.conjugation import bar
from theory.inputs import (
    constant,
    damped_cosine,
    exponential,
    from_expression,
    mixture,
    moving_average,
    white,
)
from theory.moments import second_moment, sensitivity
from theory.parametrizations import optimal_parameter_white
from theory.symbols import Delta, lam, real_lam, rho

R = sp.Rational
EPS, SINGLE = np.finfo(float).eps, np.finfo(np.float32).eps
INPUTS = {
    "white": white(),
    "slow": exponential(R(9999, 10000)),
    "alternating": exponential(-R(9, 10)),
    "embeddings": R(332, 1000) * white() + R(431, 10000) * exponential(R(997, 1000)),
    "oscillation": R(1, 10) * white() + damped_cosine(R(99, 100), R(1, 8)),
}
ONE_MINUS = np.array([0.9, 0.5, 0.3, 0.1, 1e-2, 1e-3, 1e-5, 1e-7])
CLOSEST = np.array([1e-9, 1e-12, 1e-15])
# each map with λ(ω), and ω at a given 1 − |λ|
MAPS = {
    "tanh": (Tanh(), mpmath.tanh, lambda o: np.log((2 - o) / o) / 2),
    "tanh, negative": (Tanh(), mpmath.tanh, lambda o: -np.log((2 - o) / o) / 2),
    "sigmoid": (Sigmoid(), lambda w: 1 / (1 + mpmath.exp(-w)), lambda o: np.log((1 - o) / o)),
    "lru": (
        DoubleExponential(),
        lambda w: mpmath.exp(-mpmath.exp(w)),
        lambda o: np.log(-np.log1p(-o)),
    ),
}
# of γ from the factors, and of a factor with its square from ω
ROUNDINGS = conditioned(second_moment(exponential()), frozenset({lam, rho})).roundings + 20


def derivatives(function, at):
    """The value, the first and the second derivative at each point."""
    slope = grad(function)
    return [vmap(f)(at) for f in (function, slope, grad(slope))]


def exact_gamma(x, eigenvalue):
    moment = sp.lambdify((lam, bar(lam)), second_moment(x), "mpmath")

    def gamma(w):
        z = eigenvalue(w)
        return 1 / mpmath.sqrt(mpmath.re(moment(z, mpmath.conj(z))))

    return gamma


@pytest.mark.parametrize("single", [True, False], ids=["float32", "float64"])
@pytest.mark.parametrize("map_", MAPS)
@pytest.mark.parametrize("name", INPUTS)
def test_gamma_and_its_derivatives(name, map_, single):
    """Single precision: within an ulp. Double: by its roundings, of the derivatives' own terms."""
    module, eigenvalue, inverse = MAPS[map_]
    normalizer, gamma = InputNormalizer(INPUTS[name]), exact_gamma(INPUTS[name], eigenvalue)
    o = ONE_MINUS if single else np.concatenate([ONE_MINUS, CLOSEST])
    at = torch.from_numpy(inverse(o)).to(torch.float32 if single else torch.float64)
    found = derivatives(lambda w: normalizer(module.eigenvalue(w)).to(w.dtype), at)
    for i, w in enumerate(at.tolist()):
        with mpmath.workdps(60):
            step = mpmath.mpf(10) ** -15
            exact = [mpmath.diff(gamma, w, k, h=step) if k else gamma(w) for k in range(3)]
        for k in range(3):
            error = abs(mpmath.mpf(found[k][i].item()) - exact[k])
            if single:
                assert error <= np.spacing(np.float32(abs(exact[k]))), (w, k)
            else:
                # each factor's derivative is the factor times at most 2
                assert error <= ROUNDINGS * (2 * ROUNDINGS) ** k * EPS / 2 * exact[0], (w, k)
                assert k or error <= 4 * np.spacing(float(exact[0])), w


@pytest.mark.parametrize("name", INPUTS)
def test_moments_for_complex_eigenvalues(name):
    """The LRU's, at angles where the input has its power and elsewhere; |λ| and θ as computed."""
    x = INPUTS[name]
    normalizer, polar = InputNormalizer(x), Polar(DoubleExponential())
    distances = np.array([0.5, 1e-3, 1e-7, 1e-15])
    angles = np.array([1e-6, 0.125, 0.125 + 1e-7, 2.0, np.pi])
    grid = np.meshgrid(np.log(-np.log1p(-distances)), np.log(angles))
    eigenvalue = polar.eigenvalue(*map(torch.from_numpy, grid))
    assert eigenvalue.value.shape == (5, 4)
    moments = {second_moment: normalizer.second_moment, sensitivity: normalizer.sensitivity}
    for theory, method in moments.items():
        exact = sp.lambdify((lam, bar(lam)), theory(x), "mpmath")
        # each factor's own roundings are fewer than those of a factor from λ's parts
        bound = conditioned(theory(exponential()), frozenset({lam, rho})).roundings + 4
        arguments = (eigenvalue.one_minus, eigenvalue.angle, method(eigenvalue))
        for o, angle, found in zip(*(v.flatten().tolist() for v in arguments), strict=True):
            with mpmath.workdps(60):
                z = (1 - mpmath.mpf(o)) * mpmath.expj(angle)
                true = mpmath.re(exact(z, mpmath.conj(z)))
                assert abs(found / true - 1) <= bound * EPS / 2, (o, angle)


def test_a_tensor_serves_as_well():
    """As far as λ itself is precise, and in its precision."""
    normalizer = InputNormalizer(INPUTS["oscillation"])
    for lam_ in (torch.tensor([0.5, -0.999]), torch.tensor([0.5 + 0.1j, -0.9j])):
        found = normalizer(lam_)
        assert found.dtype == torch.float32
        assert torch.equal(found, normalizer(Eigenvalue.of(lam_)).float())
    exact = normalizer(Tanh().eigenvalue(torch.tensor(8.0).double()))
    assert normalizer(Tanh()(torch.tensor(8.0))) == pytest.approx(float(exact), rel=0.3)
    assert normalizer(Tanh()(torch.tensor(8.0).double())) == pytest.approx(float(exact), rel=1e-9)


OPTIMAL = {
    **INPUTS,
    "power": from_expression((1 + Delta / 20) * R(9, 10) ** Delta),
    "average": moving_average([2, 1]),
}


@pytest.mark.parametrize("name", OPTIMAL)
def test_the_sensitivity_is_balanced(name):
    """γ² λ'(ω)² E(∂h/∂λ)² = 1 with λ' by autograd; and its derivative is 0 (claim B1)."""
    x, optimal = OPTIMAL[name], Optimal(OPTIMAL[name])
    ratio = sensitivity(x, real_lam, real_lam) / second_moment(x, real_lam)
    exact = sp.lambdify(real_lam, ratio, "mpmath")
    at = torch.tensor([-9.0, -1.0, -1e-3, 0.0, 0.5, 3.0, 12.0, 30.0], dtype=torch.float64)
    u = optimal._u_at(at)
    slope, bend = derivatives(optimal._u_at, at)[1:]
    for k in range(len(at)):
        with mpmath.workdps(60):

            def log_speed(v):
                z = mpmath.tanh(v / 2)
                return mpmath.log(mpmath.re(exact(z)) * (1 - z * z) ** 2 / 4) / 2

            v = mpmath.mpf(u[k].item())
            speed = mpmath.exp(log_speed(v))
            change = mpmath.diff(log_speed, v, h=mpmath.mpf(10) ** -15)
            # u is rounded by ε |u|; some hundred operations with sums of either sign
            allowed = 1000 * EPS * (1 + abs(v)) * (1 + abs(change))
            assert abs(speed * slope[k].item() - 1) <= allowed, at[k]
            assert abs(speed**2 * bend[k].item() + change) <= 10 * allowed, at[k]


def test_omega_has_the_closed_form():
    o = torch.tensor([1.0, 0.5, 1e-1, 1e-3, 1e-7, 1e-12], dtype=torch.float64)
    found = Optimal(white()).omega(Eigenvalue(o, 2 - o)).tolist()
    closed = sp.lambdify(real_lam, optimal_parameter_white(), "mpmath")
    with mpmath.workdps(60):
        exact = [float(closed(1 - mpmath.mpf(v))) for v in o.tolist()]
    assert found == pytest.approx(exact, rel=100 * EPS)
    # E h² = 1/(1−λ)², E(∂h/∂λ)² = 1/(1−λ)⁴: λ' = 1 − λ
    omega_ = torch.tensor([0, 0.1, 1, 10, 30, 100, 300], dtype=torch.float64)
    found = Optimal(constant()).eigenvalue(omega_).one_minus
    assert found.numpy() == pytest.approx(np.exp(-omega_.numpy()), rel=300 * 100 * EPS)


@pytest.mark.parametrize("name", OPTIMAL)
def test_omega_is_inverted(name):
    optimal = Optimal(OPTIMAL[name])
    o = torch.tensor([[1.999999, 1.5, 1.0], [0.1, 1e-8, 1e-30]], dtype=torch.float64)
    omega_ = optimal.omega(Eigenvalue(o, 2 - o))
    found = optimal.eigenvalue(omega_)
    # u = log((2 − o)/o) and ω are rounded
    assert found.one_minus.numpy() == pytest.approx(o.numpy(), rel=1000 * EPS * 70)
    grid = optimal(torch.linspace(-50, 200, 500))
    assert grid.dtype == torch.float32
    assert bool((grid.diff() >= 0).all())


def modules():
    yield Tanh(), torch.tensor([0.99, -0.3])
    yield Sigmoid(), torch.tensor([0.99, 0.3])
    yield DoubleExponential(), torch.tensor([0.99, 0.3])
    yield Optimal(INPUTS["embeddings"]), torch.tensor([0.99, -0.3])
    z = torch.tensor([0.99j, 0.3 - 0.4j])
    yield Polar(DoubleExponential()), z
    yield Polar(Tanh(), logarithmic=False), z
    yield Polar(Optimal(white())), z
    yield StepSize(), z
    yield Cartesian(), z


@pytest.mark.every(4)
@pytest.mark.parametrize(("module", "lam_"), [*modules()])
def test_parametrize_compile_copy(module, lam_):
    layer = torch.nn.Module()
    layer.lam = torch.nn.Parameter(lam_.clone())
    parametrize.register_parametrization(layer, "lam", module)
    assert torch.allclose(layer.lam, lam_, rtol=1e-5, atol=0)
    assert layer.lam.dtype == lam_.dtype
    layer.lam.abs().sum().backward()
    originals = [p for name, p in layer.named_parameters() if "original" in name]
    assert len(originals) == len(module.names)
    assert all(p.dtype == torch.float32 and p.grad.isfinite().all() for p in originals)
    assert not copy.deepcopy(module).state_dict()

    normalizer = InputNormalizer(INPUTS["oscillation"])

    def gamma(*parameters):
        return normalizer(module.eigenvalue(*parameters))

    values = [p.detach() for p in originals]
    plain = gamma(*values)
    torch.compiler.reset()  # or the ninth module is compiled no more
    compiled = torch.compile(gamma, backend="aot_eager", fullgraph=True)
    assert torch.allclose(compiled(*values), plain, rtol=SINGLE, atol=0)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(gamma(*values), plain)
    assert torch.allclose(vmap(gamma)(*values), plain, rtol=SINGLE, atol=0)


def test_casts_and_checkpoints():
    omega = torch.tensor([0.5, 9.0])
    for module in (InputNormalizer(INPUTS["slow"]), Optimal(INPUTS["slow"])):

        def value(m):
            return m(Tanh().eigenvalue(omega)) if isinstance(m, InputNormalizer) else m(omega)

        before = value(module)
        for cast in (torch.float16, torch.bfloat16, torch.float32):
            assert torch.equal(value(copy.deepcopy(module).to(cast)), before)
    assert not InputNormalizer().state_dict()


def test_inputs_that_have_no_positive_form_are_refused():
    for x in (moving_average([1, -1]), OPTIMAL["power"], white() + -1 * exponential(R(1, 2))):
        with pytest.raises(ValueError, match="a sum of white noise"):
            InputNormalizer(x)
    for module in (InputNormalizer, Optimal):
        with pytest.raises(ValueError, match="no value for rho"):
            module(exponential())


def test_a_fitted_cosine_takes_seconds():
    """Its angle and its modulus have six digits, and no algebra between them ends."""
    x = mixture(
        [
            (
                sp.Rational(286846, 10**6),
                damped_cosine(sp.Rational(994681, 10**6), sp.Rational("0.209441")),
            ),
            (sp.Rational(2, 3), exponential(sp.Rational(91, 100))),
        ]
    )
    start = time.perf_counter()
    found = Optimal(x)
    assert time.perf_counter() - start < 30
    moments = [
        sp.lambdify(real_lam, m, "mpmath")
        for m in (second_moment(x, real_lam), sensitivity(x, real_lam, real_lam))
    ]

    def slope(lam):
        state, by_lam = (mpmath.re(moment(lam)) for moment in moments)
        return mpmath.sqrt(by_lam / state)

    for at in (0.5, 0.97, -0.9):
        omega = float(mpmath.quad(slope, mpmath.linspace(0, at, 9)))
        assert float(found.right_inverse(torch.tensor(at, dtype=torch.float64))) == pytest.approx(
            omega, rel=1e-12
        )
