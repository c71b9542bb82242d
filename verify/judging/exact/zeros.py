"""Where a polynomial in a field's generators vanishes on a claim's domain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import islice, product
from typing import Any

import flint

from verify.claims.claim import Interval
from verify.claims.expressions import rational_of
from verify.judging.exact.field import Element, Unsupported
from verify.judging.exact.points import (
    contains,
    enclosed,
    inside,
    interval_of,
    may_contain,
    may_reach,
)
from verify.judging.exact.reader import Reader

Poly = flint.fmpq_mpoly
Place = dict[str, str]
SHARES = (Fraction(1, 2), Fraction(1, 3), Fraction(3, 4))  # of ranges, where a zero is looked for


def zeros(poly: Poly, reader: Reader) -> tuple[list[Place], str]:
    """The places of the domain where a polynomial vanishes, and why there may be others.

    Returns:
        Values of some parameters, at which it vanishes whatever the others are; and, where these
        need not be all, a reason (else nothing).

    """
    places: dict[str, Place] = {}
    left = ""
    for factor, _ in poly.factor()[1]:
        found, why = _of_factor(factor, reader, {})
        places |= {str(place): place for place in found}
        left = left or why
    return list(places.values()), left


def _of_factor(
    factor: Poly, reader: Reader, fixed: Mapping[str, Fraction]
) -> tuple[list[Place], str]:
    """Where an irreducible factor vanishes; some parameters have their values already."""
    names = {
        number: name
        for name, number in reader.parameters.items()
        if name != "pi" and not name.startswith("|")
    }
    used = [g for g, degree in enumerate(factor.degrees()) if degree]
    if not used:
        return [], ""
    free = [names[g] for g in used if g in names]
    if len(free) < len(used):
        keeps_away = _keeps_away(Element(reader.field, factor), reader)
        return [], "" if keeps_away else f"the sign of {_text(factor, reader)}"
    intervals = {name: interval_of(name, reader) for name in free}
    if len(free) == 1:
        return _roots(factor, used[0], intervals[free[0]], fixed)
    places: list[Place] = []
    left = ""
    if reader.field.sign(factor, is_strict=True) is None:
        places = _a_zero(factor, dict(zip(used, free, strict=True)), intervals, fixed)
        left = f"{_text(factor, reader)} may vanish"
    for g, name in zip(used, free, strict=True):
        for end in _own_ends(intervals[name]):
            restricted = _at(factor, {g: end})
            here = {**fixed, name: end}
            if restricted.is_zero():
                places.append(_place(here))
                continue
            _, factors = restricted.factor()
            for part, _ in factors:
                found, why = _of_factor(part, reader, here)
                places += found
                left = left or why
    return places, left


def _keeps_away(z: Element, reader: Reader) -> bool:
    """Whether a function of others than real parameters is nowhere 0, closed ends included."""
    try:
        return _is_dominated(z.num, reader) or all(
            _has_sign(reader.at(z, face)) for face in _faces(z, reader)
        )
    except Unsupported:
        return False


def _has_sign(z: Element) -> bool:
    """Whether an element is real, or a modulus, and nowhere 0 within its generators' ranges."""
    squared = z if z.is_real else z * z.conjugate()
    return z.field.sign(squared.num, is_strict=True) is not None


def _faces(z: Element, reader: Reader) -> Iterator[dict[int, Fraction]]:
    """The inside, and the faces that belong to the ranges of what an element is a function of."""
    behind = reader.field.behind(z.num)
    choices: list[list[dict[int, Fraction]]] = []
    for name, g in reader.parameters.items():
        if g in behind and name != "pi":
            interval = interval_of(name.strip("|"), reader)
            # a modulus of which no lower bound is said may be 0
            zero = [Fraction(0)] if interval.modulus and interval.lower is None else []
            choices.append([{}, *({g: end} for end in (*zero, *_own_ends(interval)))])
    for choice in product(*choices):
        yield {g: end for one in choice for g, end in one.items()}


