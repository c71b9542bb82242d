"""Derivations as text, Markdown, LaTeX, HTML or PDF, each step checked as it is printed.

Several derivations make one document with a table of contents and a section for each.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from theory.derivations.checking.step import Derivation, Step
from theory.printing.collection import Recalled, sections
from theory.printing.latex import displayed, to_latex
from theory.printing.mathml import to_mathml
from theory.printing.pdf import compiled, document
from theory.printing.prose import prose
from theory.printing.text import to_text

_STYLE = (
    "body{font-family:serif;max-width:60em;margin:2em auto;padding:0 1em}"
    "math{display:block;margin:.6em 0;overflow-x:auto}"
)
_BEFORE, _AFTER = document("\0").split("\0")


@dataclass(frozen=True)
class Format:
    """How the parts of a document are written.

    Attributes:
        opening: the beginning, given all the titles.
        heading: a derivation's title and assumptions, and its section's number, 0 if alone.
        step: a step and its number.
        recalled: what stands for steps that were proved before.
        end: what ends a section.
        closing: what ends the document.

    """

    opening: Callable[[Sequence[str]], str]
    heading: Callable[[Derivation, int], str]
    step: Callable[[int, Step], str]
    recalled: Callable[[Recalled], str]
    end: str = ""
    closing: str = ""


def rendered(form: Format, *derivations: Derivation) -> Iterator[str]:
    """A document of derivations, piece by piece.

    Raises:
        BrokenStep: at a step whose check fails.

    """
    yield form.opening([derivation.title for derivation in derivations])
    for section, (derivation, parts) in enumerate(sections(derivations), 1):
        yield form.heading(derivation, section if len(derivations) > 1 else 0)
        for part in parts:
            yield form.recalled(part) if isinstance(part, Recalled) else form.step(*part)
        yield form.end
    yield form.closing


def derivation_html(derivation: Derivation) -> str:
    """A derivation as part of a page.

    Raises:
        BrokenStep: at a step whose check fails.

    """
    part = replace(FORMATS["html"], opening=lambda titles: "", closing="")
    return "".join(rendered(part, derivation))


def pdf(*derivations: Derivation) -> bytes:
    """A document of derivations as PDF, compiled from LaTeX.

    Raises:
        RuntimeError: there is no pdflatex.

    """
    return compiled("".join(RENDERERS["latex"](*derivations)))


def _text_opening(titles: Sequence[str]) -> str:
    if len(titles) == 1:
        return ""
    return "".join(f"{n:>3}. {title}\n" for n, title in enumerate(titles, 1)) + "\n\n"


def _text_heading(derivation: Derivation, section: int) -> str:
    title = f"{section}. {derivation.title}" if section else derivation.title
    assumptions = "; ".join(derivation.assumptions)
    return f"{title}\n{'=' * len(title)}\n\nAssumptions: {assumptions}.\n\n"


def _text_step(number: int, step: Step) -> str:
    picture = (f"    {line}".rstrip() for line in to_text(step.statement).splitlines())
    return f"{number}. {step.rule} ✓  {step.justification}\n\n" + "\n".join(picture) + "\n\n"


def _markdown_opening(titles: Sequence[str]) -> str:
    if len(titles) == 1:
        return ""
    return "".join(f"{n}. {title}\n" for n, title in enumerate(titles, 1)) + "\n"


def _markdown_heading(derivation: Derivation, section: int) -> str:
    title = f"## {section}. {derivation.title}" if section else f"# {derivation.title}"
    assumptions = "".join(f"- {_markdown_prose(a)}\n" for a in derivation.assumptions)
    return f"{title}\n\n{assumptions}\n"


def _markdown_step(number: int, step: Step) -> str:
    why = f"{number}. **{step.rule}.** {_markdown_prose(step.justification)} ✓"
    return f"{why}\n\n   $${to_latex(step.statement)}$$\n\n"


def _latex_opening(titles: Sequence[str]) -> str:
    return _BEFORE + ("\\tableofcontents\n" if len(titles) > 1 else "")


def latex_heading(derivation: Derivation, section: int) -> str:
    """A derivation's title, and a list of what is assumed."""
    star = "" if section else "*"
    items = "".join(rf"\item {prose(a)}" + "\n" for a in derivation.assumptions)
    title = rf"\section{star}{{{prose(derivation.title)}}}"
    return f"{title}\n\\begin{{itemize}}\n{items}\\end{{itemize}}\n"


