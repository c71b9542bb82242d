"""Standalone modules from SymPy expressions: NumPy, Torch, SymPy source that imports only those.

A module holds one function per quantity, vectorised over its arguments, which are the
expression's symbols by name; λ is `lam`. A function of 1−λ stands beside each one of a real λ
where 1−λ enters: it is exact where 1−λ itself would lose the digits of λ near 1. NumPy source
is free of cancellation wherever `numerics.conditioning` finds such a form, and says its error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import sympy as sp
from sympy.printing.pycode import PythonCodePrinter

from numerics.conditioning import Cancellation, Conditioned, Disc, code_name, conditioned
from theory.conjugation import bar, restored

TARGETS = ("numpy", "torch", "sympy")
_MODULES = {
    "numpy": "import numpy as np",
    "torch": "import torch",
    "sympy": "from sympy import *  # noqa: F403",
}
_NUMPY_NAMES = {
    **{"Abs": "abs", "asinh": "arcsinh", "atanh": "arctanh", "conjugate": "conj"},
    **{"re": "real", "im": "imag"},
}
_TORCH_NAMES = {"Abs": "abs", "conjugate": "conj", "re": "real", "im": "imag"}


@dataclass(frozen=True)
class Function:
    """One function to print.

    Attributes:
        name: of the function.
        expression: what it returns, polarised.
        description: its docstring.
        real: whether the value is real even where the arguments are complex.
        variables: the expression's symbols that lie in the unit disc.
        from_distances: whether its arguments are 1 minus the variables, which are real.

    """

    name: str
    expression: sp.Expr
    description: str
    real: bool = True
    variables: tuple[sp.Symbol, ...] = ()
    from_distances: bool = False


# factors of a variable in the disc, as NumPy computes them: none of these lines cancels
_REAL = {
    "{v}": "{v} = np.asarray({v}, work)",
    "one_minus_{v}": "one_minus_{v} = 1 - {v}",
    "one_plus_{v}": "one_plus_{v} = 1 + {v}",
}
_DISTANCE = {
    "one_minus_{v}": "one_minus_{v} = np.asarray(one_minus_{v}, work)",
    "one_plus_{v}": "one_plus_{v} = 2 - one_minus_{v}",
    "{v}": "{v} = 1 - one_minus_{v}",
}
_COMPLEX = {
    "re_{v}": "re_{v}, im_{v} = np.asarray(np.real({v}), work), np.asarray(np.imag({v}), work)",
    "one_minus_re_{v}": "one_minus_re_{v} = 1 - re_{v}",
    "one_plus_re_{v}": "one_plus_re_{v} = 1 + re_{v}",
    "abs2_{v}": "abs2_{v} = re_{v} * re_{v} + im_{v} * im_{v}",
    "one_minus_abs2_{v}": "one_minus_abs2_{v} = _one_minus_squares(re_{v}, im_{v})",
    "abs2_one_minus_{v}": "abs2_one_minus_{v} = (1 - re_{v}) ** 2 + im_{v} * im_{v}",
    "abs2_one_plus_{v}": "abs2_one_plus_{v} = (1 + re_{v}) ** 2 + im_{v} * im_{v}",
}
_PRECISIONS = '''def _precisions(*arguments):
    """What is computed in, and what is returned."""
    single = np.result_type(*arguments) in (np.float32, np.complex64)
    return (np.float64, np.float32) if single else (np.longdouble, np.float64)'''
_ONE_MINUS_SQUARES = '''def _one_minus_squares(x, y):
    """1 - x**2 - y**2, with what each operation rounds away."""
    x, y = np.maximum(abs(x), abs(y)), np.minimum(abs(x), abs(y))
    (p, p_lost), (q, q_lost) = _square(x), _square(y)
    rest = 1 - p
    return (rest - q) + (((1 - rest) - p) - p_lost - q_lost)


def _square(x):
    """x**2 rounded, and what that lost (Veltkamp's splitting, Dekker's product)."""
    scaled = x * (2.0 ** ((np.finfo(x.dtype).nmant + 2) // 2) + 1)
    high = scaled - (scaled - x)
    low = x - high
    square = x * x
    return square, ((high * high - square) + 2 * high * low) + low * low'''


class _Printer(PythonCodePrinter):  # type: ignore[misc]  # SymPy is untyped
    """Python source with functions of one array library, constants folded to floats."""

    def __init__(self, prefix: str, names: Mapping[str, str]) -> None:
        super().__init__({"fully_qualified_modules": False})
        self._prefix, self._names = prefix, names

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


def arguments(expr: sp.Expr) -> list[str]:
    """The arguments of a function of `expr`: eigenvalues first, then in alphabetical order."""
    return sorted((code_name(s) for s in expr.free_symbols), key=lambda n: (n[:3] != "lam", n))


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
    printed = [_function(f, target) for f in functions]
    helpers = [h for h in (_PRECISIONS, _ONE_MINUS_SQUARES) if any(_calls(p, h) for p in printed)]
    head = f'"""{title}"""\n\n{_MODULES[target]}'
    return "\n\n\n".join([head, *printed, *helpers]) + "\n"


def _calls(source: str, helper: str) -> bool:
    return f"{helper.partition('(')[0].removeprefix('def ')}(" in source


def _function(function: Function, target: str) -> str:
    if target == "numpy" and function.variables:
        try:
            form = conditioned(function.expression, function.variables)
        except Cancellation:
            pass
        else:
            return _without_cancellation(function, form)
    expr = _of_distances(function) if function.from_distances else restored(function.expression)
    complex_valued = expr.has(sp.I) or any(not s.is_real for s in expr.free_symbols)
    names = arguments(expr)
    if target == "sympy":
        # the argument names replace the symbols, so that any expression can be passed
        body = sp.sstr(expr.subs({s: sp.Symbol(code_name(s)) for s in expr.free_symbols}))
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


def _without_cancellation(function: Function, form: Conditioned) -> str:
    prefix = "one_minus_" if function.from_distances else ""
    names = [code_name(domain.variable) for domain in form.domains]
    given = [prefix + name for name in names]
    used = {str(symbol) for symbol in form.expression.free_symbols}
    lines = [f"work, result = _precisions({', '.join(given)})"]
    for domain, name in zip(form.domains, names, strict=True):
        sources = _DISTANCE if prefix else _COMPLEX if isinstance(domain, Disc) else _REAL
        first, *others = (
            (target.format(v=name), s.format(v=name)) for target, s in sources.items()
        )
        lines += [first[1], *(source for target, source in others if target in used)]
    value = _Printer("np.", _NUMPY_NAMES).doprint(form.expression)
    value += f" * {form.constant.p}" if form.constant.p != 1 else ""
    value += f" / {form.constant.q}" if form.constant.q != 1 else ""
    note = f"""{function.description}

    Nothing cancels: the relative error is at most {form.roundings}u and the last rounding, u being
    half an ulp of long double, or of double where all arguments are of single precision.
    """
    return _definition(
        replace(function, description=note), given, lines, f"np.asarray({value}, result)[()]"
    )


def _definition(function: Function, names: list[str], lines: list[str], result: str) -> str:
    body = [f'"""{function.description}"""', *lines, f"return {result}"]
    return f"def {function.name}({', '.join(names)}):\n" + "\n".join(f"    {line}" for line in body)


def near_one(function: Function, lam: sp.Symbol, rho: sp.Symbol | None = None) -> Function | None:
    """The same function of 1−λ (and 1−ρ), for real λ; None without λ."""
    real = sp.Symbol(lam.name, real=True)
    expression = function.expression.xreplace({bar(lam): real, lam: real})
    if real not in expression.free_symbols:
        return None
    variables = tuple(v for v in (real, rho) if v in expression.free_symbols)
    given = " and ".join(sorted(f"1−{code_name(v)}" for v in variables))
    return replace(
        function,
        name=f"{function.name}_near_one",
        expression=expression,
        description=f"{function.description} From {given}, for real λ.",
        variables=variables,
        from_distances=True,
    )


def _of_distances(function: Function) -> sp.Expr:
    """The expression in 1 minus its variables, rewritten exactly.

    Every polynomial is factored in the new variables, so that 1−λ² becomes o(2−o) and 1−λρ
    becomes o + q − oq: no difference of nearly equal numbers is left near 1. The expression is
    not expanded otherwise.
    """
    image = {
        v: 1 - sp.Symbol(f"one_minus_{code_name(v)}", positive=True) for v in function.variables
    }
    return sp.bottom_up(function.expression.subs(image), _factored)


def _factored(expr: sp.Expr) -> sp.Expr:
    if not (expr.is_Add and expr.is_polynomial()):
        return expr
    # factoring over Q(e^{i/7}, …) can take for ever
    domain = sp.Poly(expr, *expr.free_symbols).domain
    return sp.factor(expr) if domain.is_ZZ or domain.is_QQ else sp.expand(expr)
