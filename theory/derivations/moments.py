"""Moments and sensitivities from the kernel, every step checked (paper §2, App. C)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import sympy as sp
from sympy.printing.pretty.pretty_symbology import pretty_symbol

from theory import moments
from theory.algebra.conjugation import bar, conjugated, polarised
from theory.algebra.presentation import present
from theory.algebra.vanishing import vanishes
from theory.derivations.checking.formal_series import E, Filter, FormalSeries, K, t
from theory.derivations.checking.step import Derivation, Step, equation
from theory.derivations.kernel import (
    INSIDE,
    MIXED_DERIVATIVE,
    STATIONARY,
    SUM,
    differentiated,
    ending,
    kernel_steps,
    quotient_rule,
    two_real_filters,
    unit,
)  # fmt: skip
from theory.inputs import ArbitraryInput, Input
from theory.symbols import alpha, beta_bar, lam, lam1, lam2, real_lam

STATE = "h_{t+1} = λ h_t + x_{t+1}"
REAL_INPUT = "x is real"

_d, _e, _h, _s, _x = map(sp.IndexedBase, ("delta", "e", "h", "s", "x"))
_h1, _h2, _s1, _s2 = map(sp.IndexedBase, ("h1", "h2", "s1", "s2"))


def derive_second_moment(x: Input, eigenvalue: sp.Expr = real_lam) -> Derivation:
    """E|h|² (paper §2, eq. 5)."""
    lhs, series = E(sp.Abs(_h[t]) ** 2), unit(x, lam)
    steps = (
        *kernel_steps(x),
        equation(lhs, K(lam, bar(lam)), "Equal poles", "h and g are one unit.", series.holds),
        *_at_eigenvalue(x, eigenvalue, moments.second_moment, lhs, E(_h[t] ** 2)),
    )
    return Derivation("The state's second moment", (STATE, STATIONARY, INSIDE, SUM), steps)


def derive_covariance(x: Input) -> Derivation:
    """E[h_{t+1} h̄_t]: of states further apart, the same step is made again."""
    lhs, holds = E(_h[t + 1] * sp.conjugate(_h[t])), unit(x, lam).holds
    u = ArbitraryInput(x.is_real)
    input_and_state = E(_x[t + 1] * sp.conjugate(_h[t]))
    steps = (
        *kernel_steps(x),
        equation(
            lhs,
            lam * E(sp.Abs(_h[t]) ** 2) + input_and_state,
            "One step later",
            "h_{t+1} = λ h_t + x_{t+1}, multiplied by the conjugate of h_t.",
            holds,
        ),
        equation(
            bar(lam) * input_and_state,
            u.generating_function(bar(lam)),
            "Next input and state",
            "h_t is the sum of λ^i x_{t−i}, and E[x_{t+1} x̄_{t−i}] = R(i+1).",
            holds,
        ),
        equation(
            bar(lam) * lhs,
            present(bar(lam) * moments.covariance(u)),
            "Any input",
            "Put the kernel in.",
            holds,
        ),
        *ending(x, lhs, moments.covariance, holds, generally=False),
    )
    assumptions = (STATE, STATIONARY, INSIDE, SUM)
    return Derivation("The state's covariance, one step apart", assumptions, steps)


def derive_sensitivity(
    x: Input, eigenvalue: sp.Expr = real_lam, wrt: sp.Symbol | None = None
) -> Derivation:
    """E|∂h/∂p|² for a parameter p of λ, or for λ itself (paper §2).

    Args:
        x: the input.
        eigenvalue: λ, a symbol or an expression of real parameters.
        wrt: p; by default the eigenvalue where it is a symbol, else its only symbol.

    Raises:
        ValueError: `eigenvalue` has several symbols and `wrt` is not given.

    """
    parameter = wrt or _only_symbol(eigenvalue)
    lhs, series = E(sp.Abs(_s[t]) ** 2), unit(x, lam)

    def formula(u: Input, a: sp.Expr = lam) -> sp.Expr:
        return moments.sensitivity(u, a, a if a.is_Symbol else parameter)

    steps = (
        *kernel_steps(x),
        equation(
            lhs,
            sp.Subs(MIXED_DERIVATIVE, (alpha, beta_bar), (lam, bar(lam))),
            "Differentiate",
            "s = ∂h/∂λ meets λ only through α, and its conjugate meets λ̄ only through β̄.",
            series.holds,
        ),
        *quotient_rule(x),
        *_at_eigenvalue(x, eigenvalue, formula, lhs, E(_s[t] ** 2), parameter),
    )
    assumptions = (STATE, "s = ∂h/∂λ", STATIONARY, INSIDE, SUM)
    return Derivation("The state's sensitivity to its eigenvalue", assumptions, steps)


def derive_cross_moment(x: Input) -> Derivation:
    """E[h_1 h_2], no conjugate, real input (claim D1).

    Raises:
        ValueError: the input is complex.

    """
    lhs, series = E(_h1[t] * _h2[t]), two_real_filters(x)
    steps = (
        *kernel_steps(x),
        equation(
            lhs,
            K(lam1, lam2),
            "No conjugate",
            "For real x, h_2 is the conjugate of the unit with pole λ̄_2; so put λ_2 for β̄.",
            series.holds,
        ),
        *ending(x, lhs, moments.cross_moment, series.holds),
    )
    return Derivation(
        "The cross moment of two states", (STATIONARY, REAL_INPUT, INSIDE, SUM), steps
    )


def derive_cross_sensitivity(x: Input) -> Derivation:
    """E[∂h_1/∂λ_1 · ∂h_2/∂λ_2], no conjugate, real input (paper App. C; claim D1, D2).

    Raises:
        ValueError: the input is complex.

    """
    lhs, series = E(_s1[t] * _s2[t]), two_real_filters(x)
    steps = (
        *kernel_steps(x),
        equation(
            lhs,
            sp.Subs(MIXED_DERIVATIVE, (alpha, beta_bar), (lam1, lam2)),
            "Differentiate",
            "s_i = ∂h_i/∂λ_i; for real x, h_2 is the conjugate of the unit with pole λ̄_2.",
            series.holds,
        ),
        *quotient_rule(x),
        *ending(x, lhs, moments.cross_sensitivity, series.holds),
    )
    assumptions = (STATIONARY, REAL_INPUT, INSIDE, SUM)
    return Derivation("The cross sensitivity of two states", assumptions, steps)


def derive_backpropagated_error(x: Input, eigenvalue: sp.Expr = real_lam) -> Derivation:
    """E|δ|² of δ_t = Σ_k λ^k e_{t+k}, e a stationary direct error (paper §2)."""
    lhs, series = E(sp.Abs(_d[t]) ** 2), unit(x, lam)
    steps = (
        equation(
            lhs,
            E(sp.Abs(lam * _d[t + 1] + _e[t]) ** 2),
            "Backward recursion",
            "δ_t = λ δ_{t+1} + e_t: the state's recurrence with time reversed.",
            series.holds,
        ),
        equation(
            lhs,
            K(bar(lam), lam),
            "Time reversal",
            "Read backwards, e has the autocorrelation conj R: the kernel with λ and λ̄ exchanged.",
            series.holds,
        ),
        *_at_eigenvalue(x, eigenvalue, moments.backpropagated_error, lhs, E(_d[t] ** 2)),
    )
    assumptions = ("the direct error e is stationary with autocorrelation R(Δ)", INSIDE, SUM)
    return Derivation("The back-propagated error", assumptions, steps)


def _at_eigenvalue(
    x: Input,
    eigenvalue: sp.Expr,
    formula: Callable[[Input, sp.Expr], sp.Expr],
    lhs: sp.Expr,
    real_lhs: sp.Expr,
    wrt: sp.Symbol | None = None,
) -> Iterator[Step]:
    """A quantity for complex λ, then for the λ asked for, real or an expression."""
    holds = unit(x, lam).holds
    if eigenvalue == lam:
        yield from ending(x, lhs, lambda u: formula(u, lam), holds)
        return
    general = present(formula(ArbitraryInput(x.is_real), lam))
    yield equation(lhs, general, "Any input, complex λ", "Put the kernel in.", holds)
    if eigenvalue.is_Symbol:
        holds = unit(x, eigenvalue).holds
        lhs = real_lhs if x.is_real else lhs
        yield from ending(x, lhs, lambda u: formula(u, eigenvalue), holds)
        return
    pole, weight = polarised(eigenvalue), sp.S.One
    there = {lam: pole, bar(lam): conjugated(pole)}
    if wrt is not None:
        slope = sp.diff(pole, wrt)
        weight, lhs = slope * conjugated(slope), E(sp.Abs(_derivative(wrt)[t]) ** 2)
        yield _chain_rule(x, eigenvalue, wrt, weight)

    def substituted(statement: sp.Basic) -> bool:
        targets = (weight * formula(u, lam) for u in (ArbitraryInput(x.is_real), x))
        return any(vanishes(statement.rhs - f.subs(there, simultaneous=True)) for f in targets)

    yield from ending(x, lhs, lambda u: formula(u, eigenvalue), substituted)


def _chain_rule(x: Input, eigenvalue: sp.Expr, wrt: sp.Symbol, weight: sp.Expr) -> Step:
    pole = polarised(eigenvalue)
    by_pole = Filter(lambda i: i * pole ** max(i - 1, 0))
    filters = {"s": by_pole, str(_derivative(wrt)): differentiated(pole, wrt)}
    series = FormalSeries(x, (), filters)

    def termwise(statement: sp.Basic) -> bool:
        return vanishes(series.read(statement.lhs) - series.read(statement.rhs))

    lhs, rhs = E(sp.Abs(_derivative(wrt)[t]) ** 2), weight * E(sp.Abs(_s[t]) ** 2)
    name = pretty_symbol(str(wrt))
    return equation(
        lhs, rhs, "Chain rule", f"h_{name} = ∂h/∂{name} is s times ∂λ/∂{name}.", termwise
    )


def _derivative(parameter: sp.Symbol) -> sp.IndexedBase:
    return sp.IndexedBase(f"h_{parameter}")


def _only_symbol(eigenvalue: sp.Expr) -> sp.Symbol:
    if len(eigenvalue.free_symbols) != 1:
        raise ValueError(f"{eigenvalue} has several symbols: name the parameter")
    (symbol,) = eigenvalue.free_symbols
    return symbol
