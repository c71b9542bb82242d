"""Expressions of claims as terms of Coq's, from their syntax trees alone.

Whoever believes a certificate believes this, `translation` and `library/Definitions.v`. What it
takes for an expression to mean something is noted as it is written: that no denominator is 0, and
that roots are of numbers that are not negative.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import chain

from verify.claims.expressions import LAG, integer_of, name_of, rational_of, shown

_OF_REALS = {
    **{name: name for name in ("exp", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh")},
    "log": "ln",
}
_PARTS = {"abs": "Cmod", "re": "Re", "im": "Im"}
_SIGNS: Mapping[type[ast.operator], str] = {
    **{ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"},
}


class Untranslated(Exception):
    """What has no translation; the message says what it is."""


# how firmly a term holds together: sums, products, powers, applications, names
SUM, PRODUCT, POWER, APPLICATION, NAME = range(5)


@dataclass(frozen=True)
class Term:
    """A term of Coq's.

    Attributes:
        text: how it is written.
        firmness: how firmly it holds together.
        quotient: where it is one, its numerators and denominators.

    """

    text: str
    firmness: int = NAME
    quotient: tuple[str, ...] = ()

    def within(self, firmness: int) -> str:
        """The text where something as firm is needed."""
        return self.text if self.firmness >= firmness else f"({self.text})"

    def __str__(self) -> str:
        return self.within(NAME)


@dataclass(frozen=True)
class Reading:
    """How names are read: terms by name, and which of them stand for real numbers."""

    terms: Mapping[str, Term]
    reals: frozenset[str]
    lag: str = ""  # the lag, inside of an autocorrelation or a sum
    steps: Mapping[str, str] = field(default_factory=dict)  # names of whole numbers, as Coq's

    def where(self, name: str, term: Term, is_real: bool) -> Reading:
        """The reading in which a name stands for another term."""
        reals = self.reals | {name} if is_real else self.reals - {name}
        return replace(self, terms={**self.terms, name: term}, reals=reals)


@dataclass
class Writer:
    """Writes expressions, and takes note of what they need.

    Attributes:
        general: the input, where it may be any, of which expressions have values and sums.
        meant: what has to hold for the expressions to mean something.
        totals: the names of infinite sums, by their terms.
        turns: for the proof, the exponents of complex exponentials.
        roots: for the proof, what square roots are of.

    """

    general: Term | None = None
    meant: dict[str, None] = field(default_factory=dict)
    totals: dict[str, str] = field(default_factory=dict)
    turns: dict[str, None] = field(default_factory=dict)
    roots: dict[str, None] = field(default_factory=dict)

    def is_real(self, node: ast.expr, reading: Reading) -> bool:
        """Whether an expression is one of real numbers alone."""
        match node:
            case ast.Name(id=name):
                lag = name == LAG and bool(reading.lag)
                return lag or name in ("pi", "E") or name_of(node) in reading.reals
            case ast.Call(func=ast.Name(id=function), args=arguments):
                if function in _PARTS or function == "KroneckerDelta":
                    return True
                return function in _OF_REALS and all(self.is_real(a, reading) for a in arguments)
            case ast.BinOp(left=left, right=right):
                return self.is_real(left, reading) and self.is_real(right, reading)
            case ast.UnaryOp(operand=operand):
                return self.is_real(operand, reading)
        return isinstance(node, ast.Constant)

    def value(self, node: ast.expr, reading: Reading) -> Term:
        """An expression as a complex number; a real one becomes complex by itself."""
        match node:
            case ast.Name(id="I"):
                return Term("Ci")
            case ast.Name() if name_of(node) in reading.terms:
                return reading.terms[name_of(node)]
            case ast.Call(func=ast.Name(id="conjugate"), args=[inner]):
                return Term(f"Cconj {self.value(inner, reading)}", APPLICATION)
            case ast.Call(func=ast.Name(id="exp"), args=[exponent]):
                if not self.is_real(exponent, reading):
                    term = self.value(exponent, reading)
                    if _stands(term.text):
                        self.turns[term.text] = None
                    return Term(f"Cexp {term}", APPLICATION)
            case ast.Call(func=ast.Name(id="KroneckerDelta"), args=both) if reading.lag == "n":
                [at] = [number for number in map(integer_of, both) if number is not None]
                return Term(f"impulse {at} n" if at else "kronecker n", APPLICATION)
            case ast.Call(func=ast.Name(id="R"), args=[at]) if self.general:
                number = integer_of(at)
                text = reading.lag if number is None else f"{number}%nat"
                return Term(f"{self.general.within(APPLICATION)} {text}", APPLICATION)
            case ast.Call(func=ast.Name(id="sum"), args=[term]) if self.general:
                text = self.value(term, replace(reading, lag="(S n)")).text
                totals = self.totals
                return Term(totals.setdefault(text, f"sum{len(totals) + 1}"))
            case ast.Name(id=name) if name == LAG and reading.lag == "(S n)":
                return Term("RtoC (INR (S n))", APPLICATION)
            case ast.BinOp(left=base, op=ast.Pow(), right=ast.Name(id=name)) if name == LAG:
                base_term = self.value(base, reading).within(APPLICATION)
                return Term(f"{base_term} ^ {reading.lag}", POWER)
            case ast.UnaryOp() | ast.BinOp():
                return self._arithmetic(node, reading, self.value)
        if self.is_real(node, reading):
            return self.real(node, reading)
        raise Untranslated(shown(node))

    def real(self, node: ast.expr, reading: Reading) -> Term:
        """An expression as a real number."""
        match node:
            case ast.Constant(value=Fraction() as number):
                if number.denominator == 1:
                    return Term(str(number))
                return Term(f"{number.numerator} / {number.denominator}", PRODUCT)
            case ast.Name(id="pi"):
                return Term("PI")
            case ast.Name(id="E"):
                return Term("exp 1", APPLICATION)
            case ast.Name() if name_of(node) in reading.reals:
                return reading.terms[name_of(node)]
            case ast.Call(func=ast.Name(id="abs"), args=[inner]) if self.is_real(inner, reading):
                return Term(f"Rabs {self.real(inner, reading)}", APPLICATION)
            case ast.Call(func=ast.Name(id=function), args=[inner]) if function in _PARTS:
                term = self.value(inner, reading)
                scope = "%C" if term.firmness < NAME else ""
                return Term(f"{_PARTS[function]} {term}{scope}", APPLICATION)
            case ast.Call(func=ast.Name(id=function), args=[inner]) if function in _OF_REALS:
                term = self.real(inner, reading)
                self._mean(function, term)
                if function == "sqrt":
                    parts = term.quotient or (term.text,)
                    self.roots |= dict.fromkeys(part for part in parts if _stands(part))
                return Term(f"{_OF_REALS[function]} {term}", APPLICATION)
            case ast.UnaryOp() | ast.BinOp():
                return self._arithmetic(node, reading, self.real)
        raise Untranslated(shown(node))

    def _arithmetic(
        self, node: ast.expr, reading: Reading, part: Callable[[ast.expr, Reading], Term]
    ) -> Term:
        """An operation whose operands are read by `part`."""
        scope = "%R" if part == self.real else ""
        match node:
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return part(operand, reading)
            case ast.UnaryOp(operand=operand):
                return Term(f"- {part(operand, reading).within(POWER)}", SUM)
            case ast.BinOp(left=base, op=ast.Pow(), right=exponent):
                number, term = integer_of(exponent), part(base, reading)
                if number is None:
                    count = self._count(exponent, reading)
                    return Term(f"{term.within(APPLICATION)} ^ {count}%nat", POWER)
                if number >= 0:
                    return Term(f"{term.within(APPLICATION)} ^ {number}", POWER)
                self._mean(f"nonzero{scope}", term)
                return Term(f"/ {term.within(APPLICATION)} ^ {-number}", SUM)
            case ast.BinOp(left=left, op=op, right=right):
                first, second = part(left, reading), part(right, reading)
                if isinstance(op, ast.Div) and not rational_of(right):
                    self._mean(f"nonzero{scope}", second)
                firmness = PRODUCT if isinstance(op, ast.Mult | ast.Div) else SUM
                text = f"{first.within(firmness)} {_SIGNS[type(op)]} {second.within(firmness + 1)}"
                if not isinstance(op, ast.Div):
                    return Term(text, firmness)
                parts = (part.quotient or (part.text,) for part in (first, second))
                return Term(text, firmness, tuple(chain(*parts)))
        raise Untranslated(shown(node))

    def _count(self, node: ast.expr, reading: Reading) -> str:
        """An expression of natural numbers: a number of steps, sums and products of such."""
        match node:
            case ast.Constant() if (number := integer_of(node)) is not None and number >= 0:
                return str(number)
            case ast.Name() if name_of(node) in reading.steps:
                return reading.steps[name_of(node)]
            case ast.BinOp(left=left, op=ast.Add() | ast.Mult() as op, right=right):
                first, second = (self._count(one, reading) for one in (left, right))
                return f"({first} {_SIGNS[type(op)]} {second})"
        raise Untranslated(f"the exponent {shown(node)}")

    def _mean(self, function: str, term: Term) -> None:
        """What has to hold of a function's argument, for it to mean something.

        An argument that moves is not asked: where it stands is.
        """
        needed = _NEEDED.get(function)
        if needed and _stands(term.text):
            self.meant[needed.format(term.within(SUM))] = None


_NEEDED = {
    "sqrt": "(0 <= {})%R",
    "log": "(0 < {})%R",
    "tan": "(cos ({}) <> 0)%R",
    "nonzero": "{} <> 0",
    "nonzero%R": "({} <> 0)%R",
}


def _stands(text: str) -> bool:
    """Whether neither a moving variable nor a lag is in a text."""
    return not re.search(r"\b[tn]\b", text)
