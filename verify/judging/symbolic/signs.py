"""The sign of a SymPy expression on a claim's whole domain: by its factors, and by covers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from typing import Any

import flint
import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.polys.domains import QQ
from sympy.polys.polyerrors import BasePolynomialError
from sympy.polys.rings import ring

from numerics.arithmetic.balls import evaluate
from verify.judging.covers.boxes import Place, shown
from verify.judging.covers.cover import SECONDS, Cover, cover
from verify.judging.domain import Domain
from verify.judging.symbolic.angles import opposite, turned, without_angles
from verify.judging.symbolic.atlas import charts, rounded
from verify.judging.symbolic.charts import Uncovered
from verify.judging.symbolic.form import Ranges, sign_by_form
from verify.judging.symbolic.fractions import factors

TO_EXP = (sp.sin, sp.cos, sp.tan, sp.sinh, sp.cosh, sp.tanh)


class NoSign(ValueError):
    """An expression whose factors have no certificate here."""


@dataclass(frozen=True)
class Sign:
    """What is known of the sign of a product.

    Attributes:
        value: the product of the signs of its factors, an unknown one taken as +1; 0 for 0.
        covers: those of the factors that needed one.
        ranges: of the real symbols that the factors are functions of, constants apart.

    """

    value: int
    covers: Sequence[Cover]
    ranges: Ranges

    @property
    def certain(self) -> int | None:
        """The sign inside the domain; None where a factor's is not known."""
        return self.value if all(found.sign is not None for found in self.covers) else None

    @property
    def change(self) -> str:
        """Two points inside the domain where a factor certainly has different signs, in words.

        Of an angle whose whole circle was covered they may lie outside of its range.
        """
        for found in self.covers:
            if found.places and all(map(self._is_inside, found.places)):
                return f"between {' and '.join(map(shown, found.places))}"
        return ""

    def _is_inside(self, place: Place) -> bool:
        """Whether a place certainly is in the domain, where an angle has but one tangent."""
        turning = {word for name in place if name.startswith("tan(") for word in _words(name)}
        return turning.isdisjoint(place) and all(self._holds(*item) for item in place.items())

    def _holds(self, name: str, value: flint.arb) -> bool:
        """Whether a value certainly lies in the range of a real symbol that is no whole number."""
        for symbol, (lower, upper) in self.ranges.items():
            if symbol.name != name or symbol.is_integer:
                continue
            if name.startswith("tan(") and upper.is_infinite:
                return False
            above = lower.is_infinite or value > evaluate(lower, {}).real
            return bool(above and (upper.is_infinite or value < evaluate(upper, {}).real))
        return False

    def __str__(self) -> str:
        boxes = sum(found.boxes for found in self.covers)
        return f"on a cover of {boxes} boxes" if boxes else "by the signs of its factors"


_words = re.compile(r"[^\W\d]\w*").findall


def sign(
    expr: sp.Expr,
    real: Ranges,
    moduli: Ranges,
    of_all: bool = False,
    seconds: float = SECONDS,
) -> Sign:
    """The sign of a polarised expression inside the ranges.

    Args:
        expr: real where bars are conjugates.
        real: of the real symbols.
        moduli: of the complex ones.
        of_all: whether the signs of squares are wanted as well: then a sign means "not 0".
        seconds: of processor time for each cover.

    Raises:
        NoSign: where there is no way to one.

    """
    if expr.atoms(AppliedUndef):
        raise NoSign(f"the sign of {expr}")
    if not expr.free_symbols:
        ball = evaluate(expr, {})
        value = 1 if ball.real > 0 else -1 if ball.real < 0 else 0
        if not ball.imag.contains(0) or not (value or expr.is_zero):
            raise NoSign(f"the sign of {expr}")
        return Sign(value, (), real)
    if value := sign_by_form(expr, real):
        return Sign(value, (), real)
    if not of_all and (rest := sp.Add(*_without_squares(expr))) != expr:
        with suppress(NoSign):
            found = sign(rest, real, moduli, seconds=seconds) if rest else Sign(1, (), real)
            if found.certain == 1:
                return found
    enclosed, with_constants = _enclosed(expr, real)
    constants = with_constants.keys() - real.keys()
    expr, real = _turned_over(enclosed, with_constants)
    try:
        # e^{iπ/3} is a number like another
        exponential = expr.rewrite(TO_EXP, sp.exp).replace(
            lambda part: isinstance(part, sp.exp) and part.is_number,
            lambda part: part.rewrite(sp.cos),
        )
        exponential, real = turned(exponential, real)
        function, ranges = without_angles(exponential, real, moduli)
        found = _of_factors(function, ranges, of_all, seconds)
        if of_all and found.certain:
            places: list[tuple[sp.Expr, Ranges, Ranges]] = [
                (function.subs(square, 0), {s: e for s, e in ranges.items() if s != square}, {})
                for square in _attained(function, ranges)
            ]
            for place in (*places, *opposite(exponential, real, moduli)):
                if sign(*place, of_all, seconds).certain != found.certain:
                    raise NoSign("it has another sign, or none, where an angle is 0 or half a turn")
        varying = {s: ends for s, ends in found.ranges.items() if s not in constants}
        return replace(found, ranges=varying)  # where a constant has another value is no place
    except (NoSign, Uncovered) as reason:
        raise NoSign(str(reason)) from None
    except (ValueError, BasePolynomialError):
        raise NoSign("it is no rational function of roots and exponentials apart") from None


