"""Other people's architectures: two lines put γ in, and their states' power is 1."""

import copy
import math
import re
import runpy
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.signal import lfilter

from numerics.fitting.series import packaged_series

FOLDER = Path(__file__).parents[2] / "examples" / "architectures"
NAMES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "compare")
FEATURES, MODULI = 3, (0.5, 0.9, 0.99, 0.999)


def inputs(rho, sequences, steps, seed):
    noise = np.random.default_rng(seed).standard_normal((sequences, steps + 200, FEATURES))
    x = lfilter([math.sqrt(1 - rho**2)], [1, -rho], noise, axis=1)[:, 200:]
    return torch.from_numpy(x).float()


def made(name, rho):
    """A layer with states of the given moduli, whose gates do not depend on the input."""
    torch.manual_seed(0)
    loader = [inputs(rho, 64, 1024, 1)]
    names = runpy.run_path(str(FOLDER / f"{name}.py"))
    [layer_of] = (names[k] for k in names if k.lower() == name.replace("_", ""))
    lam = torch.tensor(MODULI)
    if name == "rg_lru":
        layer = layer_of(FEATURES, loader)
        return [gated(copy.deepcopy(layer), value) for value in MODULI]
    layer = layer_of(FEATURES, len(MODULI), loader)
    with torch.no_grad():
        if name == "lru":
            layer.nu_log.copy_(torch.log(-torch.log(lam)))
            layer.theta_log.copy_(torch.tensor([-9.0, 0, 1, -5]))
        if name in ("s5", "s4d"):
            layer.log_step.zero_()
            layer.a_log_decay.copy_(torch.log(-torch.log(lam)).expand_as(layer.a_log_decay))
            layer.a_im.copy_(torch.tensor([0.0, 3, 0.1, 0.001]).expand_as(layer.a_im))
        if name in ("lru", "s5"):
            layer.B /= torch.linalg.vector_norm(layer.B, dim=-1, keepdim=True)
        if name == "min_gru":
            layer.gate.weight.zero_()
            layer.gate.bias.copy_(torch.logit(1 - lam))
            norm = torch.linalg.vector_norm(layer.candidate.weight, dim=-1, keepdim=True)
            layer.candidate.weight /= norm
        if name == "mamba":
            for linear, bias in ((layer.step, math.log(math.e - 1)), (layer.B, 1.0)):
                linear.weight.zero_()
                linear.bias.fill_(bias)
            layer.a_log.copy_(torch.log(-torch.log(lam)).expand_as(layer.a_log))
    return [layer]


def gated(layer, value):
    with torch.no_grad():
        for linear, bias in ((layer.recurrence_gate, 30.0), (layer.input_gate, 30.0)):
            linear.weight.zero_()
            linear.bias.fill_(bias)
        layer.logit.fill_(math.log(value ** (1 / 8)) - math.log1p(-(value ** (1 / 8))))
    return layer


@pytest.mark.every(3)
@pytest.mark.parametrize("rho", [0.0, 0.95])
@pytest.mark.parametrize("name", NAMES)
def test_the_states_power_is_1(name, rho):
    """Within a tenth: 3 % for the sequences' finite number, and the fit's own error."""
    x = inputs(rho, 128, 8000, 2)
    with torch.no_grad():
        for layer in made(name, rho):
            power = layer.states(x)[:, 5000:].abs().square().mean((0, 1))
            assert torch.all((power - 1).abs() < 0.1), power


@pytest.mark.parametrize("name", NAMES)
def test_it_takes_two_lines(name):
    text = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    assert text.count("normalizer_for(loader") == text.count("# the first line") == 1
    assert text.count("self.normalizer") == 2
    assert re.search(r"# (gamma = .*)\n +gamma = self.normalizer\(.*\)  # and the second\n", text)
    [layer, *_] = made(name, 0.95)
    y = layer(inputs(0.95, 4, 200, 3))
    y.square().mean().backward()
    assert y.dtype == torch.float32
    assert all(p.grad.isfinite().all() for p in layer.parameters())


@pytest.mark.slow
def test_compared_with_what_was_published(monkeypatch):
    """Of what stood there the power goes over orders of magnitude, of what is derived over few."""
    try:
        packaged_series("vix")
    except ValueError as missing:
        pytest.skip(str(missing))
    monkeypatch.syspath_prepend(str(FOLDER))
    names = runpy.run_path(str(FOLDER / "compare.py"))
    names["main"].__globals__.update(UPDATES=1, SEEDS=range(1), RATES=(1e-3,))
    found = names["main"]()
    assert len(found) == 3 * 6 * 2
    for (_, name, derived), (least, most, error) in found.items():
        assert 0 < least <= most < math.inf
        assert math.isfinite(error)
        if name == "S5":
            assert (most / least < 100) is derived
