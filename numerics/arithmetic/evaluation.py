"""SymPy expressions evaluated node by node in some arithmetic: balls, NumPy arrays, Torch tensors.

No code is generated or executed on the way, so expressions from strangers are safe here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
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
    if expr.is_Symbol:
        if expr not in values:
            raise NotEvaluated(f"{expr} has no value")
        return values[expr]
    if not expr.args and expr.is_number:
        return arithmetic.number(expr)
    args = (evaluate_in(a, values, arithmetic) for a in expr.args)
    if expr.is_Add:
        return reduce(add, args)
    if expr.is_Mul:
        return reduce(mul, args)
    if isinstance(expr, sp.exp):
        return arithmetic.functions["exp"](evaluate_in(expr.args[0], values, arithmetic))
    if isinstance(expr, sp.Pow):
        base = evaluate_in(expr.base, values, arithmetic)
        if expr.exp.is_Integer:
            return base ** int(expr.exp)
        if abs(expr.exp) == sp.S.Half:
            root = arithmetic.functions["sqrt"](base)
            return root if expr.exp > 0 else 1 / root
        return arithmetic.power(base, evaluate_in(expr.exp, values, arithmetic))
    if expr.func.__name__ not in arithmetic.functions:
        raise NotEvaluated(f"{expr} cannot be evaluated")
    return arithmetic.functions[expr.func.__name__](*args)


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
