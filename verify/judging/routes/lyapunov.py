"""The Lyapunov route: second moments of the linear system that input, unit and sensitivities are.

They are solved exactly where poles and input are Gaussian rationals at the point, in balls
elsewhere, and everywhere in floating point too, with a bound on its error from the residual.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache

import flint
import sympy as sp

from numerics.arithmetic import gaussian
from numerics.arithmetic.balls import Values, decimal, evaluate
from numerics.arithmetic.evaluation import NotEvaluated
from theory.algebra.conjugation import conjugate_of
from verify.claims.expressions import ExpressionError
from verify.judging.evidence import Counterexample, Evidence, Finding, MeaningError
from verify.judging.model import Model, concrete
from verify.judging.points import Irrational, Point
from verify.judging.routes import stein
from verify.judging.routes.impulse import BilinearForm, assembled
from verify.judging.routes.pointwise import (
    DIGITS,
    Route,
    compare,
    compare_at_points,
    confirmed,
    disagreement,
    is_closed_form,
    precision,
)
from verify.judging.routes.statespace import (
    Arithmetic,
    Chain,
    Driven,
    Matrix,
    chain,
    shaping,
    with_input,
)
from verify.judging.translation import to_sympy
from verify.settings import Settings

MAX_STEPS = 5_000
# rationals grow by the same number of digits with every step
EXACT_STEPS = 64
FLOATING_DIGITS = 9
FLOATING_BITS = 106
FINE_DIGITS = 300  # at one point


def check(model: Model, settings: Settings) -> Evidence:
    """Compare the formula with the solved system at points of the domain (==, <=, >=)."""
    certified = Route("lyapunov", lyapunov_value, is_exact=is_exact, is_near_edges=True)
    floating = Route("lyapunov", floating_value, FLOATING_DIGITS, is_judge=False)
    found = confirmed(
        compare_at_points(model, settings, certified),
        compare_at_points(model, settings, floating),
        "floating point",
    )
    if found.finding is Finding.SUPPORTS and model.claim.relation == "==":
        return _closely(model, settings, certified) or found
    return found


def _closely(model: Model, settings: Settings, route: Route) -> Evidence | None:
    """A disagreement at one point at a much higher precision: in a term of 1e-90, say."""
    instance = model.instances()[0]
    [point] = instance.domain.sample(1, settings.seed)
    return _disagreement_at(instance, point, route, FINE_DIGITS)


def at_its_place(model: Model, found: Evidence) -> Evidence:
    """What a judge contradicts, as a counterexample at the place that it names, or at a plain one.

    The system is solved there, ever more precisely. Where that shows nothing, what was found stays.

    Args:
        model: the claim, which is no limit.
        found: the judge's evidence.

    """
    instance = model.instances()[0]
    point, route = instance.domain.inside, Route(found.method, lyapunov_value)
    for name, value in found.data.get("place", {}).items():
        try:
            point = point.moved(name.strip("|"), Fraction(value))
        except ValueError:
            try:
                point = point.with_coordinate(name, Irrational(to_sympy(value, {})))
            except ExpressionError:  # a root of a polynomial, say
                return found
    looks = (_disagreement_at(instance, point, route, digits) for digits in (DIGITS, FINE_DIGITS))
    refuted = next(filter(None, looks), None)
    if refuted is None and model.claim.is_strict:
        refuted = _equality_at(instance, point, found)
    return refuted or found


def _equality_at(model: Model, point: Point, found: Evidence) -> Evidence | None:
    """A point where a judge says that both sides are equal, if to so many digits they are."""
    try:
        actual = lyapunov_value(model, point, FINE_DIGITS)
        with flint.ctx.workprec(precision(FINE_DIGITS)):
            claimed = model.text(point).formula
            if not (claimed - actual).contains(0):
                return None
    except (MeaningError, NotEvaluated):
        return None
    where = f"{point} (R = {model.claim.autocorrelation})"
    return replace(
        found,
        finding=Finding.REFUTES,
        detail=f"false at {where}: both sides are equal",
        counterexample=Counterexample(where, decimal(claimed), decimal(actual), "0"),
    )


def _disagreement_at(model: Model, point: Point, route: Route, digits: int) -> Evidence | None:
    """A disagreement at a point that so many digits show."""
    try:
        actual = lyapunov_value(model, point, digits)
        with flint.ctx.workprec(precision(digits)):
            claimed = model.text(point).formula
            is_false = compare(claimed, actual, model.claim.relation, digits) is False
    except (MeaningError, NotEvaluated):
        return None
    return disagreement(model, point, claimed, actual, route) if is_false else None


def lyapunov_value(model: Model, point: Point, digits: int = DIGITS) -> flint.acb:
    """A ball around the quantity: exact but for the weights' rounding where that is possible.

    Args:
        model: the claim.
        point: of its domain.
        digits: that the ball should be sharp to, decimal.

    Raises:
        MeaningError: where a pole is not inside the unit circle, the horizon is beyond MAX_STEPS,
            or the balls are too wide for a solution.

    """
    steps = _horizon(model, point)
    exact = is_exact(model, point)
    for factor in (1, 4):  # curvature, of moments (1−λ²)^−9 apart, loses the most
        # a product with a complex ball widens it by at most √2, and a step has four
        with flint.ctx.workprec(factor * precision(digits) + 2 * (steps or 0)):
            values = point.values(model)
            arithmetic = _exact(point.exact(model)) if exact else _balls(values)
            ball = _value(model, values, arithmetic, steps)
        if ball == 0 or ball.rel_accuracy_bits() >= 3.33 * digits:
            break
    return ball


def is_closed_form_at(model: Model, point: Point) -> bool:
    """Whether algebra's closed form is the quantity at a point, for one input if it is any."""
    instance = model.instances()[0]
    try:
        return is_closed_form(instance, point, lyapunov_value(instance, point))
    except MeaningError:
        return False


