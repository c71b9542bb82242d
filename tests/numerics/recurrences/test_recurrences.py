"""Impulse responses and their losses against plain loops over time, the hard region first."""

import math

import numpy as np
import pytest
import torch

from numerics.recurrences import (
    block,
    convolve,
    dense,
    diagonal,
    diagonal_as_lru,
    gru_step,
    lru,
    mean_squared_error,
    rollout,
    s4,
    sampled_moments,
    stationary_moments,
    white_moments,
)
from numerics.training import draw_dense, draw_diagonal

STEPS = 120
EPSILON = np.finfo(float).eps


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=generator(seed), dtype=torch.float64)


def draw_block(*leading):
    parts = [draw_dense(2, 0.99, generator(seed), *leading) for seed in range(3)]
    return {
        "A": torch.stack([p["A"] for p in parts], -3),
        "B": torch.cat([p["B"] for p in parts], -2),
        "C": torch.cat([p["C"] for p in parts], -1),
        "D": parts[0]["D"],
    }


def draw_s4(*leading):
    p = draw_diagonal(4, 0.99, generator(3), *leading)
    del p["lambda_re"], p["lambda_im"]
    return p | {
        "a_log_decay": normal(*leading, 4, seed=1) - 1,
        "a_im": normal(*leading, 4, seed=2),
        "log_step": normal(*leading, 1, seed=4) - 4,
    }


DRAWS = {
    "dense": (dense, lambda *leading: draw_dense(4, 0.99, generator(), *leading)),
    "block": (block, draw_block),
    "diagonal": (diagonal, lambda *leading: draw_diagonal(4, 0.99, generator(1), *leading)),
    "lru": (
        lru,
        lambda *leading: diagonal_as_lru(draw_diagonal(4, 0.99, generator(2), *leading)),
    ),
    "s4": (s4, draw_s4),
}


def with_gradient(function, p):
    p = {name: value.clone().requires_grad_() for name, value in p.items()}
    result = function(p)
    return result.detach(), torch.autograd.grad(result.square().mean(), tuple(p.values()))


def assert_close(ours, theirs, steps=STEPS):
    """Both add up `steps` terms whose factors have taken up to `steps` roundings."""
    scale = theirs.abs().max()
    assert (ours - theirs).abs().max() <= steps**2 * EPSILON * scale


@pytest.mark.parametrize("leading", [(), (3,)])
@pytest.mark.parametrize("name", DRAWS)
def test_outputs_and_gradients_are_the_loops(name, leading):
    parametrization, draw = DRAWS[name]
    p, x = draw(*leading), normal(*leading, 5, STEPS, 1, seed=7)
    fast, fast_slopes = with_gradient(
        lambda p: convolve(parametrization(p).impulse_response(STEPS), x), p
    )
    plain, slopes = with_gradient(lambda p: parametrization(p).rollout(x), p)
    assert_close(fast, plain)
    for ours, theirs in zip(fast_slopes, slopes, strict=True):
        assert_close(ours, theirs)


@pytest.mark.parametrize("name", DRAWS)
def test_many_systems_are_each_alone(name):
    parametrization, draw = DRAWS[name]
    p = draw(3)
    together = parametrization(p).impulse_response(STEPS)
    for i in range(3):
        alone = parametrization({key: v[i] for key, v in p.items()}).impulse_response(STEPS)
        assert_close(together[i], alone)


def test_several_inputs_and_outputs():
    p = {"A": draw_dense(4, 0.9, generator())["A"], "B": normal(4, 3), "C": normal(2, 4, seed=1)}
    p["D"] = normal(2, 3, seed=2)
    x = normal(5, STEPS, 3, seed=3)
    assert_close(convolve(dense(p).impulse_response(STEPS), x), dense(p).rollout(x))


def test_loss_of_moments_is_the_loops():
    p, other = (draw_dense(4, 0.99, generator(seed)) for seed in (0, 1))
    x = normal(6, STEPS, 1, seed=2)
    target = dense(other).rollout(x)
    moments, teacher = sampled_moments(x), dense(other).impulse_response(STEPS)
    ours, our_slopes = with_gradient(
        lambda p: mean_squared_error(dense(p).impulse_response(STEPS) - teacher, moments), p
    )
    theirs, slopes = with_gradient(lambda p: (dense(p).rollout(x) - target).square().mean(), p)
    for our, their in ((ours, theirs), *zip(our_slopes, slopes, strict=True)):
        assert_close(our, their)


