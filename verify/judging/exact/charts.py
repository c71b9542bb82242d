"""A polynomial in a field's generators as a function on the unit cube, for a cover.

Generators that are functions of others, exponentials and roots, are tied to them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import flint

from numerics.arithmetic.jets import Jet, Space, decay, exp, polynomial, power
from verify.judging.covers.boxes import Place
from verify.judging.exact.field import GENERATORS, Range

ORDER = 16  # vanishing orders are looked for up to here

Poly = flint.fmpq_mpoly
Backwards = Callable[[flint.arb], flint.arb]  # a variable → the claim's parameter


@dataclass(frozen=True)
class Variable:
    """A free generator: its range, and the claim's parameter that it stands for."""

    number: int
    range: Range
    name: str
    backwards: Backwards


@dataclass(frozen=True)
class PolynomialChart:
    """A polynomial in variables within [0, 1] and functions of them.

    Attributes:
        poly: the function.
        variables: the free generators.
        exponents: g → m where g = exp(m/2).
        squares: g → q where g = √q.
        decays: g → (t, rate) where g = exp(−rate/t)/t.
        constants: g → its value.

    """

    poly: Poly
    variables: tuple[Variable, ...]
    exponents: dict[int, tuple[Poly, Poly]]
    squares: dict[int, Poly]
    decays: dict[int, tuple[int, flint.fmpq]]
    constants: dict[int, Callable[[], flint.arb]]

    @property
    def dimension(self) -> int:
        """The number of variables; constants are functions of one, too."""
        return max(1, len(self.variables))

    @property
    def dependent(self) -> list[int]:
        """The generators that are no variables, each after those that it depends on."""
        return sorted({*self.exponents, *self.squares, *self.decays, *self.constants})

    def arguments(self, g: int) -> set[int]:
        """The generators that a dependent one is tied to."""
        if g in self.decays:
            return {self.decays[g][0]}
        polys = self.exponents.get(g) or (self.squares[g],) if g not in self.constants else ()
        return set().union(*(used(poly) for poly in polys))

    def __call__(self, x: Sequence[Jet]) -> Jet:
        """The jet of the function where the variables have these jets."""
        values = dict(zip((v.number for v in self.variables), x, strict=False))
        half = flint.fmpq(1, 2)
        for g in self.dependent:
            if g in self.exponents:
                top, bottom = (_value(part, values, x[0].space) for part in self.exponents[g])
                values[g] = exp(top / bottom * half)
            elif g in self.squares:
                values[g] = power(_value(self.squares[g], values, x[0].space), half)
            elif g in self.decays:
                variable, rate = self.decays[g]
                values[g] = decay(values[variable], rate)
            else:
                values[g] = x[0].space.constant(self.constants[g]())
        return _value(self.poly, values, x[0].space)

    def order(self, weights: Sequence[int]) -> int:
        """A proven lower bound on the order in s (see `Chart.order`).

        Exponentials are expanded to ORDER, and the lowest coefficients may reduce to 0.
        """
        images = list(self.poly.context().gens())
        s = images[GENERATORS - 1]
        moving = set()
        for variable, weight in zip(self.variables, weights, strict=False):
            if weight:
                images[variable.number] *= s**weight
                moving.add(variable.number)
        for g in self.dependent:
            if not moving & self.arguments(g):
                continue
            moving.add(g)
            if g in self.decays:
                images[g] *= 0
            elif g in self.exponents and self.exponents[g][1].is_constant():
                top, bottom = self.exponents[g]
                images[g] = _expanded(
                    images[g], top.compose(*images) / bottom.leading_coefficient()
                )
            else:
                return 0
        degrees = [e[GENERATORS - 1] for e in self.poly.compose(*images).monoms()]
        return min(degrees, default=ORDER) if min(degrees, default=0) <= ORDER else ORDER

    def parameters(self, x: Sequence[flint.arb]) -> Place:
        """The claim's own parameters at a point."""
        return {v.name: v.backwards(value) for v, value in zip(self.variables, x, strict=False)}


def used(poly: Poly) -> set[int]:
    """The generators that occur in a polynomial."""
    return {g for g, degree in enumerate(poly.degrees()) if degree}


def _value(poly: Poly, values: dict[int, Jet], space: Space) -> Jet:
    needed = sorted(used(poly))
    if not needed:
        return space.constant(poly.leading_coefficient())
    terms = {tuple(e[g] for g in needed): c for e, c in poly.to_dict().items()}
    return polynomial(terms, [values[g] for g in needed])


def _expanded(own: Poly, exponent: Poly) -> Poly:
    """exp(m/2) as a polynomial in s to ORDER; its value at s = 0, if not 1, remains `own`."""
    context = own.context()
    fixed = {e: c for e, c in exponent.to_dict().items() if e[GENERATORS - 1] == 0}
    half = (exponent - context.from_dict(fixed)) / 2
    total = own if fixed else context.constant(1)
    term = total
    for n in range(1, ORDER + 1):
        term = _truncated(term * half / n)
        total += term
    return total


def _truncated(poly: Poly) -> Poly:
    kept = {e: c for e, c in poly.to_dict().items() if e[GENERATORS - 1] <= ORDER}
    return poly.context().from_dict(kept)
