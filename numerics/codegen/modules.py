"""Standalone modules from SymPy expressions, in the source of one library that they import alone.

A module holds one function per quantity, vectorised over its arguments, which are the
expression's symbols by name; λ is `lam`. A function of 1−λ stands beside each one of a real λ
where 1−λ enters: it is exact where 1−λ itself would lose the digits of λ near 1. The source is
free of cancellation wherever `numerics.codegen.conditioning` finds such a form, and says its error.

A language without complex numbers gets re_λ and im_λ for a complex λ, and complex values are pairs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

import sympy as sp

from numerics.codegen.conditioning import (
    Cancellation,
    Disc,
    code_name,
    conditioned,
    difference,
    is_long,
)
from numerics.codegen.derivatives import differentiated
from numerics.codegen.dialects import DIALECTS, FAST, Bounding, Dialect, python_function
from numerics.codegen.exponentials import RANGE, roundings, stable
from numerics.codegen.functions import Function, of_distances, polar
from numerics.codegen.printers import RationalPrinter
from numerics.codegen.real_parts import Parts, real_parts
from numerics.codegen.runtime import Runtime
from theory.algebra.conjugation import bar, polarised, restored
from theory.printing.choices import one_of

TARGETS = (*DIALECTS, "sympy")
ACCURACIES = ("full", "fast")
_ADAPTIVE = Runtime.of("adaptive.py")
_WITHIN_AN_ULP = (
    "Terms may cancel: each value, or part of a complex one, is within an ulp, as it is computed\n"
    "with a bound of its error, and once more in fractions where that bound is too wide."
)
_SYMPY = "from sympy import *  # noqa: F403"

# names that a function's source has for modules and for what it computes on its way
_TAKEN = re.compile(
    r"np|torch|jnp|jax|numba|mpmath|math|functools|contextlib|operator|Fraction|Abs|Rational|square"
    r"|(re|im|one_minus|one_plus|abs|abs2|sin|cos|distance2|arg)_\w*|\w*_minus_\w*"
    r"|\w+_pow\d+|part\d+"
)

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
    "abs2_one_minus_{v}": "abs2_one_minus_{v} = (1 - re_{v}) * (1 - re_{v}) + im_{v} * im_{v}",
    "abs2_one_plus_{v}": "abs2_one_plus_{v} = (1 + re_{v}) * (1 + re_{v}) + im_{v} * im_{v}",
}
_POLAR = {
    "abs_{v}": "abs_{v} = 1 - one_minus_abs_{v}",
    "sin_{v}": "sin_{v} = {sin}",
    "cos_{v}": "cos_{v} = {cos}",
    "distance2_{v}": "distance2_{v} = one_minus_abs_{v} * one_minus_abs_{v}",
    "one_minus_re_{v}": "one_minus_re_{v} = one_minus_abs_{v} + 2 * abs_{v} * sin_{v} * sin_{v}",
    "one_plus_re_{v}": "one_plus_re_{v} = one_minus_abs_{v} + 2 * abs_{v} * cos_{v} * cos_{v}",
    "abs2_{v}": "abs2_{v} = abs_{v} * abs_{v}",
    "one_minus_abs2_{v}": "one_minus_abs2_{v} = one_minus_abs_{v} * (2 - one_minus_abs_{v})",
    "abs2_one_minus_{v}": "abs2_one_minus_{v} = distance2_{v} + 4 * abs_{v} * sin_{v} * sin_{v}",
    "abs2_one_plus_{v}": "abs2_one_plus_{v} = distance2_{v} + 4 * abs_{v} * cos_{v} * cos_{v}",
}
_BITS = 64  # of the numbers in a sum; a double's range is 1024
_POLAR_ROUNDINGS = 12  # in any of those: sine and cosine have 4 each


def module_source(
    functions: list[Function],
    target: str,
    title: str,
    bound: Bounding | None = None,
    accuracy: str = "full",
) -> str:
    """The source of a standalone module.

    Args:
        functions: what to print; polarised expressions are restored first.
        target: one of TARGETS.
        title: the module's docstring.
        bound: finds bounds for docstrings that hold instead of the numbers of roundings.
        accuracy: "full", or "fast": in the arguments' precision, by NumPy, Torch, JAX or Numba.

    Raises:
        ValueError: for an unknown target or accuracy, what the target has no form for, or a
            parameter with the name of another, or of a function here.

    Examples:
        >>> from numerics import module_source
        >>> from numerics.codegen.functions import Function
        >>> from theory import second_moment, white
        >>> state = Function("state", second_moment(white()), "E|h|².")
        >>> print(module_source([state], "sympy", "White input.").splitlines()[-1])
            return 1/(-lam*conjugate(lam) + 1)

    """
    if target not in TARGETS:
        raise ValueError(f"unknown target {target!r}: {one_of(target, TARGETS)}")
    check_accuracy(target, accuracy)
    functions = [_with_own_names(f) for f in functions]
    if target == "sympy":
        head = f'"""{title}"""\n\n{_SYMPY}'
        return "\n\n\n".join([head, *map(_in_sympy, functions)]) + "\n"
    dialect = FAST[target] if accuracy == "fast" else DIALECTS[target]
    dialect = replace(dialect, bound=bound) if bound else dialect
    printed = [_function(f, dialect) for f in functions]
    source = "\n".join(printed)
    adaptive = _ADAPTIVE.called_in(source)
    imports = (_ADAPTIVE if adaptive else dialect.runtime).imports
    head = "\n\n".join(filter(None, [dialect.title.format(title), imports]))
    helpers = adaptive + dialect.runtime.called_in(source)
    return "\n\n\n".join([head, *helpers, *printed]) + "\n"


def check_derivatives(target: str, order: int) -> None:
    """Raise ValueError for derivatives that no target has, or not this one."""
    if order not in (0, 1, 2):
        raise ValueError(f"derivatives {order}: 0, 1 or 2")
    able = [name for name, dialect in DIALECTS.items() if dialect.accuracy_of_moduli]
    if order and target not in able:
        raise ValueError(f"derivatives: {one_of(target, able)}")


def check_accuracy(target: str, accuracy: str) -> None:
    """Raise ValueError for an accuracy that there is not, or not for a target."""
    if accuracy not in ACCURACIES:
        raise ValueError(f"accuracy {accuracy!r}: {one_of(accuracy, ACCURACIES)}")
    if accuracy == "fast" and target not in FAST:
        raise ValueError(f"accuracy 'fast': of {', '.join(FAST)}; {target} has one accuracy")


def _with_own_names(function: Function) -> Function:
    """A function whose parameters have no name that its source uses for something else.

    Such a one gets an underscore, in every target alike: np becomes np_.
    """
    taken = (s for s in function.symbols if s.is_real and _TAKEN.fullmatch(s.name))
    renamed = {s: sp.Symbol(f"{s.name}_", **s.assumptions0) for s in taken}
    names = [function.name, *(code_name(renamed.get(s, s)) for s in function.symbols)]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"two things would be called {min(twice)}: rename the parameter")
    return replace(
        function,
        expression=function.expression.xreplace(renamed),
        variables=frozenset(renamed.get(v, v) for v in function.variables),
    )


def _in_sympy(function: Function) -> str:
    expr = _plain(function)
    # the argument names replace the symbols, so that any expression can be passed
    body = sp.sstr(expr.subs({s: sp.Symbol(code_name(s)) for s in expr.free_symbols}))
    return python_function(
        function.name, arguments(function, True), function.description, [f"return {body}"]
    )


def _function(function: Function, dialect: Dialect) -> str:
    if function.order:
        return _in_factors(function, dialect)
    if not function.expression.is_Atom:
        with suppress(Cancellation):
            # an expression is one in eigenvalues or one in trained parameters
            return (_in_factors if function.variables else _in_exponentials)(function, dialect)
        if dialect.has_adaptive and _is_rational(_plain(function)):
            return _adaptively(function)
    return _as_it_stands(function, dialect)


def _as_it_stands(function: Function, dialect: Dialect) -> str:
    expr = _plain(function) if function.variables else stable(function.expression)
    expr = sp.bottom_up(expr, _in_range)
    values = [expr] if dialect.has_complex else _in_real_numbers(function, expr)
    shared, values = sp.cse(values, symbols=sp.numbered_symbols("_t"), order="none")
    lines = [f"{s} = {dialect.printer.doprint(e)}" for s, e in shared]
    results = [dialect.printer.doprint(value) for value in values]
    description, result = function.description, results[0]
    if len(results) == 2:
        description += " A pair: its real and its imaginary part."
        result = f"[{', '.join(results)}]"
    if function.real and (expr.has(sp.I) or any(not s.is_real for s in expr.free_symbols)):
        result = dialect.real.format(result)
    given = arguments(function, dialect.has_complex)
    body = [*lines, f"return {result}"]
    return dialect.function(function.name, given, description, body)


def _in_range(node: sp.Expr) -> sp.Expr:
    """A sum of huge or tiny numbers as a power of 2 times one that is not: products overflow."""
    if not node.is_Add:
        return node
    numbers = (sp.Rational(abs(term.as_coeff_Mul()[0])) for term in node.args)
    power = max(n.p.bit_length() - n.q.bit_length() for n in numbers)
    if abs(power) < _BITS:
        return node
    scale = sp.Integer(2) ** power
    return sp.Mul(scale, sp.Add(*(term / scale for term in node.args)), evaluate=False)


def _in_real_numbers(function: Function, expr: sp.Expr) -> list[sp.Expr]:
    """A function's value, or its parts if it is complex, with re_z and im_z for each complex z."""
    image: dict[sp.Symbol, Parts] = {}
    for z in function.symbols:
        if not z.is_real:
            x, y = (sp.Symbol(name, real=True) for name in _parts(z))
            image |= {z: (x, y), bar(z): (x, -y)}
    value, imaginary = real_parts(polarised(expr), image)
    return [value] if function.real or imaginary == 0 else [value, imaginary]


