"""Functions to print, also as functions of 1−λ and 1−ρ, exact where λ or ρ is near 1."""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy as sp

from numerics.codegen.conditioning import code_name
from theory.algebra.conjugation import bar


@dataclass(frozen=True)
class Function:
    """One function to print.

    Attributes:
        name: the function's name.
        expression: what it returns, polarised.
        description: its docstring.
        real: whether the value is real even where the arguments are complex.
        variables: the expression's symbols that lie in the unit disc.
        from_distances: whether its arguments are 1 minus the variables; 1−|λ| and arg λ of a
            complex λ.
        order: how often the expression is differentiated by 1−λ, λ being the first variable.

    """

    name: str
    expression: sp.Expr
    description: str
    real: bool = True
    variables: frozenset[sp.Symbol] = frozenset()
    from_distances: bool = False
    order: int = 0

    @property
    def symbols(self) -> frozenset[sp.Symbol]:
        """All symbols that the function depends on, without the bars."""
        return frozenset(
            bar(s) if s.name.endswith("_bar") else s for s in self.expression.free_symbols
        )


def near_one(function: Function) -> Function:
    """A function as one of 1−λ and 1−ρ, for real λ.

    Examples:
        >>> from numerics import near_one
        >>> from numerics.codegen.functions import Function
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


def from_polar_distance(function: Function) -> Function:
    """A function as one of 1−|λ|, arg λ and 1−ρ, for complex λ.

    Examples:
        >>> from numerics import from_polar_distance, module_source
        >>> from numerics.codegen.functions import Function
        >>> from theory import second_moment, white
        >>> from theory.symbols import lam
        >>> state = Function("state", second_moment(white()), "E|h|².", variables=frozenset({lam}))
        >>> source = module_source([from_polar_distance(state)], "javascript", "White input.")
        >>> print(source.splitlines()[-4])
        export function state_near_circle(one_minus_abs_lam, arg_lam) {

    """
    variables = sorted(function.symbols & function.variables, key=str)
    names = (code_name(v) for v in variables)
    given = [
        f"1−{v}" if variable.is_real else f"1−|{v}|, arg {v}"
        for v, variable in zip(names, variables, strict=True)
    ]
    return replace(
        function,
        name=f"{function.name}_near_circle",
        description=f"{function.description} From {', '.join(given)}.",
        variables=frozenset(variables),
        from_distances=True,
    )


def derivatives(function: Function, order: int) -> list[Function]:
    """The derivatives, up to an order, by 1−λ of a function of 1−λ and 1−ρ."""
    names = {1: "first", 2: "second"}
    return [
        replace(
            function,
            name=f"{function.name}_d{n}",
            description=f"{function.description} Its {names[n]} derivative by 1−λ.",
            order=n,
        )
        for n in range(1, order + 1)
    ]


def polar(z: sp.Symbol) -> list[str]:
    """The names of 1−|z| and arg z in code."""
    return [f"one_minus_abs_{code_name(z)}", f"arg_{code_name(z)}"]


def of_distances(function: Function) -> sp.Expr:
    """A function's expression in 1 minus its variables, rewritten exactly.

    Every polynomial is factored in the new variables, so that 1−λ² becomes o(2−o) and 1−λρ
    becomes o + q − oq: no difference of nearly equal numbers is left near 1. The expression is
    not expanded otherwise.
    """
    image: dict[sp.Symbol, sp.Expr] = {}
    moduli, angles = {}, {}
    for v in function.variables:
        if v.is_real:
            image[v] = moduli[v] = 1 - sp.Symbol(f"one_minus_{code_name(v)}", positive=True)
        else:
            distance, angle = polar(v)
            moduli[v] = moduli[bar(v)] = 1 - sp.Symbol(distance, positive=True)
            angles[v] = sp.Symbol(angle, real=True)
            angles[bar(v)] = -angles[v]
            image |= {z: moduli[z] * sp.exp(sp.I * angles[z]) for z in (v, bar(v))}

    def one_minus_product(expr: sp.Expr) -> sp.Expr:
        """1 − r e^{iφ} as 1 − r + 2 r sin²(φ/2) − i r sin φ."""
        if not (expr.is_Add and len(expr.args) == 2 and expr.args[0] == 1):
            return expr
        product = -expr.args[1]
        powers = product.as_powers_dict()
        angle = sp.Add(*(n * angles[z] for z, n in powers.items() if z in angles))
        r = product.xreplace(moduli)
        return _factored(1 - r) + 2 * r * sp.sin(angle / 2) ** 2 - sp.I * r * sp.sin(angle)

    expr = sp.bottom_up(function.expression, one_minus_product) if angles else function.expression
    return sp.bottom_up(expr.subs(image), _factored)


def _factored(expr: sp.Expr) -> sp.Expr:
    if not (expr.is_Add and expr.free_symbols and expr.is_polynomial()):
        return expr
    # factoring over Q(e^{i/7}, …) can take for ever
    domain = sp.Poly(expr, *expr.free_symbols).domain
    return sp.factor(expr) if domain.is_ZZ or domain.is_QQ else sp.expand(expr)
