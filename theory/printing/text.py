"""Statements in plain text, by a printer that knows no C′(z), λ̄ or λ*."""

from __future__ import annotations

import sympy as sp
from sympy.printing.pretty.pretty import PrettyPrinter
from sympy.printing.pretty.pretty_symbology import pretty_symbol

from theory.algebra.conjugation import bar
from theory.algebra.generating_functions import C, C_bar
from theory.algebra.presentation import readable
from theory.printing.latex import ORDER, Ordered


def to_text(statement: sp.Basic) -> str:
    """A statement in Unicode, on several lines."""
    settings = {"order": ORDER, "use_unicode": True, "wrap_line": False}
    return str(_Text(settings).doprint(_named(readable(statement))))


def _named(expr: sp.Basic) -> sp.Basic:
    """An expression with bars, stars and derivatives of C as parts of names."""
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
