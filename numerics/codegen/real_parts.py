"""Complex expressions written out in real arithmetic, for languages without complex numbers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

import sympy as sp
from sympy.codegen.cfunctions import expm1

from theory.algebra.conjugation import conjugated

Parts = tuple[sp.Expr, sp.Expr]


def real_parts(expr: sp.Expr, image: Mapping[sp.Symbol, Parts]) -> Parts:
    """Real and imaginary part of a polarised expression, as expressions in real symbols.

    Args:
        expr: sums, products, integer powers and exponentials (expm1 too) of anything; any other
            function, roots included, of what is real.
        image: the parts of each complex symbol.

    Raises:
        ValueError: if another function has a complex argument.

    Examples:
        >>> import sympy as sp
        >>> from numerics.codegen.real_parts import real_parts
        >>> z, x, y = sp.Symbol("z"), *sp.symbols("x y", real=True)
        >>> real_parts(1 / z, {z: (x, y)})
        (x/(x**2 + y**2), -y/(x**2 + y**2))

    """
    re, im = _parts(expr, image)
    return re, sp.S.Zero if conjugated(expr) == expr else im


def _parts(expr: sp.Expr, image: Mapping[sp.Symbol, Parts]) -> Parts:
    if not expr.args:
        return (sp.S.Zero, sp.S.One) if expr is sp.I else image.get(expr, (expr, sp.S.Zero))
    if isinstance(expr, sp.Pow) and expr.exp.is_Integer:
        return _power(real_parts(expr.base, image), int(expr.exp))
    parts = [real_parts(a, image) for a in expr.args]
    if isinstance(expr, sp.Add):
        return sp.Add(*(re for re, _ in parts)), sp.Add(*(im for _, im in parts))
    if isinstance(expr, sp.Mul):
        return reduce(_product, parts)
    if all(im == 0 for _, im in parts):
        return expr.func(*(re for re, _ in parts)), sp.S.Zero
    if isinstance(expr, sp.exp):
        [(re, im)] = parts
        return sp.exp(re) * sp.cos(im), sp.exp(re) * sp.sin(im)
    if isinstance(expr, expm1):
        [(re, im)] = parts
        return expm1(re) * sp.cos(im) - 2 * sp.sin(im / 2) ** 2, sp.exp(re) * sp.sin(im)
    raise ValueError(f"{expr} has no form in real numbers")


def _product(z: Parts, w: Parts) -> Parts:
    (a, b), (c, d) = z, w
    return a * c - b * d, a * d + b * c


def _power(z: Parts, n: int) -> Parts:
    a, b = z
    if b == 0:
        return a**n, sp.S.Zero
    if n < 0:
        square = a**2 + b**2
        return _power((a / square, -b / square), -n)
    if n == 1:
        return z
    half = _power(z, n // 2)
    return _product(_product(half, half), z) if n % 2 else _product(half, half)
