"""One good-looking form for each expression: factored, with products like (1−λ²)³(1−λρ)².

The form stays polarised (see `theory.algebra.conjugation`); `readable` writes |λ|², Re and
conjugates for the eye, and `polarised` undoes that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.polys.polyerrors import BasePolynomialError

from theory.algebra.conjugation import bar, conjugated, restored
from theory.algebra.generating_functions import C, C_bar
from theory.algebra.phases import rationalised

Factors = Counter[sp.Expr]  # factor → exponent, of either sign
Phases = Mapping[sp.Symbol, sp.Expr]  # u → e^{iφ}


def present(expr: sp.Expr) -> sp.Expr:
    """`expr` in factored form; a sum over R(0), C(z), C'(z), … where it is linear in those.

    Args:
        expr: a rational function of symbols, of exponentials, and of C(z) and its derivatives;
            anything else is returned as it is.

    Examples:
        >>> from theory import kernel, exponential, present
        >>> present(kernel(exponential()))
        (-alpha*beta_bar*rho**2 + 1)/((-alpha*beta_bar + 1)*(-alpha*rho + 1)*(-beta_bar*rho + 1))

    """
    try:
        return _presented(expr)
    except BasePolynomialError:
        return expr


def _presented(expr: sp.Expr) -> sp.Expr:
    unknowns = sorted(expr.atoms(C), key=sp.default_sort_key)
    if not unknowns:
        return _factored(expr)
    unknowns = sorted((s for s in expr.free_symbols if s.name == "R_0"), key=str) + unknowns
    generators = {u: sp.Dummy() for u in unknowns}
    numerator, denominator = sp.fraction(sp.together(expr.xreplace(generators)))
    polynomial = sp.Poly(numerator, *generators.values())
    if polynomial.total_degree() > 1 or denominator.has(*generators.values()):
        return _factored(expr)
    groups: dict[sp.Expr, sp.Expr] = {}
    for u, g in generators.items():
        number, factor = _factored(polynomial.coeff_monomial(g) / denominator).as_coeff_Mul()
        groups[factor] = groups.get(factor, sp.S.Zero) + number * u
    rest = _factored(polynomial.coeff_monomial(1) / denominator)
    return sp.Add(rest, *(_grouped(factor, group) for factor, group in groups.items()))


def _grouped(factor: sp.Expr, group: sp.Expr) -> sp.Expr:
    """A factor times a group, the group's common number in front: ½ (R(0) + 2C) f."""
    content, primitive = group.primitive()
    if all(summand.could_extract_minus_sign() for summand in sp.Add.make_args(primitive)):
        content, primitive = -content, -primitive
    return content * factor * primitive if factor != 1 else _times(content, primitive)


def present_autocorrelation(expr: sp.Expr) -> sp.Expr:
    """R(Δ) with ρ^Δ cos φΔ for the powers of ρ e^{iφ} and of its conjugate; Δ is an integer."""
    powers = sp.expand(sp.expand_power_base(expr, force=True))
    waves = sp.expand(powers.rewrite(sp.cos))
    return powers if waves.has(sp.I) else waves


def present_terms(expr: sp.Expr) -> sp.Expr:
    """`expr` with each summand presented by itself, where one fraction would be unreadable."""
    return sp.Add(*map(present, sp.Add.make_args(expr)))


def readable(expr: sp.Expr) -> sp.Expr:
    """A polarised expression with λλ̄ as |λ|², f + f̄ as 2 Re f, and every bar as a conjugate.

    Examples:
        >>> from theory import readable, second_moment, white
        >>> readable(second_moment(white()))
        1/(1 - Abs(lambda)**2)

    """
    if not expr.args:
        return restored(expr)
    if isinstance(expr, sp.Derivative | sp.Subs | sp.Indexed | AppliedUndef):
        return expr  # a bar there is a variable's name, or the conjugates are written out
    if isinstance(expr, sp.Mul):
        powers = Factors(expr.as_powers_dict())
        return sp.Mul(*_moduli(powers))
    if isinstance(expr, sp.Add):
        return sp.Add(*_real_parts(list(expr.args)))
    return expr.func(*map(readable, expr.args))


def _moduli(powers: Factors) -> list[sp.Expr]:
    """The factors of a product, with f^n f̄^n as |f|^{2n}."""
    result = []
    for f in sorted(powers, key=sp.default_sort_key):
        partner, n = conjugated(f), sp.S(powers[f])
        shared = sp.S(powers.get(partner, 0))
        if partner != f and n.is_Integer and shared.is_Integer and n * shared > 0:
            paired = min(n, shared, key=abs)
            modulus = sp.Abs(readable(min(f, partner, key=_bars)), evaluate=False)
            result.append(modulus ** (2 * paired))
            powers[partner] -= paired
            n -= paired
        powers[f] = sp.S.Zero
        if n != 0:
            result.append(readable(f) ** n)
    return result


def _real_parts(summands: list[sp.Expr]) -> list[sp.Expr]:
    """The summands of a sum, with f + f̄ as 2 Re f."""
    result = []
    while summands:
        f = summands.pop(0)
        partner = conjugated(f)
        if partner != f and partner in summands:
            summands.remove(partner)
            real, rest = _real_factors(f)
            rest = min(rest, conjugated(rest), key=_bars)
            result.append(2 * real * sp.re(readable(rest), evaluate=False))
        else:
            result.append(readable(f))
    return result


