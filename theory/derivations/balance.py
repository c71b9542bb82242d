"""The normaliser γ and the parametrization λ(ω) that keep moments of order one (paper §3)."""

from __future__ import annotations

import sympy as sp

from theory.algebra.vanishing import vanishes
from theory.derivations.checking.formal_series import E, t
from theory.derivations.checking.step import Derivation, equation
from theory.derivations.kernel import unit
from theory.derivations.moments import derive_second_moment, derive_sensitivity
from theory.inputs import Input, white
from theory.parametrizations import optimal_gamma, optimal_parameter_white, optimality_condition
from theory.symbols import omega, real_lam

_h, _s = map(sp.IndexedBase, ("h", "s"))


def derive_gamma(x: Input) -> Derivation:
    """γ = 1/sqrt(E h²), real λ (paper §3; claim B5)."""
    moment = derive_second_moment(x)
    series, gamma = unit(x, real_lam), sp.Symbol("gamma", positive=True)

    def normalises(statement: sp.Basic) -> bool:
        return series.holds(sp.Eq(E(sp.Abs(_h[t]) ** 2), statement.rhs**-2, evaluate=False))

    steps = (
        *moment.steps,
        equation(gamma, optimal_gamma(x), "Normalise", "γ² E[h²] = 1, γ > 0.", normalises),
    )
    return Derivation("The normaliser γ", moment.assumptions, steps)


def derive_parametrization(x: Input) -> Derivation:
    """λ'(ω) for which neither state nor sensitivity depends on λ (paper §3; claim B3, B5).

    For white input the derivation ends with ω(λ) in closed form.
    """
    sensitivity, gamma = derive_sensitivity(x), derive_gamma(x)
    condition = optimality_condition(x)
    series = unit(x, real_lam)

    def balances(statement: sp.Basic) -> bool:
        squared = (statement.rhs * gamma.result) ** 2
        return series.holds(sp.Eq(squared * E(sp.Abs(_s[t]) ** 2), 1, evaluate=False))

    def integrates(statement: sp.Basic) -> bool:
        product = sp.expand(sp.diff(statement.rhs, real_lam)) * condition.rhs
        return vanishes(_on_hyperbola(product) - 1)

    why = "E|∂(γh)/∂ω|² = γ² λ'(ω)² E[s²], γ held fixed: ask for 1."
    steps = [
        *sensitivity.steps,
        gamma.steps[-1],
        equation(condition.lhs, condition.rhs, "Balance", why, balances),
    ]
    if x == white():
        solution = optimal_parameter_white()
        why = "The integral of dλ/λ'(ω); check it by differentiating."
        steps.append(equation(omega, solution, "Integrate", why, integrates))
    title = "The parametrization λ(ω) that balances the sensitivity"
    return Derivation(title, sensitivity.assumptions, tuple(steps))


def _on_hyperbola(expr: sp.Expr) -> sp.Expr:
    """`expr` at λ = (v − 1/v)/2, where sqrt(1 + λ²) = (v + 1/v)/2 is rational in v > 0."""
    v = sp.Symbol("v", positive=True)
    root = (v + 1 / v) / 2
    rational = expr.replace(
        lambda f: f.is_Pow and f.base == 1 + real_lam**2, lambda f: root ** (2 * f.exp)
    )
    return rational.subs(real_lam, (v - 1 / v) / 2)
