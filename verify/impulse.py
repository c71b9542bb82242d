"""Impulse responses: each quantity as Σ_ij u_i v_j R(j−i), straight from its definition.

This is the ground the numerical routes stand on; nothing here knows the kernel.
h = γ Σ_i λ^i x_{t−i}, so that ∂h/∂p has the response γ' λ^i + γ λ' i λ^{i−1}.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import flint
import sympy as sp

from numerics.balls import Values, evaluate
from theory.conjugation import conjugated, polarised
from verify.model import Model


@dataclass(frozen=True)
class Response:
    """Σ_k weights[k] · d^k λ^i / dλ^k for each pole: the response at lag i."""

    parts: tuple[tuple[sp.Expr, tuple[sp.Expr, ...]], ...]

    def conjugate(self) -> Response:
        """The conjugate response."""
        return Response(
            tuple((conjugated(p), tuple(conjugated(w) for w in ws)) for p, ws in self.parts)
        )


@dataclass(frozen=True)
class BilinearForm:
    """factor · Σ_ij u_i v_j R(j−i), or its real part."""

    factor: sp.Expr
    u: Response
    v: Response
    real_part: bool = False


def assembled(
    model: Model, values: Values, moment: Callable[[BilinearForm], flint.acb]
) -> flint.acb:
    """The quantity, each of its bilinear forms Σ_ij u_i v_j R(j−i) evaluated by `moment`."""
    total = flint.acb(0)
    for form in bilinear_forms(model):
        part = moment(form) * evaluate(form.factor, values)
        total += flint.acb(part.real) if form.real_part else part
    return total


def bilinear_forms(model: Model) -> list[BilinearForm]:
    """The quantity of a claim as a sum of bilinear forms in the input."""
    unit, one, zero = model.unit, sp.S.One, sp.S.Zero
    poles = [polarised(p) for p in unit.poles]
    a, gamma, wrt = poles[0], polarised(unit.gamma), unit.wrt
    match model.claim.quantity:
        case "second_moment":
            return [_square(Response(((a, (gamma,)),)))]
        case "backpropagated_error":
            return [_square(Response(((conjugated(a), (one,)),)))]
        case "sensitivity":
            own = sp.diff(gamma, wrt) if unit.differentiate_gamma else zero
            return [_square(Response(((a, (own, gamma * sp.diff(a, wrt))),)))]
        case "cross_moment":
            first, second = (Response(((p, (one,)),)) for p in poles)
            return [BilinearForm(one, first, second)]
        case "cross_sensitivity":
            first, second = (Response(((p, (zero, one)),)) for p in poles)
            return [BilinearForm(one, first, second)]
        case "teacher_student_loss":
            return [_square(_error(poles), sp.S.Half)]
        case "teacher_student_hessian":
            slope, bend = sp.diff(a, wrt), sp.diff(a, wrt, 2)
            curvature = Response(((a, (zero, bend, slope**2)),))
            return [
                _square(Response(((a, (zero, slope)),))),
                BilinearForm(one, _error(poles), curvature.conjugate(), real_part=True),
            ]
    raise ValueError(f"no impulse response for {model.claim.quantity}")


def _square(response: Response, factor: sp.Expr = sp.S.One) -> BilinearForm:
    return BilinearForm(factor, response, response.conjugate())


def _error(poles: list[sp.Expr]) -> Response:
    return Response(((poles[0], (sp.S.One,)), (poles[1], (-sp.S.One,))))
