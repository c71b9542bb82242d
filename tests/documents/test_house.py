"""The house: three storeys, imports only downwards, a room per question, one topic a file."""

import ast
from pathlib import Path

import networkx as nx
import pytest

ROOT = Path(__file__).parents[2]
STOREYS = ("theory", "numerics", "verify")  # from the lowest up
LOOSE = {"theory": 10, "numerics": 1, "verify": 2}  # modules beside the rooms, at most
LINES = 400
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for storey in STOREYS
    for path in (ROOT / storey).rglob("*.py")
}


def imported(module):
    """The modules that one imports, for types too."""
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in MODULES else node.module for name in inner]
        else:
            continue
        yield from (name for name in names if name.partition(".")[0] in STOREYS)


GRAPH = nx.DiGraph((module, name) for module in MODULES for name in imported(module))


def test_imports_lead_to_modules_and_only_downwards():
    for module, name in GRAPH.edges:
        assert name in MODULES, f"{module} imports {name}"
        storey, below = (STOREYS.index(one.partition(".")[0]) for one in (module, name))
        assert below <= storey, f"{module} imports {name}"


def test_no_imports_make_a_circle():
    assert list(nx.simple_cycles(GRAPH)) == []


@pytest.mark.parametrize("storey", STOREYS)
def test_modules_lie_in_rooms(storey):
    assert len(list((ROOT / storey).glob("*.py"))) <= LOOSE[storey]


def test_one_topic_a_file():
    lengths = {m: len(p.read_text(encoding="utf-8").splitlines()) for m, p in MODULES.items()}
    assert {module: n for module, n in lengths.items() if n > LINES} == {}
    assert not {"utils", "helpers", "common", "misc"} & {path.stem for path in MODULES.values()}


def test_tests_mirror_the_packages():
    for path in (ROOT / "tests").rglob("test_*.py"):
        room = path.parent.relative_to(ROOT / "tests")
        assert room == Path("documents") or (ROOT / room / "__init__.py").is_file(), path