def latex_step(number: int, step: Step) -> str:
    """A step as a paragraph and a displayed formula."""
    why = rf"\paragraph{{{number}. {prose(step.rule)}.}} {prose(step.justification)}"
    return f"{why}\n{displayed(step.statement)}\n"


def latex_recalled(steps: Recalled) -> str:
    """Recalled steps as a paragraph without a formula."""
    number, _, words = str(steps).partition(" ")
    return rf"\paragraph{{{number.replace('–', '--')}}} {words.replace('–', '--')}" + "\n"


def _html_opening(titles: Sequence[str]) -> str:
    title = html.escape(titles[0] if len(titles) == 1 else "Derivations")
    head = f"<!DOCTYPE html>\n<html lang='en'><head><meta charset='utf-8'><title>{title}</title>"
    head += f"<style>{_STYLE}</style></head><body>\n"
    if len(titles) == 1:
        return head
    links = (
        f"<li><a href='#s{n}'>{html.escape(name)}</a></li>\n" for n, name in enumerate(titles, 1)
    )
    return f"{head}<ol>\n{''.join(links)}</ol>\n"


def _html_heading(derivation: Derivation, section: int) -> str:
    title = html.escape(derivation.title)
    heading = f"<h2 id='s{section}'>{section}. {title}</h2>" if section else f"<h1>{title}</h1>"
    items = "".join(f"<li>{html_prose(a)}</li>\n" for a in derivation.assumptions)
    return f"{heading}\n<ul>\n{items}</ul>\n<ol>\n"


def html_step(number: int, step: Step) -> str:
    """A step as an item of a numbered list, its formula in MathML."""
    why = f"<b>{html_prose(step.rule)}.</b> {html_prose(step.justification)} ✓"
    return f"<li value='{number}'>{why}{_html_math(step)}</li>\n"


def _html_math(step: Step) -> str:
    return f"<math display='block'>{to_mathml(step.statement)}</math>"


def html_recalled(steps: Recalled) -> str:
    """Recalled steps as an item with a link to the section `s1`, `s2`, … that has them."""
    words = str(steps).partition(" ")[2]
    link = re.sub(r"section (\d+)", r"<a href='#s\1'>section \1</a>", words)
    return f"<li value='{steps.first}'>{link}</li>\n"


def _markdown_prose(words: str) -> str:
    return words.replace("_", r"\_").replace("*", r"\*")


def html_prose(words: str) -> str:
    """Words with x_{t+1}, ρ^Δ and ρ^|Δ| in them, escaped for HTML."""
    escaped = html.escape(words)
    for mark, tag in (("_", "sub"), (r"\^", "sup")):
        what = r"(?:{([^}]*)}|([−-]?\d+|[A-Za-z]{2,}|\|\w+\||\w|\*))"
        escaped = re.sub(mark + what, rf"<{tag}>\1\2</{tag}>", escaped)
    return escaped


FORMATS: Mapping[str, Format] = {
    "text": Format(_text_opening, _text_heading, _text_step, lambda steps: f"{steps}\n\n"),
    "markdown": Format(
        _markdown_opening, _markdown_heading, _markdown_step, lambda steps: f"{steps}\n\n"
    ),
    "latex": Format(_latex_opening, latex_heading, latex_step, latex_recalled, closing=_AFTER),
    "html": Format(
        _html_opening, _html_heading, html_step, html_recalled, "</ol>\n", "</body></html>\n"
    ),
}
RENDERERS: Mapping[str, Callable[..., Iterator[str]]] = {
    name: partial(rendered, form) for name, form in FORMATS.items()
}
