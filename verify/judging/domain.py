"""A claim's domain as one object: what judges cover, and where routes look.

Points of it have exact rational coordinates, in the same order for the same seed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import combinations, islice, product
from math import tan
from random import Random

import flint
import sympy as sp

from numerics.arithmetic.balls import evaluate, midpoint
from verify.claims.claim import Claim, Interval
from verify.claims.expressions import Expression
from verify.judging.evidence import MeaningError
from verify.judging.points import Coordinate, Irrational, Point, Polar
from verify.judging.translation import to_sympy

# |λ| ≤ 1 − MARGIN of the way: the series route sums about digits/(−log10|λ|) lags
MARGIN = Fraction(1, 50)
LARGEST = sp.Integer(10) ** 300  # of bounds, as of what floats can tell
UNBOUNDED = Fraction(4)
FAR = 40
LONGER = 30  # steps, at most, than the shortest horizon
# the largest denominator of tan(angle/2), so that a point can be read
TANGENT = 20
INSET = Fraction(1, 10**6)
MAX_CORNERS = 64
FEW = 6


@dataclass(frozen=True)
class Range:
    """The values of one parameter: real numbers, whole ones, or complex ones by their modulus.

    Attributes:
        name: the parameter's.
        lower: the lower end, exact; −∞ where there is none, and 0 of a modulus.
        upper: the upper end, exact; ∞ where there is none.
        has_lower: whether the lower end belongs to it.
        has_upper: whether the upper end does.
        is_modulus: whether the parameter is complex, and this is the range of its modulus.
        is_whole: whether it holds whole numbers only.
        holds_zero: whether it is a modulus that has no lower bound, or a negative one.

    """

    name: str
    lower: sp.Expr
    upper: sp.Expr
    has_lower: bool
    has_upper: bool
    is_modulus: bool
    is_whole: bool
    holds_zero: bool

    @classmethod
    def of(cls, claim: Claim, name: str) -> Range:
        """The range that a claim gives to one of its parameters."""
        interval = claim.interval(name)
        lower = _end(interval.lower, -sp.oo)
        upper = _end(interval.upper, sp.oo)
        is_whole = claim.is_whole(name)
        if is_whole:
            lower, upper = _whole_ends(interval, lower, upper)
        if name == claim.horizon:
            if interval.lower is not None and lower < 1:
                raise MeaningError(f"field 'domain': {interval}: {name} counts steps, from 1 on")
            lower = sp.Max(lower, 1)
        return cls(
            name,
            sp.Max(lower, 0) if interval.modulus else lower,
            upper,
            is_whole or not interval.lower_strict,
            is_whole or not interval.upper_strict,
            interval.modulus,
            is_whole,
            interval.modulus and bool(lower.is_extended_negative),
        )

    @property
    def is_positive(self) -> bool:
        """Whether no real number of the range is 0 or below."""
        return bool(self.lower.is_extended_nonnegative) and not (self.has_lower or self.is_modulus)

    @cached_property
    def value(self) -> sp.Expr | None:
        """The only value, where there is but one."""
        is_point = self.lower == self.upper and self.has_lower and self.has_upper
        return self.lower if is_point and not self.is_modulus else None

    @property
    def interval(self) -> sp.Set:
        """The real numbers between the ends, with the ends that belong to it."""
        return sp.Interval(self.lower, self.upper, not self.has_lower, not self.has_upper)

    @cached_property
    def rational_ends(self) -> tuple[Fraction | None, Fraction | None]:
        """The ends as rationals, irrational ones rounded inwards; None where there is none.

        Raises:
            MeaningError: if nothing lies between them, or one is not a real number.

        """
        if self.value is not None:
            return (self._rational(self.value, up=True),) * 2
        lower, upper = self._rational(self.lower, up=True), self._rational(self.upper, up=False)
        if lower is not None and upper is not None:
            is_closed = self.has_lower and self.has_upper
            if lower > upper or (lower == upper and not is_closed):
                raise MeaningError(f"domain: the range of {self.name!r} is empty")
        return lower, upper

    def _rational(self, end: sp.Expr, up: bool) -> Fraction | None:
        if end in (-sp.oo, sp.oo):  # SymPy calls 1/z infinite, whose z it takes for 0
            return None
        if end.is_Rational:
            if abs(end) > LARGEST:
                raise MeaningError(f"domain: leave out the bound of {self.name!r} beyond 1e300")
            return Fraction(int(end.p), int(end.q))
        with flint.ctx.workprec(200):
            ball = evaluate(end, {})
        if not (ball.imag == 0 and ball.is_finite()):
            raise MeaningError(f"domain: the bound {end} of {self.name!r} is not a real number")
        with flint.ctx.workprec(50):  # a little less than a float has
            return midpoint(ball.real.upper() if up else ball.real.lower())

    @property
    def finite_ends(self) -> tuple[Fraction, Fraction]:
        """The rational ends, with a stand-in where there is none."""
        lower, upper = self.rational_ends
        lower = lower if lower is not None else (upper or 0) - UNBOUNDED
        return lower, upper if upper is not None else lower + 2 * UNBOUNDED

    @property
    def open(self) -> Range:
        """The range without its ends; itself where it is a single value."""
        return self if self.value is not None else replace(self, has_lower=False, has_upper=False)

    def extremes(self, inset: Fraction, far: int | None = None) -> list[Coordinate]:
        """The ends, excluded ones approached by `inset` of the range; infinity is `far` off.

        That is FAR unless given, and then whole numbers without end have but their other end.
        """
        if self.value is not None:
            return [_coordinate(self.value)]
        lower, upper = self.finite_ends
        if self.is_whole:
            if self.upper.is_infinite:
                return [lower, lower + far] if far else [lower]
            if self.lower.is_infinite:
                return [upper - far, upper] if far else [upper]
            return [lower, upper]
        far = far or FAR
        step = (upper - lower) * inset
        if self.lower.is_infinite:
            lower -= far
        elif not self.has_lower:
            lower += step
        if self.upper.is_infinite:
            upper += far
        elif not self.has_upper:
            upper -= step
        return [Polar(end, Fraction(1, 2)) if self.is_modulus else end for end in (lower, upper)]

    def draw(self, first: Fraction | None, near_an_end: bool, random: Random) -> Coordinate:
        """A coordinate, `first` of the way from end to end if that is given, else at random."""
        if self.value is not None:
            return _coordinate(self.value)
        lower, upper = self.finite_ends
        if self.is_whole:
            step = random.randrange(1, LONGER)
            is_below = self.lower.is_infinite and random.random() < 0.5
            number = int(upper) - step if is_below else int(lower) + step
            return Fraction(number if self.upper.is_infinite else min(number, int(upper)))
        share = first or Fraction(random.randrange(1, 1000), 1000)
        if near_an_end:
            share = 1 - share / 20 if random.random() < 0.5 else share / 20
        share = min(max(share, MARGIN), 1 - MARGIN)
        value = _between(lower, upper, share)
        if not self.is_modulus:
            return value
        return Polar(value, _half_tangent(random.randrange(-314, 315)))


@lru_cache(maxsize=2**14)
def _between(lower: Fraction, upper: Fraction, share: Fraction) -> Fraction:
    """What is so far from end to end, rounded where that is inside."""
    value = lower + share * (upper - lower)
    rounded = value.limit_denominator(10_000)
    return rounded if lower < rounded < upper else value


@lru_cache(maxsize=1024)
def _half_tangent(hundredths: int) -> Fraction:
    """The tangent of half an angle in hundredths, rounded."""
    return Fraction(tan(hundredths / 200)).limit_denominator(TANGENT)


def _coordinate(value: sp.Expr) -> Coordinate:
    return Fraction(int(value.p), int(value.q)) if value.is_Rational else Irrational(value)


def _whole_ends(interval: Interval, lower: sp.Expr, upper: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """The least and the largest whole number of an interval."""
    least = sp.floor(lower) + 1 if interval.lower_strict else sp.ceiling(lower)
    most = sp.ceiling(upper) - 1 if interval.upper_strict else sp.floor(upper)
    return least, most


def _end(bound: Expression | None, otherwise: sp.Expr) -> sp.Expr:
    return otherwise if bound is None else to_sympy(bound, {})


class Domain:
    """The ranges of all parameters of a claim.

    Args:
        claim: whose `id` also decides which points are drawn at random.

    Raises:
        MeaningError: if a bound is infinite or undefined, such as 1/0.

    """

    def __init__(self, claim: Claim) -> None:
        self.label = claim.id
        self.ranges = {name: Range.of(claim, name) for name in claim.parameters}

    def check(self) -> None:
        """Check that there is a point in the domain.

        Raises:
            MeaningError: if a range is empty, or an end of it is not a real number.

        """
        for one in self.ranges.values():
            _ = one.rational_ends

    def sample(self, count: int, seed: int) -> Iterator[Point]:
        """`count` points inside: a plain one first, then at random, some near the ends."""
        random = Random(f"{self.label} {seed}")  # noqa: S311 (reproducible, not secret)
        for index in range(count):
            yield Point(
                {
                    # 3/4, 5/6, …: neither 0 nor equal to each other, where false claims may hold
                    name: one.draw(
                        None if index else Fraction(2 * n + 3, 2 * n + 4), index % 3 == 2, random
                    )
                    for n, (name, one) in enumerate(self.ranges.items())
                }
            )

    @cached_property
    def inside(self) -> Point:
        """A plain point inside, the first of any sample."""
        [point] = self.sample(1, seed=0)
        return point

    def shortest(self) -> Iterator[Point]:
        """A point for each of the least whole numbers, and for the largest, of a parameter."""
        for name, one in self.ranges.items():
            if one.is_whole and one.value is None:
                least, most = one.finite_ends
                numbers = [min(least + step, most) for step in range(FEW)]
                if one.upper.is_finite:
                    numbers.append(most)
                for number in dict.fromkeys(numbers):
                    yield self.inside.with_coordinate(name, number)

    def corners(self, inset: Fraction = INSET, far: int | None = None) -> Iterator[Point]:
        """The corners of the box on which the claim is made; see `Range.extremes`.

        Several complex parameters are in one direction, where a false claim on their difference
        may hold, and each in another one.
        """
        ends: list[Sequence[Coordinate]] = [r.extremes(inset, far) for r in self.ranges.values()]
        for combination in islice(product(*ends), MAX_CORNERS):
            yield (point := Point(dict(zip(self.ranges, combination, strict=True))))
            turned = point.turned_apart()
            if turned != point:
                yield turned

    def closed_faces(self) -> Iterator[Point]:
        """A point on each face that belongs to the domain, next to it if its end is irrational."""
        for name, near, _ in self._closed_ends:
            yield self.inside.with_coordinate(name, near)

    def irrational_faces(self) -> Iterator[Point]:
        """A point on each face that belongs to the domain and has an irrational end."""
        for name, _, end in self._closed_ends:
            if isinstance(end, Irrational):
                yield self.inside.with_coordinate(name, end)

    def closed_edges(self) -> Iterator[Point]:
        """A point where two of the faces that belong to the domain meet."""
        for (name, _, end), (other, _, its_end) in combinations(self._closed_ends, 2):
            if name != other:
                yield self.inside.with_coordinate(name, end).with_coordinate(other, its_end)

    @property
    def _closed_ends(self) -> Iterator[tuple[str, Coordinate, Coordinate]]:
        """The parameter, a rational number at or next to the end, and the end itself."""
        for name, one in self.ranges.items():
            ends = (one.lower, one.has_lower and one.lower.is_finite), (one.upper, one.has_upper)
            for near, (end, is_own) in zip(one.extremes(INSET), ends, strict=False):
                if is_own and one.value is None:
                    yield name, near, near if one.is_modulus else _coordinate(end)

    def centres(self) -> Iterator[Point]:
        """A point with 0 for each complex parameter that may be 0."""
        for name, one in self.ranges.items():
            if one.holds_zero:
                yield self.inside.with_coordinate(name, Polar(Fraction(0), Fraction(0)))

    def faces(self, inset: Fraction, *far: int) -> Iterator[Point]:
        """A point on each face that belongs to the domain, and one next to it.

        What is false next to a face may be an equality on it. See `Range.extremes`; infinity may be
        at several distances.
        """
        for name, one in self.ranges.items():
            sides = product((one, one.open), far or (None,))
            ends = [end for side, off in sides for end in side.extremes(inset, off)]
            for end in dict.fromkeys(ends):
                yield self.inside.with_coordinate(name, end)
