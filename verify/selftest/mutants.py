"""Mutants: each true claim with one thing changed, and what the change has made of it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random

from verify.claim import Claim, Interval, Limit
from verify.expressions import LAG, Expression, ExpressionError, integer_of, name_of, parse
from verify.selftest.oracle import Known, NoTruth, Truth, truth
from verify.selftest.rewriting import Rewrite, rewritings, rewritten_everywhere, spread

PER_OPERATOR = 2
SLIGHTLY = "(1 + 1/10**9)"


@dataclass(frozen=True)
class Mutant:
    """A claim that was true, with one change.

    Attributes:
        claim: the changed claim; its id is the original's, `~`, the operator and a number.
        original: the original's id.
        operator: the kind of change.
        change: what is written now, for reports.
        truth: what the changed claim is.

    """

    claim: Claim
    original: str
    operator: str
    change: str
    truth: Truth


def mutants(
    claim: Claim, per_operator: int = PER_OPERATOR, operators: Iterable[str] | None = None
) -> list[Mutant]:
    """The mutants of a true claim, in the same order whenever asked.

    Args:
        claim: the claim. Of an experiment's, only the relation is changed.
        per_operator: at most so many of each kind, drawn from all places it applies to.
        operators: the kinds, names in OPERATORS; all if not given.

    """
    known: Known = {}
    result = []
    all_operators = {"relation": _turned_round} if claim.experiment else OPERATORS
    wanted = set(all_operators if operators is None else operators)
    for operator, variants in all_operators.items():
        if operator not in wanted:
            continue
        slug = operator.replace(" ", "-")
        for number, changed in enumerate(
            _drawn(list(variants(claim)), per_operator, f"{claim.id} {operator}"), 1
        ):
            mutant = replace(changed, id=f"{claim.id}~{slug}-{number}", expect=None)
            try:
                what = truth(mutant, known) if not claim.experiment else Truth.FALSE
            except NoTruth:
                continue
            result.append(Mutant(mutant, claim.id, operator, _difference(claim, mutant), what))
    return result


def _drawn(variants: list[Claim], count: int, seed: str) -> list[Claim]:
    """Some of the variants, in order; others for other claims, so that each kind has its turn."""
    random = Random(seed)  # noqa: S311 (reproducible, not secret)
    chosen = random.sample(range(len(variants)), min(count, len(variants)))
    return [variants[i] for i in sorted(chosen)]


def _difference(claim: Claim, mutant: Claim) -> str:
    """The fields that changed, as they are now."""
    parts = [
        f"{name} {_shown(new)}"
        for name, new in vars(mutant).items()
        if name not in ("id", "expect") and _shown(new) != _shown(getattr(claim, name))
    ]
    return ", ".join(parts)


def _shown(value: object) -> str:
    match value:
        case Mapping():
            return ", ".join(str(v) for v in dict.fromkeys(map(str, value.values())))
        case Limit():
            return f"{value.name} -> {value.target}{value.direction}"
        case Interval():
            signs = ("<" if strict else "<=" for strict in (value.lower_strict, value.upper_strict))
            name = f"abs({value.name})" if value.modulus else value.name
            return f"{value.lower or ''} {next(signs)} {name} {next(signs)} {value.upper or ''}"
        case tuple():
            return ", ".join(map(_shown, value))
    return str(value)


# one node changed


def _sign(node: ast.expr) -> Iterable[ast.expr]:
    match node:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield ast.BinOp(left, ast.Sub(), right)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            yield ast.BinOp(left, ast.Add(), right)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield operand


def _factor_two(node: ast.expr) -> Iterable[ast.expr]:
    match node:
        case ast.BinOp(left=left, op=(ast.Add() | ast.Sub()) as op, right=right):
            yield ast.BinOp(left, op, _times(Fraction(2), right))
            yield ast.BinOp(_times(Fraction(2), left), op, right)


def _exponent(node: ast.expr) -> Iterable[ast.expr]:
    match node:
        case ast.BinOp(left=base, op=ast.Pow(), right=n) if (power := integer_of(n)) is not None:
            for other in (power + 1, power - 1):
                yield ast.BinOp(base, ast.Pow(), ast.Constant(Fraction(other)))  # type: ignore[arg-type]


def _squared_parameter(node: ast.expr) -> Iterable[ast.expr]:
    if isinstance(node, ast.Name) and name_of(node) not in (LAG, "pi", "I", "E"):
        yield ast.BinOp(node, ast.Pow(), ast.Constant(Fraction(2)))  # type: ignore[arg-type]


def _dropped_conjugate(node: ast.expr) -> Iterable[ast.expr]:
    match node:
        case ast.Call(func=ast.Name(id="conjugate" | "re" | "im" | "abs"), args=[argument]):
            yield argument


def _dropped_term(node: ast.expr) -> Iterable[ast.expr]:
    match node:
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
            yield left
            yield right


def _dropped_factor(node: ast.expr) -> Iterable[ast.expr]:
    match node:
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            yield left
            yield right
        case ast.BinOp(left=left, op=ast.Div()):
            yield left


def _slightly_off(node: ast.expr) -> Iterable[ast.expr]:
    match node:
        case ast.Constant(value=Fraction() as value):
            yield ast.Constant(value * (1 + Fraction(1, 10**9)))


def _times(factor: Fraction, node: ast.expr) -> ast.expr:
    return ast.BinOp(ast.Constant(factor), ast.Mult(), node)  # type: ignore[arg-type]


NODES: Mapping[str, Rewrite] = {
    "sign": _sign,
    "factor 2": _factor_two,
    "exponent": _exponent,
    "squared parameter": _squared_parameter,
    "dropped conjugate": _dropped_conjugate,
    "dropped term": _dropped_term,
    "dropped factor": _dropped_factor,
    "constant off by 1e-9": _slightly_off,
}


def _in_formula(rewrite: Rewrite) -> Variants:
    def variants(claim: Claim) -> Iterator[Claim]:
        for formula in rewritings(claim.formula, rewrite):
            yield replace(claim, formula=formula)

    return variants


# the whole formula


def _with_formula(claim: Claim, text: str, **changes: object) -> Iterator[Claim]:
    """The claim with another formula, if it is one; f is the original's."""
    try:
        formula = parse(text.replace("f", f"({claim.formula})"))
    except ExpressionError:  # too long
        return
    yield replace(claim, formula=formula, **changes)  # type: ignore[arg-type]


