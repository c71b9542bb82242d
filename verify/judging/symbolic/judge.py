"""The first judge: a claim decided by SymPy's algebra on the derived closed form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import combinations_with_replacement, islice, product
from math import prod

import flint
import sympy as sp
from sympy.polys.polyerrors import BasePolynomialError

from numerics.arithmetic.balls import evaluate
from numerics.arithmetic.evaluation import NotEvaluated
from theory.algebra.conjugation import bar, conjugated, polarised
from theory.algebra.finite_sums import is_one
from theory.algebra.generating_functions import C
from theory.algebra.leading import leading_term
from theory.algebra.presentation import readable
from theory.algebra.taylor import epsilon
from theory.algebra.vanishing import vanishes
from theory.inputs import StationaryInput
from verify.claims.claim import Claim, Limit
from verify.claims.expressions import parse
from verify.judging.covers.boxes import Place
from verify.judging.covers.cover import judged
from verify.judging.evidence import Evidence, Finding, MeaningError
from verify.judging.model import Model
from verify.judging.obligations.certificates import nonzero
from verify.judging.obligations.leads import nowhere_equal, where_it_vanishes
from verify.judging.obligations.obligation import State
from verify.judging.points import Point
from verify.judging.symbolic.branches import branches
from verify.judging.symbolic.fractions import factors, in_lowest_terms
from verify.judging.symbolic.signs import TO_EXP, NoSign, ranges_of, sign
from verify.judging.symbolic.waves import fast_waves, held_still, let_go
from verify.judging.symbolic.zeros import (
    leading_coefficients,
    near_limit,
    rational_coordinates,
    zeros,
)
from verify.judging.translation import to_sympy
from verify.settings import Settings

JUDGE = "sympy"
WHOLE_PLACES = 16
PLACES = 6  # where a limit is looked at by itself
NEAR = Fraction(1, 1000)  # of an open end
BITS = 128


def check(model: Model, settings: Settings) -> Evidence:
    """Prove the claim on its whole domain, contradict it, or abstain."""
    outcomes = branches(model)
    for outcome in outcomes:
        if outcome.state is State.OPEN:
            return Evidence(
                JUDGE,
                Finding.ABSTAINS,
                f"whether {outcome.obligation}: {outcome.how}",
                data={"obligations": [outcome.to_json()]},
            )
    apart, rest = _apart(model)
    for place in apart:
        found = check(Model(model.claim.at(place)), settings)
        if found.finding is not Finding.PROVES:
            where = ", ".join(f"{name} = {value}" for name, value in place.items())
            return replace(found, detail=f"at {where}: {found.detail}")
    if rest is None:
        return Evidence(JUDGE, Finding.PROVES, f"at each of {len(apart)} whole numbers")
    if (ratio := _resonance(rest)) is not None:
        why = f"whether {ratio} is 1 for some whole numbers, where a finite sum has another form"
        return Evidence(JUDGE, Finding.ABSTAINS, why)
    found = _judged(rest, settings)
    stated = [*(outcome.to_json() for outcome in outcomes), *found.data.get("obligations", ())]
    return replace(found, data={**found.data, "obligations": stated}) if stated else found


def _resonance(model: Model) -> sp.Expr | None:
    """A ratio of the finite sums up to a horizon that may be 1 for some whole numbers alone.

    Where it is 1 for none but some values of real parameters, what is equal next to them is equal.
    """
    whole = {symbol for symbol in model.symbols.values() if symbol.is_integer}
    if model.unit.horizon is None or not isinstance(model.input, StationaryInput):
        return None
    ratios = {*model.unit.poles, *(term.ratio for term in model.input.terms)} - {0}
    ratios |= {conjugated(polarised(ratio)) for ratio in ratios}
    for one, other in combinations_with_replacement(sorted(ratios, key=str), 2):
        for ratio in map(sp.powsimp, (one * other, one / other)):
            if ratio.free_symbols & whole and not is_one(ratio):
                try:
                    nonzero(model, 1 - ratio)
                except (NoSign, NotEvaluated):
                    return ratio
    return None


def _apart(model: Model) -> tuple[list[dict[str, str]], Model | None]:
    """The whole numbers for which a claim is judged by itself, and the claim for all others."""
    if few := _whole_places(model):
        return few, None
    horizon = model.unit.horizon
    if horizon is None or not horizon.is_Symbol or not isinstance(model.input, StationaryInput):
        return [], model
    if model.claim.limit and model.claim.limit.name == horizon.name:  # a long one
        return [], model
    # shorter than the input's longest lag: for these there is no common formula
    one = model.domain.ranges[horizon.name]
    longest = max((lag for lag, _ in model.input.lags), default=0)
    most = longest - 1 if one.upper.is_infinite else min(longest - 1, int(one.upper))
    short = [{one.name: str(steps)} for steps in range(int(one.lower), most + 1)]
    if not short:
        return [], model
    return short, None if one.upper < longest else Model(_from(model.claim, one.name, longest))


def _from(claim: Claim, name: str, least: int) -> Claim:
    """The claim where a whole number has a larger lower end."""
    interval = replace(claim.interval(name), lower=parse(str(least)), lower_strict=False)
    others = (one for one in claim.domain if one.name != name)
    return replace(claim, domain=(*others, interval))


def _whole_places(model: Model) -> list[dict[str, str]]:
    """The values of the parameters that are whole numbers, where they are few."""
    ranges = {name: model.domain.ranges[name] for name, s in model.symbols.items() if s.is_integer}
    moving = model.claim.limit and model.claim.limit.name in ranges
    has_no_end = any(r.lower.is_infinite or r.upper.is_infinite for r in ranges.values())
    if not ranges or moving or has_no_end:
        return []
    values = [
        range(int(lower), int(upper) + 1)
        for lower, upper in (r.finite_ends for r in ranges.values())
    ]
    if prod(map(len, values)) > WHOLE_PLACES:
        return []
    return [dict(zip(ranges, map(str, choice), strict=True)) for choice in product(*values)]


def _judged(model: Model, settings: Settings) -> Evidence:
    """The same, where conjugation is right and horizons are long."""
    claim = model.claim
    if claim.limit is not None:
        return _judge_limit(model, claim.limit, settings)
    if claim.relation == "==" and (point := _nonzero(model)):
        return Evidence(JUDGE, Finding.CONTRADICTS, f"the difference is not 0 at {point}")
    if _cancels(model.difference):
        if claim.is_strict:
            return Evidence(JUDGE, Finding.CONTRADICTS, "both sides are equal everywhere")
        return Evidence(JUDGE, Finding.PROVES, "the difference cancels to 0")
    if claim.relation == "==":
        left = fraction(model.difference)[0]
        if left == 0:
            return Evidence(JUDGE, Finding.PROVES, "the difference cancels to 0")
        if not model.claim.arbitrary and _is_nonzero(left, model):
            return Evidence(JUDGE, Finding.CONTRADICTS, "the difference does not cancel to 0")
        return Evidence(JUDGE, Finding.ABSTAINS, "the difference does not cancel to 0")
    slack = model.difference if claim.is_upper else -model.difference
    found = _judge_sign(slack, model)
    if not claim.is_strict or found.finding is not Finding.PROVES:
        return found
    above = fraction(slack)[0]
    return nowhere_equal(found, str(readable(above)), *zeros(model, above))


def _is_nonzero(expr: sp.Expr, model: Model) -> bool:
    """Whether an expression is certainly not 0 at a point: what has cancelled cannot hide it."""
    point = model.domain.inside
    try:
        with flint.ctx.workprec(BITS):
            ball = evaluate(polarised(expr), point.values(model))
    except (NotEvaluated, ValueError):
        return False
    return bool(ball.is_finite() and ball != 0)


def _nonzero(model: Model) -> Point | None:
    """A point where the difference is certainly not 0: there is no use in expanding it then."""
    instance = model.instances()[0]
    return model.domain.inside if _is_nonzero(instance.difference, instance) else None


def _cancels(expr: sp.Expr) -> bool:
    """Whether a rational function is 0, without expanding it: much the faster way where it is."""
    for symbol in expr.free_symbols:
        modulus = sp.sqrt(symbol * bar(symbol))
        if not symbol.is_real and expr.has(modulus):
            r = sp.Dummy(f"|{symbol}|", positive=True)
            expr = expr.xreplace({modulus: r}).xreplace({bar(symbol): r**2 / symbol})
    try:
        return vanishes(expr)
    except (ValueError, BasePolynomialError):  # other roots; not finite
        return False


def fraction(expr: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """Numerator and denominator, expanded, with trigonometric functions as exponentials."""
    together = sp.together(expr.rewrite(TO_EXP, sp.exp))
    return tuple(sp.expand(part) for part in sp.fraction(together))


def _judge_limit(model: Model, limit: Limit, settings: Settings) -> Evidence:
    parameter = model.symbols[limit.name]
    if model.claim.is_complex(limit.name):
        return Evidence(JUDGE, Finding.ABSTAINS, "a limit of a complex parameter")
    if model.value == 0 or model.formula == 0:
        return Evidence(JUDGE, Finding.CONTRADICTS, "one side is 0: there is no ratio")
    ratio = polarised(model.formula) / model.value
    if ratio.has(C):
        return Evidence(
            JUDGE, Finding.ABSTAINS, "C of an arbitrary input need not be analytic at |z| = 1"
        )
    inside = dict(rational_coordinates(model, model.domain.inside))
    waves = fast_waves(ratio, parameter, limit, inside)
    for still, where in held_still(ratio, waves):
        found = _along(model, near_limit(still.rewrite(TO_EXP, sp.exp), parameter, limit))
        if found.finding is Finding.CONTRADICTS:
            return replace(found, detail=f"{where}, {found.detail}")
    free = let_go(waves)
    ratio, numbers = ratio.xreplace(free).rewrite(TO_EXP, sp.exp), set(free.values())
    others = ratio.free_symbols - numbers - {parameter}
    coefficients = None
    try:
        near = near_limit(ratio, parameter, limit)
        value = leading_term(near).expression.subs(epsilon, 0)
        # where both sides vanish there is no ratio
        formula = polarised(model.formula).xreplace(free)
        both = (near_limit(factor, parameter, limit) for factor in _numerator(formula, parameter))
        coefficients = leading_coefficients(near) * prod(map(leading_coefficients, both))
    except ValueError:
        if others:
            return _judge_limit_at_places(model, limit, settings)
        if free:
            return Evidence(JUDGE, Finding.ABSTAINS, "it oscillates, and is no power")
        value = _by_sympy(ratio, parameter, limit)
    if numbers & (value if coefficients is None else value * coefficients).free_symbols:
        return Evidence(JUDGE, Finding.ABSTAINS, f"{readable(value)} oscillates")
    if value.has(sp.Limit, sp.nan):
        return Evidence(JUDGE, Finding.ABSTAINS, "SymPy finds no limit")
    if value.is_finite is False or fraction(value - 1)[0] != 0:
        return _other_limit(model, value, sp.S.One if coefficients is None else coefficients)
    if coefficients is None:
        if not all(map(_is_square_root, _constants(ratio))):
            return Evidence(JUDGE, Finding.ABSTAINS, "a limit that is no power, with constants")
        return Evidence(JUDGE, Finding.PROVES, "formula over quantity tends to 1")
    places, left = zeros(model, coefficients)
    return where_it_vanishes(
        JUDGE,
        f"the leading coefficient {readable(coefficients)} is not 0",
        places,
        left,
        lambda place: _judge_limit_at(model, limit, place, ratio, settings),
    )


def _along(model: Model, near: sp.Expr) -> Evidence:
    """What is found of a ratio near a limit, along a sequence that goes there."""
    try:
        value = leading_term(near).expression.subs(epsilon, 0)
        coefficients = leading_coefficients(near)
    except ValueError as reason:  # no power
        return Evidence(JUDGE, Finding.ABSTAINS, str(reason))
    return _other_limit(model, value, coefficients)


def _numerator(formula: sp.Expr, parameter: sp.Symbol) -> Iterator[sp.Expr]:
    """The factors of a formula's numerator that may be 0 whatever a parameter is."""
    above, _ = in_lowest_terms(formula)
    for factor, _ in factors(above):
        if factor.free_symbols - {parameter} or _constants(factor):
            yield factor


