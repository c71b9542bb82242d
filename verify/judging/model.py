"""A claim in SymPy: its symbols, input, unit and both of its sides."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import sympy as sp

from theory.algebra.conjugation import polarised
from theory.algebra.presentation import present, readable
from theory.catalogue import Unit, quantity
from theory.inputs import ArbitraryInput, Input, StationaryInput, from_expression
from theory.symbols import Delta
from verify.claims.claim import Claim, Derivative
from verify.claims.expressions import Expression, name_of, parse
from verify.claims.trial import Trial
from verify.judging.evidence import Evidence

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

# what "any stationary input" is tried on by the numerical routes
_INSTANCES = ("KroneckerDelta(Delta, 0) - 2/5*KroneckerDelta(Delta, 1)", "(9/10)**Delta*cos(Delta)")
_COMPLEX_INSTANCES = ("(3/5)**Delta*exp(I*Delta)", "(9/10)**Delta*exp(-2*I*Delta)/2")


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


@dataclass(frozen=True, eq=False)
class Model:
    """A claim's two sides and their ingredients, as SymPy expressions.

    Compared by identity, so that what follows from a model can be remembered. A claim about an
    experiment has what its trials measured, `trial_results`, instead of two sides.
    Raises MeaningError from its properties where the claim has no meaning.
    """

    claim: Claim
    trial_results: Mapping[Trial, Evidence] = field(default_factory=dict)

    @cached_property
    def symbols(self) -> dict[str, sp.Symbol]:
        """Parameter name → symbol; complex ones without assumptions, all others real."""
        return {name: self._symbol(name) for name in self.claim.parameters}

    def _symbol(self, name: str) -> sp.Symbol:
        if name == self.claim.horizon:
            return sp.Symbol(name, integer=True, positive=True)
        if self.claim.is_complex(name):
            return sp.Symbol(name)
        interval = self.claim.interval(name)
        lower = to_sympy(interval.lower, {}) if interval.lower else -sp.oo
        return (
            sp.Symbol(name, positive=True)
            if lower >= 0 and interval.lower_strict
            else sp.Symbol(name, real=True)
        )

    @cached_property
    def names(self) -> dict[str, sp.Expr]:
        """What each name in the claim's expressions stands for, λ included."""
        names: dict[str, sp.Expr] = dict(self.symbols)
        for pole in self.claim.poles:  # λ comes before λ*, which may be said to equal it
            if pole in self.claim.eigenvalue:
                eigenvalue = to_sympy(self.claim.eigenvalue[pole], names)
                names[pole] = sp.bottom_up(eigenvalue, _by_euler)
        return names

    @cached_property
    def input(self) -> Input:
        """The stationary input."""
        if self.claim.arbitrary:
            return ArbitraryInput(is_real=not self.claim.complex_input)
        try:
            return from_expression(to_sympy(self.claim.autocorrelation, self.symbols))
        except ValueError as error:
            raise MeaningError(
                f"autocorrelation {self.claim.autocorrelation.source!r}: {error}"
            ) from None

    @cached_property
    def unit(self) -> Unit:
        """Poles, normalisers and parameters."""
        claim = self.claim
        if claim.differentiate_gamma and any(
            claim.is_complex(d.name) and not d.part for d in claim.wrt
        ):
            raise MeaningError(
                f"field 'differentiate_gamma': by the complex {claim.wrt[0]} it is ambiguous; give "
                "an eigenvalue of real parameters, or real bounds"
            )
        return Unit(
            poles=tuple(self.names[pole] for pole in claim.poles),
            gammas=tuple(self._gamma(pole) for pole in claim.poles),
            wrt=tuple(self._by(d) for d in claim.wrt),
            differentiate_gamma=claim.differentiate_gamma,
            horizon=self.symbols[claim.horizon] if claim.horizon else None,
        )

    def _gamma(self, pole: str) -> sp.Expr:
        """γ of one pole, which it knows as λ."""
        if pole not in self.claim.gamma:
            return sp.S.One
        names = self.names | {"lambda": self.names[pole]}
        return to_sympy(self.claim.gamma[pole], names, self.input)

    def _by(self, derivative: Derivative) -> sp.Expr:
        symbol = self.symbols[derivative.name]
        return {"": symbol, "re": sp.re(symbol), "im": sp.im(symbol)}[derivative.part]

    @cached_property
    def value(self) -> sp.Expr:
        """The quantity, derived from the kernel; polarised."""
        try:
            return quantity(self.claim.quantity, self.input, self.unit)
        except ValueError as error:
            raise MeaningError(str(error)) from None

    @cached_property
    def formula(self) -> sp.Expr:
        """The claimed formula, as written."""
        return to_sympy(self.claim.formula, self.names, self.input)

    @cached_property
    def difference(self) -> sp.Expr:
        """Formula minus quantity, polarised."""
        return polarised(self.formula) - self.value

    @property
    def correction(self) -> str:
        """The quantity in closed form, as text."""
        return str(readable(present(self.value)))

    def instances(self) -> list[Model]:
        """The claim for concrete inputs: itself, or samples of "any stationary input"."""
        return self._instances

    @cached_property
    def _instances(self) -> list[Model]:
        if not self.claim.arbitrary:
            return [self]
        texts = _COMPLEX_INSTANCES if self.claim.complex_input else _INSTANCES
        return [Model(replace(self.claim, autocorrelation=parse(text))) for text in texts]


def _by_euler(expr: sp.Expr) -> sp.Expr:
    """A sum that Euler's formula shortens, shortened: cos θ + i sin θ is e^{iθ}."""
    if not (expr.is_Add and expr.has(sp.cos, sp.sin, sp.cosh, sp.sinh)):
        return expr
    shorter = sp.expand(expr.rewrite(sp.exp))
    return shorter if len(sp.Add.make_args(shorter)) < len(expr.args) else expr


def concrete(x: Input) -> StationaryInput:
    """The input, known to be of closed form."""
    if isinstance(x, ArbitraryInput):
        raise MeaningError("an arbitrary input has no numbers; take one of the instances")
    return x
