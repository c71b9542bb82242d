"""Expressions on unit circles as real ones in t = tan(angle/2), which ranges over the line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import sympy as sp

from theory.algebra.conjugation import bar
from verify.judging.symbolic.charts import Uncovered
from verify.judging.symbolic.fractions import in_lowest_terms

Range = tuple[sp.Expr, sp.Expr]


def without_angles(
    expr: sp.Expr, ranges: Mapping[sp.Symbol, Range], moduli: Mapping[sp.Symbol, Range]
) -> tuple[sp.Expr, dict[sp.Symbol, Range]]:
    """A real expression with the sign of `expr`, and the ranges of its symbols.

    A complex symbol and its bar become r u and r/u, and exp(iθ) with θ in nothing else a
    power of some u, all on the unit circle; then u = (1 + it)/(1 − it). Whole circles are
    covered, but where θ has a range of less than a turn about 0.

    Args:
        expr: polarised, without trigonometric functions; real where bars are conjugates.
        ranges: of the real symbols.
        moduli: of the complex symbols.

    Raises:
        Uncovered: if the expression is not real.

    """
    ranges = dict(ranges)
    circles, arcs = [], dict[sp.Symbol, Range]()
    for symbol in sorted(expr.free_symbols & set(moduli), key=str):
        r, u = sp.Dummy(f"|{symbol}|", nonnegative=True), sp.Dummy(f"arg {symbol}")
        expr = expr.subs({symbol: r * u, bar(symbol): r / u}, simultaneous=True)
        ranges[r] = moduli[symbol]
        circles.append(u)
    expr = expr.replace(sp.exp, _of_sum)
    for symbol in sorted(expr.free_symbols, key=str):
        rates = {e: e.args[0] / (sp.I * symbol) for e in expr.atoms(sp.exp)}
        rates = {e: rate for e, rate in rates.items() if rate.is_Rational}
        if rates:
            step = abs(sp.gcd_list(list(rates.values())))
            u = sp.Dummy(str(step * symbol))
            expr = expr.xreplace({e: u ** (rate / step) for e, rate in rates.items()})
            circles.append(u)
            arcs[u] = _arc(*(step * end / 2 for end in ranges[symbol]))
    if not circles and not expr.has(sp.I):
        return expr, ranges
    i = sp.Dummy("i")
    parts = list(in_lowest_terms(expr.subs(sp.I, i)))
    for u in circles:
        t = sp.Dummy(f"tan({u.name}/2)", real=True)
        degree = max(sp.degree(part, u) for part in parts)
        parts = [_on_line(sp.Poly(part, u), degree, t, i) for part in parts]
        ranges[t] = arcs.get(u, (-sp.oo, sp.oo))
    (a, b), (c, d) = (_real_and_imaginary(part, i) for part in parts)
    if sp.expand(b * c - a * d) != 0:
        raise Uncovered("values that are not real")
    real = a * c + b * d
    return _of_squares(real, ranges), ranges


def turned(
    expr: sp.Expr, ranges: Mapping[sp.Symbol, Range]
) -> tuple[sp.Expr, dict[sp.Symbol, Range]]:
    """The expression with angles between 0 and a turn taken from half a turn on.

    A range that is less than a turn about 0 is covered as it is; see `without_angles`.
    """
    ranges = dict(ranges)
    for symbol, step in _steps(expr, ranges).items():
        lower, upper = (end * step for end in ranges[symbol])
        if upper > sp.pi and lower >= 0 and upper <= 2 * sp.pi:
            angle, half = sp.Dummy(f"{symbol}", real=True), sp.pi / step
            expr = expr.subs(symbol, angle + half).replace(sp.exp, _of_sum)
            ranges[angle] = tuple(end - half for end in ranges.pop(symbol))
    return expr, ranges


def _of_sum(exponent: sp.Expr) -> sp.Expr:
    """The exponential of a sum as a product, whole turns and halves of them being numbers."""
    return sp.expand_power_exp(sp.exp(sp.expand(exponent)))


def _steps(expr: sp.Expr, ranges: Mapping[sp.Symbol, Range]) -> dict[sp.Symbol, sp.Rational]:
    """The real symbols that occur in phases, with a step whose multiples their rates are."""
    expanded = expr.replace(sp.exp, _of_sum)
    steps = {}
    for symbol in sorted(expanded.free_symbols & set(ranges), key=str):
        rates = [e.args[0] / (sp.I * symbol) for e in expanded.atoms(sp.exp)]
        rates = [rate for rate in rates if rate.is_Rational]
        if rates:
            steps[symbol] = abs(sp.gcd_list(rates))
    return steps


def opposite(
    expr: sp.Expr, ranges: Mapping[sp.Symbol, Range], moduli: Mapping[sp.Symbol, Range]
) -> Iterator[tuple[sp.Expr, dict[sp.Symbol, Range], dict[sp.Symbol, Range]]]:
    """The expression where one of its angles is half a turn, which no finite tangent stands for.

    Args:
        expr: as for `without_angles`.
        ranges: of the real symbols.
        moduli: of the complex symbols.

    Yields:
        For each angle that may be so: the expression, and what ranges are left.

    """
    for symbol in sorted(expr.free_symbols & set(moduli), key=str):
        r = sp.Dummy(f"|{symbol}|", nonnegative=True)
        image = expr.subs({symbol: -r, bar(symbol): -r}, simultaneous=True)
        left = {other: ends for other, ends in moduli.items() if other != symbol}
        yield image, {**ranges, r: moduli[symbol]}, left
    for symbol, step in _steps(expr, ranges).items():
        lower, upper = ranges[symbol]
        if not (lower * step >= -sp.pi and upper * step <= sp.pi):
            left = {other: ends for other, ends in ranges.items() if other != symbol}
            yield expr.subs(symbol, sp.pi / step), left, dict(moduli)


def _arc(lower: sp.Expr, upper: sp.Expr) -> Range:
    """The range of tan(angle/2) for the halves of angles; the whole line if they pass ±π/2."""
    quarter = sp.pi / 2
    if lower < -quarter or upper > quarter:
        return -sp.oo, sp.oo
    return (
        -sp.oo if lower == -quarter else sp.sin(lower) / sp.cos(lower),
        sp.oo if upper == quarter else sp.sin(upper) / sp.cos(upper),
    )


def _on_line(part: sp.Poly, degree: int, t: sp.Symbol, i: sp.Symbol) -> sp.Expr:
    """A polynomial in u times (1 − it)^degree, which leaves one in t."""
    return sum(c * (1 + i * t) ** n * (1 - i * t) ** (degree - n) for (n,), c in part.terms())


def _real_and_imaginary(part: sp.Expr, i: sp.Symbol) -> tuple[sp.Expr, sp.Expr]:
    powers = sp.Poly(part, i).all_coeffs()[::-1]
    real, imaginary = (sum(powers[n::4]) - sum(powers[n + 2 :: 4]) for n in (0, 1))
    return sp.expand(real), sp.expand(imaginary)


def _of_squares(real: sp.Expr, ranges: dict[sp.Symbol, Range]) -> sp.Expr:
    """t² as a symbol of its own, where nothing else of t occurs."""
    for t in [s for s in real.free_symbols if s.name.startswith("tan(")]:
        powers = {p for p in real.atoms(sp.Pow) if p.base == t}
        square = sp.Dummy(f"{t.name}**2", nonnegative=True)
        image = real.xreplace({p: square ** (p.exp / 2) for p in powers if p.exp % 2 == 0})
        if not image.has(t):
            real = image
            ends = [end**2 for end in ranges[t]]
            low = sp.S.Zero if ranges[t][0] < 0 < ranges[t][1] else min(ends)
            ranges[square] = (low, max(ends))
    return real
