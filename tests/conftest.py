"""Each test has a store of its own, as have the commands it starts."""

import pytest


@pytest.fixture(autouse=True)
def store(tmp_path_factory, monkeypatch):
    path = tmp_path_factory.mktemp("store") / "evidence.sqlite"
    monkeypatch.setenv("CURSEPROOF_STORE", str(path))
    return path
