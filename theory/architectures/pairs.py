"""Architectures as pairs (λ, γ) of trained parameters, and their ways to a long memory (claim B8).

Gates and step sizes depend on the input in some of them; here they are held, as the paper
holds them (§3). A diagonal entry a of the state matrix is a = −exp(ω_a) + i b.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import sympy as sp

from theory.algebra.taylor import epsilon
from theory.symbols import nu, omega, real_lam, theta

omega_a, omega_f, omega_i, omega_r, b, Lambda = sp.symbols(
    "omega_a omega_f omega_i omega_r b Lambda", real=True
)
# what stays fixed while λ → 1: step, decay rate −a, input gate, recurrence gate, its base
step, sigma, i_gate, r_gate, base = sp.symbols("Delta_t sigma i r a", positive=True)

Values = Mapping[sp.Symbol, sp.Expr]
_kappa = sp.Symbol("kappa", positive=True)  # −log λ: SymPy knows that e^κ has the logarithm κ


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


@dataclass(frozen=True)
class Architecture:
    """A parametrization, and how its memory grows long.

    Attributes:
        pair: λ and γ as functions of the trained parameters.
        approaches: what goes to its limit, in words → each parameter's value where λ = 1 − ε;
            what is held fixed appears by a symbol of its own, and angles are 0.
        slopes: ∂p/∂ω for a parameter p that is itself trained through an ω.

    """

    pair: Parametrization
    approaches: Mapping[str, Values]
    slopes: Mapping[sp.Symbol, sp.Expr] = field(default_factory=dict)

    def along(self, approach: str, expr: sp.Expr) -> sp.Expr:
        """An expression in the parameters as a function of ε on one of the approaches."""
        there = expr.subs(self.approaches[approach], simultaneous=True)
        return there.subs(_kappa, -sp.log(1 - epsilon))


def sigmoid(x: sp.Expr) -> sp.Expr:
    """σ(x) = 1/(1 + e^{−x}), the logistic function."""
    return 1 / (1 + sp.exp(-x))


def softplus(x: sp.Expr) -> sp.Expr:
    """log(1 + e^x)."""
    return sp.log(1 + sp.exp(x))


def logit(p: sp.Expr) -> sp.Expr:
    """The inverse of σ: log(p/(1 − p))."""
    return -sp.log(1 / p - 1)


# how a step size is trained: Δ(ω) and its inverse
STEPS: Mapping[str, tuple[Callable[[sp.Expr], sp.Expr], Callable[[sp.Expr], sp.Expr]]] = {
    "exp": (sp.exp, sp.log),
    "softplus": (softplus, lambda size: sp.log(sp.exp(size) - 1)),
}
# how h' = a h + x is discretised with step Δ: (λ, γ)
DISCRETIZATIONS: Mapping[str, Callable[[sp.Expr, sp.Expr], tuple[sp.Expr, sp.Expr]]] = {
    "zero-order hold": lambda d, a: (sp.exp(d * a), (sp.exp(d * a) - 1) / a),
    "Euler": lambda d, a: (sp.exp(d * a), d),
    "bilinear": lambda d, a: ((1 + d * a / 2) / (1 - d * a / 2), d / (1 - d * a / 2)),
}


def plain() -> Architecture:
    """λ trained as it is, γ = 1: a linear recurrent network (paper §2)."""
    pair = Parametrization("plain", real_lam, (real_lam,), sp.S.One)
    return Architecture(pair, {"λ → 1": {real_lam: 1 - epsilon}})


def polar() -> Architecture:
    """λ = ν e^{iθ}, γ = 1 (paper §3; claim B6)."""
    pair = Parametrization("polar", nu * sp.exp(sp.I * theta), (nu, theta), sp.S.One)
    return Architecture(pair, {"ν → 1": {nu: 1 - epsilon, theta: sp.S.Zero}})


def exponential() -> Architecture:
    """λ = exp(−exp ω), γ = 1: the LRU's eigenvalue without its normaliser."""
    pair = Parametrization("exponential", sp.exp(-sp.exp(omega)), (omega,), sp.S.One)
    return Architecture(pair, {"ω → −∞": {omega: sp.log(_kappa)}})


def lru() -> Architecture:
    """λ = exp(−exp ω + iθ), γ = sqrt(1 − |λ|²): Orvieto et al. 2023, arXiv 2303.06349."""
    modulus = sp.exp(-sp.exp(omega))
    eigenvalue = modulus * sp.exp(sp.I * theta)
    pair = Parametrization("LRU", eigenvalue, (omega, theta), sp.sqrt(1 - modulus**2))
    return Architecture(pair, {"ω → −∞": {omega: sp.log(_kappa), theta: sp.S.Zero}})


def tanh() -> Architecture:
    """λ = tanh ω, γ = sqrt(1 − λ²) (paper §3; claim B3)."""
    pair = Parametrization("tanh", sp.tanh(omega), (omega,), sp.sqrt(1 - sp.tanh(omega) ** 2))
    return Architecture(pair, {"ω → ∞": {omega: sp.atanh(1 - epsilon)}})


def optimum() -> Architecture:
    """λ' = (1 − λ²)/sqrt(1 + λ²), γ = sqrt(1 − λ²): derived for white input (claim B3)."""
    gamma = sp.sqrt(1 - real_lam**2)
    pair = Parametrization("derived optimum", real_lam, (real_lam,), gamma)
    slope = (1 - real_lam**2) / sp.sqrt(1 + real_lam**2)
    return Architecture(pair, {"ω → ∞": {real_lam: 1 - epsilon}}, {real_lam: slope})


