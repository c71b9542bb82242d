"""Series at high precision: the quantity summed from its definition, in ball arithmetic.

Σ_ij u_i v_j R(j−i) over i, j < N, plus a rigorous bound on the rest: |R(Δ)| ≤ R(0), so that
what is cut off is at most R(0) (‖u‖ ‖v‖_{≥N} + ‖u‖_{≥N} ‖v‖) in ℓ1 norms.
"""

from __future__ import annotations

from math import ceil, comb, factorial, isqrt, log2, perm

import flint

from numerics.balls import Values, evaluate
from theory.inputs import StationaryInput
from verify.evidence import Evidence
from verify.impulse import BilinearForm, Response, assembled, bilinear_forms
from verify.methods.pointwise import DIGITS, Route, compare_at_points, precision
from verify.model import MeaningError, Model, concrete
from verify.points import Point

MAX_LAGS = 5_000


def series_value(model: Model, values: Values, digits: int = DIGITS) -> flint.acb:
    """A ball around the quantity, to about `digits` digits, from its definition.

    Raises:
        MeaningError: where |λ| is so near 1 that more than MAX_LAGS lags would be needed.

    """
    with flint.ctx.workprec(precision(digits)):
        lags = steps_needed(model, values, digits)
        correlation = autocorrelation(concrete(model.input), values, lags)

        def moment(form: BilinearForm) -> flint.acb:
            total = _truncated(form, values, correlation)
            if model.unit.horizon is None:
                rest = (truncation(form, values, lags) * abs(correlation[0])).abs_upper()
                total += flint.acb(flint.arb(0, rest), flint.arb(0, rest))
            return total

        return assembled(model, values, moment)


def check(model: Model, points: int, seed: int) -> Evidence:
    """Compare the formula with the series at points of the domain (relations ==, <=, >=)."""
    return compare_at_points(model, points, seed, Route("series", _value_at))


def _value_at(model: Model, point: Point) -> flint.acb:
    with flint.ctx.workprec(precision()):
        return series_value(model, point.values(model))


def steps_needed(model: Model, values: Values, digits: int) -> int:
    """The horizon, or the steps after which 10^−digits of stationarity are missing.

    Raises:
        MeaningError: where that is more than MAX_LAGS.

    """
    if model.unit.horizon is not None:
        return round(float(values[model.unit.horizon].real.mid()))
    return max(_lags_needed(form, values, digits) for form in bilinear_forms(model))


def _lags_needed(form: BilinearForm, values: Values, digits: int) -> int:
    needed = 8
    for response in (form.u, form.v):
        for pole, _ in response.parts:
            radius = float(abs(evaluate(pole, values)).abs_upper())
            if radius >= 1:
                raise MeaningError(f"|lambda| = {radius:.6g} is not below 1")
            if radius > 0:
                bits = 3.33 * digits + 10 - 6 * log2(1 - radius)
                needed = max(needed, ceil(bits / -log2(radius)))
    if needed > MAX_LAGS:
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


def _samples(response: Response, values: Values, lags: int) -> list[flint.acb]:
    total = [flint.acb(0)] * lags
    for pole, weights in response.parts:
        powers = _powers(evaluate(pole, values), lags)
        for order, weight in enumerate(weights):
            if weight == 0:
                continue
            factor = evaluate(weight, values)
            for i in range(order, lags):
                total[i] += factor * perm(i, order) * powers[i - order]
    return total


def _powers(z: flint.acb, count: int) -> list[flint.acb]:
    """z^0, …, z^(count−1) as two factors each: balls turned step by step grow like √2^i."""
    block = isqrt(count) + 1
    small = [z**k for k in range(block)]
    large = [z ** (block * k) for k in range(block)]
    return [large[i // block] * small[i % block] for i in range(count)]


def _truncated(form: BilinearForm, values: Values, correlation: list[flint.acb]) -> flint.acb:
    lags = len(correlation)
    u, v = (_samples(side, values, lags) for side in (form.u, form.v))
    by_offset = _product(u, list(reversed(v)))  # number lags−1−d is Σ_i u_i v_{i+d}
    total = by_offset[lags - 1] * correlation[0]
    for d in range(1, lags):
        total += by_offset[lags - 1 - d] * correlation[d]
        total += by_offset[lags - 1 + d] * correlation[d].conjugate()
    return total


def _product(u: list[flint.acb], v: list[flint.acb]) -> list[flint.acb]:
    """The coefficients of the product of two polynomials: exact on rounded coefficients.

    With each coefficient off by at most e and f, a coefficient of the product is off by at
    most e ‖v‖₁ + f ‖u‖₁ + n e f.
    """
    (ur, ui), (vr, vi) = (_rounded(side) for side in (u, v))
    e, f = (_distance(side) for side in (u, v))
    error = e * sum(map(abs, v), flint.arb(0)) + f * sum(map(abs, u), flint.arb(0))
    error = (error + len(u) * e * f).abs_upper()
    ball = flint.acb(flint.arb(0, error), flint.arb(0, error))
    unit = flint.arb(2) ** (-2 * flint.ctx.prec)
    real, imag = ur * vr - ui * vi, ur * vi + ui * vr
    return [flint.acb(real[k], imag[k]) * unit + ball for k in range(len(u) + len(v) - 1)]


def _rounded(balls: list[flint.acb]) -> tuple[flint.fmpz_poly, flint.fmpz_poly]:
    """Real and imaginary midpoints in units of 2^−precision."""
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
