"""Equal forms: each true claim with its formula, γ or λ(ω) written another way."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

import sympy as sp
from sympy.polys.polyerrors import BasePolynomialError, PolynomialError

from verify.claims.claim import Claim
from verify.claims.expressions import CONSTANTS, Expression, ExpressionError, name_of, parse
from verify.selftest.oracle import equal
from verify.selftest.rewriting import Rewrite, rewritten_everywhere, spread, written

PER_CLAIM = 6
_FUNCTIONS: Mapping[str, Callable[[sp.Expr], sp.Expr]] = {
    n: getattr(sp, n)
    for n in ("sqrt", "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "asinh", "atanh")
}


@dataclass(frozen=True)
class EqualForm:
    """A true claim, rewritten.

    Attributes:
        claim: the rewritten claim; its id is the original's, `=` for `~`, and a number.
        original: the original's id.
        rewriting: what was done to which field.

    """

    claim: Claim
    original: str
    rewriting: str


def equal_forms(claim: Claim, per_claim: int = PER_CLAIM) -> list[EqualForm]:
    """Other forms of a true claim, at most `per_claim`; none of an experiment's.

    Raises:
        ArithmeticError: if a form is not equal to the original.

    """
    if claim.experiment:
        return []
    forms = []
    for number, (rewriting, changed) in enumerate(spread(_distinct(claim), per_claim), 1):
        forms.append(
            EqualForm(replace(changed, id=f"{claim.id}~equal-{number}"), claim.id, rewriting)
        )
    return forms


def _distinct(claim: Claim) -> Iterator[tuple[str, Claim]]:
    """Every form whose text differs from those before it."""
    for field, expression, replaced in _fields(claim):
        seen = {written(expression.node)}
        for name, form in _forms(claim, expression):
            text = written(form.node)
            if text in seen:
                continue
            seen.add(text)
            if not equal(claim, expression, form):
                raise ArithmeticError(f"{claim.id}: {form} is not {expression}")
            yield f"{field}: {name}", replaced(form)


def _fields(
    claim: Claim,
) -> Iterator[tuple[str, Expression, Callable[[Expression], Claim]]]:
    """Each expression of a claim, and how to put another in its place."""
    yield "formula", claim.formula, lambda e: replace(claim, formula=e)
    for gamma in dict.fromkeys(claim.gamma.values()):
        yield (
            "gamma",
            gamma,
            lambda e, old=gamma: replace(  # type: ignore[misc]
                claim, gamma={k: e if v == old else v for k, v in claim.gamma.items()}
            ),
        )
    for pole, value in claim.eigenvalue.items():
        if pole != "lambda_star":
            yield (
                "eigenvalue",
                value,
                lambda e, p=pole: replace(claim, eigenvalue={**claim.eigenvalue, p: e}),  # type: ignore[misc]
            )


def _forms(claim: Claim, expression: Expression) -> Iterator[tuple[str, Expression]]:
    candidates = (
        _by_algebra(expression),
        _by_nodes(expression),
        _with_unit(claim, expression),
    )
    for source in candidates:
        for name, make in source:
            try:
                yield name, make()
            except (ExpressionError, BasePolynomialError):  # too long, or not rational
                continue


Form = tuple[str, Callable[[], Expression]]


# by computer algebra


def _by_algebra(expression: Expression) -> Iterator[Form]:
    reader = _Algebra()
    whole = reader.read(expression.node)

    def form(name: str, change: Callable[[sp.Expr], sp.Expr]) -> Form:
        return name, lambda: parse(sp.sstr(change(whole)))

    yield form("expanded", sp.expand)
    yield form("factored", sp.factor)
    yield form("over one denominator", lambda e: sp.together(sp.expand(e)))
    yield form("in lowest terms", sp.cancel)
    for symbol in sorted(whole.free_symbols, key=str):
        yield form(f"partial fractions in {symbol}", partial(_partial_fractions, symbol=symbol))
        yield form(f"collected in {symbol}", partial(_collected, symbol=symbol))
    yield form("Horner's scheme", _nested)
    if whole.has(sp.sin, sp.cos, sp.tan, sp.sinh, sp.cosh, sp.tanh):
        yield form("in exponentials", lambda e: e.rewrite(sp.exp))
    if whole.has(sp.exp):
        yield form("in trigonometric functions", lambda e: e.rewrite(sp.cos))
        yield form("in hyperbolic functions", lambda e: e.rewrite(sp.cosh))


def _partial_fractions(expression: sp.Expr, symbol: sp.Symbol) -> sp.Expr:
    parts = sp.apart(sp.factor(expression), symbol)
    if not _poles(parts) <= _poles(expression):
        raise PolynomialError("the parts have no value at some places where the whole has one")
    return parts


def _poles(expression: sp.Expr) -> set[sp.Expr]:
    return {factor for factor, _ in sp.factor_list(sp.denom(sp.together(expression)))[1]}


def _collected(expression: sp.Expr, symbol: sp.Symbol) -> sp.Expr:
    return sp.collect(sp.expand(expression), symbol)


def _nested(expression: sp.Expr) -> sp.Expr:
    numerator, denominator = sp.fraction(sp.together(expression))
    return sp.horner(sp.expand(numerator)) / sp.horner(sp.expand(denominator))


class _Algebra:
    """A reader of checked trees in SymPy; what has no algebra is a symbol named by its text."""

    def read(self, node: ast.expr) -> sp.Expr:
        match node:
            case ast.Constant(value=Fraction() as value):
                return sp.Rational(value.numerator, value.denominator)
            case ast.Name() if name_of(node) in CONSTANTS:
                return {"pi": sp.pi, "I": sp.I, "E": sp.E}[name_of(node)]
            case ast.UnaryOp(op=ast.USub()):
                return -self.read(node.operand)
            case ast.UnaryOp():
                return self.read(node.operand)
            case ast.BinOp():
                left, right = self.read(node.left), self.read(node.right)
                return _ARITHMETIC[type(node.op)](left, right)
            case ast.Call(func=ast.Name(id=name), args=[argument]) if name in _FUNCTIONS:
                return _FUNCTIONS[name](self.read(argument))
        return sp.Symbol(written(node))


_ARITHMETIC: Mapping[type[ast.operator], Callable[[sp.Expr, sp.Expr], sp.Expr]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}


# node by node


def _commuted(node: ast.expr) -> Iterable[ast.expr]:
    match node:
        case ast.BinOp(left=left, op=(ast.Add() | ast.Mult()) as op, right=right):
            yield ast.BinOp(right, op, left)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            yield ast.BinOp(ast.UnaryOp(ast.USub(), right), ast.Add(), left)


def _reciprocals(node: ast.expr) -> Iterable[ast.expr]:
    match node:
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            yield ast.BinOp(left, ast.Mult(), ast.BinOp(right, ast.Pow(), _number(-1)))


def _powers_as_products(node: ast.expr) -> Iterable[ast.expr]:
    match node:
        case ast.BinOp(left=base, op=ast.Pow(), right=ast.Constant(value=Fraction() as n)):
            if n.denominator == 1 and n > 1:
                yield ast.BinOp(
                    base, ast.Mult(), ast.BinOp(base, ast.Pow(), _number(n.numerator - 1))
                )


def _moduli_as_products(node: ast.expr) -> Iterable[ast.expr]:
    match node:
        case ast.BinOp(
            left=ast.Call(func=ast.Name(id="abs"), args=[z]),
            op=ast.Pow(),
            right=ast.Constant(value=n),
        ) if n == 2:
            yield ast.BinOp(z, ast.Mult(), _call("conjugate", z))


def _parts_by_conjugates(node: ast.expr) -> Iterable[ast.expr]:
    match node:
        case ast.Call(func=ast.Name(id="re"), args=[z]):
            both = ast.BinOp(z, ast.Add(), _call("conjugate", z))
            yield ast.BinOp(both, ast.Div(), _number(2))
        case ast.Call(func=ast.Name(id="im"), args=[z]):
            both = ast.BinOp(z, ast.Sub(), _call("conjugate", z))
            two_i = ast.BinOp(_number(2), ast.Mult(), ast.Name("I"))
            yield ast.BinOp(both, ast.Div(), two_i)


def _roots_as_powers(node: ast.expr) -> Iterable[ast.expr]:
    match node:
        case ast.Call(func=ast.Name(id="sqrt"), args=[z]):
            yield ast.BinOp(z, ast.Pow(), ast.BinOp(_number(1), ast.Div(), _number(2)))


def _call(function: str, argument: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(function), [argument], [])


def _number(value: int) -> ast.expr:
    return ast.Constant(Fraction(value))  # type: ignore[arg-type]


_NODES: Mapping[str, Rewrite] = {
    "operands exchanged": _commuted,
    "divisions as powers": _reciprocals,
    "powers as products": _powers_as_products,
    "squared moduli as products": _moduli_as_products,
    "real parts by conjugates": _parts_by_conjugates,
    "roots as powers": _roots_as_powers,
}


def _by_nodes(expression: Expression) -> Iterator[Form]:
    for name, rewrite in _NODES.items():
        yield name, lambda r=rewrite: rewritten_everywhere(expression, r)  # type: ignore[misc]


# with a one and a zero


def _with_unit(claim: Claim, expression: Expression) -> Iterator[Form]:
    for name in claim.parameters[:1]:
        p = f"abs({name})" if claim.is_complex(name) else name
        one, zero = f"(1 + {p}**2)/(1 + {p}**2)", f"{p} - {p}"
        square = f"((1 + {p})**2 - {p}**2 - 2*{p})"
        for title, text in (
            ("times one", f"({expression})*{one}"),
            ("plus zero", f"{expression} + {zero}"),
            ("times one, expanded", f"{square}*({expression})"),
        ):
            yield title, lambda t=text: parse(t)  # type: ignore[misc]
