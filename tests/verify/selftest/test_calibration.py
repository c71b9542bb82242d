"""The simulation keeps its promises on claims that are true, or false by what it should notice."""

import pytest
from scipy.stats import binom

from verify.judging.statistics import RATE
from verify.selftest.calibration import LARGE, TRUE, Calibration, calibrate, table

RUNS = 10


@pytest.mark.parametrize("error_rate", [LARGE, RATE])
def test_errors_are_within_their_rate(error_rate):
    rows = calibrate(RUNS, error_rate)
    assert len(rows) == 2 * len(TRUE)
    for row in rows:
        # a right rate exceeds this with probability 1e-9
        assert row.errors <= binom.isf(1e-9, RUNS, error_rate)


def test_a_broken_promise_is_seen():
    assert not Calibration("x", True, LARGE, 1000, 80, 0).kept
    assert Calibration("x", True, LARGE, 1000, 60, 0).kept
    assert Calibration("x", True, RATE, 1000, 0, 0).interval == (
        0,
        pytest.approx(0.00528, rel=0.01),
    )


def test_table():
    rows = [Calibration("a", True, LARGE, 100, 2, 1), Calibration("a", False, LARGE, 100, 3, 0)]
    lines = table(rows).splitlines()
    assert lines[2].startswith("| a | 100 | ≤ 0.05 | 2 |  | 1 |")
    assert lines[3].startswith("| a, 30% off | 100 | ≤ 0.05 |  | 3 | 0 |")
