"""Dyadic boxes in the unit cube, and places in a claim's own parameters, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import flint

Place = Mapping[str, flint.arb]  # parameter name → value


@dataclass(frozen=True)
class Box:
    """The box ∏ [a_i, a_i + 1] 2^−l_i."""

    corner: tuple[int, ...]
    levels: tuple[int, ...]

    def side(self, i: int) -> flint.arb:
        """A ball around the interval of coordinate i, whose radius is rounded upwards."""
        middle = Fraction(2 * self.corner[i] + 1, 2 ** (self.levels[i] + 1))
        return flint.arb(exactly(middle), flint.arb(2) ** -(self.levels[i] + 1))

    def halves(self, i: int) -> tuple[Box, Box]:
        """The box cut across coordinate i."""
        levels = (*self.levels[:i], self.levels[i] + 1, *self.levels[i + 1 :])
        low, high = (
            (*self.corner[:i], 2 * self.corner[i] + half, *self.corner[i + 1 :]) for half in (0, 1)
        )
        return Box(low, levels), Box(high, levels)


def shown(place: Place) -> str:
    """A point in words, to six digits."""
    return ", ".join(
        f"{name} = {value.mid().str(6, radius=False)}" for name, value in place.items()
    )


def between(one: flint.arb, other: flint.arb) -> str:
    """The range between two ends in words; an end that is not finite counts as infinite."""
    finite = [end for end in (one, other) if end.is_finite()]
    ends = [end.mid().str(6, radius=False) for end in sorted(finite, key=float)]
    if len(set(ends)) == 1:
        return f"= {ends[0]}" if len(finite) == 2 else f"beyond {ends[0]}"
    return f"in [{ends[0]}, {ends[1]}]" if finite else "at infinity"


def exactly(value: Fraction | None) -> flint.arb:
    """A ball around a rational; not a number for None, so that nothing compares with it."""
    if value is None:
        return flint.arb.nan()
    return flint.arb(flint.fmpq(value.numerator, value.denominator))
