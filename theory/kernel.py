"""The kernel K(α, β) = E[h_α h̄_β]: everything else is derived from it.

Two units h ← α h + x and g ← β g + x see the same stationary input. K depends on α and
on β̄ only, holomorphically in each; `beta_bar` is that second variable, so that a moment
without conjugate, E[h_α h_β], is the kernel at (α, β).
"""

from __future__ import annotations

from functools import cache

import sympy as sp

from theory.algebra.finite_sums import diagonal, is_one, upper_triangle
from theory.inputs import ArbitraryInput, Input, StationaryInput
from theory.symbols import alpha, beta_bar

R0, C_ALPHA, C_BETA = sp.symbols("R_0 C_alpha C_beta")
_K = sp.Symbol("K")

# E[h_{t+1} ḡ_{t+1}] = E[(α h_t + x_{t+1}) conj(β g_t + x_{t+1})] term by term, where
# E[h_t x̄_{t+1}] = Σ_i α^i conj R(i+1) = C̄(α)/α, and likewise for g.
STATIONARITY = sp.Eq(
    _K,
    alpha * beta_bar * _K + alpha * (C_ALPHA / alpha) + beta_bar * (C_BETA / beta_bar) + R0,
)
SOLUTION: sp.Expr = sp.together(sp.solve_linear(STATIONARITY.lhs, STATIONARITY.rhs, [_K])[1])


def kernel(x: Input, a: sp.Expr = alpha, b: sp.Expr = beta_bar) -> sp.Expr:
    """The kernel K at stationarity, for |a|, |b| < 1.

    Args:
        x: the input.
        a: the pole α of the first unit.
        b: the conjugate β̄ of the second unit's pole.

    Returns:
        [R(0) + C̄(a) + C(b)] / (1 − a b), from the fixed point of the recurrence
        (paper §2: the second moment is its diagonal).

    Examples:
        >>> from theory import kernel, white
        >>> kernel(white())
        1/(-alpha*beta_bar + 1)

    """
    return SOLUTION.subs(
        {
            R0: x.autocorrelation(0),
            C_ALPHA: x.conjugate().generating_function(a),
            C_BETA: x.generating_function(b),
            alpha: a,
            beta_bar: b,
        },
        simultaneous=True,
    )


def lagged_kernel(x: Input, lag: int, a: sp.Expr, b: sp.Expr) -> sp.Expr:
    """E[h_{t+k} ḡ_t] at stationarity, k = `lag` ≥ 0, for |a|, |b| < 1.

    It is K of an input whose autocorrelation is R(Δ + k), for negative Δ as well.

    Examples:
        >>> from theory.kernel import lagged_kernel
        >>> from theory import white
        >>> from theory.symbols import alpha, beta_bar
        >>> lagged_kernel(white(), 2, alpha, beta_bar)
        alpha**2/(-alpha*beta_bar + 1)

    """
    earlier = sp.Add(*(a**m * x.autocorrelation(lag - m) for m in range(lag + 1)))
    past = a**lag * x.conjugate().generating_function(a)
    return (earlier + past + _generated_from(x, lag, b)) / (1 - a * b)


def _generated_from(x: Input, lag: int, z: sp.Expr) -> sp.Expr:
    """Σ_{Δ≥1} z^Δ R(Δ + lag)."""
    if isinstance(x, StationaryInput):
        return x.advanced(lag).generating_function(z)
    known = (z**m * x.autocorrelation(m) for m in range(1, lag + 1))
    return (x.generating_function(z) - sp.Add(*known)) / z**lag


def finite_kernel(x: Input, horizon: sp.Expr, a: sp.Expr = alpha, b: sp.Expr = beta_bar) -> sp.Expr:
    """The kernel K after `horizon` = T steps from h = 0: Σ_{i,j<T} a^i b^j R(j−i), any a and b.

    A symbolic horizon is taken to be at least as long as every single lag of the input.
    Removable singularities (a b = 1, the unit circle) are left to the caller's limit.
    Raises ValueError for an arbitrary input and for terms Δ^k with k > 0, which have no
    closed form here.

    Examples:
        >>> import sympy as sp
        >>> from theory import finite_kernel, white
        >>> finite_kernel(white(), sp.Symbol("T", integer=True, positive=True))
        (1 - (alpha*beta_bar)**T)/(-alpha*beta_bar + 1)

    """
    if isinstance(x, ArbitraryInput) or any(t.power for t in x.terms):
        raise ValueError("a finite horizon needs an input of terms c*z**Delta and single lags")
    return (
        x.autocorrelation(0) * _geometric(a * b, horizon)
        + _upper_triangle(x, horizon, a, b)
        + _upper_triangle(x.conjugate(), horizon, b, a)
    )


def finite_kernel_derivative(
    x: Input, i: int, j: int, a: sp.Expr, b: sp.Expr, horizon: sp.Expr
) -> sp.Expr:
    """∂_α^i ∂_β̄^j at (a, b) of the kernel after `horizon` = T steps, on the unit circle as well.

    A symbolic horizon is taken to be at least as long as every single lag of the input; a
    number may be shorter. Raises NotImplementedError for an arbitrary input, whose sum to T has
    no closed form.
    """
    if isinstance(x, ArbitraryInput):
        raise NotImplementedError(
            "the kernel of an arbitrary input after T steps is no closed form"
        )
    bar = x.conjugate()
    if not _is_resonant(x, a, b) and not _is_resonant(bar, b, a):
        general = _finite_derivative(x, i, j, horizon)
        return general.subs({alpha: a, beta_bar: b}, simultaneous=True)
    total = x.autocorrelation(0) * diagonal(i, j, a, b, horizon)
    for term, other in zip(x.terms, bar.terms, strict=True):
        total += term.coefficient * upper_triangle(i, j, a, b, horizon, term.power, term.ratio)
        total += other.coefficient * upper_triangle(j, i, b, a, horizon, other.power, other.ratio)
    for (lag, value), (_, other) in zip(x.lags, bar.lags, strict=True):
        if lag > 0 and not (horizon - lag).is_negative:
            total += value * diagonal(i, j, a, b, horizon, lag)
            total += other * diagonal(j, i, b, a, horizon, lag)
    return total


@cache
def _finite_derivative(x: StationaryInput, i: int, j: int, horizon: sp.Expr) -> sp.Expr:
    return sp.diff(finite_kernel(x, horizon), alpha, i, beta_bar, j)


def _is_resonant(x: StationaryInput, a: sp.Expr, b: sp.Expr) -> bool:
    """Whether `finite_kernel` has no value at (a, b): on the unit circle, or at a term's ratio."""
    return (
        any(t.power for t in x.terms)
        or is_one(a * b)
        or any(is_one(t.ratio * b) or sp.expand(t.ratio - a) == 0 for t in x.terms)
    )


def _geometric(z: sp.Expr, terms: sp.Expr) -> sp.Expr:
    """Σ_{i < terms} z^i."""
    return (1 - z**terms) / (1 - z)


def _upper_triangle(x: StationaryInput, T: sp.Expr, a: sp.Expr, b: sp.Expr) -> sp.Expr:
    """Σ_{i<j<T} a^i b^j R(j−i)."""
    smooth = (
        t.coefficient
        * (
            b * t.ratio * _geometric(a * b, T)
            - t.ratio * b**T * (t.ratio**T - a**T) / (t.ratio - a)
        )
        / (1 - b * t.ratio)
        for t in x.terms
    )
    reached = ((k, value) for k, value in x.lags if k > 0 and not (T - k).is_negative)
    single = (value * b**k * _geometric(a * b, T - k) for k, value in reached)
    return sp.Add(*smooth, *single)
