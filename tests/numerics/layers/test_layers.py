"""Recurrent layers against plain loops, outputs and gradients, up to the unit circle."""

import math
import subprocess
import sys
from functools import partial
from importlib import import_module

import pytest
import torch
from torch.func import grad, vmap

from numerics.layers import GRU, LRU, LSTM, S4D, BlockDiagonal, Dense, LinearRecurrence, ring, scan
from numerics.layers.loops import loop
from numerics.normalizers import (
    Cartesian,
    DoubleExponential,
    InputNormalizer,
    Optimal,
    Polar,
    Sigmoid,
    StepSize,
    Tanh,
)
from numerics.recurrences import gru_step
from theory.inputs import white

EPS, EPS_32 = (torch.finfo(dtype).eps for dtype in (torch.float64, torch.float32))
STEPS = [1, 2, 3, 16, 17, 63, 64, 65, 129, 1000]


def hard(steps):
    """Eigenvalues on both sides of the disc and next to its edge, and inputs to them."""
    generator = torch.Generator().manual_seed(steps)
    modulus = torch.tensor([0.0, 0.5, 0.99, 1 - 1e-5, 1 - 1e-12], dtype=torch.float64)
    lam = torch.polar(modulus, torch.tensor([0, 0.3, 3.1, 1e-6, -1.0], dtype=torch.float64))
    u = torch.randn(2, steps, 5, dtype=torch.complex128, generator=generator)
    return lam, u


def gated(steps):
    """Eigenvalues that change with each step, and inputs to them."""
    lam, u = hard(steps)
    return lam * torch.linspace(1, 0.5, steps, dtype=torch.float64)[:, None].expand_as(u), u


@pytest.fixture(params=[True, False], ids=["compiled", "without Numba"])
def _both_ways(request, monkeypatch):
    monkeypatch.setattr(import_module("numerics.layers.scan"), "COMPILES", request.param)


both_ways = pytest.mark.usefixtures("_both_ways")
either = pytest.mark.parametrize("made", [hard, gated], ids=["constant", "gated"])


@both_ways
@either
@pytest.mark.parametrize("steps", STEPS)
def test_scan_is_the_loop(steps, made):
    """Each state a sum of at most `steps` terms: so many roundings, of both, at most."""
    lam, u = made(steps)
    size = loop(lam.abs(), u.abs())
    assert torch.all((scan(lam, u) - loop(lam, u)).abs() <= 8 * steps * EPS * size)
    real = scan(lam.real, u.real)
    assert not real.is_complex()
    assert torch.all((real - loop(lam.real, u.real)).abs() <= 8 * steps * EPS * size)


@both_ways
@either
@pytest.mark.parametrize("steps", STEPS)
def test_gradients_of_scan_are_the_loops(steps, made):
    def gradients(recurrence):
        lam, u = (v.requires_grad_() for v in made(steps))
        return torch.autograd.grad((recurrence(lam, u).abs() ** 2).sum(), (lam, u))

    for found, expected in zip(gradients(scan), gradients(loop), strict=True):
        # sums over time of products of states, each with the error of a state
        assert torch.all((found - expected).abs() <= 8 * steps**2 * EPS * expected.abs().max())


@both_ways
@either
def test_scan_has_second_derivatives_and_batches(made):
    lam, u = (v.detach().clone().requires_grad_() for v in made(7))
    assert torch.autograd.gradcheck(scan, (lam, u))
    assert torch.autograd.gradgradcheck(scan, (lam, u))
    many = torch.stack([lam, lam / 2]).detach()
    for found, sizes in (
        (vmap(scan, (0, None))(many, u), (1, 2)),
        (vmap(lambda v: scan(v / 2, u))(many), (2, 4)),
        (vmap(scan)(many, torch.stack([u, u])), (1, 2)),
        (vmap(scan, (None, 0))(lam, torch.stack([u, u])), (1, 1)),
    ):
        for states, size in zip(found, sizes, strict=True):
            assert torch.allclose(states, scan(lam / size, u), rtol=0, atol=100 * EPS)
    slope = grad(lambda v: scan(v, u.real.detach()).sum())
    assert vmap(slope)(many.real).shape == many.shape


@either
@pytest.mark.parametrize("dtype", [torch.complex64, torch.float32], ids=str)
def test_states_in_single_precision_are_rounded_once(dtype, made):
    lam, u = made(1000)
    lam, u = (lam, u) if dtype.is_complex else (lam.real, u.real)
    u = u.to(dtype)
    lam = lam if made is hard else lam.to(dtype)
    wide = torch.promote_types(dtype, torch.float64)
    expected = loop(lam.to(wide), u.to(wide))
    found = scan(lam, u)
    assert found.dtype == dtype
    size = loop(lam.abs().double(), u.abs().double())
    allowed = EPS_32 / 2 * expected.abs() + 8000 * EPS * size
    assert torch.all((found - expected).abs() <= 1.01 * allowed)


