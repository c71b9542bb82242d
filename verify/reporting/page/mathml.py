"""Expressions of claims as MathML, in the form in which they are written.

A long formula is several `math` elements, between which a browser may break the line.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from theory.printing.mathml_elements import (
    APPLIED,
    bracketed,
    is_high,
    operator,
    over,
    row,
    symbol,
    times,
    word,
)
from verify.claims.expressions import LAG, Expression, name_of

LONGEST = 24  # letters of a piece that is not broken further, so that a telephone can show it
_SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(5)  # how tightly an expression holds together
_CONSTANTS = {"pi": "π", "I": "i", "E": "e"}


@dataclass(frozen=True)
class Piece:
    """MathML, how wide it is in letters, and how tightly it holds together."""

    mathml: str
    width: float
    binding: int = _ATOM


def formula(expression: Expression, before: Expression | None = None) -> Iterator[str]:
    """An expression as rows of MathML, between which a line may be broken.

    Args:
        expression: to be shown.
        before: what it was; the parts that this has not in their place are marked as changed.

    """
    changed = frozenset(_changed(expression.node, before.node)) if before else frozenset()
    printer = _Printer(expression.source, changed)
    return (piece.mathml for piece in printer.broken(expression.node))


def inline(expression: Expression) -> str:
    """An expression as one row of MathML."""
    return _Printer(expression.source).piece(expression.node).mathml


def _changed(node: ast.expr, before: ast.expr) -> Iterator[ast.expr]:
    """The smallest parts of a syntax tree that another one has not in their place."""
    match node, before:
        case ast.BinOp(), ast.BinOp() if type(node.op) is type(before.op):
            yield from _changed(node.left, before.left)
            yield from _changed(node.right, before.right)
        case ast.UnaryOp(), ast.UnaryOp() if type(node.op) is type(before.op):
            yield from _changed(node.operand, before.operand)
        case _ if ast.dump(node) != ast.dump(before):
            yield node


class _Printer:
    """A printer of checked syntax trees; numbers stand as in the source, `changed` parts marked."""

    def __init__(self, source: str, changed: Collection[ast.expr] = ()) -> None:
        self.source, self.changed = source, changed

    def broken(self, node: ast.expr, longest: float = LONGEST) -> list[Piece]:
        """A node in pieces that are not too long, where it can be broken."""
        whole = self.piece(node)
        if whole.width <= longest:
            return [whole]
        match node:
            case ast.BinOp(op=ast.Add() | ast.Sub()):
                right = self.factor(node.right)
                return [*self.broken(node.left), *_joined(_sign_of(node.op), right)]
            case ast.BinOp(op=ast.Mult()):
                left, right = self.factor(node.left), self.factor(node.right)
                if isinstance(node.right, ast.UnaryOp):
                    right = self.in_brackets(right)
                last = Piece(left[-1].mathml + _times(node.right, right[0]), left[-1].width)
                return [*left[:-1], *_joined(last, right)]
            case ast.Call(func=ast.Name(id="re" | "im" as part)):
                return _joined(Piece(word(part), 2), self.in_brackets(self.broken(node.args[0])))
        return [whole]

    def factor(self, node: ast.expr) -> list[Piece]:
        """A factor in pieces: a sum in brackets, anything else as it is; broken more readily."""
        pieces = self.broken(node, LONGEST / 2)
        is_sum = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)
        return self.in_brackets(pieces) if is_sum else pieces

    def in_brackets(self, pieces: list[Piece]) -> list[Piece]:
        """The pieces in brackets, which open in the first one and close in the last."""
        if len(pieces) == 1:
            return [self.held(pieces[0], _ATOM)]
        first, *middle, last = pieces
        high = is_high(*(piece.mathml for piece in pieces))
        size = 'stretchy="true" minsize="2.4em"' if high else 'stretchy="false"'
        fixed = f'<mo form="{{}}" {size}>{{}}</mo>'
        opened = Piece(fixed.format("prefix", "(") + first.mathml, first.width + 1)
        closed = Piece(last.mathml + fixed.format("postfix", ")"), last.width + 1)
        return [opened, *middle, closed]

    def piece(self, node: ast.expr) -> Piece:
        """A node in one piece."""
        piece = self.unmarked(node)
        if node not in self.changed:
            return piece
        return replace(piece, mathml=f'<mrow class="changed">{piece.mathml}</mrow>')

    def unmarked(self, node: ast.expr) -> Piece:
        """A node in one piece, whether it has changed or not."""
        match node:
            case ast.Constant():
                return self.number(node)
            case ast.Name():
                name = name_of(node)
                if name in _CONSTANTS:
                    return Piece(f"<mi>{_CONSTANTS[name]}</mi>", 1)
                return Piece(symbol(name), 1 + 0.5 * (len(name) > 1 and name[-1].isdigit()))
            case ast.UnaryOp():
                inner = self.held(self.piece(node.operand), _PRODUCT)
                sign = "−" if isinstance(node.op, ast.USub) else "+"
                return Piece(
                    row(f'<mo form="prefix">{sign}</mo>', inner.mathml), inner.width + 1, _SIGN
                )
            case ast.BinOp(op=ast.Pow()):
                return self.power(node)
            case ast.BinOp(op=ast.Div()):
                return self.fraction(node)
            case ast.BinOp(op=ast.Mult()):
                return self.product(node)
            case ast.BinOp():
                left, right = self.piece(node.left), self.right(node.right)
                return Piece(
                    row(left.mathml, _sign_of(node.op).mathml, right.mathml),
                    left.width + right.width + 2,
                    _SUM,
                )
            case ast.Call():
                return self.call(node)
        raise TypeError(f"{type(node).__name__} is no node of a checked expression")

    def number(self, node: ast.Constant) -> Piece:
        literal = ast.get_source_segment(self.source, node) or ""
        digits, _, exponent = literal.lower().partition("e")
        mantissa = "" if digits == "1" and exponent else f"<mn>{digits}</mn>"
        if not exponent:
            return Piece(mantissa, len(digits))
        power = f"<msup><mn>10</mn>{_integer(int(exponent))}</msup>"
        times = operator("×") if mantissa else ""
        return Piece(row(mantissa, times, power), len(literal) + 1, _PRODUCT)

    def fraction(self, node: ast.BinOp) -> Piece:
        """A fraction, with a minus of the numerator in front."""
        match node.left:
            case ast.UnaryOp(op=ast.USub(), operand=numerator):
                sign = '<mo form="prefix">−</mo>'
            case numerator:
                sign = ""
        above, below = self.piece(numerator), self.piece(node.right)
        bar = f"<mfrac>{above.mathml}{below.mathml}</mfrac>"
        width = max(above.width, below.width)
        return Piece(row(sign, bar), width + 1, _SIGN) if sign else Piece(bar, width, _PRODUCT)

    def product(self, node: ast.BinOp) -> Piece:
        left, right = self.held(self.piece(node.left), _PRODUCT), self.right(node.right)
        return Piece(
            row(left.mathml, _times(node.right, right), right.mathml),
            left.width + right.width,
            _PRODUCT,
        )

    def right(self, node: ast.expr) -> Piece:
        """What stands right of a sign: it has no sign of its own, unless in brackets."""
        piece = self.piece(node)
        return self.held(piece, _ATOM if piece.binding == _SIGN else _PRODUCT)

    def power(self, node: ast.BinOp) -> Piece:
        exponent = self.exponent(node.right)
        match node.left:
            case ast.Call(func=ast.Name(id=name)) if name in _WORDS:
                argument = self.argument(node.left.args[0])
                head = f"<msup>{word(name)}{exponent.mathml}</msup>"
                width = len(name) + argument.width + exponent.width / 2
                return Piece(row(head, APPLIED, argument.mathml), width, _POWER)
        base = self.held(self.piece(node.left), _ATOM)
        return Piece(
            f"<msup>{base.mathml}{exponent.mathml}</msup>", base.width + exponent.width / 2, _POWER
        )

    def exponent(self, node: ast.expr) -> Piece:
        """An exponent, with a slash for a fraction's bar."""
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            parts = [self.held(self.piece(part), _PRODUCT) for part in (node.left, node.right)]
            inside = row(parts[0].mathml, "<mo>/</mo>", parts[1].mathml)
            return Piece(inside, parts[0].width + parts[1].width + 1)
        return self.piece(node)

    def call(self, node: ast.Call) -> Piece:
        assert isinstance(node.func, ast.Name)  # noqa: S101 (the parser allows no other)
        name = node.func.id
        inner = self.piece(node.args[0])
        match name:
            case "sqrt":
                return Piece(f"<msqrt>{inner.mathml}</msqrt>", inner.width + 1)
            case "abs":
                return Piece(bracketed(inner.mathml, "|", "|"), inner.width + 1)
            case "exp":
                raised = self.exponent(node.args[0])
                return Piece(
                    f"<msup><mi>e</mi>{raised.mathml}</msup>", 1 + raised.width / 2, _POWER
                )
            case "conjugate":
                if isinstance(node.args[0], ast.Name):
                    return Piece(symbol(f"{name_of(node.args[0])}_bar"), inner.width)
                return Piece(over(inner.mathml), inner.width)
            case "KroneckerDelta":
                lag = self.piece(node.args[1])
                below = row(inner.mathml, "<mo>,</mo>", lag.mathml)
                return Piece(f"<msub><mi>δ</mi>{below}</msub>", 3)
            case "R":
                return Piece(row("<mi>R</mi>", bracketed(inner.mathml)), inner.width + 2)
            case "sum":
                held = self.held(inner, _PRODUCT)
                lags = row(symbol(LAG), "<mo>=</mo>", "<mn>1</mn>")
                sign = f"<munderover><mo>∑</mo>{lags}<mi>∞</mi></munderover>"
                return Piece(row(sign, held.mathml), held.width + 2, _PRODUCT)
        argument = self.argument(node.args[0])
        return Piece(
            row(word(name), APPLIED, argument.mathml),
            len(name) + argument.width,
            _PRODUCT,
        )

    def argument(self, node: ast.expr) -> Piece:
        """A function's argument: a lone name needs no brackets."""
        inner = self.piece(node)
        if isinstance(node, ast.Name):
            return inner
        return Piece(bracketed(inner.mathml), inner.width + 2)

    def held(self, piece: Piece, binding: int) -> Piece:
        """A piece, in brackets if it holds together less tightly than `binding`."""
        if piece.binding >= binding:
            return piece
        return Piece(bracketed(piece.mathml), piece.width + 2)


_WORDS = {"re", "im", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "asinh", "atanh"}


def _sign_of(node: ast.operator) -> Piece:
    return Piece(operator("+" if isinstance(node, ast.Add) else "−"), 2)


def _times(node: ast.expr, right: Piece) -> str:
    """The sign of multiplication that stands before a factor."""
    is_word = isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"sum", *_WORDS}
    return times(right.mathml, is_word)


def _joined(head: Piece, pieces: list[Piece]) -> list[Piece]:
    """The pieces with something in front of the first one."""
    first, *rest = pieces
    return [Piece(row(head.mathml, first.mathml), head.width + first.width), *rest]


def _integer(number: int) -> str:
    sign = "<mo>−</mo>" if number < 0 else ""
    return row(sign, f"<mn>{abs(number)}</mn>")
