"""What the two judges share is what their docstrings say, and nothing else."""

import ast
from pathlib import Path

from verify.judging import exact, symbolic
from verify.running.provenance import dependencies

# the claim's checked syntax tree, the value of an irrational bound, and how evidence is written
READING = {
    "verify/judging/text.py",
    "verify/claims/claim.py",
    "verify/claims/expressions.py",
    "verify/judging/evidence.py",
}
# the sign of a function on a box, by Taylor expansions in ball arithmetic
COVERS = {
    "numerics/arithmetic/balls.py",
    "numerics/arithmetic/evaluation.py",
    "numerics/arithmetic/jets.py",
    "verify/judging/covers/boxes.py",
    "verify/judging/covers/cover.py",
}


# where the leading terms of a limit vanish, the claim is judged by itself, each time anew
PLACES = {
    "verify/judging/obligations/leads.py",
    "verify/judging/obligations/obligation.py",
}


def test_what_the_judges_share():
    first, second = (
        set(dependencies(f"verify.judging.{room}.judge")) for room in ("symbolic", "exact")
    )
    shared = {path for path in first & second if not path.startswith("theory/")}
    assert shared == READING | COVERS | PLACES
    assert "verify/judging/exact/moments.py" in second - first


def test_the_second_judge_derives_nothing_with_theory():
    for path in Path(exact.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [alias.name for alias in getattr(node, "names", [])]
            assert not any("theory" in name or "sympy" in name for name in modules), path
            assert not str(getattr(node, "module", "")).startswith(("theory", "sympy")), path


def test_both_say_so():
    for judge in (exact, symbolic):
        for words in ("sign covers", "jets", "parser"):
            assert words in " ".join(judge.__doc__.split())
