"""Gaussian rationals a + bi, exact: the 2×2 rational matrices [[a, −b], [b, a]].

Sums, products and inverses are the matrices' own and the conjugate is the transpose, so that
a matrix of Gaussian rationals is a rational block matrix whose adjoint is its transpose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

import flint
import sympy as sp

from numerics.arithmetic.evaluation import Arithmetic, NotEvaluated, evaluate_in
from theory.algebra.conjugation import bar

Values = Mapping[sp.Symbol, flint.fmpq_mat]


def gaussian(real: Fraction | int, imag: Fraction | int = 0) -> flint.fmpq_mat:
    """The number real + imag·i."""
    a, b = (flint.fmpq(part.numerator, part.denominator) for part in (real, imag))
    return flint.fmpq_mat(2, 2, [a, -b, b, a])


def _number(constant: sp.Expr) -> flint.fmpq_mat:
    if constant is sp.I:
        return gaussian(0, 1)
    if constant.is_Rational:
        return gaussian(Fraction(int(constant.p), int(constant.q)))
    raise NotEvaluated(f"{constant} is not rational")


def _power(base: flint.fmpq_mat, exponent: flint.fmpq_mat) -> flint.fmpq_mat:
    if exponent[1, 0] != 0 or exponent[0, 0].q != 1:
        raise NotEvaluated("the exponent is not an integer")
    return base ** int(exponent[0, 0].p)


def _fraction(value: flint.fmpq) -> Fraction:
    return Fraction(int(value.p), int(value.q))


def _known_at_0(value: int) -> Callable[[flint.fmpq_mat], flint.fmpq_mat]:
    """A function with a value at 0, which elsewhere is not rational as a rule."""

    def function(z: flint.fmpq_mat) -> flint.fmpq_mat:
        if z != gaussian(0):
            raise NotEvaluated("roots are taken in balls")
        return gaussian(value)

    return function


GAUSSIAN = Arithmetic(
    number=_number,
    functions={
        "conjugate": flint.fmpq_mat.transpose,
        "re": lambda z: gaussian(_fraction(z[0, 0])),
        "im": lambda z: gaussian(_fraction(z[1, 0])),
        **{name: _known_at_0(1) for name in ("exp", "cos", "cosh")},
        **{name: _known_at_0(0) for name in ("sqrt", "sin", "tan", "sinh", "tanh")},
    },
    power=_power,
)


def exact_value(expr: sp.Expr, values: Values) -> flint.fmpq_mat:
    """The value of `expr`, conjugate variables included.

    Raises:
        NotEvaluated: where it is no Gaussian rational, or has no value.

    """
    bars = {bar(s): v.transpose() for s, v in values.items() if not s.is_real}
    try:
        value: flint.fmpq_mat = evaluate_in(expr, {**bars, **values}, GAUSSIAN)
    except ZeroDivisionError:
        raise NotEvaluated(f"{expr} divides by zero") from None
    return value


def block_matrix(rows: Sequence[Sequence[flint.fmpq_mat]]) -> flint.fmpq_mat:
    """The matrix with Gaussian rational entries `rows`, in 2×2 blocks."""
    lines = [[z[i, j] for z in row for j in (0, 1)] for row in rows for i in (0, 1)]
    return flint.fmpq_mat(lines)


def blocks(matrix: flint.fmpq_mat) -> list[list[flint.fmpq_mat]]:
    """The rows of a block matrix."""
    real = matrix.table()
    return [
        [
            flint.fmpq_mat([row[j : j + 2] for row in real[i : i + 2]])
            for j in range(0, matrix.ncols(), 2)
        ]
        for i in range(0, matrix.nrows(), 2)
    ]


def balls(blocks: flint.fmpq_mat) -> flint.acb_mat:
    """A block matrix in complex balls, at the working precision."""
    rows, columns = blocks.nrows() // 2, blocks.ncols() // 2
    return flint.acb_mat(
        [
            [flint.acb(blocks[2 * i, 2 * j], blocks[2 * i + 1, 2 * j]) for j in range(columns)]
            for i in range(rows)
        ]
    )