def _is_dominated(factor: Poly, reader: Reader) -> bool:
    """Whether a term of constant modulus is larger than the moduli of all others together."""
    constant, others, is_less = flint.fmpq(0), flint.fmpq(0), True
    names = {number: name.strip("|") for name, number in reader.parameters.items()}
    for exponents, c in factor.to_dict().items():
        sizes = {g for g, n in enumerate(exponents) if n} - set(reader.turns.values())
        if not sizes and not constant:
            constant = abs(c)
            continue
        for lower, upper in (reader.field.generators[g].range or (None, None) for g in sizes):
            if lower is None or upper is None or max(-lower, upper) > 1:
                return False
        others += abs(c)
        is_less &= any(g in names and _is_below_1(reader.claim.interval(names[g])) for g in sizes)
    return bool(others < constant or (others == constant and is_less))


def _is_below_1(interval: Interval) -> bool:
    """Whether the modulus of a parameter that lies in [−1, 1] is certainly less than 1."""
    bounds = interval.ends[1:] if interval.modulus else interval.ends
    ends = [None if b is None else rational_of(b.node) for b, strict in bounds if not strict]
    return all(end is not None and abs(end) < 1 for end in ends)


def _roots(
    factor: Poly, g: int, interval: Interval, fixed: Mapping[str, Fraction]
) -> tuple[list[Place], str]:
    """The zeros of a polynomial in one parameter that lie in its interval."""
    coefficients = [flint.fmpq(0)] * (factor.degrees()[g] + 1)
    for exponents, c in factor.to_dict().items():
        coefficients[exponents[g]] = c
    places, left = [], ""
    integers = [int(c.p) * (_common(coefficients) // int(c.q)) for c in coefficients]
    found: Any = flint.fmpz_poly(integers).complex_roots()  # pairs, unlike what its stub says
    for root, _ in found:
        if not root.imag.contains(0):
            continue
        if len(coefficients) == 2:
            exact = -coefficients[0] / coefficients[1]
            value = Fraction(int(exact.p), int(exact.q))
            if contains(interval, value):
                places.append(_place({**fixed, interval.name: value}))
            if contains(interval, value) or not may_contain(interval, value):
                continue
        elif interval.is_whole or not may_reach(interval, root.real):
            continue  # an irrational root is no whole number
        near = root.real.mid().str(6, radius=False)
        left = f"it vanishes near {interval.name} = {near}"
    return places, left


def _common(coefficients: list[flint.fmpq]) -> int:
    total = 1
    for c in coefficients:
        total *= int(c.q)
    return total


def _a_zero(
    factor: Poly,
    names: Mapping[int, str],
    intervals: Mapping[str, Interval],
    fixed: Mapping[str, Fraction],
) -> list[Place]:
    """A point where a polynomial vanishes, all but one of its parameters being chosen."""
    for g, name in names.items():
        others = [h for h in names if h != g]
        for shares in islice(product(SHARES, repeat=len(others)), 27):
            chosen = {
                h: inside(intervals[names[h]], share)
                for h, share in zip(others, shares, strict=True)
            }
            if not all(contains(intervals[names[h]], value) for h, value in chosen.items()):
                continue
            restricted = _at(factor, chosen)
            if restricted.is_zero() or restricted.degrees()[g] != 1:
                continue
            here = {**fixed, **{names[h]: value for h, value in chosen.items()}}
            found, _ = _roots(restricted, g, intervals[name], here)
            if found:
                return found
    return []


def _own_ends(interval: Interval) -> list[Fraction]:
    """The rational ends that belong to an interval.

    An irrational one lies inside the range that the reader gives to the parameter.
    """
    pairs = zip(enclosed(interval, True), enclosed(interval, False), strict=True)
    ends = dict.fromkeys(end for end, other in pairs if end is not None and end == other)
    return [end for end in ends if contains(interval, end)]


def _at(poly: Poly, values: Mapping[int, Fraction]) -> Poly:
    images = list(poly.context().gens())
    for g, value in values.items():
        images[g] = poly.context().constant(flint.fmpq(value.numerator, value.denominator))
    return poly.compose(*images)


def _place(values: Mapping[str, Fraction]) -> Place:
    return {name: str(value) for name, value in values.items()}


def _text(factor: Poly, reader: Reader) -> str:
    return str(Element(reader.field, factor))
