"""The scan's kernels for CUDA devices, in Triton's interpreter, and on a device if there is one."""

import os
import subprocess
import sys

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("triton")

from numerics.layers import scan  # noqa: E402
from numerics.layers.loops import loop  # noqa: E402

DTYPES = (torch.float32, torch.float64, torch.complex64, torch.complex128)
INTERPRETED = """
import warnings
from importlib import import_module

import torch

from numerics.layers import fused, scan

cpu = torch.device("cpu")
print([fused.is_right(cpu, getattr(torch, dtype)) for dtype in {dtypes}])

import_module("numerics.layers.scan")._kernels = lambda v: fused
for sequences in ((), (2, 1), (0,)):
    u = torch.randn(*sequences, 4, 2, dtype=torch.complex128, requires_grad=True)
    for lam in (torch.tensor([0.9, 0.5j]), 0.9 * torch.rand(4, 2)):
        given = lam.to(u.dtype).requires_grad_(), u
        assert torch.autograd.gradcheck(scan, given)
        assert torch.autograd.gradgradcheck(scan, given)
print(scan(torch.ones(3), torch.ones(5, 3))[-1].tolist())

states, gradients = fused.states, fused.gradients
for fused.states, fused.gradients in (
    (lambda lam, u: 1.001 * states(lam, u), gradients),
    (states, lambda *given: [1.001 * v for v in gradients(*given)]),
):
    fused.is_right.cache_clear()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        print(fused.is_right(cpu, torch.float32), caught[0].message)
"""


@pytest.mark.slow
def test_kernels_agree_with_the_loop_in_the_interpreter():
    names = [str(dtype).removeprefix("torch.") for dtype in DTYPES]
    done = subprocess.run(
        [sys.executable, "-c", INTERPRETED.replace("{dtypes}", str(names))],
        env=os.environ | {"TRITON_INTERPRET": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    first, states, *refused = done.stdout.splitlines()
    assert first == "[True, True, True, True]"
    assert states == "[5.0, 5.0, 5.0]"
    said = "False no fused scan on cpu, it runs in pieces: ArithmeticError: it gives something else"
    assert len(refused) == 2
    assert all(line.startswith(said) for line in refused)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_a_device_gives_what_the_loop_gives(dtype):
    u = torch.randn(3, 1000, 70, dtype=dtype, device="cuda", requires_grad=True)
    lam = torch.randn(70, dtype=dtype, device="cuda").sgn().mul(0.99).requires_grad_()
    for factors in (lam, lam.expand_as(u) * torch.rand(1000, 1, device="cuda")):
        found, wanted = scan(factors, u), loop(factors, u)
        eps = torch.finfo(dtype).eps
        assert torch.all((found - wanted).abs() <= 1000 * eps * wanted.abs().max())
        # sums over all steps
        ours, theirs = (torch.autograd.grad(h.abs().sum(), (lam, u)) for h in (found, wanted))
        for one, other in zip(ours, theirs, strict=True):
            assert torch.all((one - other).abs() <= 10_000 * eps * other.abs().max())
