"""Claims with a kink, |f| where f changes its sign, taken apart into claims without.

Along a coordinate the domain is cut where f is 0, so that f has one sign on each cell. Elsewhere
|f| is the larger one of f and −f: a bound holds if it does with both of them, or, where it is
weaker the larger |f| is, with one. So q ≤ max(u, v) follows from q ≤ u, q ≤ min(u, v) from both.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import prod

import flint

from verify.claims.claim import Claim, Interval
from verify.claims.expressions import (
    CONSTANTS,
    name_of,
    parse,
    rational_of,
    replaced,
    shown,
)

MAX_CELLS = 16
Quotient = tuple[flint.fmpq_poly, flint.fmpq_poly]


def cells(claim: Claim, whole: Collection[str] = ()) -> list[Claim]:
    """Claims that make up the claim, cut where f is 0 for each |f| of one parameter.

    Args:
        claim: any claim.
        whole: parameters whose ranges are left whole.

    """
    cuts: dict[str, set[Fraction]] = {}
    for expression in (claim.formula, claim.autocorrelation):
        for modulus in _moduli(expression.node):
            name, *others = _names(modulus.args[0])
            if not others and _is_cut(claim, name) and name not in whole:
                zeros = _zeros(modulus.args[0], claim.interval(name))
                cuts.setdefault(name, set()).update(zeros)
    pieces = [
        claim.interval(name).cut((parse(str(zero)) for zero in sorted(at)), strict=False)
        for name, at in cuts.items()
    ]
    if not 1 < prod(map(len, pieces)) <= MAX_CELLS:
        return [claim]
    kept = tuple(interval for interval in claim.domain if interval.name not in cuts)
    return [replace(claim, domain=(*kept, *choice)) for choice in product(*pieces)]


def branches(claim: Claim) -> tuple[list[Claim], bool]:
    """A bound with f and with −f for an |f| of its formula, and whether one of them is enough.

    There are none where the formula has no such modulus.
    """
    for modulus in _moduli(claim.formula.node):
        inside = modulus.args[0]
        if all(_is_real(claim, name) for name in _names(inside)) and _stays_real(inside):
            trees = [
                replaced(claim.formula.node, modulus, branch)
                for branch in (inside, ast.UnaryOp(ast.USub(), inside))
            ]
            bounds = [
                replace(claim, formula=replace(claim.formula, source=shown(tree), node=tree))
                for tree in trees
            ]
            weaker = 1 if claim.is_upper else -1
            return bounds, _slope(claim.formula.node, modulus) == weaker
    return [], False


def _moduli(tree: ast.expr) -> Iterator[ast.Call]:
    """The moduli in an expression that are not constant."""
    for node in ast.walk(tree):
        is_modulus = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "abs"
        if is_modulus and _names(node.args[0]):  # type: ignore[attr-defined]
            yield node  # type: ignore[misc]


def _names(tree: ast.expr) -> frozenset[str]:
    """The names in an expression, but for those of functions and constants."""
    called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and node not in called)
    return frozenset(map(name_of, named)) - set(CONSTANTS)


def _is_real(claim: Claim, name: str) -> bool:
    return name in claim.parameters and not claim.is_complex(name)


def _stays_real(tree: ast.expr) -> bool:
    """Whether an expression is real wherever its parameters are: no root, no logarithm, no I."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and name_of(node) == "I":
            return False
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") not in _REAL:
            return False
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            exponent = rational_of(node.right)
            if exponent is None or exponent.denominator != 1:
                return False
    return True


_REAL = {"exp", "sin", "cos", "tan", "sinh", "cosh", "tanh", "asinh", "abs", "re", "im"}


def _is_cut(claim: Claim, name: str) -> bool:
    """Whether a parameter's range may be cut: it is real, and no limit's."""
    if not _is_real(claim, name) or claim.is_whole(name):
        return False
    return claim.limit is None or claim.limit.name != name


def _zeros(tree: ast.expr, interval: Interval) -> Iterator[Fraction]:
    """The rational zeros, inside an interval, of a rational function of its parameter."""
    quotient = _quotient(tree)
    lower, upper = interval.rational_bounds
    is_known = (lower is None, upper is None) == (interval.lower is None, interval.upper is None)
    if quotient is None or not is_known:
        return
    for factor, _ in quotient[0].factor()[1]:
        if factor.degree() == 1:
            root = -factor[0] / factor[1]
            zero = Fraction(int(root.p), int(root.q))
            if (lower is None or lower < zero) and (upper is None or zero < upper):
                yield zero


def _quotient(node: ast.expr) -> Quotient | None:
    """Numerator and denominator of a rational function of one parameter; None of anything else."""
    one = flint.fmpq_poly([1])
    match node:
        case ast.Constant(value=Fraction() as value):
            return flint.fmpq_poly([flint.fmpq(value.numerator, value.denominator)]), one
        case ast.Name() if name_of(node) not in CONSTANTS:
            return flint.fmpq_poly([0, 1]), one
        case ast.UnaryOp():
            inner = _quotient(node.operand)
            if inner is None or isinstance(node.op, ast.UAdd):
                return inner
            return -inner[0], inner[1]
        case ast.BinOp(op=ast.Pow()):
            base, n = _quotient(node.left), rational_of(node.right)
            if base is None or n is None or n.denominator != 1 or n < 0:
                return None
            return base[0] ** n.numerator, base[1] ** n.numerator
        case ast.BinOp():
            left, right = _quotient(node.left), _quotient(node.right)
            if left is None or right is None:
                return None
            (a, b), (c, d) = left, right
            match node.op:
                case ast.Add():
                    return a * d + c * b, b * d
                case ast.Sub():
                    return a * d - c * b, b * d
                case ast.Mult():
                    return a * c, b * d
                case ast.Div():
                    return a * d, b * c
    return None


def _slope(tree: ast.expr, site: ast.AST) -> int:
    """The sign of ∂tree/∂site where sums and rational factors lead there; 0 otherwise."""
    if tree is site:
        return 1
    match tree:
        case ast.UnaryOp():
            return (-1 if isinstance(tree.op, ast.USub) else 1) * _slope(tree.operand, site)
        case ast.BinOp(op=ast.Add()):
            return _slope(tree.left, site) + _slope(tree.right, site)
        case ast.BinOp(op=ast.Sub()):
            return _slope(tree.left, site) - _slope(tree.right, site)
        case ast.BinOp(op=ast.Mult() | ast.Div()):
            for inner, factor in ((tree.left, tree.right), (tree.right, tree.left)):
                number = rational_of(factor)
                if number and (inner is tree.left or isinstance(tree.op, ast.Mult)):
                    return (1 if number > 0 else -1) * _slope(inner, site)
    return 0
