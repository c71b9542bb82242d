"""SymPy expressions evaluated node by node in some arithmetic: balls, NumPy arrays, Torch tensors.

Each expression is read once, and what occurs in it several times is evaluated once.

No code is generated or executed on the way, so expressions from strangers are safe here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import add, mul
from typing import Any

import numpy as np
import sympy as sp


class NotEvaluated(ValueError):
    """An expression with a free symbol, an unknown function, or no value at the point."""


@dataclass(frozen=True)
class Arithmetic:
    """How one kind of number does what the expressions need.

    Attributes:
        number: makes a constant from a SymPy rational, π, e or i.
        functions: function name → implementation.
        power: base and exponent → power, for exponents that are not integers.

    """

    number: Callable[[sp.Expr], Any]
    functions: Mapping[str, Callable[..., Any]]
    power: Callable[[Any, Any], Any] = pow


def evaluate_in(expr: sp.Expr, values: Mapping[sp.Symbol, Any], arithmetic: Arithmetic) -> Any:
    """The value of `expr` where its symbols have `values`.

    Raises:
        NotEvaluated: for a symbol without value or a function that is not known.

    """
    symbols, steps = _program(expr)
    for symbol in symbols:
        if symbol not in values:
            raise NotEvaluated(f"{symbol} has no value")
    found = [values[symbol] for symbol in symbols]
    for operation, places in steps:
        found.append(operation(arithmetic, *[found[place] for place in places]))
    return found[-1]


Operation = Callable[..., Any]  # of an arithmetic, and of values in it


@lru_cache(maxsize=4096)
def _program(expr: sp.Expr) -> tuple[list[sp.Symbol], list[tuple[Operation, list[int]]]]:
    """An expression's symbols, and the operations that lead from their values to its own.

    Each operation is applied to earlier results, which are counted from the symbols on.
    """
    symbols = sorted(expr.atoms(sp.Symbol), key=str)
    places = {symbol: place for place, symbol in enumerate(symbols)}
    steps: list[tuple[Operation, list[int]]] = []

    def place_of(node: sp.Expr) -> int:
        if node not in places:
            operation, parts = _operation(node)
            steps.append((operation, [place_of(part) for part in parts]))
            places[node] = len(symbols) + len(steps) - 1
        return places[node]

    place_of(expr)
    return symbols, steps


def _operation(node: sp.Expr) -> tuple[Operation, tuple[sp.Expr, ...]]:
    """What a node does, and with which parts."""
    if not node.args and node.is_number:
        return lambda arithmetic: arithmetic.number(node), ()
    if node.is_Add:
        return lambda _, *terms: reduce(add, terms), node.args
    if node.is_Mul:
        return lambda _, *factors: reduce(mul, factors), node.args
    if isinstance(node, sp.exp):
        return lambda arithmetic, z: arithmetic.functions["exp"](z), (node.exp,)
    if isinstance(node, sp.Pow):
        if node.exp.is_Integer:
            exponent = int(node.exp)
            return lambda _, base: base**exponent, (node.base,)
        if node.exp == sp.S.Half:
            return lambda arithmetic, base: arithmetic.functions["sqrt"](base), (node.base,)
        if node.exp == -sp.S.Half:
            return lambda arithmetic, base: 1 / arithmetic.functions["sqrt"](base), (node.base,)
        return lambda arithmetic, base, power: arithmetic.power(base, power), node.args
    name = node.func.__name__

    def function(arithmetic: Arithmetic, *args: Any) -> Any:
        if name not in arithmetic.functions:
            raise NotEvaluated(f"{node} cannot be evaluated")
        return arithmetic.functions[name](*args)

    return function, node.args


@lru_cache(maxsize=4096)
def _float(constant: sp.Expr) -> float | complex:
    return 1j if constant is sp.I else float(constant)


# principal branches: a root of what is negative is a complex number
NUMPY = Arithmetic(
    number=_float,
    functions={
        name: getattr(np, numpy_name)
        for name, numpy_name in {
            **{n: n for n in ("exp", "sin", "cos", "tan", "sinh", "cosh", "tanh")},
            "asinh": "arcsinh",
            "conjugate": "conj",
            "Abs": "abs",
            "re": "real",
            "im": "imag",
            "sign": "sign",
        }.items()
    }
    | {"sqrt": np.emath.sqrt, "log": np.emath.log, "atanh": np.emath.arctanh},
    power=np.emath.power,
)


@lru_cache(maxsize=4096)
def _long(constant: sp.Expr) -> Any:
    if constant is sp.I:
        return np.clongdouble(1j)
    if constant.is_Rational:
        return np.longdouble(int(constant.p)) / np.longdouble(int(constant.q))
    return np.longdouble(str(constant.evalf(25)))


# NumPy's longest floats: 64 bits of mantissa on most machines, no more than 53 on some
LONG = Arithmetic(number=_long, functions=NUMPY.functions, power=NUMPY.power)


def torch_arithmetic() -> Arithmetic:
    """Arithmetic on Torch tensors, differentiable; imports torch when called."""
    import torch

    names = ("exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "sqrt", "asinh", "atanh")
    functions: dict[str, Callable[..., Any]] = {n: getattr(torch, n) for n in names}
    functions |= {
        "conjugate": torch.conj,
        "Abs": torch.abs,
        "sign": torch.sgn,
        "re": torch.real,
        "im": lambda z: z.imag if z.is_complex() else torch.zeros_like(z),
    }
    tensors = {name: _on_tensors(function) for name, function in functions.items()}
    return Arithmetic(number=_float, functions=tensors)


def _on_tensors(function: Callable[..., Any]) -> Callable[..., Any]:
    import torch

    def apply(value: Any) -> Any:
        if not isinstance(value, torch.Tensor):
            dtype = torch.complex128 if isinstance(value, complex) else torch.float64
            value = torch.tensor(value, dtype=dtype)
        return function(value)

    return apply
