"""Each test has a store of its own, as have the commands it starts; `pytest --update-golden`.

Without `--all`, tests marked `slow` are left out, and so are all but every n-th case of those
marked `every(n)`.
"""

import gc
import os
from collections import Counter

import pytest

# each worker has one core: Torch and BLAS read this when they are loaded, and commands inherit it
os.environ["OMP_NUM_THREADS"] = "1"


def pytest_addoption(parser):
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write what is printed to tests/golden and numerics instead of comparing it",
    )
    parser.addoption("--all", action="store_true", help="run slow tests and all cases, too")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--all"):
        return
    kept, left, cases = [], [], Counter()
    for item in items:
        table = item.parent, getattr(item, "originalname", item.name)
        step = item.get_closest_marker("every")
        is_left = item.get_closest_marker("slow") or (step and cases[table] % step.args[0])
        cases[table] += 1
        (left if is_left else kept).append(item)
    items[:] = kept
    config.hook.pytest_deselected(items=left)


def pytest_sessionfinish():
    # pytest collects garbage five times more, each time for seconds
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def store(tmp_path_factory, monkeypatch):
    path = tmp_path_factory.mktemp("store") / "evidence.sqlite"
    monkeypatch.setenv("CURSEPROOF_STORE", str(path))
    return path
