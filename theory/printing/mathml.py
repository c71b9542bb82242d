"""Formulas in MathML Core, which browsers draw without help."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.printing.conventions import requires_partial
from sympy.printing.precedence import PRECEDENCE, precedence_traditional

from theory.algebra.generating_functions import C, C_bar
from theory.algebra.presentation import readable
from theory.printing.latex import ORDER, Ordered
from theory.printing.mathml_elements import (
    APPLIED,
    _letter,
    _split,
    bracketed,
    listed,
    operator,
    over,
    row,
    symbol,
    times,
    word,
)

_MINUS = '<mo form="prefix">−</mo>'
_RELATIONS = {
    sp.Eq: "=",
    sp.Ge: "≥",
    sp.Le: "≤",
    sp.Gt: "&gt;",
    sp.Lt: "&lt;",
    sp.Ne: "≠",
}


def to_mathml(expr: sp.Basic) -> str:
    """A polarised expression or equation in MathML: |λ|², λ̄, Re and conjugates restored.

    Examples:
        >>> from theory.symbols import rho
        >>> to_mathml(1 - rho)
        '<mrow><mn>1</mn><mo form="infix">−</mo><mrow><mi>ρ</mi></mrow></mrow>'

    """
    return str(_Printer().doprint(readable(expr)))


class _Printer(Ordered):
    """A printer of SymPy's expressions, in the order of `Ordered`."""

    _default_settings = {"order": ORDER}  # noqa: RUF012 (as SymPy has it)

    def emptyPrinter(self, expr: sp.Basic) -> str:
        raise TypeError(f"{type(expr).__name__} has no MathML")

    def _held(self, expr: sp.Basic, binding: str) -> str:
        """An expression, in brackets if it holds together less tightly than `binding`."""
        inside = self._print(expr)
        loose = precedence_traditional(expr) < PRECEDENCE[binding]
        return bracketed(inside) if loose else inside

    # numbers and names

    def _print_Integer(self, expr: sp.Integer) -> str:
        number = f"<mn>{abs(int(expr))}</mn>"
        return row(_MINUS, number) if expr < 0 else number

    def _print_Rational(self, expr: sp.Rational) -> str:
        bar = f"<mfrac><mn>{abs(expr.p)}</mn><mn>{expr.q}</mn></mfrac>"
        return row(_MINUS, bar) if expr < 0 else bar

    def _print_Float(self, expr: sp.Float) -> str:
        return f"<mn>{escape(str(expr))}</mn>"

    def _print_ImaginaryUnit(self, _: sp.Expr) -> str:
        return "<mi>i</mi>"

    def _print_Pi(self, _: sp.Expr) -> str:
        return "<mi>π</mi>"

    def _print_Exp1(self, _: sp.Expr) -> str:
        return "<mi>e</mi>"

    def _print_Infinity(self, _: sp.Expr) -> str:
        return "<mi>∞</mi>"

    def _print_NegativeInfinity(self, _: sp.Expr) -> str:
        return row(_MINUS, "<mi>∞</mi>")

    def _print_Symbol(self, expr: sp.Symbol) -> str:
        if expr.name == "R_0":
            return row("<mi>R</mi>", bracketed("<mn>0</mn>"))
        return symbol(expr.name)

    def _print_Indexed(self, expr: sp.Indexed) -> str:
        return self._indexed(expr, symbol)

    def _indexed(self, expr: sp.Indexed, written: Callable[[str], str]) -> str:
        """A name with its indices, these in SymPy's own order: t + 1, not 1 + t."""
        name = str(expr.base).removesuffix("_star")
        stem, below = _split(name)
        own = [_letter(below)] if below else []
        indices = listed([*own, *map(_Printer({"order": None}).doprint, expr.indices)])
        if name == str(expr.base):
            return f"<msub>{written(stem)}{indices}</msub>"
        return f"<msubsup>{written(stem)}{indices}<mo>*</mo></msubsup>"

    # arithmetic

    def _print_Add(self, expr: sp.Add) -> str:
        first, *rest = map(self._print, self._as_ordered_terms(expr))
        return row(first, *map(_added, rest))

    def _print_Mul(self, expr: sp.Mul) -> str:
        number, above, below = sp.S.One, [], []
        for factor in sorted(expr.as_ordered_factors(), key=_place):
            if factor.is_Rational:
                number *= factor
            elif factor.is_Pow and factor.exp.is_Rational and factor.exp < 0:
                below.append(_power(factor.base, -factor.exp))
            else:
                above.append(factor)
        sign, p, q = (_MINUS if number < 0 else ""), abs(number.p), number.q
        if q != 1 and above and not below:
            small = f'<mfrac displaystyle="false"><mn>{p}</mn><mn>{q}</mn></mfrac>'
            rest = self._product(above, alone=False)
            return row(sign, small, times(rest), rest)
        top = self._product([*([sp.Integer(p)] if p != 1 or not above else []), *above])
        if q == 1 and not below:
            return row(sign, top)
        bottom = self._product([*([sp.Integer(q)] if q != 1 else []), *below])
        return row(sign, f"<mfrac>{top}{bottom}</mfrac>")

    def _product(self, factors: Sequence[sp.Expr], alone: bool = True) -> str:
        """Factors beside each other; one by itself needs no brackets."""
        if alone and len(factors) == 1:
            return str(self._print(factors[0]))
        printed = [self._held(factor, "Mul") for factor in factors]
        between = (
            times(text, _place(factor) == _WORD)
            for factor, text in zip(factors[1:], printed[1:], strict=True)
        )
        return row(printed[0], *(a + b for a, b in zip(between, printed[1:], strict=True)))

    def _print_Pow(self, expr: sp.Pow) -> str:
        base, exponent = expr.args
        if exponent.is_Rational and exponent < 0:
            return f"<mfrac><mn>1</mn>{self._print(_power(base, -exponent))}</mfrac>"
        if exponent == sp.S.Half:
            return f"<msqrt>{self._print(base)}</msqrt>"
        raised = self._raised(exponent)
        if _place(base) == _WORD:
            head = f"<msup>{word(type(base).__name__)}{raised}</msup>"
            return row(head, APPLIED, self._argument(base.args[0]))
        inside = self._print(base)
        held = inside if isinstance(base, _ATOMS) else bracketed(inside)
        return f"<msup>{held}{raised}</msup>"

    def _raised(self, exponent: sp.Expr) -> str:
        if exponent.is_Rational and exponent.q != 1:
            return row(f"<mn>{exponent.p}</mn>", "<mo>/</mo>", f"<mn>{exponent.q}</mn>")
        return str(self._print(exponent))

    # functions

    def _print_Function(self, expr: sp.Expr) -> str:
        name = type(expr).__name__
        if not isinstance(expr, AppliedUndef):
            return row(word(name), APPLIED, self._argument(expr.args[0]))
        arguments = listed(map(self._print, expr.args))
        if name == "E":
            return row("<mi>𝔼</mi>", bracketed(arguments, "[", "]"))
        return row(symbol(name), bracketed(arguments))

    _print_re = _print_im = _print_Function

    def _argument(self, expr: sp.Expr) -> str:
        inside = self._print(expr)
        return inside if expr.is_Symbol else bracketed(inside)

    def _print_exp(self, expr: sp.Expr) -> str:
        return f"<msup><mi>e</mi>{self._raised(expr.args[0])}</msup>"

    def _print_Abs(self, expr: sp.Expr) -> str:
        return bracketed(self._print(expr.args[0]), "|", "|")

    def _print_conjugate(self, expr: sp.Expr) -> str:
        if isinstance(expr.args[0], sp.Indexed):
            return self._indexed(expr.args[0], lambda name: symbol(f"{name}_bar"))
        if expr.args[0].is_Symbol:
            return symbol(f"{expr.args[0].name}_bar")
        return over(self._print(expr.args[0]))

    def _print_KroneckerDelta(self, expr: sp.Expr) -> str:
        lag, place = sorted(expr.args, key=lambda argument: argument.is_number)
        return f"<msub><mi>δ</mi>{listed([self._print(lag), self._print(place)])}</msub>"

    def _print_C(self, expr: sp.Expr) -> str:
        order, z = expr.args
        name = over("<mi>C</mi>") if isinstance(expr, C_bar) else "<mi>C</mi>"
        if order:
            name = f"<msup>{name}<mo>{'′' * int(order)}</mo></msup>"
        return row(name, bracketed(self._print(z)))

    _print_C_plus = _print_C_bar = _print_C

    # sums, limits, derivatives

    def _print_Sum(self, expr: sp.Sum) -> str:
        signs = (
            f"<munderover><mo>∑</mo>{row(self._print(i), '<mo>=</mo>', self._print(low))}"
            f"{self._print(high)}</munderover>"
            for i, low, high in expr.limits
        )
        return row(*signs, self._held(expr.function, "Mul"))

    def _print_Integral(self, expr: sp.Integral) -> str:
        measures = (row("<mo>d</mo>", self._print(limit[0])) for limit in expr.limits)
        return row("<mo>∫</mo>", self._held(expr.function, "Mul"), *measures)

    def _print_Limit(self, expr: sp.Limit) -> str:
        inside, variable, target, side = expr.args
        end = self._print(target)
        if not target.is_infinite:
            end = f"<msup>{end}<mo>{str(side).replace('-', '−')}</mo></msup>"
        below = row(self._print(variable), operator("→"), end)
        return row(f"<munder><mo>lim</mo>{below}</munder>", self._held(inside, "Mul"))

    def _print_Derivative(self, expr: sp.Derivative) -> str:
        total = sum(count for _, count in expr.variable_count)
        d = "<mi>∂</mi>" if requires_partial(expr) else '<mi mathvariant="normal">d</mi>'
        sign = f"<msup>{d}<mn>{total}</mn></msup>" if total > 1 else d
        below = row(*(d + self._print(_power(v, count)) for v, count in expr.variable_count))
        if isinstance(expr.expr, AppliedUndef | sp.Symbol | sp.Indexed):
            return f"<mfrac>{row(sign, self._print(expr.expr))}{below}</mfrac>"
        return row(f"<mfrac>{sign}{below}</mfrac>", self._held(expr.expr, "Mul"))

    def _print_Partial(self, expr: sp.Expr) -> str:
        inside, *by = expr.args
        d = "<mi>∂</mi>"
        above = f"<msup>{d}<mn>{len(by)}</mn></msup>" if len(by) > 1 else d
        orders = [(p, by.count(p)) for p in dict.fromkeys(by)]
        below = row(*(d + self._print(_power(p, sp.Integer(n))) for p, n in orders))
        return f"<mfrac>{row(above, self._held(inside, 'Pow'))}{below}</mfrac>"

    def _print_Subs(self, expr: sp.Subs) -> str:
        inside, variables, values = expr.args
        pairs = (
            row(self._print(v), operator("="), self._print(value))
            for v, value in zip(variables, values, strict=True)
        )
        return f"<msub>{bracketed(self._print(inside), '', '|')}{listed(pairs)}</msub>"

    def _print_Relational(self, expr: sp.Rel) -> str:
        sign = operator(_RELATIONS[type(expr)])
        return row(self._print(expr.lhs), sign, self._print(expr.rhs))


def _added(term: str) -> str:
    """The term with its sign before it."""
    inside = term.removeprefix(f"<mrow>{_MINUS}")
    if inside == term:
        return operator("+") + term
    return operator("−") + "<mrow>" + inside


def _power(base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
    """x^n kept as it is, except that x¹ is x."""
    return base if exponent == 1 else sp.Pow(base, exponent, evaluate=False)


def _place(factor: sp.Expr) -> int:
    """A factor's place in a product: letters, then what has brackets, last functions and sums."""
    base = factor.base if factor.is_Pow else factor
    if base.is_Symbol or (isinstance(base, sp.conjugate) and base.args[0].is_Symbol):
        return 0
    if isinstance(base, sp.Sum | sp.Limit) or type(base).__name__ in _NAMED:
        return _WORD
    return 0 if base.is_number else 1


_WORD = 2
_NAMED = frozenset({"sin", "cos", "tan", "sinh", "cosh", "tanh", "sech", "log", "re", "im"})
_ATOMS = (sp.Symbol, sp.Indexed, sp.Abs, sp.conjugate, sp.Integer, AppliedUndef, C)
