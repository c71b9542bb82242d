"""SymPy expressions as source: Python (arrays, mpmath, fractions) and JavaScript."""

from __future__ import annotations

from collections.abc import Mapping

import sympy as sp
from sympy.printing.codeprinter import PrintMethodNotImplementedError
from sympy.printing.jscode import JavascriptCodePrinter
from sympy.printing.pycode import MpmathPrinter, PythonCodePrinter

from numerics.codegen.conditioning import code_name, is_long

DIGITS = 40  # of constants, more than two floats have


class ArrayPrinter(PythonCodePrinter):  # type: ignore[misc]  # SymPy is untyped
    """A printer of Python with the functions of one array library, constants folded to floats.

    `in_pairs` says that real ones are two floats, for code that computes in twice their digits.
    """

    def __init__(self, prefix: str, names: Mapping[str, str], in_pairs: bool = False) -> None:
        super().__init__({"fully_qualified_modules": False})
        self._prefix, self._names, self._in_pairs = prefix, names, in_pairs

    def _print_Symbol(self, expr: sp.Symbol) -> str:
        return code_name(expr)

    def _print_Function(self, expr: sp.Function) -> str:
        name = expr.func.__name__
        arguments = ", ".join(self._print(a) for a in expr.args)
        return f"{self._prefix}{self._names.get(name, name)}({arguments})"

    _print_exp = _print_log = _print_conjugate = _print_Abs = _print_re = _print_im = (
        _print_Function
    )
    _print_sin = _print_cos = _print_tan = _print_sinh = _print_cosh = _print_tanh = _print_Function
    _print_expm1 = _print_log1p = _print_Function

    def _print_Pow(self, expr: sp.Pow, rational: bool = False) -> str:
        if abs(expr.exp) == sp.S.Half and not expr.base.is_number:
            root = f"{self._prefix}sqrt({self._print(expr.base)})"
            return root if expr.exp > 0 else f"(1/{root})"
        if expr.base.is_Symbol and expr.exp.is_Integer and 3 <= expr.exp <= 8:
            # a library's power may be ten times slower
            return f"({'*'.join([self._print(expr.base)] * int(expr.exp))})"
        return str(super()._print_Pow(expr, rational=rational))

    def _print(self, expr: sp.Basic, **kwargs: object) -> str:
        if not _is_constant(expr):
            return str(super()._print(expr, **kwargs))
        value = complex(expr.evalf(DIGITS))
        if value.imag or not self._in_pairs:
            return repr(value if value.imag else value.real)
        rest = sp.Rational(expr.evalf(DIGITS)) - sp.Rational(value.real)
        return f"_Pair({value.real!r}, {float(rest)!r})"


class BigPrinter(MpmathPrinter):  # type: ignore[misc]  # SymPy is untyped
    """A printer of Python with mpmath's functions, constants at its working precision."""

    def __init__(self) -> None:
        names = {"conjugate": "mpmath.conj", "re": "mpmath.re", "im": "mpmath.im"}
        super().__init__({"user_functions": names})

    def _print_Symbol(self, expr: sp.Symbol) -> str:
        return code_name(expr)

    def _print_Rational(self, expr: sp.Rational) -> str:
        if not _is_constant(expr):
            return str(super()._print_Rational(expr))
        return f"mpmath.mpf('{expr.p}/{expr.q}')"  # which rounds once


class RationalPrinter(PythonCodePrinter):  # type: ignore[misc]  # SymPy is untyped
    """A printer of rational functions in Python, for numbers of any kind."""

    def _print_Symbol(self, expr: sp.Symbol) -> str:
        return code_name(expr)

    def _print_Rational(self, expr: sp.Rational) -> str:
        return f"Fraction({expr.p}, {expr.q})"

    _print_Half = _print_Rational

    def _print_ImaginaryUnit(self, expr: sp.Expr) -> str:
        return "_Complex(0, 1)"

    def _print_conjugate(self, expr: sp.Expr) -> str:
        return f"{self._print(expr.args[0])}.conjugate()"


class JavaScriptPrinter(JavascriptCodePrinter):  # type: ignore[misc]  # SymPy is untyped
    """A printer of JavaScript in real numbers, constants folded to floats."""

    def __init__(self) -> None:
        names = {"expm1": "Math.expm1", "log1p": "Math.log1p"}
        super().__init__({"user_functions": names, "strict": True})

    def doprint(self, expr: sp.Expr, assign_to: str | None = None) -> str:
        """The source of an expression.

        Raises:
            ValueError: if JavaScript has no function for a part of it.

        """
        try:
            return str(super().doprint(expr, assign_to))
        except PrintMethodNotImplementedError:
            raise ValueError(f"{expr} has no form in JavaScript") from None

    def _print_Symbol(self, expr: sp.Symbol) -> str:
        return code_name(expr)

    def _print_Pow(self, expr: sp.Pow) -> str:
        if not expr.exp.is_Integer or expr.exp < 2:
            return str(super()._print_Pow(expr))
        base = self._print(expr.base)
        # what Math.pow rounds is the engine's choice
        return (
            f"({base}*{base})"
            if (expr.exp, expr.base.is_Symbol) == (2, True)
            else f"_power({base}, {expr.exp})"
        )

    def _print(self, expr: sp.Basic, **kwargs: object) -> str:
        return repr(float(expr)) if _is_constant(expr) else str(super()._print(expr, **kwargs))


def _is_constant(expr: sp.Basic) -> bool:
    """Whether an expression is a number that is no float, or none every library takes for one."""
    if isinstance(expr, sp.Rational):
        return is_long(expr) or expr.q & (expr.q - 1) != 0
    return isinstance(expr, sp.Expr) and bool(expr.is_number and expr.args)