def _parts(z: sp.Symbol) -> list[str]:
    return [f"re_{code_name(z)}", f"im_{code_name(z)}"]


def arguments(function: Function, has_complex: bool = True) -> list[str]:
    """The names of the function's arguments: eigenvalues first, then in alphabetical order.

    Args:
        function: the function as it will be printed.
        has_complex: whether the target has complex numbers.

    Examples:
        >>> from numerics.codegen.modules import arguments
        >>> from numerics.codegen.functions import Function
        >>> from theory import second_moment, exponential
        >>> arguments(Function("state", second_moment(exponential()), ""), has_complex=False)
        ['re_lam', 'im_lam', 'rho']

    """
    named: dict[str, list[str]] = {}
    for s in function.symbols:
        v = code_name(s)
        if function.from_distances and s in function.variables:
            given = [f"one_minus_{v}"] if s.is_real else polar(s)
        else:
            given = [v] if s.is_real or has_complex else _parts(s)
        named[v if given[0].startswith("re_") else given[0]] = given
    order = sorted(named, key=lambda name: (name[:3] != "lam", name))
    return [argument for name in order for argument in named[name]]


def _is_rational(expr: sp.Expr) -> bool:
    symbols = expr.atoms(sp.Symbol, sp.conjugate)
    return bool(expr.xreplace({s: sp.Dummy() for s in symbols}).is_rational_function())


