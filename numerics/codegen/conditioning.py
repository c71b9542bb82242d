"""Rational functions rewritten so that nothing cancels, with a bound for what rounding does.

A polynomial that is positive on |λ| < 1, |ρ| < 1 is a sum of products of factors none of which
is ever negative: 1 ∓ λ, λ², 1 ∓ ρ, ρ²; for a complex λ also 1 − |λ|², |λ|² and |1 ∓ λ|²
(Handelman's theorem). Sums of positive terms lose no digits, so that the roundings along the
way add up, and their number bounds the relative error, for every argument at once. The
difference of two real variables is a factor as well: whatever its sign, it is rounded once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import permutations, product
from math import ceil, lcm

import flint
import numpy as np
import sympy as sp
from scipy.optimize import linprog

from theory.algebra.conjugation import bar


class Cancellation(ValueError):
    """An expression for which no form without cancellation was found."""


@dataclass(frozen=True)
class Interval:
    """A real variable between −1 and 1."""

    variable: sp.Symbol
    factor_roundings = 1  # in any of its factors, from the variable itself or from 1 − v

    @property
    def generators(self) -> tuple[sp.Symbol, ...]:
        """The symbols that polynomials are written in."""
        return (self.variable,)

    @property
    def factors(self) -> Mapping[sp.Symbol, sp.Expr]:
        """The expressions that are never negative (v by its even powers), by name."""
        v, name = self.variable, code_name(self.variable)
        return {
            _nonnegative(f"one_minus_{name}"): 1 - v,
            _nonnegative(f"one_plus_{name}"): 1 + v,
            v: v,
        }

    def point(self, x: int, _: int) -> tuple[sp.Rational, ...]:
        """The values of the generators where the variable is x/99."""
        return (sp.Rational(int(x), 99),)

    def products(self, degrees: Sequence[int]) -> Iterator[Sequence[int]]:
        """Exponents of products of the factors, up to a degree."""
        [degree] = degrees
        for a, b in product(range(degree + 1), repeat=2):
            for c in range(0, degree - a - b + 1, 2):
                yield a, b, c


@dataclass(frozen=True)
class Disc:
    """A complex variable of modulus below 1, by its real part and its squared modulus."""

    variable: sp.Symbol
    factor_roundings: int = 4  # in any of its factors; 4 from real and imaginary part

    @property
    def real(self) -> sp.Symbol:
        """Re λ."""
        return sp.Symbol(f"re_{code_name(self.variable)}", real=True)

    @property
    def square(self) -> sp.Symbol:
        """The squared modulus."""
        return _nonnegative(f"abs2_{code_name(self.variable)}")

    @property
    def generators(self) -> tuple[sp.Symbol, ...]:
        """The symbols that polynomials are written in."""
        return self.real, self.square

    @property
    def factors(self) -> Mapping[sp.Symbol, sp.Expr]:
        """The expressions that are never negative, by name."""
        x, a, name = self.real, self.square, code_name(self.variable)
        return {
            _nonnegative(f"one_minus_re_{name}"): 1 - x,
            _nonnegative(f"one_plus_re_{name}"): 1 + x,
            a: a,
            _nonnegative(f"one_minus_abs2_{name}"): 1 - a,
            _nonnegative(f"abs2_one_minus_{name}"): 1 + a - 2 * x,
            _nonnegative(f"abs2_one_plus_{name}"): 1 + a + 2 * x,
        }

    def point(self, x: int, y: int) -> tuple[sp.Rational, ...]:
        """The values of the generators where the variable is (x + iy)/140."""
        return sp.Rational(int(x), 140), sp.Rational(int(x**2 + y**2), 140**2)

    def products(self, degrees: Sequence[int]) -> Iterator[Sequence[int]]:
        """Exponents of products of the factors, up to a degree in each generator."""
        in_x, in_a = degrees
        for i, n in product(range(in_a + 1), repeat=2):
            for b, c in product(range(in_x + 1), repeat=2):
                if b + c <= in_x and i + n <= in_a:
                    yield b, c, i, n, 0, 0
                if 0 < b + c <= in_x and i + n + b + c <= in_a:
                    yield 0, 0, i, n, b, c


Domain = Interval | Disc
Pair = tuple[sp.Symbol, ...]


@dataclass(frozen=True)
class Conditioned:
    """A constant times an expression in the domains' factors, in which nothing cancels.

    It may be the square root of that.
    """

    constant: sp.Rational
    expression: sp.Expr
    domains: tuple[Domain, ...]
    is_root: bool = False

    @property
    def differences(self) -> list[Pair]:
        """Pairs of real variables whose differences, rounded once, are factors too."""
        used = self.expression.free_symbols
        return [p for p in _pairs(self.domains) if difference(p) in used]

    @property
    def roundings(self) -> int:
        """How many roundings reach the result at most: times u, its relative error (to u²)."""
        factors = {name: d.factor_roundings for d in self.domains for name in d.factors}
        factors |= dict.fromkeys(map(difference, self.differences), 1)
        scaling = sum(not _is_power_of_two(n) for n in self.constant.as_numer_denom())
        if is_long(self.constant):
            scaling = 2  # it is rounded, and so is the product
        number = roundings(self.expression, lambda given: factors.get(given, 0)) + scaling
        return ceil(number / 2 + 1 if self.is_root else number)

    def with_roundings(self, number: int) -> Conditioned:
        """The same expression with `number` roundings in the factors of a complex variable."""
        domains = (
            replace(d, factor_roundings=number) if isinstance(d, Disc) else d for d in self.domains
        )
        return replace(self, domains=tuple(domains))


@cache  # one form for all languages
def conditioned(expr: sp.Expr, variables: frozenset[sp.Symbol]) -> Conditioned:
    """Rewrite a rational function of variables in the unit disc, or the square root of one.

    Args:
        expr: polarised; real where the variables lie in the disc, the real ones in (−1, 1).
        variables: those in the disc, at most one of them complex; other symbols are factors.

    Raises:
        Cancellation: if another symbol is no factor, there is a second complex variable, or a
            factor changes its sign or has no form of its degree.

    """
    roots = [f for f in sp.Mul.make_args(expr) if f.is_Pow and f.exp.is_Rational and f.exp.q == 2]
    if roots and (expr / sp.Mul(*roots)).is_nonnegative:
        return replace(conditioned(expr**2, variables), is_root=True)
    if others := expr.free_symbols - {s for v in variables for s in (v, bar(v))}:
        rest, factors = expr.as_independent(*others, as_Add=False)
        if any(not f.is_Symbol for f in factors.as_powers_dict()):
            raise Cancellation(f"nothing is known of {', '.join(map(str, others))}")
        form = conditioned(rest, variables)
        return replace(form, expression=form.expression * factors)
    if sum(not v.is_real and not expr.free_symbols.isdisjoint({v, bar(v)}) for v in variables) > 1:
        raise Cancellation("two complex variables")
    domains, image = _in_generators(expr)
    fraction = _in_lowest_terms(image)
    constant, forms = sp.S.One, sp.S.One
    for part, exponent in ((fraction.numer, 1), (fraction.denom, -1)):
        number, factors = sp.factor_list(part.as_expr())
        constant *= number**exponent
        for factor, multiplicity in factors:
            power = exponent * multiplicity
            scale, form = _positive(factor, domains)
            constant *= scale**power
            forms *= form**power
    return Conditioned(constant, forms, domains)


def is_long(number: sp.Rational) -> bool:
    """Whether a number, as a constant of a program, would be rounded or not understood."""
    return bool(max(abs(number.p), number.q) >= 2**24)  # single precision has all below


def roundings(expr: sp.Expr, of: Callable[[sp.Expr], float]) -> float:
    """How many roundings reach sums, products and powers of terms that have `of` each.

    It is right to first order in u, every operation counted once; a sum has terms of one sign.
    """
    if expr.is_Integer:
        return 0
    if expr.is_Rational:
        return 1
    if expr.is_Pow and expr.exp.is_Rational:
        # a library's power errs by an ulp, hence 2, at most; its square or root by half an ulp
        exponent = abs(float(expr.exp))
        own = {0.5: 1, 1: 0, 2: 1}.get(exponent, max(2, exponent - 1)) + bool(expr.exp < 0)
        return exponent * roundings(expr.base, of) + own
    if expr.is_Add:
        return max(roundings(a, of) for a in expr.args) + len(expr.args) - 1
    if expr.is_Mul:
        factors = [a for a in expr.args if not _is_power_of_two(a)]
        divisors = [a for a in factors if a.is_Pow and a.exp.is_negative]
        operations = len(factors) - (len(divisors) < len(factors))
        return sum(roundings(1 / a if a in divisors else a, of) for a in factors) + operations
    return of(expr)


def difference(pair: Pair) -> sp.Symbol:
    """The symbol of a difference v − w, which may have either sign."""
    return sp.Symbol("_minus_".join(map(code_name, pair)), real=True)


def code_name(symbol: sp.Symbol) -> str:
    """The name of a symbol in code, where `lambda` means something else.

    Raises:
        ValueError: if code can have no such name.

    """
    name: str = symbol.name
    if not name.isidentifier():
        raise ValueError(f"{name!r} cannot be a name in code: rename the parameter")
    return name.replace("lambda", "lam")


def _in_generators(expr: sp.Expr) -> tuple[tuple[Domain, ...], sp.Expr]:
    """The domains of an expression's symbols, and the expression in their generators."""
    domains: list[Domain] = []
    for symbol in sorted({min(s, bar(s), key=str) for s in expr.free_symbols}, key=str):
        if symbol.is_real:
            domains.append(Interval(symbol))
        else:
            disc = Disc(symbol)
            domains.append(disc)
            expr = _in_real_part_and_modulus(expr, disc)
    return tuple(domains), expr


