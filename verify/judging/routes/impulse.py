"""Impulse responses: each quantity as Σ_ij u_i v_j R(j−i), straight from its definition.

This is the ground the numerical routes stand on; nothing here knows the kernel.
h = γ Σ_i λ^i x_{t−i}, so that ∂h/∂p has the response γ' λ^i + γ λ' i λ^{i−1}.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import flint
import sympy as sp

from numerics.arithmetic.balls import Values, evaluate
from theory.algebra.conjugation import conjugate_of, derivative
from theory.catalogue import Unit
from verify.judging.model import Model


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
            tuple((conjugate_of(p), tuple(map(conjugate_of, ws))) for p, ws in self.parts)
        )

    @lru_cache(maxsize=256)  # noqa: B019 (asked for again at each point)
    def derivative(self, wrt: sp.Expr) -> Response:
        """The derivative ∂/∂p: weights are differentiated, and each pole by the chain rule."""
        parts = []
        for pole, weights in self.parts:
            slope = derivative(pole, wrt)
            own = [derivative(w, wrt) for w in weights]
            parts.append((pole, tuple(map(sp.Add, [*own, 0], [0, *(slope * w for w in weights)]))))
        return Response(tuple(parts))


@dataclass(frozen=True)
class BilinearForm:
    """factor · Σ_ij u_i v_j R(j + lag − i), or its real part: u is so many steps later."""

    factor: sp.Expr
    u: Response
    v: Response
    real_part: bool = False
    lag: int = 0

    @lru_cache(maxsize=256)  # noqa: B019 (asked for again at each point)
    def derivative(self, wrt: sp.Expr) -> list[BilinearForm]:
        """The derivative ∂/∂p by the product rule."""
        by_u = replace(self, u=self.u.derivative(wrt))
        if self.real_part and self.v == self.u.conjugate():  # R(−Δ) is the conjugate of R(Δ)
            return [replace(by_u, factor=2 * self.factor)]
        by_v = replace(self, v=self.v.derivative(wrt))
        return [by_u, by_v]


def assembled(
    model: Model, values: Values, moment: Callable[[BilinearForm], flint.acb]
) -> flint.acb:
    """The quantity, each of its bilinear forms Σ_ij u_i v_j R(j−i) evaluated by `moment`."""

    def total(forms: Iterable[BilinearForm]) -> flint.acb:
        result = flint.acb(0)
        for form in forms:
            part = moment(form) * evaluate(form.factor, values)
            result += flint.acb(part.real) if form.real_part else part
        return result

    forms = bilinear_forms(model)
    match model.claim.quantity:
        case "cross_sensitivity_power":
            amplitude = total(forms)
            return amplitude * amplitude.conjugate()
        case "curvature":
            return _brioschi(forms, model.unit.wrt, total)
    return total(forms)


def _brioschi(
    metric: list[BilinearForm],
    wrt: Sequence[sp.Expr],
    total: Callable[[Iterable[BilinearForm]], flint.acb],
) -> flint.acb:
    """The Gaussian curvature of E dp² + 2F dp dq + G dq² from its entries and their derivatives."""

    def by(form: BilinearForm, *path: int) -> flint.acb:
        forms = [form]
        for step in path:
            forms = [part for f in forms for part in f.derivative(wrt[step])]
        return total(forms)

    p, q = 0, 1
    E, F, G = ([by(entry), by(entry, p), by(entry, q)] for entry in metric)
    corner = by(metric[1], p, q) - (by(metric[0], q, q) + by(metric[2], p, p)) / 2
    first = [
        [corner, E[1] / 2, F[1] - E[2] / 2],
        [F[2] - G[1] / 2, E[0], F[0]],
        [G[2] / 2, F[0], G[0]],
    ]
    zero = flint.acb(0)
    second = [[zero, E[2] / 2, G[1] / 2], [E[2] / 2, E[0], F[0]], [G[1] / 2, F[0], G[0]]]
    area = E[0] * G[0] - F[0] ** 2
    return (flint.acb_mat(first).det() - flint.acb_mat(second).det()) / area**2


@lru_cache(maxsize=32)
def bilinear_forms(model: Model) -> list[BilinearForm]:
    """The quantity of a claim as a sum of bilinear forms in the input.

    For cross_sensitivity_power, the cross sensitivity whose squared modulus it is; for curvature,
    the metric's entries E, F, G.
    """
    unit, one, zero = model.unit, sp.S.One, sp.S.Zero
    poles = unit.poles
    states = [_state(a, unit.gamma(i)) for i, a in enumerate(poles)]
    match model.claim.quantity:
        case "second_moment":
            return [_square(states[0])]
        case "covariance":
            return [replace(_square(states[0]), lag=unit.lag)]
        case "backpropagated_error":
            return [_square(_state(conjugate_of(poles[0]), one))]
        case "sensitivity":
            return [_square(_slope(unit, states[0], unit.wrt[0]))]
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
        case "curvature":
            p, q = (_slope(unit, states[0], by) for by in unit.wrt)
            return [
                BilinearForm(one, u, v.conjugate(), real_part=True)
                for u, v in ((p, p), (p, q), (q, q))
            ]
    raise ValueError(f"no impulse response for {model.claim.quantity}")


def _state(pole: sp.Expr, gamma: sp.Expr) -> Response:
    return Response(((pole, (gamma,)),))


def _slope(unit: Unit, state: Response, wrt: sp.Expr) -> Response:
    """∂(γh)/∂p, γ held fixed unless it is to be differentiated."""
    if unit.differentiate_gamma:
        return state.derivative(wrt)
    return _state(unit.poles[0], sp.S.One).derivative(wrt).scaled(unit.gamma())


def _square(response: Response, factor: sp.Expr = sp.S.One) -> BilinearForm:
    return BilinearForm(factor, response, response.conjugate())
