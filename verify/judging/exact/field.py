"""A field of functions with exact polynomials in python-flint, for the second judge.

Elements are quotients of polynomials in generators: parameters, i, unit-circle variables,
exponentials, logarithms and square roots. A generator knows its conjugate, its range where it
is real, and, if algebraic, its square. An element that reduces to 0 is the zero function.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import flint

GENERATORS = 28

_CTX = flint.fmpq_mpoly_ctx.get([f"g{i}" for i in range(GENERATORS)], "degrevlex")
_ONE, _ZERO = _CTX.constant(1), _CTX.constant(0)

Bound = Fraction | None  # None: infinite
Range = tuple[Bound, Bound]
POSITIVE: Range = (Fraction(0), None)


class Unsupported(ValueError):
    """Something the field cannot express or decide; the judge then abstains."""


class DivisionByZero(Unsupported):
    """A quotient by the zero function, which has no value anywhere."""


@dataclass
class Generator:
    """What is known of one generator beyond its being transcendental."""

    name: str
    range: Range | None = None  # None: not real
    square: flint.fmpq_mpoly | None = None
    conjugate: Callable[[], Element] | None = None  # None: real
    derivative: Callable[[int], Element] | None = None  # with respect to a generator
    exponent: Element | None = None  # m, for exp(m/2)


@dataclass(frozen=True)
class Element:
    """A fraction num/den of polynomials, in lowest terms and reduced by the generators' squares."""

    field: Field
    num: flint.fmpq_mpoly
    den: flint.fmpq_mpoly = dataclasses.field(default_factory=lambda: _ONE)

    def __add__(self, other: Element) -> Element:
        return self.field.element(self.num * other.den + other.num * self.den, self.den * other.den)

    def __neg__(self) -> Element:
        return Element(self.field, -self.num, self.den)

    def __sub__(self, other: Element) -> Element:
        return self + (-other)

    def __mul__(self, other: Element) -> Element:
        return self.field.element(self.num * other.num, self.den * other.den)

    def __truediv__(self, other: Element) -> Element:
        if other.is_zero:
            raise DivisionByZero("division by zero")
        return self.field.element(self.num * other.den, self.den * other.num)

    def __pow__(self, n: int) -> Element:
        if n < 0:
            return self.field.constant(1) / self**-n
        return self.field.element(self.num**n, self.den**n)

    def scaled(self, factor: int | Fraction) -> Element:
        """The element times a rational number."""
        return self * self.field.constant(factor)

    def __str__(self) -> str:
        text = f"({self.num})" if self.den.is_one() else f"({self.num})/({self.den})"
        for g in reversed(range(len(self.field.generators))):
            text = text.replace(f"g{g}", self.field.generators[g].name)
        return text

    @property
    def is_zero(self) -> bool:
        """Whether the element is the zero function."""
        return bool(self.num.is_zero())

    @property
    def is_integer(self) -> bool:
        """Whether the element is an integer constant."""
        constant = self.den.is_one() and self.num.is_constant()
        return constant and all(c.q == 1 for c in self.num.coeffs())

    def as_integer(self) -> int:
        """The value of an integer constant."""
        if not self.is_integer:
            raise Unsupported("an exponent that is no integer")
        return sum(int(c.p) for c in self.num.coeffs())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Element) and (self - other).is_zero

    def __hash__(self) -> int:
        raise TypeError("compare elements with ==")

    def map(self, image: Callable[[int], Element]) -> Element:
        """The element with each generator replaced."""
        images: dict[int, Element] = {}

        def evaluate(poly: flint.fmpq_mpoly) -> Element:
            total = self.field.constant(0)
            for exponents, coefficient in poly.to_dict().items():
                term = self.field.constant(coefficient)
                for g, e in enumerate(exponents):
                    if e:
                        images.setdefault(g, image(g))
                        term = term * images[g] ** e
                total = total + term
            return total

        return evaluate(self.num) / evaluate(self.den)

    def conjugate(self) -> Element:
        """The complex conjugate."""
        return self.map(self.field.conjugate_of)

    @property
    def is_real(self) -> bool:
        """Whether the element equals its conjugate."""
        return self == self.conjugate()

    def derivative(self, by: int) -> Element:
        """The derivative with respect to generator number `by`."""
        top, bottom = (self.field.derivation(p, by) for p in (self.num, self.den))
        num, den = Element(self.field, self.num), Element(self.field, self.den)
        return (top * den - num * bottom) / (den * den)


