"""The loss of teacher and student and its Hessian, every step checked (paper §4, App. C)."""

from __future__ import annotations

import sympy as sp

from theory import moments
from theory.algebra.conjugation import bar
from theory.algebra.presentation import present, present_terms
from theory.derivations.checking.formal_series import E, Filter, FormalSeries, K, L, t
from theory.derivations.checking.step import Derivation, equation
from theory.derivations.kernel import (
    INSIDE,
    STATIONARY,
    SUM,
    differentiated,
    ending,
    geometric,
    kernel_steps,
)  # fmt: skip
from theory.inputs import Input
from theory.kernel import kernel
from theory.symbols import lam, lam_star, real_lam, real_lam_star

TEACHER = "h has the pole λ, the teacher h* the pole λ*"

_h, _h_star, _r, _s = map(sp.IndexedBase, ("h", "h_star", "r", "s"))


def derive_teacher_student_loss(x: Input) -> Derivation:
    """L = ½ E|h_λ − h_λ*|², complex poles (paper §4)."""
    star = lam_star
    difference = E(sp.Abs(_h[t] - _h_star[t]) ** 2) / 2
    holds = teacher_and_student(x, lam, star).holds
    loss = L(lam, star)
    expanded = (K(lam, bar(lam)) - K(lam, bar(star)) - K(star, bar(lam)) + K(star, bar(star))) / 2
    steps = (
        *kernel_steps(x),
        equation(loss, difference, "Definition", "Both see the same input.", holds),
        equation(loss, expanded, "Multiply out", "Each of the four moments is a kernel.", holds),
        *ending(x, loss, moments.teacher_student_loss, holds, shape=present_terms),
    )
    assumptions = (TEACHER, STATIONARY, INSIDE, SUM)
    return Derivation("The loss of teacher and student", assumptions, steps)


def derive_teacher_student_hessian(x: Input) -> Derivation:
    """d²L/dλ² for real λ, and that it is the sensitivity at λ = λ* (claim C2).

    Raises:
        ValueError: the input is complex.

    """
    if not x.is_real:
        raise ValueError("the Hessian is derived for a real input")
    loss = L(real_lam, real_lam_star)
    hessian = sp.Derivative(loss, (real_lam, 2))
    difference = _h[t] - _h_star[t]
    holds = teacher_and_student(x, real_lam, real_lam_star).holds

    def formula(u: Input) -> sp.Expr:
        own = moments.second_moment(u, real_lam) / 2
        shared = kernel(u, real_lam, real_lam_star)
        return present(sp.diff(own, real_lam, 2)) - present(sp.diff(shared, real_lam, 2))

    product_rule = E(_s[t] ** 2 + difference * _r[t])
    steps = (
        *kernel_steps(x),
        equation(loss, E(difference**2) / 2, "Definition", "Both see the same input.", holds),
        equation(hessian, product_rule, "Product rule", "s = ∂h/∂λ and r = ∂s/∂λ.", holds),
        equation(
            sp.Subs(hessian, real_lam_star, real_lam),
            E(_s[t] ** 2),
            "At the optimum",
            "There the error vanishes: the Hessian is the sensitivity.",
            holds,
        ),
        *ending(x, hessian, formula, holds, shape=lambda terms: terms),
    )
    assumptions = (TEACHER, "λ and λ* are real", STATIONARY, INSIDE, SUM)
    return Derivation("The Hessian of teacher and student", assumptions, steps)


def teacher_and_student(x: Input, pole: sp.Symbol, star: sp.Symbol, order: int = 6) -> FormalSeries:
    """A check of statements about h and h*, s = ∂h/∂λ and r = ∂s/∂λ."""
    filters = {"h": geometric(pole), "h_star": geometric(star), "s": differentiated(pole, pole)}
    filters["r"] = Filter(lambda i: sp.diff(pole**i, pole, 2))
    return FormalSeries(x, tuple({pole, bar(pole), star, bar(star)}), filters, order)