@either
def test_threads_share_the_sequences(made, monkeypatch):
    lam, u = made(130)
    many = u.expand(3, 2, -1, -1).clone().requires_grad_()
    lam = (lam if made is hard else lam.expand_as(many)).clone().requires_grad_()

    def found():
        states = scan(lam, many)
        return states, *torch.autograd.grad(states.abs().sum(), (lam, many))

    alone = found()
    monkeypatch.setattr(import_module("numerics.layers.compiled"), "SMALL", 0)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 4)
    assert all(map(torch.equal, found(), alone))  # bit for bit, in whatever order they end


IN_A_FORK = """
import os, sys, torch
from numerics.layers import compiled, scan

compiled.SMALL, torch.get_num_threads = 0, lambda: 2
lam, u = torch.tensor([0.9, 0.5]), torch.ones(2, 50, 2)
states = scan(lam, u)
if child := os.fork():
    assert os.waitpid(child, 0)[1] == 0
else:
    sys.exit(not torch.equal(scan(lam, u), states))
print("equal")
"""


def test_a_forked_process_has_threads_of_its_own():
    """The threads that it was forked beside are not there, and waiting for them would not end."""
    done = subprocess.run(
        [sys.executable, "-c", IN_A_FORK], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "equal\n"


@both_ways
@either
def test_views_are_what_they_show(made):
    """Conjugates and negatives that Torch has not carried out yet, and strides."""
    lam, u = made(20)
    strided = torch.randn(5, 20, 2, dtype=torch.float64).mT.movedim(0, -1)
    for v, w in ((lam.conj(), u.conj()), (lam.conj().imag, u.conj().imag), (lam.real, strided)):
        w = w.detach().requires_grad_()
        by_scan = scan(v, w)
        plain = v.clone().resolve_conj(), w.detach().clone().resolve_conj().contiguous()
        assert torch.allclose(by_scan, loop(*plain), rtol=0, atol=1000 * EPS)
        [gradient] = torch.autograd.grad(by_scan.conj().real.sum(), w)
        plain[1].requires_grad_()
        [expected] = torch.autograd.grad(loop(*plain).conj().real.sum(), plain[1])
        assert torch.allclose(gradient, expected, rtol=0, atol=1000 * EPS)


def test_real_inputs_of_complex_units_are_refused():
    with pytest.raises(ValueError, match=r"u: real where lam is complex; give u\.to\(torch\.c"):
        scan(torch.tensor([1j]), torch.ones(3, 1))


@both_ways
@either
def test_a_state_is_handed_on(made):
    lam, u = made(20)
    whole = scan(lam, u)
    first = scan(lam if made is hard else lam[..., :9, :], u[..., :9, :])
    rest = scan(lam if made is hard else lam[..., 9:, :], u[..., 9:, :], first[..., -1, :])
    assert torch.allclose(torch.cat([first, rest], -2), whole, rtol=0, atol=1000 * EPS)


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
    B, C = layer.matrix("B"), layer.matrix("C")
    h, expected = torch.zeros(4, 6, dtype=B.dtype), []
    for now in x.unbind(1):
        h = lam * h + gamma * (now.to(B.dtype) @ B.mT)
        expected.append((h @ C.mT).real + now @ layer.D.mT)
    assert torch.allclose(y, torch.stack(expected, 1), rtol=0, atol=1000 * EPS)
    assert torch.allclose(state, h, rtol=0, atol=1000 * EPS)


def other_layer(name):
    torch.manual_seed(0)
    return {
        "block diagonal": lambda: BlockDiagonal(3, 6, 2, heads=3, slowest=0.9),
        "dense": lambda: Dense(3, 6, 2),
        "s4d": lambda: S4D(3, states=4),
        "s4d, derived": lambda: S4D(3, states=4, normalizer=InputNormalizer()),
        "s4d, of each feature": lambda: S4D(
            3, states=4, normalizer=InputNormalizer([white(), 4 * white(), white()], axis=-2)
        ),
        "gru": lambda: GRU(3, 6, longest=100),
        "lstm": lambda: LSTM(3, 6, longest=100),
    }[name]().double()


def matrix_steps(layer, x):
    A, h, outputs = torch.block_diag(*layer.A), torch.zeros(4, 6, dtype=x.dtype), []
    for now in x.unbind(1):
        h = h @ A.mT + now @ layer.B.mT
        outputs.append(h @ layer.C.mT + now @ layer.D.mT)
    return torch.stack(outputs, 1), h


def s4d_steps(layer, x, deviation=1):
    a = torch.complex(-torch.exp(layer.a_log_decay), layer.a_im)
    lam = torch.exp(torch.exp(layer.log_step) * a)
    gamma = (
        (lam - 1) / a if layer.normalizer is None else torch.sqrt(1 - lam.abs() ** 2) / deviation
    )
    C, h, outputs = torch.complex(layer.C_re, layer.C_im), torch.zeros(4, *lam.shape), []
    for now in x.unbind(1):
        h = lam * h + gamma * now.unsqueeze(-1)
        outputs.append(2 * (C * h).real.sum(-1) + layer.D * now)
    return torch.stack(outputs, 1), h


def gru_steps(layer, x):
    p = {name.removesuffix("_l0"): value for name, value in layer.named_parameters()}
    h, outputs = torch.zeros(4, 6, dtype=x.dtype), []
    for now in x.unbind(1):
        h = gru_step(p, h, now)
        outputs.append(h)
    return torch.stack(outputs, 1), h


def lstm_steps(layer, x):
    h, c, outputs = *torch.zeros(2, 4, 6, dtype=x.dtype), []
    for now in x.unbind(1):
        gates = now @ layer.weight_ih_l0.mT + h @ layer.weight_hh_l0.mT
        i, f, g, o = (gates + layer.bias_ih_l0 + layer.bias_hh_l0).chunk(4, -1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        outputs.append(h)
    return torch.stack(outputs, 1), (h, c)


STEPS_OF = {
    "block diagonal": matrix_steps,
    "dense": matrix_steps,
    "s4d": s4d_steps,
    "s4d, derived": s4d_steps,
    "s4d, of each feature": partial(s4d_steps, deviation=torch.tensor([[1], [2], [1]])),
    "gru": gru_steps,
    "lstm": lstm_steps,
}


def close(found, expected):
    if isinstance(found, tuple):
        return all(close(f, e) for f, e in zip(found, expected, strict=True))
    return torch.allclose(found, expected, rtol=0, atol=1000 * EPS)


@pytest.mark.parametrize("name", STEPS_OF)
def test_other_layers_are_their_equations(name):
    layer, x = other_layer(name), torch.randn(4, 50, 3, dtype=torch.float64)
    found, expected = layer(x), STEPS_OF[name](layer, x)
    assert close(found, expected)
    weights = torch.randn_like(expected[0])
    slopes = [
        torch.autograd.grad((y * weights).sum(), [*layer.parameters()])
        for y in (found[0], expected[0])
    ]
    for a, b in zip(*slopes, strict=True):
        # by Δ and a, times up to π · 3
        assert torch.allclose(a, b, rtol=0, atol=1e5 * EPS * float(b.abs().max()))


@pytest.mark.parametrize("name", [*MAPS, *STEPS_OF])
def test_layer_goes_on_from_its_state(name):
    layer = layer_of(name) if name in MAPS else other_layer(name)
    x = torch.randn(4, 50, 3, dtype=torch.float64)
    y, state = layer(x)
    first, middle = layer(x[:, :20])
    second, last = layer(x[:, 20:], middle)
    assert close(torch.cat([first, second], 1), y)
    assert close(last, state)
    some, ends = layer(x, lengths=torch.tensor([20, 50, 1, 20]))
    assert close(some[1], y[1])
    for end, half, full in zip(
        *(s if isinstance(s, tuple) else (s,) for s in (ends, middle, state)), strict=True
    ):
        assert close(end[[0, 3]], half[[0, 3]])
        assert close(end[1], full[1])


def test_gates_begin_slow():
    gru, lstm = GRU(3, 1000, longest=50), LSTM(3, 1000, longest=50)
    update = (gru.bias_ih_l0 + gru.bias_hh_l0)[1000:2000]
    entering, forgetting = (lstm.bias_ih_l0 + lstm.bias_hh_l0)[:2000].chunk(2)
    assert torch.equal(entering, -forgetting)
    for bias in (update, forgetting):
        steps = 1 / (1 - torch.sigmoid(bias.detach().double()))
        assert float(steps.min()) >= 2 - 1e-5
        assert float(steps.max()) <= 50 + 1e-3
        # uniform: the mean of 1000 is within six standard errors
        assert abs(float(steps.mean()) - 26) < 6 * 48 / 12**0.5 / 1000**0.5


def test_block_diagonal_begins_slow():
    modulus = torch.linalg.eigvals(BlockDiagonal(3, 60, 2, heads=10, slowest=0.95).A).abs()
    assert bool(((modulus > 0.95 - 1e-5) & (modulus < 1)).all())


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: BlockDiagonal(3, 6, 2, heads=4), "heads = 4: a divisor of d_hidden = 6"),
        (lambda: Dense(3, 6, 2, slowest=1.0), "slowest: a modulus with 0 ≤ ν < 1"),
        (lambda: S4D(3, step_min=0.2), r"0 < 0\.2 ≤ 0\.1 is needed"),
        (lambda: GRU(3, 6, longest=1), "longest = 1: at least 2 steps"),
        (lambda: LSTM(3, 6, longest=math.nan), "longest = nan: at least 2 steps"),
    ],
)
def test_bad_layers(make, message):
    with pytest.raises(ValueError, match=message):
        make()


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
