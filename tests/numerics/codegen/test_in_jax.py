"""Normalisers in JAX are those of PyTorch, in double and in single precision."""

import subprocess
import sys

import numpy as np
import pytest
import sympy as sp
import torch

from numerics.codegen.export import exported
from numerics.normalizers import (
    Cartesian,
    DoubleExponential,
    InputNormalizer,
    Polar,
    Sigmoid,
    StepSize,
    Tanh,
    natural_steps,
)
from theory.filtering import filtered
from theory.inputs import damped_cosine, exponential, white

jax = pytest.importorskip("jax", reason="jax is not installed")
optax = pytest.importorskip("optax", reason="optax is not installed")

from numerics.codegen import in_jax  # noqa: E402  # needs JAX

INPUT = white() + exponential(0.999) + damped_cosine(0.9, 1.0)
TORCH = InputNormalizer(INPUT)
FILTERED = InputNormalizer(filtered(INPUT, [(1, 1), (sp.Rational(99, 100), sp.Rational(1, 3))]))


def in_jax_too(module):
    """The normaliser in JAX with the numbers of one in PyTorch."""
    numbers = {name.removesuffix("_v1"): v.tolist() for name, v in module.state_dict().items()}
    white = numbers.pop("white")
    return in_jax.Normalizer(white, **{n: tuple(map(tuple, v)) for n, v in numbers.items()})


JAX = in_jax_too(TORCH)
MEMORY = [-2.0, -0.5, 0.0, 0.5, 3.0, 7.0]
TURN = [0.0, 0.3, 1.0, -1.0, 2.0, 3.1]
MAPS = {
    "tanh": (in_jax.tanh, Tanh(), (MEMORY,)),
    "sigmoid": (in_jax.sigmoid, Sigmoid(), (MEMORY,)),
    "lru": (
        lambda nu, theta: in_jax.polar(in_jax.double_exponential(nu), theta),
        Polar(DoubleExponential(), logarithmic=False),
        ([-v for v in MEMORY], TURN),
    ),
    "s4": (in_jax.step_size, StepSize(), ([-v for v in MEMORY], [0.3] * 6, TURN)),
    "cartesian": (
        lambda re, im: in_jax.eigenvalue(jax.lax.complex(re, im)),
        Cartesian(),
        ([0.0, 0.5, -0.8, 0.99, 0.0, -0.999], [0.0, 0.5, 0.1, 0.1, -0.9999, 0.0]),
    ),
}
MEASURES = ("metric", "__call__")  # of which the moments are parts


@pytest.mark.parametrize("normalizer", [TORCH, FILTERED])
@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("name", MAPS)
def test_values_and_gradients_are_torchs(name, measure, normalizer):
    """In double: some 60 roundings of either, of a value and of the terms of a gradient."""
    ours, theirs, numbers = MAPS[name]
    parameters = [torch.tensor(n, dtype=torch.float64, requires_grad=True) for n in numbers]
    lam = theirs.eigenvalue(*parameters)
    expected = getattr(normalizer, "forward" if measure == "__call__" else measure)(lam)
    expected.log().sum().backward()
    with jax.enable_x64(True):

        def logarithm(*numbers):
            return jax.numpy.log(getattr(in_jax_too(normalizer), measure)(ours(*numbers)))

        given = [jax.numpy.asarray(n) for n in numbers]
        found = np.exp(jax.jit(logarithm)(*given))
        every = range(len(given))
        by_all = jax.jit(jax.grad(lambda *p: logarithm(*p).sum(), argnums=every))
        slopes = list(map(np.asarray, by_all(*given)))
    tolerance = 120 * np.finfo(float).eps
    if name == "cartesian":  # in Torch rounding takes as much from 1 − |λ| as from 1
        tolerance /= lam.one_minus_square.detach().numpy()
    assert np.all(np.abs(found / expected.detach().numpy() - 1) <= 4 * tolerance)
    for slope, parameter in zip(slopes, parameters, strict=True):
        # the logarithm has slopes of some ten at most by such parameters; by λ, of 4/(1 − |λ|²)
        most = 4 / lam.one_minus_square.detach().numpy() if name == "cartesian" else 10
        assert np.all(np.abs(slope - parameter.grad.numpy()) <= most * tolerance)


