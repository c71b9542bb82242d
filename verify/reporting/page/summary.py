"""The report in short: totals, all verdicts, and what is false; Markdown and LaTeX."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import sympy as sp

from theory.inputs import ArbitraryInput
from theory.printing.latex import compared
from theory.printing.pdf import document
from theory.printing.prose import prose
from verify.claims.claim import Claim
from verify.claims.expressions import ExpressionError, parse, printable
from verify.judging.engine import Result
from verify.judging.evidence import MeaningError, Verdict
from verify.judging.translation import to_sympy
from verify.reporting.results import Report, of_certificates, stated_rates

_HEADS = ("claim", "verdict", "reason", "source")
_MARKS = {
    Verdict.PROVED: "✓",
    Verdict.SUPPORTED: "≈",
    Verdict.REFUTED: "✗",
    Verdict.NOT_REPRODUCED: "≠",
    Verdict.UNDECIDED: "?",
    Verdict.ERROR: "!",
}


def markdown(report: Report) -> str:
    """A report for pull requests, in Markdown; nothing in a claim is taken for markup."""
    return printable("\n".join(_markdown(report)) + "\n")


def latex(report: Report) -> str:
    """A document for pdflatex that needs nothing but what every TeX has."""
    text = printable("\n".join(_latex(report)))
    text = _UNKNOWN.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)
    return document(text).replace(_PACKAGE, rf"{_PACKAGE}\usepackage{{longtable}}", 1)


def _markdown(report: Report) -> Iterator[str]:
    yield f"**{_totals(report)}**\n"
    yield f"{_escaped(_run(report))}\n"
    yield f"| {' | '.join(_HEADS)} |"
    yield "|---" * len(_HEADS) + "|"
    for r in report.results:
        verdict = f"{_MARKS[r.verdict]} {_verdict(r)}"
        cells = (f"`{r.claim.id}`", verdict, _escaped(_reason(r)), _escaped(r.claim.source))
        yield f"| {' | '.join(cells)} |"
    for r in _refuted(report):
        yield f"\n### {r.claim.id} is false\n"
        if r.claim.statement:
            yield f"{_escaped(r.claim.statement)}\n"
        for name, value in _counterexample(r):
            yield f"- {name}: {_code(value)}"


def _latex(report: Report) -> Iterator[str]:
    yield rf"\textbf{{{_totals(report)}}}" + "\n"
    yield _text(_run(report)) + "\n"
    yield r"\begin{longtable}{@{}lp{95mm}@{}}"
    yield r"claim & verdict\\\hline\endhead"
    for r in report.results:
        reason = f"\\quad {_text(_reason(r))}" if _reason(r) else ""
        yield rf"{_text(r.claim.id)} & \raggedright\textsc{{{_verdict(r)}}}{reason}\tabularnewline"
    yield r"\end{longtable}"
    for r in _refuted(report):
        x = r.counterexample
        yield rf"\paragraph{{{_text(r.claim.id)} is false.}} {_words(r.claim.statement)}"
        yield _typeset(r.claim, r.claim.relation, r.claim.formula.source)
        yield r"\begin{description}\raggedright"
        for name, value in _counterexample(r):
            if name not in ("formula", "correction"):
                yield rf"\item[{name}] \texttt{{{_text(value)}}}"
        yield r"\end{description}"
        if x and x.correction:
            yield "Correct is\n" + _typeset(r.claim, "==", x.correction)


def _typeset(claim: Claim, relation: str, source: str) -> str:
    """The quantity and an expression displayed; as it is written where it has no such form."""
    try:
        expression = parse(source)
        names = {n: sp.Symbol(n) for n in expression.names}
        value = to_sympy(expression, names, ArbitraryInput(not claim.complex_input))
    except (ExpressionError, MeaningError):
        name = claim.quantity.replace("_", " ")
        return rf"\par\texttt{{{_text(f'{name} {relation} {source}')}}}"
    return compared(claim.quantity, relation, value)


_UNKNOWN = re.compile(r"[^\n -~\xa0-\xff\u2013\u2014\u2018\u2019\u201c\u201d]")  # to pdflatex
_PACKAGE = r"\usepackage{amsmath}"


def _totals(report: Report) -> str:
    counts = Counter(r.verdict for r in report.results)
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict])


def _run(report: Report) -> str:
    made = report.environment
    with_what = f"curseproof {made['curseproof']}, tier {made['tier']}, seed {made['seed']}."
    results = report.results
    return " ".join([with_what, *of_certificates(results), *stated_rates(results)])


def _verdict(result: Result) -> str:
    return f"{result.verdict}{result.remark}"


def _reason(result: Result) -> str:
    """The reason for a verdict in a sentence; the point where a claim fails is told below."""
    x = result.counterexample
    return f"off by {x.discrepancy} at a point" if x else result.reason


def _refuted(report: Report) -> Iterator[Result]:
    return (r for r in report.results if r.counterexample)


def _counterexample(result: Result) -> Iterator[tuple[str, str]]:
    x = result.counterexample
    if x:
        yield "formula", result.claim.comparison
        yield from x.words().items()


def _escaped(text: str) -> str:
    """Text in which no character means anything to Markdown, in a line."""
    line = re.sub(r"([\\`*_\[\]<>|~&])", r"\\\1", " ".join(text.split()))
    return re.sub(r"^(\d*)([-+#.)])", r"\1\\\2", line)


def _code(text: str) -> str:
    """Text as code, between more backticks than it has in a row."""
    line = " ".join(text.split())
    fence = "`" * (1 + max(map(len, re.findall("`+", line)), default=0))
    return f"{fence} {line} {fence}"


def _words(text: str) -> str:
    """A statement with its bits of mathematics, unless commands of TeX could be in it."""
    strange = set(text) & set("\\$#%&~") or text.count("{") != text.count("}")
    return _text(text) if strange else prose(text)


def _text(text: str) -> str:
    """Text in which no character means anything to TeX, and long words may break."""
    special = {"\\": r"\textbackslash{}", "^": r"\^{}", "~": r"\~{}", "<": r"$<$", ">": r"$>$"}
    special |= {character: rf"\{character}" for character in "&%$#_{}"}
    special |= {"−": "--"}
    line = "".join(special.get(character, character) for character in " ".join(text.split()))
    return re.sub(r"(?<!\*)\*(?!\*)", r"*\\allowbreak{}", line)
