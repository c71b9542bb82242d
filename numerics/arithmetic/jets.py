"""Taylor jets in ball arithmetic: a function's Taylor coefficients at a point, or over a box.

A jet holds balls around all ∂^α f / α! with α up to given orders. Where the variables are
balls themselves, every coefficient encloses the values it takes all over the box.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import factorial, prod

import flint
import sympy as sp

from numerics.arithmetic.balls import rational
from numerics.arithmetic.evaluation import Arithmetic, NotEvaluated

_ZERO = flint.arb(0)

Scalar = int | flint.fmpq | flint.arb


@dataclass(frozen=True)
class Space:
    """The jets with α_i ≤ orders[i].

    Coefficients are packed into one univariate polynomial (Kronecker's substitution), wide
    enough that the exponents of a product do not run into each other.
    """

    orders: tuple[int, ...]

    @cached_property
    def strides(self) -> tuple[int, ...]:
        """The power of the packed variable that stands for each variable."""
        strides = [1]
        for order in self.orders:
            strides.append(strides[-1] * (2 * order + 1))
        return tuple(strides[:-1])

    @cached_property
    def rows(self) -> list[int]:
        """Packed positions of the coefficients without the first variable, ascending."""
        alphas = product([0], *(range(n + 1) for n in self.orders[1:]))
        return sorted(self.position(alpha) for alpha in alphas)

    def position(self, alpha: Sequence[int]) -> int:
        """The packed position of a multi-index."""
        return sum(s * a for s, a in zip(self.strides, alpha, strict=True))

    def constant(self, value: Scalar) -> Jet:
        """The jet of a constant."""
        return Jet(self, flint.arb_poly([value]))

    def variable(self, number: int, value: flint.arb) -> Jet:
        """The jet of a variable at `value`."""
        slope = [0] * (self.strides[number] - 1) + [1] if self.orders[number] else []
        return Jet(self, flint.arb_poly([value, *slope]))


@dataclass(frozen=True)
class Jet:
    """Taylor coefficients of one function; arithmetic is that of truncated power series."""

    space: Space
    packed: flint.arb_poly

    def coefficient(self, alpha: Sequence[int]) -> flint.arb:
        """A ball around ∂^α f / α!."""
        return self.packed[self.space.position(alpha)]

    def __add__(self, other: Jet | Scalar) -> Jet:
        return Jet(self.space, self.packed + (other.packed if isinstance(other, Jet) else other))

    __radd__ = __add__

    def __neg__(self) -> Jet:
        return Jet(self.space, -self.packed)

    def __sub__(self, other: Jet | Scalar) -> Jet:
        return self + (-other)

    def __rsub__(self, other: Scalar) -> Jet:
        return -self + other

    def __mul__(self, other: Jet | Scalar) -> Jet:
        if not isinstance(other, Jet):
            return Jet(self.space, self.packed * other)
        coefficients = (self.packed * other.packed).coeffs()
        truncated: list[flint.arb] = []
        for start in self.space.rows:
            truncated += [_ZERO] * (start - len(truncated))
            truncated += coefficients[start : start + self.space.orders[0] + 1]
        return Jet(self.space, flint.arb_poly(truncated))

    __rmul__ = __mul__

    def __truediv__(self, other: Jet | Scalar) -> Jet:
        return self * (power(other, -1) if isinstance(other, Jet) else 1 / flint.arb(other))

    def __rtruediv__(self, other: Scalar) -> Jet:
        return power(self, -1) * other

    def __pow__(self, n: int) -> Jet:
        if n < 0:
            return power(self, n)
        if n < 2:
            return self if n else self.space.constant(1)
        root = self ** (n // 2)
        return root * root * self if n % 2 else root * root

    @property
    def value(self) -> flint.arb:
        """The coefficient of order 0."""
        return self.packed[0]

    def composed(self, series: Callable[[flint.arb, int], Sequence[flint.arb]]) -> Jet:
        """f(jet), where `series` gives the first n + 1 Taylor coefficients of f at a ball."""
        coefficients = series(self.value, sum(self.space.orders))
        # not self − self.value: a ball minus itself is not 0
        rest = Jet(self.space, flint.arb_poly([0, *self.packed.coeffs()[1:]]))
        result = self.space.constant(coefficients[-1])
        for coefficient in reversed(coefficients[:-1]):
            result = result * rest + coefficient
        return result


def exp(z: Jet) -> Jet:
    """The exponential of a jet."""
    return z.composed(lambda c, n: [c.exp() / factorial(k) for k in range(n + 1)])


def log(z: Jet) -> Jet:
    """The logarithm of a jet; not finite unless z is certainly positive."""
    return z.composed(
        lambda c, n: [c.log(), *((-1) ** (k + 1) / (k * c**k) for k in range(1, n + 1))]
    )


def power(z: Jet, exponent: int | flint.fmpq) -> Jet:
    """z^exponent for a negative integer or a fraction; not finite at a pole or without a value."""

    def series(c: flint.arb, n: int) -> list[flint.arb]:
        if isinstance(exponent, int):
            # python-flint's ** wants a positive base
            first = prod([1 / c] * -exponent, start=flint.arb(1))
        else:
            first = c.sqrt() if exponent == flint.fmpq(1, 2) else c ** flint.arb(exponent)
        coefficients = [first]
        for k in range(1, n + 1):
            coefficients.append(coefficients[-1] * (exponent - k + 1) / (k * c))
        return coefficients

    return z.composed(series)


def sin(z: Jet) -> Jet:
    """The sine of a jet."""
    return z.composed(lambda c, n: _circular((c.sin(), c.cos(), -c.sin(), -c.cos()), n))


def cos(z: Jet) -> Jet:
    """The cosine of a jet."""
    return z.composed(lambda c, n: _circular((c.cos(), -c.sin(), -c.cos(), c.sin()), n))


def _circular(derivatives: Sequence[flint.arb], n: int) -> list[flint.arb]:
    return [derivatives[k % 4] / factorial(k) for k in range(n + 1)]


def absolute(z: Jet) -> Jet:
    """|z|; not finite, in any coefficient, where z may be 0."""
    if z.value < 0:
        return -z
    return z if z.value > 0 else z.composed(lambda _, n: [flint.arb.nan()] * (n + 1))


def decay(w: Jet, rate: flint.fmpq) -> Jet:
    """exp(−rate/w)/w for w > 0, continued by 0; smooth at w = 0, where all derivatives are 0."""

    def series(c: flint.arb, n: int) -> list[flint.arb]:
        coefficients, terms = [], {1: flint.fmpq(1)}  # Σ t_a w^{−a} exp(−rate/w)
        for k in range(n + 1):
            total = sum((t * _flat(c, rate, a) for a, t in terms.items()), flint.arb(0))
            coefficients.append(total / factorial(k))
            slope: dict[int, flint.fmpq] = {}
            for a, t in terms.items():
                slope[a + 2] = slope.get(a + 2, 0) + rate * t
                slope[a + 1] = slope.get(a + 1, 0) - a * t
            terms = slope
        return coefficients

    return w.composed(series)


def _flat(w: flint.arb, rate: flint.fmpq, a: int) -> flint.arb:
    """w^{−a} exp(−rate/w) over a ball: it rises from 0 up to w = rate/a and falls from there."""
    if not w.is_finite():
        return flint.arb.nan()
    ends = [flint.arb(w.lower()), flint.arb(w.upper())]
    if not (ends[0] > rate / a or ends[1] < rate / a):
        ends.append(flint.arb(rate / a))
    values = [(-rate / end).exp() / end**a if end > 0 else flint.arb(0) for end in ends]
    hull = values[0]
    for value in values[1:]:
        hull = hull.union(value)
    return hull


def polynomial(terms: Mapping[tuple[int, ...], Scalar], values: Sequence[Jet]) -> Jet:
    """Σ c z^e over `terms` (exponents e → coefficient c) at z = values, one at least.

    Horner's rule in the variable of highest degree; products of the others are formed once.
    """
    degrees = [max(e[i] for e in terms) for i in range(len(values))]
    main = degrees.index(max(degrees))
    space = values[main].space
    monomials: dict[tuple[int, ...], Jet] = {(): space.constant(1)}
    for i, value in enumerate(values):
        if i != main:
            powers = [value**n for n in range(degrees[i] + 1)]
            wanted = {tuple(n for j, n in enumerate(e[: i + 1]) if j != main) for e in terms}
            monomials = {e: monomials[e[:-1]] * powers[e[-1]] for e in wanted}
    coefficients = [space.constant(0) for _ in range(degrees[main] + 1)]
    for e, c in terms.items():
        coefficients[e[main]] += monomials[e[:main] + e[main + 1 :]] * c
    result = coefficients.pop()
    while coefficients:
        result = result * values[main] + coefficients.pop()
    return result


def arithmetic(space: Space) -> Arithmetic:
    """Arithmetic on jets for `numerics.arithmetic.evaluation`."""

    def number(constant: sp.Expr) -> Jet:
        known = {sp.pi: flint.arb.pi, sp.E: flint.arb.const_e}
        if constant in known:
            return space.constant(known[constant]())
        if constant.is_Rational:
            return space.constant(rational(constant))
        raise NotEvaluated(f"{constant} is not real")

    def inverse_tanh(z: Jet) -> Jet:
        return (log(1 + z) - log(1 - z)) / 2

    functions: dict[str, Callable[..., Jet]] = {
        "exp": exp,
        "log": log,
        "sqrt": lambda z: power(z, flint.fmpq(1, 2)),
        "sin": sin,
        "cos": cos,
        "tan": lambda z: sin(z) / cos(z),
        "sinh": lambda z: (exp(z) - exp(-z)) / 2,
        "cosh": lambda z: (exp(z) + exp(-z)) / 2,
        "tanh": lambda z: 1 - 2 / (exp(2 * z) + 1),
        "asinh": lambda z: log(z + power(z * z + 1, flint.fmpq(1, 2))),
        "atanh": inverse_tanh,
        "Abs": absolute,
    }
    return Arithmetic(number, functions, power=lambda z, p: exp(p * log(z)))
