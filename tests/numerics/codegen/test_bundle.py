"""The exported normaliser is the installed one, with nothing of this project beside it."""

import ast
import inspect
import subprocess
import sys

import pytest
import sympy as sp
import torch
from typer.testing import CliRunner

from numerics.codegen.bundle import MODULES, bundled
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
from verify.cli.commands import app

INPUTS = {
    "mixture": white() + exponential(0.99) + damped_cosine(0.9, 1.0),
    "white": white(),
    "filtered": filtered(exponential(0.9), [(1, 1), (1, sp.Rational(1, 3))]) + white(),
}
SAVED = """
import sys

sys.path.insert(0, {folder!r})
import torch

import exported
from exported import *

assert not {{"theory", "numerics", "verify", "sympy"}} & set(sys.modules)
torch.save(({found}), {folder!r} + "/found.pt")
"""
FOUND = "[*results(exported), normalizer().state_dict()]"


def results(names):
    """γ, the metric and gradients by each map's parameters, and where natural steps lead."""
    found = []
    for dtype in (torch.float32, torch.float64):
        maps = [names.Tanh(), names.Sigmoid(), names.DoubleExponential(), names.StepSize()]
        maps += [names.Cartesian(), names.Polar(names.Tanh())]
        for module in maps:
            numbers = [torch.tensor([0.3, -0.5], dtype=dtype) for _ in module.names]
            parameters = [number.requires_grad_() for number in numbers]
            lam = module.eigenvalue(*parameters)
            gamma = names.normalizer()(lam)
            gamma.sum().backward()
            found += [gamma.detach(), names.normalizer().metric(lam).detach(), lam.value.detach()]
            found += [p.grad for p in parameters]
        lam = torch.nn.Parameter(torch.tensor([0.5, -0.999], dtype=dtype))
        sgd = torch.optim.SGD([lam], lr=10.0)
        names.natural_steps(sgd, [lam], names.normalizer().metric)
        for _ in range(3):
            lam.grad = torch.ones_like(lam)
            sgd.step()
        found.append(lam.detach())
    return found


@pytest.mark.every(2)
@pytest.mark.parametrize("name", INPUTS)
def test_it_is_the_installed_one(name, tmp_path):
    class Installed:
        normalizer = staticmethod(lambda: InputNormalizer(INPUTS[name]))

    for one in (Cartesian, DoubleExponential, Polar, Sigmoid, StepSize, Tanh):
        setattr(Installed, one.__name__, one)
    Installed.natural_steps = staticmethod(natural_steps)
    (tmp_path / "exported.py").write_text(exported("normalizer", INPUTS[name], "torch"), "utf-8")
    code = inspect.getsource(results) + SAVED.format(folder=str(tmp_path), found=FOUND)
    subprocess.run([sys.executable, "-I", "-c", code], check=True, timeout=120)
    *found, saved = torch.load(tmp_path / "found.pt")
    expected = results(Installed)
    assert len(found) == len(expected)
    for value, installed in zip(found, expected, strict=True):
        assert value.dtype == installed.dtype
        assert torch.equal(value, installed)
    loaded = InputNormalizer()
    loaded.load_state_dict(saved)
    assert str(loaded) == str(InputNormalizer(INPUTS[name]))


@pytest.mark.parametrize("target", MODULES)
def test_no_name_is_taken_twice(target):
    tree = ast.parse(bundled(white(), target))
    defined = [n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    targets = [n.targets[0] for n in tree.body if isinstance(n, ast.Assign)]
    defined += [target.id for target in targets if isinstance(target, ast.Name)]
    assert len(defined) == len(set(defined))


@pytest.mark.parametrize(
    "options",
    [
        ["--to", "numba"],
        ["--to", "torch", "--certify", "folder"],
        ["--to", "torch", "--accuracy", "fast"],
        ["--to", "jax", "--derivatives", "1"],
    ],
)
def test_what_it_is_not_is_said(options, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["export", "normalizer", *options])
    assert done.exit_code == 2
    said = "normalizer: --to torch or jax, without --certify, --accuracy or --derivatives"
    assert said in " ".join(done.output.split())