def state_space(discretization: str, size: str, *, oscillates: bool = False) -> Architecture:
    """A diagonal state space: λ and γ from Δ(ω) and a = −exp ω_a + i b.

    Args:
        discretization: one of DISCRETIZATIONS.
        size: how Δ is trained, one of STEPS.
        oscillates: whether b is there, and trained.

    """
    forward, inverse = STEPS[size]
    imaginary = {b: sp.S.Zero} if oscillates else {}
    a = -sp.exp(omega_a) + (sp.I * b if oscillates else 0)
    eigenvalue, gamma = DISCRETIZATIONS[discretization](forward(omega), a)
    # Δσ where λ = 1 − ε: λ = exp(−Δσ), or (1 − Δσ/2)/(1 + Δσ/2)
    rate = 2 * epsilon / (2 - epsilon) if discretization == "bilinear" else _kappa
    approaches = {
        "Δ → 0": {omega: inverse(rate / sigma), omega_a: sp.log(sigma), **imaginary},
        "a → 0": {omega: inverse(step), omega_a: sp.log(rate / step), **imaginary},
    }
    parameters = (omega, omega_a, *imaginary)
    return Architecture(Parametrization(discretization, eigenvalue, parameters, gamma), approaches)


def s4d() -> Architecture:
    """Δ = exp ω, zero-order hold: Gu et al. 2022, arXiv 2206.11893."""
    return _named("S4D, zero-order hold", state_space("zero-order hold", "exp"))


def s4d_euler() -> Architecture:
    """Δ = softplus ω, the input an impulse: γ = Δ, as in the paper's §3."""
    return _named("S4D, Euler", state_space("Euler", "softplus"))


def s4() -> Architecture:
    """Δ = exp ω, bilinear: Gu, Goel and Ré 2022, arXiv 2111.00396, one diagonal entry."""
    return _named("S4, bilinear", state_space("bilinear", "exp"))


def s5() -> Architecture:
    """Δ = exp ω, zero-order hold, complex a: Smith et al. 2023, arXiv 2208.04933."""
    return _named("S5", state_space("zero-order hold", "exp", oscillates=True))


def mamba() -> Architecture:
    """Δ = softplus ω, γ = Δ, a = −exp ω_a: Gu and Dao 2023, arXiv 2312.00752, Δ held.

    The pair of `s4d_euler`; ω is what the input is mapped to, and selecting is Δ → 0.
    """
    given = state_space("Euler", "softplus")
    return _named("Mamba", Architecture(given.pair, {"Δ → 0": given.approaches["Δ → 0"]}))


def rg_lru() -> Architecture:
    """λ = σ(Λ)^{8r}, γ = sqrt(1 − λ²), r = σ(ω_r): Griffin, De et al. 2024, arXiv 2402.19427."""
    gate, sharpness = sigmoid(omega_r), 8
    eigenvalue = sp.exp(-sharpness * gate * softplus(-Lambda))
    pair = Parametrization("RG-LRU", eigenvalue, (Lambda, omega_r), sp.sqrt(1 - eigenvalue**2))
    nearly_one = sp.exp(-_kappa / (sharpness * r_gate))
    closing = -_kappa / (sharpness * sp.log(base))
    approaches = {
        "a → 1": {Lambda: logit(nearly_one), omega_r: logit(r_gate)},
        "r → 0": {Lambda: logit(base), omega_r: logit(closing)},
    }
    return Architecture(pair, approaches)


def gru() -> Architecture:
    """λ = σ(ω), γ = 1 − λ: Cho et al. 2014, arXiv 1406.1078, the update gate held."""
    pair = Parametrization("GRU", sigmoid(omega), (omega,), 1 - sigmoid(omega))
    return Architecture(pair, {"ω → ∞": {omega: logit(1 - epsilon)}})


def min_gru() -> Architecture:
    """λ = 1 − σ(ω), γ = σ(ω): Feng et al. 2024, arXiv 2410.01201, the gate held."""
    pair = Parametrization("minGRU", 1 - sigmoid(omega), (omega,), sigmoid(omega))
    return Architecture(pair, {"ω → −∞": {omega: logit(epsilon)}})


def lstm() -> Architecture:
    """λ = σ(ω_f), γ = σ(ω_i): Gers et al. 2000, the forget and input gates held.

    Chrono initialisation (Tallec and Ollivier 2018, arXiv 1804.11188) sets ω_i = −ω_f, so
    that γ = 1 − λ where training starts; the two remain independent.
    """
    pair = Parametrization("LSTM", sigmoid(omega_f), (omega_f, omega_i), sigmoid(omega_i))
    forget = logit(1 - epsilon)
    approaches = {
        "ω_f → ∞": {omega_f: forget, omega_i: logit(i_gate)},
        "chrono, T → ∞": {omega_f: forget, omega_i: -forget},
    }
    return Architecture(pair, approaches)


def _named(name: str, given: Architecture) -> Architecture:
    pair = given.pair
    named = Parametrization(name, pair.eigenvalue, pair.parameters, pair.gamma)
    return Architecture(named, given.approaches)


ARCHITECTURES: tuple[Callable[[], Architecture], ...] = (
    plain, polar, exponential, lru, tanh, optimum, s4d, s4d_euler, s4, s5, mamba, rg_lru,
    gru, min_gru, lstm,
)  # fmt: skip
