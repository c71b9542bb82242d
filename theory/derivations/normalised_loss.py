"""Teacher and student with normalised states (paper §4, App. C; claim C3)."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from theory.algebra.conjugation import bar
from theory.algebra.vanishing import vanishes
from theory.derivations.checking.formal_series import E, K, L, t
from theory.derivations.checking.step import Derivation, Step, equation
from theory.derivations.kernel import INSIDE, STATIONARY, SUM, Check, ending, kernel_steps
from theory.derivations.losses import TEACHER, teacher_and_student
from theory.inputs import Input, white
from theory.kernel import kernel
from theory.parametrizations import optimal_gamma
from theory.symbols import alpha, beta_bar, lam, lam_star, omega, real_lam, real_lam_star

ASSUMPTIONS = (
    TEACHER,
    "γ² E|h|² = 1 and γ*² E|h*|² = 1; the student's γ follows λ",
    "from the correlation on, λ and λ* are real",
    STATIONARY,
    INSIDE,
    SUM,
)

_gamma, _gamma_star = sp.symbols("gamma gamma_star", positive=True)
_omega_star = sp.Symbol("omega_star", real=True)
_h, _h_star = (sp.IndexedBase(name)[t] for name in ("h", "h_star"))
_LOSS = L(real_lam, real_lam_star)
_ORDER = 4


def derive_normalised_loss(x: Input) -> Derivation:
    """L = 1 − Re γγ̄* K, its Hessian ∂∂̄ log K at the optimum, and λ = tanh ω (claim C3).

    Raises:
        ValueError: the input is complex.

    """
    if not x.is_real:
        raise ValueError("the normalised loss is derived for a real input")
    steps = [*kernel_steps(x), *_correlation(x), *_curvature(x)]
    if x == white():
        steps += _hyperbolic()
    return Derivation("The loss of normalised teacher and student", ASSUMPTIONS, tuple(steps))


def _correlation(x: Input) -> Iterator[Step]:
    series = teacher_and_student(x, lam, lam_star, _ORDER)
    own, teacher = K(lam, bar(lam)), K(lam_star, bar(lam_star))
    shared = K(lam, bar(lam_star)) + K(lam_star, bar(lam))
    loss = E(sp.Abs(_gamma * _h - _gamma_star * _h_star) ** 2) / 2
    weighted = _gamma**2 * own + _gamma_star**2 * teacher - _gamma * _gamma_star * shared

    def normalised(said: sp.Basic) -> bool:
        """Whether an equation holds up to the two conditions on γ and γ*."""
        excess = _gamma**2 * own + _gamma_star**2 * teacher - 2
        return series.holds(sp.Eq(said.lhs, said.rhs + excess / 2, evaluate=False))

    def correlates(said: sp.Basic) -> bool:
        squared = (1 - said.rhs) ** 2
        if any(not power.exp.is_Integer for power in squared.atoms(sp.Pow)):
            return False
        share = squared * K(real_lam, real_lam) * K(real_lam_star, real_lam_star)
        real = teacher_and_student(x, real_lam, real_lam_star, _ORDER)
        return real.holds(sp.Eq(share, K(real_lam, real_lam_star) ** 2, evaluate=False))

    yield equation(loss, weighted / 2, "Multiply out", "Each moment is a kernel.", series.holds)
    short = 1 - _gamma * _gamma_star * shared / 2
    yield equation(loss, short, "Normalise", "γ² E|h|² = γ*² E|h*|² = 1.", normalised)
    sizes = K(real_lam, real_lam) * K(real_lam_star, real_lam_star)
    correlation = 1 - K(real_lam, real_lam_star) / sp.sqrt(sizes)
    why = "One minus the correlation of the two states."
    yield equation(_LOSS, correlation, "Correlation", why, correlates)
    if x == white():
        gammas = optimal_gamma(x) * optimal_gamma(x, real_lam_star)
        own_loss = 1 - gammas * kernel(x, real_lam, real_lam_star)
        yield equation(_LOSS, own_loss, "White input", "γ = sqrt(1 − λ²).", correlates)


def _curvature(x: Input) -> Iterator[Step]:
    hessian = sp.Subs(sp.Derivative(_LOSS, (real_lam, 2)), real_lam_star, real_lam)
    k = K(alpha, beta_bar)
    metric = sp.Derivative(sp.log(k), alpha, beta_bar)
    there = (alpha, beta_bar), (real_lam, real_lam)
    curves = _checked(x)
    why = "1 − L is 1 there and stationary: expand K(λ, λ*)/sqrt(K(λ, λ) K(λ*, λ*))."
    yield equation(hessian, sp.Subs(metric, *there), "At the optimum", why, curves)

    def formula(u: Input) -> sp.Expr:
        value = sp.diff(sp.log(kernel(u)), alpha, beta_bar)
        return value.subs({alpha: real_lam, beta_bar: real_lam}, simultaneous=True)

    yield from ending(x, hessian, formula, curves)


def _checked(x: Input) -> Check:
    """A check by F = (1 − L)² = K(λ, λ*)²/(K(λ, λ) K(λ*, λ*)), F'' being −2L'' at F = 1."""
    series = teacher_and_student(x, real_lam, real_lam_star, _ORDER)
    own, teacher, shared = (
        series.read(K(a, b))
        for a, b in (
            (real_lam, real_lam),
            (real_lam_star, real_lam_star),
            (real_lam, real_lam_star),
        )
    )
    curvature = -sp.diff(shared**2 / (own * teacher), real_lam, 2) / 2
    at_optimum = curvature.subs(real_lam_star, real_lam)

    def holds(said: sp.Basic) -> bool:
        right = said.rhs
        if isinstance(right, sp.Subs):
            logarithm = sp.log(series.read(K(alpha, beta_bar)))
            right = sp.diff(logarithm, alpha, beta_bar).subs(
                {alpha: real_lam, beta_bar: real_lam}, simultaneous=True
            )
        return vanishes(at_optimum - series.read(right), (real_lam,), _ORDER)

    return holds


def _hyperbolic() -> Iterator[Step]:
    """The steps for white input and λ = tanh ω."""
    student, teacher = sp.tanh(omega), sp.tanh(_omega_star)
    shape = 1 - sp.sech(omega - _omega_star)

    def identical(said: sp.Basic) -> bool:
        gammas = sp.sech(omega) * sp.sech(_omega_star)
        return _zero(said.rhs - (1 - gammas / (1 - student * teacher)))

    def one(said: sp.Basic) -> bool:
        second = sp.diff(shape, omega, 2).subs(_omega_star, omega)
        return _zero(said.rhs - second)

    loss = L(student, teacher)
    why = "sqrt(1 − tanh² ω) = sech ω, and the addition theorem of cosh."
    yield equation(loss, shape, "λ = tanh ω", why, identical)
    hessian = sp.Subs(sp.Derivative(loss, (omega, 2)), _omega_star, omega)
    why = "The same for every teacher: ω is the arc length of ∂∂̄ log K."
    yield equation(hessian, sp.S.One, "Hessian", why, one)


def _zero(expr: sp.Expr) -> bool:
    return vanishes(sp.expand_trig(expr).rewrite(sp.exp))
