"""Series at high precision: the quantity summed from its definition, in ball arithmetic.

Σ_ij u_i v_j R(j+k−i) over i, j < N, u being k steps later, plus a rigorous bound on the rest:
|R(Δ)| ≤ R(0), so that what is cut off is at most R(0) (‖u‖ ‖v‖_{≥N} + ‖u‖_{≥N} ‖v‖) in ℓ1 norms.
"""

from __future__ import annotations

from functools import cache
from itertools import product
from math import ceil, comb, factorial, isqrt, log2, perm

import flint
import sympy as sp

from numerics.arithmetic.balls import Values, around_zero, evaluate
from theory.inputs import StationaryInput
from verify.judging.evidence import Evidence, MeaningError
from verify.judging.model import Model, concrete
from verify.judging.points import Point
from verify.judging.routes.impulse import BilinearForm, Response, assembled, bilinear_forms
from verify.judging.routes.pointwise import DIGITS, Route, compare_at_points, precision
from verify.settings import Settings

MAX_LAGS = 5_000
COST = 2  # of a point, where one costs the other routes 1


def series_value(model: Model, values: Values, digits: int = DIGITS) -> flint.acb:
    """A ball around the quantity, to about `digits` digits, from its definition.

    Raises:
        MeaningError: where |λ| is so near 1 that more than MAX_LAGS lags would be needed.

    """
    with flint.ctx.workprec(precision(digits)):
        lags = steps_needed(model, values, digits)
        later = max(form.lag for form in bilinear_forms(model))
        correlation = autocorrelation(concrete(model.input), values, lags + later)

        doubled = _DoubleSums(values, correlation, lags)

        def moment(form: BilinearForm) -> flint.acb:
            total = doubled(form)
            if model.unit.horizon is None:
                rest = (truncation(form, values, lags) * abs(correlation[0])).abs_upper()
                total += around_zero(rest)
            return total

        return assembled(model, values, moment)


def check(model: Model, settings: Settings) -> Evidence:
    """Compare the formula with the series at points of the domain (relations ==, <=, >=)."""
    return compare_at_points(model, settings, Route("series", _value_at, cost=COST))


def _value_at(model: Model, point: Point) -> flint.acb:
    with flint.ctx.workprec(precision()):
        return series_value(model, point.values(model))


def steps_needed(model: Model, values: Values, digits: int, most: int = MAX_LAGS) -> int:
    """The horizon, or the steps after which 10^−digits of stationarity are missing.

    Raises:
        MeaningError: where that is more than `most`.

    """
    if model.unit.horizon is None:
        return max(_lags_needed(form, values, digits, most) for form in bilinear_forms(model))
    steps = round(float(evaluate(model.unit.horizon, values).real.mid()))
    if steps > most:
        raise MeaningError(f"{steps} steps are too many")
    return steps


def _lags_needed(form: BilinearForm, values: Values, digits: int, most: int) -> int:
    needed = 8
    for response in (form.u, form.v):
        for pole, _ in response.parts:
            radius = float(abs(evaluate(pole, values)).abs_upper())
            if radius >= 1:
                raise MeaningError(f"|lambda| = {radius:.6g} is not below 1")
            if radius > 0:
                bits = 3.33 * digits + 10 - 6 * log2(1 - radius)
                needed = max(needed, ceil(bits / -log2(radius)))
    if needed > most:
        raise MeaningError(f"|lambda| is so near 1 that {needed} lags would be needed")
    return needed


def autocorrelation(x: StationaryInput, values: Values, lags: int) -> list[flint.acb]:
    """Balls around R(0), …, R(lags−1)."""
    result = [flint.acb(0)] * lags
    for term in x.terms:
        weight = evaluate(term.coefficient, values)
        for lag, power in enumerate(_powers(evaluate(term.ratio, values), lags)):
            result[lag] += weight * lag**term.power * power
    for lag, single in x.lags:
        if lag < lags:
            result[lag] += evaluate(single, values)
    return result


