"""Expressions of claims as MathML, in the form in which they are written.

A long formula is several `math` elements, between which a browser may break the line.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from verify.expressions import LAG, Expression, name_of

LONGEST = 24  # letters of a piece that is not broken further, so that a telephone can show it
_SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(5)  # how tightly an expression holds together
_CONSTANTS = {"pi": "π", "I": "i", "E": "e"}


@dataclass(frozen=True)
class Piece:
    """MathML, how wide it is in letters, and how tightly it holds together."""

    mathml: str
    width: float
    binding: int = _ATOM


def formula(expression: Expression) -> Iterator[str]:
    """The rows of MathML between which a line may be broken."""
    return (piece.mathml for piece in _Printer(expression.source).broken(expression.node))


def inline(expression: Expression) -> str:
    """One row of MathML."""
    return _Printer(expression.source).piece(expression.node).mathml


def symbol(name: str) -> str:
    """A parameter's name: Greek where it is, digits below, a star above.

    Examples:
        >>> symbol("lambda1")
        '<msub><mi>λ</mi><mn>1</mn></msub>'

    """
    stem, star, rest = name.partition("_star")
    stem, _, below = stem.partition("_")
    found = re.fullmatch(r"([A-Za-z]+)(\d+)", stem)
    if found and not below:
        stem, below = found.groups()
    letter = _letter(stem)
    tag = "mn" if below.isdigit() else "mi"
    if below:
        letter = f"<msub>{letter}<{tag}>{escape(_greek(below))}</{tag}></msub>"
    if star and not rest:
        letter = f"<msup>{letter}<mo>*</mo></msup>"
    return letter


def _letter(name: str) -> str:
    """Capital Greek stands upright, as in LaTeX."""
    greek = _greek(name)
    upright = ' mathvariant="normal"' if greek != name and greek.isupper() else ""
    return f"<mi{upright}>{escape(greek)}</mi>"


def _greek(name: str) -> str:
    kind = "CAPITAL" if name[:1].isupper() else "SMALL"
    word = "LAMDA" if name.lower() in ("lambda", "lam") else name.upper()
    try:
        return unicodedata.lookup(f"GREEK {kind} LETTER {word}")
    except KeyError:
        return name


def row(*parts: str) -> str:
    """Parts beside each other."""
    return f"<mrow>{''.join(parts)}</mrow>"


def operator(sign: str) -> str:
    """A sign between two terms, also at the beginning of a row."""
    return f'<mo form="infix">{sign}</mo>'


def bracketed(inside: str, left: str = "(", right: str = ")") -> str:
    """Something in brackets: as high as it is where it is more than a line high."""
    high = any(tag in inside for tag in _HIGH)
    size = 'stretchy="true" {}="0.1em"' if high else 'stretchy="false"'
    return row(
        f'<mo form="prefix" {size.format("rspace")}>{left}</mo>',
        inside,
        f'<mo form="postfix" {size.format("lspace")}>{right}</mo>',
    )


_HIGH = ("<mfrac", "<munderover", "<msqrt")


class _Printer:
    """Prints a checked syntax tree; numbers stand as in the source."""

    def __init__(self, source: str) -> None:
        self.source = source

    def broken(self, node: ast.expr) -> list[Piece]:
        """The node in pieces that are not too long, where it can be broken."""
        whole = self.piece(node)
        if whole.width <= LONGEST:
            return [whole]
        match node:
            case ast.BinOp(op=ast.Add() | ast.Sub()):
                right = self.factor(node.right)
                return [*self.broken(node.left), *_joined(_sign_of(node.op), right)]
            case ast.BinOp(op=ast.Mult()):
                left, right = (self.factor(part) for part in (node.left, node.right))
                times = Piece(left[-1].mathml + _times(node.right, right[0]), left[-1].width)
                return [*left[:-1], *_joined(times, right)]
            case ast.Call(func=ast.Name(id="re" | "im" as part)):
                return _joined(
                    _word(part.capitalize()), self.in_brackets(self.broken(node.args[0]))
                )
        return [whole]

    def factor(self, node: ast.expr) -> list[Piece]:
        pieces = self.broken(node)
        is_sum = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)
        return self.in_brackets(pieces) if is_sum else pieces

    def in_brackets(self, pieces: list[Piece]) -> list[Piece]:
        """Brackets that open in the first piece and close in the last."""
        if len(pieces) == 1:
            return [self.held(pieces[0], _ATOM)]
        first, *middle, last = pieces
        high = any(tag in piece.mathml for piece in pieces for tag in _HIGH)
        size = 'stretchy="true" minsize="2.4em"' if high else 'stretchy="false"'
        fixed = f'<mo form="{{}}" {size}>{{}}</mo>'
        opened = Piece(fixed.format("prefix", "(") + first.mathml, first.width + 1)
        closed = Piece(last.mathml + fixed.format("postfix", ")"), last.width + 1)
        return [opened, *middle, closed]

    def piece(self, node: ast.expr) -> Piece:
        """The node in one piece."""
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
        """With a minus of the numerator in front."""
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
        """What stands right of a sign has none of its own, unless in brackets."""
        piece = self.piece(node)
        return self.held(piece, _ATOM if piece.binding == _SIGN else _PRODUCT)

    def power(self, node: ast.BinOp) -> Piece:
        exponent = self.exponent(node.right)
        match node.left:
            case ast.Call(func=ast.Name(id=name)) if name in _WORDS:
                argument = self.argument(node.left.args[0])
                head = f"<msup>{_word(name).mathml}{exponent.mathml}</msup>"
                width = len(name) + argument.width + exponent.width / 2
                return Piece(row(head, "<mo>\u2061</mo>", argument.mathml), width, _POWER)
        base = self.held(self.piece(node.left), _ATOM)
        return Piece(
            f"<msup>{base.mathml}{exponent.mathml}</msup>", base.width + exponent.width / 2, _POWER
        )

    def exponent(self, node: ast.expr) -> Piece:
        """With a slash for a fraction's bar."""
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
                bar = '<mo stretchy="true">‾</mo>'
                return Piece(f'<mover accent="true">{inner.mathml}{bar}</mover>', inner.width)
            case "KroneckerDelta":
                lag = self.piece(node.args[1])
                below = row(inner.mathml, "<mo>,</mo>", lag.mathml)
                return Piece(f"<msub><mi>δ</mi>{below}</msub>", 3)
            case "R":
                return Piece(row("<mi>R</mi>", bracketed(inner.mathml)), inner.width + 2)
            case "sum":
                held = self.held(inner, _PRODUCT)
                lags = row(_letter(LAG), "<mo>=</mo>", "<mn>1</mn>")
                sign = f"<munderover><mo>∑</mo>{lags}<mi>∞</mi></munderover>"
                return Piece(row(sign, held.mathml), held.width + 2, _PRODUCT)
        argument = self.argument(node.args[0])
        return Piece(
            row(_word(name).mathml, "<mo>\u2061</mo>", argument.mathml),
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
        """In brackets if it holds together less tightly."""
        if piece.binding >= binding:
            return piece
        return Piece(bracketed(piece.mathml), piece.width + 2)


_WORDS = {"re", "im", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "asinh", "atanh"}
_WRITTEN = {"re": "Re", "im": "Im", "asinh": "arsinh", "atanh": "artanh"}


def _word(name: str) -> Piece:
    written = _WRITTEN.get(name, name)
    return Piece(f'<mi mathvariant="normal">{escape(written)}</mi>', len(written))


def _sign_of(node: ast.operator) -> Piece:
    return Piece(operator("+" if isinstance(node, ast.Add) else "−"), 2)


def _times(node: ast.expr, right: Piece) -> str:
    """A dot before a number, a narrow space before a word, nothing otherwise."""
    if re.match("(<m(row|sup|frac)>)*<mn>", right.mathml):
        return operator("·")
    match node:
        case ast.Call(func=ast.Name(id=name)) if name in {"sum", *_WORDS}:
            return '<mo form="infix" lspace="0.17em">\u2062</mo>'
    return operator("\u2062")


def _joined(head: Piece, pieces: list[Piece]) -> list[Piece]:
    """With something in front of the first one."""
    first, *rest = pieces
    return [Piece(row(head.mathml, first.mathml), head.width + first.width), *rest]


def _integer(number: int) -> str:
    sign = "<mo>−</mo>" if number < 0 else ""
    return row(sign, f"<mn>{abs(number)}</mn>")
