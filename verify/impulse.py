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
from theory.conjugation import conjugated, partial, polarised
from verify.model import Model


@dataclass(frozen=True)
class Response:
    """Σ_k weights[k] · d^k λ^i / dλ^k for each pole: the response at lag i."""

    parts: tuple[tuple[sp.Expr, tuple[sp.Expr, ...]], ...]

    def __add__(self, other: Response) -> Response:
        return Response(self.parts + other.parts)

    def scaled(self, factor: sp.Expr) -> Response:
        """The response times a number."""
        return Response(tuple((p, tuple(factor * w for w in ws)) for p, ws in self.parts))

    def conjugate(self) -> Response:
        """The conjugate response."""
        return Response(
            tuple((conjugated(p), tuple(conjugated(w) for w in ws)) for p, ws in self.parts)
        )

    def derivative(self, wrt: sp.Expr) -> Response:
        """∂/∂p: weights are differentiated, and each pole by the chain rule."""
        parts = []
        for pole, weights in self.parts:
            slope = partial(pole, wrt)
            own = [partial(w, wrt) for w in weights]
            parts.append((pole, tuple(map(sp.Add, [*own, 0], [0, *(slope * w for w in weights)]))))
        return Response(tuple(parts))


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
    if model.claim.quantity == "cross_sensitivity_power":
        return total * total.conjugate()
    return total


def bilinear_forms(model: Model) -> list[BilinearForm]:
    """The quantity of a claim as a sum of bilinear forms in the input.

    For cross_sensitivity_power, the cross sensitivity whose squared modulus it is.
    """
    unit, one, zero = model.unit, sp.S.One, sp.S.Zero
    poles = [polarised(p) for p in unit.poles]
    states = [_state(a, polarised(unit.gamma(i))) for i, a in enumerate(poles)]
    match model.claim.quantity:
        case "second_moment":
            return [_square(states[0])]
        case "backpropagated_error":
            return [_square(_state(conjugated(poles[0]), one))]
        case "sensitivity":
            if unit.differentiate_gamma:
                return [_square(states[0].derivative(unit.wrt[0]))]
            slope = _state(poles[0], one).derivative(unit.wrt[0])
            return [_square(slope.scaled(polarised(unit.gamma())))]
        case "cross_moment":
            return [BilinearForm(one, states[0], states[1])]
        case "cross_sensitivity" | "cross_sensitivity_power":
            first, second = (Response(((p, (zero, one)),)) for p in poles)
            return [BilinearForm(one, first, second)]
        case "teacher_student_loss":
            return [_square(states[0] + states[1].scaled(-one), sp.S.Half)]
        case "teacher_student_hessian":
            student, error = states[0], states[0] + states[1].scaled(-one)
            p, q = (student.derivative(by) for by in (unit.wrt[0], unit.wrt[-1]))
            bend = p.derivative(unit.wrt[-1])
            return [
                BilinearForm(one, p, q.conjugate(), real_part=True),
                BilinearForm(one, error, bend.conjugate(), real_part=True),
            ]
        case "output_hessian":
            p, q = ((states[0] + states[1]).derivative(by) for by in (unit.wrt[0], unit.wrt[-1]))
            return [
                BilinearForm(sp.S.Half, p, q, real_part=True),
                BilinearForm(sp.S.Half, p, q.conjugate(), real_part=True),
            ]
    raise ValueError(f"no impulse response for {model.claim.quantity}")


def _state(pole: sp.Expr, gamma: sp.Expr) -> Response:
    return Response(((pole, (gamma,)),))


def _square(response: Response, factor: sp.Expr = sp.S.One) -> BilinearForm:
    return BilinearForm(factor, response, response.conjugate())