def _without_squares(expr: sp.Expr) -> Iterator[sp.Expr]:
    """The terms of a sum that are no products of even powers of what is real."""
    for term in sp.Add.make_args(expr):
        number, rest = term.as_coeff_Mul()
        powers = [factor.as_base_exp() for factor in sp.Mul.make_args(rest)]
        if number < 0 or not all(exp.is_even and base.is_real for base, exp in powers):
            yield term


def _enclosed(expr: sp.Expr, real: Ranges) -> tuple[sp.Expr, Ranges]:
    """Constants such as cos 3 as symbols with a small range: they are no angles to go around."""
    constants = sorted((f for f in expr.atoms(sp.sin, sp.cos, sp.tan) if f.is_number), key=str)
    ranges = dict(real)
    for constant in constants:
        symbol = sp.Dummy(str(constant), real=True)
        expr = expr.xreplace({constant: symbol})
        ranges[symbol] = (rounded(constant, -1), rounded(constant, 1))
    return expr, ranges


def _turned_over(expr: sp.Expr, real: Ranges) -> tuple[sp.Expr, Ranges]:
    """1/p for a positive parameter p without end that is only divided by in exponents."""
    for symbol, (lower, upper) in real.items():
        exponents = [e.args[0] for e in expr.atoms(sp.exp) if e.has(symbol)]
        if not (upper.is_infinite and lower.is_positive and exponents):
            continue
        v = sp.Dummy("v", positive=True)
        if all(m.subs(symbol, 1 / v).is_polynomial(v) for m in exponents):
            expr = expr.subs(symbol, 1 / v)
            real = {**{s: e for s, e in real.items() if s != symbol}, v: (sp.S.Zero, 1 / lower)}
    return expr, real


def _attained(function: sp.Expr, ranges: Ranges) -> list[sp.Symbol]:
    """The squares of tangents that are 0 inside the domain, where the angle is."""
    turning = {f"{t.name}**2" for t, (lower, upper) in ranges.items() if lower < 0 < upper}
    return [s for s in function.free_symbols if s.name in turning]


def _of_factors(function: sp.Expr, ranges: Ranges, of_all: bool, seconds: float) -> Sign:
    value, covers, turning = 1, list[Cover](), list[sp.Expr]()
    for factor, multiplicity in factors(function):
        if factor == 0:
            return Sign(0, (), ranges)
        is_square = multiplicity % 2 == 0
        if is_square and factor.is_real and not of_all:
            continue
        own = _by_coefficients(factor, ranges, of_all)
        if not own:
            found = cover(charts(factor, ranges, of_all), seconds=seconds)
            if found.sign is None and (of_all or not found.places):
                return Sign(value, [*covers, found], ranges)
            if found.sign is None:
                turning.append(factor)
            covers.append(found)
            own = found.sign or 1
        value *= 1 if is_square else own
    if len(turning) > 1:  # each changes its sign somewhere: what does the product?
        together = cover(charts(sp.expand(sp.prod(turning)), ranges), seconds=seconds)
        covers = [*(found for found in covers if found.sign is not None), together]
        value *= together.sign or 1
    return Sign(value, covers, ranges)


