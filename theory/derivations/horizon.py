"""The state after T steps from h = 0, for any pole, the unit circle included (claim A9).

What is said for every T is proved by induction, and compared with its definition for several T
(see `theory.derivations.checking.induction`).
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from theory.algebra.conjugation import bar
from theory.algebra.presentation import present
from theory.algebra.vanishing import vanishes
from theory.derivations.checking.formal_series import E, K, R
from theory.derivations.checking.induction import FiniteSums, closed_form_solves, sum_solves
from theory.derivations.checking.step import Derivation, Step, equation
from theory.derivations.kernel import given_input
from theory.inputs import ArbitraryInput, Input, StationaryInput
from theory.kernel import finite_kernel
from theory.symbols import T, alpha, beta_bar, lam, theta

ASSUMPTIONS = (
    "h_0 = 0 and g_0 = 0, and the input x is stationary with autocorrelation R(Δ)",
    "K(T, α, β̄) is E[h_T ḡ_T] for any poles α and β; s = ∂h/∂λ",
    "on the circle |λ| = 1, that is λ̄ = 1/λ",
    "for the growth, the sum of |R(Δ)| over Δ is finite",
)

_h, _s = map(sp.IndexedBase, ("h", "s"))
_i, _j = sp.symbols("i j", integer=True, nonnegative=True)
_k = sp.Symbol("k", integer=True, positive=True)
_p = alpha * beta_bar
_R0 = ArbitraryInput().autocorrelation(0)
_KERNEL = K(T, alpha, beta_bar)
_STATE, _SENSITIVITY = (E(sp.Abs(y[T]) ** 2) for y in (_h, _s))


def derive_finite_horizon(x: Input) -> Derivation:
    """K_T for any T, E|h_T|² and E|∂h_T/∂λ|² at |λ| = 1, and how they grow (claim A9)."""
    steps = [*_any_poles(x), *_on_the_circle(x)]
    if isinstance(x, StationaryInput):
        steps += _this_input(x)
    return Derivation("Finite horizon and the unit circle", ASSUMPTIONS, (*steps, _growth(x)))


def _any_poles(x: Input) -> Iterator[Step]:
    holds, lag = _any(x).holds, _pair(x, alpha, beta_bar)
    product = alpha**_i * beta_bar**_j * R(_j - _i)
    double = sp.Sum(product, (_i, 0, T - 1), (_j, 0, T - 1))
    why = "h_T is the sum of α^i x_{T−i} over i < T."
    yield equation(_KERNEL, double, "Unroll", why, holds)
    following = _p * _KERNEL + _R0 + sp.Sum(lag, (_k, 1, T))
    why = "One more step: h ← α h + x and g ← β g + x."
    yield equation(_KERNEL.subs(T, T + 1), following, "Recurrence", why, holds)

    def solves(said: sp.Basic) -> bool:
        return holds(said) and sum_solves(said.rhs, _k, _p, (_R0, lag))

    solution = _R0 * _geometric(T) + sp.Sum(_geometric(T - _k) * lag, (_k, 1, T - 1))
    why = "From K = 0 at T = 0 on: a geometric series for each lag."
    yield equation(_KERNEL, solution, "Any input", why, solves)


def _on_the_circle(x: Input) -> Iterator[Step]:
    holds, lag = _any(x).holds, _pair(x, lam, bar(lam))

    def counts(said: sp.Basic) -> bool:
        return holds(said) and sum_solves(said.rhs, _k, sp.S.One, (_R0, lag))

    def squares(said: sp.Basic) -> bool:
        growth = _R0 * T**2, T * (T - _k) * lag
        return holds(said) and sum_solves(said.rhs, _k, sp.S.One, growth)

    state = _R0 * T + sp.Sum((T - _k) * lag, (_k, 1, T - 1))
    why = "The geometric series count their terms."
    yield equation(_STATE, state, "State on the circle", why, counts)
    mixed = sp.Subs(sp.Derivative(_KERNEL, alpha, beta_bar), (alpha, beta_bar), (lam, bar(lam)))
    why = "s meets λ only through α, and its conjugate meets λ̄ only through β̄."
    yield equation(_SENSITIVITY, mixed, "Differentiate", why, holds)
    why = "Lag k is met with weight i (i + k) for each i < T − k."
    yield equation(_SENSITIVITY, _sensitivity(x), "Sensitivity on the circle", why, squares)


def _this_input(x: StationaryInput) -> Iterator[Step]:
    holds = FiniteSums(x).holds
    yield from given_input(x)
    longest = max((lag for lag, _ in x.lags), default=0)

    def closed(said: sp.Basic) -> bool:
        lag = _with_values(_pair(x, alpha, beta_bar), x)
        grows = closed_form_solves(said.rhs, _p, lambda n: lag.subs(_k, n))
        return holds(said, longest) and grows

    if len(x.terms) < 2 and not any(term.power for term in x.terms):
        why = "Geometric series over the lags" + (f", for T > {longest}." if longest else ".")
        yield equation(_KERNEL, finite_kernel(x, T), "Closed form", why, closed)
    sensitivity = _with_values(_sensitivity(x), x)
    yield equation(_SENSITIVITY, sensitivity, "On the circle", "Put R in.", holds)


def _growth(x: Input) -> Step:
    """E|s_T|² / T³ → ⅓ the spectral density at the pole's angle."""
    z = sp.exp(sp.I * theta)
    density = x.autocorrelation(0) + x.generating_function(1 / z)
    density += x.conjugate().generating_function(z)

    def dominated(said: sp.Basic) -> bool:
        weights = (_weights(T, 0), _weights(T, _k))
        shares = (sp.limit(weight / T**3, T, sp.oo) for weight in weights)
        return all(share == sp.Rational(1, 3) for share in shares) and vanishes(
            3 * said.rhs - density
        )

    lhs = sp.Limit(_SENSITIVITY / T**3, T, sp.oo)
    why = "Every lag's weight tends to T³/3, and is at most that: λ = e^{iθ}."
    result = sp.S.Zero if vanishes(density) else present(density / 3)
    return equation(lhs, result, "Growth", why, dominated)


def _sensitivity(x: Input) -> sp.Expr:
    lag = _pair(x, lam, bar(lam))
    return _R0 * _weights(T, 0) + sp.Sum(_weights(T, _k) * lag, (_k, 1, T - 1))


def _weights(n: sp.Expr, k: sp.Expr) -> sp.Expr:
    """Σ_{i < n−k} i (i + k)."""
    return (n - k) * (n - k - 1) * (2 * n + k - 1) / 6


def _geometric(terms: sp.Expr) -> sp.Expr:
    return (1 - _p**terms) / (1 - _p)


def _pair(x: Input, a: sp.Expr, b: sp.Expr) -> sp.Expr:
    """What lag k and lag −k contribute: a^k R̄(k) + b^k R(k)."""
    conjugate = R if x.is_real else sp.Function("R_bar")
    return a**_k * conjugate(_k) + b**_k * R(_k)


def _with_values(expr: sp.Expr, x: StationaryInput) -> sp.Expr:
    """`expr` with the R of an input."""
    values = {_R0: x.autocorrelation(0), R(_k): x.autocorrelation(_k)}
    values[sp.Function("R_bar")(_k)] = x.conjugate().autocorrelation(_k)
    given = expr.xreplace(values)
    return given.replace(lambda e: isinstance(e, sp.Sum) and e.function == 0, lambda _: sp.S.Zero)


def _any(x: Input) -> FiniteSums:
    return FiniteSums(ArbitraryInput(x.is_real))
