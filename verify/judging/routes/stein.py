"""The Stein equation X = A X B* + Q, of which the discrete Lyapunov equation is the case B = A.

As a linear system for X row by row it reads (I − A ⊗ B̄) vec X = vec Q. It is solved exactly, in
balls, and in floating point with a bound on the error. Shapes: A (n, n), B (m, m), Q (n, m).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import flint
import numpy as np
from numpy.typing import NDArray

from numerics.arithmetic import gaussian
from numerics.arithmetic.balls import around_zero

Rows = Sequence[Sequence[Any]]


class Unsolved(ArithmeticError):
    """The system is singular, or not certainly regular at the working precision."""


def exact(A: flint.fmpq_mat, B: flint.fmpq_mat, Q: flint.fmpq_mat) -> flint.fmpq_mat:
    """The solution for Gaussian rationals in 2×2 blocks (see `numerics.arithmetic.gaussian`)."""
    a, q = gaussian.blocks(A), gaussian.blocks(Q)
    b = gaussian.blocks(B.transpose())  # b[s][j] is the conjugate of entry (j, s)
    one = gaussian.gaussian(1)
    n, m = len(a), len(b)
    unknowns = [(i, j) for i in range(n) for j in range(m)]
    system = gaussian.block_matrix(
        [[one * (i == r and j == s) - a[i][r] * b[s][j] for r, s in unknowns] for i, j in unknowns]
    )
    try:
        column = system.solve(gaussian.block_matrix([[q[i][j]] for i, j in unknowns]))
    except ZeroDivisionError as error:
        raise Unsolved(str(error)) from None
    x = gaussian.blocks(column)
    return gaussian.block_matrix([[x[i * m + j][0] for j in range(m)] for i in range(n)])


def in_balls(A: flint.acb_mat, B: flint.acb_mat, Q: flint.acb_mat) -> flint.acb_mat:
    """Balls that hold the solution, at the working precision."""
    solution: flint.acb_mat = _solve(flint.acb_mat, A.table(), B.conjugate().table(), Q)
    return solution


def in_floats(A: flint.acb_mat, B: flint.acb_mat, Q: flint.acb_mat) -> flint.acb_mat:
    """LAPACK's solution X̂ with a radius that holds the solution X.

    X − X̂ = A (X − X̂) B* + S with the residual S = Q + A X̂ B* − X̂, so that, entry by entry,
    |X − X̂| ≤ Σ_k |A|^k |S| |B*|^k, which is the solution of the Stein equation of |A|, |B| and
    |S|. Both are evaluated in balls, which hold the rounding of A, B, Q and S as well.
    """
    a, b, q = (_floats(matrix) for matrix in (A, B, Q))
    try:
        x = np.linalg.solve(np.eye(q.size) - np.kron(a, b.conj()), q.ravel()).reshape(q.shape)
    except np.linalg.LinAlgError as error:
        raise Unsolved(str(error)) from None
    approximate = flint.acb_mat([[complex(z) for z in row] for row in x])
    residual = Q + A * approximate * B.conjugate().transpose() - approximate
    bound = _solve(flint.arb_mat, _upper(A), _upper(B), flint.arb_mat(_upper(residual)))
    radius = flint.acb_mat([[around_zero(r.abs_upper()) for r in row] for row in bound.table()])
    solution: flint.acb_mat = approximate + radius
    return solution


def _solve(matrix: Callable[..., Any], A: Rows, B: Rows, Q: Any) -> Any:
    """X with X_ij − Σ_rs A_ir B_js X_rs = Q_ij."""
    n, m = len(A), len(B)
    system = [
        [(i == r and j == s) - A[i][r] * B[j][s] for r in range(n) for s in range(m)]
        for i in range(n)
        for j in range(m)
    ]
    try:
        solution = matrix(system).solve(matrix(n * m, 1, Q.entries()))
    except ZeroDivisionError as error:
        raise Unsolved(str(error)) from None
    return matrix(n, m, solution.entries())


def _floats(matrix: flint.acb_mat) -> NDArray[np.complex128]:
    return np.array([[complex(z.mid()) for z in row] for row in matrix.table()])


def _upper(matrix: flint.acb_mat) -> list[list[flint.arb]]:
    return [[flint.arb(abs(z).abs_upper()) for z in row] for row in matrix.table()]
