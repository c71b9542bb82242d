"""Each test has a store of its own, as have the commands it starts; `pytest --update-golden`."""

import pytest


def pytest_addoption(parser):
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write what is printed to tests/golden and numerics instead of comparing it",
    )


@pytest.fixture(autouse=True)
def store(tmp_path_factory, monkeypatch):
    path = tmp_path_factory.mktemp("store") / "evidence.sqlite"
    monkeypatch.setenv("CURSEPROOF_STORE", str(path))
    return path
