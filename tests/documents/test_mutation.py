"""The mutants that the trusted modules are tried with: every kind of change, and nothing else."""

import sys
import tomllib
from pathlib import Path

import pytest

REPORTS = Path(__file__).parents[2] / "reports"
sys.path.append(str(REPORTS))
source_mutants = pytest.importorskip("source_mutants")


def changes(source):
    """What each line becomes."""
    return {(m.before, m.after) for m in source_mutants.mutants(source)}


@pytest.mark.parametrize(
    ("line", "becomes"),
    [
        ("x = 2", {"x = 3"}),
        ("x = a + b", {"x = a - b"}),
        ("x = a < b", {"x = a <= b"}),
        ("x = not a", {"x = a"}),
        ("x = True", {"x = False"}),
        ("x = a is None", {"x = a is not None"}),
        ("x = a and b", {"x = a or b", "x = (a)", "x = (b)"}),
        ("x = b if a else c", {"x = b if (a) and False else c", "x = b if (a) or True else c"}),
        ("x = [a for a in b if a]", {"x = [a for a in b if False]", "x = [a for a in b if True]"}),
        ("x = 'word'", {"x = 'XXword'"}),
        ("x = 'prose for readers'", set()),
        ("f(a)", {"pass"}),
        ("f(a, b=c)", {"pass", "f(a, )"}),
        ("x = zip(a, strict=True)", set()),
        ("x.y = a", {"pass"}),
        ("x: Literal[2] = a", set()),
        ("import a", set()),
        ('"""A docstring."""', set()),
        ("raise a", {"pass"}),
    ],
)
def test_changes_of_a_line(line, becomes):
    assert changes(line) == {(line, after) for after in becomes}


def test_changes_of_statements():
    assert changes("def f():\n    return a") == {("return a", "return None")}
    assert changes("if a:\n    b = c") == {("if a:", "if True:"), ("if a:", "if False:")}
    assert changes("while a:\n    b = c") == {("while a:", "while False:")}
    assert changes("@a(2)\ndef f(): ...") == set()
    assert changes("if TYPE_CHECKING:\n    b = 1") == set()


def test_a_mutant_differs_in_one_place_and_says_where():
    source = "x = a\ny = (\n    b + c\n)\n"
    [mutant] = source_mutants.mutants(source)
    assert (mutant.line, mutant.before, mutant.after) == (3, "b + c", "b - c")
    assert mutant.code == source.replace("+", "-")


def test_every_argument_is_about_a_line_that_is_there():
    entries = tomllib.loads((REPORTS / "mutation.toml").read_text())["equivalent"]
    for entry in entries:
        source = (REPORTS.parent / entry["module"]).read_text()
        assert " ".join(entry["before"].split()) in " ".join(source.split())
        assert entry["after"]
