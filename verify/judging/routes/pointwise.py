"""A formula against a numerical route, in balls, at points of the claim's domain."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, log

import flint
import sympy as sp

from numerics.arithmetic.balls import decimal, evaluate
from numerics.arithmetic.evaluation import NotEvaluated
from theory.algebra.conjugation import polarised
from theory.catalogue import QUANTITIES
from theory.inputs import StationaryInput
from verify.judging import numbers, sides, sizes
from verify.judging.evidence import Counterexample, Evidence, Finding, MeaningError
from verify.judging.model import Model
from verify.judging.points import Point
from verify.judging.search import suspects, worst_gap
from verify.settings import Settings

DIGITS = 40
EDGE = Fraction(1, 10**12)
SHARP = 2.0**-50
FEW_LAGS = 3  # at which R is read
TOLD_APART = 8  # digits of a counterexample that differ
CLOSELY = 2  # of the inputs that stand for any: where it looks like failing is looked for


@dataclass(frozen=True)
class Route:
    """A way to the quantity at a point.

    Attributes:
        name: as evidence calls it.
        value: a ball around the quantity; raises MeaningError where the route does not lead.
        digits: how many digits must agree, and how sharp balls must be, for a point to count.
        is_judge: whether a discrepancy refutes; otherwise it contradicts.
        is_exact: whether the route needs no rounding at a point, if it is ever so.
        is_near_edges: whether it leads to points next to the domain's corners and faces, where a
            bound is likeliest to fail.
        faces: points next to the domain's faces, as `Domain.faces` takes them, which are tried at
            any relation; none where it is empty.
        cost: the cost of a point, where 1 is usual: so many times fewer points are tried.
        most_points: how many points at most are tried, at all instances of the claim together.

    """

    name: str
    value: Callable[[Model, Point], flint.acb]
    digits: int = DIGITS - 5
    is_judge: bool = True
    is_exact: Callable[[Model, Point], bool] | None = None
    is_near_edges: bool = False
    faces: tuple[Fraction, *tuple[int, ...]] | tuple[()] = ()
    cost: int = 1
    most_points: int = sys.maxsize


def number_of_points(model: Model, settings: Settings) -> int:
    """How many points of the domain a route may try."""
    return ceil(settings.tier.points / QUANTITIES[model.claim.quantity].cost)


def compare_at_points(model: Model, settings: Settings, route: Route) -> Evidence:
    """Compare the formula with a route at points of the domain (relations ==, <=, >=)."""
    tried, exact, skipped, stated = 0, 0, [], []
    affordable = ceil(number_of_points(model, settings) / route.cost)
    count = ceil(min(affordable, route.most_points) / len(model.instances()))
    for number, instance in enumerate(model.instances()):
        held, closely = [], number < CLOSELY
        for point in _points(instance, count, settings.seed, closely, route):
            try:
                if field := _misread(instance, point):
                    why = f"algebra takes field {field!r} for something else at {point}"
                    return Evidence(route.name, Finding.FAILED, why)
                actual = route.value(instance, point)
                claimed = evaluate_at(instance, point)
            except (MeaningError, ValueError) as reason:
                skipped.append(f"{point}: {reason}")
                continue
            outcome = compare(claimed, actual, model.claim.relation, route.digits)
            if outcome is False:
                return disagreement(instance, point, claimed, actual, route)
            if outcome:
                held.append(point)
                exact += route.is_exact is not None and route.is_exact(instance, point)
        tried += len(held)
        if route.is_judge:  # others have fewer points, and add to what judges have seen
            for of_points in (sides, numbers, sizes):
                stated += of_points.obligations(instance, held)
    if not tried:
        why = skipped[0] if skipped else "the formula has no certified value at any point"
        return Evidence(route.name, Finding.ABSTAINS, why)
    return Evidence(
        route.name,
        Finding.SUPPORTS,
        f"{tried} points agree to {route.digits} digits"
        if model.claim.relation == "=="
        else f"holds at {tried} points",
        noticeable=10.0**-route.digits,
        data={"points": tried, "skipped": len(skipped), "digits": route.digits}
        | ({"exact": exact} if route.is_exact else {})
        | ({"obligations": stated} if stated else {}),
    )


def confirmed(certified: Evidence, other: Evidence, name: str) -> Evidence:
    """A route's evidence, together with that of its second, less precise way."""
    if certified.finding not in (Finding.SUPPORTS, Finding.ABSTAINS):
        return certified
    if other.finding is not Finding.SUPPORTS:
        return certified if other.finding is Finding.ABSTAINS else other
    if certified.finding is Finding.ABSTAINS:
        return other
    return replace(
        certified,
        detail=f"{certified.detail}; {name}: {other.detail}",
        data={**certified.data, name: {"finding": other.finding, **other.data}},
    )


