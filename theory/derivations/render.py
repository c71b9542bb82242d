"""A derivation as text, Markdown, LaTeX, HTML or PDF, each step checked as it is printed."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import sympy as sp
from sympy.printing.mathml import MathMLPresentationPrinter

from theory.conjugation import bar
from theory.derivations.step import Derivation
from theory.inputs import C, C_bar
from theory.latex import ORDER, compiled, displayed, document, prose, to_latex
from theory.presentation import readable

_GREEK = {"alpha": "α", "beta": "β", "lambda": "λ"}
_STYLE = (
    "body{font-family:serif;max-width:60em;margin:2em auto;padding:0 1em}"
    "math{display:block;margin:.6em 0;overflow-x:auto}"
)


def text(derivation: Derivation) -> Iterator[str]:
    """Unicode for a terminal.

    Raises:
        BrokenStep: at a step whose check fails, as in all the renderers here.

    """
    yield f"{derivation.title}\n{'=' * len(derivation.title)}\n"
    yield "Assumptions: " + "; ".join(derivation.assumptions) + ".\n\n"
    for number, step in enumerate(derivation.checked(), 1):
        yield f"{number}. {step.rule} ✓  {step.justification}\n\n"
        picture = sp.pretty(
            _named(readable(step.statement)), use_unicode=True, wrap_line=False, order=ORDER
        )
        yield "\n".join(f"    {line}".rstrip() for line in picture.splitlines()) + "\n\n"


def markdown(derivation: Derivation) -> Iterator[str]:
    """Markdown with $$…$$."""
    yield f"# {derivation.title}\n\n"
    yield "".join(f"- {_markdown_prose(a)}\n" for a in derivation.assumptions) + "\n"
    for number, step in enumerate(derivation.checked(), 1):
        yield f"{number}. **{step.rule}.** {_markdown_prose(step.justification)} ✓\n\n"
        yield f"   $${to_latex(step.statement)}$$\n\n"


def latex(derivation: Derivation) -> Iterator[str]:
    """A complete document that needs amsmath alone."""
    before, after = document("\0").split("\0")
    yield before
    yield rf"\section*{{{prose(derivation.title)}}}" + "\n\\begin{itemize}\n"
    yield "".join(rf"\item {prose(a)}" + "\n" for a in derivation.assumptions)
    yield "\\end{itemize}\n"
    for number, step in enumerate(derivation.checked(), 1):
        yield rf"\paragraph{{{number}. {prose(step.rule)}.}} {prose(step.justification)}" + "\n"
        yield displayed(step.statement) + "\n"
    yield after


def page(derivation: Derivation) -> Iterator[str]:
    """A self-contained HTML page; the mathematics is MathML."""
    title = html.escape(derivation.title)
    yield f"<!DOCTYPE html>\n<html lang='en'><head><meta charset='utf-8'><title>{title}</title>"
    yield f"<style>{_STYLE}</style></head><body>\n<h1>{title}</h1>\n<ul>\n"
    yield "".join(f"<li>{_html_prose(a)}</li>\n" for a in derivation.assumptions) + "</ul>\n<ol>\n"
    for step in derivation.checked():
        yield f"<li><b>{_html_prose(step.rule)}.</b> {_html_prose(step.justification)} ✓"
        yield f"<math display='block'>{_mathml(step.statement)}</math></li>\n"
    yield "</ol>\n</body></html>\n"


RENDERERS: Mapping[str, Callable[[Derivation], Iterator[str]]] = {
    "text": text,
    "markdown": markdown,
    "latex": latex,
    "html": page,
}


def pdf(derivation: Derivation) -> bytes:
    """The LaTeX document compiled.

    Raises:
        RuntimeError: there is no pdflatex.

    """
    return compiled("".join(latex(derivation)))


def _named(expr: sp.Basic) -> sp.Basic:
    """For printers that know no C′(z), λ̄ or λ*: those as names."""
    if isinstance(expr, sp.Symbol):
        return sp.Symbol(_name(expr.name))
    if isinstance(expr, sp.conjugate) and expr.args[0].is_Symbol:
        return sp.Symbol(_name(bar(expr.args[0]).name))
    if isinstance(expr, C):
        order, z = expr.args
        mark = "\u0304" if isinstance(expr, C_bar) else ""
        return sp.Function("C" + mark + "′" * int(order))(_named(z))
    if isinstance(expr, sp.Abs | sp.re):
        return expr.func(_named(expr.args[0]), evaluate=False)  # SymPy would take it apart again
    return expr.func(*map(_named, expr.args)) if expr.args else expr


def _name(name: str) -> str:
    for suffix, mark in (("_bar", "\u0304"), ("_star", "*")):
        if name.endswith(suffix):
            stem = _name(name.removesuffix(suffix))
            return _GREEK.get(stem, stem) + mark
    return name


class _MathML(MathMLPresentationPrinter):  # type: ignore[misc]  # SymPy is untyped
    """Indices as t + 1, not 1 + t, and a conjugate's bar in the MathML that browsers draw."""

    def _print_conjugate(self, expr: sp.Expr) -> Any:
        over, line = self.dom.createElement("mover"), self.dom.createElement("mo")
        line.appendChild(self.dom.createTextNode("¯"))
        over.appendChild(self._print(expr.args[0]))
        over.appendChild(line)
        return over

    def _print_Indexed(self, expr: sp.Indexed) -> Any:
        below = self.dom.createElement("msub")
        below.appendChild(self._print(expr.base))
        below.appendChild(MathMLPresentationPrinter()._print(expr.indices[0]))
        return below


def _mathml(expr: sp.Basic) -> str:
    return str(_MathML({"order": ORDER}).doprint(_named(readable(expr))))


def _markdown_prose(words: str) -> str:
    return words.replace("_", r"\_").replace("*", r"\*")


def _html_prose(words: str) -> str:
    escaped = html.escape(words)
    for mark, tag in (("_", "sub"), (r"\^", "sup")):
        escaped = re.sub(rf"{mark}(?:{{([^}}]*)}}|(\w|\*))", rf"<{tag}>\1\2</{tag}>", escaped)
    return escaped
