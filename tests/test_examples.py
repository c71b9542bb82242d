"""The examples run, and find what they say."""

import math
import runpy
from pathlib import Path

EXAMPLES = Path(__file__).parent.parent / "examples"


def outcome(name):
    return runpy.run_path(str(EXAMPLES / name))["main"]()


def test_eigenvalue_learning():
    steps = outcome("eigenvalue_learning.py")
    descent = steps["natural, gradient descent", 1e-1]
    assert all(descent[-1] < steps[other][-1] for other in steps if "Adam" in other[0])
    assert math.isinf(min(steps["polar, Adam", rate][-1] for rate in (1e-2, 1e-1)))
