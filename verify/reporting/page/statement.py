"""A claim as mathematics: the quantity, the relation, the formula, and where it is said to hold."""

from __future__ import annotations

from html import escape

from markupsafe import Markup

from theory.printing.mathml_elements import bracketed, listed, operator, row, symbol, word
from verify.claims.claim import Claim, Derivative, Interval
from verify.claims.expressions import LAG, SERIES, Expression, ExpressionError, parse
from verify.claims.trial import Trial, trials
from verify.reporting.page.mathml import formula, inline

_RELATIONS = {"==": "=", "<=": "≤", ">=": "≥", "~": "∼"}
_TWO = "<mn>2</mn>"


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


def autocorrelation(expression: Expression, is_complex: bool) -> Markup:
    """R(Δ) and what it is, unless it may be anything."""
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
    """Where the claim's ratio tends to 1."""
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
    unit = "<mi>h</mi>"
    if claim.horizon:
        unit = f"<msub>{unit}{symbol(claim.horizon)}</msub>"
    normalised = row("<mi>γ</mi>", unit) if claim.gamma else unit
    match claim.quantity:
        case "second_moment":
            return _mean_square(normalised)
        case "sensitivity" if claim.differentiate_gamma:
            return _mean_square(_derivative(bracketed(normalised), claim.wrt[0]))
        case "sensitivity":
            gamma = "<mi>γ</mi>" if claim.gamma else ""
            return _mean_square(row(gamma, _derivative(unit, claim.wrt[0])))
        case "backpropagated_error":
            return _mean_square("<mi>δ</mi>")
        case "cross_moment":
            return _mean(row(_unit(1), _unit(2)))
        case "cross_sensitivity":
            return _cross_sensitivity()
        case "cross_sensitivity_power":
            return _square(bracketed(_cross_sensitivity(), "|", "|"))
        case "teacher_student_loss":
            return row("<mi>L</mi>", bracketed(listed(map(symbol, claim.poles))))
        case "curvature":
            return f"<msub><mi>K</mi>{listed(map(_parameter, claim.wrt))}</msub>"
    return _second_derivative("<mi>L</mi>", claim.wrt[0], claim.wrt[-1])


def _cross_sensitivity() -> str:
    return _mean(row(*(_derivative(_unit(n), Derivative(f"lambda{n}")) for n in (1, 2))))


def _unit(number: int) -> str:
    return f"<msub><mi>h</mi><mn>{number}</mn></msub>"


def _gamma(pole: str) -> str:
    return f"<msub><mi>γ</mi>{symbol(pole)}</msub>"


def _mean(inside: str) -> str:
    return row("<mi>𝔼</mi>", bracketed(inside, "[", "]"))


def _mean_square(inside: str) -> str:
    return row("<mi>𝔼</mi>", _square(bracketed(inside, "|", "|")))


def _square(base: str) -> str:
    return f"<msup>{base}{_TWO}</msup>"


def _parameter(by: Derivative) -> str:
    return row(word(by.part), symbol(by.name)) if by.part else symbol(by.name)


def _derivative(above: str, by: Derivative) -> str:
    return f"<mfrac>{row('<mi>∂</mi>', above)}{row('<mi>∂</mi>', _parameter(by))}</mfrac>"


def _second_derivative(above: str, p: Derivative, q: Derivative) -> str:
    below = [row("<mi>∂</mi>", _parameter(by)) for by in (p, q)]
    if p == q:
        below = [row("<mi>∂</mi>", _square(_parameter(p)))]
    return f"<mfrac>{row(_square('<mi>∂</mi>'), above)}{row(*below)}</mfrac>"


def _measure(claim: Claim) -> str:
    """What is measured; a ratio names the settings in which its trials differ."""
    sides = trials(claim).items()
    above, below = (
        row(operator("·").join(_measured(claim, trial) for trial, side in sides if side == wanted))
        for wanted in (1, -1)
    )
    return f"<mfrac>{above}{below}</mfrac>" if any(side < 0 for _, side in sides) else above


def _measured(claim: Claim, trial: Trial) -> str:
    differing = [value for name, value in trial.point if not isinstance(claim.settings[name], str)]
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


def _equation(subject: str, expression: Expression) -> Markup:
    return _math(row(subject, operator("="), inline(expression)))


def _math(inside: str) -> Markup:
    return Markup(f"<math>{inside}</math>")  # noqa: S704 (printed by us from checked trees)


def _display(*parts: str) -> Markup:
    pieces = (f'<math displaystyle="true">{part}</math>' for part in parts)
    return Markup(" ".join(pieces))  # noqa: S704
