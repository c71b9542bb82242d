"""Each test has a store of its own, as have the commands it starts; `pytest --update-golden`."""

import gc
import os

import pytest

# each worker has one core: Torch and BLAS read this when they are loaded, and commands inherit it
os.environ["OMP_NUM_THREADS"] = "1"


def pytest_addoption(parser):
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write what is printed to tests/golden and numerics instead of comparing it",
    )


def pytest_sessionfinish():
    # pytest collects garbage five times more, each time for seconds
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def store(tmp_path_factory, monkeypatch):
    path = tmp_path_factory.mktemp("store") / "evidence.sqlite"
    monkeypatch.setenv("CURSEPROOF_STORE", str(path))
    return path
