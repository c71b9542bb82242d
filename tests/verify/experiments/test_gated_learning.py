"""Gated networks that learn: their steps are PyTorch's, and linear theory holds where it should."""

from __future__ import annotations

import pytest
import torch

from verify.experiments import gated_learning
from verify.experiments.gated_learning import LENGTH, RECURRENCES

UNITS, FEATURES, NETWORKS, BATCH = 32, 5, 2, 3


@pytest.fixture(params=RECURRENCES)
def kind(request):
    torch.manual_seed(0)
    step, gates = RECURRENCES[request.param]
    start = gated_learning._initial(gates, NETWORKS, UNITS, FEATURES, chrono=True)
    p = {name: value.double() for name, value in start.items()}
    x = torch.randn(NETWORKS, BATCH, LENGTH, FEATURES, dtype=torch.float64)
    return request.param, step, p, x


def torchs(name, p, network):
    """The same network of PyTorch's, whose gates are in another order."""
    layer = getattr(torch.nn, name)(FEATURES, UNITS, batch_first=True, dtype=torch.float64)
    order = {"GRU": (1, 0, 2), "LSTM": (1, 0, 3, 2)}[name]
    for key in ("weight_ih", "weight_hh", "bias"):
        ours = p[key][network].reshape(-1, UNITS) if key == "bias" else p[key][network]
        parts = ours.reshape(len(order), UNITS, -1)[list(order)]
        theirs = layer.get_parameter("bias_ih_l0" if key == "bias" else f"{key}_l0")
        with torch.no_grad():
            theirs.copy_(parts.reshape(theirs.shape))
    with torch.no_grad():
        layer.get_parameter("bias_hh_l0").zero_()
    return layer


def test_steps_are_torchs(kind):
    name, step, p, x = kind
    found = gated_learning._run(step, p, x)
    for network in range(NETWORKS):
        theirs, _ = torchs(name, p, network)(x[network])
        torch.testing.assert_close(found.output[network], theirs, rtol=0, atol=1e-12)


def test_units_whose_gates_are_constant_are_the_linear_ones(kind):
    name, step, p, x = kind
    p["weight_hh"].zero_()
    candidates = p["weight_ih"].chunk(RECURRENCES[name][1], -2)
    for other in candidates[:-1]:
        other.zero_()
    found = gated_learning._run(step, p, x)
    slope = gated_learning._slopes(step, p, x)
    lam, gamma = found.lam.mean((1, 2)), found.gamma.mean((1, 2))
    responses = gated_learning._responses(lam, gamma, tied=name == "GRU")
    for measured, response in zip((found.state, slope), responses, strict=True):
        linear = torch.zeros_like(measured)
        for lag in range(LENGTH):
            weight = response[:, None, None, :, lag]
            linear[..., lag:, :] += weight * found.candidate[..., : LENGTH - lag, :]
        torch.testing.assert_close(measured, linear, rtol=1e-9, atol=1e-12)


def test_the_factor_is_one_where_the_candidate_is_stationary_and_gates_are_constant():
    """White candidates, so many that E s² is met to 1 %; a wrong λ is seen."""
    torch.manual_seed(0)
    lam, gamma = torch.full((1, UNITS), 0.8), torch.full((1, UNITS), 0.2)
    n = torch.randn(1, 40, LENGTH, UNITS)
    state, steps = torch.zeros(1, 40, UNITS), []
    for now in n.unbind(-2):
        state = 0.8 * state + 0.2 * now
        steps.append(state)
    R = gated_learning._autocorrelation(n)
    moments = torch.vmap(torch.vmap(lambda r: gated_learning.stationary_moments(r, LENGTH)))(R)
    measured = torch.stack(steps, -2)
    right, _ = gated_learning._responses(lam, gamma, tied=False)
    wrong, _ = gated_learning._responses(lam + 0.05, gamma, tied=False)
    assert gated_learning._factor(measured, right, moments).mean() < 1.05
    assert gated_learning._factor(measured, wrong, moments).mean() > 1.15


def test_autocorrelation_is_the_plain_mean():
    torch.manual_seed(0)
    n = torch.randn(2, 3, LENGTH, 4, dtype=torch.float64)
    R = gated_learning._autocorrelation(n)
    for lag in (0, 1, 7, LENGTH - 1):
        plain = (n[..., lag:, :] * n[..., : LENGTH - lag, :]).mean((1, 2))
        torch.testing.assert_close(R[..., lag], plain)