def _whole_factor(claim: Claim) -> Iterator[Claim]:
    for text in ("2*f", f"f*{SLIGHTLY}", "-f", "f**2", "1/f"):
        yield from _with_formula(claim, text)


def _vanishing_at_the_edges(claim: Claim) -> Iterator[Claim]:
    """Plus a term that is 0 on the edges of the domain."""
    factors = [
        _distance(interval, upper)
        for interval in map(claim.interval, claim.parameters)
        for upper in (False, True)
        if (interval.upper if upper else interval.lower) is not None
    ]
    if factors and claim.limit is None:
        bump = "*".join(factors)
        for sign, size in (("-", 10**-3), ("+", 10**-3), ("-", 10**-9), ("+", 10**-9)):
            text = f"f {sign} {Fraction(size).limit_denominator(10**9)}*{bump}"
            yield from _with_formula(claim, text)


def _distance(interval: Interval, upper: bool) -> str:
    name = f"abs({interval.name})" if interval.modulus else interval.name
    return f"({interval.upper} - {name})" if upper else f"({name} - ({interval.lower}))"


def _real_only(claim: Claim) -> Iterator[Claim]:
    """Real-only formulas for complex λ: without any conjugate, modulus or real part."""
    if not any(map(claim.is_complex, claim.parameters)):
        return
    for drop in (("conjugate", "re", "abs"), ("conjugate",), ("abs",)):

        def bare(node: ast.expr, drop: tuple[str, ...] = drop) -> Iterable[ast.expr]:
            match node:
                case ast.Call(func=ast.Name(id=name), args=[argument]) if name in drop:
                    yield argument

        formula = rewritten_everywhere(claim.formula, bare)
        if formula.functions != claim.formula.functions:
            yield replace(claim, formula=formula)


# the relation and the limit


def _relation(claim: Claim) -> Iterator[Claim]:
    """Inequalities turned round, and sharpened by 1e-9; equations weakened to such."""
    complex_valued = claim.quantity in ("cross_moment", "cross_sensitivity")
    if claim.limit is not None or complex_valued:
        return
    if claim.relation != "==":
        yield from _turned_round(claim)
        yield replace(claim, relation="==")
    for relation, sign in (("<=", "-"), (">=", "+")):
        if claim.relation in ("==", relation):
            yield from _with_formula(claim, f"f*(1 {sign} 1/10**9)", relation=relation)


def _turned_round(claim: Claim) -> Iterator[Claim]:
    yield replace(claim, relation="<=" if claim.relation == ">=" else ">=")


def _weaker_relation(claim: Claim) -> Iterator[Claim]:
    if claim.relation == "==" and claim.quantity not in ("cross_moment", "cross_sensitivity"):
        yield replace(claim, relation="<=")
        yield replace(claim, relation=">=")


def _limit_order(claim: Claim) -> Iterator[Claim]:
    if claim.limit is not None:
        near = _nearness(claim.limit, claim.horizon)
        yield from _with_formula(claim, f"f*{near}")
        yield from _with_formula(claim, f"f/{near}")


def _limit_lower_order(claim: Claim) -> Iterator[Claim]:
    if claim.limit is not None:
        yield from _with_formula(claim, f"f*(1 + {_nearness(claim.limit, claim.horizon)})")
        yield from _with_formula(claim, "f + 1")


def _limit_constant(claim: Claim) -> Iterator[Claim]:
    if claim.limit is not None:
        for factor in (SLIGHTLY, "(1 - 1/10**3)", "(1 + 1/10**2)"):
            yield from _with_formula(claim, f"f*{factor}")