def _points(model: Model, count: int, seed: int, closely: bool, route: Route) -> Iterator[Point]:
    """Random points, some on each side of a kink, and those where it looks most like failing."""
    yield from model.domain.sample(count, seed)
    yield from model.domain.shortest()
    yield from model.domain.irrational_faces()
    yield from numbers.all_numbers(model)
    yield from sides.sides(model, seed)
    if closely:
        yield from suspects(model, seed)
    if route.faces:
        yield from model.domain.faces(*route.faces)
    if model.claim.relation == "==":
        return
    if gap := worst_gap(model, seed):
        yield gap.point
    if route.is_near_edges:
        yield from model.domain.corners(EDGE)
        yield from model.domain.faces(EDGE)


def _misread(model: Model, point: Point) -> str:
    """The field whose text certainly has another value at a point than algebra gives it, if any.

    The routes take poles, normalisers and R from algebra, so that it would mislead them all alike.
    """
    values = point.values(model)
    with flint.ctx.workprec(precision()):
        text = model.text(point)
        pairs = [
            (field, said(name), read)
            for field, said, reads in (
                ("eigenvalue", text.pole, model.unit.poles),
                ("gamma", text.gamma, model.unit.gammas),
            )
            for name, read in zip(model.claim.poles, reads, strict=True)
        ]
        for field, said, read in pairs:
            with suppress(NotEvaluated):
                if not said.overlaps(evaluate(polarised(sp.sympify(read)), values)):
                    return field
        for lag in range(FEW_LAGS) if isinstance(model.input, StationaryInput) else ():
            with suppress(NotEvaluated):
                if not text.autocorrelation(lag).overlaps(text.driving(lag)):
                    return "autocorrelation"
    return ""


def compare(
    claimed: flint.acb, actual: flint.acb, relation: str, digits: int = DIGITS - 5
) -> bool | None:
    """Whether `actual relation claimed` holds; None if the balls are too wide to say."""
    difference = actual - claimed
    # what is claimed to vanish has no relative error: so many decimals instead
    scale = abs(actual) + abs(claimed) if claimed != 0 else flint.arb(1)
    if not difference.is_finite():
        return None
    sharp = flint.arb(10) ** -digits * scale
    if relation == "==":
        if not difference.contains(0):
            return False
        return True if abs(difference).abs_upper() <= sharp else None
    gap = difference.real if relation[0] == "<" else -difference.real
    if not difference.imag.contains(0) or gap > 0:
        return False
    if relation in ("<", ">"):
        return True if gap < 0 else None  # equal, or too near to be told apart
    return True if gap <= sharp else None


def evaluate_at(model: Model, point: Point) -> flint.acb:
    """A ball around the claimed formula at a point."""
    for factor in (1, 4):
        with flint.ctx.workprec(factor * precision()):
            ball = model.text(point).formula
        if ball.is_finite() and ball.rel_accuracy_bits() >= 3.33 * DIGITS:
            break
    return ball


def is_sharp(ball: flint.acb) -> bool:
    """Whether a ball's midpoint is right to double precision, where floats are compared with it."""
    radius = ball.real.rad() + ball.imag.rad()
    return bool(ball.is_finite() and radius <= SHARP * abs(ball))


def precision(digits: int = DIGITS) -> int:
    """The working precision in bits for so many digits, and for what sums and powers lose."""
    return int(3.33 * digits) + 80


def disagreement(
    model: Model, point: Point, claimed: flint.acb, actual: flint.acb, route: Route
) -> Evidence:
    """What a route says where it disagrees with the formula."""
    # relative to what is not 0, and with as many digits as show it
    relative = abs(actual - claimed) / (abs(claimed) if actual.contains(0) else abs(actual))
    digits = max(30, TOLD_APART - int(float(relative.log()) / log(10)))
    where = f"{point} (R = {model.claim.autocorrelation})"
    return Evidence(
        route.name,
        Finding.REFUTES if route.is_judge else Finding.CONTRADICTS,
        f"false at {where}",
        counterexample=Counterexample(
            point=where,
            claimed=decimal(claimed, digits),
            actual=decimal(actual, digits),
            discrepancy=relative.mid().str(3, radius=False),
        ),
        data={} if is_closed_form(model, point, actual) else {"closed_form_differs": True},
    )


def is_closed_form(model: Model, point: Point, actual: flint.acb) -> bool:
    """Whether algebra's closed form may be the quantity at a point.

    It is not over a horizon that is shorter than a lag of the input, nor on a branch cut.
    """
    try:
        with flint.ctx.workprec(precision()):
            return bool(evaluate(model.value, point.values(model)).overlaps(actual))
    except (NotEvaluated, NotImplementedError):
        return True
