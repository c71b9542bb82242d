"""Simulated trajectories: independent chains of the recurrence, with exact χ² intervals.

Each chain is driven by its own exactly stationary Gaussian input from h = 0; what the burn-in
leaves out is bounded analytically and added to the interval.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import inf
from zlib import crc32

import flint
import numpy as np
import sympy as sp
from numpy.typing import NDArray

from numerics.balls import Values, evaluate
from numerics.simulate.inputs import sample_input
from numerics.simulate.reference import simulate
from verify.evidence import Evidence, Finding
from verify.impulse import Response, bilinear_forms
from verify.methods.pointwise import evaluate_at
from verify.methods.series import autocorrelation, steps_needed, truncation
from verify.model import MeaningError, Model, concrete
from verify.points import Point, sample
from verify.statistics import RATE, Interval, mean_product

POINTS = 2
STEPS = 256
BLOCK = 5_000
BURN_IN_DIGITS = 4
_NOT_SIMULATED = {
    "teacher_student_hessian": "second derivatives are not simulated",
    "curvature": "second derivatives are not simulated",
    "cross_sensitivity_power": "the square of a mean is not the mean of a product",
}

Samples = NDArray[np.complex128]


def check(model: Model, chains: int, seed: int) -> Evidence:
    """Compare the formula with simulated chains at points of the domain (==, <=, >=)."""
    if model.claim.quantity in _NOT_SIMULATED:
        return Evidence("simulation", Finding.ABSTAINS, _NOT_SIMULATED[model.claim.quantity])
    instance = model.instances()[0]
    compared, noticeable = 0, 0.0
    for point, formula, steps in _points(instance, seed):
        claimed = complex(formula.real.mid(), 0 if formula.imag.contains(0) else formula.imag.mid())
        parts = measure(instance, point.values(instance), steps, chains, seed)
        for part, interval in zip((claimed.real, claimed.imag), parts, strict=True):
            if not _agrees(part, interval, model.claim.relation):
                return Evidence(
                    "simulation",
                    Finding.CONTRADICTS,
                    f"claimed {part:.6g}, simulated {interval.lower:.6g} … {interval.upper:.6g} "
                    f"(wrong with probability at most {RATE:.0e})",
                )
        compared += 1
        # the truth lies in the interval, so that a claim off by its width would lie outside
        widest = max(interval.upper - interval.lower for interval in parts)
        noticeable = max(noticeable, widest / abs(claimed) if claimed else inf)
    if not compared:
        return Evidence("simulation", Finding.ABSTAINS, f"no point is stationary in {STEPS} steps")
    return Evidence(
        "simulation",
        Finding.SUPPORTS,
        f"{compared} points lie within the exact intervals of {chains} chains",
        noticeable=noticeable,
        data={"points": compared, "chains": chains, "false_alarm": RATE, "miss": RATE},
    )


def _agrees(claimed: float, interval: Interval, relation: str) -> bool:
    if relation == "==":
        return interval.contains(claimed)
    return claimed >= interval.lower if relation == "<=" else claimed <= interval.upper


def _points(model: Model, seed: int) -> Iterator[tuple[Point, flint.acb, int]]:
    """Points, the formula's value there, and the steps (at most STEPS) to stationarity."""
    found = 0
    for point in sample(model.claim, 20 * POINTS, seed):
        try:
            steps = steps_needed(model, point.values(model), BURN_IN_DIGITS)
        except MeaningError:
            continue
        if steps <= STEPS and (formula := evaluate_at(model, point)).is_finite():
            yield point, formula, steps
            found += 1
        if found == POINTS:
            return


def measure(
    model: Model, values: Values, steps: int, chains: int, seed: int
) -> tuple[Interval, Interval]:
    """Intervals for the quantity's real and imaginary part, each wrong with probability ≤ RATE."""
    forms = bilinear_forms(model)
    correlation = np.array(
        [complex(b.mid()) for b in autocorrelation(concrete(model.input), values, steps)]
    )
    rng = np.random.default_rng([seed, crc32(model.claim.id.encode())])
    responses = ([form.u for form in forms], [form.v for form in forms])
    poles = tuple(
        {pole: complex(evaluate(pole, values).mid()) for r in side for pole, _ in r.parts}
        for side in responses
    )
    real = imag = Interval(0.0, 0.0)
    blocks = [
        _final_states(poles, correlation, min(BLOCK, chains - start), rng)
        for start in range(0, chains, BLOCK)
    ]
    for form in forms:
        factor = float(evaluate(form.factor, values).real.mid())
        u, v = (
            np.concatenate([_observed(response, values, states[side]) for states in blocks])
            for side, response in enumerate((form.u, form.v))
        )
        rate = RATE / (2 * len(forms))
        re = mean_product(u.real, v.real, rate) - mean_product(u.imag, v.imag, rate)
        im = mean_product(u.real, v.imag, rate) + mean_product(u.imag, v.real, rate)
        bias = 0.0
        if model.unit.horizon is None:
            bias = float(truncation(form, values, steps).abs_upper()) * abs(correlation[0])
        real += re.widened(bias).scaled(factor)
        if not form.real_part:
            imag += im.widened(bias).scaled(factor)
    return real, imag


State = dict[sp.Expr, tuple[Samples, Samples]]


def _final_states(
    poles: Sequence[Mapping[sp.Expr, complex]],
    correlation: Samples,
    chains: int,
    rng: np.random.Generator,
) -> tuple[State, State]:
    """(h, ∂h/∂λ) of every pole after the last step, driven by x, and by x̄ for the second side."""
    x = sample_input(correlation if correlation.imag.any() else correlation.real, chains, rng)
    first, second = (
        {pole: _last(drive, lam) for pole, lam in side.items()}
        for drive, side in zip((x, x.conj()), poles, strict=True)
    )
    return first, second


def _last(x: NDArray[np.inexact], lam: complex) -> tuple[Samples, Samples]:
    run = simulate(x, lam)
    return run.h[:, -1].astype(complex), run.dh_dlam[:, -1].astype(complex)


def _observed(response: Response, values: Values, states: State) -> Samples:
    total = np.zeros(1, dtype=complex)
    for pole, weights in response.parts:
        for weight, moment in zip(weights, states[pole], strict=False):
            if weight != 0:
                total = total + complex(evaluate(weight, values).mid()) * moment
    return total
