"""Exact leading terms of a field element as one parameter tends to a limit."""

from __future__ import annotations

from collections.abc import Mapping
from math import factorial

import flint

from verify.claims.claim import Limit
from verify.claims.expressions import rational_of
from verify.judging.exact.field import Element, Unsupported

# exponentials are expanded to this order in the local variable
ORDER = 24


def leading_term(
    z: Element, parameters: Mapping[str, int], limit: Limit
) -> tuple[int, Element, Element]:
    """(n, a, b) with z ~ (a/b) ε^n, where ε > 0 tends to 0 in the limit.

    That holds wherever neither a nor b, the leading coefficients above and below, vanishes.

    ε is the distance to a finite target; towards infinity, 1/p for a rational function of
    p, and exp(−|p|/2) for a function of exp(p).

    Raises:
        Unsupported: for essential singularities, roots and logarithms of ε.

    """
    p = parameters[limit.name if limit.name in parameters else f"|{limit.name}|"]
    local = _finite if limit.direction != "oo" else _infinite
    epsilon, images, towards_zero, rate = local(z, p, limit)
    terms = []
    for poly in (z.num, z.den):
        image = z.field.reduced(poly.compose(*images))
        degrees = [exponents[epsilon] for exponents in image.monoms()]
        order = min(degrees) if towards_zero else max(degrees)
        if towards_zero and order > ORDER:
            raise Unsupported(f"cancellation beyond order {ORDER}")
        terms.append((order, _coefficient(z, image, epsilon, order)))
    (top, c_top), (bottom, c_bottom) = terms
    return (top - bottom) * (1 if towards_zero else -1), c_top * rate, c_bottom * rate


def _coefficient(z: Element, poly: flint.fmpq_mpoly, epsilon: int, order: int) -> Element:
    kept = {
        tuple(0 if g == epsilon else e for g, e in enumerate(exponents)): c
        for exponents, c in poly.to_dict().items()
        if exponents[epsilon] == order
    }
    return z.field.element(poly.context().from_dict(kept), poly.context().constant(1))


# the generator ε, all generators in it, whether it tends to 0, and what must not vanish for that
Local = tuple[int, list[flint.fmpq_mpoly], bool, Element]


def _finite(z: Element, p: int, limit: Limit) -> Local:
    target = rational_of(limit.target.node)
    if target is None:
        raise Unsupported("a limit at an irrational point")
    images = list(z.num.context().gens())
    sign = -1 if limit.direction == "-" else 1
    images[p] = sign * images[p] + flint.fmpq(target.numerator, target.denominator)
    for g in _dependents(z, p):
        images[g] = _expanded_exponential(z, g, p, p, images)
    return p, images, True, z.field.constant(1)


def _infinite(z: Element, p: int, limit: Limit) -> Local:
    images = list(z.num.context().gens())
    dependents = _dependents(z, p)
    if not dependents:
        return p, images, False, z.field.constant(1)
    if _degree(z, p):
        raise Unsupported("powers beside exponentials at infinity")
    upwards = rational_of(limit.target.node) == 1
    field = z.field
    rates = {g: _rate(field.generators[g].exponent, p) for g in dependents}
    base, rate = next(((g, rate) for g, rate in rates.items() if rate), (None, None))
    if base is None or rate is None:
        raise Unsupported("a function at infinity other than exp of the parameter")
    for g in dependents:
        if g != base:
            if upwards:
                raise Unsupported("exp of exp at infinity")
            images[g] = _expanded_exponential(z, g, base, p, images)
    return base, images, not upwards, rate


def _rate(m: Element | None, p: int) -> Element | None:
    """What vanishes where c does, if m = c p with c ≥ 0 free of p; None of any other m."""
    if m is None:
        return None
    rate = m / m.field.generator(p)
    if _degree(rate, p) or not m.field.is_nonnegative(rate):
        return None
    return Element(m.field, rate.num / rate.num.leading_coefficient())


def _dependents(z: Element, p: int) -> list[int]:
    return [
        g
        for g, generator in enumerate(z.field.generators)
        if _degree(z, g) and generator.derivative and not generator.derivative(p).is_zero
    ]


def _degree(z: Element, g: int) -> int:
    return max(z.num.degrees()[g], z.den.degrees()[g])


def _expanded_exponential(
    z: Element, g: int, epsilon: int, p: int, images: list[flint.fmpq_mpoly]
) -> flint.fmpq_mpoly:
    """Taylor's polynomial of exp(m/2) where m is a polynomial that vanishes with ε."""
    m = z.field.generators[g].exponent
    if m is None or not m.den.is_one():
        raise Unsupported("a root, logarithm or exponential that is singular at the limit")
    if not set(_dependents(m, p)) <= {epsilon} or (p != epsilon and _degree(m, p)):
        raise Unsupported("an exponential of another function of the parameter")
    half = m.num.compose(*images) / 2
    if any(exponents[epsilon] == 0 for exponents in half.monoms()):
        raise Unsupported("an exponential that is not 1 at the limit")
    total, power = z.num.context().constant(1), z.num.context().constant(1)
    for n in range(1, ORDER + 1):
        power *= half
        total += power * flint.fmpq(1, factorial(n))
    return total
