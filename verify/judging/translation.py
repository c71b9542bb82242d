"""Checked expressions in SymPy, exact."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Protocol

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.polys.polyerrors import PolynomialError

from numerics.arithmetic.balls import BALLS, evaluate
from numerics.arithmetic.evaluation import NotEvaluated
from theory.algebra.generating_functions import C, C_bar
from theory.algebra.presentation import readable
from theory.filtering import output
from theory.inputs import ArbitraryInput, Input, StationaryInput, from_expression
from theory.symbols import Delta
from verify.claims.expressions import Expression, is_compared, name_of, parse, shown
from verify.judging.evidence import MeaningError
from verify.judging.obligations.obligation import Kind

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


class Reader(Protocol):
    """What the translation of an expression asks and tells."""

    def sign(self, expr: sp.Expr) -> int:
        """The sign of an expression on the whole domain; 0 where it is not known or not real."""

    def emit(self, kind: Kind, function: sp.Expr, node: ast.expr, fault: str = "") -> None:
        """Take note that the expression has a value only where something is said of a function."""


class _Careless:
    """A reader for constants, and for inputs of which nothing is known."""

    def sign(self, expr: sp.Expr) -> int:
        return -1 if expr.is_negative else 0

    def emit(self, kind: Kind, function: sp.Expr, node: ast.expr, fault: str = "") -> None:
        pass


def to_sympy(
    expression: Expression | str,
    names: Mapping[str, sp.Expr],
    x: Input | None = None,
    reader: Reader = _Careless(),  # noqa: B008 (it has no state)
) -> sp.Expr:
    """A checked expression in SymPy, exact: decimals become rationals.

    Roots, powers and logarithms of what is negative on the whole domain are taken apart by their
    principal branch: algebra may conjugate what is left through their arguments.

    Args:
        expression: the expression, or text to be checked first.
        names: what each parameter stands for.
        x: the input that R(k) and sum(…) are about.
        reader: knows signs, and is told where the expression has no value.

    Raises:
        MeaningError: for an infinite or undefined constant, such as 1/0.

    """
    if isinstance(expression, str):
        expression = parse(expression)
    result = _Translator(expression.source, names, x, reader).translate(expression.node)
    if result.has(sp.zoo, sp.nan, sp.oo):
        raise MeaningError(f"{expression.source!r} divides by zero")
    return result


class _Translator:
    def __init__(
        self,
        source: str,
        names: Mapping[str, sp.Expr],
        x: Input | None,
        reader: Reader = _Careless(),  # noqa: B008
    ) -> None:
        self.source, self.names, self.x, self.reader = source, names, x, reader
        self.first_lag = 0  # of R; a sum begins at 1

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
                        return self.compared(left + right, node)
                    case ast.Sub():
                        return self.compared(left - right, node)
                    case ast.Mult():
                        return left * right
                    case ast.Div():
                        self.reader.emit(Kind.NONZERO, right, node.right)
                        return left / right
                    case _:
                        return self.power(left, right, node.left)
            case ast.Call(func=ast.Name(id="R")):
                return self.autocorrelation_at(self.translate(node.args[0]))
            case ast.Call(func=ast.Name(id="sum")):
                self.first_lag = 1
                term = self.translate(node.args[0])
                self.first_lag = 0
                return self.series(term, node.args[0])
            case ast.Call(func=ast.Name(id="output")):
                R, pole = map(self.translate, node.args)
                return self.output(R, pole, node)
            case ast.Call(func=ast.Name(id=function)) if function in _CONJUGATIONS:
                inside = self.translate(node.args[0])
                if inside.is_real:
                    return self.of_real(function, inside)
                # left as they stand: SymPy would expand what is inside, `polarised` need not
                return _CONJUGATIONS[function](inside, evaluate=False)
            case ast.Call(func=ast.Name(id=function)):
                arguments = [self.translate(arg) for arg in node.args]
                return self.function(function, arguments, node.args[0])
        raise AssertionError(f"unchecked syntax {ast.dump(node)}")

    def of_real(self, function: str, x: sp.Expr) -> sp.Expr:
        """The modulus, a part or the conjugate of what is real."""
        match function:
            case "re" | "conjugate":
                return x
            case "im":
                return sp.S.Zero
        return self.reader.sign(x) * x or sp.Abs(x, evaluate=x.is_number)

    def compared(self, value: sp.Expr, node: ast.expr) -> sp.Expr:
        """The sum or difference of what max or min compares, which has to be real."""
        if is_compared(node):
            self.reader.emit(Kind.REAL, value, node)
        return value

    def power(self, base: sp.Expr, exponent: sp.Expr, node: ast.expr) -> sp.Expr:
        """A power, in whose text the base is `node`."""
        # at each lag; 0^0 = 1
        for part in (exponent.subs(Delta, self.first_lag), sp.diff(exponent, Delta)):
            if not (part.is_extended_nonnegative or self.reader.sign(part) > 0):
                self.reader.emit(Kind.NONZERO, base, node)
        if exponent.is_integer:
            return base**exponent
        self.reader.emit(Kind.OFF_CUT, base, node)
        if self.reader.sign(base) < 0:
            return (-base) ** exponent * sp.exp(sp.I * sp.pi * exponent)
        return base**exponent

    def function(self, name: str, arguments: Sequence[sp.Expr], node: ast.expr) -> sp.Expr:
        """A function, in whose text the first argument is `node`."""
        z = arguments[0]
        match name:
            case "sqrt":
                return self.power(z, sp.S.Half, node)
            case "log":
                self.reader.emit(Kind.NONZERO, z, node)
                self.reader.emit(Kind.OFF_CUT, z, node)
                if self.reader.sign(z) < 0:
                    return sp.log(-z) + sp.I * sp.pi
            case "tan":
                self.reader.emit(Kind.NONZERO, sp.cos(z), _about("cos({})", node))
            case "tanh" if not z.is_real:
                self.reader.emit(Kind.NONZERO, sp.cosh(z), _about("cosh({})", node))
            case "atanh":
                self.reader.emit(Kind.NONZERO, 1 - z**2, _about("1 - ({})**2", node))
                self.reader.emit(Kind.OFF_CUT, 1 - z**2, _about("1 - ({})**2", node))
            case "asinh":
                self.reader.emit(Kind.OFF_CUT, 1 + z**2, _about("1 + ({})**2", node))
        value = _FUNCTIONS[name](*arguments)
        if z.free_symbols or name == "KroneckerDelta" or value.has(sp.zoo, sp.nan, sp.oo):
            return value
        ball = BALLS.functions[name](evaluate(z, {}))
        if not ball.is_finite():
            raise NotEvaluated(f"{name}({shown(node)}) is too large a number, or none")
        # what SymPy makes of constants is not always right
        is_right = value.is_number and evaluate(value, {}).overlaps(ball)
        return value if is_right else _FUNCTIONS[name](*arguments, evaluate=False)

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

    def output(self, R: sp.Expr, pole: sp.Expr, node: ast.Call) -> sp.Expr:
        """The autocorrelation of a unit's state, given that of its input."""
        if pole.has(Delta):
            raise MeaningError(f"{self.source!r}: a pole is the same at every lag")
        try:
            x = from_expression(R)
        except ValueError as error:
            raise MeaningError(f"{self.source!r}: {error}") from None
        text = shown(node.args[1])
        inside = f"|{text}| must be below 1, or {shown(node)} has no stationary state; it is not"
        self.reader.emit(
            Kind.POSITIVE, inside_disc(pole), _about("1 - abs({})", node.args[1]), inside
        )
        ratios = [term.ratio for term in x.terms] + [sp.S.Zero] * any(lag for lag, _ in x.lags)
        for ratio in dict.fromkeys(ratios):
            if sp.expand(ratio - pole) != 0:
                equal = f"{text} and {written(ratio)} in {shown(node)} must differ; they are equal"
                self.reader.emit(Kind.NONZERO, ratio - pole, node.args[1], equal)
        return readable(output(x, pole).autocorrelation())

    def series(self, term: sp.Expr, node: ast.expr) -> sp.Expr:
        if self.x is None:
            raise MeaningError(f"{self.source!r}: sum() belongs into a claim's formula or gamma")
        weight, rest = self.split(term)
        for part in summed(weight, rest, self.x, node).terms:
            self.reader.emit(Kind.POSITIVE, inside_disc(part.ratio), node)
        try:
            plain = from_expression(rest).generating_function(sp.S.One)
            return self.x.weighted_sum(weight) + plain
        except ValueError as error:
            raise MeaningError(f"{self.source!r}: {error}") from None

    def split(self, term: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
        """(weight, rest) of a term weight·R(Δ) + rest."""
        # each power of Δ by itself, of which parts and conjugates are sums
        flat = sp.expand(term.doit().replace(sp.re, _real_part).replace(sp.im, _imaginary_part))
        try:
            coefficients = sp.Poly(flat, _AT_LAG)
        except PolynomialError:
            coefficients = None
        if coefficients is None or coefficients.degree() > 1:
            raise MeaningError(
                f"{self.source!r}: sum() is linear in R(Delta); for its conjugates, write "
                "conjugate(sum(...))"
            )
        return coefficients.coeff_monomial(_AT_LAG), coefficients.coeff_monomial(1)


def _real_part(z: sp.Expr) -> sp.Expr:
    return (z + sp.conjugate(z)) / 2


def _imaginary_part(z: sp.Expr) -> sp.Expr:
    return (z - sp.conjugate(z)) / (2 * sp.I)


def _about(text: str, node: ast.expr) -> ast.expr:
    """What is said of a part of an expression, as an expression."""
    return parse(text.format(shown(node))).node


def summand(node: ast.expr, names: Mapping[str, sp.Expr], x: Input) -> StationaryInput:
    """What sum(…) sums, given what stands in the brackets: for any input, the weight of R alone."""
    translator = _Translator(shown(node), names, x)
    return summed(*translator.split(translator.translate(node)), x, node)


def summed(weight: sp.Expr, rest: sp.Expr, x: Input, node: ast.expr) -> StationaryInput:
    """The same, split into weight·R(Δ) + rest."""
    try:
        if isinstance(x, StationaryInput):
            return from_expression(weight * x.autocorrelation() + rest)
        return from_expression(weight) + from_expression(rest)
    except ValueError as error:
        raise MeaningError(f"sum({shown(node)}): {error}") from None


def written(expr: sp.Expr) -> str:
    """A result of algebra as a claim writes it: with R(k), and sums of R for the function C."""
    known = {ArbitraryInput().autocorrelation(0): _R(0)}
    known |= {c: _written_sum(c) for c in expr.atoms(C)}
    for part in expr.atoms(AppliedUndef):
        if part.func.__name__ == "R_bar":
            known[part] = sp.conjugate(_R(*part.args))
    # a name that algebra has a meaning for was given a mark
    return str(expr.xreplace(known)).replace("Abs(", "abs(").replace("'", "")


def _written_sum(part: C) -> sp.Expr:
    order, z = part.args
    is_conjugate = isinstance(part, C_bar)
    z = sp.conjugate(z) if is_conjugate else z
    weight = sp.Mul(*(Delta - k for k in range(order))) * z ** (Delta - order)
    total = sp.Function("sum")(weight * _R(Delta))
    return sp.conjugate(total) if is_conjugate else total


_R = sp.Function("R")


def inside_disc(z: sp.Expr) -> sp.Expr:
    """Something that is positive just where |z| < 1, and negative where |z| > 1."""
    if isinstance(z, sp.exp):
        return -sp.re(z.args[0], evaluate=False)
    return 1 - sp.Abs(z, evaluate=False) ** 2


_AT_LAG = sp.Dummy("R")
