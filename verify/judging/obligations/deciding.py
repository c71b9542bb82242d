"""Whether an obligation holds all over a domain: a place where it fails, or a certificate."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import flint
import numpy as np
import sympy as sp
from numpy.typing import NDArray
from sympy.core.function import AppliedUndef

from numerics.arithmetic import gaussian
from numerics.arithmetic.balls import evaluate
from numerics.arithmetic.evaluation import NotEvaluated
from theory.algebra.conjugation import polarised
from verify.judging.columns import columns, values
from verify.judging.descent import bottom, least_of, refined, size_of
from verify.judging.model import Model
from verify.judging.obligations.certificates import Vanishes, certificate, factors_of
from verify.judging.obligations.obligation import Kind, Obligation, Outcome, State
from verify.judging.places import columns_of_places, places
from verify.judging.points import Point
from verify.judging.symbolic.signs import NoSign

BITS = 256
ANGLES = 48  # of a half turn
TURNS = 2  # to either side
CANDIDATES = 4


def decide(model: Model, obligation: Obligation, seed: int) -> Outcome:
    """What becomes of an obligation on the domain of a claim."""
    if obligation.kind is Kind.REAL:  # where −(im f)² is not negative
        of_input = obligation.function.atoms(AppliedUndef)
        of_real = (r for r in of_input if all(arg.is_real for arg in r.args))
        known = {} if model.claim.complex_input else {r: sp.Dummy(real=True) for r in of_real}
        if obligation.function.xreplace(known).is_real:
            return Outcome(obligation, State.DISCHARGED, "as what it is made of is real")
        if of_input:
            return Outcome(obligation, State.OPEN, "it may be for some inputs, and not for others")
        minus = -(sp.im(obligation.function, evaluate=False) ** 2)
        stated = replace(obligation, function=minus, kind=Kind.NONNEGATIVE)
        return replace(decide(model, stated, seed), obligation=obligation)
    failed = State.OPEN if obligation.is_enough else State.FAILED
    if where := _failure(model, obligation, seed) or _zero_at_an_angle(model, obligation):
        return Outcome(obligation, failed, where)
    try:
        how = certificate(model, obligation)
    except Vanishes as where:
        return Outcome(obligation, failed, str(where))
    except NoSign as reason:
        return Outcome(obligation, State.OPEN, f"no certificate: {reason}")
    return Outcome(obligation, State.DISCHARGED, how)


# a place where it fails


def _failure(model: Model, obligation: Obligation, seed: int) -> str | None:
    """Where an obligation certainly fails, in words, if such a place is found."""
    function, kind = obligation.function, obligation.kind
    if obligation.angle is not None:
        return _failing_angle(model, obligation, seed)
    points = places(model, seed)
    try:
        found = values(function, columns_of_places(model, seed), len(points))
    except NotEvaluated:
        return None
    for index in np.argsort(size_of(found, kind is Kind.NONZERO))[:CANDIDATES]:
        if point := _failing_near(model, function, kind, points[int(index)]):
            return f"at {point}"
    for point in bottom(model, function) if kind is Kind.NONZERO else ():
        if _fails_at(model, function, kind, point):
            return f"at {point}"
    is_continuous = not any(symbol.is_integer for symbol in function.free_symbols)
    if is_continuous and not np.any(np.abs(found.imag) > 0):
        low, high = (points[int(k)] for k in (np.nanargmin(found.real), np.nanargmax(found.real)))
        below, above = (ball_at(model, function, point).real for point in (low, high))
        if below < 0 < above:
            return f"between {low} and {high}"
    return None


def _zero_at_an_angle(model: Model, obligation: Obligation) -> str | None:
    """Where a quarter of a turn, or some of them, make a factor 0 whatever the rest is."""
    if obligation.kind is not Kind.NONZERO:
        return None
    for factor, (name, symbol) in product(factors_of(obligation.function), model.symbols.items()):
        if not symbol.is_real:
            continue
        interval = model.domain.ranges[name].interval
        turning = {part.args[0].coeff(symbol) for part in factor.atoms(sp.sin, sp.cos, sp.tan)}
        rates = sorted(rate for rate in turning if rate.is_Rational and rate)
        for rate, quarters in product(rates, range(-4 * TURNS, 4 * TURNS + 1)):
            angle = quarters * sp.pi / (2 * rate)
            if symbol.is_integer and not angle.is_integer:
                continue
            if interval.contains(angle) == sp.true and factor.subs(symbol, angle) == 0:
                return f"at {symbol} = {angle}"
    return None


def _failing_near(model: Model, function: sp.Expr, kind: Kind, start: Point) -> Point | None:
    """A point where an obligation certainly fails, if there is one from here downhill."""
    downhill = refined(model, function, kind is Kind.NONZERO, start)
    return next((p for p in (start, *downhill) if _fails_at(model, function, kind, p)), None)


def _fails_at(model: Model, function: sp.Expr, kind: Kind, point: Point) -> bool:
    """Whether an obligation certainly fails at a point."""
    if kind is Kind.NONZERO:
        return any(_is_zero(model, factor, point) for factor in factors_of(function))
    ball = ball_at(model, function, point)
    if ball.real < 0 or ball.imag != 0:
        return True
    return kind is Kind.POSITIVE and _is_zero(model, function, point)


def ball_at(model: Model, function: sp.Expr, point: Point) -> flint.acb:
    """A ball around a function at a point, sharp enough for its sign."""
    with flint.ctx.workprec(BITS):
        return evaluate(function, point.values(model))


def _is_zero(model: Model, function: sp.Expr, point: Point) -> bool:
    try:
        exact = gaussian.exact_value(polarised(function), point.exact(model))
        return bool(exact == gaussian.gaussian(0))
    except NotEvaluated:
        return False


def _failing_angle(model: Model, obligation: Obligation, seed: int) -> str | None:
    """Where a function of the parameters and an angle is certainly negative."""
    points, angle = places(model, seed), obligation.angle
    lowest: list[tuple[float, int, int]] = []
    at = columns_of_places(model, seed)
    for step in range(-ANGLES, ANGLES):
        try:
            here = {**at, angle: np.array(step * np.pi / ANGLES)}
            found = size_of(values(obligation.function, here, len(points)), False)
        except NotEvaluated:
            return None
        index = int(np.argmin(found))
        lowest.append((float(found[index]), index, step))
    for _, index, step in sorted(lowest)[:CANDIDATES]:
        turn = step * sp.pi / ANGLES
        for near in (turn, _least_turn(model, obligation, points[index], float(turn))):
            function = obligation.function.subs(angle, near)
            if point := _failing_near(model, function, Kind.NONNEGATIVE, points[index]):
                return f"at {point}, frequency {float(near):.3g}"
    return None


def _least_turn(model: Model, obligation: Obligation, point: Point, turn: float) -> sp.Rational:
    """The angle next to another where an obligation's function is least at a point."""
    at = columns(model, [point])

    def value(turns: NDArray[Any]) -> NDArray[Any]:
        return values(obligation.function, {**at, obligation.angle: turns}, turns.size).real

    return sp.Rational(least_of(value, turn - np.pi / ANGLES, turn + np.pi / ANGLES))
