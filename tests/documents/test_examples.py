"""The examples run, and find what they say."""

import math
import runpy
from pathlib import Path

import numpy as np
import pytest

from numerics.fitting.series import packaged_series

EXAMPLES = Path(__file__).parents[2] / "examples"


def outcome(name, *arguments):
    return runpy.run_path(str(EXAMPLES / name))["main"](*arguments)


def test_eigenvalue_learning():
    steps = outcome("eigenvalue_learning.py")
    descent = steps["natural, gradient descent", 1e-1]
    assert all(descent[-1] < steps[other][-1] for other in steps if "Adam" in other[0])
    assert math.isinf(min(steps["polar, Adam", rate][-1] for rate in (1e-2, 1e-1)))


def test_existing_layer():
    before, after = outcome("existing_layer.py").values()
    assert before[1] / before[0] > 50
    # the fit's error, and that of 256 sequences with a memory as long as they are
    assert 0.7 < after[0] <= after[1] < 1.4
    assert after[2] < 0.02


def test_memory_task():
    plain, _, derived = outcome("memory_task.py").values()
    assert np.nanmin(plain) > 0.5
    assert min(derived) < 1e-3


def test_forecast(tmp_path):
    try:
        packaged_series("pulse")
    except ValueError as missing:
        pytest.skip(str(missing))
    pytest.importorskip("matplotlib")
    curves = outcome("forecast.py", str(tmp_path / "forecast.png"))
    assert all(np.all(shares[:, -1] < 0.2) for shares in curves.values())
    assert (tmp_path / "forecast.png").stat().st_size > 10_000
