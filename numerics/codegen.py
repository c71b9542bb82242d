"""Standalone modules from SymPy expressions, in the source of one library that they import alone.

A module holds one function per quantity, vectorised over its arguments, which are the
expression's symbols by name; λ is `lam`. A function of 1−λ stands beside each one of a real λ
where 1−λ enters: it is exact where 1−λ itself would lose the digits of λ near 1. The source is
free of cancellation wherever `numerics.conditioning` finds such a form, and says its error.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

import sympy as sp

from numerics.conditioning import Cancellation, Disc, code_name, conditioned, difference
from numerics.dialects import DIALECTS, Dialect, RationalPrinter
from numerics.exponentials import RANGE, roundings, stable
from theory.conjugation import bar, restored

TARGETS = (*DIALECTS, "sympy")
_ADAPTIVE = "@_adaptive"
_WITHIN_AN_ULP = (
    "Terms may cancel: each value, or part of a complex one, is within an ulp, as it is computed\n"
    "with a bound of its error, and once more in fractions where that bound is too wide."
)
_SYMPY = "from sympy import *  # noqa: F403"


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
    variables: frozenset[sp.Symbol] = frozenset()
    from_distances: bool = False


# factors of a variable in the disc, by lines none of which cancels
_REAL = {
    "one_minus_{v}": "one_minus_{v} = 1 - {v}",
    "one_plus_{v}": "one_plus_{v} = 1 + {v}",
}
_DISTANCE = {
    "one_plus_{v}": "one_plus_{v} = 2 - one_minus_{v}",
    "{v}": "{v} = 1 - one_minus_{v}",
}
_COMPLEX = {
    "one_minus_re_{v}": "one_minus_re_{v} = 1 - re_{v}",
    "one_plus_re_{v}": "one_plus_re_{v} = 1 + re_{v}",
    "abs2_{v}": "abs2_{v} = re_{v} * re_{v} + im_{v} * im_{v}",
    "one_minus_abs2_{v}": "one_minus_abs2_{v} = _one_minus_squares(re_{v}, im_{v})",
    "abs2_one_minus_{v}": "abs2_one_minus_{v} = (1 - re_{v}) ** 2 + im_{v} * im_{v}",
    "abs2_one_plus_{v}": "abs2_one_plus_{v} = (1 + re_{v}) ** 2 + im_{v} * im_{v}",
}


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

    Examples:
        >>> from numerics import module
        >>> from numerics.codegen import Function
        >>> from theory import second_moment, white
        >>> state = Function("state", second_moment(white()), "E|h|².")
        >>> print(module([state], "sympy", "White input.").splitlines()[-1])
            return 1/(-lam*conjugate(lam) + 1)

    """
    if target not in TARGETS:
        raise ValueError(f"unknown target {target!r}: one of {', '.join(TARGETS)}")
    head = f'"""{title}"""\n\n'
    if target == "sympy":
        return "\n\n\n".join([head + _SYMPY, *map(_in_sympy, functions)]) + "\n"
    dialect = DIALECTS[target]
    printed = [_function(f, dialect) for f in functions]
    helpers: list[str] = []
    for helper in reversed(dialect.helpers):  # each calls those before it
        if any(_name(helper) in source for source in (*printed, *helpers)):
            helpers.append(helper)
    imports = dialect.adaptive_head if any(_ADAPTIVE in p for p in printed) else dialect.head
    return "\n\n\n".join([head + imports, *reversed(helpers), *printed]) + "\n"


def _name(helper: str) -> str:
    return helper.partition("def ")[2].partition("(")[0]


def _in_sympy(function: Function) -> str:
    expr = _plain(function)
    # the argument names replace the symbols, so that any expression can be passed
    body = sp.sstr(expr.subs({s: sp.Symbol(code_name(s)) for s in expr.free_symbols}))
    return _definition(function, arguments(expr), [f"return {body}"])


def _function(function: Function, dialect: Dialect) -> str:
    if not function.expression.is_Atom:
        with suppress(Cancellation):
            # an expression is one in eigenvalues or one in trained parameters
            return (_in_factors if function.variables else _in_exponentials)(function, dialect)
        if dialect.adaptive_head and _is_rational(_plain(function)):
            return _adaptively(function)
    return _as_it_stands(function, dialect)


def _as_it_stands(function: Function, dialect: Dialect) -> str:
    expr = _plain(function) if function.variables else stable(function.expression)
    shared, [reduced] = sp.cse(expr, symbols=sp.numbered_symbols("_t"), order="none")
    lines = [f"{s} = {dialect.printer.doprint(e)}" for s, e in shared]
    result = dialect.printer.doprint(reduced)
    if function.real and (expr.has(sp.I) or any(not s.is_real for s in expr.free_symbols)):
        result = dialect.real.format(result)
    return _definition(function, arguments(expr), [*lines, f"return {result}"])