def _constants(expr: sp.Expr) -> set[sp.Expr]:
    """The roots, cosines and the like of numbers in an expression; sums of them may be 0 unseen."""
    return {part for part in expr.atoms(sp.Function, sp.Pow) if part.is_number}


def _is_square_root(constant: sp.Expr) -> bool:
    """Whether a constant is the root of a rational; of such sums, SymPy knows which are 0."""
    return bool(constant.is_Pow and constant.base.is_Rational and constant.exp == sp.S.Half)


def _other_limit(model: Model, value: sp.Expr, coefficients: sp.Expr) -> Evidence:
    """What is said of a limit that is not 1, if it certainly is none at a point of the domain.

    Leading coefficients that are 0 unseen, as sums of constants may be, would make it another.
    """
    difference = sp.S.One if value.is_finite is False else value - 1
    ball = _ball(difference * coefficients, model)
    if ball is None or not ball.is_finite() or ball.contains(0):
        return Evidence(JUDGE, Finding.ABSTAINS, f"whether the limit is {value}")
    words = f"formula over quantity tends to {value}, not 1"
    return Evidence(JUDGE, Finding.CONTRADICTS, words)


def _ball(expr: sp.Expr, model: Model, place: Place | None = None) -> flint.acb | None:
    """A ball around an expression's value at a point inside the domain; None if there is none.

    `place` has values of some parameters, and of moduli of complex ones, for it.
    """
    values = dict(model.domain.inside.values(model))
    for symbol in values:
        name = symbol.name if symbol.is_real else f"|{symbol}|"
        if place and name in place:
            values[symbol] = flint.acb(place[name])
    try:
        with flint.ctx.workprec(BITS):
            return evaluate(expr, values)
    except NotEvaluated:
        return None


