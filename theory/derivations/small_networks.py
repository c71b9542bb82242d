"""Fully connected networks of two or three units, on which statements about any are tried.

Their eigenvalues are symbols. A process is read as its response Σ_a c_a z^{−a}, c_a being the
weight of x_{t−a}; what is differentiated is a power of the matrix A, by one of its entries.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product

import sympy as sp
from sympy.core.function import AppliedUndef

from theory.algebra.conjugation import bar, conjugated
from theory.algebra.vanishing import vanishes

lam, q, s, w, x, D, P, Q = map(sp.IndexedBase, ("lambda", "q", "s", "w", "x", "D", "P", "Q"))
E, h = sp.Function("E"), sp.Function("h")
i, j, k, m, n = sp.symbols("i j k m n", integer=True, positive=True)
t = sp.Symbol("t", integer=True)
z = sp.Symbol("z")

_LAGS = 4  # responses are compared up to z^{−3}
_delay = sp.Symbol("delay")


@dataclass(frozen=True)
class Network:
    """A network with A = P Λ P⁻¹, symbols λ_1, λ_2, … in Λ, and input weights b.

    Attributes:
        vectors: P.
        weights: b.

    """

    vectors: sp.ImmutableMatrix
    weights: sp.ImmutableMatrix

    def agrees(self, statement: sp.Basic) -> bool:
        """Whether an equation holds for all values of its free indices m, k, i and j."""
        if not isinstance(statement, sp.Equality):
            return False
        free = sorted(statement.free_symbols & {i, j, k, m}, key=str)
        return all(
            self._holds((statement.lhs - statement.rhs).subs(dict(zip(free, values, strict=True))))
            for values in product(range(1, self._size + 1), repeat=len(free))
        )

    def _holds(self, difference: sp.Expr) -> bool:
        response = self._read(difference.subs(n, self._size).doit())
        if response.has(sp.nan, sp.zoo):
            return True  # λ_m − λ_k at m = k: nothing is said there
        delays = _delay, bar(_delay)
        in_delays = response.subs({z: 1 / _delay, bar(z): 1 / bar(_delay)}, simultaneous=True)
        # One response is cut off after z^{-_LAGS}; of two, every product of lags is there.
        order = 2 * _LAGS if difference.has(E) else _LAGS - 1
        return vanishes(in_delays, delays, order)

    def _read(self, expr: sp.Expr) -> sp.Expr:
        if isinstance(expr, sp.Indexed):
            return self._value(str(expr.base), *expr.indices)
        if isinstance(expr, sp.Derivative):
            return sp.diff(self._read(expr.expr), self._read(expr.variables[0]))
        if isinstance(expr, AppliedUndef) and expr.func == h:
            pole = self._read(expr.args[0])
            return _response([pole**a for a in range(_LAGS)]) / z
        if isinstance(expr, AppliedUndef) and expr.func == E:
            return self._read(expr.args[0])
        if expr.is_Pow and isinstance(expr.base, sp.Abs) and expr.exp == 2:
            inside = self._read(expr.base.args[0])
            return inside * conjugated(inside)
        return expr.func(*map(self._read, expr.args)) if expr.args else expr

    def _value(self, name: str, *indices: sp.Expr) -> sp.Expr:
        *places, last = indices
        shift = z ** (last - t - 1)  # one step later, so that x_{t+1} has no power of z above
        at = [int(place) - 1 for place in places]
        match name:
            case "lambda":
                return self._eigenvalues[int(last) - 1]
            case "P":
                return self.vectors[at[0], int(last) - 1]
            case "Q":
                return self._inverse[at[0], int(last) - 1]
            case "w":
                return (self._inverse * self.weights)[int(last) - 1]
            case "x":
                return shift
            case "q":
                return shift * _response([v[at[0]] for v in self._states])
            case "s":
                return shift * _response([v[at[0]] for v in self._sensitivities[at[1], at[2]]])
            case _:
                first, second = (self._eigenvalues[a] for a in at)
                return shift * _response([_two_poles(first, second, a) for a in range(_LAGS)])

    @property
    def _size(self) -> int:
        return int(self.vectors.rows)

    @cached_property
    def _eigenvalues(self) -> tuple[sp.Symbol, ...]:
        return tuple(sp.symbols(f"lambda1:{self._size + 1}"))

    @cached_property
    def _inverse(self) -> sp.ImmutableMatrix:
        return self.vectors.inv()

    @cached_property
    def _states(self) -> list[sp.Matrix]:
        """Q A^a b for every lag a."""
        A = self.vectors * sp.diag(*self._eigenvalues) * self._inverse
        return [(self._inverse * A**a * self.weights).applyfunc(sp.expand) for a in range(_LAGS)]

    @cached_property
    def _sensitivities(self) -> dict[tuple[int, int], list[sp.Matrix]]:
        """Q ∂(A^a b)/∂A_ij for every lag a, by i and j."""
        size = self._size
        X = sp.Matrix(size, size, lambda r, c: sp.Symbol(f"A{r}{c}"))
        A = self.vectors * sp.diag(*self._eigenvalues) * self._inverse
        values = dict(zip(X, A, strict=True))
        powers = [X**a * self.weights for a in range(_LAGS)]
        return {
            (r, c): [
                (self._inverse * sp.diff(power, X[r, c]).subs(values)).applyfunc(sp.expand)
                for power in powers
            ]
            for r, c in product(range(size), repeat=2)
        }


def _response(coefficients: list[sp.Expr]) -> sp.Expr:
    return sp.Add(*(c * z**-a for a, c in enumerate(coefficients)))


def _two_poles(first: sp.Expr, second: sp.Expr, lag: int) -> sp.Expr:
    return sp.Add(*(first**a * second ** (lag - 1 - a) for a in range(lag)))


_I = sp.I
GENERAL = (
    Network(sp.ImmutableMatrix([[1, 2], [1, 3]]), sp.ImmutableMatrix([1, -2])),
    Network(sp.ImmutableMatrix([[1, 2, 0], [0, 1, 1], [1, 1, 0]]), sp.ImmutableMatrix([2, 1, -1])),
)
UNITARY = Network(sp.ImmutableMatrix([[3, 4 * _I], [4 * _I, 3]]) / 5, sp.ImmutableMatrix([1, -2]))


def every_network(statement: sp.Basic) -> bool:
    """Whether a statement holds for networks of two and of three units."""
    return all(network.agrees(statement) for network in GENERAL)