def test_sampled_moments_are_double_sums():
    x, steps = normal(4, 3, 6, 2), 6
    padded = torch.cat([torch.zeros(4, 3, steps, 2, dtype=torch.float64), x], -2)
    expected = torch.zeros(4, 2, steps, 2, steps, dtype=torch.float64)
    for t in range(steps):
        past = torch.stack([padded[..., steps + t - k, :] for k in range(steps)], -1)
        expected += torch.einsum("abik,abjl->aikjl", past, past) / (3 * steps)
    assert_close(sampled_moments(x), expected.reshape(4, 12, 12), steps)
    assert_close(sampled_moments(x[1]), expected[1].reshape(12, 12), steps)


@pytest.mark.parametrize("steps", [8, 11])
def test_stationary_moments_are_expectations(steps):
    lags = 8
    R = 0.9 ** torch.arange(lags, dtype=torch.float64)
    expected = torch.zeros(lags, lags, dtype=torch.float64)
    for t in range(steps):
        for k in range(min(t + 1, lags)):
            for m in range(min(t + 1, lags)):
                expected[k, m] += R[abs(k - m)] / steps
    assert_close(stationary_moments(R, steps), expected, steps)
    assert torch.equal(stationary_moments(R)[0], R)
    white = torch.eye(lags, dtype=torch.float64)[0]
    assert_close(torch.diag(white_moments(lags, steps=steps)), stationary_moments(white, steps))
    assert torch.equal(white_moments(lags, d_in=2), torch.ones(2 * lags, dtype=torch.float64))


def test_a_diagonal_system_as_an_lru():
    p = draw_diagonal(6, 0.5, generator())
    assert_close(
        lru(diagonal_as_lru(p)).impulse_response(STEPS), diagonal(p).impulse_response(STEPS)
    )


@pytest.mark.parametrize(("re", "im"), [(0.5, 0.0), (0.0, 0.0), (1.0, 0.1)])
def test_no_lru(re, im):
    p = draw_diagonal(1, 0.5, generator())
    p |= {"lambda_re": torch.full((1,), re), "lambda_im": torch.full((1,), im)}
    with pytest.raises(ValueError, match="lambda: an LRU needs"):
        diagonal_as_lru(p)


def test_too_few_steps():
    with pytest.raises(ValueError, match="steps: at least as many as the 5 lags, not 4"):
        white_moments(5, steps=4)


def test_gated_unit_is_torchs():
    d, d_in, steps = 5, 2, 20
    theirs = torch.nn.GRU(d_in, d, batch_first=True, dtype=torch.float64)
    p = {name.removesuffix("_l0"): value.detach() for name, value in theirs.named_parameters()}
    p |= {"C": normal(1, d), "D": normal(1, d_in, seed=1)}
    x = normal(3, steps, d_in, seed=2)
    states, _ = theirs(x)
    expected = states @ p["C"].mT + x @ p["D"].mT
    # a state is an average of what is below 1, so that each step adds its own roundings alone
    assert (rollout(gru_step, p, x, d) - expected).abs().max() <= 100 * steps * EPSILON * math.sqrt(
        d
    )


def draw_wide(d_in=2, d_out=3):
    """Several inputs and outputs, from systems with one of each."""
    p = draw_diagonal(4, 0.99, generator())
    return {
        **{name: p[name] for name in ("lambda_re", "lambda_im")},
        **{name: normal(4, d_in, seed=1) for name in ("B_re", "B_im")},
        **{name: normal(d_out, 4, seed=2) for name in ("C_re", "C_im")},
        "D": normal(d_out, d_in, seed=3),
    }


@pytest.mark.parametrize("steps", [1, 2, 3, 15, 16, 17, STEPS])
def test_impulse_response_of_any_length_channel_by_channel(steps):
    wide = draw_wide()
    shape = {"B": normal(4, 2, seed=1), "C": normal(3, 4, seed=2), "D": wide["D"]}
    for system in (diagonal(wide), dense({"A": draw_dense(4, 0.99, generator())["A"], **shape})):
        impulses = torch.zeros(2, steps, 2, dtype=torch.float64)
        impulses[0, 0, 0] = impulses[1, 0, 1] = 1
        expected = system.rollout(impulses).permute(2, 0, 1)
        assert_close(system.impulse_response(steps), expected)
