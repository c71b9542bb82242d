"""An expression of a claim as it is printed in a line: λ² for lambda**2, Greek letters, |·|."""

from __future__ import annotations

import ast
import re
import unicodedata

from verify.claims.expressions import Expression, name_of

_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_NAMES = {"pi": "π", "I": "i", "E": "e", "lambda_star": "λ⋆"}
_FUNCTIONS = {"sum": "Σ", "conjugate": "conj", "re": "Re", "im": "Im"}
_WORD = "[A-Za-z][A-Za-z0-9]+"
# how tightly what a text is made by holds together
_SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(5)


def typeset(expression: Expression) -> str:
    """The expression in a line.

    Examples:
        >>> from verify.claims.expressions import parse
        >>> typeset(parse("(1 + rho*lambda)/((1 - rho*lambda)*(1 - lambda**2))"))
        '(1 + ρλ)/((1 − ρλ)(1 − λ²))'
        >>> typeset(parse("sqrt(1 - abs(lambda1)**2)*exp(-nu)*rho**Delta"))
        '√(1 − |λ₁|²) exp(−ν) ρ^Δ'
        >>> typeset(parse("2/(1 - lambda**2)*(R(0) + 2*sum(lambda**Delta*R(Delta)))"))
        '2/(1 − λ²) · (R(0) + 2Σ(λ^Δ R(Δ)))'

    """
    return _printed(expression.node)[0]


def _printed(node: ast.expr) -> tuple[str, int]:
    """The text of a node, and how tightly it holds together."""
    match node:
        case ast.Constant(value=number):
            text = str(number)
            return text, _ATOM if text.isdigit() else _PRODUCT
        case ast.Name():
            return _letter(name_of(node)), _ATOM
        case ast.UnaryOp(op=op, operand=of):
            sign = "−" if isinstance(op, ast.USub) else "+"
            return sign + _within(of, _PRODUCT), _PRODUCT
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            sign, least = ("+", _SUM) if isinstance(op, ast.Add) else ("−", _PRODUCT)
            least = _ATOM if isinstance(right, ast.UnaryOp) else least
            return f"{_within(left, _SUM)} {sign} {_within(right, least)}", _SUM
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            first, second = _within(left, _PRODUCT), _within(right, _SIGN)
            between = " · " if _is_quotient(left) else _times(first, second)
            return first + between + second, _PRODUCT
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return f"{_within(left, _PRODUCT)}/{_within(right, _POWER)}", _PRODUCT
        case ast.BinOp(left=base, op=ast.Pow(), right=exponent):
            return _within(base, _ATOM) + _raised(exponent), _POWER
        case ast.Call(func=ast.Name(id=function), args=arguments):
            return _called(function, arguments), _POWER if function == "sqrt" else _ATOM
    raise AssertionError(ast.dump(node))  # no other nodes pass the parser


def _is_quotient(node: ast.expr) -> bool:
    match node:
        case ast.BinOp(op=ast.Div()):
            return True
        case ast.Constant(value=number):
            return "/" in str(number)
    return False


def _within(node: ast.expr, least: int) -> str:
    """The text of a part, in parentheses where it would fall apart."""
    text, holds = _printed(node)
    return text if holds >= least else f"({text})"


def _times(first: str, second: str) -> str:
    """What stands between two factors: nothing where it is clear that they are two."""
    if re.search(r"[\d.]$", first) and re.match(r"[\d.]", second):
        return "·"
    if re.match(rf"{_WORD}|\|", second):
        return " "
    is_open = re.search(rf"{_WORD}$|\^\S+$|[)|]$", first)
    return " " if is_open and not second.startswith("(") else ""


def _raised(exponent: ast.expr) -> str:
    text, holds = _printed(exponent)
    plain = text.replace("−", "-")
    if re.fullmatch(r"-?\d+", plain):
        return plain.translate(_SUPERSCRIPTS)
    return f"^{text}" if holds == _ATOM else f"^({text})"


def _called(function: str, arguments: list[ast.expr]) -> str:
    inside = ", ".join(_printed(argument)[0] for argument in arguments)
    match function:
        case "abs":
            return f"|{inside}|"
        case "sqrt":
            return f"√{inside}" if re.fullmatch(r"\w", inside) else f"√({inside})"
        case "KroneckerDelta":
            lag, other = (_printed(argument)[0] for argument in arguments)
            return f"δ({lag})" if other == "0" else f"δ({lag} − {other})"
    return f"{_FUNCTIONS.get(function, function)}({inside})"


def _letter(name: str) -> str:
    """A name with the Greek letter that it spells, and a number at its end as an index."""
    if name in _NAMES:
        return _NAMES[name]
    word, index = re.fullmatch(r"(.*?)_?(\d*)", name).groups()  # type: ignore[union-attr]
    kind = "SMALL" if word.islower() else "CAPITAL"
    spelt = word.upper().replace("LAMBDA", "LAMDA")
    try:
        letter = unicodedata.lookup(f"GREEK {kind} LETTER {spelt}")
    except KeyError:
        return name
    return letter + index.translate(_SUBSCRIPTS)
