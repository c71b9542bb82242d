"""Inputs that stand for any stationary input where a numerical route wants numbers.

They are of all kinds: short and long averages, waves that fade, tones, tones that hardly fade,
and what has no power at some frequency. They prove nothing: a claim may be false for others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from random import Random

SHORT, LONG = 5, 12  # weights
Weight = tuple[Fraction, Fraction]  # its real and imaginary part


def some_inputs(seed: str, is_complex: bool) -> Iterator[str]:
    """The autocorrelations as expressions in Delta; R(0) is never 1."""
    random = Random(seed)  # noqa: S311 (reproducible, not secret)

    def number() -> Fraction:
        return Fraction(random.randrange(20, 90), 100)

    def signed() -> Fraction:
        return number() * random.choice((-1, 1))

    def tone(turn: int = 1) -> str:
        wave = f"{2 * turn * number()}*Delta"
        return f"{2 * number()}*" + (f"exp(I*{wave})" if is_complex else f"cos({wave})")

    def weight() -> Weight:
        return signed(), signed() if is_complex else Fraction(0)

    short = [(number(), Fraction(0)) for _ in range(SHORT)]
    yield _average(short)
    yield _average([((-1) ** k * real, imaginary) for k, (real, imaginary) in enumerate(short)])
    yield f"({number()})**Delta*{tone()}"
    if is_complex:
        yield f"({number()})**Delta*{tone(-1)}"
        yield _average([weight() for _ in range(SHORT)])
    yield f"{2 * number()}"
    yield f"{2 * number()}*(-1)**Delta"
    level = number()
    yield _average([(level, Fraction(0)), (-level, Fraction(0))])
    yield f"{tone()} + (999/1000)**Delta*{tone()}"
    yield _average([weight() for _ in range(LONG)])


def _average(weights: Sequence[Weight]) -> str:
    """R of x_t = Σ_k w_k ε_{t−k} with white ε: R(Δ) = Σ_k w_{k+Δ} w̄_k."""
    terms = []
    for lag in range(len(weights)):
        pairs = list(zip(weights[lag:], weights, strict=False))
        real = sum(a * c + b * d for (a, b), (c, d) in pairs)
        imaginary = sum(b * c - a * d for (a, b), (c, d) in pairs)
        value = f"({real} + {imaginary}*I)" if imaginary else f"{real}"
        terms.append(f"{value}*KroneckerDelta(Delta, {lag})")
    return " + ".join(terms)
