"""One interface to the fused simulators, and a rehearsal of what a GPU is asked for."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("numba")

from numerics.normalizers import InputNormalizer  # noqa: E402
from numerics.simulate import cpu, moments as interface  # noqa: E402
from numerics.simulate.filters import shaping_filter  # noqa: E402
from numerics.simulate.moments import moments  # noqa: E402
from theory.inputs import exponential, white  # noqa: E402
from verify import Settings, paper_claims, verify_claim  # noqa: E402

ROOT = Path(__file__).parents[3]
LAM = [0.9, -0.5, 0.95 + 0.2j]
gpu = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device"),
]


def test_without_a_device_chains_run_on_the_cpu(monkeypatch):
    monkeypatch.setattr(interface, "_has_cuda", lambda: False)
    x = shaping_filter(exponential(0.8))
    found = moments(LAM, x, 300, 50, 10, seed=3, first_chain=7)
    expected = cpu.moments(LAM, x, 300, 50, 10, seed=3, first_chain=7)
    assert np.array_equal(found.h, expected.h)
    assert np.array_equal(found.dh_dlam, expected.dh_dlam)


def test_a_device_is_asked_where_there_is_one(monkeypatch):
    asked = []
    fake = type(sys)("numerics.simulate.gpu")
    fake.moments = lambda *arguments: asked.append(arguments)
    monkeypatch.setitem(sys.modules, "numerics.simulate.gpu", fake)
    monkeypatch.setattr("numerics.simulate.gpu", fake, raising=False)
    monkeypatch.setattr(interface, "_has_cuda", lambda: True)
    x = shaping_filter(white())
    for device in ("auto", "cuda", "cpu"):
        moments(0.5, x, 8, 4, seed=1, device=device)
    assert asked == [(0.5, x, 8, 4, 0, 1, 0)] * 2


def test_a_rehearsal_of_the_gpu_script(tmp_path):
    pytest.importorskip("triton")
    done = subprocess.run(
        [ROOT / "reports" / "gpu.sh", "--rehearse", "--folder", tmp_path],
        env=os.environ | {"PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=True,
    )
    assert [line.partition(":")[0] for line in done.stdout.splitlines()] == [
        *("benchmarks", "tests", "claims"),
    ]
    found = json.loads((tmp_path / "rehearsal.json").read_text(encoding="utf-8"))
    assert found["verdicts"] == {"proved": 2, "not as expected": []}
    assert {table["title"] for table in found["tables"]} == {
        *("Simulation on a GPU", "Training on a GPU"),
    }
    assert "skipped" in found["tests"] or "passed" in found["tests"]
    assert "failed" not in found["tests"]
    assert "| natural gradient |" in (tmp_path / "rehearsal.md").read_text(encoding="utf-8")


class TestOnAGpu:
    pytestmark = gpu

    def test_chains_are_the_cpus(self):
        for x in (white(), exponential(0.9)):
            ours, theirs = (
                moments(LAM, shaping_filter(x), 1000, 64, 8, seed=5, device=device)
                for device in ("cpu", "cuda")
            )
            # draws differ by float32's logarithm and sine
            np.testing.assert_allclose(theirs.h, ours.h, rtol=1e-4, atol=1e-4)
            np.testing.assert_allclose(theirs.dh_dlam, ours.dh_dlam, rtol=1e-3, atol=1e-3)

    def test_gamma_is_the_cpus(self):
        lam = torch.linspace(-0.999, 0.999, 1001)
        normalizer = InputNormalizer(exponential(0.9))
        here, there = normalizer(lam), normalizer.to("cuda")(lam.cuda()).cpu()
        torch.testing.assert_close(there, here, rtol=2**-22, atol=0)

    def test_autograd_judges_there(self):
        [claim] = [c for c in paper_claims() if c.id == "A3-sensitivity"]
        result = verify_claim(claim, Settings(device="cuda"))
        [found] = [piece for piece in result.evidence if piece.method == "autograd"]
        assert (found.finding, found.data["device"]) == ("supports", "cuda")
