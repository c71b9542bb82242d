"""The booklet has every derivation and every claim, and compiles; so do the commands for papers."""

import re
import shutil
import sys
from pathlib import Path

import pytest

from numerics.codegen.export import latex_commands
from theory import DERIVATIONS
from theory.printing.linebreaks import COLUMNS, display, width
from theory.printing.pdf import compiled
from verify.claims.selection import paper_claims, select

sys.path.append(str(Path(__file__).parents[2] / "reports"))
booklet = pytest.importorskip("booklet")

needs_pdflatex = pytest.mark.skipif(
    shutil.which("pdflatex") is None, reason="pdflatex (texlive-latex-base) is not installed"
)


def test_every_derivation_is_in_a_topic_once():
    placed = [name for topic in booklet._topics().values() for name in topic]
    assert sorted(placed) == sorted(DERIVATIONS)


def test_a_refuted_claim_has_its_counterexample_and_correction():
    (claim,) = select(["D2-cross-sensitivity"])
    found = {"point": "rho = 1/2", "claimed": "1.5", "actual": "2.5"}
    verdicts = {claim.id: {"verdict": "refuted", "counterexample": found}}
    shown = "".join(booklet._claims([claim], verdicts))
    assert "refuted" in shown
    assert r"\texttt{rho = 1/2}" in shown
    assert shown.count("text{cross sensitivity}") == 2


def test_what_a_run_measured_is_printed_as_it_was_claimed():
    claims = [claim for claim in paper_claims() if claim.experiment]
    found = {"point": "", "claimed": ">= 1", "actual": "0.5"}
    verdicts = {c.id: {"verdict": "refuted", "counterexample": found} for c in claims}
    shown = "".join(booklet._claims(claims, verdicts))
    for claim in claims:
        assert f"{{c-{claim.id}}}" in shown
    assert "second\\_moment >= 1" in shown
    assert "Correct is" not in shown


@needs_pdflatex
def test_commands_compile_with_amsmath_alone():
    commands = latex_commands()
    names = re.findall(r"\\newcommand\{(\\[A-Za-z]+)\}", commands)
    assert r"\curseSecondMomentAROne" in names
    assert len(set(names)) == len(names) == commands.count(r"\newcommand")
    uses = "\n".join(rf"\[{name}\]" for name in names)
    head = "\\documentclass{article}\\usepackage{amsmath}\n"
    assert compiled(f"{head}{commands}\\begin{{document}}{uses}\\end{{document}}")


def test_short_formulas_stay_on_one_line():
    assert list(display("a = b + c")) == [r"\[a = b + c\]"]


@pytest.mark.parametrize(
    "wrap", [r"%s", r"\frac{%s}{2 d}", r"\left(%s\right) d", r"\frac{2 (%s) e}{d}"]
)
def test_long_formulas_are_broken_and_lose_nothing(wrap):
    terms = [rf"\lambda^{{{n}}} \rho" for n in range(60)]
    lines = list(display("y = " + wrap % " + ".join(terms)))
    assert lines[0] == r"\begin{align*}"
    assert all(width(line) < COLUMNS + 8 for line in lines)
    assert all(sum(term in line for line in lines) for term in terms)
    assert "".join(lines).count("{") == "".join(lines).count("}")
