"""Values within a claim's intervals, and those of elements at a point of its domain, in balls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from math import factorial, floor

import flint

from verify.claims.claim import Interval
from verify.judging.covers.boxes import Place, exactly
from verify.judging.exact.field import Element, Unsupported
from verify.judging.exact.reader import Reader
from verify.judging.text import outside

BITS = 128
SHARES = tuple(Fraction(n, n + 6) for n in (5, 7, 11, 13, 3, 17))  # of ranges
DIRECTION = flint.acb(flint.fmpq(3, 5), flint.fmpq(4, 5))  # of a complex parameter
VARIANCE, RATIO = Fraction(13, 11), Fraction(5, 17)  # R(Δ) = 13/11·(5/17)^Δ is one of any inputs


def interval_of(name: str, reader: Reader) -> Interval:
    """The range of a parameter; a horizon is a whole number."""
    return replace(reader.claim.interval(name), is_whole=reader.claim.is_whole(name))


def enclosed(interval: Interval, outwards: bool) -> tuple[Fraction | None, Fraction | None]:
    """The bounds of an interval, irrational ones rounded outwards or inwards; None for none."""
    side = 1 if outwards else -1
    return outside(interval.lower, -side), outside(interval.upper, side)


def contains(interval: Interval, value: Fraction) -> bool:
    """Whether a value certainly lies in an interval."""
    lower, upper = enclosed(interval, outwards=False)
    above = lower is None or value > lower or (value == lower and not interval.lower_strict)
    below = upper is None or value < upper or (value == upper and not interval.upper_strict)
    return above and below and _is_met(interval, value)


def may_contain(interval: Interval, value: Fraction) -> bool:
    """Whether an interval with an irrational end may hold a value."""
    if enclosed(interval, outwards=True) == enclosed(interval, outwards=False):
        return contains(interval, value)
    return _is_met(interval, value) and may_reach(interval, exactly(value))


def may_reach(interval: Interval, root: flint.arb) -> bool:
    """Whether an interval may hold a number."""
    lower, upper = enclosed(interval, outwards=True)
    is_below = lower is not None and root < exactly(lower)
    is_above = upper is not None and root > exactly(upper)
    return not (is_below or is_above)


def _is_met(interval: Interval, value: Fraction) -> bool:
    return value.denominator == 1 or not interval.is_whole


def inside(interval: Interval, share: Fraction) -> Fraction:
    """A value so far from end to end, if the interval is no point."""
    lower, upper = enclosed(interval, outwards=False)
    low = lower if lower is not None else (upper or 0) - 4
    high = upper if upper is not None else low + 8
    value = low + share * (high - low)
    return Fraction(floor(value)) if interval.is_whole else value


def value_inside(z: Element, reader: Reader, place: Place | None = None) -> flint.acb:
    """A ball around an element at a point of the domain, for one input if it is about any.

    Args:
        z: the element.
        reader: what has read it.
        place: the values of some real parameters, and moduli of complex ones, that are known to
            lie in the domain.

    Raises:
        Unsupported: if none is found, as where a range is a single irrational number.

    """
    known = place or {}
    values: dict[int, flint.acb] = dict.fromkeys(reader.turns.values(), DIRECTION)
    for number, name in enumerate(reader.claim.parameters):
        if (g := reader.parameters.get(name, reader.parameters.get(f"|{name}|"))) is not None:
            chosen = known.get(reader.field.generators[g].name)
            values[g] = flint.acb(
                exactly(_chosen(reader, name, number)) if chosen is None else chosen
            )
    with flint.ctx.workprec(BITS):
        return _Values(reader, values).of(z)


def _chosen(reader: Reader, name: str, number: int) -> Fraction:
    """A value of the domain of a parameter, others for others."""
    interval = interval_of(name, reader)
    for share in (*SHARES[number % len(SHARES) :], *SHARES):
        value = inside(interval, share)
        for near in (value, value + 1):
            if contains(interval, near):
                return near
    raise Unsupported(f"a value of {name}")


class _Values:
    """Balls around elements, given those around the parameters."""

    def __init__(self, reader: Reader, known: Mapping[int, flint.acb]) -> None:
        self.reader = reader
        self.known = dict(known)

    def of(self, z: Element) -> flint.acb:
        return self.polynomial(z.num) / self.polynomial(z.den)

    def polynomial(self, poly: flint.fmpq_mpoly) -> flint.acb:
        total = flint.acb(0)
        for exponents, coefficient in poly.to_dict().items():
            term = flint.acb(coefficient)
            for g, exponent in enumerate(exponents):
                if exponent:
                    term *= self.generator(g) ** int(exponent)
            total += term
        return total

    def generator(self, g: int) -> flint.acb:
        if g not in self.known:
            self.known[g] = self._generator(g)
        return self.known[g]

    def _generator(self, g: int) -> flint.acb:
        generator = self.reader.field.generators[g]
        if generator.exponent is not None:
            return (self.of(generator.exponent) / 2).exp()
        if generator.square is not None:
            return self.polynomial(generator.square).sqrt()
        if generator.name == "pi":
            return flint.acb(flint.arb.pi())
        if g in self.reader.lags:
            return flint.acb(exactly(VARIANCE * RATIO ** self.reader.lags[g]))
        if g not in self.reader.jets:
            raise Unsupported(f"a value of {generator.name}")
        order, _, w = self.reader.jets[g]
        pole = 1 - exactly(RATIO) * self.of(w)
        # of Σ_{Δ≥1} R(Δ) w^Δ, which is 0 at 0
        value = factorial(order) * exactly(RATIO) ** order / pole ** (order + 1) - (order == 0)
        return exactly(VARIANCE) * value
