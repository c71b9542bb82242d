"""Changes to an expression's syntax tree, written out again in the grammar of claims."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import deepcopy
from fractions import Fraction
from typing import TypeVar

from verify.claims.expressions import Expression, ExpressionError, name_of, parse, replaced

Rewrite = Callable[[ast.expr], Iterable[ast.expr]]
T = TypeVar("T")
# a formula of many terms has hundreds
SITES = 6


def rewritings(expression: Expression, rewrite: Rewrite) -> Iterator[Expression]:
    """The expression with one node replaced, at up to SITES places spread over it.

    What leaves the grammar, or changes nothing in the text, is left out.
    """
    changes = [(node, new) for node in nodes(expression.node) for new in rewrite(node)]
    seen = {written(expression.node)}
    for node, new in spread(changes, SITES):
        text = written(replaced(expression.node, node, new))
        if text not in seen:
            seen.add(text)
            try:
                yield parse(text)
            except ExpressionError:
                continue


def rewritten_everywhere(expression: Expression, rewrite: Rewrite) -> Expression:
    """The expression with each node that has a replacement replaced by the first, inside out."""

    class Everywhere(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            self.generic_visit(node)
            return next(iter(rewrite(node)), node) if isinstance(node, ast.expr) else node

    return parse(written(Everywhere().visit(deepcopy(expression.node))))


def written(node: ast.AST) -> str:
    """The text of a checked tree, or of one made from such."""
    return ast.unparse(_Readable().visit(deepcopy(node)))


def spread(items: Iterable[T], count: int) -> Sequence[T]:
    """At most `count` of the items, evenly spaced."""
    items = list(items)
    return [items[i * len(items) // count] for i in range(count)] if len(items) > count else items


def nodes(tree: ast.expr) -> Iterator[ast.expr]:
    """A tree's own expressions: a function's name is a node too, but none of these."""
    yield tree
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.expr) and not (isinstance(tree, ast.Call) and child is tree.func):
            yield from nodes(child)


class _Readable(ast.NodeTransformer):
    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Name(name_of(node))

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        value = node.value
        if not isinstance(value, Fraction) or value.denominator == 1:
            return ast.Constant(int(value))  # type: ignore[arg-type]
        parts = ast.Constant(value.numerator), ast.Constant(value.denominator)
        return ast.BinOp(parts[0], ast.Div(), parts[1])
