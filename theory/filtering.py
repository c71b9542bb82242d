"""Inputs that pass through something before: a moving average, or another unit.

A moving average is y_t = Σ_k b_k x_{t−k}, B(z) = Σ_k b_k z^k. Where B vanishes on the unit circle,
y has no power at that frequency. No sum of positive terms is such an input, as the spectrum of each
is positive everywhere; differences of a series are one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import sympy as sp

from theory.algebra.conjugation import conjugated, polarised
from theory.inputs import StationaryInput, Term

Zeros = tuple[tuple[sp.Rational, sp.Rational], ...]
NOTHING = StationaryInput(())


@dataclass(frozen=True)
class FilteredInput(StationaryInput):
    """An input of which a part is another one, filtered.

    Attributes:
        source: what is filtered.
        zeros: r and cos θ of each zero b = r e^{±iθ} of B(z) = Π (1 − bz), 0 < r ≤ 1; a pair of
            them where cos θ is neither 1 nor −1.
        beside: what is not filtered, independent of it.

    """

    source: StationaryInput = NOTHING
    zeros: Zeros = ()
    beside: StationaryInput = NOTHING

    def __add__(self, other: StationaryInput) -> StationaryInput:
        """The sum with an independent input, which is not filtered."""
        if isinstance(other, FilteredInput):
            return super().__add__(other)
        return _put_together(self.source, self.zeros, self.beside + other)

    __radd__ = __add__

    def __rmul__(self, weight: object) -> FilteredInput:
        """The input times the root of a weight."""
        return _put_together(weight * self.source, self.zeros, weight * self.beside)


def filtered(
    x: StationaryInput, zeros: Sequence[tuple[sp.Rational | int, sp.Rational | int]]
) -> FilteredInput:
    """An input that is x, filtered by B(z) = Π (1 − bz) over all zeros b = r e^{±iθ}.

    Args:
        x: any but one with terms Δ^k z^Δ, k > 0.
        zeros: r and cos θ of each, rational, 0 < r ≤ 1; a pair where cos θ is neither 1 nor −1.

    Raises:
        ValueError: if x has such terms.

    Examples:
        >>> from theory.filtering import filtered
        >>> from theory.inputs import white
        >>> filtered(white(), [(1, 1)]).autocorrelation()
        2*KroneckerDelta(0, Delta) - KroneckerDelta(1, Delta)

    """
    if any(term.power for term in x.terms):
        raise ValueError(f"R(Δ) = {x.autocorrelation()}: terms c z^Δ are needed, without Δ before")
    exact = tuple((sp.Rational(r), sp.Rational(c)) for r, c in zeros)
    return _put_together(x, exact, NOTHING)


def output(x: StationaryInput, pole: sp.Expr) -> StationaryInput:
    """The state of a unit h ← λh + x as the input of others.

    Args:
        x: the unit's own input.
        pole: λ, with |λ| < 1. Where a term's ratio z is another expression, z = λ is left out:
            the general formula has no value there.

    Returns:
        R(k) = E[h_{t+k} h̄_t] = [Σ_{m≤k} λ^m R_x(k−m) + λ^k C̄(λ) + Σ_{Δ≥1} λ̄^Δ R_x(k+Δ)] /
        (1 − |λ|²), as terms and single lags.

    Examples:
        >>> import sympy as sp
        >>> from theory.filtering import output
        >>> from theory.inputs import white
        >>> output(white(), sp.Rational(1, 2)).autocorrelation()
        4/(3*2**Delta)

    """
    a, b = pole, conjugated(polarised(pole))
    if a == 0:
        return x
    terms: Counter[tuple[int, sp.Expr]] = Counter({(0, a): x.conjugate().generating_function(a)})
    lags: Counter[int] = Counter()
    for lag, value in x.lags:
        terms[0, a] += value * a**-lag
        for n in range(1, lag + 1):
            lags[lag - n] += value * (b**n - a**-n)
    for term in x.terms:
        for part in _through(term, a, b):
            terms[part.power, part.ratio] += part.coefficient
    whole = {key: sp.factor(c / (1 - a * b)) for key, c in terms.items()}
    single = {lag: sp.factor(value / (1 - a * b)) for lag, value in sorted(lags.items())}
    return StationaryInput(
        tuple(Term(c, power, ratio) for (power, ratio), c in whole.items() if c != 0),
        tuple((lag, value) for lag, value in single.items() if value != 0),
    )


def _through(term: Term, a: sp.Expr, b: sp.Expr) -> Iterator[Term]:
    """Σ_{m≤k} a^m t(k−m) + Σ_{Δ≥1} b^Δ t(k+Δ) of a term t(k) = c k^p z^k, as terms of k.

    The second sum, and for z ≠ a the first, are (z d/dz)^p of z^k F(z) + a^k G(z).
    """
    p, z = term.power, sp.Dummy("z")
    ahead, behind = b * z / (1 - b * z), sp.S.Zero
    if sp.expand(term.ratio - a) == 0:
        powers = sp.Poly(sp.summation(_n**p, (_n, 0, _k)), _k)
        for (i,), c in powers.terms():
            yield Term(term.coefficient * c, i, a)
    else:
        ahead, behind = ahead + z / (z - a), -a / (z - a)
    for i in range(p + 1):
        weight = sp.binomial(p, i) * _by_log(ahead, z, p - i).subs(z, term.ratio)
        yield Term(term.coefficient * weight, i, term.ratio)
    yield Term(term.coefficient * _by_log(behind, z, p).subs(z, term.ratio), 0, a)


def _by_log(f: sp.Expr, z: sp.Symbol, times: int) -> sp.Expr:
    """(z d/dz)^times of a rational function."""
    for _ in range(times):
        f = sp.factor(z * sp.diff(f, z))
    return f


_n, _k = sp.symbols("n k", integer=True, nonnegative=True)


def weights(zeros: Zeros) -> list[sp.Rational]:
    """The weights b_0 = 1, b_1, … of B(z) = Π (1 − bz) over all zeros b = r e^{±iθ}."""
    z = sp.Symbol("z")
    factors = (1 - r * c * z if c**2 == 1 else 1 - 2 * r * c * z + r**2 * z**2 for r, c in zeros)
    found: list[sp.Rational] = sp.Poly(sp.prod(factors), z).all_coeffs()[::-1]
    return found


def _put_together(x: StationaryInput, zeros: Zeros, beside: StationaryInput) -> FilteredInput:
    b = weights(zeros)
    products = dict.fromkeys(range(1 - len(b), len(b)), sp.S.Zero)
    for (i, u), (k, v) in product(enumerate(b), repeat=2):
        products[i - k] += u * v
    terms = [
        Term(t.coefficient * sum(c * t.ratio**lag for lag, c in products.items()), 0, t.ratio)
        for t in x.terms
    ]
    lags = []
    for lag in range(len(b) + max((lag for lag, _ in x.lags), default=0)):
        R = sum(c * _at(x, lag + shift) for shift, c in products.items())
        smooth = sp.Add(*(t.at(sp.Integer(lag)) for t in terms))
        lags.append((lag, sp.expand(R - smooth)))
    total = beside + StationaryInput(
        tuple(t for t in terms if t.coefficient != 0),
        tuple((lag, value) for lag, value in lags if value != 0),
    )
    return FilteredInput(total.terms, total.lags, x, zeros, beside)


def _at(x: StationaryInput, lag: int) -> sp.Expr:
    return x.autocorrelation(lag) if lag >= 0 else x.conjugate().autocorrelation(-lag)
