"""Formulas in LaTeX that needs amsmath and nothing else."""

from __future__ import annotations

import re
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE
from sympy.printing.printer import Printer

from theory.algebra.generating_functions import C, C_bar
from theory.algebra.presentation import readable
from theory.printing.linebreaks import display

ORDER = "rev-lex"  # 1 − λ², not −λ² + 1


class Ordered(Printer):  # type: ignore[misc]  # SymPy is untyped
    """A printer whose sums begin with R(0), or else with something positive; C comes before C′."""

    def _as_ordered_terms(self, expr: sp.Add, order: str | None = None) -> list[sp.Expr]:
        terms = list(super()._as_ordered_terms(expr, order=order))
        if expr.has(C):
            return sorted(terms, key=_by_derivative)
        positive = (n for n, term in enumerate(terms) if not term.could_extract_minus_sign())
        first = next(positive, 0)
        return [terms[first], *terms[:first], *terms[first + 1 :]]


def _by_derivative(term: sp.Expr) -> tuple[int, Any]:
    orders = [int(c.args[0]) for c in term.atoms(C)]
    known = any(s.name == "R_0" for s in term.free_symbols)
    return -1 if known else max(orders, default=-2), sp.default_sort_key(term)


class _Printer(Ordered, LatexPrinter):  # type: ignore[misc]
    """SymPy's printer with the field's habits: λ̄, λ*, E[…], C′(z), Re, ½ in front."""

    def _print_Symbol(self, expr: sp.Symbol, style: str = "plain") -> str:
        name = "R(0)" if expr.name == "R_0" else expr.name
        stem, bar, _ = name.partition("_bar")
        stem, star, _ = stem.partition("_star")
        tex = str(super()._print_Symbol(sp.Symbol(stem), style))
        tex = re.sub(r"^([A-Za-z]{2,})", r"\\mathrm{\1}", tex)
        return (rf"\bar{{{tex}}}" if bar else tex) + ("^{*}" if star else "")

    def _print_conjugate(self, expr: sp.Expr, exp: str | None = None) -> str:
        if expr.args[0].is_Symbol:
            tex = self._print_Symbol(sp.Symbol(expr.args[0].name + "_bar"))
            return self._powered(f"({tex})" if exp and "^" in tex else tex, exp)
        return self._powered(rf"\overline{{{self._print(expr.args[0])}}}", exp)

    def _print_re(self, expr: sp.Expr, exp: str | None = None) -> str:
        return self._applied(self._powered(r"\operatorname{Re}", exp), expr.args[0])

    def _print_im(self, expr: sp.Expr, exp: str | None = None) -> str:
        return self._applied(self._powered(r"\operatorname{Im}", exp), expr.args[0])

    def _print_Function(self, expr: sp.Expr, exp: str | None = None) -> str:
        if not isinstance(expr, AppliedUndef):
            return str(super()._print_Function(expr, exp))
        arguments = ", ".join(map(self._print, expr.args))
        if expr.func.__name__ == "E":
            return self._powered(rf"\operatorname{{E}}\left[{arguments}\right]", exp)
        name = self._print_Symbol(sp.Symbol(expr.func.__name__))
        return self._powered(name, exp) + rf"\left({arguments}\right)"

    def _print_C(self, expr: sp.Expr, exp: str | None = None) -> str:
        n, z = expr.args
        name = (r"\bar{C}" if isinstance(expr, C_bar) else "C") + "'" * int(n)
        return self._powered(self._applied(name, z), exp)

    _print_C_plus = _print_C_bar = _print_C  # SymPy does not look for the base class's

    def _print_Partial(self, expr: sp.Expr, exp: str | None = None) -> str:
        inside, *by = expr.args
        above = self.parenthesize(inside, PRECEDENCE["Pow"])
        orders = [(p, by.count(p)) for p in dict.fromkeys(by)]
        below = "".join(rf"\partial {self._print(p)}" + _power(n) for p, n in orders)
        return self._powered(rf"\frac{{\partial{_power(len(by))} {above}}}{{{below}}}", exp)

    def _print_Indexed(self, expr: sp.Indexed) -> str:
        indices = ", ".join(map(sp.latex, expr.indices))  # t + 1, not 1 + t
        base, index, number = self._print(expr.base).partition("_{")
        return (
            f"{base}_{{{number.removesuffix('}')}, {indices}}}"
            if index
            else f"{base}_{{{indices}}}"
        )

    def _print_Mul(self, expr: sp.Expr) -> str:
        number, rest = expr.as_coeff_Mul()
        fraction = number.is_Rational and not number.is_Integer and sp.denom(rest) == 1
        if not fraction or not expr.is_Mul or len(expr.args) < 2:
            return str(super()._print_Mul(expr))
        sign = "- " if number < 0 else ""
        product = self.parenthesize(rest, PRECEDENCE["Mul"], strict=True)
        return rf"{sign}\tfrac{{{abs(number.p)}}}{{{number.q}}} {product}"

    def _applied(self, name: str, argument: sp.Expr) -> str:
        return rf"{name}\left({self._print(argument)}\right)"

    def _powered(self, tex: str, exp: str | None) -> str:
        return tex if exp is None else f"{{{tex}}}^{{{exp}}}"


def _power(order: int) -> str:
    return f"^{{{order}}}" if order > 1 else ""


_SETTINGS = {"order": ORDER, "fold_func_brackets": True}
_INNERMOST = re.compile(
    r"\\left(\(|\[|\|)((?:(?!\\left|\\right|\\frac|\\sum|\\begin|\\sqrt).)*?) ?\\right(\)|\]|\|)"
)


def _tightened(tex: str) -> str:
    """LaTeX whose brackets around what is one line high have their normal size, as in a paper."""

    def normal(found: re.Match[str]) -> str:
        bar = found[1] == "|"
        inside = re.sub(r"^\{(.*)\}$", r"\1", found[2]) if bar else found[2]
        return rf"\lvert {inside}\rvert" if bar else f"{found[1]}{inside}{found[3]}"

    while (tighter := _INNERMOST.sub(normal, tex)) != tex:
        tex = tighter
    return re.sub(r"(?<=\d) {([\d.]+)}\^", r" \\cdot \1^", tex)  # SymPy sees no number in {0.9}^Δ


def to_latex(expr: sp.Basic) -> str:
    r"""A polarised expression or equation in LaTeX: |λ|², λ̄, Re and conjugates restored.

    Examples:
        >>> from theory import second_moment, to_latex, white
        >>> print(to_latex(second_moment(white())))
        \frac{1}{1 - \lvert \lambda\rvert^{2}}

    """
    return _tightened(str(_Printer(_SETTINGS).doprint(readable(expr))))


def displayed(expr: sp.Basic) -> str:
    """An expression as a displayed equation, on several lines where it is long."""
    return "\n".join(display(to_latex(expr)))


def compared(quantity: str, relation: str, expr: sp.Basic) -> str:
    """A quantity by its name, how a claim relates it (==, <=, >=, ~), and an expression."""
    name = sp.Symbol(rf"\text{{{quantity.replace('_', ' ')}}}")
    equation = displayed(sp.Eq(name, expr, evaluate=False))
    return equation.replace("=", _RELATIONS[relation], 1)


_RELATIONS = {"==": "=", "<=": r"\le ", ">=": r"\ge ", "<": "<", ">": ">", "~": r"\sim "}
