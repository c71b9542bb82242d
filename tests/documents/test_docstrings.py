"""Examples in docstrings run."""

import doctest
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

STOREYS = "theory", "numerics", "verify"
FILES = [
    file
    for storey in STOREYS
    for file in Path(find_spec(storey).submodule_search_locations[0]).rglob("*.py")
    if ">>> " in file.read_text()
]


def module_name(file):
    parts = file.with_suffix("").parts
    start = max(i for i, part in enumerate(parts) if part in STOREYS)
    return ".".join(parts[start:]).removesuffix(".__init__")


@pytest.mark.parametrize("name", sorted(map(module_name, FILES)))
def test_examples(name):
    result = doctest.testmod(import_module(name))
    assert result.attempted > 0
    assert result.failed == 0
