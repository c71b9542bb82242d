"""Recurrent layers against plain loops, outputs and gradients, up to the unit circle."""

import math

import pytest
import torch
from torch.func import grad, vmap

from numerics.layers import LRU, LinearRecurrence, ring, scan
from numerics.layers.scan import loop
from numerics.normalizers import (
    Cartesian,
    DoubleExponential,
    Optimal,
    Polar,
    Sigmoid,
    StepSize,
    Tanh,
)
from theory.inputs import white

EPS = torch.finfo(torch.float64).eps
STEPS = [1, 2, 3, 16, 17, 100, 1000]


def hard(steps):
    """Eigenvalues on both sides of the disc and next to its edge, and inputs to them."""
    generator = torch.Generator().manual_seed(steps)
    modulus = torch.tensor([0.0, 0.5, 0.99, 1 - 1e-5, 1 - 1e-12], dtype=torch.float64)
    lam = torch.polar(modulus, torch.tensor([0, 0.3, 3.1, 1e-6, -1.0], dtype=torch.float64))
    u = torch.randn(2, steps, 5, dtype=torch.complex128, generator=generator)
    return lam, u


@pytest.mark.parametrize("steps", STEPS)
def test_scan_is_the_loop(steps):
    """Each state a sum of at most `steps` terms: so many roundings, of both, at most."""
    lam, u = hard(steps)
    size = loop(lam.abs(), u.abs())
    assert torch.all((scan(lam, u) - loop(lam, u)).abs() <= 8 * steps * EPS * size)
    real = scan(lam.real, u.real)
    assert not real.is_complex()
    assert torch.all((real - loop(lam.real, u.real)).abs() <= 8 * steps * EPS * size)


@pytest.mark.parametrize("steps", STEPS)
def test_gradients_of_scan_are_the_loops(steps):
    def gradients(recurrence):
        lam, u = (v.requires_grad_() for v in hard(steps))
        (recurrence(lam, u).abs() ** 2).sum().backward()
        return lam.grad, u.grad

    for found, expected in zip(gradients(scan), gradients(loop), strict=True):
        # sums over time of products of states, each with the error of a state
        assert torch.all((found - expected).abs() <= 8 * steps**2 * EPS * expected.abs().max())


def test_scan_has_second_derivatives_and_batches():
    lam, u = (v.requires_grad_() for v in hard(7))
    assert torch.autograd.gradcheck(scan, (lam, u))
    assert torch.autograd.gradgradcheck(scan, (lam, u))
    many = torch.stack([lam, lam / 2]).detach()
    together = vmap(scan, (0, None))(many, u)
    assert torch.allclose(together[1], scan(lam / 2, u), rtol=0, atol=100 * EPS)
    slope = grad(lambda v: scan(v, u.real.detach()).sum())
    assert vmap(slope)(many.real).shape == (2, 5)


MAPS = {
    "lru": (Polar(DoubleExponential()), True),
    "s4": (StepSize(), True),
    "plain": (Cartesian(), True),
    "optimal": (Polar(Optimal(white())), True),
    "tanh": (Tanh(), False),
    "gate": (Sigmoid(), False),
}


def layer_of(name):
    torch.manual_seed(0)
    map_, is_complex = MAPS[name]
    lam = ring(6, 0.9, 0.999)
    return LinearRecurrence(3, 2, lam if is_complex else lam.abs(), map_).double()


@pytest.mark.parametrize("name", MAPS)
def test_layer_is_its_equations(name):
    layer = layer_of(name)
    x = torch.randn(4, 50, 3, dtype=torch.float64)
    y, state = layer(x)
    lam, gamma = layer.eigenvalue().value, layer.gamma()
    B, C = layer._matrix("B"), layer._matrix("C")
    h, expected = torch.zeros(4, 6, dtype=B.dtype), []
    for now in x.unbind(1):
        h = lam * h + gamma * (now.to(B.dtype) @ B.mT)
        expected.append((h @ C.mT).real + now @ layer.D.mT)
    assert torch.allclose(y, torch.stack(expected, 1), rtol=0, atol=1000 * EPS)
    assert torch.allclose(state, h, rtol=0, atol=1000 * EPS)


@pytest.mark.parametrize("name", MAPS)
def test_layer_goes_on_from_its_state(name):
    layer, x = layer_of(name), torch.randn(4, 50, 3, dtype=torch.float64)
    y, state = layer(x)
    first, middle = layer(x[:, :20])
    second, last = layer(x[:, 20:], middle)
    assert torch.allclose(torch.cat([first, second], 1), y, rtol=0, atol=1000 * EPS)
    assert torch.allclose(last, state, rtol=0, atol=1000 * EPS)
    _, ends = layer(x, lengths=torch.tensor([20, 50, 1, 20]))
    assert torch.allclose(ends[[0, 3]], middle[[0, 3]], rtol=0, atol=1000 * EPS)
    assert torch.equal(ends[1], state[1])


@pytest.mark.filterwarnings("ignore:.*should not be instantiated:DeprecationWarning")  # dynamo does
def test_lru_has_the_literatures_names():
    layer = LRU(3, 8, 2)
    names = {"nu_log", "theta_log", "gamma_log", "B_re", "B_im", "C_re", "C_im", "D"}
    assert set(layer.state_dict()) == names
    lam = torch.exp(torch.complex(-torch.exp(layer.nu_log), torch.exp(layer.theta_log)))
    assert torch.allclose(layer.eigenvalue().value.to(lam.dtype), lam, rtol=1e-6)
    assert torch.allclose(torch.exp(layer.gamma_log), torch.sqrt(1 - lam.abs() ** 2), rtol=1e-3)
    other = LRU(3, 8, 2)
    other.load_state_dict(layer.state_dict())
    x = torch.randn(2, 10, 3)
    y, state = layer(x)
    assert torch.equal(other(x)[0], y)
    assert (y.dtype, state.dtype) == (torch.float32, torch.complex64)
    y.square().mean().backward()
    assert all(p.grad.isfinite().all() for p in layer.parameters())
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.allclose(layer(x)[0].float(), y, atol=0.1)
    compiled = torch.compile(layer, backend="aot_eager")
    assert torch.allclose(compiled(x)[0], y, atol=1e-5)


def test_a_ring_lies_in_the_disc():
    lam = ring(1000, 0.9, 0.99, math.pi / 2)
    assert bool(((lam.abs() >= 0.9 - 1e-6) & (lam.abs() <= 0.99 + 1e-6)).all())
    assert bool(((lam.angle() >= 0) & (lam.angle() <= math.pi / 2)).all())
    with pytest.raises(ValueError, match=r"0 ≤ 0\.9 ≤ 1\.0 < 1 is needed"):
        ring(3, 0.9, 1.0)
