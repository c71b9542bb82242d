"""Points of a claim's domain, with exact rational coordinates.

A point gives every real parameter a rational value and every complex one a Gaussian rational,
so that it can be stated in a report, recomputed at any precision, and put into exact arithmetic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import flint
import sympy as sp

from numerics.arithmetic.gaussian import gaussian

if TYPE_CHECKING:
    from verify.judging.model import Model


@dataclass(frozen=True)
class Polar:
    """modulus · exp(i angle), for an angle whose half has the rational tangent `half_tangent`."""

    modulus: Fraction
    half_tangent: Fraction

    @property
    def direction(self) -> tuple[Fraction, Fraction]:
        """cos(angle) and sin(angle): a rational point of the unit circle."""
        t = self.half_tangent
        return (1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)

    def __str__(self) -> str:
        cosine, sine = self.direction
        return f"{self.modulus}*({cosine} {'-' if sine < 0 else '+'} {abs(sine)}*I)"


Coordinate = Fraction | Polar


@dataclass(frozen=True)
class Point:
    """Parameter name → exact coordinate."""

    coordinates: Mapping[str, Coordinate]

    def __str__(self) -> str:
        return ", ".join(f"{name} = {value}" for name, value in self.coordinates.items())

    def values(self, model: Model) -> dict[sp.Symbol, flint.acb]:
        """Balls around the coordinates at the current precision, by symbol."""
        return {model.symbols[n]: _ball(c) for n, c in self.coordinates.items()}

    def exact(self, model: Model) -> dict[sp.Symbol, flint.fmpq_mat]:
        """The coordinates as Gaussian rationals, by symbol."""
        return {model.symbols[n]: gaussian(*_parts(c)) for n, c in self.coordinates.items()}


def _parts(coordinate: Coordinate) -> tuple[Fraction, Fraction]:
    """The real and the imaginary part of a coordinate."""
    if isinstance(coordinate, Polar):
        cosine, sine = coordinate.direction
        return coordinate.modulus * cosine, coordinate.modulus * sine
    return coordinate, Fraction(0)


def _ball(coordinate: Coordinate) -> flint.acb:
    real, imag = _parts(coordinate)
    return flint.acb(_real(real), _real(imag))


def _real(value: Fraction) -> flint.arb:
    return flint.arb(flint.fmpq(value.numerator, value.denominator))
