"""What the fields of a claim have to do with each other, and what is left out, filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from theory.catalogue import QUANTITIES
from theory.printing.choices import one_of
from verify.claims.boxes import boxes
from verify.claims.claim import (
    ARBITRARY,
    Claim,
    ClaimError,
    Derivative,
    Interval,
    Limit,
    Relation,
)
from verify.claims.expressions import (
    FUNCTIONS,
    LAG,
    OUTPUT,
    SERIES,
    TWO_ARGUMENTS,
    Expression,
    rational_of,
)
from verify.experiments import EXPERIMENTS

Refuse = Callable[[str, str], ClaimError]  # of a field's name, and why


def measured(claim: Claim, refuse: Refuse) -> Claim:
    """A claim about an experiment, if its settings and measure exist and its bound is constant."""
    experiment = EXPERIMENTS.get(claim.experiment or "")
    if experiment is None:
        raise _unknown(refuse, "experiment", {str(claim.experiment)}, EXPERIMENTS)
    if claim.quantity not in experiment.measures:
        raise _unknown(refuse, "quantity", {claim.quantity}, experiment.measures)
    for setting, choices in experiment.choices.items():
        given = claim.settings.get(setting, () if setting in experiment.protocol else "")
        if not set([given] if isinstance(given, str) else given) <= set(choices):
            raise refuse("settings", f"{setting} is one of {listed(choices)}")
    if stray := set(claim.settings) - set(experiment.choices):
        raise _unknown(refuse, "settings", stray, experiment.choices)
    if claim.relation not in ("==", "<=", ">="):
        raise refuse("relation", "a measured number is claimed ==, <= or >= a constant")
    if not claim.formula.is_constant:
        raise refuse("formula", "a measured number is compared with a constant")
    return claim


def complete(claim: Claim, refuse: Refuse) -> Claim:
    """A claim about a quantity: what is left out is filled in, and all names are known."""
    if claim.settings:
        raise refuse("settings", "only an experiment has them")
    claim = replace(claim, eigenvalue=_eigenvalues(claim, refuse), gamma=_gammas(claim, refuse))
    claim = replace(claim, parameters=_parameters(claim, refuse))
    fields = {"eigenvalue": claim.eigenvalue, "gamma": claim.gamma, "formula": {"": claim.formula}}
    for name, expressions in fields.items():
        if any(OUTPUT in expression.functions for expression in expressions.values()):
            raise refuse(name, f"{OUTPUT}(R, pole) stands in an autocorrelation alone")
    known = set(claim.parameters) | set(claim.poles)
    if LAG in claim.formula.names:
        raise refuse("formula", f"the lag {LAG} is known inside sum() alone")
    if stray := claim.formula.names - known:
        raise _unknown(refuse, "formula", stray, known)
    if (claim.relation == "~") != (claim.limit is not None):
        raise refuse("limit", "relation ~ needs a limit, and no other relation takes one")
    if claim.limit:
        _check_limit(claim, claim.limit, refuse)
    for name in ("gamma", "differentiate_gamma", "horizon", "lag"):
        takers = [quantity for quantity, q in QUANTITIES.items() if name in q.takes]
        if getattr(claim, name) and claim.quantity not in takers:
            raise refuse(name, f"only {listed(takers)} {'take' if len(takers) > 1 else 'takes'} it")
    if "lag" in QUANTITIES[claim.quantity].takes and claim.lag is None:
        raise refuse("lag", "missing: how many steps apart? 1, say")
    claim = replace(claim, wrt=_differentiated(claim, refuse))
    for relation in claim.relations:
        _check_relation(claim, relation, refuse)
    try:
        is_empty = not boxes(claim)
    except ValueError as error:
        raise refuse("domain", f"{', '.join(map(str, claim.relations))}: {error}") from None
    if is_empty:
        raise refuse("domain", f"{', '.join(map(str, claim.relations))}: no value is left")
    return claim


def _unknown(refuse: Refuse, name: str, stray: Iterable[str], known: Iterable[str]) -> ClaimError:
    first = min(stray)
    return refuse(name, f"unknown symbol {first!r}: {one_of(first, sorted(known))}")


def _eigenvalues(claim: Claim, refuse: Refuse) -> dict[str, Expression]:
    """Each pole's expression; one given without a name is λ's."""
    poles = {name or "lambda": e for name, e in claim.eigenvalue.items()}
    for pole, expression in poles.items():
        if pole not in claim.poles:
            raise refuse("eigenvalue", f"{claim.quantity} has the poles {listed(claim.poles)}")
        # the teacher may stand where the student is
        allowed = {"lambda"} if pole == "lambda_star" else set()
        inner = {*claim.poles, "lambda", LAG} - allowed
        if expression.names & inner or expression.functions & SERIES:
            raise refuse("eigenvalue", "an expression in parameters other than poles, Delta")
    return poles


def _gammas(claim: Claim, refuse: Refuse) -> dict[str, Expression]:
    """Each pole's normaliser; one given without a name is every pole's."""
    if set(claim.gamma) == {""}:
        return dict.fromkeys(claim.poles, claim.gamma[""])
    if stray := set(claim.gamma) - set(claim.poles):
        raise _unknown(refuse, "gamma", stray, claim.poles)
    return dict(claim.gamma)


def _parameters(claim: Claim, refuse: Refuse) -> tuple[str, ...]:
    """All names that stand for numbers, each with a range."""
    if claim.autocorrelation.functions & {"sum"} or (
        "R" in claim.autocorrelation.functions and not claim.arbitrary
    ):
        raise refuse("autocorrelation", f"an expression in Delta, or {ARBITRARY} for any")
    names = set(claim.autocorrelation.names) - {LAG}
    own = set(claim.poles) - set(claim.eigenvalue)
    names |= own.union(*(e.names for e in claim.eigenvalue.values()))
    names |= {i.name for i in claim.domain}
    if claim.horizon:
        names.add(claim.horizon)
    if taken := names & (FUNCTIONS | TWO_ARGUMENTS | SERIES):
        raise refuse("domain", f"{listed(taken)} is a function, and no name for a parameter")
    if "lambda" in claim.poles and "lambda" not in own:
        if any(i.name == "lambda" for i in claim.domain):
            raise refuse("domain", "with an eigenvalue, give ranges to its parameters, not lambda")
        names.discard("lambda")
    for name in sorted(names):
        try:
            claim.interval(name)
        except KeyError:
            raise refuse("domain", f'no range for {name!r}: add e.g. "0 < {name} < 1"') from None
    for pole, expression in claim.gamma.items():
        known = names | {"lambda"}
        if pole == "lambda_star" and "lambda" in claim.eigenvalue:
            known -= claim.eigenvalue["lambda"].names  # the teacher has its own
        if stray := expression.names - known:
            raise _unknown(refuse, "gamma", stray, known)
    inner = claim.autocorrelation.names.union(*(e.names for e in claim.eigenvalue.values()))
    for i in claim.domain:
        if i.modulus and i.name not in claim.poles and (i.name in inner or not claim.gamma):
            raise refuse("domain", f"abs({i.name}): only eigenvalues and weights are complex")
    return tuple(sorted(names))


def _check_limit(claim: Claim, limit: Limit, refuse: Refuse) -> None:
    if limit.name not in claim.parameters:
        raise _unknown(refuse, "limit", {limit.name}, claim.parameters)
    if claim.is_whole(limit.name) and limit.direction != "oo":
        raise refuse("limit", f"{limit.name} is a whole number, and goes to oo or -oo alone")


def _check_relation(claim: Claim, relation: Relation, refuse: Refuse) -> None:
    """Check that a relation is between real parameters, and that it leaves a box; see `boxes`."""
    others = [relation.left, *relation.right.names]
    for name in others:
        if name not in claim.parameters:
            raise _unknown(refuse, "domain", {name}, claim.parameters)
        interval = claim.interval(name)
        if interval.modulus or claim.is_whole(name):
            raise refuse("domain", f"{relation}: between real parameters only")
        if any(bound and rational_of(bound.node) is None for bound, _ in interval.ends):
            raise refuse("domain", f"{relation}: give {name} rational bounds")
    if relation.is_hole:
        limit = claim.limit
        if limit and limit.name == relation.left and rational_of(limit.target.node) is None:
            raise refuse("domain", f"{relation}: let {limit.name} go to a rational number")
        return
    if len({*others}) < 2:
        raise refuse("domain", f"{relation}: no value is left")
    poles = {*others} & {*claim.poles}
    moving = {by.name for by in claim.wrt} | ({claim.limit.name} if claim.limit else set())
    if {*others} & moving:
        why = "not of what is differentiated by or goes to a limit"
        raise refuse("domain", f"{relation}: {why}")
    if len(poles) > 1 or (poles and QUANTITIES[claim.quantity].derivatives):
        raise refuse("domain", f"{relation}: not of two poles, nor of a derivative's pole")
    elsewhere = [other for other in claim.relations if other is not relation]
    orders = [others, others[::-1]] if relation.sign == "!=" else [others]
    if any(not other.is_hole for other in elsewhere):  # none is cut by another's range
        for low, high in orders:
            if not _is_around(claim.interval(high), claim.interval(low)):
                raise refuse("domain", f"{relation}: give {high} a range around that of {low}")
    rewritten = {*others} - poles if poles or relation.sign == "!=" else {others[1]}
    for name in sorted(rewritten):
        if any(other.left == name for other in elsewhere if other.is_hole):
            raise refuse("domain", f"{relation}: no value of {name} can be left out as well")
        if poles and any(name in (other.left, *other.right.names) for other in elsewhere):
            raise refuse("domain", f"{relation}: {name} can be related to the pole alone")
        if poles and any(name in expression.names for expression in claim.eigenvalue.values()):
            raise refuse("domain", f"{relation}: {name} is part of an eigenvalue")


def _is_around(outer: Interval, inner: Interval) -> bool:
    """Whether a range with rational ends reaches as far as another, on both sides."""
    (lowest, highest), (least, most) = outer.rational_bounds, inner.rational_bounds
    is_below = lowest is None or (least is not None and lowest <= least)
    return is_below and (highest is None or (most is not None and most <= highest))


def _differentiated(claim: Claim, refuse: Refuse) -> tuple[Derivative, ...]:
    """What is differentiated by: the eigenvalue's own parameters where the claim says nothing."""
    asked = QUANTITIES[claim.quantity]
    if not asked.derivatives:
        if claim.wrt:
            raise refuse("wrt", "only a derivative has one")
        return ()
    student = claim.eigenvalue.get(claim.poles[0])
    own = sorted(student.names) if student else list(claim.poles[:1])
    if not claim.wrt and len(own) != asked.coordinates:
        raise refuse("wrt", f"missing: which {asked.coordinates} of {listed(own)}?")
    wrt = claim.wrt or tuple(map(Derivative, own))
    if len(wrt) > asked.derivatives:
        raise refuse("wrt", f"at most {asked.derivatives}")
    if len(set(wrt)) < asked.coordinates:
        raise refuse("wrt", f"{claim.quantity} has {asked.coordinates} coordinates")
    for by in wrt:
        if by.name not in claim.parameters:
            raise _unknown(refuse, "wrt", {by.name}, claim.parameters)
        if claim.is_whole(by.name):
            raise refuse("wrt", f"{by.name} is a whole number, by which there is no derivative")
        if by.part and not claim.is_complex(by.name):
            raise refuse("wrt", f"{by.name} is real")
        if by.part and asked.derivatives == 1:
            raise refuse(
                "wrt", f"write {by.name}: E|dh/d{by.name}|^2 is that by its real part as well"
            )
    return wrt


def listed(names: Iterable[str]) -> str:
    """Names for a message, in order."""
    return ", ".join(sorted(names))
