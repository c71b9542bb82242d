"""Functions of the lag Δ ≥ 0 as finite sums, and their series, with coefficients in a field."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import factorial, perm

from verify.judging.exact.field import DivisionByZero, Element, Field, Unsupported


@dataclass(frozen=True)
class Term:
    """A term c Δ^n z^Δ."""

    c: Element
    n: int
    z: Element


@dataclass(frozen=True)
class Sequence:
    """A sum of terms, plus single values at some lags."""

    field: Field
    terms: tuple[Term, ...]
    lags: dict[int, Element]

    def __add__(self, other: Sequence) -> Sequence:
        terms = list(self.terms)
        for new in other.terms:
            for index, old in enumerate(terms):
                if old.n == new.n and old.z == new.z:
                    terms[index] = Term(old.c + new.c, new.n, new.z)
                    break
            else:
                terms.append(new)
        lags = dict(self.lags)
        for lag, value in other.lags.items():
            lags[lag] = lags[lag] + value if lag in lags else value
        return Sequence(self.field, tuple(t for t in terms if not t.c.is_zero), lags)

    def __mul__(self, other: Sequence) -> Sequence:
        total = Sequence(self.field, (), {})
        for s in self.terms:
            for t in other.terms:
                total += Sequence(self.field, (Term(s.c * t.c, s.n + t.n, s.z * t.z),), {})
        lags = {
            lag: self.at(lag) * other.at(lag) - total.at(lag) for lag in {*self.lags, *other.lags}
        }
        return Sequence(self.field, total.terms, lags)

    def __neg__(self) -> Sequence:
        return constant(-self.field.constant(1)) * self

    def at(self, lag: int) -> Element:
        """The value at one lag; 0^0 = 1."""
        total = self.lags.get(lag, self.field.constant(0))
        for t in self.terms:
            total += t.c.scaled(lag**t.n) * t.z**lag
        return total

    def conjugate(self) -> Sequence:
        """The conjugate, term by term."""
        return Sequence(
            self.field,
            tuple(Term(t.c.conjugate(), t.n, t.z.conjugate()) for t in self.terms),
            {lag: value.conjugate() for lag, value in self.lags.items()},
        )

    def as_constant(self) -> Element:
        """The value of a sequence that does not depend on Δ."""
        if self.lags or any(t.n or t.z != self.field.constant(1) for t in self.terms):
            raise Unsupported("a function of Delta where a constant belongs")
        return self.terms[0].c if self.terms else self.field.constant(0)

    def reciprocal(self) -> Sequence:
        """One over c z^Δ.

        Raises:
            DivisionByZero: the sequence is 0.
            Unsupported: it has another form.

        """
        if not self.lags and not self.terms:
            raise DivisionByZero("division by zero")
        if self.lags or len(self.terms) != 1 or self.terms[0].n:
            raise Unsupported("one over a function of Delta other than c*z**Delta")
        [term], one = self.terms, self.field.constant(1)
        return Sequence(self.field, (Term(one / term.c, 0, one / term.z),), {})

    def as_affine(self) -> tuple[Element, Element]:
        """(slope, offset) of slope·Δ + offset."""
        one, zero = self.field.constant(1), self.field.constant(0)
        parts = {t.n: t.c for t in self.terms if t.z == one}
        if self.lags or len(parts) < len(self.terms) or set(parts) - {0, 1}:
            raise Unsupported("an exponent that is not affine in Delta")
        return parts.get(1, zero), parts.get(0, zero)

    def series(self, order: int, w: Element) -> Element:
        """The derivative d^order/dw^order of Σ_{Δ≥1} w^Δ times the sequence, at w."""
        total = self.field.constant(0)
        for t in self.terms:
            total += t.c * t.z**order * _factorial_series(t.n, order, w * t.z)
        for lag, value in self.lags.items():
            if lag >= max(order, 1):
                total += value.scaled(perm(lag, order)) * w ** (lag - order)
        return total


def constant(c: Element) -> Sequence:
    """The sequence that is c at every lag."""
    return Sequence(c.field, (Term(c, 0, c.field.constant(1)),), {})


def power(z: Element) -> Sequence:
    """The sequence z^Δ."""
    return Sequence(z.field, (Term(z.field.constant(1), 0, z),), {})


def lag(field: Field) -> Sequence:
    """The sequence Δ itself."""
    return Sequence(field, (Term(field.constant(1), 1, field.constant(1)),), {})


def delta(field: Field, position: int) -> Sequence:
    """The sequence that is 1 at one lag and 0 elsewhere."""
    return Sequence(field, (), {position: field.constant(1)})


def _factorial_series(n: int, k: int, z: Element) -> Element:
    """Σ_{Δ≥1} Δ^n Δ(Δ−1)…(Δ−k+1) z^{Δ−k}, from Σ_{Δ≥0} Δ^{(j)} z^{Δ−j} = j!/(1−z)^{j+1}."""
    one = z.field.constant(1)
    total = z.field.constant(0)
    for j, coefficient in in_falling_factorials(n, k).items():
        total += (z ** (j - k) / (one - z) ** (j + 1)).scaled(coefficient * factorial(j))
    return total - one if n == k == 0 else total


@cache
def in_falling_factorials(n: int, k: int = 0) -> dict[int, int]:
    """Δ^n Δ^{(k)} in the falling factorials Δ^{(j)}, by Δ·Δ^{(j)} = Δ^{(j+1)} + j Δ^{(j)}."""
    coefficients = {k: 1}
    for _ in range(n):
        raised: dict[int, int] = {}
        for j, c in coefficients.items():
            raised[j + 1] = raised.get(j + 1, 0) + c
            raised[j] = raised.get(j, 0) + j * c
        coefficients = {j: c for j, c in raised.items() if c}
    return coefficients
