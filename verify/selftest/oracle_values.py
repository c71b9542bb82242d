"""Values for the oracle: expressions evaluated by mpmath, with what has no value told apart."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mpmath import mp

from verify.claims.expressions import name_of

DIGITS = 300


STEP = 60  # finite differences of 10^−STEP


FAR_LAG = 10**30  # where every convergent geometric series that is looked at has long died


HEAD = 24  # terms of a sum that are added one by one before a recurrence is looked for


RECURRENCES = (1, 2, 3, 4)  # their orders


MANY_TERMS = 2000


QUIET = 6  # terms of a sum in a row that add nothing


AGREE = 25  # digits that equal numbers share


Point = Mapping[str, Any]


Lags = Callable[[int], Any]


Known = dict[object, Any]


class NoTruth(ValueError):
    """A claim beyond the oracle's definitions; the message says why."""


class _Meaningless(ValueError):
    pass


def _agree(a: Any, b: Any) -> bool:
    # what ought to be 0 is what rounding left of it
    scale = max(abs(a) + abs(b), mp.mpf(10) ** -AGREE) if b else 1
    return bool(abs(a - b) <= mp.mpf(10) ** -AGREE * scale)


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
            term = node.args[0]
            return _series(lambda lag: _value(term, {**values, "Delta": mp.mpf(lag)}, lags))
        case ast.Call(func=ast.Name(id="KroneckerDelta")):
            a, b = (_value(arg, values, lags) for arg in node.args)
            return mp.mpf(a == b)
        case ast.Call(func=ast.Name(id=name)):
            return _FUNCTIONS[name](_value(node.args[0], values, lags))
    raise AssertionError(f"unchecked syntax {ast.dump(node)}")


def _series(term: Callable[[int], Any]) -> Any:
    """Σ_{Δ≥1} of a term, if it converges absolutely; else it has no value."""
    try:
        far, farther = abs(term(FAR_LAG)), abs(term(2 * FAR_LAG))
        total = sum(term(lag) for lag in range(1, HEAD))
        tail = [term(HEAD + k) for k in range(3 * RECURRENCES[-1])]
    except ZeroDivisionError:  # 0 to the power of −Δ
        raise _Meaningless from None
    if farther >= far > 0:
        raise _Meaningless
    if farther <= far * mp.mpf(10) ** -AGREE and (rest := _sum_by_recurrence(tail)) is not None:
        return total + rest
    quiet = 0
    for lag in range(HEAD, MANY_TERMS):
        total += (added := term(lag))
        quiet = quiet + 1 if abs(added) <= mp.mpf(10) ** -(2 * AGREE) * abs(total) else 0
        if quiet == QUIET:
            return total
    return _beyond("a sum that converges so slowly")


def _sum_by_recurrence(terms: Sequence[Any]) -> Any:
    """The sum of a convergent series of exponential polynomials, from its first terms, or None.

    Σ t_k z^k is a ratio P(z)/Q(z) whose Q has the coefficients of the recurrence; here z is 1.
    """
    if not any(terms):
        return mp.mpf(0)
    for n in RECURRENCES:
        rows = [list(reversed(terms[k : k + n])) for k in range(len(terms) - n)]
        try:
            weights = list(mp.lu_solve(mp.matrix(rows[:n]), mp.matrix(terms[n : 2 * n])))
        except ZeroDivisionError:
            continue
        told = (sum(w * t for w, t in zip(weights, row, strict=True)) for row in rows)
        if all(_agree(t, value) for t, value in zip(terms[n:], told, strict=True)):
            q = [mp.mpf(1), *(-w for w in weights)]
            return sum(terms[j] * sum(q[: n - j]) for j in range(n)) / sum(q)
    return None


def _beyond(what: str) -> Any:
    raise NoTruth(f"{what} has no value here")


def _is_on_cut(z: Any) -> bool:
    return bool(mp.im(z) == 0 and mp.re(z) < 0)


def _leaves_the_reals(node: ast.expr, values: Mapping[str, Any]) -> bool:
    """Whether a root or a logarithm of what is negative is taken in a checked tree."""
    return any(
        isinstance(part, ast.Call)
        and isinstance(part.func, ast.Name)
        and part.func.id in ("sqrt", "log")
        and _is_on_cut(_chopped(_value(part.args[0], values, None)))
        for part in ast.walk(node)
    )


def _chopped(z: Any) -> Any:
    return mp.chop(z, mp.mpf(10) ** (STEP - DIGITS))


def _on_branch(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The principal root or logarithm; a value that is on the cut but for rounding is on it."""

    def evaluated(z: Any) -> Any:
        z = _chopped(z)
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
