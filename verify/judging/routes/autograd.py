"""Automatic differentiation: the sensitivity from Torch's own derivative of the rollout.

h is linear in the input, so E|∂h/∂p|² = Σ_ij g_i ḡ_j R(j−i) exactly, where g is the derivative
of the recurrence's impulse response by p, taken by Torch's autograd through the rollout:
no derivative of ours, and no sampling noise.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, inf
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from numerics.arithmetic.balls import Values
from numerics.arithmetic.evaluation import evaluate_in, torch_arithmetic
from numerics.simulate.reference import quadratic_form
from verify.judging.evidence import Evidence, Finding, MeaningError
from verify.judging.methods import DIFFERENTIATED
from verify.judging.model import Model, concrete
from verify.judging.routes.impulse import bilinear_forms
from verify.judging.routes.pointwise import evaluate_at, is_sharp
from verify.judging.routes.series import autocorrelation, steps_needed, truncation
from verify.settings import Settings

if TYPE_CHECKING:
    import torch

STEPS = 800
POINTS = 2
DIGITS = 12


def check(model: Model, settings: Settings) -> Evidence:
    """Compare the formula with autograd's sensitivity (quantity sensitivity; ==, <=, >=)."""
    if model.claim.quantity not in DIFFERENTIATED:
        return Evidence("autograd", Finding.ABSTAINS, "differentiates sensitivities only")
    compared, worst = 0, 0.0
    count = ceil(min(settings.tier.points, POINTS) / len(model.instances()))
    for instance in model.instances():
        for point in instance.domain.sample(count, settings.seed):
            values = point.values(instance)
            formula = evaluate_at(instance, point)
            if not is_sharp(formula):
                continue
            try:
                actual, tolerance = sensitivity(instance, values, settings.device)
            except MeaningError:
                continue
            claimed = complex(formula.mid()).real
            gap = {"=": abs(actual - claimed), "<": actual - claimed, ">": claimed - actual}
            if not gap[model.claim.relation[0]] <= tolerance:
                return Evidence(
                    "autograd",
                    Finding.CONTRADICTS,
                    f"claimed {claimed:.12g}, autograd {actual:.12g} ± {tolerance:.1e} at {point}",
                )
            compared += 1
            size = max(abs(actual), abs(claimed))
            worst = max(worst, tolerance / size if size else inf)
    if not compared:
        return Evidence("autograd", Finding.ABSTAINS, f"no point is stationary in {STEPS} steps")
    return Evidence(
        "autograd",
        Finding.SUPPORTS,
        f"{compared} points agree within {worst:.1e}",
        noticeable=worst,
        data={"points": compared, "device": settings.device},
    )


def sensitivity(model: Model, values: Values, device: str) -> tuple[float, float]:
    """E|∂(γh)/∂p|² by autograd, and a bound on its error (rounding and truncation)."""
    from numerics.simulate.rollout import sensitivity_by_autograd

    [form] = bilinear_forms(model)
    steps = steps_needed(model, values, DIGITS)
    if steps > STEPS:
        raise MeaningError(f"{steps} steps are needed")
    eigenvalue, gamma, at = _callables(model, values)
    response = sensitivity_by_autograd(
        eigenvalue,
        gamma,
        at,
        steps,
        device=device,
        differentiate_gamma=model.unit.differentiate_gamma,
    )
    correlation = np.array(
        [complex(b.mid()) for b in autocorrelation(concrete(model.input), values, steps)]
    )
    actual, rounding = quadratic_form(response, correlation)
    rest = 0.0
    if model.unit.horizon is None:
        rest = float(truncation(form, values, steps).abs_upper()) * abs(correlation[0])
    return actual, rounding + rest


Function = Callable[["torch.Tensor"], "torch.Tensor"]


def _callables(model: Model, values: Values) -> tuple[Function, Function, float]:
    """λ(p) and γ(p) as Torch functions of a real p, and the p to differentiate at.

    For a complex λ that is its own parameter, p shifts its real part: h is holomorphic in λ.
    """
    import torch

    numbers: dict[sp.Symbol, Any] = {}
    for symbol, ball in values.items():
        z = complex(ball.mid())
        numbers[symbol] = (
            torch.tensor(z.real, dtype=torch.float64)
            if symbol.is_real
            else torch.tensor(z, dtype=torch.complex128)
        )
    [wrt] = model.unit.wrt
    shift = 0.0 if wrt.is_real else complex(values[wrt].mid())
    arithmetic = torch_arithmetic()

    def function(expr: sp.Expr) -> Function:
        def call(p: torch.Tensor) -> torch.Tensor:
            value = evaluate_in(expr, {**numbers, wrt: p + shift}, arithmetic)
            return value if isinstance(value, torch.Tensor) else torch.as_tensor(value).to(p.device)

        return call

    at = complex(values[wrt].mid()).real if wrt.is_real else 0.0
    return function(model.unit.poles[0]), function(model.unit.gamma()), at
