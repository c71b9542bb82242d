"""What can be wrong about a claim: each mutation turns one claim into variants."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from theory.catalogue import QUANTITIES
from verify.claims.claim import Claim, Interval, Limit
from verify.claims.expressions import LAG, Expression, ExpressionError, integer_of, name_of, parse
from verify.selftest.rewriting import Rewrite, rewritings, rewritten_everywhere, spread

SLIGHTLY = "(1 + 1/10**9)"


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
    """Formulas plus a term that is 0 on the edges of the domain."""
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


def _relation(claim: Claim) -> Iterator[Claim]:
    """Inequalities turned round, and sharpened by 1e-9; equations weakened to such."""
    complex_valued = QUANTITIES[claim.quantity].is_complex
    if claim.limit is not None or complex_valued:
        return
    if claim.relation != "==":
        yield turned_round(claim)
        yield replace(claim, relation="==")
    for relation, sign in (("<=", "-"), (">=", "+")):
        if claim.relation in ("==", relation):
            yield from _with_formula(claim, f"f*(1 {sign} 1/10**9)", relation=relation)


def turned_round(claim: Claim) -> Claim:
    """The opposite of an inequality; for an experiment's equation, another order of magnitude."""
    if claim.relation == "==":
        # what is within a factor of ten of both is nothing
        return replace(claim, formula=parse(f"1000*({claim.formula})"))
    return replace(claim, relation="<=" if claim.relation == ">=" else ">=")


def _weaker_relation(claim: Claim) -> Iterator[Claim]:
    if claim.relation == "==" and not QUANTITIES[claim.quantity].is_complex:
        yield replace(claim, relation="<=")
        yield replace(claim, relation=">=")


def _limit_order(claim: Claim) -> Iterator[Claim]:
    if claim.limit is not None:
        near = nearness(claim.limit, claim.horizon)
        yield from _with_formula(claim, f"f*{near}")
        yield from _with_formula(claim, f"f/{near}")


def _limit_lower_order(claim: Claim) -> Iterator[Claim]:
    if claim.limit is not None:
        yield from _with_formula(claim, f"f*(1 + {nearness(claim.limit, claim.horizon)})")
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


def nearness(limit: Limit, horizon: str | None) -> str:
    """An expression that vanishes in the limit, in the first order."""
    if limit.name == horizon:
        return f"(1/{limit.name})"
    if limit.direction == "oo":
        return f"exp(-({limit.target})*{limit.name})"
    return f"abs({limit.name} - ({limit.target}))"


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
    """The claim with each pole's γ changed; a γ that all share stays shared."""
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
    """Another quantity, or another parameter by which it is differentiated."""
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