def ranges_of(domain: Domain, symbols: Mapping[str, sp.Symbol]) -> tuple[Ranges, Ranges]:
    """The ranges of the real symbols, and of the moduli of the complex ones."""
    ranges = {symbol: domain.ranges[name] for name, symbol in symbols.items()}
    real = {symbol: (r.lower, r.upper) for symbol, r in ranges.items() if not r.is_modulus}
    moduli = {symbol: (r.lower, r.upper) for symbol, r in ranges.items() if r.is_modulus}
    return real, moduli


def _by_coefficients(factor: sp.Expr, ranges: Ranges, is_strict: bool) -> int:
    """The sign of a polynomial whose coefficients all have it once the box is an orthant.

    The box is halved where they have not, but only so often. Between the halves it may be 0, and
    where a root or a modulus is, unless `is_strict`.
    """
    if factor.is_Rational:
        return int(sp.sign(factor))
    polynomial = sp.Poly(factor)
    if not (polynomial.domain.is_ZZ or polynomial.domain.is_QQ):
        return 0
    boxes: list[list[End]] = []
    for g in polynomial.gens:
        lower, upper = ranges.get(g, (sp.S.Zero, sp.oo) if g.is_nonnegative else (-sp.oo, sp.oo))
        may_be_0 = is_strict and g not in ranges and g.is_nonnegative and not g.is_positive
        boxes.append([(_end(lower, -1), _end(upper, 1)), *([(QQ(0), QQ(0))] if may_be_0 else [])])
    _, *generators = ring([sp.Dummy() for _ in polynomial.gens], QQ)
    image = sum(
        (prod(g**e for g, e in zip(generators, exponents, strict=True)) * QQ(int(c.p), int(c.q)))
        for exponents, c in polynomial.terms()
    )
    signs = {_on_box(image, generators, box, HALVINGS, is_strict) for box in product(*boxes)}
    return signs.pop() if len(signs) == 1 else 0


HALVINGS = 5
End = tuple[Any, Any]  # of a range: rational, or None where it is infinite


def _end(bound: sp.Expr, side: int) -> Any:
    if bound.is_infinite:
        return None
    outside = rounded(bound, side)
    return QQ(int(outside.p), int(outside.q))


def _on_box(
    polynomial: Any, generators: Sequence[Any], box: Sequence[End], depth: int, is_strict: bool
) -> int:
    if (None, None) not in box:
        image = polynomial
        for g, ends in zip(generators, box, strict=True):
            image = _on_half_line(image, g, *ends)
        signs = {c > 0 for c in image.values()}
        if len(signs) == 1:
            return 1 if signs.pop() else -1
    if not depth or len(box) > 2:
        return 0
    found = 0
    for half in product(*(_halved(ends, is_strict) for ends in box)):
        own = _on_box(polynomial, generators, half, depth - 1, is_strict)
        if not own or own == -found:
            return 0
        found = own
    return found


def _on_half_line(polynomial: Any, g: Any, lower: Any, upper: Any) -> Any:
    """The polynomial for g in its range as one for g > 0, times a positive power of 1 + g."""
    if lower is None or upper is None:
        return polynomial.compose(g, g + lower if upper is None else upper - g)
    if lower == upper:
        return polynomial.compose(g, polynomial.ring(lower))
    number, total = polynomial.ring.index(g), polynomial.ring.zero
    degree = polynomial.degree(g)
    for exponents, c in polynomial.items():
        n = exponents[number]
        rest = polynomial.ring({(*exponents[:number], 0, *exponents[number + 1 :]): c})
        total += rest * (g * upper + lower) ** n * (g + 1) ** (degree - n)
    return total


def _halved(ends: End, is_strict: bool) -> Sequence[End]:
    """The halves of an open range, and what lies between them if `is_strict`."""
    lower, upper = ends
    if lower is None:
        middle = QQ(0) if upper is None else upper - 1
    else:
        middle = lower + 1 if upper is None else (lower + upper) / 2
    if middle == lower:
        return (ends,)
    between = ((middle, middle),) if is_strict else ()
    return *between, (lower, middle), (middle, upper)