def _judge_limit_at(
    model: Model, limit: Limit, place: Mapping[str, sp.Expr], ratio: sp.Expr, settings: Settings
) -> Evidence:
    """What is found of a limit where some parameters have their values."""
    if all(value.is_Rational for value in place.values()):
        return check(Model(model.claim.at({n: str(v) for n, v in place.items()})), settings)
    values = {model.symbols[name]: value for name, value in place.items()}
    there = sp.cancel(sp.together(ratio.subs(values)))
    if there.has(sp.zoo, sp.nan, sp.oo) or there == 0:
        return Evidence(JUDGE, Finding.CONTRADICTS, "there is no ratio of both sides")
    if there.free_symbols - {model.symbols[limit.name]}:
        return Evidence(JUDGE, Finding.ABSTAINS, "an irrational place, with parameters left")
    near = near_limit(there, model.symbols[limit.name], limit)
    try:
        value = leading_term(near).expression.subs(epsilon, 0)
        coefficients = leading_coefficients(near)
    except ValueError as reason:  # a root of a polynomial is in no field of SymPy's
        return Evidence(JUDGE, Finding.ABSTAINS, str(reason))
    if evaluate(coefficients, {}).contains(0):
        return Evidence(JUDGE, Finding.ABSTAINS, "a leading coefficient that may be 0")
    if value.is_finite and fraction(value - 1)[0] == 0:
        return Evidence(JUDGE, Finding.PROVES, "formula over quantity tends to 1")
    return _other_limit(model, value, coefficients)


