"""Standalone modules from SymPy expressions: NumPy, Torch, SymPy source that imports only those.

A module holds one function per quantity, vectorised over its arguments, which are the
expression's symbols by name; λ is `lam`. A function of 1−λ stands beside each one of a real λ
where 1−λ enters: it is exact where 1−λ itself would lose the digits of λ near 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import sympy as sp
from sympy.printing.pycode import PythonCodePrinter

from theory.conjugation import bar, restored

TARGETS = ("numpy", "torch", "sympy")
_MODULES = {
    "numpy": "import numpy as np",
    "torch": "import torch",
    "sympy": "from sympy import *  # noqa: F403",
}
_RENAMED = {"lambda": "lam"}
_NUMPY_NAMES = {
    **{"Abs": "abs", "asinh": "arcsinh", "atanh": "arctanh", "conjugate": "conj"},
    **{"re": "real", "im": "imag"},
}
_TORCH_NAMES = {"Abs": "abs", "conjugate": "conj", "re": "real", "im": "imag"}


@dataclass(frozen=True)
class Function:
    """One function to print: name, what it returns, and its docstring."""

    name: str
    expression: sp.Expr
    description: str
    real: bool = True  # whether the value is real even where the arguments are complex


class _Printer(PythonCodePrinter):  # type: ignore[misc]  # SymPy is untyped
    """Python source with functions of one array library, constants folded to floats."""

    def __init__(self, prefix: str, names: Mapping[str, str]) -> None:
        super().__init__({"fully_qualified_modules": False})
        self._prefix, self._names = prefix, names

    def _print_Symbol(self, expr: sp.Symbol) -> str:
        return argument(expr)

    def _print_Function(self, expr: sp.Function) -> str:
        name = expr.func.__name__
        arguments = ", ".join(self._print(a) for a in expr.args)
        return f"{self._prefix}{self._names.get(name, name)}({arguments})"

    _print_exp = _print_log = _print_conjugate = _print_Abs = _print_re = _print_im = (
        _print_Function
    )
    _print_sin = _print_cos = _print_tan = _print_sinh = _print_cosh = _print_tanh = _print_Function

    def _print_Pow(self, expr: sp.Pow, rational: bool = False) -> str:
        if abs(expr.exp) == sp.S.Half and not expr.base.is_number:
            root = f"{self._prefix}sqrt({self._print(expr.base)})"
            return root if expr.exp > 0 else f"(1/{root})"
        return str(super()._print_Pow(expr, rational=rational))

    def _print(self, expr: sp.Basic, **kwargs: object) -> str:
        if isinstance(expr, sp.Expr) and expr.is_number and expr.args and not expr.is_Rational:
            value = complex(expr.evalf(20))
            return repr(value if value.imag else value.real)
        return str(super()._print(expr, **kwargs))


def argument(symbol: sp.Symbol) -> str:
    """The name of a symbol as an argument."""
    name: str = symbol.name
    return _RENAMED.get(name, name)


def arguments(expr: sp.Expr) -> list[str]:
    """The arguments of a function of `expr`: eigenvalues first, then in alphabetical order."""
    return sorted((argument(s) for s in expr.free_symbols), key=lambda n: (n[:3] != "lam", n))


def module(functions: list[Function], target: str, title: str) -> str:
    """The source of a standalone module.

    Args:
        functions: what to print; polarised expressions are restored first.
        target: one of TARGETS.
        title: the module's docstring.

    Raises:
        ValueError: for an unknown target.

    """
    if target not in TARGETS:
        raise ValueError(f"unknown target {target!r}: one of {', '.join(TARGETS)}")
    blocks = [f'"""{title}"""', _MODULES[target]]
    blocks += [_function(f, target) for f in functions]
    return "\n\n\n".join(["\n\n".join(blocks[:2]), *blocks[2:]]) + "\n"


def _function(function: Function, target: str) -> str:
    expr = restored(function.expression)
    complex_valued = expr.has(sp.I) or any(not s.is_real for s in expr.free_symbols)
    names = arguments(expr)
    if target == "sympy":
        # the argument names replace the symbols, so that any expression can be passed
        body = sp.sstr(expr.subs({s: sp.Symbol(argument(s)) for s in expr.free_symbols}))
        return _definition(function, names, [], body)
    printer = (
        _Printer("np.", _NUMPY_NAMES) if target == "numpy" else _Printer("torch.", _TORCH_NAMES)
    )
    shared, [reduced] = sp.cse(expr, symbols=sp.numbered_symbols("_t"), order="none")
    lines = [f"{s} = {printer.doprint(e)}" for s, e in shared]
    result = printer.doprint(reduced)
    if function.real and complex_valued:
        result = f"{_MODULES[target].split()[-1]}.real({result})"
    return _definition(function, names, lines, result)


def _definition(function: Function, names: list[str], lines: list[str], result: str) -> str:
    body = [f'"""{function.description}"""', *lines, f"return {result}"]
    return f"def {function.name}({', '.join(names)}):\n" + "\n".join(f"    {line}" for line in body)


def near_one(function: Function, lam: sp.Symbol, rho: sp.Symbol | None = None) -> Function | None:
    """The same function of 1−λ (and 1−ρ) for real λ, rewritten exactly; None without λ.

    Every polynomial is factored in the new variables, so that 1−λ² becomes o(2−o) and 1−λρ
    becomes o + q − oq: no difference of nearly equal numbers is left. The expression is not
    expanded otherwise.
    """
    expression = function.expression.xreplace({bar(lam): lam})
    if lam not in expression.free_symbols:
        return None
    image = {lam: 1 - sp.Symbol(f"one_minus_{argument(lam)}", positive=True)}
    if rho is not None and rho in expression.free_symbols:
        image[rho] = 1 - sp.Symbol(f"one_minus_{argument(rho)}", positive=True)
    given = " and ".join(sorted(f"1−{argument(s)}" for s in image))
    return replace(
        function,
        name=f"{function.name}_near_one",
        expression=sp.bottom_up(expression.subs(image), _factored),
        description=f"{function.description} From {given}, for real λ.",
    )


def _factored(expr: sp.Expr) -> sp.Expr:
    if not (expr.is_Add and expr.is_polynomial()):
        return expr
    # factoring over Q(e^{i/7}, …) can take for ever
    domain = sp.Poly(expr, *expr.free_symbols).domain
    return sp.factor(expr) if domain.is_ZZ or domain.is_QQ else sp.expand(expr)