def _is_rational(expr: sp.Expr) -> bool:
    symbols = expr.atoms(sp.Symbol, sp.conjugate)
    return bool(expr.xreplace({s: sp.Dummy() for s in symbols}).is_rational_function())


def _adaptively(function: Function) -> str:
    shared, [value] = sp.cse(_plain(function), symbols=sp.numbered_symbols("_t"), order="none")
    printer = RationalPrinter()
    lines = [f"{s} = {printer.doprint(e)}" for s, e in shared]
    result = f"({printer.doprint(value)}){'.real' if function.real else ''}"
    described = replace(function, description=f"{function.description}\n\n{_WITHIN_AN_ULP}")
    body = [*lines, f"return {result}"]
    return f"{_ADAPTIVE}\n{_definition(described, arguments(_plain(function)), body)}"


def _plain(function: Function) -> sp.Expr:
    return _of_distances(function) if function.from_distances else restored(function.expression)


def _in_factors(function: Function, dialect: Dialect) -> str:
    form = conditioned(function.expression, function.variables)
    prefix = "one_minus_" if function.from_distances else ""
    used = {str(symbol) for symbol in form.expression.free_symbols}
    given, lines = [], []
    for domain in form.domains:
        v, is_complex = code_name(domain.variable), isinstance(domain, Disc)
        given.append(v if is_complex else prefix + v)
        first = dialect.parts if is_complex else dialect.argument
        lines += [first.format(v=given[-1])] if first else []
        factors = _COMPLEX if is_complex else _DISTANCE if prefix else _REAL
        lines += [line.format(v=v) for name, line in factors.items() if name.format(v=v) in used]
    for pair in form.differences:
        v, w = map(code_name, pair)
        value = f"one_minus_{w} - one_minus_{v}" if prefix else f"{v} - {w}"
        lines.append(f"{difference(pair)} = {value}")
    value = dialect.printer.doprint(form.expression)
    value += f" * {form.constant.p}" if form.constant.p != 1 else ""
    value += f" / {form.constant.q}" if form.constant.q != 1 else ""
    if form.is_root:
        lines.append(f"square = {value}")
        value = dialect.printer.doprint(sp.sqrt(sp.Symbol("square")))
    body = [*lines, f"return {value}"]
    return _with_bound(function, dialect, given, body, form.roundings, dialect.accuracy)


def _in_exponentials(function: Function, dialect: Dialect) -> str:
    expr = stable(function.expression)
    if dialect.merges_exponentials:
        expr = sp.powsimp(
            expr, deep=True, combine="exp"
        )  # the bound is then that of what is computed
    number = roundings(expr, dialect.largest_exponent)
    given = arguments(expr)
    lines = [dialect.argument.format(v=v) for v in given if dialect.argument]
    accuracy = (
        f"{dialect.accuracy}\nThat is so from -{RANGE} to {RANGE}, without under- and overflow."
    )
    body = [*lines, f"return {dialect.printer.doprint(expr)}"]
    return _with_bound(function, dialect, given, body, number, accuracy)


def _with_bound(
    function: Function, dialect: Dialect, given: list[str], body: list[str], number: int, said: str
) -> str:
    described = replace(function, description=f"{function.description}\n\n{said.format(n=number)}")
    decorator = dialect.decorator.format(bits=(4 * number - 1).bit_length())
    return f"{decorator}\n{_definition(described, given, body)}"


def _definition(function: Function, names: list[str], body: list[str]) -> str:
    docstring = f'"""{function.description}"""'.splitlines()
    if len(docstring) > 1:
        docstring[-1:] = [docstring[-1].removesuffix('"""'), '"""']
    source = [f"    {line}" if line else "" for line in (*docstring, *body)]
    return "\n".join([f"def {function.name}({', '.join(names)}):", *source])


def near_one(function: Function) -> Function:
    """The same function of 1−λ and 1−ρ, for real λ.

    Examples:
        >>> from numerics import near_one
        >>> from numerics.codegen import Function
        >>> from theory import second_moment, white
        >>> from theory.symbols import lam
        >>> state = Function("state", second_moment(white()), "E|h|².", variables=frozenset({lam}))
        >>> near_one(state).name
        'state_near_one'

    """
    real = {v: sp.Symbol(v.name, real=True) for v in function.variables if not v.is_real}
    bars = {bar(v): symbol for v, symbol in real.items()}
    expression = function.expression.xreplace(real | bars)
    variables = frozenset(real.get(v, v) for v in function.variables) & expression.free_symbols
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