def _powers(z: flint.acb, count: int) -> list[flint.acb]:
    """z^0, …, z^(count−1) as two factors each: balls turned step by step grow like √2^i."""
    block = isqrt(count) + 1
    small = [z**k for k in range(block)]
    large = [z ** (block * k) for k in range(block)]
    return [large[i // block] * small[i % block] for i in range(count)]


class _DoubleSums:
    """Σ_ij u_i v_j R(j−i) over i, j < N; what several forms have in common is summed once."""

    def __init__(self, values: Values, correlation: list[flint.acb], lags: int) -> None:
        self.values, self.lags = values, lags
        self.middle = len(correlation) - 1
        backwards = [r.conjugate() for r in correlation[1:]]
        self.spread = [*reversed(correlation), *backwards]  # number middle + m is R(−m)
        self.powers = cache(lambda pole: _powers(evaluate(pole, values), self.lags))
        self.samples = cache(self._samples)
        self.correlated = cache(self._correlated)
        self.sum = cache(self._sum)

    def __call__(self, form: BilinearForm) -> flint.acb:
        total = flint.acb(0)
        for pole, us in form.u.parts:
            for other, vs in form.v.parts:
                for (k, u), (m, v) in product(enumerate(us), enumerate(vs)):
                    if u != 0 and v != 0:
                        weight = evaluate(u, self.values) * evaluate(v, self.values)
                        total += weight * self.sum(pole, k, other, m, form.lag)
        return total

    def _sum(self, pole: sp.Expr, k: int, other: sp.Expr, m: int, lag: int) -> flint.acb:
        samples = flint.acb_mat([self.samples(pole, k)])
        return (samples * self.correlated(other, m, lag))[0, 0]

    def _samples(self, pole: sp.Expr, k: int) -> list[flint.acb]:
        """d^k λ^i / dλ^k for i < N."""
        powers = self.powers(pole)
        return [flint.acb(0)] * min(k, self.lags) + [
            perm(i, k) * power for i, power in zip(range(k, self.lags), powers, strict=False)
        ]

    def _correlated(self, pole: sp.Expr, k: int, lag: int) -> flint.acb_mat:
        """Σ_j v_j R(j+lag−i) for i < N."""
        sums = _product(self.samples(pole, k), self.spread)
        first = self.middle - lag
        return flint.acb_mat(self.lags, 1, sums[first : first + self.lags])


def _product(u: list[flint.acb], v: list[flint.acb]) -> list[flint.acb]:
    """The coefficients of the product of two polynomials: exact on rounded coefficients.

    With each coefficient off by at most e and f, a coefficient of the product is off by at
    most e ‖v‖₁ + f ‖u‖₁ + n e f.
    """
    (ur, ui), (vr, vi) = (_rounded(side) for side in (u, v))
    e, f = (_distance(side) for side in (u, v))
    error = e * sum(map(abs, v), flint.arb(0)) + f * sum(map(abs, u), flint.arb(0))
    error = (error + len(u) * e * f).abs_upper()
    ball = around_zero(error)
    unit = flint.arb(2) ** (-2 * flint.ctx.prec)
    real, imag = ur * vr - ui * vi, ur * vi + ui * vr
    return [flint.acb(real[k], imag[k]) * unit + ball for k in range(len(u) + len(v) - 1)]


def _rounded(balls: list[flint.acb]) -> tuple[flint.fmpz_poly, flint.fmpz_poly]:
    """The balls' real and imaginary midpoints in units of 2^−precision."""
    return (
        flint.fmpz_poly([_fixed_point(z.real) for z in balls]),
        flint.fmpz_poly([_fixed_point(z.imag) for z in balls]),
    )


def _fixed_point(x: flint.arb) -> flint.fmpz:
    mantissa, exponent = x.mid().man_exp()
    shift = int(exponent) + flint.ctx.prec
    return mantissa << shift if shift >= 0 else mantissa >> -shift


def _distance(balls: list[flint.acb]) -> flint.arb:
    """How far a ball's points are from its rounded midpoint, at most, over all balls."""
    radius = max(z.rad().abs_upper() for z in balls)
    return radius + flint.arb(2) ** (1 - flint.ctx.prec)


def _norms(response: Response, values: Values, lags: int) -> tuple[flint.arb, flint.arb]:
    """The ℓ1 norm of a response, and of its part from `lags` on; upper bounds."""
    whole, rest = flint.arb(0), flint.arb(0)
    for pole, weights in response.parts:
        r = flint.arb(abs(evaluate(pole, values)).abs_upper())
        for order, weight in enumerate(weights):
            if weight == 0:
                continue
            size = abs(evaluate(weight, values))
            whole += size * _geometric_tail(r, order, 0)
            rest += size * _geometric_tail(r, order, lags)
    return whole, rest


def _geometric_tail(r: flint.arb, order: int, start: int) -> flint.arb:
    """d^order/dr^order of r^start/(1−r) = Σ_{i≥start} i(i−1)… r^{i−order}, by Leibniz' rule."""
    total = flint.arb(0)
    for k in range(order + 1):
        power = perm(start, k) * r ** max(start - k, 0)
        total += comb(order, k) * power * factorial(order - k) / (1 - r) ** (order - k + 1)
    return total


def truncation(form: BilinearForm, values: Values, lags: int) -> flint.arb:
    """A bound on what lags ≥ `lags` add to a bilinear form, per unit of R(0)."""
    (u, u_rest), (v, v_rest) = (_norms(side, values, lags) for side in (form.u, form.v))
    return u * v_rest + u_rest * v
