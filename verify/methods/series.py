"""Series at high precision: the quantity summed from its definition, in ball arithmetic.

Σ_ij u_i v_j R(j−i) over i, j < N, plus a rigorous bound on the rest: |R(Δ)| ≤ R(0), so that
what is cut off is at most R(0) (‖u‖ ‖v‖_{≥N} + ‖u‖_{≥N} ‖v‖) in ℓ1 norms.
"""

from __future__ import annotations

from math import ceil, comb, factorial, log2, perm

import flint

from numerics.balls import Values, evaluate
from theory.conjugation import polarised
from theory.inputs import StationaryInput
from verify.evidence import Counterexample, Evidence, Finding
from verify.impulse import BilinearForm, Response, assembled, bilinear_forms
from verify.model import MeaningError, Model, concrete
from verify.points import Point, sample

DIGITS = 40
MAX_LAGS = 8_000


def series_value(model: Model, values: Values, digits: int = DIGITS) -> flint.acb:
    """A ball around the quantity, to about `digits` digits, from its definition.

    Raises:
        MeaningError: where |λ| is so near 1 that more than MAX_LAGS lags would be needed.

    """
    with flint.ctx.workprec(_bits(digits)):
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
    tried, skipped = 0, []
    for instance in model.instances():
        for point in sample(instance.claim, points, seed):
            with flint.ctx.workprec(_bits(DIGITS)):
                values = point.values(instance)
            try:
                actual = series_value(instance, values)
                claimed = evaluate_at(instance, point)
            except (MeaningError, ValueError) as reason:
                skipped.append(f"{point}: {reason}")
                continue
            outcome = compare(claimed, actual, model.claim.relation)
            if outcome is False:
                return _refutation(instance, point, claimed, actual)
            tried += outcome is True
    if not tried:
        why = skipped[0] if skipped else "the formula has no certified value at any point"
        return Evidence("series", Finding.ABSTAINS, why)
    return Evidence(
        "series",
        Finding.SUPPORTS,
        f"{tried} points agree to {DIGITS - 5} digits"
        if model.claim.relation == "=="
        else f"holds at {tried} points",
        noticeable=10.0 ** (5 - DIGITS),
        data={"points": tried, "skipped": len(skipped), "digits": DIGITS - 5},
    )


def compare(claimed: flint.acb, actual: flint.acb, relation: str) -> bool | None:
    """Whether `actual relation claimed` holds; None if the balls are too wide to say."""
    difference = actual - claimed
    scale = abs(actual) + abs(claimed)
    if not difference.is_finite():
        return None
    sharp = flint.arb(10) ** (5 - DIGITS) * scale
    if relation == "==":
        if not difference.contains(0):
            return False
        return True if abs(difference).abs_upper() <= sharp else None
    gap = difference.real if relation == "<=" else -difference.real
    if not difference.imag.contains(0) or gap > 0:
        return False
    return True if gap <= sharp else None


def evaluate_at(model: Model, point: Point) -> flint.acb:
    """A ball around the claimed formula at a point."""
    for factor in (1, 4):
        with flint.ctx.workprec(factor * _bits(DIGITS)):
            ball = evaluate(polarised(model.formula), point.values(model))
        if ball.is_finite() and ball.rel_accuracy_bits() >= 3.33 * DIGITS:
            break
    return ball


def _bits(digits: int) -> int:
    """Working precision for so many digits, with room for what sums and powers lose."""
    return int(3.33 * digits) + 80


def _refutation(model: Model, point: Point, claimed: flint.acb, actual: flint.acb) -> Evidence:
    relative = abs(actual - claimed) / abs(actual)
    where = f"{point} (R = {model.claim.autocorrelation})"
    return Evidence(
        "series",
        Finding.REFUTES,
        f"false at {where}",
        counterexample=Counterexample(
            point=where,
            claimed=decimal(claimed),
            actual=decimal(actual),
            discrepancy=relative.mid().str(3, radius=False),
        ),
    )


def decimal(ball: flint.acb, digits: int = 30) -> str:
    """A ball as a decimal number with at most `digits` correct digits."""
    real = ball.real.str(digits, radius=False)
    if ball.imag.contains(0):
        return str(real)
    imag = ball.imag.str(digits, radius=False)
    return f"{real} {'-' if imag.startswith('-') else '+'} {imag.lstrip('-')}*I"


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
        weight, ratio = evaluate(term.coefficient, values), evaluate(term.ratio, values)
        for lag in range(lags):
            result[lag] += weight * lag**term.power * ratio**lag
    for lag, single in x.lags:
        if lag < lags:
            result[lag] += evaluate(single, values)
    return result


def _samples(response: Response, values: Values, lags: int) -> list[flint.acb]:
    total = [flint.acb(0)] * lags
    for pole, weights in response.parts:
        a = evaluate(pole, values)
        for order, weight in enumerate(weights):
            if weight == 0:
                continue
            factor = evaluate(weight, values)
            for i in range(order, lags):
                # each power anew: balls that are turned step by step grow like √2^i
                total[i] += factor * perm(i, order) * a ** (i - order)
    return total


def _truncated(form: BilinearForm, values: Values, correlation: list[flint.acb]) -> flint.acb:
    lags = len(correlation)
    u = flint.acb_poly(_samples(form.u, values, lags))
    v = flint.acb_poly(list(reversed(_samples(form.v, values, lags))))
    by_offset = u * v  # coefficient lags−1−d holds Σ_i u_i v_{i+d}
    total = by_offset[lags - 1] * correlation[0]
    for d in range(1, lags):
        total += by_offset[lags - 1 - d] * correlation[d]
        total += by_offset[lags - 1 + d] * correlation[d].conjugate()
    return total


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
