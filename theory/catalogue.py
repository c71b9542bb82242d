"""The quantities that can be asked for by name, and the poles each is a function of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sympy as sp

from theory import moments
from theory.inputs import Input

# quantity → its poles, the names under which claims and commands know them
POLES: Mapping[str, tuple[str, ...]] = {
    "second_moment": ("lambda",),
    "sensitivity": ("lambda",),
    "backpropagated_error": ("lambda",),
    "cross_moment": ("lambda1", "lambda2"),
    "cross_sensitivity": ("lambda1", "lambda2"),
    "teacher_student_loss": ("lambda", "lambda_star"),
    "teacher_student_hessian": ("lambda", "lambda_star"),
}
DIFFERENTIATED = frozenset({"sensitivity", "teacher_student_hessian"})
NORMALISED = frozenset({"second_moment", "sensitivity"})


@dataclass(frozen=True)
class Unit:
    """What a quantity is asked of: the poles, and the normaliser and parameter where they count.

    Attributes:
        poles: λ, or (λ_1, λ_2), or (λ, λ*), as expressions of parameters.
        gamma: the input normaliser γ.
        wrt: the parameter of the sensitivity, or of the Hessian.
        differentiate_gamma: whether the sensitivity includes γ's own dependence on `wrt`.
        horizon: steps since h = 0; None for stationarity.

    """

    poles: tuple[sp.Expr, ...]
    gamma: sp.Expr = sp.S.One
    wrt: sp.Symbol | None = None
    differentiate_gamma: bool = False
    horizon: sp.Expr | None = None


def quantity(name: str, x: Input, unit: Unit) -> sp.Expr:
    """The quantity `name` in closed form, polarised (see `theory.conjugation`).

    Raises ValueError where it does not exist: a cross moment of a complex input, a Hessian
    with respect to a complex parameter.
    """
    wrt = unit.wrt if unit.wrt is not None else unit.poles[0]
    match name:
        case "second_moment":
            return moments.second_moment(x, unit.poles[0], unit.gamma, unit.horizon)
        case "sensitivity":
            return moments.sensitivity(
                x, unit.poles[0], wrt, unit.gamma, unit.differentiate_gamma, unit.horizon
            )
        case "backpropagated_error":
            return moments.backpropagated_error(x, *unit.poles)
        case "cross_moment":
            return moments.cross_moment(x, *unit.poles)
        case "cross_sensitivity":
            return moments.cross_sensitivity(x, *unit.poles)
        case "teacher_student_loss":
            return moments.teacher_student_loss(x, *unit.poles)
        case "teacher_student_hessian":
            return moments.teacher_student_hessian(x, unit.poles[0], unit.poles[1], wrt)
        case _:
            raise ValueError(f"unknown quantity {name!r}: one of {', '.join(POLES)}")