def _in_lowest_terms(expr: sp.Expr) -> sp.polys.fields.FracElement:
    """A rational function in lowest terms.

    This is much faster than `sympy.cancel`, which multiplies sums out.
    """
    try:
        return sp.QQ.frac_field(*sorted(expr.free_symbols, key=str)).field.from_expr(expr)
    except ValueError as reason:
        raise Cancellation(f"{expr} is no rational function") from reason


def _in_real_part_and_modulus(expr: sp.Expr, disc: Disc) -> sp.Expr:
    lam, x, y = disc.variable, disc.real, sp.Dummy()
    image = expr.xreplace({lam: x + sp.I * y, bar(lam): x - sp.I * y})
    parts = [sp.Poly(part, y) for part in sp.fraction(sp.cancel(sp.together(image)))]
    if any(power % 2 for part in parts for (power,) in part.monoms()):
        raise Cancellation(f"not the same at {lam} and its conjugate")
    numerator, denominator = (
        sp.Add(*(c * (disc.square - x**2) ** (n // 2) for (n,), c in part.terms()))
        for part in parts
    )
    return numerator / denominator


def _positive(polynomial: sp.Expr, domains: Sequence[Domain]) -> tuple[sp.Rational, sp.Expr]:
    """A polynomial as a constant times a sum of products of the domains' factors.

    A linear programme finds the products; their coefficients are then solved for exactly.

    Raises:
        Cancellation: if there is none of its degree.

    """
    if polynomial.is_Symbol:
        return sp.S.One, polynomial
    generators = [g for d in domains for g in d.generators]
    for pair in _pairs(domains):
        if polynomial == pair[0] - pair[1]:
            return sp.S.One, difference(pair)
    poly = sp.Poly(polynomial, *generators)
    sign = _sign(poly, domains)
    degree = dict(zip(generators, poly.degree_list(), strict=True))
    ring, *_ = sp.ring(generators, sp.QQ)
    names, columns = _candidates(domains, degree, ring)
    target = ring.from_expr(polynomial)
    size = sp.Rational(2) ** _magnitude(max(map(abs, target.values())))
    target = target.mul_ground(sp.QQ.from_sympy(1 / size))  # for the programme's tolerances
    rows = {m: i for i, m in enumerate(sorted({m for c in columns for m in c} | set(target)))}
    A = np.zeros((len(rows), len(columns)))
    for j, column in enumerate(columns):
        for monomial, coefficient in column.items():
            A[rows[monomial], j] = float(coefficient)
    b = np.zeros(len(rows))
    for monomial, coefficient in target.items():
        b[rows[monomial]] = sign * float(coefficient)
    # few products of few factors
    cost = [float(1 + sum(dict(name.as_powers_dict()).values())) for name in names]
    found = linprog(cost, A_eq=A, b_eq=b, method="highs-ds")
    if found.status != 0:
        raise Cancellation(f"{polynomial} has no positive form of its degree")
    support = [j for j, weight in enumerate(found.x) if weight > 1e-9]
    weights = _exact_weights([columns[j] for j in support], target, sign)
    # integers round nothing, unless they are long
    scale = sp.Integer(lcm(*(int(w.q) for w in weights)))
    if any(is_long(w * scale) for w in weights):
        scale = sp.Rational(2) ** -_magnitude(max(weights))
    terms = (w * scale * names[j] for w, j in zip(weights, support, strict=True))
    return sign * size / scale, sp.Add(*terms)


def _magnitude(number: sp.Rational) -> int:
    """The power of 2 that a positive number is like."""
    return int(number.numerator).bit_length() - int(number.denominator).bit_length()


def _pairs(domains: Sequence[Domain]) -> Iterator[Pair]:
    return permutations((d.variable for d in domains), 2)


def _sign(poly: sp.Poly, domains: Sequence[Domain]) -> int:
    """The sign of a polynomial in its domain, as far as a few points tell.

    Raises:
        Cancellation: if it has both signs.

    """
    random = np.random.default_rng(0)
    values = [
        poly.eval(tuple(x for d in domains for x in d.point(*random.integers(-98, 99, 2))))
        for _ in range(20)
    ]
    signs = {int(sp.sign(v)) for v in values} - {0}
    if len(signs) != 1:
        raise Cancellation(f"{poly.as_expr()} changes its sign")
    return signs.pop()


def _candidates(
    domains: Sequence[Domain], degree: Mapping[sp.Symbol, int], ring: sp.polys.rings.PolyRing
) -> tuple[list[sp.Expr], list[sp.polys.rings.PolyElement]]:
    """Products of the factors of all domains: their names, and what they are."""
    names, columns = [sp.S.One], [ring.one]
    for domain in domains:
        symbols = list(domain.factors)
        values = [ring.from_expr(e) for e in domain.factors.values()]
        own = [
            (
                sp.Mul(*(s**n for s, n in zip(symbols, powers, strict=True))),
                np.prod([v**n for v, n in zip(values, powers, strict=True)]),
            )
            for powers in domain.products([degree[g] for g in domain.generators])
        ]
        names = [name * other for name, (other, _) in product(names, own)]
        columns = [column * other for column, (_, other) in product(columns, own)]
    return names, columns


def _exact_weights(
    columns: Sequence[sp.polys.rings.PolyElement],
    target: sp.polys.rings.PolyElement,
    sign: int,
) -> list[sp.Rational]:
    rows = sorted({m for c in columns for m in c} | set(target))
    system = flint.fmpq_mat(
        [[_fmpq(c.get(m, 0)) for c in columns] + [sign * _fmpq(target.get(m, 0))] for m in rows]
    )
    reduced, rank = system.rref()
    weights = [
        sp.Rational(int(w.p), int(w.q)) for w in (reduced[i, len(columns)] for i in range(rank))
    ]
    total = sum((c * w for c, w in zip(columns, weights, strict=False)), target.ring.zero)
    if len(weights) != len(columns) or total != sign * target or min(weights) < 0:
        raise Cancellation(f"the programme's solution for {target} is not exact")
    return weights


def _is_power_of_two(expr: sp.Expr) -> bool:
    return expr.is_Rational and all(n & (n - 1) == 0 for n in (abs(expr.p), expr.q))


def _fmpq(value: object) -> flint.fmpq:
    rational = sp.Rational(value)
    return flint.fmpq(int(rational.p), int(rational.q))


def _nonnegative(name: str) -> sp.Symbol:
    return sp.Symbol(name, nonnegative=True)
