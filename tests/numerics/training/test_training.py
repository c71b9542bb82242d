"""Training linear students against Torch's own optimiser and against plain loops."""

import math

import numpy as np
import pytest
import torch

from numerics.recurrences import block, dense, diagonal, white_moments
from numerics.recurrences.vectors import flat
from numerics.training import (
    Adam,
    Elementwise,
    Muon,
    draw_block,
    draw_dense,
    draw_diagonal,
    population_loss,
    sampled_loss,
    train,
)

EPSILON = np.finfo(float).eps
LENGTH = 60


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def problem():
    x = torch.randn(8, LENGTH, 1, generator=generator(), dtype=torch.float64)
    teacher = dense(draw_dense(4, 0.9, generator(1)))
    return x, teacher.rollout(x), teacher.impulse_response(LENGTH)


def muon(parameters, lr):
    """Torch's, for A alone, in the precision of its parameters, not bfloat16."""
    A, *rest = parameters
    return [
        torch.optim.Muon([A], lr=lr, weight_decay=0.01, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(rest, lr=lr),
    ]


OPTIMIZERS = {
    "Adam": (lambda p: Adam(), lambda p, lr: [torch.optim.Adam(p, lr=lr)]),
    "AdamW": (
        lambda p: Adam(weight_decay=0.01),
        lambda p, lr: [torch.optim.AdamW(p, lr=lr, weight_decay=0.01)],
    ),
    "SGD": (
        lambda p: Elementwise(torch.optim.SGD, momentum=0.9),
        lambda p, lr: [torch.optim.SGD(p, lr=lr, momentum=0.9)],
    ),
    "RMSprop": (
        lambda p: Elementwise(torch.optim.RMSprop),
        lambda p, lr: [torch.optim.RMSprop(p, lr=lr)],
    ),
    "Muon": (lambda p: Muon(p, weight_decay=0.01), muon),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers_are_torchs(name, monkeypatch):
    monkeypatch.setattr(torch.Tensor, "bfloat16", lambda matrix: matrix.clone())
    make, reference = OPTIMIZERS[name]
    x, y, _ = problem()
    p, steps, last = draw_dense(3, 0.9, generator(2)), 25, 1e-7
    rate = 1e-4 if name == "SGD" else 1e-2  # where it does not diverge
    ours, losses = train(
        lambda p: sampled_loss(dense, p, x, y),
        p,
        torch.tensor(rate, dtype=torch.float64),
        steps,
        last,
        make(p),
    )
    theirs = {name: value.clone().requires_grad_() for name, value in p.items()}
    optimizers = reference(list(theirs.values()), rate)
    for t in range(steps):
        cosine = (1 + math.cos(math.pi * t / steps)) / 2
        loss = sampled_loss(dense, theirs, x, y)
        # a step is of the gradient's relative error: two sums of LENGTH terms a step
        tolerance = (t + 1) * LENGTH**2 * EPSILON
        assert abs(losses[t] - loss).item() <= tolerance * loss.item()
        for optimizer in optimizers:
            optimizer.param_groups[0]["lr"] = last + (rate - last) * cosine
            optimizer.zero_grad()
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
    for name, value in theirs.items():
        assert (ours[name] - value).abs().max() <= steps * LENGTH**2 * EPSILON * value.abs().max()


def test_muon_for_many_students_is_muon_for_each():
    p = draw_block(6, 2, 0.9, generator(2), 4, 3)
    vector = flat(p, 2)
    gradient = torch.randn(vector.shape, generator=generator(), dtype=torch.float64)
    together = Muon(p, 2).step(vector, gradient)
    for i in range(4):
        for j in range(3):
            own = {name: value[i, j] for name, value in p.items()}
            alone = Muon(own).step(vector[i, j], gradient[i, j])
            assert torch.allclose(together[i, j], alone, rtol=1e3 * EPSILON, atol=0)


def test_adam_says_what_it_would_do_and_did():
    adam, vector = Adam(), torch.zeros(3, dtype=torch.float64)
    gradients = torch.randn(20, 3, generator=generator(), dtype=torch.float64)
    for gradient in gradients[:-1]:
        adam.step(vector, gradient)
    foretold = adam.response(gradients[-1])
    step = adam.step(vector, gradients[-1])
    assert torch.equal(foretold, step)
    mean = adam.mean / (1 - 0.9**20)
    assert torch.allclose(adam.scale() * mean, step, rtol=10 * EPSILON, atol=0)


def test_a_gradient_of_ones_after_small_ones_has_the_same_response_whatever_they_were():
    """0.1 sqrt(1000): what the published measure of effective learning rates saturates at."""
    for size in (1e-7, 1e-10):
        adam, vector = Adam(), torch.zeros(1, dtype=torch.float64)
        steps = 20_000  # 0.999^steps and 0.9^steps are below double precision's 1e-8 of 1
        for _ in range(steps):
            adam.step(vector, torch.full((1,), size, dtype=torch.float64))
        response = adam.response(torch.ones(1, dtype=torch.float64)).item()
        # the past adds 9 size to the mean, and size² to a thousandth under the root
        error = 9 * size + 500 * size**2 + 1e-8 * 1000**0.5 + 2 * 0.999**steps
        assert abs(response / (0.1 * 1000**0.5) - 1) <= error


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


def test_blocks_are_dense_systems_side_by_side():
    p = draw_block(6, 3, 0.9, generator(), 4)
    whole = block(p).impulse_response(20)
    parts = 0
    for head in range(3):
        states = slice(2 * head, 2 * head + 2)
        part = {"A": p["A"][:, head], "B": p["B"][:, states], "C": p["C"][..., states]}
        parts = parts + dense({**part, "D": p["D"] / 3}).impulse_response(20)
    assert torch.allclose(whole, parts, rtol=0, atol=100 * EPSILON * whole.abs().max().item())
    with pytest.raises(ValueError, match="heads: a divisor of the 6 states is needed, not 4"):
        draw_block(6, 4, 0.9, generator())


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
