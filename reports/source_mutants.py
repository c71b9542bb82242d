"""The mutants of a Python source: each differs from it in one small thing.

mutmut's operators, and four of our own: a statement is left out, a condition is forced or loses
one side, an argument given by name is left out, a text that is no prose becomes another one.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

import libcst as cst
from mutmut.mutation import mutators

Operator = Callable[..., Iterator[cst.CSTNode]]

TRUE, FALSE = cst.Name("True"), cst.Name("False")


@dataclass(frozen=True)
class Mutant:
    """One changed source.

    Attributes:
        line: where it differs first, counted from 1.
        before: what differs there.
        after: what it has become.
        code: the whole source.

    """

    line: int
    before: str
    after: str
    code: str


def mutants(source: str) -> list[Mutant]:
    """All mutants that compile to something else than the source, in order."""
    module = cst.parse_module(source)
    search = _Search()
    module.visit(search)
    known = {_meaning(source)}
    found = []
    for node, changed in search.changes:
        code = module.deep_replace(node, changed).code
        try:
            meaning = _meaning(code)
        except SyntaxError:
            continue
        if meaning not in known:
            known.add(meaning)
            found.append(_mutant(source, code))
    return sorted(found, key=lambda mutant: mutant.line)


class _Search(cst.CSTVisitor):
    """A search for nodes that can be changed, and for what to put in their places."""

    def __init__(self) -> None:
        self.changes: list[tuple[cst.CSTNode, cst.CSTNode]] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, _SKIPPED) or _is_for_type_checkers(node) or _is_assertion(node):
            return False
        for kind, operator in _OPERATORS:
            if isinstance(node, kind):
                self.changes += [(node, changed) for changed in operator(node)]
        return True


def left_out(line: cst.SimpleStatementLine) -> Iterator[cst.CSTNode]:
    """The line without its statement, but for names and docstrings; a return returns None."""
    match line.body:
        case [cst.Return(value=cst.BaseExpression())]:
            yield line.with_changes(body=[cst.Return(value=cst.Name("None"))])
        case [cst.Expr(value=cst.SimpleString())]:
            return
        case [cst.Expr() | cst.Raise() | cst.AugAssign() | cst.Assert() | cst.Continue()]:
            yield line.with_changes(body=[cst.Pass()])
        case [cst.Assign(targets=[cst.AssignTarget(target=cst.Attribute() | cst.Subscript())])]:
            yield line.with_changes(body=[cst.Pass()])


def forced(node: cst.If | cst.While | cst.CompIf) -> Iterator[cst.CSTNode]:
    """The node as if its condition never held, or always."""
    for value in (FALSE,) if isinstance(node, cst.While) else (FALSE, TRUE):
        yield node.with_changes(test=value)


def one_side(node: cst.BooleanOperation) -> Iterator[cst.CSTNode]:
    """One of the two operands alone."""
    yield node.left.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    yield node.right.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def by_default(call: cst.Call) -> Iterator[cst.CSTNode]:
    """The call without one of the arguments that are given by name."""
    for i, argument in enumerate(call.args):
        if argument.keyword and not _is_assertion(argument):
            yield call.with_changes(args=[*call.args[:i], *call.args[i + 1 :]])


def another_text(node: cst.SimpleString) -> Iterator[cst.CSTNode]:
    """Another text; one with a space in it is prose, which says nothing to a program."""
    if " " not in node.value:
        yield node.with_changes(value=f"{node.prefix}{node.quote}XX{node.raw_value}{node.quote}")


_SKIPPED = (cst.Annotation, cst.Import, cst.ImportFrom, cst.Decorator, cst.TypeAlias)
_OPERATORS: tuple[tuple[type | tuple[type, ...], Operator], ...] = (
    (cst.BaseNumber, mutators.operator_number),
    (cst.Name, mutators.operator_name),
    (cst.UnaryOperation, mutators.operator_remove_unary_ops),
    (cst.Call, mutators.operator_symmetric_string_methods_swap),
    (cst.CSTNode, mutators.operator_keywords),
    (cst.CSTNode, mutators.operator_swap_op),
    (cst.Match, mutators.operator_match),
    (cst.IfExp, mutators.operator_if_exp),
    (cst.SimpleStatementLine, left_out),
    ((cst.If, cst.While, cst.CompIf), forced),
    (cst.BooleanOperation, one_side),
    (cst.Call, by_default),
    (cst.SimpleString, another_text),
)


def _is_for_type_checkers(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.If) and cst.Module([]).code_for_node(node.test) == "TYPE_CHECKING"


def _is_assertion(node: cst.CSTNode) -> bool:
    """`zip(…, strict=True)`: what it would notice does not occur."""
    return isinstance(node, cst.Arg) and node.keyword is not None and node.keyword.value == "strict"


def _meaning(code: str) -> str:
    return ast.dump(ast.parse(code))


def _mutant(source: str, code: str) -> Mutant:
    old, new = source.splitlines(), code.splitlines()
    changes = [c for c in SequenceMatcher(None, old, new, False).get_opcodes() if c[0] != "equal"]
    (_, first, _, start, _), (_, _, last, _, end) = changes[0], changes[-1]
    before, after = (" ".join(map(str.strip, lines)) for lines in (old[first:last], new[start:end]))
    return Mutant(first + 1, before, after, code)