def floating_value(model: Model, point: Point) -> flint.acb:
    """A ball around the quantity, by LAPACK; over a finite horizon in balls of FLOATING_BITS."""
    with flint.ctx.workprec(FLOATING_BITS):
        values = point.values(model)
        return _value(model, values, _floats(values), _horizon(model, point))


def is_exact(model: Model, point: Point) -> bool:
    """Whether poles and input are Gaussian rationals at the point, and the steps are few."""
    if (_horizon(model, point) or 0) > EXACT_STEPS:
        return False
    x, values = concrete(model.input), point.exact(model)
    parts = [part for term in x.terms for part in (term.coefficient, term.ratio)]
    try:
        for part in (*model.unit.poles, *parts, *(value for _, value in x.lags)):
            gaussian.exact_value(part, values)
    except NotEvaluated:
        return False
    return True


def _horizon(model: Model, point: Point) -> int | None:
    if model.unit.horizon is None:
        return None
    steps = point.coordinates[model.claim.horizon or ""]
    if not isinstance(steps, Fraction) or steps > MAX_STEPS:
        raise MeaningError(f"{steps} steps are too many")
    return int(steps)


def _exact(values: gaussian.Values) -> Arithmetic:
    return Arithmetic(
        number=lambda expr: gaussian.exact_value(expr, values),
        matrix=gaussian.block_matrix,
        adjoint=flint.fmpq_mat.transpose,
        stein=stein.exact,
        balls=gaussian.balls,
    )


def _balls(values: Values) -> Arithmetic:
    return Arithmetic(
        number=lambda expr: evaluate(expr, values),
        matrix=flint.acb_mat,
        adjoint=lambda matrix: matrix.conjugate().transpose(),
        stein=stein.in_balls,
        balls=lambda matrix: matrix,
    )


def _floats(values: Values) -> Arithmetic:
    return replace(_balls(values), stein=stein.in_floats)


def _value(model: Model, values: Values, arithmetic: Arithmetic, steps: int | None) -> flint.acb:
    filters = shaping(concrete(model.input), arithmetic)

    @cache
    def chain_of(pole: sp.Expr, n: int) -> Chain:
        if steps is None:
            _check_stable(pole, values)
        return chain(pole, n, arithmetic)

    @cache
    def stationary(pole: sp.Expr, n: int) -> list[Matrix]:
        return with_input(chain_of(pole, n), filters, arithmetic)

    @cache
    def covariance(first: sp.Expr, n: int, second: sp.Expr, m: int, lag: int) -> flint.acb_mat:
        """E[s s'*] of the chains of two poles, with n and m states, the first `lag` steps later."""
        driven = Driven(chain_of(first, n), chain_of(second, m), filters, arithmetic)
        try:
            if steps is None:
                own, other = stationary(first, n), stationary(second, m)
                moments = driven.later(driven.stationary(own, other), other, lag)
            else:
                moments = driven.after(steps)
        except stein.Unsolved as reason:
            raise MeaningError(f"the Lyapunov equation: {reason}") from None
        return arithmetic.balls(moments)

    def moment(form: BilinearForm) -> flint.acb:
        total = flint.acb(0)
        for pole, us in form.u.parts:
            for other, vs in form.v.parts:
                u, v = (flint.acb_mat([[evaluate(w, values) for w in ws]]) for ws in (us, vs))
                moments = covariance(pole, len(us), conjugate_of(other), len(vs), form.lag)
                total += (u * moments * v.transpose())[0, 0]
        return total

    return assembled(model, values, moment)


def _check_stable(pole: sp.Expr, values: Values) -> None:
    modulus = abs(evaluate(pole, values))
    if not modulus < 1:
        raise MeaningError(f"|lambda| = {modulus.str(6, radius=False)} is not below 1")
