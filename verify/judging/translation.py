"""Checked expressions in SymPy, exact."""

from __future__ import annotations

import ast
from collections.abc import Mapping

import sympy as sp

from theory.inputs import Input, from_expression
from theory.symbols import Delta
from verify.claims.expressions import Expression, name_of, parse

_FUNCTIONS: Mapping[str, type] = {
    "sqrt": sp.sqrt,
    "exp": sp.exp,
    "log": sp.log,
    "sin": sp.sin,
    "cos": sp.cos,
    "tan": sp.tan,
    "sinh": sp.sinh,
    "cosh": sp.cosh,
    "tanh": sp.tanh,
    "asinh": sp.asinh,
    "atanh": sp.atanh,
    "KroneckerDelta": sp.KroneckerDelta,
}
_CONJUGATIONS = {"abs": sp.Abs, "re": sp.re, "im": sp.im, "conjugate": sp.conjugate}
_CONSTANTS = {"pi": sp.pi, "I": sp.I, "E": sp.E}


class MeaningError(ValueError):
    """A well-formed claim without meaning, e.g. an autocorrelation that is none."""


def to_sympy(
    expression: Expression | str,
    names: Mapping[str, sp.Expr],
    x: Input | None = None,
) -> sp.Expr:
    """A checked expression in SymPy, exact: decimals become rationals.

    Args:
        expression: the expression, or text to be checked first.
        names: what each parameter stands for.
        x: the input that R(k) and sum(…) are about.

    Raises:
        MeaningError: for an infinite or undefined constant, such as 1/0.

    """
    if isinstance(expression, str):
        expression = parse(expression)
    result = _Translator(expression.source, names, x).translate(expression.node)
    if result.has(sp.zoo, sp.nan, sp.oo):
        raise MeaningError(f"{expression.source!r} divides by zero")
    return result


class _Translator:
    def __init__(self, source: str, names: Mapping[str, sp.Expr], x: Input | None) -> None:
        self.source, self.names, self.x = source, names, x

    def translate(self, node: ast.expr) -> sp.Expr:
        match node:
            case ast.Constant():
                return sp.Rational(node.value)
            case ast.Name():
                return self.name(name_of(node))
            case ast.UnaryOp():
                inner = self.translate(node.operand)
                return -inner if isinstance(node.op, ast.USub) else inner
            case ast.BinOp():
                left, right = self.translate(node.left), self.translate(node.right)
                match node.op:
                    case ast.Add():
                        return left + right
                    case ast.Sub():
                        return left - right
                    case ast.Mult():
                        return left * right
                    case ast.Div():
                        return left / right
                    case _:
                        return left**right
            case ast.Call(func=ast.Name(id="R")):
                return self.autocorrelation_at(self.translate(node.args[0]))
            case ast.Call(func=ast.Name(id="sum")):
                return self.series(self.translate(node.args[0]))
            case ast.Call(func=ast.Name(id=function)) if function in _CONJUGATIONS:
                # left as they stand: SymPy would expand what is inside, `polarised` need not
                return _CONJUGATIONS[function](self.translate(node.args[0]), evaluate=False)
            case ast.Call(func=ast.Name(id=function)):
                return _FUNCTIONS[function](*(self.translate(arg) for arg in node.args))
        raise AssertionError(f"unchecked syntax {ast.dump(node)}")

    def name(self, name: str) -> sp.Expr:
        if name in _CONSTANTS:
            return _CONSTANTS[name]
        if name == "Delta":
            return Delta
        if name not in self.names:
            raise MeaningError(f"{self.source!r}: unknown symbol {name!r}")
        return self.names[name]

    def autocorrelation_at(self, lag: sp.Expr) -> sp.Expr:
        if lag == Delta:
            return _AT_LAG
        if self.x is None or not (lag.is_Integer and lag >= 0):
            raise MeaningError(f"{self.source!r}: write R(Delta) inside sum(), or R(k) with k >= 0")
        return self.x.autocorrelation(lag)

    def series(self, term: sp.Expr) -> sp.Expr:
        if self.x is None:
            raise MeaningError(f"{self.source!r}: sum() belongs into a claim's formula or gamma")
        coefficients = sp.Poly(sp.expand(term), _AT_LAG)
        if coefficients.degree() > 1:
            raise MeaningError(f"{self.source!r}: sum() is linear in R(Delta)")
        weight, rest = coefficients.coeff_monomial(_AT_LAG), coefficients.coeff_monomial(1)
        try:
            plain = from_expression(rest).generating_function(sp.S.One)
            return self.x.weighted_sum(weight) + plain
        except ValueError as error:
            raise MeaningError(f"{self.source!r}: {error}") from None


_AT_LAG = sp.Dummy("R")
