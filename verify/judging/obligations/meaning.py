"""What has to hold at every point of the domain for a claim to mean something.

Poles lie inside the disc, R is an autocorrelation, sums converge, what is divided by is not 0, and
what γ has under a root or logarithm is real and not negative. Where one of these fails the claim is
bad input; where one stays open nothing is proved. Both judges rest on what is found here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace

import sympy as sp

from numerics.arithmetic.evaluation import NotEvaluated
from theory.algebra.conjugation import conjugated, polarised
from theory.algebra.vanishing import vanishes
from theory.catalogue import QUANTITIES
from theory.geometry import sensitivity_metric
from theory.inputs import ArbitraryInput, StationaryInput, Term
from verify.claims.claim import Claim, Limit
from verify.claims.expressions import Expression, shown
from verify.judging.evidence import Evidence, Finding, MeaningError
from verify.judging.model import Model
from verify.judging.obligations.certificates import factors_of
from verify.judging.obligations.deciding import ball_at, decide
from verify.judging.obligations.obligation import Kind, Obligation, Outcome, State
from verify.judging.symbolic.zeros import leading_coefficients, near_limit
from verify.judging.translation import inside_disc, to_sympy
from verify.settings import Settings

NAME = "meaning"


def check(model: Model, settings: Settings) -> Evidence:
    """Decide every obligation of the claim's meaning on its whole domain.

    Raises:
        MeaningError: naming the field, what is wrong and where.

    """
    model.domain.check()
    if model.claim.limit:
        _check_approach(model, model.claim.limit)
    _check_order(model)
    with suppress(NotImplementedError):  # no closed form
        _ = model.value
    outcomes: list[Outcome] = []
    for obligation in obligations(model):
        outcome = decide(model, obligation, settings.seed)
        # where the formula alone has no value, the claim may be false elsewhere
        if outcome.state is State.FAILED and obligation.field != "formula":
            raise MeaningError(_failed(outcome))
        outcomes.append(outcome)
    data = {"obligations": [outcome.to_json() for outcome in outcomes]}
    for outcome in outcomes:
        if outcome.state is State.FAILED:
            return Evidence(NAME, Finding.FAILED, _failed(outcome), data=data)
    for outcome in outcomes:
        if outcome.state is State.OPEN:
            detail = f"whether {outcome.obligation}: {outcome.how}"
            return Evidence(NAME, Finding.ABSTAINS, detail, data=data)
    detail = f"{len(outcomes)} obligations hold on the whole domain"
    return Evidence(NAME, Finding.SUPPORTS, detail, data=data)


def _failed(outcome: Outcome) -> str:
    obligation = outcome.obligation
    name, space, pole = obligation.field.partition(" ")
    field = f"{name!r}{space}{pole}"
    return f"field {field}: {obligation.fault} {outcome.how}; correct it, or cut the domain"


def obligations(model: Model) -> Iterator[Obligation]:
    """What has to hold at every point, in the order of the fields."""
    claim, emitted = model.claim, _Emitted(model)
    for pole in claim.poles:
        if pole in claim.eigenvalue:
            emitted.read("eigenvalue", claim.eigenvalue[pole], model.names)
    emitted.read("autocorrelation", claim.autocorrelation, model.names)
    yield from emitted.taken()
    if claim.horizon is None:
        for pole, value in zip(claim.poles, model.unit.poles, strict=True):
            if not _is_plain(claim, pole):
                yield Obligation(
                    "eigenvalue" if pole in claim.eigenvalue else "domain",
                    inside_disc(value),
                    Kind.POSITIVE,
                    f"1 - abs({pole})",
                    f"|{pole}| must be below 1, or there is no stationary state; it is not",
                )
    yield from _of_input(model)
    for pole in claim.poles:
        if pole in claim.gamma:
            names = model.names | {"lambda": model.names[pole]}
            emitted.read(f"gamma of {pole}", claim.gamma[pole], names)
    yield from emitted.taken()
    yield from of_derivatives(model)
    emitted.read("formula", claim.formula, model.names)
    for obligation in emitted.taken():
        yield from _near_limit(model, claim.limit, obligation) if claim.limit else [obligation]


def _near_limit(model: Model, limit: Limit, obligation: Obligation) -> Iterator[Obligation]:
    """An obligation near a limit: of what moves with it, the leading coefficients are not 0."""
    moving = model.symbols[limit.name]
    if obligation.kind is not Kind.NONZERO:
        yield replace(obligation, is_enough=moving in obligation.function.free_symbols)
        return
    for factor in factors_of(obligation.function):
        if moving not in factor.free_symbols:
            yield replace(obligation, function=factor)
            continue
        text = f"the leading coefficient of {obligation.text}"
        try:
            leading = leading_coefficients(near_limit(polarised(factor), moving, limit))
        except ValueError:  # not analytic there
            yield replace(obligation, function=factor, is_enough=True)
        else:
            yield replace(obligation, function=leading, text=text, is_enough=True)


def _is_plain(claim: Claim, pole: str) -> bool:
    """Whether a pole is a parameter that fills the open disc."""
    return pole not in claim.eigenvalue and str(claim.interval(pole)) == f"abs({pole}) < 1"


class _Emitted:
    """What the translation of a claim's expressions emits, as obligations."""

    field: str

    def __init__(self, model: Model) -> None:
        self.model = model
        self.found: dict[tuple[Kind, sp.Expr], Obligation] = {}

    def read(self, field: str, expression: Expression, names: Mapping[str, sp.Expr]) -> None:
        self.field = field
        to_sympy(expression, names, self.model.input, self)

    def sign(self, expr: sp.Expr) -> int:
        return self.model.sign(expr)

    def emit(self, kind: Kind, function: sp.Expr, node: ast.expr, fault: str = "") -> None:
        text = shown(node)
        if fault:
            self.found[kind, function] = Obligation(self.field, function, kind, text, fault)
            return
        if kind is Kind.POSITIVE:
            fault = f"sum({text}) diverges"
            self.found[kind, function] = Obligation(
                self.field, function, kind, f"1 - the ratio of sum({text})", fault
            )
            return
        if kind is Kind.REAL:
            if not function.is_real:
                fault = f"max and min are of real numbers; {text} is complex"
                self.found[kind, function] = Obligation(self.field, function, kind, text, fault)
            return
        fault = f"{text} must not be 0, or there is no value; it is"
        if kind is Kind.OFF_CUT:
            if not self.field.startswith("gamma"):
                return  # algebra's own affair
            kind = Kind.NONNEGATIVE
            fault = f"{text}, under a root or logarithm, must be real and not negative; it is not"
        elif function.has(sp.zoo):
            return  # what makes it infinite is told of already
        elif function.is_number and not _is_0_inside(self.model, function):
            return
        self.found[kind, function] = Obligation(self.field, function, kind, text, fault)

    def taken(self) -> list[Obligation]:
        """What was emitted since the last time."""
        found, self.found = list(self.found.values()), {}
        return found


