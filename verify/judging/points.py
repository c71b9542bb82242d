"""Points of a claim's domain: exact rational coordinates, in the same order for the same seed.

A point gives every real parameter a rational value and every complex one a Gaussian rational,
so that it can be stated in a report, recomputed at any precision, and put into exact arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice, product
from math import ceil, tan
from random import Random

import flint
import sympy as sp

from numerics.arithmetic.balls import evaluate
from numerics.arithmetic.gaussian import gaussian
from theory.catalogue import QUANTITIES
from verify.claims.claim import Claim, Interval
from verify.judging.model import MeaningError, Model, to_sympy
from verify.settings import Settings

# |λ| ≤ 1 − MARGIN of the way: the series route sums about digits/(−log10|λ|) lags
MARGIN = Fraction(1, 50)
UNBOUNDED = Fraction(4)
FAR = 40
# the largest denominator of tan(angle/2), so that a point can be read
TANGENT = 20


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
    """Real and imaginary part."""
    if isinstance(coordinate, Polar):
        cosine, sine = coordinate.direction
        return coordinate.modulus * cosine, coordinate.modulus * sine
    return coordinate, Fraction(0)


def _ball(coordinate: Coordinate) -> flint.acb:
    real, imag = _parts(coordinate)
    return flint.acb(_real(real), _real(imag))


def _real(value: Fraction) -> flint.arb:
    return flint.arb(flint.fmpq(value.numerator, value.denominator))


def bounds(interval: Interval) -> tuple[Fraction | None, Fraction | None]:
    """The interval's ends as rationals, irrational ones rounded inwards; None if open-ended.

    Raises:
        MeaningError: if it is empty, or a bound is not a real number.

    """
    lower = _bound(interval.lower, up=True) if interval.lower else None
    upper = _bound(interval.upper, up=False) if interval.upper else None
    if interval.modulus:
        lower = max(lower or Fraction(0), Fraction(0))
    if lower is not None and upper is not None:
        open_ended = interval.lower_strict or interval.upper_strict
        if lower > upper or (lower == upper and open_ended):
            raise MeaningError(f"domain: the range of {interval.name!r} is empty")
    return lower, upper


def _bound(expression: object, up: bool) -> Fraction:
    value = to_sympy(expression, {})  # type: ignore[arg-type]
    if value.is_Rational:
        return Fraction(int(value.p), int(value.q))
    with flint.ctx.workprec(200):
        ball = evaluate(value, {})
    if not (ball.imag == 0 and ball.is_finite()):
        raise MeaningError(f"domain: the bound {expression} is not a real number")
    rounded = Fraction(float(ball.real.mid()))
    inwards = (1 + abs(rounded)) * Fraction(1, 2**50)
    return rounded + inwards if up else rounded - inwards


def number_of_points(model: Model, settings: Settings) -> int:
    """How many points of the domain a route may try."""
    return ceil(settings.tier.points / QUANTITIES[model.claim.quantity].cost)


def sample(claim: Claim, count: int, seed: int) -> Iterator[Point]:
    """`count` points inside the domain: a plain one first, then at random, some near the ends."""
    random = Random(f"{claim.id} {seed}")  # noqa: S311 (reproducible, not secret)
    intervals = [claim.interval(name) for name in claim.parameters]
    ranges = [(interval, finite_ends(interval)) for interval in intervals]
    for index in range(count):
        yield Point(
            {
                # 3/4, 5/6, …: neither 0 nor equal to each other, where false claims may hold
                i.name: _coordinate(claim, i, ends, Fraction(2 * n + 3, 2 * n + 4), index, random)
                for n, (i, ends) in enumerate(ranges)
            }
        )


def corners(claim: Claim, inset: Fraction = Fraction(1, 10**6)) -> Iterator[Point]:
    """The domain's corners, the box's extremes of what a claim asserts.

    A corner that the domain leaves out is approached by `inset` of the range; infinity is FAR off.
    """
    ends = (_ends(claim, claim.interval(name), inset) for name in claim.parameters)
    for combination in islice(product(*ends), 64):
        yield Point(dict(zip(claim.parameters, combination, strict=True)))


def faces(claim: Claim, inset: Fraction) -> Iterator[Point]:
    """A point on each face that belongs to the domain, and one next to it by `inset` of the range.

    What is false next to a face may be an equality on it.
    """
    [inside] = sample(claim, 1, seed=0)
    for name in claim.parameters:
        interval = claim.interval(name)
        inner = replace(interval, lower_strict=True, upper_strict=True)
        ends = (*_ends(claim, interval, inset), *_ends(claim, inner, inset))
        for end in dict.fromkeys(ends):
            yield Point({**inside.coordinates, name: end})


def _ends(claim: Claim, interval: Interval, inset: Fraction) -> Sequence[Coordinate]:
    lower, upper = finite_ends(interval)
    if interval.name == claim.horizon:
        return [lower]
    step = (upper - lower) * inset
    inside = [lower, upper]
    if interval.lower is None and not interval.modulus:
        inside[0] -= FAR
    elif interval.lower_strict:
        inside[0] += step
    if interval.upper is None:
        inside[1] += FAR
    elif interval.upper_strict:
        inside[1] -= step
    return [Polar(end, Fraction(1, 2)) for end in inside] if interval.modulus else inside


def finite_ends(interval: Interval) -> tuple[Fraction, Fraction]:
    """The interval's ends, with a stand-in where there is none."""
    lower, upper = bounds(interval)
    lower = lower if lower is not None else (upper or 0) - UNBOUNDED
    return lower, upper if upper is not None else lower + 2 * UNBOUNDED


def _coordinate(
    claim: Claim,
    interval: Interval,
    ends: tuple[Fraction, Fraction],
    first: Fraction,
    index: int,
    random: Random,
) -> Coordinate:
    lower, upper = ends
    if interval.name == claim.horizon:
        return Fraction(int(lower) + random.randrange(1, 30))
    share = first if index == 0 else Fraction(random.randrange(1, 1000), 1000)
    if index % 3 == 2:
        share = 1 - share / 20 if random.random() < 0.5 else share / 20
    share = min(max(share, MARGIN), 1 - MARGIN)
    value = lower + share * (upper - lower)
    rounded = value.limit_denominator(10_000)
    value = rounded if lower < rounded < upper else value
    if interval.modulus:
        angle = random.randrange(-314, 315) / 100
        return Polar(value, Fraction(tan(angle / 2)).limit_denominator(TANGENT))
    return value
