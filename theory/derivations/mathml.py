"""Statements for printers that know no C′(z), λ̄ or λ*: plain text, and MathML for browsers."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.printing.mathml import MathMLPresentationPrinter
from sympy.printing.pretty.pretty import PrettyPrinter
from sympy.printing.pretty.pretty_symbology import pretty_symbol

from theory.conjugation import bar
from theory.inputs import C, C_bar
from theory.latex import ORDER, Ordered
from theory.presentation import readable


def to_text(statement: sp.Basic) -> str:
    """Unicode on several lines."""
    settings = {"order": ORDER, "use_unicode": True, "wrap_line": False}
    return str(_Text(settings).doprint(_named(readable(statement))))


def to_mathml(statement: sp.Basic) -> str:
    """MathML in the dialect that browsers draw."""
    return str(_MathML({"order": ORDER}).doprint(_named(readable(statement))))


def _named(expr: sp.Basic) -> sp.Basic:
    """The bars, stars and derivatives of C as parts of names."""
    if isinstance(expr, sp.Symbol):
        return sp.Symbol(_name(expr.name))
    if isinstance(expr, sp.conjugate) and expr.args[0].is_Symbol:
        return sp.Symbol(_name(bar(expr.args[0]).name))
    if isinstance(expr, C):
        order, z = expr.args
        mark = "\u0304" if isinstance(expr, C_bar) else ""
        return sp.Function("C" + mark + "′" * int(order))(_named(z))
    if isinstance(expr, sp.Abs | sp.re | sp.im):
        return expr.func(_named(expr.args[0]), evaluate=False)  # SymPy would take it apart again
    if isinstance(expr, sp.Indexed):
        return sp.Indexed(sp.IndexedBase(_name(str(expr.base))), *map(_named, expr.indices))
    return expr.func(*map(_named, expr.args)) if expr.args else expr


def _name(name: str) -> str:
    for suffix, mark in (("_bar", "\u0304"), ("_star", "*")):
        if name.endswith(suffix):
            return _name(name.removesuffix(suffix)) + mark
    return str(pretty_symbol(name))


class _Text(Ordered, PrettyPrinter):  # type: ignore[misc]  # SymPy is untyped
    """SymPy's picture of an expression, sums in the order of `Ordered`."""


class _MathML(Ordered, MathMLPresentationPrinter):  # type: ignore[misc]
    """Indices as t + 1, not 1 + t, and a conjugate's bar in the MathML that browsers draw."""

    def _print_conjugate(self, expr: sp.Expr) -> Any:
        over, line = self.dom.createElement("mover"), self.dom.createElement("mo")
        line.appendChild(self.dom.createTextNode("¯"))
        over.appendChild(self._print(expr.args[0]))
        over.appendChild(line)
        return over

    def _print_Indexed(self, expr: sp.Indexed) -> Any:
        below, row = self.dom.createElement("msub"), self.dom.createElement("mrow")
        for place, index in enumerate(expr.indices):
            if place:
                comma = self.dom.createElement("mo")
                comma.appendChild(self.dom.createTextNode(","))
                row.appendChild(comma)
            row.appendChild(MathMLPresentationPrinter()._print(index))
        below.appendChild(self._print(expr.base))
        below.appendChild(row)
        return below