def of_derivatives(model: Model) -> Iterator[Obligation]:
    """What has to hold for derivatives to exist, and for a metric not to be degenerate."""
    claim, unit, quantity = model.claim, model.unit, QUANTITIES[model.claim.quantity]
    is_curvature = claim.quantity == "curvature"  # of a metric, whose derivatives it has
    by = {model.symbols[derivative.name] for derivative in claim.wrt}
    fields = [("eigenvalue of", unit.poles)]
    if claim.differentiate_gamma or "differentiate_gamma" not in quantity.takes:
        fields.append(("gamma of", unit.gammas))
    for field, expressions in fields:
        for pole, expression in zip(claim.poles, expressions, strict=True):
            if pole == "lambda_star":  # the teacher does not move
                continue
            order = quantity.derivatives + is_curvature
            forms = (expression, sp.expand(expression))  # f + |f| has a smooth square
            rough = [list(_not_smooth(one, by, order)) for one in forms]
            for part in rough[0] if all(rough) else ():
                fault = f"it has no derivative where {part} = 0, as it is"
                yield Obligation(f"{field} {pole}", part, Kind.NONZERO, str(part), fault)
    if is_curvature:
        metric = sensitivity_metric(
            model.input, unit.poles[0], unit.wrt, unit.gamma(), unit.differentiate_gamma
        )
        yield Obligation(
            "quantity",
            sp.factor(metric.det()),
            Kind.NONZERO,
            "the determinant of the metric",
            "it has no value where the metric is degenerate, as it is",
        )


def _not_smooth(expr: sp.Expr, by: set[sp.Symbol], order: int) -> Iterator[sp.Expr]:
    """What must not be 0 for an expression to have derivatives up to an order."""
    factors = [(factor, *factor.as_base_exp()) for factor in sp.Mul.make_args(expr)]
    for factor, base, exponent in factors:
        parts, is_smooth = factor.args, exponent.is_integer
        if isinstance(base, sp.Abs):
            parts, is_smooth = base.args, exponent.is_even
            # |f| f² is |f|³
            exponent += sum(e for _, b, e in factors if b in (parts[0], -parts[0]))
        if not (is_smooth or (exponent - order).is_positive) and base.free_symbols & by:
            yield parts[0]
        for part in parts:
            yield from _not_smooth(part, by, order)


