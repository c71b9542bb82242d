"""The values of a claim's own text at a point, in balls: principal branches, nothing rewritten.

The numerical routes compare with these. Algebra reads the same text on its own, in
`translation` and in `exact.reader`: where its reading has another value, nothing is proved by it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import flint

from numerics.arithmetic.balls import BALLS, power
from numerics.arithmetic.evaluation import NotEvaluated
from verify.claims.claim import Claim
from verify.claims.expressions import LAG, OUTPUT, Expression, name_of, rational_of

BITS_OUTSIDE = 30  # of an irrational bound

_CONSTANTS: Mapping[str, Callable[[], flint.acb]] = {
    "pi": lambda: flint.acb(flint.arb.pi()),
    "E": lambda: flint.acb(1).exp(),
    "I": lambda: flint.acb(0, 1),
}


@dataclass(frozen=True)
class Text:
    """A claim's expressions at one point.

    Attributes:
        claim: whose expressions they are.
        parameters: a ball around each parameter, by name.
        series: the value of sum(…), given what stands in the brackets.
        lags: the value of R at a lag, as algebra has it.

    """

    claim: Claim
    parameters: Mapping[str, flint.acb]
    series: Callable[[ast.expr], flint.acb]
    lags: Callable[[int], flint.acb]

    @cached_property
    def names(self) -> dict[str, flint.acb]:
        """The value of each name, the poles included."""
        names = dict(self.parameters)
        for pole in self.claim.poles:  # λ comes before λ*, which may be said to equal it
            if pole in self.claim.eigenvalue:
                names[pole] = _value(self.claim.eigenvalue[pole].node, names, self)
        return names

    def pole(self, name: str) -> flint.acb:
        """The value of a pole."""
        return self.names[name]

    def gamma(self, pole: str) -> flint.acb:
        """The value of a pole's normaliser, in whose formula the pole is λ."""
        if pole not in self.claim.gamma:
            return flint.acb(1)
        names = self.names | {"lambda": self.names[pole]}
        return _value(self.claim.gamma[pole].node, names, self)

    @property
    def formula(self) -> flint.acb:
        """The value of the claimed formula."""
        return _value(self.claim.formula.node, self.names, self)

    def autocorrelation(self, lag: int) -> flint.acb:
        """The value of R at a lag ≥ 0; of an output(R, pole), that of the R in the brackets."""
        node, _ = units_in_a_row(self.claim.autocorrelation.node)
        return _value(node, {**self.parameters, LAG: flint.acb(lag)}, self)

    def driving(self, lag: int) -> flint.acb:
        """What R has to be at a lag ≥ 0 of the first unit's input, given what algebra has for R.

        If y_t = a y_{t−1} + x_t, then R_x(k) = (1 + |a|²) R_y(k) − a R_y(k−1) − ā R_y(k+1).
        """
        _, poles = units_in_a_row(self.claim.autocorrelation.node)
        reach = range(lag - len(poles), lag + len(poles) + 1)
        R = [self.lags(k) if k >= 0 else self.lags(-k).conjugate() for k in reach]
        for pole in poles:
            a = _value(pole, self.parameters, self)
            R = [
                (1 + abs(a) ** 2) * now - a * before - a.conjugate() * after
                for before, now, after in zip(R, R[1:], R[2:], strict=False)
            ]
        return R[0]


def units_in_a_row(node: ast.expr) -> tuple[ast.expr, list[ast.expr]]:
    """The R that drives nested output(R, pole), and the poles, the last unit's first."""
    poles = []
    while isinstance(node, ast.Call) and getattr(node.func, "id", "") == OUTPUT:
        node, pole = node.args
        poles.append(pole)
    return node, poles


def constant(expression: Expression) -> flint.acb:
    """A ball around a constant expression, at the current precision."""
    return _value(expression.node, {})


def outside(bound: Expression | None, side: int) -> Fraction | None:
    """A rational bound as it is, an irrational one rounded down (side −1) or up; None for none."""
    if bound is None or (exact := rational_of(bound.node)) is not None:
        return None if bound is None else exact
    ball = constant(bound).real * 2**BITS_OUTSIDE
    if not ball.is_finite():
        return None
    end = ball.lower().floor() if side < 0 else ball.upper().ceil()
    return Fraction(int(end.fmpz()), 2**BITS_OUTSIDE)


def _value(node: ast.expr, names: Mapping[str, flint.acb], text: Text | None = None) -> flint.acb:
    """The value of a checked tree; `text` knows what R and sum are."""
    match node:
        case ast.Constant():
            fraction = node.value
            return flint.acb(flint.fmpq(fraction.numerator, fraction.denominator))  # type: ignore[union-attr]
        case ast.Name():
            name = name_of(node)
            return _CONSTANTS[name]() if name in _CONSTANTS else names[name]
        case ast.UnaryOp():
            inner = _value(node.operand, names, text)
            return -inner if isinstance(node.op, ast.USub) else inner
        case ast.BinOp():
            left, right = _value(node.left, names, text), _value(node.right, names, text)
            match node.op:
                case ast.Add():
                    return left + right
                case ast.Sub():
                    return left - right
                case ast.Mult():
                    return left * right
                case ast.Div():
                    return left / right
            return power(left, right)
        case ast.Call(func=ast.Name(id=function)) if function == OUTPUT:
            raise NotEvaluated(f"{OUTPUT}(R, pole) beside something else")
        case ast.Call(func=ast.Name(id="sum")) if text:
            return text.series(node.args[0])
        case ast.Call(func=ast.Name(id="R")) if text:
            lag = _value(node.args[0], names, text)
            return text.lags(int(float(lag.real.mid())))
        case ast.Call(func=ast.Name(id=function)):
            arguments = [_value(argument, names, text) for argument in node.args]
            ball: flint.acb = BALLS.functions[_FUNCTIONS.get(function, function)](*arguments)
            return ball
    raise AssertionError(f"unchecked syntax {ast.dump(node)}")


_FUNCTIONS = {"abs": "Abs"}
