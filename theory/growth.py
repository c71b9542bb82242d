"""How fast state and sensitivity grow as λ = (1 − ε) e^{iθ} nears the unit circle (paper §2).

Where the input's spectral density S(θ) is finite and positive, E|h|² ~ S/(2ε) and
E|∂h/∂λ|² ~ S/(4ε³); at a spectral line of weight c they are c/ε² and c/ε⁴; where S(θ) = 0
they grow less. Nothing of that is put in: leading terms come from the closed forms.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from theory.algebra.leading import LeadingTerm, leading_term
from theory.algebra.taylor import epsilon
from theory.inputs import Input
from theory.moments import kernel_derivative


@dataclass(frozen=True)
class Growth:
    """Leading terms of the two moments in ε = 1 − |λ|.

    Attributes:
        state: that of E|h|².
        sensitivity: that of E|∂h/∂λ|².

    """

    state: LeadingTerm
    sensitivity: LeadingTerm


def moment_near_circle(x: Input, derivatives: int, angle: sp.Expr = sp.S.Zero) -> sp.Expr:
    """E|∂^n h/∂λ^n|² at λ = (1 − ε) e^{iθ}, n = `derivatives` being 0 or 1."""
    a, b = ((1 - epsilon) * sp.exp(sign * sp.I * angle) for sign in (1, -1))
    return kernel_derivative(x, derivatives, derivatives, a, b)


def growth(x: Input, angle: sp.Expr = sp.S.Zero) -> Growth:
    """Orders and constants of E|h|² and E|∂h/∂λ|² as |λ| → 1 (paper §2; claim A7).

    Args:
        x: the input. Of an arbitrary one it is assumed that 0 < S(θ) < ∞ and that C is
            smooth at e^{−iθ}, as it is where R(Δ) falls faster than every power of Δ.
        angle: θ = arg λ, real; 0 for a real λ → 1. A symbol stands for an angle in general,
            where the input has no line.

    Examples:
        >>> from theory import exponential, growth
        >>> growth(exponential(0.9)).sensitivity
        LeadingTerm(coefficient=19/4, order=-3)

    """
    state, sensitivity = (leading_term(moment_near_circle(x, n, angle)) for n in (0, 1))
    return Growth(state, sensitivity)


def spectral_density(x: Input, angle: sp.Expr = sp.S.Zero) -> sp.Expr:
    """S(θ) = Σ_Δ R(Δ) e^{−iΔθ}, over all lags of either sign.

    Raises:
        ValueError: the input has a spectral line at that angle.

    Examples:
        >>> from theory import exponential, present, spectral_density
        >>> present(spectral_density(exponential()))
        (rho + 1)/(1 - rho)

    """
    turn, back = (sp.exp(sign * sp.I * angle) for sign in (1, -1))
    density = (
        x.autocorrelation(0) + x.conjugate().generating_function(turn) + x.generating_function(back)
    )
    if density.has(sp.zoo, sp.nan):
        raise ValueError(f"the input has a spectral line at the angle {angle}")
    return leading_term(density).coefficient  # 0 also where it only cancels to it
