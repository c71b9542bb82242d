"""The kernel from the recurrence in checked steps, and one input's formula from the kernel.

Every derivation begins and ends so; `theory.derivations` has what is special to each.
The checks know definitions only (see `theory.derivations.checking.formal_series`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import sympy as sp

from theory.algebra.conjugation import bar
from theory.algebra.presentation import present, present_autocorrelation
from theory.algebra.vanishing import vanishes
from theory.derivations.checking.formal_series import E, Filter, FormalSeries, K, R, t
from theory.derivations.checking.step import Derivation, Step, equation
from theory.inputs import ArbitraryInput, Input, StationaryInput
from theory.kernel import kernel
from theory.symbols import Delta, alpha, beta, beta_bar, lam1, lam2

Formula = Callable[[Input], sp.Expr]
Check = Callable[[sp.Basic], bool]

STATIONARY = "the input x is stationary with autocorrelation R(Δ), and began infinitely long ago"
INSIDE = "all poles lie inside the unit circle"
SUM = "C(z) is the sum of z^Δ R(Δ) over Δ ≥ 1"

z = sp.Symbol("z")
g, h, x_ = map(sp.IndexedBase, ("g", "h", "x"))
MIXED_DERIVATIVE = sp.Derivative(K(alpha, beta_bar), alpha, beta_bar)


def derive_kernel(x: Input) -> Derivation:
    """K(α, β̄) = E[h_t ḡ_t] for two units h and g with poles α and β (paper App. A)."""
    steps = (
        *kernel_steps(x),
        *ending(x, K(alpha, beta_bar), kernel, two_units(x).holds, generally=False),
    )
    return Derivation("The kernel of two units", (STATIONARY, INSIDE, SUM), steps)


def kernel_steps(x: Input) -> tuple[Step, ...]:
    """The steps from the recurrence to K(α, β̄) for an arbitrary input."""
    u, holds = ArbitraryInput(x.is_real), two_units(x).holds
    c_alpha = u.conjugate().generating_function(alpha)
    c_beta = u.generating_function(beta_bar)
    k = K(alpha, beta_bar)
    one_step = (alpha * h[t] + x_[t + 1]) * sp.conjugate(beta * g[t] + x_[t + 1])
    return (
        equation(
            E(h[t + 1] * sp.conjugate(g[t + 1])),
            E(one_step),
            "Recurrence",
            "Two units see the same input: h ← α h + x and g ← β g + x.",
            holds,
        ),
        equation(
            alpha * E(h[t] * sp.conjugate(x_[t + 1])),
            c_alpha,
            "State and next input",
            "h_t is the sum of α^i x_{t−i}, and E[x_{t−i} x̄_{t+1}] is the conjugate of R(i+1).",
            holds,
        ),
        equation(
            beta_bar * E(x_[t + 1] * sp.conjugate(g[t])),
            c_beta,
            "Next input and state",
            "Likewise, with E[x_{t+1} x̄_{t−i}] = R(i+1).",
            holds,
        ),
        equation(
            k,
            alpha * beta_bar * k + c_alpha + c_beta + u.autocorrelation(0),
            "Stationarity",
            "E[h ḡ] is the same at t and at t + 1: call it K and multiply the recurrence out.",
            holds,
        ),
        equation(k, present(kernel(u)), "Solve", "|α β̄| < 1, so 1 − α β̄ is not 0.", holds),
    )


def ending(
    x: Input,
    lhs: sp.Expr,
    formula: Formula,
    check: Check,
    *,
    generally: bool = True,
    shape: Callable[[sp.Expr], sp.Expr] = present,
) -> Iterator[Step]:
    """A quantity for an arbitrary input, then, where one is given, for that input."""
    if generally:
        general = shape(formula(ArbitraryInput(x.is_real)))
        yield equation(lhs, general, "Any input", "Put the kernel in.", check)
    if isinstance(x, StationaryInput):
        yield from given_input(x)
        why = "Put R(0) and C in, and factor."
        yield equation(lhs, shape(formula(x)), "Result", why, check)


def given_input(x: StationaryInput) -> Iterator[Step]:
    """The steps that state an input's R(Δ) and its C(z)."""
    given = present_autocorrelation(x.autocorrelation())
    yield equation(R(Delta), given, "This input", "Given.", lambda said: _is_given(x, said))
    yield equation(
        ArbitraryInput(x.is_real).generating_function(z),
        present(x.generating_function(z)),
        "Sum over the lags",
        "Geometric series and their derivatives.",
        FormalSeries(x, (z,)).holds,
    )


def quotient_rule(x: Input) -> tuple[Step, ...]:
    """∂_α ∂_β̄ K for an arbitrary input."""
    general = present(sp.diff(kernel(ArbitraryInput(x.is_real)), alpha, beta_bar))
    why = "Term by term; K is holomorphic in α and in β̄."
    return (
        equation(MIXED_DERIVATIVE, general, "Derivative of the kernel", why, two_units(x).holds),
    )


def two_units(x: Input) -> FormalSeries:
    """A check of statements about h and g with poles α and β."""
    return FormalSeries(x, (alpha, beta_bar), {"h": geometric(alpha), "g": geometric(beta)})


def unit(x: Input, pole: sp.Symbol) -> FormalSeries:
    """A check of statements about one unit h, its s = ∂h/∂λ, and its error δ."""
    filters = {
        "h": geometric(pole),
        "s": differentiated(pole, pole),
        "delta": Filter(lambda k: pole**k, ahead=True),
    }
    return FormalSeries(x, tuple({pole, bar(pole)}), filters)


def two_real_filters(x: Input) -> FormalSeries:
    """A check of statements about h_1, h_2 and their derivatives, none of them conjugated."""
    filters = {"h1": geometric(lam1), "h2": geometric(lam2)}
    filters |= {"s1": differentiated(lam1, lam1), "s2": differentiated(lam2, lam2)}
    return FormalSeries(x, (lam1, lam2), filters)


def geometric(pole: sp.Expr) -> Filter:
    """h_t = Σ_i λ^i x_{t−i}."""
    return Filter(lambda i: pole**i)


def differentiated(pole: sp.Expr, parameter: sp.Symbol) -> Filter:
    """∂h_t/∂p = Σ_i (∂λ^i/∂p) x_{t−i}, term by term."""
    return Filter(lambda i: sp.diff(pole**i, parameter))


def _is_given(x: StationaryInput, said: sp.Basic) -> bool:
    values = ((said.rhs.subs(Delta, k), x.autocorrelation(k)) for k in range(9))
    return all(vanishes(a - b) for a, b in values)
