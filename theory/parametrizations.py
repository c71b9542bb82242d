"""How an architecture writes its eigenvalue λ(ω) and its normaliser γ (paper §3, claim B8).

And what is optimal: γ that fixes the state's size, λ(ω) that then fixes the sensitivity's.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from theory.conjugation import conjugated, polarised
from theory.inputs import Input
from theory.moments import second_moment, sensitivity
from theory.presentation import present
from theory.symbols import lam, nu, omega, real_lam, theta


@dataclass(frozen=True)
class Parametrization:
    """A way to write one recurrent unit h ← λ h + γ x.

    Attributes:
        name: what the field calls it.
        eigenvalue: λ as an expression in the parameters.
        parameters: what is trained.
        gamma: γ as an expression in the same parameters.

    """

    name: str
    eigenvalue: sp.Expr
    parameters: tuple[sp.Symbol, ...]
    gamma: sp.Expr


def plain(eigenvalue: sp.Expr = lam) -> Parametrization:
    """λ itself, no normaliser."""
    return Parametrization("plain", eigenvalue, (eigenvalue,), sp.S.One)


def polar() -> Parametrization:
    """λ = ν e^{iθ}, no normaliser."""
    return Parametrization("polar", nu * sp.exp(sp.I * theta), (nu, theta), sp.S.One)


def lru() -> Parametrization:
    """λ = exp(−exp ω) e^{iθ} and γ = sqrt(1 − |λ|²): the linear recurrent unit."""
    modulus = sp.exp(-sp.exp(omega))
    return Parametrization(
        "LRU", modulus * sp.exp(sp.I * theta), (omega, theta), sp.sqrt(1 - modulus**2)
    )


def tanh() -> Parametrization:
    """λ = tanh ω and γ = sqrt(1 − λ²): near the optimum for white input (paper §3)."""
    return Parametrization("tanh", sp.tanh(omega), (omega,), sp.sqrt(1 - sp.tanh(omega) ** 2))


def sigmoid_gate() -> Parametrization:
    """λ = σ(ω) and γ = 1 − λ: a GRU's or LSTM's gate that does not depend on its input."""
    gate = 1 / (1 + sp.exp(-omega))
    return Parametrization("sigmoid gate", gate, (omega,), 1 - gate)


def s4d_zero_order_hold() -> Parametrization:
    """λ = exp(Δ_t a) and γ = (λ − 1)/a: S4D, the input held between samples (Re a < 0)."""
    step, a = sp.Symbol("Delta_t", positive=True), sp.Symbol("a")
    eigenvalue = sp.exp(step * a)
    return Parametrization("S4D, zero-order hold", eigenvalue, (step, a), (eigenvalue - 1) / a)


def s4d_euler() -> Parametrization:
    """λ = exp(Δ_t a) and γ = Δ_t: S4D with the input taken as an impulse (Re a < 0)."""
    step, a = sp.Symbol("Delta_t", positive=True), sp.Symbol("a")
    return Parametrization("S4D, Euler", sp.exp(step * a), (step, a), step)


PARAMETRIZATIONS = (plain, polar, lru, tanh, sigmoid_gate, s4d_zero_order_hold, s4d_euler)


def optimal_gamma(x: Input, eigenvalue: sp.Expr = real_lam) -> sp.Expr:
    """γ = 1/sqrt(E|h|²), so that E|γh|² = 1 for every λ (paper §3; claim B5)."""
    return _root(1 / present(second_moment(x, eigenvalue)))


def optimality_condition(
    x: Input, eigenvalue: sp.Symbol = real_lam, gamma: sp.Expr | None = None
) -> sp.Equality:
    """λ'(ω) = 1/sqrt(|γ|² E|∂h/∂λ|²): then E|∂(γh)/∂ω|² = 1, γ held fixed (paper §3).

    Args:
        x: the input.
        eigenvalue: the symbol for λ, real, or complex where its modulus alone is trained.
        gamma: the normaliser in use; by default the optimal one.

    Returns:
        A differential equation for λ(ω), its right side a function of λ.

    """
    s = sensitivity(x, eigenvalue, eigenvalue)
    if gamma is None:
        squared = second_moment(x, eigenvalue) / s
    else:
        g = polarised(gamma)
        squared = 1 / (g * conjugated(g) * s)
    slope = sp.Derivative(sp.Function(eigenvalue.name)(omega), omega)
    return sp.Eq(slope, _root(present(squared)), evaluate=False)


def optimal_parameter_white(eigenvalue: sp.Symbol = real_lam) -> sp.Expr:
    """ω(λ) = √2 artanh(√2 λ/√(1+λ²)) − arsinh λ: solves the condition for white input, |λ| < 1."""
    root = sp.sqrt(1 + eigenvalue**2)
    return sp.sqrt(2) * sp.atanh(sp.sqrt(2) * eigenvalue / root) - sp.asinh(eigenvalue)


def _root(moment: sp.Expr) -> sp.Expr:
    """The root of a quotient of second moments, even powers taken out.

    A second moment is positive and finite on the whole domain, so that none of its factors
    changes sign there: one that is positive at λ = 0 is positive.
    """
    outside, inside = [], []
    for f, n in moment.as_powers_dict().items():
        at_zero = f.subs(dict.fromkeys(f.free_symbols, 0))
        if n.is_Integer and n % 2 == 0 and at_zero.is_positive:
            outside.append(f ** (n / 2))
        else:
            inside.append(f**n)
    return sp.Mul(*outside) * sp.sqrt(sp.Mul(*inside))
