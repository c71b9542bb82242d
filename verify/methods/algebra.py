"""The first judge: a claim decided by SymPy's algebra on the derived closed form."""

from __future__ import annotations

from collections.abc import Mapping

import sympy as sp

from theory.conjugation import polarised
from theory.derivations.truncation import vanishes
from theory.presentation import present, readable
from verify.claim import Claim, Limit
from verify.evidence import Evidence, Finding
from verify.model import Model, to_sympy

JUDGE = "sympy"
_TO_EXP = (sp.sin, sp.cos, sp.tan, sp.sinh, sp.cosh, sp.tanh)


def judge(model: Model) -> Evidence:
    """Prove the claim on its whole domain, contradict it, or abstain."""
    claim = model.claim
    if claim.limit is not None:
        return _judge_limit(model, claim.limit)
    if claim.relation == "==" and _cancels(model.difference):
        return Evidence(JUDGE, Finding.PROVES, "the difference cancels to 0")
    numerator, denominator = fraction(model.difference)
    if numerator == 0:
        return Evidence(JUDGE, Finding.PROVES, "the difference cancels to 0")
    if claim.relation == "==":
        return Evidence(JUDGE, Finding.ABSTAINS, "the difference does not cancel to 0")
    sign = _sign(numerator, claim, model) * _sign(denominator, claim, model)
    if sign * (1 if claim.relation == "<=" else -1) > 0:
        return Evidence(JUDGE, Finding.PROVES, "every factor of the slack has a certified sign")
    return Evidence(JUDGE, Finding.ABSTAINS, "no certificate for the sign of the slack")


def _cancels(expr: sp.Expr) -> bool:
    """Whether a rational function is 0, without expanding it: much the faster way where it is."""
    try:
        return vanishes(expr)
    except ValueError:  # roots of expressions
        return False


def correction(model: Model) -> str:
    """The derived closed form, for a refuted formula."""
    return str(readable(present(model.value)))


def fraction(expr: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """Numerator and denominator, expanded, with trigonometric functions as exponentials."""
    together = sp.together(expr.rewrite(_TO_EXP, sp.exp))
    return tuple(sp.expand(part) for part in sp.fraction(together))


def _judge_limit(model: Model, limit: Limit) -> Evidence:
    parameter = model.symbols[limit.name]
    if model.claim.is_complex(limit.name):
        return Evidence(JUDGE, Finding.ABSTAINS, "a limit of a complex parameter")
    target = to_sympy(limit.target, {}) * (sp.oo if limit.direction == "oo" else 1)
    ratio = sp.cancel(
        sp.together((polarised(model.formula) / model.value).rewrite(_TO_EXP, sp.exp))
    )
    direction = "-" if limit.direction in ("-", "oo") else "+"
    value = sp.limit(ratio, parameter, target, direction)
    if value.has(sp.Limit, sp.nan):
        return Evidence(JUDGE, Finding.ABSTAINS, "SymPy finds no limit")
    if value.is_finite is not False and fraction(value - 1)[0] == 0:
        return Evidence(JUDGE, Finding.PROVES, "formula over quantity tends to 1")
    return Evidence(JUDGE, Finding.CONTRADICTS, f"formula over quantity tends to {value}, not 1")


def _sign(expr: sp.Expr, claim: Claim, model: Model) -> int:
    """+1 or −1 if every factor of `expr` has a certified sign on the domain, else 0."""
    try:
        constant, factors = sp.factor_list(expr)
    except sp.PolynomialError:
        return 0
    if not constant.is_real:
        return 0
    total = 1 if constant > 0 else -1
    ranges = _ranges(claim, model)
    for factor, multiplicity in factors:
        if multiplicity % 2:
            total *= _factor_sign(factor, ranges)
    return total


def _ranges(claim: Claim, model: Model) -> dict[sp.Symbol, tuple[sp.Expr, sp.Expr]]:
    ranges = {}
    for name, symbol in model.symbols.items():
        interval = claim.interval(name)
        if symbol.is_real:
            lower = to_sympy(interval.lower, {}) if interval.lower else -sp.oo
            upper = to_sympy(interval.upper, {}) if interval.upper else sp.oo
            ranges[symbol] = (lower, upper)
    return ranges


def _factor_sign(factor: sp.Expr, ranges: Mapping[sp.Symbol, tuple[sp.Expr, sp.Expr]]) -> int:
    """The sign of a polynomial whose coefficients all have it once the box is an orthant."""
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
    numerator = sp.fraction(sp.together(polynomial.as_expr(*images)))[0]
    signs = {sp.sign(c) for c in sp.Poly(numerator, *orthant.values()).coeffs()}
    return int(signs.pop()) if len(signs) == 1 and signs <= {sp.S.One, -sp.S.One} else 0
