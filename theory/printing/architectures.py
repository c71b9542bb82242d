"""The table of what explodes, vanishes or is cured, as text, Markdown and LaTeX."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import sympy as sp

from theory.algebra.leading import ZERO, LeadingTerm
from theory.algebra.taylor import epsilon
from theory.architectures.fates import INPUTS, Row, fate
from theory.printing.latex import to_latex
from theory.printing.prose import prose
from theory.symbols import rho


def text(table: Iterable[Row]) -> Iterator[str]:
    """The table for a terminal, a line for each row."""
    lines: list[tuple[str, Sequence[str]]] = [("", tuple(INPUTS))]
    for row, heading in _headed(table):
        lines += [("", ()), (heading, ())] if heading else []
        lines.append((f"  {_label(row)}", [f"{_plain(t)} {fate(t)}" for t in row.terms.values()]))
    width = max(len(cell) for _, cells in lines for cell in cells) + 2
    first = max(len(label) for label, cells in lines if cells) + 2
    for label, cells in lines:
        yield (f"{label:<{first}}" + "".join(f"{c:<{width}}" for c in cells)).rstrip() + "\n"


def markdown(table: Iterable[Row]) -> Iterator[str]:
    """The table in Markdown with $…$."""
    yield "| | " + " | ".join(INPUTS) + " |\n" + "|---" * (len(INPUTS) + 1) + "|\n"
    for row, heading in _headed(table):
        if heading:
            yield f"| **{heading}** |" + " |" * len(INPUTS) + "\n"
        cells = (f"${to_latex(_term(t))}$ {fate(t)}" for t in row.terms.values())
        yield f"| {_label(row)} | " + " | ".join(cells) + " |\n"


def latex(table: Iterable[Row]) -> Iterator[str]:
    """The table, which may run over pages; needs amsmath and longtable."""
    yield r"\begin{longtable}{@{}l" + "l" * len(INPUTS) + "@{}}\n"
    yield " & " + " & ".join(map(prose, INPUTS)) + r" \\ \endhead" + "\n"
    for row, heading in _headed(table):
        if heading:
            yield rf"\hline \multicolumn{{{len(INPUTS) + 1}}}{{l}}{{{prose(heading)}}} \\*" + "\n"
        cells = (f"${to_latex(_term(t))}$ {fate(t)}" for t in row.terms.values())
        yield f"{prose(_label(row))} & " + " & ".join(cells) + r" \\" + "\n"
    yield "\\end{longtable}\n"


RENDERERS: Mapping[str, Callable[[Iterable[Row]], Iterator[str]]] = {
    "text": text,
    "markdown": markdown,
    "latex": latex,
}


def _headed(table: Iterable[Row]) -> Iterator[tuple[Row, str]]:
    """Each row, and where a new architecture or approach begins, its heading."""
    last = ""
    for row in table:
        heading = f"{row.architecture}, {row.approach}"
        yield row, "" if heading == last else heading
        last = heading


def _label(row: Row) -> str:
    """The name of what a row is about: the state, or a parameter."""
    if row.parameter is None:
        return "state"
    name = _greek(row.parameter.name)
    return f"{name}, γ moving" if row.gamma_moves else name


def _term(term: LeadingTerm) -> sp.Expr:
    """A leading term, with S for (1 + ρ)/(1 − ρ), the density of ρ^Δ at 0."""
    if term == ZERO:
        return sp.S.Zero
    in_density = sp.cancel(term.coefficient.subs(rho, (_S - 1) / (_S + 1)))
    return sp.factor(in_density) * epsilon**term.order


def _plain(term: LeadingTerm) -> str:
    return _greek(sp.sstr(_term(term)).replace("**", "^").replace("*", " "))


def _greek(name: str) -> str:
    for spelled, letter in _GREEK.items():
        name = name.replace(spelled, letter)
    return name


_GREEK = {
    "epsilon": "ε", "sigma": "σ", "Delta_t": "Δ", "lambda": "λ", "Lambda": "Λ", "nu": "ν",
    "theta": "θ", "omega": "ω",
}  # fmt: skip


_S = sp.Symbol("S", positive=True)
