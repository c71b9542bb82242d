"""Docstrings: their examples run, and each can be read without the name above it."""

import ast
import doctest
import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

STOREYS = "theory", "numerics", "verify"
IN_SENTENCES = "theory", "numerics", "verify"
SOURCES = {
    storey: sorted(Path(find_spec(storey).submodule_search_locations[0]).rglob("*.py"))
    for storey in STOREYS
}
FILES = [file for files in SOURCES.values() for file in files if ">>> " in file.read_text()]
DOCUMENTED = ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef
# a plain word in small letters is no beginning; x_t, exp(ω), c Δ^n and a name in `` are
SMALL_WORD = re.compile(r"(?![b-z] [^\x00-\x7f]|\w+ [·/=+−])[a-z]+(?:['-][a-z]+)*[.,:;]?(?:\s|$)")
WITHOUT_SUBJECT = re.compile(
    r"(?:Above|Also|And|As|At(?! most| least)|Between|By(?! how| what)|Checks|Computed|For|From"
    r"|Holds|If|In|It|Its|Judges|Kept|Like|Likewise|Of|On|Or|Over|Plus|Prints|Raises|Reads|Returns"
    r"|Same|See|So|Such|That|Their|Then|They|Those|Translates|Up|Which|With|Without"
    r"|The same (?:as|at|by|for|from|in|of|with))\b"
)


def module_name(file):
    parts = file.with_suffix("").parts
    start = max(i for i, part in enumerate(parts) if part in STOREYS)
    return ".".join(parts[start:]).removesuffix(".__init__")


@pytest.mark.parametrize("name", sorted(map(module_name, FILES)))
def test_examples(name):
    result = doctest.testmod(import_module(name))
    assert result.attempted > 0
    assert result.failed == 0


def first_lines(source):
    """Line numbers and first lines of all docstrings."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, DOCUMENTED) and (docstring := ast.get_docstring(node)) is not None:
            yield node.body[0].lineno, docstring.partition("\n")[0]


def is_sentence(line):
    begins = not (SMALL_WORD.match(line) or WITHOUT_SUBJECT.match(line))
    return begins and line.endswith((".", ":"))


@pytest.mark.parametrize("storey", IN_SENTENCES)
def test_a_docstring_begins_with_a_sentence(storey):
    broken = [
        f"{module_name(file)}:{number}: {line}"
        for file in SOURCES[storey]
        for number, line in first_lines(file.read_text(encoding="utf-8"))
        if not is_sentence(line)
    ]
    assert broken == []


@pytest.mark.parametrize(
    "line",
    [
        "Of the polynomial in its domain, as far as a few points tell.",
        "As `gamma` for real λ, from 1 − λ in (0, 2).",
        "The same as a displayed equation, on several lines where it is long.",
        "See StationaryInput.conjugate.",
        "With its sign before it.",
        "a number and its error.",
        "The kernel at one point",
    ],
)
def test_a_docstring_without_subject_or_end_is_noticed(line):
    [(number, found)] = first_lines(f'def f(x):\n    """{line}"""\n')
    assert (number, found) == (2, line)
    assert not is_sentence(line)


@pytest.mark.parametrize(
    "line",
    [
        "E|γh|² (paper §2; claims A2 and A4).",
        "d²L/dλ² for real λ, and that it is the sensitivity at λ = λ* (claim C2).",
        "What is lost when λ is rounded.",
        "`expr` in factored form.",
        "log(1 + e^x).",
        "c Δ^n z^Δ.",
        "At most `count` of the items.",
    ],
)
def test_a_formula_or_clause_is_a_sentence(line):
    assert is_sentence(line)
