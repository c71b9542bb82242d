"""Transforms F(z) = Σ_i f_i z^i of impulse responses and autocorrelations, and their poles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import repeat
from math import factorial, prod
from typing import Any

import flint


@dataclass(frozen=True)
class Part:
    """Σ_k weights[k] · d^k λ^i / dλ^k for the pole λ, of which `number` says where it is."""

    pole: flint.acb
    weights: Sequence[flint.acb]
    number: int | None = None


@dataclass(frozen=True)
class Transform:
    """F(z) = Σ_i f_i z^i: Σ_k w_k k! z^k/(1 − λz)^{k+1} for each part, and single terms."""

    parts: Sequence[Part]
    lags: Sequence[tuple[int, flint.acb]] = ()

    def __call__(self, z: Any) -> Any:
        """F at a number, or at a power series."""
        total = 0 * z
        for part in self.parts:
            ratio = 1 / (1 - part.pole * z)
            step = z * ratio
            *lower, inner = part.weights
            for k in range(len(lower), 0, -1):  # by Horner's rule
                inner = lower[k - 1] + k * step * inner
            total += ratio * inner
        for lag, value in self.lags:
            total += value * power(z, lag)
        return total

    def conjugate(self) -> Transform:
        """The transform of the conjugate sequence."""
        return Transform(
            [Part(p.pole.conjugate(), [w.conjugate() for w in p.weights]) for p in self.parts],
            [(lag, value.conjugate()) for lag, value in self.lags],
        )

    def order(self, number: int) -> int:
        """The order, at most, of the pole of F(1/z) at a location."""
        orders = [len(part.weights) for part in self.parts if part.number == number]
        return max([*orders, *(lag for lag, _ in self.lags if number == 0)], default=0)

    def inverted(self, z: flint.acb_series, number: int, order: int) -> flint.acb_series:
        """ε^order F(1/z) for z = p + ε, around the location p; order ≥ self.order(p)."""
        total = 0 * z
        shift = monomial(order)
        for part in self.parts:
            for k, weight in enumerate(part.weights):
                singular = (
                    monomial(order - k - 1)
                    if part.number == number
                    else shift / power(z - part.pole, k + 1)
                )
                total += weight * factorial(k) * z * singular
        for lag, value in self.lags:
            total += value * (monomial(order - lag) if number == 0 else shift / power(z, lag))
        return total


def power(z: Any, exponent: int) -> Any:
    """The power z^exponent, exponent ≥ 0, with z^0 = 1; z is a number or a power series."""
    return prod(repeat(z, exponent))


def monomial(exponent: int) -> flint.acb_series:
    """The power series ε^exponent."""
    return flint.acb_series([0] * exponent + [1])


@contextmanager
def series_length(length: int) -> Iterator[None]:
    """Compute power series to so many coefficients while the block runs."""
    before, flint.ctx.cap = flint.ctx.cap, length
    try:
        yield
    finally:
        flint.ctx.cap = before