def _adaptively(function: Function) -> str:
    shared, [value] = sp.cse(_plain(function), symbols=sp.numbered_symbols("_t"), order="none")
    printer = RationalPrinter()
    lines = [f"{s} = {printer.doprint(e)}" for s, e in shared]
    result = f"({printer.doprint(value)}){'.real' if function.real else ''}"
    described = f"{function.description}\n\n{_WITHIN_AN_ULP}"
    body = [*lines, f"return {result}"]
    given = arguments(function, True)
    return f"@_adaptive\n{python_function(function.name, given, described, body)}"


def _plain(function: Function) -> sp.Expr:
    return of_distances(function) if function.from_distances else restored(function.expression)


def _in_factors(function: Function, dialect: Dialect) -> str:
    form, said = conditioned(function.expression, function.variables), dialect.accuracy
    if function.order:
        by, said = min(function.variables, key=str), dialect.accuracy_of_moduli
        form = differentiated(form, by, function.order)
    used = set(map(code_name, form.expression.free_symbols))
    prefix = "one_minus_" if function.from_distances else ""
    lines: list[str] = []
    for domain in form.domains:
        v = code_name(domain.variable)
        if isinstance(domain, Disc):
            lines += _of_disc(domain, function.from_distances, dialect, used)
        else:
            lines += [dialect.argument.format(v=prefix + v)] if dialect.argument else []
            lines += _needed(_DISTANCE if prefix else _REAL, used, v=v)
    for pair in form.differences:
        v, w = map(code_name, pair)
        value = f"one_minus_{w} - one_minus_{v}" if prefix else f"{v} - {w}"
        lines.append(f"{difference(pair)} = {value}")
    shared, expression = _shared(form.expression)
    lines += [f"{name} = {dialect.printer.doprint(part)}" for name, part in shared]
    value = dialect.printer.doprint(expression)
    if is_long(form.constant):
        value += f" * {dialect.printer.doprint(form.constant)}"
    else:
        value += f" * {form.constant.p}" if form.constant.p != 1 else ""
        value += f" / {form.constant.q}" if form.constant.q != 1 else ""
    if form.is_root:
        lines.append(f"square = {value}")
        value = dialect.printer.doprint(sp.sqrt(sp.Symbol("square")))
    body = [*lines, f"return {value}"]
    if function.from_distances:
        form = form.with_roundings(_POLAR_ROUNDINGS)
    return _with_bound(function, dialect, body, form.roundings, said)