@pytest.mark.parametrize("name", MAPS)
def test_single_precision_loses_a_few_roundings(name):
    """And what the rounding of an angle makes of them, by Harnack's inequality."""
    ours, theirs, numbers = MAPS[name]
    single = [np.array(n, np.float32) for n in numbers]
    lam = theirs.eigenvalue(*(torch.from_numpy(n).double() for n in single))
    exact = TORCH(lam).numpy()
    found = JAX(ours(*map(jax.numpy.asarray, single)))
    assert found.dtype == np.float32
    angle = 0.0 if lam.angle is None else lam.angle.abs().numpy()
    turned = 8 * angle / lam.one_minus_square.numpy()
    eps = np.finfo(np.float32).eps
    assert np.all(np.abs(found / exact - 1) <= eps / 2 * (60 + turned))


def test_on_the_circle_and_beyond():
    white_noise = in_jax.Normalizer()
    gamma = white_noise(jax.numpy.array([1.0, -1.0, 1.001, 0.0]))
    eps = np.finfo(np.float32).eps
    np.testing.assert_allclose(gamma, [np.sqrt(eps / 2)] * 2 + [np.nan, 1.0], rtol=eps)
    slopes = jax.vmap(jax.grad(white_noise))(jax.numpy.array([1.0, 0.0, 0.6]))
    # on the circle 1 + λ alone moves
    np.testing.assert_allclose(slopes, [np.sqrt(eps / 32), 0.0, -0.75], rtol=8 * eps)
    modulus = jax.grad(lambda z: white_noise(z).sum())(jax.numpy.zeros(1, complex))
    assert np.isfinite(modulus).all()


@pytest.mark.parametrize("start", [[0.3, -0.999, 0.99], [0.3 + 0.1j, 0.99j, -0.5]])
def test_natural_steps_are_torchs_and_stay_in_the_disc(start):
    with jax.enable_x64(True):
        lam = jax.numpy.array(start)
        trained = torch.nn.Parameter(
            torch.tensor(start, dtype=torch.from_numpy(np.array(lam)).dtype)
        )
        slope = np.array([1.0, -2.0, 30.0])
        sgd = torch.optim.SGD([trained], lr=0.3)
        natural_steps(sgd, [trained], TORCH.metric)
        ours = in_jax.natural_steps(optax.sgd(0.3), JAX.metric)
        state = ours.init(lam)
        for _ in range(5):
            trained.grad = torch.from_numpy(slope).to(trained.dtype)
            sgd.step()
            updates, state = ours.update(jax.numpy.asarray(slope, lam.dtype), state, lam)
            lam = optax.apply_updates(lam, updates)
            assert np.all(np.abs(lam) < 1)
    # the last of them are on the circle but for rounding
    np.testing.assert_allclose(lam, trained.detach(), rtol=0, atol=1e-10)


def test_it_stands_alone(tmp_path):
    (tmp_path / "exported.py").write_text(exported("normalizer", INPUT, "jax"), "utf-8")
    code = f"""
import sys

sys.path.insert(0, {str(tmp_path)!r})
import exported, jax

assert not {{"theory", "numerics", "verify", "sympy", "torch"}} & set(sys.modules)
lam = exported.polar(exported.tanh(jax.numpy.array([0.5, 3.0])), jax.numpy.array([0.1, 1.0]))
print(*exported.normalizer()(lam), *exported.normalizer()(lam.value))
"""
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, timeout=120, check=True
    )
    modulus = in_jax.tanh(jax.numpy.array([0.5, 3.0]))
    lam = in_jax.polar(modulus, jax.numpy.array([0.1, 1.0]))
    assert done.stdout.split() == [*map(str, JAX(lam)), *map(str, JAX(lam.value))]
