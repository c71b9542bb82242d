"""Hostile and broken input, a small dose; the full one is run by hand."""

import gc
import os

import pytest

from verify.claims.claim import ClaimError
from verify.selftest.fuzzing import (
    KINDS,
    Surprise,
    fuzz,
    fuzz_by_coverage,
    survives as read_or_refused,
)


@pytest.mark.parametrize("kind", KINDS)
def test_random_input_is_read_or_refused(kind):
    found = fuzz(kind, 1_000, first_seed=7)
    assert found.inputs == 1_000
    assert 0 < found.accepted < 1_000


def test_files_mutated_by_coverage_are_read_or_refused():
    found = fuzz_by_coverage(5_000, first_seed=7)
    if found is None:
        pytest.skip("atheris is not installed")
    assert found.inputs >= 5_000


def refuse_at_length():
    error = ClaimError("")
    error.args = ("two\nlines",)
    raise error


@pytest.mark.parametrize(
    "misbehaviour",
    [
        lambda: open(__file__).close(),
        lambda: os.system("true"),  # noqa: S605
        lambda: eval("1 + 1"),  # noqa: S307
        lambda: __import__("this_is_no_module"),
        lambda: {}["key"],
        lambda: [None for _ in iter(int, 1)],  # endless
        refuse_at_length,
    ],
)
def test_misbehaviour_is_noticed(misbehaviour):
    with pytest.raises(Surprise):
        read_or_refused(misbehaviour)


def test_collecting_the_garbage_of_others_takes_no_time_of_an_input():
    collections = []
    gc.callbacks.append(lambda phase, _: collections.append(phase))
    try:
        assert read_or_refused(lambda: [[] for _ in range(100_000)])
        assert not collections
        assert gc.isenabled()
    finally:
        gc.callbacks.pop()
