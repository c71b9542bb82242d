"""SymPy expressions in ball arithmetic: a value together with a rigorous bound on its error.

python-flint's `acb` carries a midpoint and a radius; what comes out contains the truth.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

import flint
import sympy as sp

from numerics.arithmetic.evaluation import Arithmetic, NotEvaluated, evaluate_in
from theory.algebra.conjugation import bar

Values = Mapping[sp.Symbol, flint.acb]


def rational(value: sp.Rational) -> flint.arb:
    """A ball around an exact rational, at the working precision."""
    return flint.arb(flint.fmpq(int(value.p), int(value.q)))


def _number(constant: sp.Expr) -> flint.acb:
    if constant.is_Rational:
        return flint.acb(rational(constant))
    if constant is sp.I:
        return flint.acb(0, 1)
    if constant is sp.pi:
        return flint.acb(flint.arb.pi())
    if constant is sp.E:
        return flint.acb(flint.arb(1).exp())
    raise NotEvaluated(f"{constant} cannot be evaluated")


def power(base: flint.acb, exponent: flint.acb) -> flint.acb:
    """The power base^exponent on the principal branch; 0^0 = 1, as white noise is ρ^Δ at ρ = 0."""
    twice = 2 * exponent
    if twice.imag == 0 and twice.real.is_exact() and twice.real.is_integer():
        whole, half = divmod(int(twice.real.fmpz()), 2)
        result: flint.acb = base**whole * (base.sqrt() if half else 1)
        return result
    if base == 0 and exponent.real > 0:
        return flint.acb(0)
    return base**exponent


BALLS = Arithmetic(
    number=_number,
    functions={
        **{
            name: getattr(flint.acb, name)
            for name in (
                *("exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh"),
                *("sqrt", "asinh", "atanh", "conjugate"),
            )
        },
        "Abs": lambda z: flint.acb(abs(z)),
        "sign": lambda z: z.sgn(),
        "re": lambda z: flint.acb(z.real),
        "im": lambda z: flint.acb(z.imag),
        "KroneckerDelta": lambda a, b: flint.acb(int(a == b)),
    },
    power=power,
)


def evaluate(expr: sp.Expr, values: Values) -> flint.acb:
    """A ball around the value of `expr`, at the working precision of `flint.ctx`.

    The conjugate variables of polarised expressions take the conjugate values.
    """
    bars = {bar(s): v.conjugate() for s, v in values.items() if not s.is_real}
    ball: flint.acb = evaluate_in(expr, {**bars, **values}, BALLS)
    return ball


def midpoint(ball: flint.arb) -> Fraction:
    """The exact midpoint of a ball."""
    mantissa, exponent = ball.mid().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def certified(
    expr: sp.Expr, values: Callable[[], Values], digits: int = 30, limit: int = 40
) -> flint.acb:
    """A ball of `expr` with relative radius at most 10^−digits.

    Args:
        expr: the expression.
        values: makes the point's coordinates at the current precision.
        digits: decimal digits wanted.
        limit: gives up at `limit` times the bits that the digits themselves need.

    Raises:
        NotEvaluated: if no precision within the limit separates the value from zero, or
            the point is singular.

    Examples:
        >>> import flint
        >>> from numerics import certified
        >>> from theory import second_moment, white
        >>> from theory.symbols import real_lam
        >>> state = second_moment(white(), real_lam)
        >>> certified(state, lambda: {real_lam: flint.acb(1) / 3}, digits=50).contains(1.125)
        True

    """
    needed = int(digits * 3.33) + 5
    precision = needed + 20
    while precision <= limit * (needed + 20):
        with flint.ctx.workprec(precision):
            ball = evaluate(expr, values())
            if ball.is_finite() and (ball.rel_accuracy_bits() >= needed or ball == 0):
                return ball
        precision *= 2
    raise NotEvaluated(
        f"no value to {digits} digits: the point is singular, or the value is zero there"
    )


def decimal(ball: flint.acb, digits: int = 30) -> str:
    """A ball as a decimal number with at most `digits` correct digits; 0 where no more is known."""
    real = "0" if ball.real.contains(0) else ball.real.str(digits, radius=False)
    if ball.imag.contains(0):
        return str(real)
    imag = ball.imag.str(digits, radius=False)
    return f"{real} {'-' if imag.startswith('-') else '+'} {imag.lstrip('-')}*I"


def around_zero(radius: flint.arb | float) -> flint.acb:
    """A ball around 0 with each complex number of a modulus up to a radius, itself no ball."""
    part = flint.arb(0, radius)
    return flint.acb(part, part)
