"""Examples in docstrings run."""

import doctest

import verify


def test_verify():
    result = doctest.testmod(verify)
    assert result.attempted > 0
    assert result.failed == 0
