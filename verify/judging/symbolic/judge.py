"""The first judge: a claim decided by SymPy's algebra on the derived closed form."""

from __future__ import annotations

from collections.abc import Mapping

import flint
import sympy as sp
from sympy.polys.polyerrors import BasePolynomialError

from numerics.arithmetic.balls import evaluate
from numerics.arithmetic.evaluation import NotEvaluated
from theory.algebra.conjugation import bar, polarised
from theory.algebra.generating_functions import C
from theory.algebra.leading import epsilon, leading_term
from theory.algebra.vanishing import vanishes
from verify.claims.claim import Limit
from verify.judging.covers.cover import Cover, cover, judged
from verify.judging.evidence import Evidence, Finding
from verify.judging.model import Model
from verify.judging.points import Point
from verify.judging.symbolic.angles import without_angles
from verify.judging.symbolic.atlas import charts
from verify.judging.symbolic.fractions import factors, in_lowest_terms
from verify.judging.translation import to_sympy
from verify.settings import Settings

JUDGE = "sympy"
Ranges = Mapping[sp.Symbol, tuple[sp.Expr, sp.Expr]]
_TO_EXP = (sp.sin, sp.cos, sp.tan, sp.sinh, sp.cosh, sp.tanh)


def check(model: Model, settings: Settings) -> Evidence:
    """Prove the claim on its whole domain, contradict it, or abstain."""
    claim = model.claim
    if claim.limit is not None:
        return _judge_limit(model, claim.limit)
    if claim.relation == "==" and (point := _nonzero(model)):
        return Evidence(JUDGE, Finding.ABSTAINS, f"the difference is not 0 at {point}")
    if _cancels(model.difference):
        return Evidence(JUDGE, Finding.PROVES, "the difference cancels to 0")
    if claim.relation == "==":
        if fraction(model.difference)[0] == 0:
            return Evidence(JUDGE, Finding.PROVES, "the difference cancels to 0")
        return Evidence(JUDGE, Finding.ABSTAINS, "the difference does not cancel to 0")
    slack = model.difference if claim.relation == "<=" else -model.difference
    try:
        return _judge_sign(*without_angles(slack.rewrite(_TO_EXP, sp.exp), *_ranges(model)))
    except (ValueError, BasePolynomialError) as reason:
        return Evidence(JUDGE, Finding.ABSTAINS, f"no certificate for the sign: {reason}")


def _nonzero(model: Model) -> Point | None:
    """A point where the difference is certainly not 0: there is no use in expanding it then."""
    instance = model.instances()[0]
    [point] = model.domain.sample(1, seed=0)
    try:
        with flint.ctx.workprec(128):
            ball = evaluate(polarised(instance.difference), point.values(instance))
    except (NotEvaluated, ValueError):
        return None
    return point if ball.is_finite() and ball != 0 else None


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
    together = sp.together(expr.rewrite(_TO_EXP, sp.exp))
    return tuple(sp.expand(part) for part in sp.fraction(together))


def _judge_limit(model: Model, limit: Limit) -> Evidence:
    parameter = model.symbols[limit.name]
    if model.claim.is_complex(limit.name):
        return Evidence(JUDGE, Finding.ABSTAINS, "a limit of a complex parameter")
    ratio = (polarised(model.formula) / model.value).rewrite(_TO_EXP, sp.exp)
    try:
        value = _by_leading_term(ratio, parameter, limit)
    except ValueError:
        value = _by_sympy(ratio, parameter, limit)
    if value.has(sp.Limit, sp.nan):
        return Evidence(JUDGE, Finding.ABSTAINS, "SymPy finds no limit")
    if value.is_finite is not False and fraction(value - 1)[0] == 0:
        return Evidence(JUDGE, Finding.PROVES, "formula over quantity tends to 1")
    return Evidence(JUDGE, Finding.CONTRADICTS, f"formula over quantity tends to {value}, not 1")


def _by_leading_term(ratio: sp.Expr, p: sp.Symbol, limit: Limit) -> sp.Expr:
    """The limit of a ratio by Laurent series.

    Raises:
        ValueError: if the ratio has none, or might have none.

    """
    if ratio.has(C):
        raise ValueError("C of an arbitrary input need not be analytic on the unit circle")
    target = to_sympy(limit.target, {})
    if limit.direction != "oo":
        near = target - epsilon if limit.direction == "-" else target + epsilon
    else:
        near = -target * sp.log(epsilon) if ratio.has(sp.exp) else target / epsilon
    term = leading_term(ratio.subs(p, near))
    return term.expression.subs(epsilon, 0)


def _by_sympy(ratio: sp.Expr, p: sp.Symbol, limit: Limit) -> sp.Expr:
    """The limit of a ratio by SymPy's own algorithm, which is slow."""
    target = to_sympy(limit.target, {}) * (sp.oo if limit.direction == "oo" else 1)
    direction = "-" if limit.direction in ("-", "oo") else "+"
    return sp.limit(sp.cancel(sp.together(ratio)), p, target, direction)


def _judge_sign(slack: sp.Expr, ranges: Ranges) -> Evidence:
    """Whether the slack is positive, by the signs of all its factors."""
    sign, covers = 1, list[Cover]()
    for factor, multiplicity in factors(slack):
        if factor == 0:
            return Evidence(JUDGE, Finding.PROVES, "the slack cancels to 0")
        own = _factor_sign(factor, ranges) if multiplicity % 2 else 1
        if not own:
            found = cover(charts(factor, ranges))
            covers.append(found)
            if found.sign is None and not found.places:
                return judged(JUDGE, sign, covers, {})
            own = found.sign or 1
        sign *= own
    # a tangent's range is the whole line, whatever the angle's: no counterexample lies there
    bounds = {
        symbol.name: tuple(None if end.is_infinite else evaluate(end, {}).real for end in ends)
        for symbol, ends in ranges.items()
        if not symbol.name.startswith("tan(")
    }
    return judged(JUDGE, sign, covers, bounds)


def _ranges(model: Model) -> tuple[Ranges, Ranges]:
    """The ranges of the real symbols, and of the moduli of the complex ones."""
    ranges = {model.symbols[name]: r for name, r in model.domain.ranges.items()}
    real = {symbol: (r.lower, r.upper) for symbol, r in ranges.items() if not r.is_modulus}
    moduli = {symbol: (r.lower, r.upper) for symbol, r in ranges.items() if r.is_modulus}
    return real, moduli


def _factor_sign(factor: sp.Expr, ranges: Ranges) -> int:
    """The sign of a polynomial whose coefficients all have it once the box is an orthant."""
    if factor.is_Rational:
        return int(sp.sign(factor))
    polynomial = sp.Poly(factor)
    orthant = {g: sp.Dummy("t", positive=True) for g in polynomial.gens}
    images = []
    for g, t in orthant.items():
        lower, upper = ranges.get(g, (sp.S.Zero, sp.oo) if g.is_positive else (-sp.oo, sp.oo))
        if lower == -sp.oo and upper == sp.oo:
            return 0
        if upper == sp.oo:
            images.append(lower + t)
        elif lower == -sp.oo:
            images.append(upper - t)
        else:
            images.append((lower + upper * t) / (1 + t))
    numerator, _ = in_lowest_terms(polynomial.as_expr(*images))
    signs = {sp.sign(c) for c in sp.Poly(numerator, *orthant.values()).coeffs()}
    return int(signs.pop()) if len(signs) == 1 and signs <= {sp.S.One, -sp.S.One} else 0
