"""A SymPy expression in real symbols as a function on the unit cube, for a cover."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import flint
import sympy as sp
from sympy.polys.rings import PolyElement

from numerics.arithmetic.evaluation import evaluate_in
from numerics.arithmetic.jets import Jet, arithmetic, decay, polynomial
from verify.judging.covers.boxes import Place

ORDER = 16  # vanishing orders are looked for up to here

Range = tuple[sp.Expr, sp.Expr]
Backwards = Callable[[flint.arb], flint.arb]  # a variable → the claim's parameter


class Uncovered(ValueError):
    """An expression that has no charts here; the judge then abstains."""


class Decay(sp.Function):  # type: ignore[misc]
    """The function exp(−rate/x)/x of (x, rate)."""


@dataclass(frozen=True)
class Variable:
    """A free symbol: its range, and the claim's parameter that it stands for."""

    symbol: sp.Symbol
    range: Range
    name: str
    backwards: Backwards = lambda value: value


@dataclass(frozen=True)
class Expression:
    """A polynomial in symbols, some of which stand for exponentials (or decays) of others."""

    poly: sp.Expr
    exponentials: Mapping[sp.Symbol, sp.Expr]

    def subs(self, old: sp.Symbol, new: sp.Expr) -> Expression:
        """The expression with `new` for a symbol, everywhere."""
        inside = {e: value.subs(old, new) for e, value in self.exponentials.items()}
        return Expression(sp.expand(self.poly.subs(old, new)), inside)


class SymbolicChart:
    """A polynomial in variables within [0, 1] and functions of them."""

    def __init__(self, expr: Expression, variables: Sequence[Variable]) -> None:
        self.variables = variables
        # a rational has no generators of its own
        symbols = [variables[0].symbol] if expr.poly.is_Rational else []
        poly = sp.Poly(expr.poly, *symbols)
        if not (poly.domain.is_ZZ or poly.domain.is_QQ):
            raise Uncovered(f"a cover with coefficients in {poly.domain}")
        self.generators = [g.xreplace(dict(expr.exponentials)) for g in poly.gens]
        self.terms = {e: sp.Rational(c) for e, c in poly.terms()}
        self._numbers = {e: fmpq(c) for e, c in self.terms.items()}

    @property
    def dimension(self) -> int:
        """The number of variables; constants are functions of one, too."""
        return max(1, len(self.variables))

    def __call__(self, x: Sequence[Jet]) -> Jet:
        """The jet of the function where the variables have these jets."""
        values = {v.symbol: jet for v, jet in zip(self.variables, x, strict=False)}
        numbers = arithmetic(x[0].space)
        jets = [
            decay(values[g.args[0]], fmpq(g.args[1]))
            if isinstance(g, Decay)
            else evaluate_in(g, values, numbers)
            for g in self.generators
        ]
        return polynomial(self._numbers, jets)

    def order(self, weights: Sequence[int]) -> int:
        """A proven lower bound on the order in s (see `Chart.order`).

        Exponentials are expanded to ORDER, and the lowest coefficients may cancel to 0.
        """
        symbols = [v.symbol for v in self.variables]
        scaled = {s for s, w in zip(symbols, weights, strict=False) if w}
        names = [sp.Dummy() for _ in self.generators]
        ring, s, *rest = sp.ring([sp.Dummy("s"), *names, *(sp.Dummy() for _ in symbols)], sp.QQ)
        own, xs = rest[: len(names)], rest[len(names) :]
        moved = {v: x * s**w for v, x, w in zip(symbols, xs, weights, strict=False)}
        images = []
        for g, itself in zip(self.generators, own, strict=True):
            if g in moved:
                images.append(moved[g])
            elif not g.free_symbols & scaled:
                images.append(itself)
            elif isinstance(g, sp.exp) and _is_rational_polynomial(g.args[0], symbols):
                images.append(_expanded(itself, _in_ring(g.args[0], moved)))
            elif isinstance(g, Decay):
                images.append(ring.zero)
            elif isinstance(g, sp.log) and _is_rational_polynomial(g.args[0], symbols):
                images.append(_expanded_logarithm(itself, _in_ring(g.args[0], moved)))
            else:
                return 0
            if images[-1] is None:
                return 0
        total = ring.zero
        for exponents, c in self.terms.items():
            term = ring(_rational(c))
            for image, e in zip(images, exponents, strict=True):
                for _ in range(e):
                    term = _truncated(term * image)
            total += term
        return min((e[0] for e in total), default=ORDER)

    def parameters(self, x: Sequence[flint.arb]) -> Place:
        """The claim's own parameters at a point."""
        return {v.name: v.backwards(value) for v, value in zip(self.variables, x, strict=False)}


def _is_rational_polynomial(expr: sp.Expr, symbols: Sequence[sp.Symbol]) -> bool:
    return expr.is_polynomial(*symbols) and all(
        c.is_Rational for c in sp.Poly(expr, *symbols).coeffs()
    )


def _in_ring(poly: sp.Expr, moved: Mapping[sp.Symbol, PolyElement]) -> PolyElement:
    ring = next(iter(moved.values())).ring
    total = ring.zero
    for exponents, c in sp.Poly(poly, *moved).terms():
        term = ring(_rational(c))
        for image, e in zip(moved.values(), exponents, strict=True):
            term *= image**e
        total += term
    return total


def _expanded(itself: PolyElement, m: PolyElement) -> PolyElement:
    """exp(m) as a polynomial in s to ORDER; its value at s = 0, if not 1, remains `itself`."""
    fixed = _at_zero(m)
    total = itself if fixed else itself.ring.one
    term = total
    for n in range(1, ORDER + 1):
        term = _truncated(term * (m - fixed) * sp.QQ(1, n))
        total += term
    return total


def _expanded_logarithm(itself: PolyElement, m: PolyElement) -> PolyElement | None:
    """log(m) as a polynomial in s to ORDER; None unless m at s = 0 is a positive constant."""
    fixed = _at_zero(m)
    if not (fixed.is_ground and fixed.LC > 0):
        return None
    ratio = (m - fixed) * (1 / fixed.LC)
    total = itself.ring.zero if fixed == 1 else itself
    power = itself.ring.one
    for n in range(1, ORDER + 1):
        power = _truncated(power * ratio)
        total += power * sp.QQ((-1) ** (n + 1), n)
    return total


def _at_zero(m: PolyElement) -> PolyElement:
    return m.ring.from_dict({e: c for e, c in m.items() if e[0] == 0})


def _truncated(element: PolyElement) -> PolyElement:
    return element.ring.from_dict({e: c for e, c in element.items() if e[0] <= ORDER})


def _rational(value: sp.Rational) -> Any:
    return sp.QQ(int(value.p), int(value.q))


def fmpq(value: sp.Rational) -> flint.fmpq:
    """A rational number in python-flint."""
    return flint.fmpq(int(value.p), int(value.q))
