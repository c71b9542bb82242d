"""A claim as mathematics: the quantity, the relation, the formula, and where it is said to hold."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from fractions import Fraction

import sympy as sp
from markupsafe import Markup, escape

from theory.catalogue import QUANTITIES, Unit
from theory.printing.mathml import to_mathml
from theory.printing.mathml_elements import bracketed, operator, row, symbol
from verify.claims.claim import Claim, Derivative, Interval
from verify.claims.expressions import LAG, SERIES, Expression, ExpressionError, parse
from verify.claims.trial import sides
from verify.reporting.page.mathml import formula, inline

_RATIO = r"\d{1,9}(?:/[1-9]\d{0,9})?"
_RELATIONS = {"==": "=", "<=": "≤", ">=": "≥", "<": "&lt;", ">": "&gt;", "~": "∼"}


def displayed(claim: Claim) -> Markup:
    """The claim in display style: several elements, between which a line may be broken."""
    subject = _measure(claim) if claim.experiment else _quantity(claim)
    relation = operator(_RELATIONS[claim.relation])
    first, *rest = formula(claim.formula)
    return _display(subject, row(relation, first), *rest)


def displayed_expression(source: str) -> Markup | None:
    """SymPy's text of an expression in display style; None if claims could not be about it."""
    try:
        return _display(*formula(parse(source.replace("Abs(", "abs("))))
    except ExpressionError:
        return None


def displayed_correction(correct: Claim, claim: Claim) -> Markup:
    """The formula of a claim that is right in display style; what another has not is marked."""
    return _display(*formula(correct.formula, claim.formula))


def place(point: str) -> Markup:
    """A counterexample's point, parameter by parameter; its words where it has no such values."""
    values = re.split(r", (?=\w+ = )", point.partition(" (R = ")[0])
    try:
        return Markup(", ").join(_value(*value.split(" = ", 1)) for value in values)
    except (ExpressionError, TypeError):
        return escape(point)


def _value(name: str, value: str) -> Markup:
    """A parameter's value; one off the real line by its modulus and its angle."""
    polar = re.fullmatch(rf"({_RATIO})\*\((-?{_RATIO}) ([+-]) ({_RATIO})\*I\)", value)
    if polar is None:
        return _equation(symbol(name), parse(value))
    modulus, real, sign, imaginary = polar.groups()
    angle = math.atan2(Fraction(sign + imaginary), Fraction(real))
    return _equation(symbol(name), parse(f"{modulus}*exp({angle:.4g}*I)"), "≈")


def autocorrelation(expression: Expression, is_complex: bool) -> Markup:
    """R(Δ) and the expression that it is, unless it may be anything."""
    subject = row("<mi>R</mi>", bracketed(symbol(LAG)))
    if expression.functions & SERIES:
        return _math(subject) + (", any complex input" if is_complex else ", any input")
    return _equation(subject, expression)


def choices(claim: Claim) -> list[Markup]:
    """The eigenvalues and the normalisers that the claim chooses."""
    eigenvalues = [_equation(symbol(pole), e) for pole, e in claim.eigenvalue.items()]
    if len(set(claim.gamma.values())) == 1:
        return [*eigenvalues, _equation("<mi>γ</mi>", next(iter(claim.gamma.values())))]
    own = [_equation(_gamma(pole), e) for pole, e in claim.gamma.items()]
    return [*eigenvalues, *own]


def ranges(claim: Claim) -> list[Markup]:
    """The domain, parameter by parameter."""
    return [_range(claim.interval(name)) for name in claim.parameters]


def approach(claim: Claim) -> Markup | None:
    """The limit in which the claim's ratio tends to 1."""
    if claim.limit is None:
        return None
    if claim.limit.direction == "oo":
        negative = claim.limit.target.source.startswith("-")
        target = row('<mo form="prefix">−</mo>' if negative else "", "<mi>∞</mi>")
    else:
        side = {"-": "−", "+": "+"}[claim.limit.direction]
        target = f"<msup>{inline(claim.limit.target)}<mo>{side}</mo></msup>"
    return _math(row(symbol(claim.limit.name), operator("→"), target))


def _quantity(claim: Claim) -> str:
    unit = Unit(
        tuple(map(sp.Symbol, claim.poles)),
        tuple(map(sp.Symbol, claim.gamma)),
        tuple(map(_parameter, claim.wrt)),
        claim.differentiate_gamma,
        sp.Symbol(claim.horizon) if claim.horizon else None,
        claim.lag or 0,
    )
    return to_mathml(QUANTITIES[claim.quantity].notation(unit))


def _parameter(by: Derivative) -> sp.Expr:
    z = sp.Symbol(by.name)
    return {"": z, "re": sp.re(z), "im": sp.im(z)}[by.part]


def _gamma(pole: str) -> str:
    return f"<msub><mi>γ</mi>{symbol(pole)}</msub>"


def _measure(claim: Claim) -> str:
    """The measure of an experiment; a ratio names the settings in which its trials differ."""
    both = list(sides(claim))
    above, below = (
        row(operator("·").join(_measured(claim, said) for said, side in both if side == wanted))
        for wanted in (1, -1)
    )
    return f"<mfrac>{above}{below}</mfrac>" if any(side < 0 for _, side in both) else above


def _measured(claim: Claim, said: Mapping[str, str]) -> str:
    differing = [value for name, value in said.items() if claim.settings[name] != value]
    at = bracketed(_words(", ".join(differing))) if differing else ""
    return row(_words(claim.quantity), at)


def _words(text: str) -> str:
    return f"<mtext>{escape(text.replace('_', ' '))}</mtext>"


def _range(interval: Interval) -> Markup:
    subject = symbol(interval.name)
    if interval.modulus:
        subject = bracketed(subject, "|", "|")
    left: list[str] = []
    right: list[str] = []
    if interval.lower:
        left = [inline(interval.lower), operator("&lt;" if interval.lower_strict else "≤")]
    if interval.upper:
        right = [operator("&lt;" if interval.upper_strict else "≤"), inline(interval.upper)]
    return _math(row(*left, subject, *right))


def _equation(subject: str, expression: Expression, sign: str = "=") -> Markup:
    return _math(row(subject, operator(sign), inline(expression)))


def _math(inside: str) -> Markup:
    return Markup(f"<math>{inside}</math>")  # noqa: S704 (printed by us from checked trees)


def _display(*parts: str) -> Markup:
    pieces = (f'<math displaystyle="true">{part}</math>' for part in parts)
    return Markup(" ".join(pieces))  # noqa: S704
