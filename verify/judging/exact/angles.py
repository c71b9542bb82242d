"""Functions on unit circles as real functions of t = tan(angle/2), which ranges over the line."""

from __future__ import annotations

from fractions import Fraction

import flint

from verify.judging.exact.field import POSITIVE, Element, Field, Generator, Unsupported


def without_angles(z: Element) -> Element:
    """A real element in real generators: (1 + it)²/(1 + t²) for each unit-circle variable.

    An even function of t becomes one of t². The whole circle is covered, whatever the range
    of the angle.

    Raises:
        Unsupported: for other generators that are not real.

    """
    field = z.field
    imaginary = _imaginary_unit(field)
    for circle in _circles(z):
        step = 2 if _is_even(z, circle) else 1
        name = f"tan({_angle(field, circle, imaginary, step)}/2)"
        number = field.new(Generator(name, (None, None)))
        z = _with_tangent(_of_powers(z, circle, step), circle, number, imaginary)
        if _is_even(z, number):
            field.generators[number] = Generator(f"{name}**2", POSITIVE)
            z = _of_powers(z, number, 2)
    return z


def _imaginary_unit(field: Field) -> int:
    return next(g for g, generator in enumerate(field.generators) if generator.name == "I")


def _circles(z: Element) -> list[int]:
    """The generators u in z with conjugate 1/u."""
    field, circles = z.field, []
    one = field.constant(1)
    for g, generator in enumerate(field.generators):
        used = z.num.degrees()[g] or z.den.degrees()[g]
        if not used or generator.range is not None or generator.name == "I":
            continue
        if field.conjugate_of(g) * field.generator(g) != one:
            raise Unsupported(f"the sign of a function of {generator.name}")
        circles.append(g)
    return circles


def _angle(field: Field, circle: int, imaginary: int, power: int) -> str:
    """The angle of a power of a unit-circle generator, in words."""
    generator = field.generators[circle]
    if generator.exponent is None:
        return generator.name
    angle = generator.exponent / field.generator(imaginary)
    return str(angle.scaled(Fraction(power, 2)))


def _with_tangent(z: Element, circle: int, number: int, imaginary: int) -> Element:
    field = z.field
    one, i, t = field.constant(1), field.generator(imaginary), field.generator(number)
    image = (one + i * t) ** 2 / (one + t * t)
    z = z.map(lambda g: image if g == circle else field.generator(g))
    # i has a square that the field knows, but not its quotients: a real denominator
    below = Element(field, z.den)
    return z * below * below.conjugate() / (below * below.conjugate())


def _is_even(z: Element, g: int) -> bool:
    return all(e[g] % 2 == 0 for poly in (z.num, z.den) for e in poly.monoms())


def _of_powers(z: Element, g: int, step: int) -> Element:
    """The element as a function of g^step, for which g then stands."""

    def part(poly: flint.fmpq_mpoly) -> flint.fmpq_mpoly:
        terms = {
            tuple(n // step if h == g else n for h, n in enumerate(e)): c
            for e, c in poly.to_dict().items()
        }
        return poly.context().from_dict(terms)

    return z.field.element(part(z.num), part(z.den))
