"""The second judge: a claim decided by exact polynomials (python-flint) from its own text."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

from verify.claims.claim import Claim, Limit
from verify.claims.expressions import ExpressionError, rational_of
from verify.judging.covers.boxes import Place, exactly
from verify.judging.covers.cover import Cover, cover, judged
from verify.judging.evidence import Evidence, Finding, MeaningError
from verify.judging.exact.angles import without_angles
from verify.judging.exact.atlas import charts
from verify.judging.exact.charts import Poly
from verify.judging.exact.field import DivisionByZero, Element, Unsupported
from verify.judging.exact.leading import leading_term
from verify.judging.exact.moments import quantity
from verify.judging.exact.points import value_inside
from verify.judging.exact.reader import Reader
from verify.judging.exact.zeros import zeros
from verify.judging.obligations.leads import nowhere_equal, where_it_vanishes

if TYPE_CHECKING:
    from verify.judging.model import Model
    from verify.settings import Settings

JUDGE = "polynomials"


def check(model: Model, settings: Settings) -> Evidence:
    """Prove the claim on its whole domain, contradict it, or abstain, from its text alone.

    What stands for output(R, pole) in an autocorrelation is derived for both judges alike.
    """
    try:
        claim = model.spelt
    except ExpressionError:
        return Evidence(JUDGE, Finding.ABSTAINS, "the output's autocorrelation is too long for it")
    return judge(claim)


def judge(claim: Claim) -> Evidence:
    """Prove a claim on its whole domain, contradict it, or abstain."""
    try:
        reader = Reader(claim)
        formula, value = map(reader.held, (reader.expression(claim.formula), quantity(reader)))
        if claim.limit is not None:
            if formula.is_zero or value.is_zero:
                return Evidence(JUDGE, Finding.CONTRADICTS, "one side is 0: there is no ratio")
            return _judge_limit(formula, value, reader, claim.limit)
    except DivisionByZero as reason:
        raise MeaningError(f"{reason}: it has no value") from None
    except Unsupported as reason:
        return Evidence(JUDGE, Finding.ABSTAINS, f"does not handle {reason}")
    difference = formula - value
    if difference.is_zero and claim.is_strict:
        return Evidence(JUDGE, Finding.CONTRADICTS, "both sides are equal everywhere")
    if difference.is_zero:
        return Evidence(JUDGE, Finding.PROVES, "the difference is the zero polynomial")
    if claim.relation == "==" and _is_not_0(difference, reader):
        where = "for every input" if claim.arbitrary else "on the domain"
        return Evidence(JUDGE, Finding.CONTRADICTS, f"the difference is not 0 {where}")
    if claim.relation == "==":
        return Evidence(JUDGE, Finding.ABSTAINS, "the difference does not reduce to zero")
    slack = difference if claim.is_upper else -difference
    if not slack.is_real:
        return Evidence(JUDGE, Finding.ABSTAINS, "the slack is not real")
    try:
        found = _judge_sign(slack, reader)
        if claim.is_strict and found.finding is Finding.PROVES:
            found = nowhere_equal(found, str(slack), *zeros(slack.num, reader))
        if claim.is_strict and found.finding is Finding.ABSTAINS:
            return _equal_on_a_face(claim) or found
        return found
    except Unsupported as reason:
        return Evidence(JUDGE, Finding.ABSTAINS, f"no certificate for the sign: {reason}")


def _equal_on_a_face(claim: Claim) -> Evidence | None:
    """What contradicts a strict bound where a parameter is at a closed end, or a complex one 0."""
    for interval in map(claim.interval, claim.parameters):
        ends = [str(bound) for bound, is_open in interval.ends if bound and not is_open]
        if interval.modulus and interval.lower is None:
            ends.append("0")
        for end in ends if interval.value is None else ():
            found = judge(claim.at({interval.name: end}))
            if found.finding is Finding.CONTRADICTS:
                place = {interval.name: end, **found.data.get("place", {})}
                return replace(found, data={**found.data, "place": place})
    return None


def _judge_sign(slack: Element, reader: Reader) -> Evidence:
    """Whether the slack is positive, by the signs of all its factors."""
    if slack.is_zero:
        return Evidence(JUDGE, Finding.PROVES, "the slack is the zero polynomial")
    sign, covers, turning = 1, list[Cover](), list[Poly]()
    real = without_angles(slack)
    for poly in (real.num, real.den):
        constant, factors = poly.factor()
        sign *= 1 if constant > 0 else -1
        for factor, multiplicity in factors:
            own = reader.field.sign(factor) if multiplicity % 2 else 1
            if own is None:
                found = cover(charts(factor, reader.field))
                covers.append(found)
                if found.sign is None and not found.places:
                    return judged(JUDGE, sign, covers, {}, lambda place: False)
                if found.sign is None:
                    turning.append(factor)
                own = found.sign or 1
            sign *= own
    if len(turning) > 1:  # each changes its sign somewhere: what does the product?
        together = cover(charts(prod(turning[1:], start=turning[0]), reader.field))
        covers = [*(found for found in covers if found.sign is not None), together]
        sign *= together.sign or 1
    # the reader encloses irrational bounds, and takes whole numbers for real ones: what it allows
    # need not lie in the domain
    bounds = {
        f"|{name}|" if interval.modulus else name: tuple(
            None if bound is None else exactly(rational_of(bound.node))
            for bound in (interval.lower, interval.upper)
        )
        for name in reader.claim.parameters
        for interval in [reader.claim.interval(name)]
        if not reader.claim.is_whole(name)
    }

    def is_negative(place: Place) -> bool:
        try:
            ball = value_inside(slack, reader, place)
        except Unsupported:
            return False
        return bool(ball.real < 0)

    return judged(JUDGE, sign, covers, bounds, is_negative)


def _is_not_0(z: Element, reader: Reader) -> bool:
    """Whether an element is certainly not 0 at a point of the domain."""
    try:
        ball = value_inside(z, reader)
    except Unsupported:
        return False
    return bool(ball.is_finite() and ball != 0)


def _judge_limit(formula: Element, value: Element, reader: Reader, limit: Limit) -> Evidence:
    order, above, below = leading_term(formula / value, reader.parameters, limit)
    if order != 0 or above != below:
        # constants in them may cancel unseen
        factors = above, below, *([] if order else [above - below])
        if not all(_is_not_0(factor, reader) for factor in factors):
            return Evidence(JUDGE, Finding.ABSTAINS, f"whether {above} and {below} are 0, or equal")
        found = "0" if order > 0 else "infinity" if order < 0 else str(above / below)
        return Evidence(
            JUDGE, Finding.CONTRADICTS, f"formula over quantity tends to {found}, not 1"
        )
    # what is equal for all parameters need not be so where it vanishes, or where both sides do
    common = Element(reader.field, formula.num.gcd(value.num))
    _, cancelled, _ = leading_term(common, reader.parameters, limit)
    coefficient = above * cancelled
    places, left = zeros(coefficient.num, reader)
    statement = f"the leading coefficient {coefficient} is not 0"
    return where_it_vanishes(
        JUDGE, statement, places, left, lambda place: judge(reader.claim.at(place))
    )