def _limit_place(claim: Claim) -> Iterator[Claim]:
    """The limit at the other end of the range, and the equation without it."""
    if (limit := claim.limit) is None:
        return
    interval = claim.interval(limit.name)
    at_upper = limit.direction == "-" or (limit.direction == "oo" and str(limit.target) == "1")
    other = interval.lower if at_upper else interval.upper
    if other is not None and limit.name != claim.horizon:
        yield replace(claim, limit=Limit(limit.name, other, "+" if at_upper else "-"))
    yield replace(claim, limit=None, relation="==")


def _nearness(limit: Limit, horizon: str | None) -> str:
    """What vanishes in the limit, in the first order."""
    if limit.name == horizon:
        return f"(1/{limit.name})"
    if limit.direction == "oo":
        return f"exp(-({limit.target})*{limit.name})"
    return f"abs({limit.name} - ({limit.target}))"


# what the quantity is asked of


def _normaliser(claim: Claim) -> Iterator[Claim]:
    if not claim.gamma:
        return
    yield replace(claim, gamma={})
    for text in (f"g*{SLIGHTLY}", "g**2"):
        yield _with_gamma(claim, lambda g, text=text: parse(text.replace("g", f"({g})")))  # type: ignore[misc]
    some = next(iter(claim.gamma.values()))
    for rewrite in NODES.values():
        for number, _ in enumerate(spread(rewritings(some, rewrite), 1)):
            yield _with_gamma(
                claim,
                lambda g, r=rewrite, n=number: spread(rewritings(g, r), 1)[n],  # type: ignore[misc]
            )


def _with_gamma(claim: Claim, change: Callable[[Expression], Expression]) -> Claim:
    """γ of each pole changed: a γ that all share is one."""
    return replace(claim, gamma={pole: change(gamma) for pole, gamma in claim.gamma.items()})


def _eigenvalue(claim: Claim) -> Iterator[Claim]:
    for pole, expression in claim.eigenvalue.items():
        if pole != "lambda_star":
            for rewrite in NODES.values():
                for other in spread(rewritings(expression, rewrite), 1):
                    if other.names == expression.names:
                        yield replace(claim, eigenvalue={**claim.eigenvalue, pole: other})


def _input(claim: Claim) -> Iterator[Claim]:
    if claim.arbitrary:
        return
    for text in ("2*r", f"r*{SLIGHTLY}"):
        yield replace(
            claim, autocorrelation=parse(text.replace("r", f"({claim.autocorrelation})", 1))
        )
    for rewrite in (_squared_parameter, _sign, _dropped_term, _exponent):
        for other in rewritings(claim.autocorrelation, rewrite):
            yield replace(claim, autocorrelation=other)


def _no_autocorrelation(claim: Claim) -> Iterator[Claim]:
    """Inputs that do not exist: R(0) < 0, and |R(1)| > R(0)."""
    if not claim.arbitrary:
        for text in (f"-({claim.autocorrelation})", "KroneckerDelta(Delta, 1)"):
            yield replace(claim, autocorrelation=parse(text))


def _no_stationary_state(claim: Claim) -> Iterator[Claim]:
    """Domains that reach the unit circle, and beyond."""
    for pole in claim.poles:
        if pole in claim.parameters and claim.interval(pole).upper is not None:
            interval = claim.interval(pole)
            rest = tuple(i for i in claim.domain if i.name != pole)
            for changed in (
                replace(interval, upper_strict=False),
                replace(interval, upper=parse("11/10")),
            ):
                yield replace(claim, domain=(*rest, changed))


def _derivative(claim: Claim) -> Iterator[Claim]:
    """Another quantity, or by another parameter."""
    for by in claim.wrt:
        for name in claim.eigenvalue.get(claim.poles[0], parse("0")).names:
            if len(claim.wrt) == 1 and name != by.name and not by.part:
                yield replace(claim, wrt=(replace(by, name=name),))
    if claim.quantity == "sensitivity" and claim.gamma:
        yield replace(claim, differentiate_gamma=not claim.differentiate_gamma)
    if claim.quantity == "sensitivity" and not claim.differentiate_gamma:
        yield replace(claim, quantity="second_moment", wrt=())
    if claim.quantity == "cross_moment":
        yield replace(claim, quantity="cross_sensitivity")


Variants = Callable[[Claim], Iterable[Claim]]
OPERATORS: Mapping[str, Variants] = {
    **{name: _in_formula(rewrite) for name, rewrite in NODES.items()},
    "whole formula": _whole_factor,
    "vanishing at the edges": _vanishing_at_the_edges,
    "real-only formula": _real_only,
    "relation": _relation,
    "weaker relation": _weaker_relation,
    "order in the limit": _limit_order,
    "lower order in the limit": _limit_lower_order,
    "constant in the limit": _limit_constant,
    "place of the limit": _limit_place,
    "normaliser": _normaliser,
    "eigenvalue": _eigenvalue,
    "input": _input,
    "no autocorrelation": _no_autocorrelation,
    "no stationary state": _no_stationary_state,
    "derivative": _derivative,
}
