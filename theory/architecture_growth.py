"""Who is cured, and in which direction: growth of state and sensitivities by architecture.

With ε = 1 − λ, every E|γh|² and E|∂(γh)/∂p|² is c ε^n to leading order: n < 0 explodes,
n > 0 vanishes, n = 0 is cured (paper §3; claim B8). Under an input whose spectral density at
0 is S, all is S times as much as under white input, γ held fixed or not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import sympy as sp

from theory.architectures import ARCHITECTURES, Architecture
from theory.inputs import StationaryInput, constant, exponential, white
from theory.latex import prose, to_latex
from theory.leading import ZERO, LeadingTerm, epsilon, leading_term
from theory.moments import second_moment, sensitivity
from theory.symbols import rho

INPUTS: Mapping[str, StationaryInput] = {
    "white": white(),
    "ρ^Δ": exponential(),
    "constant": constant(),
}
_p = sp.Symbol("p", real=True)


@dataclass(frozen=True)
class Row:
    """Leading terms of one quantity of one architecture on one approach.

    Attributes:
        architecture: its name.
        approach: what goes to its limit.
        parameter: p; None for the state.
        gamma_moves: whether γ's own dependence on p counts; held fixed otherwise.
        terms: by input, see INPUTS.

    """

    architecture: str
    approach: str
    parameter: sp.Symbol | None
    gamma_moves: bool
    terms: Mapping[str, LeadingTerm]


def moment(
    x: StationaryInput,
    architecture: Architecture,
    approach: str,
    parameter: sp.Symbol | None = None,
    gamma_moves: bool = False,
) -> sp.Expr:
    """E|γh|², or E|∂(γh)/∂p|² for a parameter, as a function of ε = 1 − λ.

    Of λ(p) and γ(p) only values and slopes count; so both are put in as their tangents.
    """
    pair = architecture.pair

    def tangent(expr: sp.Expr) -> sp.Expr:
        if parameter is None:
            return architecture.along(approach, expr)
        slope = sp.diff(expr, parameter) * architecture.slopes.get(parameter, 1)
        return architecture.along(approach, expr) + architecture.along(approach, slope) * _p

    gamma = tangent(pair.gamma)
    if parameter is None:
        return second_moment(x, 1 - epsilon, gamma)
    eigenvalue = 1 - epsilon + tangent(pair.eigenvalue).coeff(_p) * _p
    return sensitivity(x, eigenvalue, _p, gamma, gamma_moves).subs(_p, 0)


def rows(architectures: tuple[Callable[[], Architecture], ...] = ARCHITECTURES) -> Iterator[Row]:
    """The table: for each architecture and approach the state, then each parameter.

    A parameter that moves γ has a second row with γ's own dependence on it.

    Examples:
        >>> from theory import rows
        >>> row = next(rows())
        >>> row.architecture, row.approach, row.terms["white"]
        ('plain', 'λ → 1', LeadingTerm(coefficient=1/2, order=-1))

    """
    for make in architectures:
        architecture = make()
        for approach in architecture.approaches:
            for parameter, gamma_moves in _questions(architecture):
                terms = {
                    name: leading_term(moment(x, architecture, approach, parameter, gamma_moves))
                    for name, x in INPUTS.items()
                }
                yield Row(architecture.pair.name, approach, parameter, gamma_moves, terms)


def _questions(architecture: Architecture) -> Iterator[tuple[sp.Symbol | None, bool]]:
    pair = architecture.pair
    yield None, False
    for p in pair.parameters:
        if pair.eigenvalue.has(p):
            yield p, False
        if pair.gamma.has(p):
            yield p, True


def fate(term: LeadingTerm) -> str:
    """What becomes of a quantity as λ → 1, in a word."""
    if term.order == 0:
        return "cured"
    return "explodes" if term.order < 0 else "vanishes" if term != ZERO else "zero"


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
    """What is looked at: the state, or a parameter."""
    if row.parameter is None:
        return "state"
    name = _greek(row.parameter.name)
    return f"{name}, γ moving" if row.gamma_moves else name


def _term(term: LeadingTerm) -> sp.Expr:
    """The term, with S for (1 + ρ)/(1 − ρ), the density of ρ^Δ at 0."""
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
