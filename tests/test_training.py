"""Training linear students against Torch's own optimiser and against plain loops."""

import math

import numpy as np
import pytest
import torch

from numerics.recurrences import dense, diagonal, white_moments
from numerics.training import draw_dense, draw_diagonal, population_loss, sampled_loss, train

EPSILON = np.finfo(float).eps
LENGTH = 60


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def problem():
    x = torch.randn(8, LENGTH, 1, generator=generator(), dtype=torch.float64)
    teacher = dense(draw_dense(4, 0.9, generator(1)))
    return x, teacher.rollout(x), teacher.impulse_response(LENGTH)


def test_adam_is_torchs():
    x, y, _ = problem()
    p, steps, rate, last = draw_dense(3, 0.9, generator(2)), 25, 1e-2, 1e-7
    ours, losses = train(
        lambda p: sampled_loss(dense, p, x, y),
        p,
        torch.tensor(rate, dtype=torch.float64),
        steps,
        last,
    )
    theirs = {name: value.clone().requires_grad_() for name, value in p.items()}
    adam = torch.optim.Adam(theirs.values(), lr=rate)
    for t in range(steps):
        cosine = (1 + math.cos(math.pi * t / (steps - 1))) / 2
        adam.param_groups[0]["lr"] = last + (rate - last) * cosine
        adam.zero_grad()
        loss = sampled_loss(dense, theirs, x, y)
        # a step is m/√v, whose error is that of the gradient: two sums of LENGTH terms a step
        tolerance = (t + 1) * LENGTH**2 * EPSILON
        assert abs(losses[t] - loss).item() <= tolerance * loss.item()
        loss.backward()
        adam.step()
    for name, value in theirs.items():
        assert (ours[name] - value).abs().max() <= steps * LENGTH**2 * EPSILON * value.abs().max()


def test_many_students_are_each_alone():
    x, y, _ = problem()
    p = draw_dense(3, 0.9, generator(2), 3)
    rates = torch.tensor([1e-3, 1e-2, 3e-2], dtype=torch.float64)
    together, losses = train(lambda p: sampled_loss(dense, p, x, y), p, rates, 10)
    assert losses.shape == (10, 3)
    for i in range(3):
        alone, own = train(
            lambda p: sampled_loss(dense, p, x, y),
            {name: value[i] for name, value in p.items()},
            rates[i],
            10,
        )
        tolerance = 10 * LENGTH**2 * EPSILON
        assert torch.allclose(losses[:, i], own, rtol=tolerance, atol=0)
        for name, value in alone.items():
            assert (together[name][i] - value).abs().max() <= tolerance * value.abs().max()


def test_sampled_loss_is_the_loops():
    x, y, _ = problem()
    p = draw_diagonal(3, 0.99, generator(3))
    expected = (diagonal(p).rollout(x) - y).square().mean()
    assert abs(sampled_loss(diagonal, p, x, y) / expected - 1).item() <= LENGTH**2 * EPSILON


def test_population_loss_is_the_expectation():
    _, _, teacher = problem()
    p = draw_dense(3, 0.99, generator(4))
    loss = population_loss(dense, teacher, white_moments(LENGTH, steps=LENGTH))
    h = p["B"][:, 0]
    expected = 0.0
    for k in range(LENGTH):
        q = p["C"][0] @ h + (p["D"][0, 0] if k == 0 else 0)
        expected += (1 - k / LENGTH) * (q - teacher[0, 0, k]).item() ** 2
        h = p["A"] @ h
    assert abs(loss(p).item() / expected - 1) <= LENGTH**2 * EPSILON


def test_training_lowers_the_population_loss():
    _, _, teacher = problem()
    loss = population_loss(diagonal, teacher, white_moments(LENGTH, steps=LENGTH))
    _, losses = train(loss, draw_diagonal(8, 0.9, generator(5)), torch.tensor(1e-2), 200)
    assert losses[-1] < losses[0] / 10


@pytest.mark.parametrize("angle", [math.pi, math.pi / 100])
def test_drawn_eigenvalues(angle):
    p = draw_dense(6, 0.9, generator(), 4, angle=angle)
    lam = torch.linalg.eigvals(p["A"])
    # eigenvalues of a matrix this badly conditioned at small angles: to a few digits
    assert ((lam.abs() > 0.9 - 1e-3) & (lam.abs() < 1 + 1e-3)).all()
    p = draw_diagonal(50, 0.9, generator(), 4, angle=angle)
    lam = torch.complex(p["lambda_re"], p["lambda_im"])
    assert ((lam.abs() >= 0.9 - EPSILON) & (lam.abs() < 1)).all()
    assert (lam.angle().abs() <= angle * (1 + EPSILON)).all()


@pytest.mark.parametrize("draw", [draw_dense, draw_diagonal])
def test_no_such_system(draw):
    with pytest.raises(ValueError, match="slowest: a modulus with 0 ≤ ν < 1"):
        draw(3, 1.0, generator())
    with pytest.raises(ValueError, match="angle: 0 < θ ≤ π"):
        draw(3, 0.5, generator(), angle=4.0)


def test_no_such_training():
    x, y, _ = problem()
    p = draw_dense(3, 0.9, generator())
    with pytest.raises(ValueError, match="steps: at least 1"):
        train(lambda p: sampled_loss(dense, p, x, y), p, torch.tensor(0.1), 0)
    with pytest.raises(ValueError, match="A: the first axes must be those of rate"):
        train(lambda p: sampled_loss(dense, p, x, y), p, torch.full((2,), 0.1), 1)
