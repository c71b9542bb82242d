"""Points of a claim's domain, with exact rational coordinates.

A point gives every real parameter a rational value and every complex one a Gaussian rational,
so that it can be stated in a report, recomputed at any precision, and put into exact arithmetic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Protocol

import flint
import sympy as sp

from numerics.arithmetic.balls import evaluate
from numerics.arithmetic.gaussian import gaussian


class Named(Protocol):
    """What has a symbol for each parameter: a model of a claim."""

    @property
    def symbols(self) -> Mapping[str, sp.Symbol]:
        """The symbol of each parameter, by name."""


@dataclass(frozen=True)
class Polar:
    """modulus · exp(i angle), for an angle whose half has the rational tangent `half_tangent`."""

    modulus: Fraction
    half_tangent: Fraction

    @cached_property
    def direction(self) -> tuple[Fraction, Fraction]:
        """cos(angle) and sin(angle): a rational point of the unit circle."""
        t = self.half_tangent
        return (1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)

    def __str__(self) -> str:
        cosine, sine = self.direction
        return f"{self.modulus}*({cosine} {'-' if sine < 0 else '+'} {abs(sine)}*I)"


@dataclass(frozen=True)
class Irrational:
    """A real constant that is no rational number, such as sqrt(2)/2."""

    expression: sp.Expr

    def __str__(self) -> str:
        return str(self.expression)


Coordinate = Fraction | Polar | Irrational


@dataclass(frozen=True)
class Point:
    """Parameter name → exact coordinate."""

    coordinates: Mapping[str, Coordinate]

    def __str__(self) -> str:
        return ", ".join(f"{name} = {value}" for name, value in self.coordinates.items())

    def with_coordinate(self, name: str, coordinate: Coordinate) -> Point:
        """The point with another coordinate."""
        return Point({**self.coordinates, name: coordinate})

    def moved(self, name: str, value: Fraction) -> Point:
        """The point with another value of a real parameter, or modulus of a complex one."""
        old = self.coordinates[name]
        new = replace(old, modulus=value) if isinstance(old, Polar) else value
        return self.with_coordinate(name, new)

    def turned_apart(self) -> Point:
        """The point with its complex parameters in ever smaller angles, one after the other."""
        complex_ones = {n: c for n, c in self.coordinates.items() if isinstance(c, Polar)}
        turned = {
            name: replace(old, half_tangent=old.half_tangent / k)
            for k, (name, old) in enumerate(complex_ones.items(), 1)
        }
        return Point({**self.coordinates, **turned})

    def balls(self) -> dict[str, flint.acb]:
        """Balls around the coordinates at the current precision, by name."""
        return {name: _ball(c) for name, c in self.coordinates.items()}

    def values(self, model: Named) -> dict[sp.Symbol, flint.acb]:
        """Balls around the coordinates at the current precision, by symbol."""
        return {symbol: _ball(self.coordinates[n]) for n, symbol in model.symbols.items()}

    def exact(self, model: Named) -> dict[sp.Symbol, flint.fmpq_mat]:
        """The coordinates as Gaussian rationals, by symbol; irrational ones are left out."""
        return {
            symbol: gaussian(*_parts(self.coordinates[n]))
            for n, symbol in model.symbols.items()
            if not isinstance(self.coordinates[n], Irrational)
        }


def _parts(coordinate: Coordinate) -> tuple[Fraction, Fraction]:
    """The real and the imaginary part of a coordinate."""
    if isinstance(coordinate, Polar):
        cosine, sine = coordinate.direction
        return coordinate.modulus * cosine, coordinate.modulus * sine
    if isinstance(coordinate, Irrational):
        raise TypeError(f"{coordinate} is not rational")
    return coordinate, Fraction(0)


def _ball(coordinate: Coordinate) -> flint.acb:
    if isinstance(coordinate, Irrational):
        return evaluate(coordinate.expression, {})
    real, imag = _parts(coordinate)
    return flint.acb(_real(real), _real(imag))


def _real(value: Fraction) -> flint.arb:
    return flint.arb(flint.fmpq(value.numerator, value.denominator))
