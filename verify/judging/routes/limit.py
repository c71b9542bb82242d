"""The numerical route for limits: formula over quantity in balls, ever nearer the limit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain, islice, pairwise, zip_longest
from math import ceil

import flint

from numerics.arithmetic.balls import certified, decimal, evaluate, midpoint
from numerics.arithmetic.evaluation import NotEvaluated
from verify.claims.claim import Limit
from verify.claims.expressions import parse
from verify.judging import numbers, sides
from verify.judging.evidence import Counterexample, Evidence, Finding, MeaningError
from verify.judging.model import Model
from verify.judging.places import bottoms, half_turns, zeros
from verify.judging.points import Irrational, Point
from verify.judging.routes.lyapunov import lyapunov_value
from verify.judging.routes.pointwise import number_of_points
from verify.judging.translation import to_sympy
from verify.settings import Settings

DIGITS = 30
BITS = int(3.33 * DIGITS)
CLOSE = 1e-3
# what a ratio of sides to so many digits may be off by
ROUNDING = 10.0 ** (2 - DIGITS)
# a distance from 1 that shrinks by more in a step goes on to 0; by less, and ever less, it halts
HALTS, GOES_ON, STILL = 0.95, 0.75, 1e-6
HUGE = 1e300
MOST_PLACES = 32
NEAR = Fraction(1, 1000)  # of an open end
# where places are looked for: nearer, floats do not tell them from the target; and far out
CLOSE_BY, FAR_OUT = Fraction(1, 10**9), 1000
_DISTANCES = [Fraction(1, 10**k) for k in (3, 6, 12, 24)]
_FAR = [Fraction(n) for n in (1, 3, 10, 30, 100, 1000, 10**6, 10**12, 10**24)]
_MANY_STEPS = [Fraction(10**k) for k in (2, 6, 12, 24)]
# what oscillates may vanish at all powers of ten, but not at these parts of them as well
_PARTS = (Fraction(1), Fraction(7, 9), Fraction(3, 7))
CONSECUTIVE = 12  # whole numbers


@dataclass(frozen=True)
class Step:
    """Both sides at a point on the way to a limit."""

    point: Point
    claimed: flint.acb
    actual: flint.acb

    @property
    def distance(self) -> float:
        """How far formula over quantity is from 1; HUGE where there is no such ratio."""
        with flint.ctx.workprec(2 * BITS):
            ratio = self.claimed / self.actual
            apart = abs(ratio - 1)
        return min(max(float(apart.mid()), ROUNDING), HUGE) if apart.is_finite() else HUGE


def check(model: Model, settings: Settings) -> Evidence:
    """Follow the ratio towards the limit from several points (relation ~)."""
    limit = model.claim.limit
    if limit is None:
        return Evidence("limit", Finding.ABSTAINS, "no limit")
    errors, slow, stated = [], "", []
    count = number_of_points(model, settings)
    most = ceil(MOST_PLACES / len(model.instances()))
    for instance in model.instances():
        held, close_by = [], _close_by(instance, limit)
        inside = instance.domain.sample(count, settings.seed)
        elsewhere = islice(_places(instance, close_by, limit, settings.seed), most)
        for point in chain(inside, elsewhere):
            path, cut_short = [], ""
            try:
                for step in _approach(instance, point, limit):
                    path.append(step)
            except NotEvaluated as reason:
                cut_short = str(reason)
            found = _arrives([step.distance for step in path])
            if found is False and path:
                return _departure(path[-1], limit)
            if found:
                errors.append(path[-1].distance)
                held.append(path[-1].point)
            else:
                slow = slow or cut_short or f"from {point} the ratio comes to 1 slowly, if at all"
        stated += [*sides.obligations(close_by, held), *numbers.obligations(close_by, held)]
    if slow or not errors:
        return Evidence("limit", Finding.ABSTAINS, slow or "no point is on the way")
    return Evidence(
        "limit",
        Finding.SUPPORTS,
        f"from {len(errors)} points the ratio comes as near to 1 as {max(errors):.1e}",
        noticeable=CLOSE,
        data={"points": len(errors)} | ({"obligations": stated} if stated else {}),
    )


def _arrives(distances: Sequence[float]) -> bool | None:
    """Whether distances go to 0: they halt elsewhere (False), or cannot be told yet (None)."""
    if len(distances) < 2:
        return None
    shrinks = [b / a if b > ROUNDING else 0.0 for a, b in pairwise(distances)]
    last = shrinks[-1]
    if distances[-1] < CLOSE and last <= GOES_ON:
        return True
    # slow powers look like a halt, but shrink by more in each of the ever longer steps
    before = shrinks[-2] if len(shrinks) > 1 else 1.0
    halts = last >= HALTS and 1 - last <= max((1 - before) / 2, STILL)
    return False if halts else None


def _places(model: Model, close_by: Model, limit: Limit, seed: int) -> Iterator[Point]:
    """Points from where to go to the limit: on faces and edges, and where something vanishes."""
    domain = model.domain
    seen: set[str] = set()
    kinds = (
        chain(domain.irrational_faces(), domain.closed_faces()),
        bottoms(close_by),
        sides.sides(close_by, seed),
        numbers.all_numbers(model),
        domain.closed_edges(),
        domain.faces(NEAR),
        chain(domain.centres(), half_turns(model)),
        zeros(close_by, seed),
    )
    # by turns, so that no kind leaves others without any
    for point in filter(None, chain.from_iterable(zip_longest(*kinds))):
        start = point.with_coordinate(limit.name, domain.inside.coordinates[limit.name])
        if str(start) not in seen:
            seen.add(str(start))
            yield start


def _close_by(model: Model, limit: Limit) -> Model:
    """The claim near its limit alone, where places count that move with the limit's variable."""
    claim, target, interval = model.claim, limit.target, model.claim.interval(limit.name)
    if limit.direction == "oo":
        below, above = interval.cut([parse(f"{FAR_OUT}*({target})")], strict=True)
        is_below = to_sympy(target, {}).is_negative
    else:
        ends = f"{target} - {CLOSE_BY}", f"{target}", f"{target} + {CLOSE_BY}"
        _, below, above, _ = interval.cut(map(parse, ends), strict=True)
        is_below = limit.direction == "-"
    piece = below if is_below else above
    others = (other for other in claim.domain if other.name != limit.name)
    return Model(replace(claim, domain=(*others, piece)))


