"""The numerical route for limits: formula over quantity in balls, ever nearer the limit."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

import flint

from numerics.arithmetic.balls import certified, decimal
from numerics.arithmetic.evaluation import NotEvaluated
from theory.algebra.conjugation import polarised
from verify.claims.claim import Claim, Limit
from verify.claims.expressions import rational_of
from verify.judging.evidence import Counterexample, Evidence, Finding
from verify.judging.model import Model
from verify.judging.points import Point, Polar
from verify.judging.routes.pointwise import number_of_points
from verify.settings import Settings

DIGITS = 30
CLOSE = 1e-3
# what a ratio loses as a float
ROUNDING = 2.0**-52
_DISTANCES = [Fraction(1, 10**k) for k in (3, 6, 12, 24)]
_FAR = [Fraction(n) for n in (1, 3, 10, 30, 100, 1000)]
_MANY_STEPS = [Fraction(10**k) for k in (3, 6, 12, 24)]


def check(model: Model, settings: Settings) -> Evidence:
    """Follow the ratio towards the limit from several points (relation ~)."""
    limit = model.claim.limit
    if limit is None:
        return Evidence("limit", Finding.ABSTAINS, "no limit")
    errors = []
    for instance in model.instances():
        for point in instance.domain.sample(number_of_points(model, settings), settings.seed):
            path, cut_short = [], ""
            try:
                for step in _approach(instance, point, limit):
                    path.append(step)
            except NotEvaluated as reason:
                cut_short = str(reason)
            distances = [max(abs(ratio - 1), ROUNDING) for _, ratio, _, _ in path]
            approaches = all(a >= b for a, b in pairwise(distances))
            if approaches and path and distances[-1] < CLOSE:
                errors.append(distances[-1])
            elif approaches and cut_short:
                return Evidence("limit", Finding.ABSTAINS, cut_short)
            else:
                return _departure(*path[-1])
    return Evidence(
        "limit",
        Finding.SUPPORTS,
        f"from {len(errors)} points the ratio comes as near to 1 as {max(errors):.1e}",
        noticeable=CLOSE,
        data={"points": len(errors)},
    )


def _approach(
    model: Model, point: Point, limit: Limit
) -> Iterator[tuple[Point, float, flint.acb, flint.acb]]:
    """Tuples (point, formula over quantity, formula, quantity), ever nearer the limit."""
    formula = polarised(model.formula)
    for coordinate in _towards(model.claim, limit):
        old = point.coordinates[limit.name]
        new = Polar(coordinate, old.half_tangent) if isinstance(old, Polar) else coordinate
        near = Point({**point.coordinates, limit.name: new})
        claimed, actual = (
            certified(side, lambda near=near: near.values(model), DIGITS)  # type: ignore[misc]
            for side in (formula, model.value)
        )
        yield near, float((claimed / actual).real.mid()), claimed, actual


def _towards(claim: Claim, limit: Limit) -> list[Fraction]:
    target = rational_of(limit.target.node)
    if target is None:
        raise NotEvaluated("the limit is at an irrational point")
    if limit.direction == "oo":
        return _MANY_STEPS if limit.name == claim.horizon else [target * far for far in _FAR]
    sign = -1 if limit.direction == "-" else 1
    return [target + sign * distance for distance in _DISTANCES]


def _departure(point: Point, ratio: float, claimed: flint.acb, actual: flint.acb) -> Evidence:
    return Evidence(
        "limit",
        Finding.CONTRADICTS,
        f"at {point} formula over quantity is {ratio:.6g}, not near 1",
        counterexample=Counterexample(
            point=str(point),
            claimed=decimal(claimed, DIGITS),
            actual=decimal(actual, DIGITS),
            discrepancy=f"{abs(ratio - 1):.3g}",
        ),
    )
