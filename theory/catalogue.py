"""The quantities that can be asked for by name, and the poles each is a function of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sympy as sp

from theory import geometry, moments
from theory.algebra.conjugation import bar, conjugated, polarised
from theory.inputs import Input
from theory.symbols import lam

# quantity → its poles, the names under which claims and commands know them
POLES: Mapping[str, tuple[str, ...]] = {
    "second_moment": ("lambda",),
    "sensitivity": ("lambda",),
    "backpropagated_error": ("lambda",),
    "cross_moment": ("lambda1", "lambda2"),
    "cross_sensitivity": ("lambda1", "lambda2"),
    "cross_sensitivity_power": ("lambda1", "lambda2"),
    "teacher_student_loss": ("lambda", "lambda_star"),
    "teacher_student_hessian": ("lambda", "lambda_star"),
    "output_hessian": ("lambda1", "lambda2"),
    "curvature": ("lambda",),
}
# quantity → how many parameters it is differentiated by: a Hessian's p and q may be the same
DIFFERENTIATED: Mapping[str, int] = {
    "sensitivity": 1,
    "teacher_student_hessian": 2,
    "output_hessian": 2,
    "curvature": 2,
}
NORMALISED = frozenset({"second_moment", "teacher_student_loss", *DIFFERENTIATED})


@dataclass(frozen=True)
class Unit:
    """What a quantity is asked of: poles, normalisers, and parameters where they count.

    Attributes:
        poles: λ, or (λ_1, λ_2), or (λ, λ*), as expressions of parameters.
        gammas: for each pole its input normaliser, of an output's modes their weights; 1 if empty.
        wrt: the parameter of the sensitivity, or the two of the Hessian; real symbols, re(z)
            and im(z) of complex ones, or z itself for the sensitivity.
        differentiate_gamma: whether γ's own dependence on `wrt` counts in the sensitivity and the
            metric; in a Hessian it always does.
        horizon: steps since h = 0; None for stationarity.

    """

    poles: tuple[sp.Expr, ...]
    gammas: tuple[sp.Expr, ...] = ()
    wrt: tuple[sp.Expr, ...] = ()
    differentiate_gamma: bool = False
    horizon: sp.Expr | None = None

    def gamma(self, index: int = 0) -> sp.Expr:
        """The normaliser of one pole."""
        return self.gammas[index] if self.gammas else sp.S.One


def quantity(name: str, x: Input, unit: Unit) -> sp.Expr:
    """The quantity `name` in closed form, polarised (see `theory.algebra.conjugation`).

    Raises:
        ValueError: it does not exist: a cross moment of a complex input, a Hessian with respect
            to a complex parameter.

    Examples:
        >>> from theory import Unit, quantity, white
        >>> from theory.symbols import real_lam
        >>> quantity("second_moment", white(), Unit((real_lam,)))
        1/(1 - lambda**2)

    """
    pole, gamma = unit.poles[0], unit.gamma()
    match name:
        case "second_moment":
            return moments.second_moment(x, pole, gamma, unit.horizon)
        case "sensitivity":
            return moments.sensitivity(
                x, pole, unit.wrt[0], gamma, unit.differentiate_gamma, unit.horizon
            )
        case "backpropagated_error":
            return moments.backpropagated_error(x, pole)
        case "cross_moment":
            return moments.cross_moment(x, *unit.poles)
        case "cross_sensitivity":
            return moments.cross_sensitivity(x, *unit.poles)
        case "cross_sensitivity_power":
            amplitude = moments.cross_sensitivity(x, *unit.poles)
            return amplitude * conjugated(amplitude)
        case "teacher_student_loss":
            return moments.teacher_student_loss(x, pole, unit.poles[1], (gamma, unit.gamma(1)))
        case "teacher_student_hessian":
            return _hessian(x, unit)
        case "output_hessian":
            modes = [(a, unit.gamma(i)) for i, a in enumerate(unit.poles)]
            return moments.output_hessian(x, modes, unit.wrt)
        case "curvature":
            return _curvature(x, unit)
        case _:
            raise ValueError(f"unknown quantity {name!r}: one of {', '.join(POLES)}")


def _hessian(x: Input, unit: Unit) -> sp.Expr:
    """The teacher stays where it is, even where λ* is an expression of λ (the optimum, λ* = λ)."""
    pole, teacher = unit.poles
    star, gamma_star = sp.symbols("lambda* gamma*")  # no parameter can have such a name
    hessian = moments.teacher_student_hessian(x, pole, star, unit.wrt, (unit.gamma(), gamma_star))
    fixed = {star: polarised(teacher), gamma_star: polarised(unit.gamma(1))}
    conjugates = {bar(s): conjugated(value) for s, value in fixed.items()}
    return hessian.xreplace(fixed | conjugates)


def _curvature(x: Input, unit: Unit) -> sp.Expr:
    pole, gamma = unit.poles[0], unit.gamma()
    if (pole, unit.wrt) == (lam, geometry.PLANE) and not unit.differentiate_gamma:
        return geometry.conformal_curvature(geometry.conformal_factor(x, gamma))  # much shorter
    metric = geometry.sensitivity_metric(x, pole, unit.wrt, gamma, unit.differentiate_gamma)
    return geometry.gaussian_curvature(metric, unit.wrt)
