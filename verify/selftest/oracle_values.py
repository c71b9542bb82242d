"""Values for the oracle: expressions evaluated by mpmath, with what has no value told apart."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from mpmath import mp

from verify.claims.expressions import name_of

DIGITS = 300


STEP = 60  # finite differences of 10^−STEP


AGREE = 25  # digits that equal numbers share


# no two of its lags are related: what holds for it by chance holds for any input
MOVING_AVERAGE = ("1", "-3/7", "2/9", "5/11")


TURNING = ("1", "2/5 - I/3", "-1/7 + I/5", "3/11")


Point = Mapping[str, Any]


Lags = Callable[[int], Any]


Known = dict[object, Any]


class NoTruth(ValueError):
    """A claim beyond the oracle's definitions; the message says why."""


class _Meaningless(ValueError):
    pass


def _agree(a: Any, b: Any) -> bool:
    return bool(abs(a - b) <= mp.mpf(10) ** -AGREE * (abs(a) + abs(b) if b else 1))


def _value(node: ast.expr, values: Mapping[str, Any], lags: Lags | None) -> Any:
    """The value of a checked tree."""
    match node:
        case ast.Constant():
            return mp.mpf(node.value.numerator) / node.value.denominator  # type: ignore[union-attr]
        case ast.Name():
            constants = {"pi": mp.pi, "I": mp.j, "E": mp.e}
            name = name_of(node)
            return values[name] if name in values else +constants[name]
        case ast.UnaryOp():
            inner = _value(node.operand, values, lags)
            return -inner if isinstance(node.op, ast.USub) else inner
        case ast.BinOp():
            a, b = (_value(side, values, lags) for side in (node.left, node.right))
            return _ARITHMETIC[type(node.op)](a, b)
        case ast.Call(func=ast.Name(id="R")):
            lag = _value(node.args[0], values, lags)
            return lags(int(lag)) if lags else _beyond("R")
        case ast.Call(func=ast.Name(id="sum")):
            # R(Δ) vanishes from there on
            after = range(1, len(MOVING_AVERAGE) + 1)
            return sum(_value(node.args[0], {**values, "Delta": mp.mpf(d)}, lags) for d in after)
        case ast.Call(func=ast.Name(id="KroneckerDelta")):
            a, b = (_value(arg, values, lags) for arg in node.args)
            return mp.mpf(a == b)
        case ast.Call(func=ast.Name(id=name)):
            return _FUNCTIONS[name](_value(node.args[0], values, lags))
    raise AssertionError(f"unchecked syntax {ast.dump(node)}")


def _beyond(what: str) -> Any:
    raise NoTruth(f"{what} has no value here")


def _on_branch(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A root or logarithm that has no value on its branch cut, where no side is meant."""

    def evaluated(z: Any) -> Any:
        z = mp.chop(z, mp.mpf(10) ** (STEP - DIGITS))
        if mp.im(z) == 0 and mp.re(z) < 0:
            raise _Meaningless
        if z == 0 and function is mp.log:
            raise ZeroDivisionError
        return function(z)

    return evaluated


_ARITHMETIC: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}


def _exp(z: Any) -> Any:
    """e^z; 0 and ∞ where mpmath would carry an exponent of a million digits."""
    if abs(mp.re(z)) > 10**6:
        return mp.mpf(0) if mp.re(z) < 0 else mp.inf
    return mp.exp(z)


_FUNCTIONS: Mapping[str, Callable[[Any], Any]] = {
    "exp": _exp,
    **{n: getattr(mp, n) for n in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    **{n: getattr(mp, n) for n in ("asinh", "atanh", "re", "im")},
    "sqrt": _on_branch(mp.sqrt),
    "log": _on_branch(mp.log),
    "abs": abs,
    "conjugate": mp.conj,
}