def _real_factors(product: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """A product as a real factor, already readable, and what is left."""
    powers = product.as_powers_dict()
    real = sp.Mul(*(f for f in sp.Mul.make_args(product) if conjugated(f) == f))
    for f, n in powers.items():
        if f.is_Symbol and not f.is_real and not f.name.endswith("_bar"):
            real *= (f * bar(f)) ** min(n, powers.get(bar(f), sp.S.Zero))
    return readable(real), product / real


def _bars(expr: sp.Expr) -> tuple[int, int]:
    """How many conjugates an expression would be written with: those of C, then of symbols."""
    bars = [s for s in expr.free_symbols if s.name.endswith("_bar")]
    return len(expr.atoms(C_bar)), len(bars)


def _factored(expr: sp.Expr) -> sp.Expr:
    rational, back = rationalised(expr)
    number, factors = _factors(rational)
    if phases := {u: e for u, e in back.items() if sp.expand(e * conjugated(e)) == 1}:
        scale, factors = _in_cosines(factors, phases)
        number *= scale
    factors = _squares_differenced(factors)
    above = sp.Mul(*(f**n for f, n in factors.items() if n > 0))
    below = sp.Mul(*(f**-n for f, n in factors.items() if n < 0))
    p, q = sp.fraction(number)
    return (_times(p, above) / _times(q, below)).xreplace(back)


def _times(number: sp.Expr, product: sp.Expr) -> sp.Expr:
    """A number times a product, also 2(1 + ρ), which SymPy would multiply out."""
    keep = isinstance(product, sp.Add) and number not in (1, -1)
    return sp.Mul(number, product, evaluate=False) if keep else number * product


def _factors(rational: sp.Expr) -> tuple[sp.Expr, Factors]:
    """A rational function as a number and irreducible factors whose lowest terms are positive."""
    number, factors = sp.S.One, Factors()
    for part, side in zip(sp.fraction(sp.together(rational)), (1, -1), strict=True):
        part = sp.S.Zero if part.expand() == 0 else part
        content, found = sp.factor_list(part) if part.free_symbols else (part, [])
        number *= content**side
        for f, n in found:
            sign, normal = _normalised(f)
            number *= sign**n
            factors[normal] += side * n
    return number, Factors({f: n for f, n in factors.items() if n})


def _normalised(f: sp.Expr) -> tuple[sp.Integer, sp.Expr]:
    """The sign of a factor's lowest term, and the factor with that term positive."""
    f = sp.expand(f)
    negative = bool(f.free_symbols) and sp.Poly(f).EC().is_negative
    return (sp.S.NegativeOne, sp.expand(-f)) if negative else (sp.S.One, f)


def _in_cosines(factors: Factors, phases: Phases) -> tuple[sp.Expr, Factors]:
    """Multiply each factor by its mirror image under φ → −φ, and write that with cos φ."""
    mirror = {u: 1 / u for u in phases}
    centred, result, number = Factors(), Factors(), sp.S.One
    for f, n in factors.items():
        centre = _centre(f, phases)
        sign, g = _normalised(f / centre)
        number *= sign**n
        centred[g] += n
        for u in phases:
            centred[u] += n * int(sp.degree(centre, u) if centre.is_polynomial(u) else 0)
    for f in list(centred):
        image, n = sp.expand(f.subs(mirror, simultaneous=True)), centred[f]
        if f in phases or not f.has(*phases):
            result[f] += n
        elif image == f:
            content, cosines = _with_cosines(f, phases).primitive()
            number *= content**n
            result[cosines] += n
        else:
            paired = min(n, centred[image], key=abs) if n * centred[image] > 0 else 0
            result[_with_cosines(sp.expand(f * image), phases)] += paired
            result[f] += n - paired
            centred[image] -= paired
    normal = Factors()
    for f, n in result.items():
        sign, g = _normalised(f)
        number *= sign**n
        normal[g] += n
    return number, Factors({f: n for f, n in normal.items() if n and f != 1})


def _centre(f: sp.Expr, phases: Phases) -> sp.Expr:
    """The powers of phases that, divided out, leave f with a constant term or symmetric."""
    if f in phases:
        return sp.S.One
    others = f.free_symbols - set(phases)
    constant = f.subs(dict.fromkeys(others, 0))
    if constant != 0 and not isinstance(constant, sp.Add):
        return constant.as_independent(*phases)[1]
    spans = {u: sp.Poly(f, u).monoms() for u in phases}
    middle = {u: sp.Rational(m[0][0] + m[-1][0], 2) for u, m in spans.items()}
    return sp.Mul(*(u**k for u, k in middle.items() if k.is_Integer))


def _with_cosines(f: sp.Expr, phases: Phases) -> sp.Expr:
    return sp.expand(sp.expand(f.xreplace(dict(phases))).rewrite(sp.cos))


def _squares_differenced(factors: Factors) -> Factors:
    """Write (1 − y)(1 + y) as 1 − y² where y is a monomial."""
    result = Factors(factors)
    for f in list(factors):
        y = sp.expand(1 - f)
        other = sp.expand(1 + y)
        if not isinstance(y, sp.Add) and result[f] * result[other] > 0 and f != other:
            paired = min(result[f], result[other], key=abs)
            result[sp.expand(1 - y**2)] += paired
            result[f] -= paired
            result[other] -= paired
    return Factors({f: n for f, n in result.items() if n})
