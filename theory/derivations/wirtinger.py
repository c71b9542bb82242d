"""Derivatives by a complex eigenvalue λ = a + ib: Wirtinger's, autograd's, the Hessian (claim C2).

The checks differentiate by a and b, which know nothing of λ̄.
"""

from __future__ import annotations

import sympy as sp

from theory.algebra.conjugation import bar
from theory.algebra.vanishing import vanishes
from theory.derivations.checking.formal_series import E, L, t
from theory.derivations.checking.step import Derivation, Step, equation
from theory.derivations.kernel import STATIONARY, Check
from theory.derivations.losses import TEACHER, teacher_and_student
from theory.inputs import Input
from theory.symbols import lam, lam_star

ASSUMPTIONS = (
    "λ = a + ib; ∂/∂λ treats λ̄ as a constant, ∂/∂λ̄ treats λ so",
    "L is ½ E|h − h*|²; s = ∂h/∂λ and r = ∂s/∂λ",
    TEACHER,
    STATIONARY,
)

_a, _b = sp.symbols("a b", real=True)
_CARTESIAN = {lam: _a + sp.I * _b, bar(lam): _a - sp.I * _b}
_AT_OPTIMUM = (lam_star, bar(lam_star)), (lam, bar(lam))
_ORDER = 3

_h, _s = sp.Function("h"), sp.Function("s")
_state, _teacher, _first, _second = (sp.IndexedBase(n)[t] for n in ("h", "h_star", "s", "r"))
_error = _state - _teacher
_point = _a + sp.I * _b
_loss, _cartesian = L(lam, lam_star), L(_point, lam_star)


def derive_wirtinger(x: Input) -> Derivation:
    """∂/∂λ and ∂/∂λ̄, what autograd returns, and the real Hessian of L (claim C2)."""
    steps = (*_state_steps(), *_gradient(_checked(x)), *_hessian(_checked(x)))
    return Derivation("Derivatives by a complex eigenvalue", ASSUMPTIONS, steps)


def _state_steps() -> tuple[Step, ...]:
    by_a, by_b = (sp.Derivative(_h(_point), by) for by in (_a, _b))
    why = "h is a power series in λ alone: ∂h/∂λ̄ = ½ (∂/∂a + i ∂/∂b) h = 0."
    return (
        equation(by_a + sp.I * by_b, sp.S.Zero, "Holomorphic", why, _term_by_term),
        equation(by_a, _s(_point), "By the real part", "∂λ/∂a = 1.", _term_by_term),
        equation(by_b, sp.I * _s(_point), "By the imaginary part", "∂λ/∂b = i.", _term_by_term),
    )


def _gradient(holds: Check) -> tuple[Step, ...]:
    by_a, by_b = (sp.Derivative(_cartesian, by) for by in (_a, _b))
    by_lambda, by_bar = (sp.Derivative(_loss, by) for by in (lam, bar(lam)))
    half, i = sp.Rational(1, 2), sp.I
    why = "This is what PyTorch's grad holds; JAX returns its conjugate."
    return (
        equation(by_lambda, half * by_a - half * i * by_b, "By λ", "a = (λ + λ̄)/2.", holds),
        equation(by_bar, half * by_a + half * i * by_b, "By λ̄", "b = (λ − λ̄)/2i.", holds),
        equation(by_a + i * by_b, 2 * by_bar, "Gradient", why, holds),
        equation(
            2 * by_bar,
            E(_error * sp.conjugate(_first)),
            "Of the loss",
            "L is ½ E[(h − h*) times its conjugate], and λ̄ is in the conjugate alone.",
            holds,
        ),
    )


def _hessian(holds: Check) -> tuple[Step, ...]:
    by_aa, by_ab, by_bb = (sp.Derivative(_cartesian, *by) for by in ((_a, _a), (_a, _b), (_b, _b)))
    twice, mixed, twice_bar = (
        sp.Derivative(_loss, *by) for by in ((lam, lam), (lam, bar(lam)), (bar(lam), bar(lam)))
    )
    chain = "∂/∂a = ∂/∂λ + ∂/∂λ̄ and ∂/∂b = i (∂/∂λ − ∂/∂λ̄)."
    size = E(sp.Abs(_first) ** 2)
    zero = "There the error h − h* vanishes."
    return (
        equation(by_aa, twice + 2 * mixed + twice_bar, "Hessian, real part", chain, holds),
        equation(by_bb, 2 * mixed - twice - twice_bar, "Hessian, imaginary part", chain, holds),
        equation(by_ab, sp.I * (twice - twice_bar), "Hessian, mixed", chain, holds),
        equation(mixed, size / 2, "Gauss–Newton term", "Differentiate both factors.", holds),
        equation(
            twice,
            E(_second * sp.conjugate(_error)) / 2,
            "Error term",
            "Differentiate one factor twice.",
            holds,
        ),
        equation(sp.Subs(twice, *_AT_OPTIMUM), sp.S.Zero, "At the optimum", zero, holds),
        equation(
            sp.Subs(2 * mixed, *_AT_OPTIMUM),
            size,
            "Isotropy",
            "So ∂²L/∂a² = ∂²L/∂b² = E|s|² there, and ∂²L/∂a∂b = 0.",
            holds,
        ),
    )


def _term_by_term(statement: sp.Basic) -> bool:
    """Whether coefficients of x_{t−i} agree, with h = Σ λ^i x_{t−i} and s = Σ i λ^{i−1} x_{t−i}."""
    difference = statement.lhs - statement.rhs
    at = ({_h(_point): _point**i, _s(_point): i * _point ** max(i - 1, 0)} for i in range(6))
    return all(vanishes(difference.xreplace(values).doit()) for values in at)


def _checked(x: Input) -> Check:
    series = teacher_and_student(x, lam, lam_star, _ORDER)

    def holds(statement: sp.Basic) -> bool:
        difference = series.read(statement.lhs) - series.read(statement.rhs)
        poles = (_a, _b, lam_star, bar(lam_star))
        return vanishes(difference.subs(_CARTESIAN, simultaneous=True), poles, _ORDER)

    return holds