def _approach(model: Model, point: Point, limit: Limit) -> Iterator[Step]:
    """Steps ever nearer the limit, as far as they lie in the domain: the worst of neighbours."""
    lower, upper = model.domain.ranges[limit.name].rational_ends
    for neighbours in _towards(model, limit):
        steps = []
        for coordinate in neighbours:
            if (lower is None or lower <= coordinate) and (upper is None or coordinate <= upper):
                near = point.moved(limit.name, coordinate)
                actual = _actual(model, near)
                steps.append(Step(near, _claimed(model, near, actual), actual))
        if steps:
            yield max(steps, key=lambda step: step.distance)


def _claimed(model: Model, point: Point, actual: flint.acb) -> flint.acb:
    """The formula's text, to so many digits, or certainly as good as 0 beside the quantity.

    Raises:
        NotEvaluated: if it has no value, or none to be had.

    """
    for factor in (1, 4, 16):
        with flint.ctx.workprec(factor * 2 * BITS):
            ball = model.text(point).formula
        if ball.is_finite() and (ball == 0 or ball.rel_accuracy_bits() >= BITS):
            return ball
    if abs(ball / actual) < 2.0**-BITS:
        return flint.acb(0)
    raise NotEvaluated(f"the formula has no value to {DIGITS} digits at {point}")


def _actual(model: Model, point: Point) -> flint.acb:
    """The quantity: solved for where that is sharp enough, else of the closed form."""
    try:
        ball = lyapunov_value(model, point)
    except MeaningError:
        ball = flint.acb("nan")
    if ball.is_finite() and ball.rel_accuracy_bits() >= BITS:
        return ball
    return certified(model.value, lambda: point.values(model), DIGITS)


def _towards(model: Model, limit: Limit) -> Iterator[list[Fraction]]:
    """Neighbouring values of the limit's variable, ever nearer the limit."""
    target = to_sympy(limit.target, {})
    if limit.direction == "oo":
        is_horizon = limit.name == model.claim.horizon
        is_whole = model.domain.ranges[limit.name].is_whole
        for far in _MANY_STEPS if is_horizon else _FAR:
            neighbours = [far / part for part in _PARTS]
            if is_whole:
                neighbours = [far + k for k in range(CONSECUTIVE)]
            yield [int(target) * value for value in neighbours]
        return
    if target.is_Rational:
        middle = Fraction(int(target.p), int(target.q))
    else:
        with flint.ctx.workprec(400):
            middle = midpoint(evaluate(target, {}).real)
    sign = -1 if limit.direction == "-" else 1
    for distance in _DISTANCES:
        yield [middle + sign * part * distance for part in _PARTS]


def _departure(step: Step, limit: Limit) -> Evidence:
    others = {name: c for name, c in step.point.coordinates.items() if name != limit.name}
    has_text = all(isinstance(value, Fraction | Irrational) for value in others.values())
    ratio = f"{float((step.claimed / step.actual).real.mid()):.6g}"
    found = f"formula over quantity is {ratio}, not near 1"
    if ratio == "1":
        found = f"formula over quantity stays {step.distance:.3g} off 1"
    if step.actual == 0:
        found = "the quantity is 0: there is no ratio"
    return Evidence(
        "limit",
        Finding.CONTRADICTS,
        f"at {step.point} {found}",
        counterexample=Counterexample(
            point=str(step.point),
            claimed=decimal(step.claimed, DIGITS),
            actual=decimal(step.actual, DIGITS),
            discrepancy=f"{step.distance:.3g}",
        ),
        data={"place": {name: str(value) for name, value in others.items()}} if has_text else {},
    )
