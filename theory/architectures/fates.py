"""What is cured, and in which direction: growth of state and sensitivities by architecture.

With ε = 1 − λ, every E|γh|² and E|∂(γh)/∂p|² is c ε^n to leading order: n < 0 explodes,
n > 0 vanishes, n = 0 is cured (paper §3; claim B8). Under an input whose spectral density at
0 is S, all is S times as much as under white input, γ held fixed or not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import sympy as sp

from theory.algebra.leading import ZERO, LeadingTerm, leading_term
from theory.algebra.taylor import epsilon
from theory.architectures.pairs import ARCHITECTURES, Architecture
from theory.inputs import StationaryInput, constant, exponential, white
from theory.moments import second_moment, sensitivity

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

    Only the values and slopes of λ(p) and γ(p) count; so both are put in as their tangents.
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
    """The table's rows: for each architecture and approach the state, then each parameter.

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