def _judge_limit_at_places(model: Model, limit: Limit, settings: Settings) -> Evidence:
    """Whether the limit is another at one of a few places; SymPy's own limits are generic ones."""
    faces = (*model.domain.closed_faces(), *model.domain.faces(NEAR))
    ranges = model.domain.ranges
    free = [n for n in ranges if n != limit.name and ranges[n].value is None]
    for point in islice(faces, PLACES if free else 0):
        place = {n: str(point.coordinates[n]) for n in free}
        if not any(model.claim.is_complex(name) for name in place):
            try:
                found = check(Model(model.claim.at(place)), settings)
            except MeaningError as reason:  # as in `where_it_vanishes`
                found = Evidence(JUDGE, Finding.CONTRADICTS, str(reason))
            if found.finding is Finding.CONTRADICTS:
                where = ", ".join(f"{name} = {value}" for name, value in place.items())
                return replace(found, detail=f"at {where}: {found.detail}")
    return Evidence(JUDGE, Finding.ABSTAINS, "a limit that is no power, for all parameters at once")


def _by_sympy(ratio: sp.Expr, p: sp.Symbol, limit: Limit) -> sp.Expr:
    """The limit of a ratio by SymPy's own algorithm, which is slow.

    Raises:
        NotEvaluated: if it breaks, as it does on what oscillates.

    """
    target = to_sympy(limit.target, {}) * (sp.oo if limit.direction == "oo" else 1)
    direction = "-" if limit.direction in ("-", "oo") else "+"
    try:
        return sp.limit(sp.cancel(sp.together(ratio)), p, target, direction)
    except Exception:
        raise NotEvaluated("SymPy finds no limit") from None


def _judge_sign(slack: sp.Expr, model: Model) -> Evidence:
    """Whether the slack is positive, by the signs of all its factors."""
    try:
        found = sign(slack, *ranges_of(model.domain, model.symbols))
    except NoSign as reason:
        return Evidence(JUDGE, Finding.ABSTAINS, f"no certificate for the sign: {reason}")
    if found.value == 0:
        return Evidence(JUDGE, Finding.PROVES, "the slack cancels to 0")
    # a tangent's range is the whole line, whatever the angle's, and whole numbers are covered as
    # real ones: no counterexample lies there
    bounds = {
        symbol.name: tuple(None if end.is_infinite else evaluate(end, {}).real for end in ends)
        for symbol, ends in found.ranges.items()
        if not (symbol.name.startswith("tan(") or symbol.is_integer)
    }

    def is_negative(place: Place) -> bool:
        ball = _ball(slack, model, place)
        return ball is not None and bool(ball.real < 0)

    return judged(JUDGE, found.value, found.covers, bounds, is_negative)
