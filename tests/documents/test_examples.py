"""The examples run, and find what they say."""

import math
import runpy
from pathlib import Path

import numpy as np
import pytest

from numerics.fitting.series import packaged_series

EXAMPLES = Path(__file__).parents[2] / "examples"


def example(name, **constants):
    """What an example defines, with less of what it has plenty of."""
    names = runpy.run_path(str(EXAMPLES / name))
    names["main"].__globals__.update(constants)
    return names


@pytest.mark.slow
def test_eigenvalue_learning():
    steps = example("eigenvalue_learning.py", BUDGET=1000)["main"]()
    descent = steps["natural, gradient descent", 1e-1]
    assert all(descent[-1] < steps[other][-1] for other in steps if "Adam" in other[0])
    steps_needed = example("eigenvalue_learning.py")["steps_needed"]
    assert all(math.isinf(steps_needed("polar, Adam", rate)[-1]) for rate in (1e-2, 1e-1))


@pytest.mark.slow
def test_existing_layer():
    before, after = example("existing_layer.py", SEEDS=range(1))["main"]().values()
    assert before[1] / before[0] > 50
    # the fit's error, and that of 256 sequences with a memory as long as they are
    assert 0.7 < after[0] <= after[1] < 1.4
    assert after[2] < 0.02


@pytest.mark.slow
def test_memory_task():
    task = example("memory_task.py", RATES=(1e-3, 3e-2))
    plain, lru, derived = task["LAYERS"]
    del task["LAYERS"][lru]  # of which nothing is said
    found = task["main"]()
    assert np.nanmin(found[plain]) > 0.5
    assert min(found[derived]) < 1e-3


@pytest.mark.slow
def test_forecast(tmp_path):
    try:
        packaged_series("pulse")
    except ValueError as missing:
        pytest.skip(str(missing))
    pytest.importorskip("matplotlib")
    curves = example("forecast.py")["main"](str(tmp_path / "forecast.png"))
    assert all(np.all(shares[:, -1] < 0.2) for shares in curves.values())
    assert (tmp_path / "forecast.png").stat().st_size > 10_000
