"""Simulated trajectories: independent chains of the recurrence, with exact χ² intervals.

Each chain is driven by its own exactly stationary Gaussian input from h = 0; what burn-in and
rounding can change is bounded analytically and widens the intervals.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from numerics.arithmetic.balls import Values, evaluate
from numerics.simulate.inputs import sample_input
from numerics.simulate.reference import simulate
from verify.judging.evidence import Evidence, Finding, MeaningError
from verify.judging.model import Model, concrete
from verify.judging.points import Point
from verify.judging.routes.impulse import Response, bilinear_forms
from verify.judging.routes.pointwise import evaluate_at, is_sharp
from verify.judging.routes.series import autocorrelation, steps_needed, truncation
from verify.judging.statistics import (
    LOOKS,
    RATE,
    TOLERANCE,
    Assertion,
    Interval,
    Moments,
    look_sizes,
    mean_forms,
    stream,
)
from verify.settings import Settings

POINTS = 2
STEPS = 256
PILOT = 256
BLOCK = 5_000
BURN_IN_DIGITS = 4
_NOT_SIMULATED = {
    "teacher_student_hessian": "second derivatives are not simulated",
    "curvature": "second derivatives are not simulated",
    "cross_sensitivity_power": "the square of a mean is not the mean of a product",
}

Array = NDArray[Any]  # float64 or complex128
State = tuple[complex, int]


def check(model: Model, settings: Settings) -> Evidence:
    """Compare the formula with simulated chains, as `compare` does."""
    tier = settings.tier
    return compare(model, tier.chains, settings.seed, tier.tolerance)


def compare(
    model: Model,
    chains: int,
    seed: int,
    tolerance: float = TOLERANCE,
    error_rate: float = RATE,
) -> Evidence:
    """Compare the formula with simulated chains at points of the domain (==, <=, >=).

    Args:
        model: the claim.
        chains: how many a point may take.
        seed: of points and chains.
        tolerance: the discrepancy to notice, relative to the formula.
        error_rate: of a false alarm on a true claim, and of a miss on one off by the tolerance.

    """
    if model.claim.quantity in _NOT_SIMULATED:
        return Evidence("simulation", Finding.ABSTAINS, _NOT_SIMULATED[model.claim.quantity])
    found: list[_Outcome] = []
    for place, (point, claimed, ensemble) in enumerate(_points(model.instances()[0], seed)):
        assertion = Assertion(claimed, model.claim.relation, tolerance)
        shards = partial(stream, seed, model.claim.id, place)
        found.append(_look(point, assertion, ensemble, chains, error_rate / POINTS, shards))
        if found[-1].holds is False:
            break
    if not found:
        return Evidence("simulation", Finding.ABSTAINS, f"no point is stationary in {STEPS} steps")
    data = {
        "points": sum(outcome.holds is not None for outcome in found),
        "undecided": sum(outcome.holds is None for outcome in found),
        "chains": sum(outcome.chains for outcome in found),
        "tolerance": tolerance,
        "false_alarm": error_rate,
        "miss": error_rate,
    }
    rates = f"{data['chains']} chains; false alarm and miss at most {error_rate:.0e} each"
    if found[-1].holds is False:
        return Evidence("simulation", Finding.CONTRADICTS, f"{found[-1]} ({rates})", data=data)
    if not data["points"]:
        return Evidence(
            "simulation", Finding.ABSTAINS, f"undecided: {found[0]} ({rates})", data=data
        )
    detail = f"{data['points']} of {len(found)} points hold to {tolerance:.0%} ({rates})"
    return Evidence("simulation", Finding.SUPPORTS, detail, tolerance, data=data)


@dataclass(frozen=True)
class _Outcome:
    """Whether the assertion holds at a point (see `Assertion.decide`), and why."""

    point: Point
    claimed: complex
    holds: bool | None
    chains: int
    real: Interval
    imag: Interval

    def __str__(self) -> str:
        ends = zip(*((part.lower, part.upper) for part in (self.real, self.imag)), strict=True)
        shown = [self.claimed, *(complex(*end) for end in ends)]
        if self.claimed.imag == 0 and self.imag.contains(0):
            shown = [z.real for z in shown]
        claimed, least, most = (f"{z:.6g}" for z in shown)
        return f"claimed {claimed}, simulated {least} … {most} at {self.point}"


def _look(
    point: Point,
    assertion: Assertion,
    ensemble: Ensemble,
    chains: int,
    error_rate: float,
    shards: Callable[[int], np.random.Generator],
) -> _Outcome:
    """Simulate until the intervals decide, or all chains are used."""
    pilot = ensemble.draw(PILOT, shards(0))
    moments, shard = Moments(0, np.zeros_like(pilot.products)), 0
    for size in look_sizes(chains):
        while moments.count < size:
            shard += 1
            moments += ensemble.draw(min(BLOCK, size - moments.count), shards(shard))
        intervals = mean_forms(ensemble.forms, moments, pilot, error_rate / LOOKS)
        real, imag = (interval.widened(ensemble.bias) for interval in intervals)
        holds = assertion.decide(real, imag)
        if holds is not None:
            break
    return _Outcome(point, assertion.claimed, holds, moments.count, real, imag)


def _points(model: Model, seed: int) -> Iterator[tuple[Point, complex, Ensemble]]:
    """Points that are stationary within STEPS, what is claimed there, and the chains."""
    found = 0
    for point in model.domain.sample(20 * POINTS, seed):
        values = point.values(model)
        try:
            steps = steps_needed(model, values, BURN_IN_DIGITS)
        except MeaningError:
            continue
        if steps <= STEPS and is_sharp(formula := evaluate_at(model, point)):
            imag = 0 if formula.imag.contains(0) else formula.imag.mid()
            yield point, complex(formula.real.mid(), imag), Ensemble.at(model, values, steps)
            found += 1
        if found == POINTS:
            return


@dataclass(frozen=True)
class Ensemble:
    """Independent chains at a point of the domain, and what is observed at their ends.

    Attributes:
        correlation: R(0) … R(T−1) of the input: real, or complex for circular chains.
        states: those observed after T steps, h (order 0) or ∂h/∂λ (order 1), by pole λ and order.
        forms: matrices H with E[zᴴ H z] the quantity's real and imaginary part, z the states; if
            the input is real, their real parts followed by their imaginary parts.
        bias: how far burn-in and rounding take each part from the quantity at most.

    """

    correlation: Array
    states: Sequence[State]
    forms: tuple[Array, Array]
    bias: float

    @classmethod
    def at(cls, model: Model, values: Values, steps: int) -> Ensemble:
        """The chains for a point's values, which end after so many steps."""
        correlation = np.array(
            [complex(b.mid()) for b in autocorrelation(concrete(model.input), values, steps)]
        )
        forms = bilinear_forms(model)
        # v acts on x̄, as does the conjugate of the conjugate pole's state
        sides = [
            (_weights(form.u, values), _conjugated(_weights(form.v, values))) for form in forms
        ]
        states = list(dict.fromkeys(state for side in sides for part in side for state in part))
        real = np.zeros((len(states), len(states)), complex)
        imag, bias = np.zeros_like(real), 0.0
        for form, (u, v) in zip(forms, sides, strict=True):
            factor = complex(evaluate(form.factor, values).mid())
            matrix = factor * np.outer([v.get(s, 0) for s in states], [u.get(s, 0) for s in states])
            real += (matrix + matrix.conj().T) / 2
            if not form.real_part:
                imag += (matrix - matrix.conj().T) / 2j
            if model.unit.horizon is None:
                bias += abs(factor) * float(truncation(form, values, steps).abs_upper())
        # rounding takes 8 T² ε R(0) from the input's covariance (its root, see `sample_input`,
        # and the product with it) and 4 T ε from each side's response (see `quadratic_form`)
        size = np.array([_norm(state, steps) for state in states])
        moduli = float(size @ (np.abs(real) + np.abs(imag)) @ size)
        bias += 8 * steps * (steps + 1) * float(np.finfo(float).eps) * moduli
        bias *= abs(correlation[0])
        if correlation.imag.any():
            return cls(correlation, states, (real, imag), bias)
        complex_of = np.hstack([np.eye(len(states)), 1j * np.eye(len(states))])
        real, imag = ((complex_of.conj().T @ part @ complex_of).real for part in (real, imag))
        return cls(correlation.real, states, (real, imag), bias)

    def draw(self, chains: int, rng: np.random.Generator) -> Moments:
        """Simulate so many chains; what is kept are their moments."""
        x = sample_input(self.correlation, chains, rng)
        z = _last(x, self.states)
        return Moments.of(z if np.iscomplexobj(x) else np.hstack([z.real, z.imag]))


def _last(x: Array, states: Sequence[State]) -> Array:
    """The states of chains after the last step, shape (chains, states)."""
    runs = {pole: simulate(x, pole) for pole, _ in states}
    last = [(runs[pole].h, runs[pole].dh_dlam)[order][:, -1] for pole, order in states]
    return np.stack(last, axis=1) if last else np.zeros((len(x), 0))  # where γ = 0


def _norm(state: State, steps: int) -> float:
    """Σ |g_i| over a state's response g."""
    pole, order = state
    return float(_last(np.ones((1, steps)), [(abs(pole), order)])[0, 0])


def _weights(response: Response, values: Values) -> dict[State, complex]:
    """A response as a combination of states."""
    total: dict[State, complex] = defaultdict(complex)
    for pole, weights in response.parts:
        at = complex(evaluate(pole, values).mid())
        for order, weight in enumerate(weights):
            if weight != 0:
                total[at, order] += complex(evaluate(weight, values).mid())
    return total


def _conjugated(weights: Mapping[State, complex]) -> dict[State, complex]:
    return {(pole.conjugate(), order): weight for (pole, order), weight in weights.items()}
