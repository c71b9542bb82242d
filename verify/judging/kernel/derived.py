"""What proofs of bounds and limits take from the derivation: values, and polynomials with a sign.

The other judges use the same derivation; nothing here has to be believed, as Coq checks it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

import sympy as sp

from theory.algebra.presentation import present
from verify.claims.claim import Claim
from verify.claims.expressions import parse, shown
from verify.judging.kernel.terms import Untranslated, Writer
from verify.judging.kernel.translation import Statement
from verify.judging.model import Model
from verify.judging.translation import to_sympy

Range = tuple[sp.Expr, sp.Expr | None]  # the upper end may be missing
Product = tuple[sp.Expr, Sequence[tuple[sp.Expr, int]]]  # a coefficient; factors with exponents

_ELEVATIONS = 8  # of a polynomial's degree, until its coefficients have one sign


class Underived(Exception):
    """What has no proof of this kind; the message says why."""


@dataclass(frozen=True)
class Atom:
    """An exponential in a claim, which is a variable for a proof.

    Attributes:
        symbol: the variable.
        exponent: of the exponential.
        argument: the exponent as Coq has it.

    """

    symbol: sp.Symbol
    exponent: sp.Expr
    argument: str

    @property
    def text(self) -> str:
        """The exponential as Coq has it."""
        return f"(exp {self.argument})"


class Derived:
    """A claim's quantity and formula as rational functions of parameters and exponentials."""

    def __init__(self, claim: Claim, made: Statement) -> None:
        self.claim, self.made, self.model = claim, made, Model(claim)
        if any(map(claim.is_complex, claim.parameters)):
            raise Underived("a bound or a limit with complex parameters")
        self.texts = {s: str(made.plain.terms[n]) for n, s in self.model.symbols.items()}

    @cached_property
    def exponents(self) -> dict[sp.Expr, str]:
        """The real exponents in the claim, as Coq has them, the inner ones first."""
        claim = self.claim
        found: dict[sp.Expr, str] = {}
        for expression in (*claim.eigenvalue.values(), *claim.gamma.values(), claim.formula):
            for node in ast.walk(expression.node):
                match node:
                    case ast.Call(func=ast.Name(id="exp"), args=[inner]):
                        with suppress(Untranslated):
                            text = str(Writer().real(inner, self.made.plain))
                            exponent = to_sympy(parse(shown(inner)), dict(self.model.symbols))
                            found[exponent] = text
        return dict(sorted(found.items(), key=lambda item: len(str(item[0]))))

    @cached_property
    def atoms(self) -> list[Atom]:
        """The exponentials of these, without those that are powers of one before."""
        atoms: list[Atom] = []
        for exponent, text in self.exponents.items():
            if all(_times(exponent, atom.exponent) is None for atom in atoms):
                atoms.append(Atom(sp.Symbol(f"a{len(atoms)}"), exponent, text))
        return atoms

    @property
    def multiples(self) -> list[tuple[str, str, int]]:
        """Exponents that are so many times another, with that, and how many times."""
        return [
            (text, atom.argument, times)
            for exponent, text in self.exponents.items()
            for atom in self.atoms
            if (times := _times(exponent, atom.exponent)) not in (None, 1)
        ]

    def rational(self, expr: sp.Expr) -> sp.Expr:
        """An expression in parameters and atoms, its factors apart.

        Raises:
            Underived: if something else is in it.

        """

        def replaced(part: sp.Basic) -> sp.Basic:  # from the outside, as exponentials nest
            if isinstance(part, sp.exp):
                for atom in self.atoms:
                    if (times := _times(part.exp, atom.exponent)) is not None:
                        return atom.symbol**times
            return part.func(*map(replaced, part.args)) if part.args else part

        found = sp.factor(replaced(present(expr)))
        allowed = {*self.texts, *(atom.symbol for atom in self.atoms)}
        if not found.free_symbols <= allowed or not found.is_rational_function(*allowed):
            raise Underived("the quantity is no rational function")
        return found

    @cached_property
    def value(self) -> sp.Expr:
        """The quantity."""
        return self.rational(self.model.value)

    @cached_property
    def formula(self) -> sp.Expr:
        """The formula."""
        return self.rational(self.model.formula)

    def text(self, expr: sp.Expr, names: Mapping[sp.Symbol, str] | None = None) -> str:
        """A rational function as a real number of Coq's; what is not named is spelt out."""
        spelt = {atom.symbol: atom.text for atom in self.atoms}
        return written(expr, {**self.texts, **spelt, **(names or {})})


def _times(exponent: sp.Expr, other: sp.Expr) -> int | None:
    """How many times another an exponent is, where that is a whole number."""
    ratio = sp.cancel(exponent / other)
    return int(ratio) if ratio.is_Integer else None


def written(expr: sp.Expr, names: Mapping[sp.Symbol, str]) -> str:
    """A rational function as a real number of Coq's, by its variables' names."""
    match expr:
        case sp.Symbol():
            return names[expr]
        case sp.Rational():
            return f"({expr.p})" if expr.q == 1 else f"({expr.p} / {expr.q})"
        case sp.Add():
            return "(" + " + ".join(written(term, names) for term in expr.args) + ")"
        case sp.Mul():
            above, below = sp.fraction(expr)
            if below != 1:
                return f"({written(above, names)} / {written(below, names)})"
            return "(" + " * ".join(written(factor, names) for factor in expr.args) + ")"
        case sp.Pow(base=base, exp=sp.Integer() as n):
            text = f"({written(base, names)} ^ {abs(n)})"
            return text if n >= 0 else f"(/ {text})"
    raise Underived(f"{expr} is not rational")


def not_negative(polynomial: sp.Expr, ranges: Mapping[sp.Symbol, Range]) -> list[Product]:
    """A polynomial as a sum of products that are not negative on a box: in Bernstein's form.

    Raises:
        Underived: if none was found.

    """
    symbols = sorted(polynomial.free_symbols, key=str)
    for more in range(_ELEVATIONS):
        degrees = [
            int(sp.degree(polynomial, s)) + (0 if ranges[s][1] is None else more) for s in symbols
        ]
        products = list(_products(polynomial, symbols, degrees, ranges))
        if all(coefficient > 0 for coefficient, _ in products):
            return products
    raise Underived("no sum of positive products was found")


def _products(
    polynomial: sp.Expr,
    symbols: Sequence[sp.Symbol],
    degrees: Sequence[int],
    ranges: Mapping[sp.Symbol, Range],
) -> Iterator[Product]:
    """The products of (x − a)^i (b − x)^(n − i), or of (x − a)^i alone, that make a polynomial."""
    moved, scale = polynomial, sp.S.One
    for symbol, degree in zip(symbols, degrees, strict=True):
        low, high = ranges[symbol]
        if high is None:
            moved = moved.subs(symbol, symbol + low)
        else:
            there = (low + high * symbol) / (1 + symbol)
            moved = sp.cancel(moved.subs(symbol, there) * (1 + symbol) ** degree)
            scale *= (high - low) ** degree
    if not symbols:
        yield polynomial, []
        return
    for exponents, coefficient in sp.Poly(sp.expand(moved), *symbols).terms():
        factors = []
        for symbol, i, degree in zip(symbols, exponents, degrees, strict=True):
            low, high = ranges[symbol]
            factors.append((symbol - low, i))
            if high is not None:
                factors.append((high - symbol, degree - i))
        yield coefficient / scale, factors