class Field:
    """The generators in use, and what is known of them."""

    def __init__(self) -> None:
        self.generators: list[Generator] = []
        self._roots: dict[str, int] = {}

    def new(self, generator: Generator) -> int:
        """Add a generator and return its number."""
        if len(self.generators) == GENERATORS:
            raise Unsupported("too many functions in one claim")
        self.generators.append(generator)
        return len(self.generators) - 1

    def generator(self, number: int) -> Element:
        """A generator as an element."""
        return Element(self, _CTX.gen(number))

    def constant(self, value: int | Fraction | flint.fmpq) -> Element:
        """A rational constant."""
        if isinstance(value, Fraction):
            value = flint.fmpq(value.numerator, value.denominator)
        return Element(self, _CTX.constant(value))

    def element(self, num: flint.fmpq_mpoly, den: flint.fmpq_mpoly) -> Element:
        """The element num/den, reduced."""
        num, den = self.reduced(num), self.reduced(den)
        if den.is_zero():
            raise DivisionByZero("division by zero")
        common = num.gcd(den)
        if not common.is_one():
            num, den = num // common, den // common
        lead = den.leading_coefficient()
        return Element(self, num / lead, den / lead)

    def reduced(self, poly: flint.fmpq_mpoly) -> flint.fmpq_mpoly:
        """`poly` with every g² replaced where g's square is known."""
        for g, generator in enumerate(self.generators):
            if generator.square is None or poly.degrees()[g] < 2:
                continue
            parts: dict[int, dict[tuple[int, ...], flint.fmpq]] = {}
            for exponents, coefficient in poly.to_dict().items():
                rest = tuple(e % 2 if i == g else e for i, e in enumerate(exponents))
                parts.setdefault(exponents[g] // 2, {})[rest] = coefficient
            poly = sum(
                (_CTX.from_dict(part) * generator.square**half for half, part in parts.items()),
                _ZERO,
            )
        return poly

    def conjugate_of(self, number: int) -> Element:
        """The conjugate of a generator."""
        conjugate = self.generators[number].conjugate
        return conjugate() if conjugate else self.generator(number)

    def derivation(self, poly: flint.fmpq_mpoly, by: int) -> Element:
        """The derivative of `poly` by a generator, through all generators that depend on it."""
        total = Element(self, poly.derivative(by))
        for g, generator in enumerate(self.generators):
            if g != by and poly.degrees()[g] > 0 and generator.derivative:
                total = total + Element(self, poly.derivative(g)) * generator.derivative(by)
        return total

    def sqrt(self, value: Element) -> Element:
        """The non-negative root of a function that is non-negative on the domain.

        Each irreducible factor has its own generator, so that products of roots are recognised.
        Raises Unsupported where the sign of a factor is not certified.
        """
        result, sign = self.constant(1), 1
        content = flint.fmpq(1)
        for poly, exponent in ((value.num, 1), (value.den, -1)):
            constant, factors = poly.factor()
            content *= constant**exponent
            for factor, multiplicity in factors:
                root, factor_sign = self._root(factor)
                result = result * root ** (multiplicity * exponent)
                sign *= factor_sign ** (multiplicity % 2)
        if content * sign <= 0:
            raise Unsupported("the root of a negative number")
        return result * self._rational_root(abs(content))

    def _root(self, factor: flint.fmpq_mpoly) -> tuple[Element, int]:
        sign = self.sign(factor)
        if sign is None:
            raise Unsupported(f"the sign of {factor} under a root is not certified")
        return self._root_generator(factor * sign), sign

    def _rational_root(self, value: flint.fmpq) -> Element:
        result = self.constant(1)
        for integer, exponent in ((value.p, 1), (value.q, -1)):
            for prime, multiplicity in integer.factor():
                root = self._root_generator(_CTX.constant(prime))
                result = result * root ** (multiplicity * exponent)
        return result

    def _root_generator(self, square: flint.fmpq_mpoly) -> Element:
        key = str(square)
        if key not in self._roots:
            self._roots[key] = self.new(Generator(f"sqrt({key})", POSITIVE, square))
            number = self._roots[key]
            self.generators[number].derivative = lambda by: (
                self.derivation(square, by) / self.generator(number).scaled(2)
            )
        return self.generator(self._roots[key])

    def sign(self, poly: flint.fmpq_mpoly, is_strict: bool = False) -> int | None:
        """+1 or −1 if `poly` has that sign inside the generators' ranges.

        The box is mapped to the positive orthant, where coefficients of one sign are a
        certificate (Pólya; Vincent, Collins and Akritas), and halved where they are not. Between
        the halves it may vanish, and where a root is 0 or an exponential 1, unless `is_strict`.
        """
        used = [g for g, degree in enumerate(poly.degrees()) if degree > 0]
        ranges = [self.generators[g].range for g in used]
        if poly.is_zero() or any(r is None for r in ranges):
            return None
        box = [r for r in ranges if r is not None]
        own = _box_sign(poly, used, box, 5, is_strict)
        faces = self._faces(poly, used) if is_strict and own else ()
        return own if all(self.sign(face, True) == own for face in faces) else None

    def _faces(self, poly: flint.fmpq_mpoly, used: Sequence[int]) -> Iterator[flint.fmpq_mpoly]:
        """The polynomial where a root is 0, or an exponential 1, at which its range ends."""
        for g in used:
            generator = self.generators[g]
            ends = [(generator.square, _ZERO)] if generator.square is not None else []
            if generator.exponent is not None and Fraction(1) in (generator.range or ()):
                ends.append((generator.exponent.num, _ONE))
            images = list(_CTX.gens())
            for function, images[g] in ends:
                if self.sign(function, True) is None:
                    yield poly.compose(*images)

    def behind(self, poly: flint.fmpq_mpoly) -> set[int]:
        """The generators that a polynomial is a function of, through roots and exponentials too."""
        found = {g for g, degree in enumerate(poly.degrees()) if degree > 0}
        for g in sorted(found):
            square, exponent = self.generators[g].square, self.generators[g].exponent
            parts = [square] if square is not None else []
            parts += [exponent.num, exponent.den] if exponent is not None else []
            found = found.union(*map(self.behind, parts))
        return found

    def is_nonnegative(self, value: Element) -> bool:
        """Whether a certificate shows that the element is ≥ 0 inside the ranges."""
        sign = 1
        for poly in (value.num, value.den):
            constant, factors = poly.factor()
            sign *= 1 if constant > 0 else -1
            for factor, multiplicity in factors:
                if multiplicity % 2:
                    own = self.sign(factor)
                    if own is None:
                        return False
                    sign *= own
        return sign > 0


def _box_sign(
    poly: flint.fmpq_mpoly, used: Sequence[int], ranges: list[Range], depth: int, is_strict: bool
) -> int | None:
    if (None, None) not in ranges:
        image = poly
        for g, (lower, upper) in zip(used, ranges, strict=True):
            image = _to_orthant(image, g, lower, upper)
        signs = {c > 0 for c in image.coeffs()}
        if len(signs) == 1:
            return 1 if signs.pop() else -1
    if depth == 0:
        return None
    found = None
    halves = product(*(_halves(r, is_strict) for r in ranges)) if len(ranges) <= 2 else ()
    for box in halves:
        own = _box_sign(poly, used, list(box), depth - 1, is_strict)
        if own is None or found not in (None, own):
            return None
        found = own
    return found


def _to_orthant(poly: flint.fmpq_mpoly, g: int, lower: Bound, upper: Bound) -> flint.fmpq_mpoly:
    """`poly` with generator g the image of t > 0 in its range, times a positive power of 1+t."""
    t = _CTX.gen(g)
    if lower is None or upper is None:
        images = [_CTX.gen(i) for i in range(GENERATORS)]
        images[g] = t + _fmpq(lower) if upper is None else _fmpq(upper) - t
        return poly.compose(*images)
    degree = poly.degrees()[g]
    total = _ZERO
    for exponents, coefficient in poly.to_dict().items():
        rest = tuple(0 if i == g else e for i, e in enumerate(exponents))
        top = (_fmpq(lower) + t * _fmpq(upper)) ** exponents[g]
        total += _CTX.from_dict({rest: coefficient}) * top * (1 + t) ** (degree - exponents[g])
    return total


def _halves(r: Range, is_strict: bool) -> tuple[Range, ...]:
    """The halves of an open range, and what lies between them if `is_strict`."""
    lower, upper = r
    if lower is None:
        middle = Fraction(0) if upper is None else upper - 1
    elif upper is None:
        middle = lower + 1
    else:
        middle = (lower + upper) / 2
    if middle == lower:
        return (r,)
    between = ((middle, middle),) if is_strict else ()
    return *between, (lower, middle), (middle, upper)


def _fmpq(value: Bound) -> flint.fmpq:
    assert value is not None  # noqa: S101 (an infinite end is handled by the caller)
    return flint.fmpq(value.numerator, value.denominator)
