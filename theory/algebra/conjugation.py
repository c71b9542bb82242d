"""Complex conjugation as algebra: λ and λ̄ as independent variables.

A real-analytic expression in λ is the restriction to λ̄ = conj(λ) of a function
holomorphic in two variables (its polarisation), and vanishes on the disc iff
the polarisation vanishes. That turns claims about |λ|, Re and Im into claims
about rational functions.

Roots and logarithms are conjugated through their argument, which is right off
the branch cut; a caller who conjugates sqrt(u) with u < 0 gets it wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache

import sympy as sp


@cache
def bar(symbol: sp.Symbol) -> sp.Symbol:
    """The variable that stands for the conjugate of `symbol`; a real symbol is its own."""
    if symbol.is_real:
        return symbol
    if symbol.name.endswith("_bar"):
        return sp.Symbol(symbol.name.removesuffix("_bar"))
    return sp.Symbol(symbol.name + "_bar")


def _bars(expr: sp.Expr) -> Mapping[sp.Symbol, sp.Symbol]:
    return {s: bar(s) for s in expr.free_symbols if isinstance(s, sp.Symbol) and not s.is_real}


def conjugated(expr: sp.Expr) -> sp.Expr:
    """The conjugate of a polarised expression: i → −i, every complex symbol → its bar.

    A function class that is not its own conjugate names the other one as its `partner`.

    Examples:
        >>> import sympy as sp
        >>> from theory import conjugated
        >>> from theory.symbols import lam
        >>> conjugated(1 + sp.I * lam)
        -I*lambda_bar + 1

    """
    if not expr.args:
        return -expr if expr is sp.I else bar(expr) if isinstance(expr, sp.Symbol) else expr
    args = [conjugated(arg) for arg in expr.args]
    return getattr(expr, "partner", expr.func)(*args)


@lru_cache(maxsize=2**16)
def polarised(expr: sp.Expr) -> sp.Expr:
    """`expr` without conjugate, Abs, re, im: a function of each complex symbol and its bar.

    Examples:
        >>> import sympy as sp
        >>> from theory import polarised
        >>> from theory.symbols import lam
        >>> polarised(1 - sp.Abs(lam) ** 2)
        -lambda*lambda_bar + 1

    """
    if not expr.args:
        return expr
    args = [polarised(arg) for arg in expr.args]
    match expr:
        case sp.conjugate():
            return conjugated(args[0])
        case sp.Abs():
            return sp.sqrt(args[0] * conjugated(args[0]))
        case sp.re():
            return (args[0] + conjugated(args[0])) / 2
        case sp.im():
            return (args[0] - conjugated(args[0])) / (2 * sp.I)
        case _:
            return expr.func(*args)


def partial(expr: sp.Expr, wrt: sp.Expr) -> sp.Expr:
    """∂/∂p of a polarised expression: p a real symbol, re(z) or im(z), or z itself (Wirtinger).

    ∂/∂re z = ∂_z + ∂_z̄ and ∂/∂im z = i (∂_z − ∂_z̄).
    """
    if wrt.is_Symbol:
        return sp.diff(expr, wrt)
    z = wrt.args[0]
    by_z, by_z_bar = sp.diff(expr, z), sp.diff(expr, bar(z))
    return by_z + by_z_bar if isinstance(wrt, sp.re) else sp.I * (by_z - by_z_bar)


def conjugate_of(expr: sp.Expr) -> sp.Expr:
    """The conjugate of an expression that is not polarised, left as it stands.

    Nothing is said of what is inside, so that a number put in has the right conjugate on every
    branch.
    """
    if expr.is_extended_real and not expr.args:
        return expr
    return expr.args[0] if isinstance(expr, sp.conjugate) else sp.conjugate(expr, evaluate=False)


def derivative(expr: sp.Expr, wrt: sp.Expr) -> sp.Expr:
    """∂/∂p of an expression that is not polarised; p as for `partial`.

    A derivative by a real parameter commutes with conj, re and im.
    """
    if wrt.is_Symbol and wrt.is_extended_real:
        return _slope(expr, {wrt: sp.S.One})
    if wrt.is_Symbol:  # Wirtinger's: (∂/∂re z − i ∂/∂im z)/2
        return (_slope(expr, {wrt: sp.S.One}) - sp.I * _slope(expr, {wrt: sp.I})) / 2
    return _slope(expr, {wrt.args[0]: sp.S.One if isinstance(wrt, sp.re) else sp.I})


def _slope(expr: sp.Expr, direction: Mapping[sp.Symbol, sp.Expr]) -> sp.Expr:
    """By how much an expression changes where its symbols move by `direction`."""
    if not expr.args:
        return direction.get(expr, sp.S.Zero)
    slopes = [_slope(arg, direction) for arg in expr.args]
    if not any(slopes):
        return sp.S.Zero
    match expr:
        case sp.conjugate():
            return conjugate_of(slopes[0])
        case sp.re() | sp.im():
            return expr.func(slopes[0], evaluate=False)
        case sp.Abs():
            return sp.re(conjugate_of(expr.args[0]) * slopes[0], evaluate=False) / expr
    dummies = [sp.Dummy() for _ in expr.args]
    whole = expr.func(*dummies)
    inside = dict(zip(dummies, expr.args, strict=True))
    return sp.Add(
        *(
            sp.diff(whole, dummy).xreplace(inside) * slope
            for dummy, slope in zip(dummies, slopes, strict=True)
            if slope != 0
        )
    )


def restored(expr: sp.Expr) -> sp.Expr:
    """Undo the polarisation: every `x_bar` becomes conjugate(x).

    Examples:
        >>> from theory import restored, second_moment, white
        >>> restored(second_moment(white()))
        1/(-lambda*conjugate(lambda) + 1)

    """
    return expr.xreplace({s: sp.conjugate(bar(s)) for s in _bars(expr) if s.name.endswith("_bar")})
