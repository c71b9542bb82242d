"""The sensitivity in the coordinates that are trained: ν and θ, or ω (paper §3; claims B4, B6)."""

from __future__ import annotations

import sympy as sp

from theory.derivations.checking.formal_series import E, Filter, FormalSeries, t
from theory.derivations.checking.step import Derivation, equation
from theory.derivations.kernel import differentiated
from theory.derivations.moments import derive_sensitivity
from theory.inputs import Input
from theory.symbols import nu, omega, real_lam, theta


def derive_polar_sensitivity(x: Input) -> Derivation:
    """E|∂h/∂ν|² and E|∂h/∂θ|² for λ = ν e^{iθ} (paper §3; claim B6)."""
    pole = nu * sp.exp(sp.I * theta)
    modulus, angle = (derive_sensitivity(x, pole, by) for by in (nu, theta))
    known = {step.statement for step in modulus.steps}
    steps = (*modulus.steps, *(step for step in angle.steps if step.statement not in known))
    assumptions = dict.fromkeys((*modulus.assumptions, *angle.assumptions))
    return Derivation("The sensitivity in polar coordinates", tuple(assumptions), steps)


def derive_parameter_sensitivity(x: Input) -> Derivation:
    """E|∂h/∂ω|² for λ = exp(−exp ω), the LRU's modulus, as a function of λ (paper §3; claim B4)."""
    modulus, slope = sp.exp(-sp.exp(omega)), real_lam * sp.log(real_lam)
    by_omega = sp.IndexedBase("h_omega")

    def coefficient(i: int) -> sp.Expr:
        return sp.diff(modulus**i, omega).subs(omega, sp.log(-sp.log(real_lam)))

    filters = {"s": differentiated(real_lam, real_lam), str(by_omega): Filter(coefficient)}
    holds = FormalSeries(x, (real_lam,), filters).holds
    derivation = derive_sensitivity(x)
    lhs, by_pole = E(sp.Abs(by_omega[t]) ** 2), E(sp.Abs(sp.IndexedBase("s")[t]) ** 2)
    why = "h_ω = ∂h/∂ω is s times λ'(ω), and λ'(ω) = −e^ω λ = λ log λ."
    result = slope**2 * derivation.result
    steps = (
        *derivation.steps,
        equation(lhs, slope**2 * by_pole, "Chain rule", why, holds),
        equation(lhs, result, "Result", "Put the sensitivity in.", holds),
    )
    title = "The sensitivity to a trained parameter"
    assumptions = ("λ = exp(−exp ω), 0 < λ < 1", *derivation.assumptions)
    return Derivation(title, assumptions, steps)