def _shared(expr: sp.Expr) -> tuple[list[tuple[sp.Symbol, sp.Expr]], sp.Expr]:
    """What an expression has several times, by name, in order, and what is left of it.

    Powers of a symbol are products of lower ones. No number is rounded more often than before.
    """
    lines: list[tuple[sp.Symbol, sp.Expr]] = []
    powers: dict[sp.Expr, sp.Expr] = {}
    for base in sorted(expr.free_symbols, key=str):
        used = (p.exp for p in expr.atoms(sp.Pow) if p.base == base and p.exp.is_Integer)
        most = max((abs(int(n)) for n in used), default=1)
        own = code_name(base)
        names = {n: sp.Symbol(f"{own}_pow{n}", real=True) for n in range(2, most + 1)}
        names[1] = base
        for n in range(2, most + 1):
            half = n // 2
            lines.append((names[n], sp.Mul(names[half], names[n - half], evaluate=False)))
            powers |= {base**n: names[n], base**-n: 1 / names[n]}
    expr = expr.xreplace(powers)
    shared, [rest] = sp.cse(expr, symbols=sp.numbered_symbols("part"), order="none")
    return lines + shared, rest


def _of_disc(z: Disc, from_distance: bool, dialect: Dialect, used: set[str]) -> list[str]:
    """Lines that make of a complex variable, or of 1−|z| and arg z, the factors that are used."""
    v = code_name(z.variable)
    if not from_distance:
        return [
            *([dialect.parts.format(v=v)] if dialect.parts else []),
            *_needed(_COMPLEX, used, v=v),
        ]
    distance, angle = polar(z.variable)
    converted = [dialect.argument.format(v=a) for a in (distance, angle) if dialect.argument]
    half = sp.Symbol(angle, real=True) / 2
    sin, cos = (dialect.printer.doprint(f(half)) for f in (sp.sin, sp.cos))
    return converted + _needed(_POLAR, used, v=v, sin=sin, cos=cos)


def _needed(factors: Mapping[str, str], used: set[str], **names: str) -> list[str]:
    """The lines of the factors that are used, each after those it uses itself."""
    lines: list[str] = []
    for name, line in reversed(list(factors.items())):
        text = line.format(**names)
        if name.format(**names) in used | set(re.findall(r"\w+", " ".join(lines))):
            lines.insert(0, text)
    return lines


def _in_exponentials(function: Function, dialect: Dialect) -> str:
    expr = stable(function.expression)
    if dialect.merges_exponentials:
        expr = sp.powsimp(
            expr, deep=True, combine="exp"
        )  # the bound is then that of what is computed
    number = roundings(expr, dialect.largest_exponent)
    given = arguments(function, dialect.has_complex)
    lines = [dialect.argument.format(v=v) for v in given if dialect.argument]
    accuracy = f"{dialect.accuracy}\nThat is so from -{RANGE} to {RANGE}."
    body = [*lines, f"return {dialect.printer.doprint(expr)}"]
    return _with_bound(function, dialect, body, number, accuracy)


def _with_bound(
    function: Function, dialect: Dialect, body: list[str], number: int, said: str
) -> str:
    given = arguments(function, dialect.has_complex)
    found = dialect.bound(function.name, given, body, number)
    sentences = [said.format(n=found[0]), found[1]] if found else [said.format(n=number)]
    described = "\n".join([function.description, "", *sentences])
    source = dialect.function(function.name, given, described, dialect.lines(given, body))
    decorator = dialect.decorator.format(bits=(4 * number - 1).bit_length())
    return f"{decorator}\n{source}" if decorator else source