def _of_input(model: Model) -> Iterator[Obligation]:
    x = model.driving_input
    if isinstance(x, ArbitraryInput):
        return
    yield Obligation(
        "autocorrelation",
        x.autocorrelation(0),
        Kind.POSITIVE,
        "R(0)",
        "R(0) must be positive; it is not",
    )
    smooth = []
    for term in x.terms:
        if _is_identically_0(inside_disc(term.ratio)):
            if term.power:
                raise MeaningError("field 'autocorrelation': it grows with Delta")
            yield Obligation(
                "autocorrelation",
                term.coefficient,
                Kind.NONNEGATIVE,
                f"the weight of {term.ratio}**Delta",
                f"the weight of {term.ratio}**Delta is negative, so that R is no autocorrelation,",
            )
        else:
            smooth.append(term)
            yield Obligation(
                "autocorrelation",
                inside_disc(term.ratio),
                Kind.NONNEGATIVE,
                f"1 - abs({term.ratio})",
                f"{term.ratio}**Delta grows, so that R is no autocorrelation,",
            )
    rest = StationaryInput(tuple(smooth), x.lags)
    angle = sp.Dummy("frequency", real=True)
    half = rest.generating_function(sp.exp(-sp.I * angle))
    density = rest.autocorrelation(0) + half + conjugated(polarised(half))
    # times what is positive where |z| < 1, and leaves a polynomial in e^{iω}
    for ratio, order in _orders(smooth).items():
        pole = polarised(1 - ratio * sp.exp(-sp.I * angle))
        density *= (pole * conjugated(pole)) ** order
    yield Obligation(
        "autocorrelation",
        density,
        Kind.NONNEGATIVE,
        "the spectral density of R",
        "its spectral density is negative, so that it is no autocorrelation,",
        angle=angle,
    )


def _orders(terms: Iterable[Term]) -> dict[sp.Expr, int]:
    """The order of the pole that each ratio is of the spectral density."""
    orders: dict[sp.Expr, int] = {}
    for term in terms:
        orders[term.ratio] = max(orders.get(term.ratio, 0), term.power + 1)
    return orders


def _is_identically_0(function: sp.Expr) -> bool:
    """Whether algebra makes 0 of a function, for whatever parameters."""
    try:
        return vanishes(polarised(function.doit()))
    except ValueError:  # no rational function
        return False


def _is_0_inside(model: Model, function: sp.Expr) -> bool:
    """Whether a function may be 0 at a point inside the domain, as far as 256 bits can tell."""
    try:
        return bool(ball_at(model, function, model.domain.inside).contains(0))
    except NotEvaluated:
        return True


def _check_order(model: Model) -> None:
    """Check that what is bounded is real, and its bound.

    Raises:
        MeaningError: if one is complex.

    """
    claim = model.claim
    if not claim.is_bound:
        return
    is_complex = QUANTITIES[claim.quantity].is_complex
    if is_complex and not vanishes(model.value - conjugated(model.value)):
        raise _no_order(claim, claim.quantity, "give the poles real ranges")
    for instance in model.instances():
        stated = Obligation("relation", instance.formula, Kind.REAL, str(claim.formula))
        if decide(instance, stated, 0).state is State.FAILED:
            raise _no_order(claim, "the formula", "give a real bound")


def _no_order(claim: Claim, what: str, remedy: str) -> MeaningError:
    return MeaningError(
        f"field 'relation' = {claim.relation!r}: {what} is complex, and complex numbers have no "
        f"order; {remedy}"
    )


def _check_approach(model: Model, limit: Limit) -> None:
    """Check that a limit's target can be approached inside the domain, from the side named.

    Raises:
        MeaningError: if it cannot, or the target is no real number.

    """
    one = model.domain.ranges[limit.name]
    target = to_sympy(limit.target, {})
    if not target.is_real:
        raise MeaningError(f"field 'limit' = {str(limit)!r}: a real target is needed")
    match limit.direction:
        case "-":
            is_inside = one.lower < target <= one.upper
        case "+":
            is_inside = one.lower <= target < one.upper
        case _:
            is_inside = target * sp.oo in (one.lower, one.upper)
    if not is_inside:
        raise MeaningError(
            f"field 'limit' = {str(limit)!r}: it cannot be approached inside the domain of "
            f"{limit.name!r}; change the limit or the range"
        )
