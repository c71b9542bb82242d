"""Charts that cover the ranges of a polynomial's generators.

A parameter p that occurs only through exp(c p) is replaced by it, so that infinite ranges
become finite; what is left of them is turned over by x = 1/t.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import gcd

import flint

from verify.judging.exact.charts import Backwards, Poly, PolynomialChart, Variable, used
from verify.judging.exact.field import GENERATORS, Bound, Element, Field, Range, Unsupported


def charts(poly: Poly, field: Field) -> Iterator[PolynomialChart]:
    """Charts that cover the ranges of the generators in `poly`.

    Raises:
        Unsupported: for generators that are not real, and where at infinity more is left than
            powers and one exponential.

    """
    if len(field.generators) == GENERATORS:
        raise Unsupported("too many functions in one claim")
    chart = _with_exponentials_as_variables(_unbounded_chart(poly, field), field)
    for choice in product(*(_pieces(*v.range) for v in chart.variables)):
        piece = chart
        for number, (kind, *constants) in enumerate(choice):
            piece = kind(piece, number, *constants)
        yield piece


def _unbounded_chart(poly: Poly, field: Field) -> PolynomialChart:
    variables, exponents, squares, constants = [], {}, {}, {}
    pending, seen = used(poly), set[int]()
    while pending:
        g = pending.pop()
        if g in seen:
            continue
        seen.add(g)
        generator = field.generators[g]
        if generator.range is None:
            raise Unsupported(f"a cover in {generator.name}, which is not real")
        if generator.exponent is not None:
            exponents[g] = (generator.exponent.num, generator.exponent.den)
            pending |= used(generator.exponent.num) | used(generator.exponent.den)
        elif generator.square is not None:
            squares[g] = generator.square
            pending |= used(generator.square)
        elif generator.name == "pi":
            constants[g] = flint.arb.pi
        else:
            variables.append(Variable(g, generator.range, generator.name, lambda value: value))
    return PolynomialChart(poly, tuple(variables), exponents, squares, {}, constants)


def _with_exponentials_as_variables(chart: PolynomialChart, field: Field) -> PolynomialChart:
    """A chart in u = exp(c p) instead of p, where p occurs in nothing else."""
    for variable in chart.variables:
        p = variable.number
        users = [g for g, m in chart.exponents.items() if any(p in used(part) for part in m)]
        others = [chart.poly, *chart.squares.values()]
        if len(users) != 1 or any(p in used(poly) for poly in others):
            continue
        top, bottom = chart.exponents[users[0]]
        factor = Element(field, top, bottom) / field.generator(p)
        if not (factor.num.is_constant() and factor.den.is_constant()):
            continue
        rate = factor.num.leading_coefficient() / factor.den.leading_coefficient() / 2
        chart = _replaced(chart, variable, users[0], rate)
    return chart


def _replaced(chart: PolynomialChart, old: Variable, g: int, rate: flint.fmpq) -> PolynomialChart:
    exponents = {h: m for h, m in chart.exponents.items() if h != g}
    polys = [chart.poly, *chart.squares.values(), *(part for m in exponents.values() for part in m)]
    step = gcd(*(e[g] for poly in polys for e in poly.monoms())) or 1
    rate *= step

    def deflated(poly: Poly) -> Poly:
        terms = {
            tuple(n // step if i == g else n for i, n in enumerate(e)): c
            for e, c in poly.to_dict().items()
        }
        return poly.context().from_dict(terms)

    new = Variable(
        g, _exponential_range(old.range, rate), old.name, lambda u: old.backwards(u.log() / rate)
    )
    return replace(
        chart,
        poly=deflated(chart.poly),
        variables=tuple(new if v is old else v for v in chart.variables),
        exponents={h: (deflated(top), deflated(bottom)) for h, (top, bottom) in exponents.items()},
        squares={h: deflated(square) for h, square in chart.squares.items()},
    )


def _exponential_range(of: Range, rate: flint.fmpq) -> Range:
    """The range of exp(rate·p), rounded outwards."""
    lower, upper = of if rate > 0 else of[::-1]

    def image(bound: Fraction, up: int) -> Fraction:
        value = (flint.fmpq(bound.numerator, bound.denominator) * rate + flint.arb(0)).exp()
        scaled = value * 2**20
        end = scaled.upper().ceil() if up else scaled.lower().floor()
        return Fraction(int(end.fmpz()), 2**20)

    return (
        Fraction(0) if lower is None else image(lower, 0),
        None if upper is None else image(upper, 1),
    )


Piece = tuple[Callable[..., PolynomialChart], *tuple[Fraction, ...]]


def _pieces(lower: Bound, upper: Bound) -> Iterator[Piece]:
    """Pieces of a range, each with at most one of its ends, which goes to t = 0."""
    if lower is not None and upper is not None:
        yield _affine, lower, (upper - lower) / 2
        yield _affine, upper, (lower - upper) / 2
    elif lower is not None:
        middle = max(lower, Fraction(0)) + 1
        yield _affine, lower, middle - lower
        yield _turned, middle
    elif upper is not None:
        middle = min(upper, Fraction(0)) - 1
        yield _affine, upper, middle - upper
        yield _turned, middle
    else:
        yield from ((_affine, Fraction(0), Fraction(side)) for side in (-1, 1))
        yield from ((_turned, Fraction(side)) for side in (-1, 1))


def _affine(
    chart: PolynomialChart, number: int, start: Fraction, step: Fraction
) -> PolynomialChart:
    """A chart in t with x = start + step·t."""
    variable = chart.variables[number]
    images = list(chart.poly.context().gens())
    images[variable.number] = images[variable.number] * _fmpq(step) + _fmpq(start)

    def moved(poly: Poly) -> Poly:
        return poly.compose(*images)

    return replace(
        chart,
        poly=moved(chart.poly),
        variables=_with_backwards(chart, number, lambda t: _fmpq(start) + _fmpq(step) * t),
        exponents={g: (moved(top), moved(bottom)) for g, (top, bottom) in chart.exponents.items()},
        squares={g: moved(square) for g, square in chart.squares.items()},
    )


def _turned(chart: PolynomialChart, number: int, scale: Fraction) -> PolynomialChart:
    """A chart in t with x = scale/t, its function times the power of t that leaves a polynomial.

    With E = exp(−r/t), t^{−n} E^b = t^{kb−n} Y^{kb} for Y = exp(−r/(kt))/t, smooth for k b ≥ n.
    """
    x = chart.variables[number].number
    tied = [g for g in chart.dependent if x in chart.arguments(g)]
    nested = any(chart.arguments(g) & set(tied) for g in chart.dependent)
    if len(tied) > 1 or nested or not set(tied) <= set(chart.exponents):
        raise Unsupported("a cover at infinity of more than powers and one exponential")
    terms = {e: c * _fmpq(scale) ** e[x] for e, c in chart.poly.to_dict().items()}
    exponents, decays = dict(chart.exponents), dict(chart.decays)
    if tied:
        g = tied[0]
        rate = -_linear(exponents.pop(g), x) * _fmpq(scale) / 2
        if rate < 0:
            highest = max(e[g] for e in terms)
            terms = {_with(e, {g: highest - e[g]}): c for e, c in terms.items()}
        lowest = min(e[g] for e in terms)
        terms = {_with(e, {g: e[g] - lowest}): c for e, c in terms.items()}
        degree = max(e[x] for e in terms if e[g] == 0)
        k = max([1, *(-((degree - e[x]) // e[g]) for e in terms if e[g])])
        terms = {_with(e, {x: degree - e[x] + k * e[g], g: k * e[g]}): c for e, c in terms.items()}
        decays[g] = (x, abs(rate) / k)
    else:
        degree = max(e[x] for e in terms)
        terms = {_with(e, {x: degree - e[x]}): c for e, c in terms.items()}
    return replace(
        chart,
        poly=chart.poly.context().from_dict(terms),
        variables=_with_backwards(chart, number, lambda t: _fmpq(scale) / t),
        exponents=exponents,
        decays=decays,
    )


def _linear(exponent: tuple[Poly, Poly], x: int) -> flint.fmpq:
    """The factor κ of an exponent κ x."""
    top, bottom = exponent
    monomial = _with((0,) * GENERATORS, {x: 1})
    if set(top.monoms()) != {monomial} or not bottom.is_constant():
        raise Unsupported("a cover at infinity of an exponential of more than one variable")
    return top.leading_coefficient() / bottom.leading_coefficient()


def _with(exponents: tuple[int, ...], changes: dict[int, int]) -> tuple[int, ...]:
    return tuple(changes.get(g, e) for g, e in enumerate(exponents))


def _with_backwards(chart: PolynomialChart, number: int, inner: Backwards) -> tuple[Variable, ...]:
    old = chart.variables[number]
    new = replace(old, backwards=lambda t: old.backwards(inner(t)))
    return tuple(new if i == number else v for i, v in enumerate(chart.variables))


def _fmpq(value: Fraction) -> flint.fmpq:
    return flint.fmpq(value.numerator, value.denominator)
