"""Expressions from strangers: parsed against a whitelist, never evaluated as Python.

Python's own grammar (`ast.parse`) reads the text; every node is then checked for kind,
name and cost before anything is computed. `lambda`, a Python keyword, is read as a name, and
Greek letters are read as theirs.
Grammar: numbers, names, + - * / **, and the functions below; R(k) for the autocorrelation at lag k
and sum(term) for Σ_{Δ≥1} of a term in Delta; output(R, pole), a state's autocorrelation.
"""

from __future__ import annotations

import ast
import copy
import operator
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, comb, prod

FUNCTIONS = frozenset(
    {
        *("sqrt", "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "asinh", "atanh"),
        *("abs", "re", "im", "conjugate", "sigmoid", "softplus"),
    }
)
OUTPUT = "output"
TWO_ARGUMENTS = frozenset({"KroneckerDelta", "max", "min", OUTPUT})
SERIES = frozenset({"R", "sum"})
CONSTANTS = frozenset({"pi", "I", "E"})
LAG = "Delta"

MAX_LENGTH = 2000
MAX_DEPTH = 40
MAX_DIGITS = 60
MAX_EXPONENT = 64
MAX_LAG = 256
MAX_TERMS = 20_000
MAX_MESSAGE = 500

# `lambda` → a name of the same length, so that column numbers stay right
_LAMBDA = re.compile(r"\blambda\b")
_LAMBDA_NAME = "lambd_"


def printable(text: str) -> str:
    """Text in lines without what a terminal or an editor would obey instead of showing it.

    Escape sequences lose their escape; controls, marks of direction and what else has no width are
    left out, and every kind of space is one.
    """

    def kept(match: re.Match[str]) -> str:
        character = match[0]
        return character if character.isprintable() else " " * character.isspace()

    return re.sub(r"[^\n -~]", kept, text.expandtabs())


class Refusal(ValueError):
    """The refusal of an input: what is refused and why, in one line fit for a terminal."""

    def __init__(self, message: str) -> None:
        line = " ".join("".join(c if c.isprintable() else " " for c in message).split())
        super().__init__(line if len(line) <= MAX_MESSAGE else f"{line[: MAX_MESSAGE - 3]}...")


class ExpressionError(Refusal):
    """An expression outside the grammar or beyond its limits; the message says where and why."""


@dataclass(frozen=True)
class Expression:
    """A checked expression: its text, its syntax tree, the parameters and functions it names.

    Constants in the tree are Fractions, exact as written. The lag Delta inside sum(…) is none of
    the names.
    """

    source: str
    node: ast.expr = field(compare=False)  # as the source says
    names: frozenset[str]
    functions: frozenset[str]

    @property
    def is_constant(self) -> bool:
        """Whether it stands for a number, whatever the parameters and the input."""
        return not self.names and not self.functions & {*SERIES, OUTPUT}

    def __str__(self) -> str:
        return self.source


def parse(source: str) -> Expression:
    """Check `source` against the grammar.

    Raises:
        ExpressionError: for anything outside it, with the column and the remedy.

    """
    if not isinstance(source, str):
        raise ExpressionError(f"{source!r} is not text: write the expression in quotes")
    if len(source) > MAX_LENGTH:
        raise ExpressionError(f"{len(source)} characters: write at most {MAX_LENGTH}")
    source = plain(source)
    if not source.isascii():
        strange = next(c for c in source if not c.isascii())
        raise ExpressionError(f"{_excerpt(source)}: {strange!r} is not known; write it in ASCII")
    if "#" in source:
        raise ExpressionError(f"{_excerpt(source)}: leave out what follows #, and #")
    if re.search(rf"\b{_LAMBDA_NAME}\b", source):
        raise ExpressionError(f"{_excerpt(source)}: {_LAMBDA_NAME} is no name for a parameter")
    _check_nesting(source)
    text = _LAMBDA.sub(_LAMBDA_NAME, source.strip())
    try:
        node = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise ExpressionError(
            f"syntax error at column {error.offset}: {_excerpt(source)}"
        ) from None
    except (ValueError, RecursionError, MemoryError):
        raise ExpressionError(f"not an expression: {_excerpt(source)}") from None
    checker = _Checker(text)
    checker.check(node, 0)
    node = _Spelt().visit(node)
    return Expression(source.strip(), node, frozenset(checker.names), frozenset(checker.functions))


def plain(text: str) -> str:
    """Text with names for Greek letters, and Python's signs for those of print: λ^2 − 1.

    Examples:
        >>> plain("1 − ρ^Δ·λ")
        '1 - rho**Delta*lambda'

    """
    return "".join(_SIGNS.get(c) or _greek(c) for c in text)


_SIGNS = {"^": "**", "−": "-", "–": "-", "·": "*", "×": "*", "≤": "<=", "≥": ">=", "→": "->"} | {
    "∞": "oo",
    "≠": "!=",
    "\ufeff": " ",
}


def _greek(character: str) -> str:
    words = unicodedata.name(character, "").split()
    if words[:1] != ["GREEK"] or words[2:3] != ["LETTER"] or len(words) != 4:
        return character
    name = words[3].lower().replace("lamda", "lambda")
    return name if words[1] == "SMALL" else name.capitalize()


class _Spelt(ast.NodeTransformer):
    """Functions that are short for an expression, spelt out: a sigmoid, a maximum."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        form = _SHORT.get(getattr(node.func, "id", ""))
        if form is None:
            return node
        arguments = dict(zip("xy", node.args, strict=False))

        class Filled(ast.NodeTransformer):
            def visit_Name(self, name: ast.Name) -> ast.expr:
                return copy.deepcopy(arguments.get(name.id, name))

            def visit_Constant(self, constant: ast.Constant) -> ast.expr:
                return ast.Constant(Fraction(constant.value))  # type: ignore[arg-type]

        filled: ast.expr = Filled().visit(ast.parse(form, mode="eval").body)
        if len(arguments) == 2:
            for part in filled.left.left, filled.left.right.args[0]:  # type: ignore[attr-defined]
                part.is_compared = True
        return filled


_SHORT = {
    "sigmoid": "1/(1 + exp(-x))",
    "softplus": "log(1 + exp(x))",
    "max": "(x + y + abs(x - y))/2",
    "min": "(x + y - abs(x - y))/2",
}


def is_compared(node: ast.expr) -> bool:
    """Whether a node of a checked tree is x + y or x − y of max(x, y) or min(x, y)."""
    return getattr(node, "is_compared", False)


def named(name: str) -> str:
    """A parameter's name; `lam` is λ's, too."""
    return "lambda" if name == "lam" else name


def name_of(node: ast.Name) -> str:
    """The parameter's name as the user wrote it."""
    return "lambda" if node.id == _LAMBDA_NAME else named(node.id)


def shown(node: ast.expr) -> str:
    """A checked tree as text."""

    class Written(ast.NodeTransformer):
        def visit_Constant(self, node: ast.Constant) -> ast.expr:
            text = str(node.value)
            return ast.Name(text if text.isdigit() else f"({text})")

        def visit_Name(self, node: ast.Name) -> ast.expr:
            return ast.Name(name_of(node))

    return ast.unparse(Written().visit(copy.deepcopy(node)))


def replaced(tree: ast.expr, site: ast.AST, new: ast.expr) -> ast.expr:
    """A tree with another node in the place of one of its own."""
    if tree is site:
        return new
    match tree:
        case ast.BinOp(left=left, op=op, right=right):
            return ast.BinOp(replaced(left, site, new), op, replaced(right, site, new))
        case ast.UnaryOp(op=op, operand=operand):
            return ast.UnaryOp(op, replaced(operand, site, new))
        case ast.Call(func=function, args=arguments):
            return ast.Call(function, [replaced(a, site, new) for a in arguments], [])
    return tree


def integer_of(node: ast.expr) -> int | None:
    """The value of a (signed) integer literal in a checked tree, else None."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = integer_of(node.operand)
        return None if value is None else -value
    value = getattr(node, "value", None)
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else None


def rational_of(node: ast.expr) -> Fraction | None:
    """The value of an expression in literals and + - * / in a checked tree, else None."""
    if isinstance(node, ast.Constant):
        return Fraction(node.value)  # type: ignore[arg-type]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = rational_of(node.operand)
        return None if inner is None else -inner
    if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        left, right = rational_of(node.left), rational_of(node.right)
        if left is not None and right is not None and (right or not isinstance(node.op, ast.Div)):
            return _ARITHMETIC[type(node.op)](left, right)
    return None


_ARITHMETIC: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def _excerpt(source: str) -> str:
    return repr(source if len(source) <= 60 else source[:57] + "...")


def _check_nesting(source: str) -> None:
    depth = deepest = 0
    for character in source:
        depth += (character in "([{") - (character in ")]}")
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        raise ExpressionError(f"brackets nested {deepest} deep: write at most {MAX_DEPTH}")
    if re.search(rf"[-+~]{{{MAX_DEPTH}}}", source.replace(" ", "")):
        raise ExpressionError(f"{MAX_DEPTH} signs in a row: write one")


@dataclass(frozen=True)
class _Cost:
    """Bounds on what algebra will make of a node: terms when expanded, degree, bits of numbers."""

    terms: int = 1
    degree: int = 0
    bits: int = 1


class _Checker:
    def __init__(self, text: str) -> None:
        self.text = text
        self.names: set[str] = set()
        self.functions: set[str] = set()
        self.is_summed = False

    def fail(self, node: ast.AST, why: str) -> ExpressionError:
        found = ast.get_source_segment(self.text, node) or ""
        found = _excerpt(found.replace(_LAMBDA_NAME, "lambda"))
        return ExpressionError(f"{found} at column {getattr(node, 'col_offset', 0) + 1}: {why}")

    def check(self, node: ast.expr, depth: int) -> _Cost:
        if depth > 4 * MAX_DEPTH:
            raise self.fail(node, f"operations nested more than {4 * MAX_DEPTH} deep")
        match node:
            case ast.Constant():
                cost = self.number(node)
            case ast.Name():
                cost = self.name(node)
            case ast.UnaryOp(op=ast.UAdd() | ast.USub()):
                cost = self.check(node.operand, depth + 1)
            case ast.BinOp(op=ast.Pow()):
                cost = self.power(node, depth)
            case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div()):
                cost = self.arithmetic(node, depth)
            case ast.Call():
                cost = self.call(node, depth)
            case _:
                raise self.fail(node, "only numbers, names, + - * / ** and functions are allowed")
        if cost.terms > MAX_TERMS or cost.degree > 8 * MAX_EXPONENT or cost.bits > 8192:
            raise self.fail(node, "too large when expanded; write it in smaller factors")
        return cost

    def number(self, node: ast.Constant) -> _Cost:
        literal = ast.get_source_segment(self.text, node) or ""
        if type(node.value) not in (int, float) or not re.fullmatch(
            r"(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?", literal
        ):
            raise self.fail(node, "write numbers as 12, 0.5, 3/4 or 1e-9")
        if len(literal) > MAX_DIGITS:
            raise self.fail(node, f"at most {MAX_DIGITS} digits")
        node.value = Fraction(literal)  # type: ignore[assignment]  # exact, as written
        return _Cost(bits=1200 if "e" in literal.lower() else 4 * len(literal))

    def name(self, node: ast.Name) -> _Cost:
        name = name_of(node)
        if name in CONSTANTS:
            return _Cost()
        if name in FUNCTIONS | TWO_ARGUMENTS | SERIES:
            raise self.fail(node, f"{name} is a function: write {name}(...)")
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,30}", name) or "__" in name:
            raise self.fail(node, "a name is a letter, then letters, digits and single underscores")
        if not (name == LAG and self.is_summed):
            self.names.add(name)
        return _Cost(degree=1)

    def arithmetic(self, node: ast.BinOp, depth: int) -> _Cost:
        left, right = self.check(node.left, depth + 1), self.check(node.right, depth + 1)
        bits = left.bits + right.bits
        if isinstance(node.op, ast.Add | ast.Sub):
            return _Cost(left.terms + right.terms, max(left.degree, right.degree), bits)
        return _Cost(left.terms * right.terms, left.degree + right.degree, bits)

    def power(self, node: ast.BinOp, depth: int) -> _Cost:
        base, exponent = self.check(node.left, depth + 1), self.check(node.right, depth + 1)
        if exponent.degree:
            if exponent.bits > 24:
                raise self.fail(node, "the exponent's numbers are too large")
            return _Cost(base.terms, base.degree + exponent.degree, base.bits + exponent.bits)
        value = rational_of(node.right)
        if value is None or abs(value) > MAX_EXPONENT or value.denominator > MAX_EXPONENT:
            raise self.fail(
                node, f"an exponent is p, p/q (below {MAX_EXPONENT}) or has a parameter"
            )
        n = max(1, ceil(abs(value)))
        return _Cost(comb(base.terms + n - 1, n), n * base.degree, n * base.bits)

    def call(self, node: ast.Call, depth: int) -> _Cost:
        allowed = FUNCTIONS | TWO_ARGUMENTS | SERIES
        if not isinstance(node.func, ast.Name) or node.func.id not in allowed:
            raise self.fail(node, "only these functions are known: " + ", ".join(sorted(allowed)))
        name = node.func.id
        wanted = 2 if name in TWO_ARGUMENTS else 1
        if node.keywords or len(node.args) != wanted:
            raise self.fail(node, f"{name} takes {wanted} argument{'s' * (wanted > 1)}")
        if name == "sum" and self.is_summed:
            raise self.fail(node, "no sum() inside of another")
        self.is_summed |= name == "sum"
        costs = [self.check(arg, depth + 1) for arg in node.args]
        self.is_summed &= name != "sum"
        if name == "KroneckerDelta":
            self.kronecker(node)
        if name == "R":
            self.at_lag(node)
        self.functions.update(
            re.findall(r"[a-z]+(?=\()", _SHORT[name]) if name in _SHORT else [name]
        )
        return _Cost(
            prod(c.terms for c in costs), sum(c.degree for c in costs), sum(c.bits for c in costs)
        )

    def at_lag(self, node: ast.Call) -> None:
        [lag] = node.args
        k = integer_of(lag)
        if not (isinstance(lag, ast.Name) and lag.id == LAG) and (k is None or k < 0):
            raise self.fail(node, "write R(Delta) inside sum(), or R(k) with k = 0, 1, 2, ...")

    def kronecker(self, node: ast.Call) -> None:
        lag, position = sorted(node.args, key=lambda arg: not isinstance(arg, ast.Name))
        n = integer_of(position)
        if not (
            isinstance(lag, ast.Name) and lag.id == LAG and n is not None and 0 <= n <= MAX_LAG
        ):
            raise self.fail(node, f"write KroneckerDelta(Delta, k) with 0 <= k <= {MAX_LAG}")
