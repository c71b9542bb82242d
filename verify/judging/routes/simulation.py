"""Simulated trajectories: units driven by a random input, whose time averages are the moments.

The input has a period, and over it the mean of x_{t+Δ} x̄_t is R(Δ), whatever its random phases;
so the averages are off by no chance. What the period, the steps before it and rounding can change
is bounded. Lines of the spectrum are trajectories of their own: independent parts' moments add up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache, partial
from typing import Any

import flint
import numpy as np
from numpy.typing import NDArray

from numerics.arithmetic.balls import Values, around_zero, evaluate
from numerics.simulate.inputs import at_lags
from numerics.simulate.periodic import driven, driven_from_each_time, periodic_input
from theory.inputs import StationaryInput
from verify.judging.evidence import Evidence, MeaningError
from verify.judging.model import Model, concrete
from verify.judging.points import Point
from verify.judging.routes.impulse import BilinearForm, Response, assembled, bilinear_forms
from verify.judging.routes.pointwise import Route, compare_at_points, precision
from verify.judging.routes.series import MAX_LAGS, steps_needed, truncation
from verify.judging.statistics import stream
from verify.settings import Settings

DIGITS = 6
STATIONARY_DIGITS = 9
# there 1 − |λ| is some 1e-3, if λ is a parameter or the tanh, exp, sigmoid or exp(−exp) of one
FACES = Fraction(1, 2000), 4, 7
MOST_STEPS = 2**17
WORK = 2**22  # steps of all units that start at each time of a period, and stop at the horizon
NEGATIVE = 1e-11  # of R(0): as much of a spectrum is left out without looking for a longer period

Array = NDArray[Any]  # float64 or complex128
_EPSILON = float(np.finfo(float).eps)


def check(model: Model, settings: Settings) -> Evidence:
    """Compare the formula with time averages at points of the domain (relations ==, <=, >=)."""
    value = partial(simulated_value, seed=settings.seed)
    route = Route("simulation", value, DIGITS, is_judge=False, faces=FACES)
    return compare_at_points(model, settings, route)


def simulated_value(model: Model, point: Point, seed: int = 0) -> flint.acb:
    """A ball around the quantity, from the time averages of a simulation.

    Raises:
        MeaningError: where too many steps would be needed, or R is no autocorrelation.

    """
    # what overflows ends in a ball without end
    with flint.ctx.workprec(precision()), np.errstate(all="ignore"):
        values = point.values(model)
        is_stationary = model.unit.horizon is None
        most = MOST_STEPS if is_stationary else MAX_LAGS
        steps = steps_needed(model, values, STATIONARY_DIGITS, most)
        phases = stream(seed, model.claim.id)
        # to the lags that count, those of a covariance are added
        span = steps + max(form.lag for form in bilinear_forms(model))
        parts = list(_parts(concrete(model.input), values, span, is_stationary, phases))

        def moment(form: BilinearForm) -> flint.acb:
            # v acts on x̄, as does the conjugate of the conjugate pole's state
            u, v = _Side.of(form.u, values), _Side.of(form.v, values).conjugate()
            total = sum((part.mean_product(u, v, form.lag) for part in parts), flint.acb(0))
            if is_stationary:  # twice half a period is missing, and once the steps before
                rest = sum(part.variance for part in parts) * truncation(form, values, steps)
                total += around_zero((3 * rest).abs_upper())
            return total

        return assembled(model, values, moment)


@dataclass(frozen=True)
class _Side:
    """A combination of states: the weight of d^k h/dλ^k, k = 0, 1, …, for each pole λ."""

    weights: Sequence[tuple[complex, Array]]

    @classmethod
    def of(cls, response: Response, values: Values) -> _Side:
        def number(expr: Any) -> complex:
            return complex(evaluate(expr, values).mid())

        return cls([(number(p), np.array([*map(number, ws)])) for p, ws in response.parts])

    def conjugate(self) -> _Side:
        return _Side([(pole.conjugate(), weights.conj()) for pole, weights in self.weights])

    def norm(self, steps: int) -> float:
        """Σ |g_i| over the steps, of the response g."""
        return sum(
            float(np.abs(weights) @ _sizes(abs(pole), len(weights), steps)[:-1])
            for pole, weights in self.weights
        )

    def rounding(self, steps: int) -> float:
        """How far rounding may take the side from itself in the mean square, where R(0) = 1.

        Each step adds to d^k h/dλ^k an error of 16 ε times its size so far, as does λ, itself
        rounded. That is passed on as if it were an input: the sum is of the size of the next
        derivative. As much as to the state is added by weights, sums and averages.
        """
        passed_on = sum(
            float(np.abs(weights) @ _sizes(abs(pole), len(weights), steps + 1)[1:])
            for pole, weights in self.weights
        )
        return _EPSILON * (16 * self.norm(steps) + 32 * passed_on)


@lru_cache(maxsize=64)
def _sizes(radius: float, order: int, steps: int) -> Array:
    """Σ_{i<steps} d^k r^i / dr^k for k ≤ order."""
    return driven(np.ones(steps), radius, order)[:, -1]


@dataclass(frozen=True)
class _Part:
    """One of the input's independent parts, and the states it drives.

    Attributes:
        variance: its R(0).
        steps: how many lead to the states that are averaged over.
        states: those of a pole, up to an order, at the times that are averaged over.
        later: such numbers so many steps later.
        off: how far the part's autocorrelation may be off, at any lag that counts.

    """

    variance: float
    steps: int
    states: Callable[[complex, int], Array]
    later: Callable[[Array, int], Array]
    off: float = 0.0

    def mean_product(self, u: _Side, v: _Side, lag: int) -> flint.acb:
        """The mean of u_{t+lag} v̄_t, in a ball for the part's autocorrelation and rounding."""
        mean = complex(np.mean(self.later(self._driven(u), lag) * self._driven(v).conj()))
        norms = u.norm(self.steps), v.norm(self.steps)
        rounding = u.rounding(self.steps) * norms[1] + norms[0] * v.rounding(self.steps)
        off = norms[0] * norms[1] * self.off + rounding * self.variance
        return flint.acb(mean.real, mean.imag) + around_zero(off)

    def _driven(self, side: _Side) -> Array:
        states = [w @ self.states(pole, len(w) - 1) for pole, w in side.weights]
        return np.sum(states, axis=0) if states else np.zeros(1)  # where γ = 0


def _parts(
    x: StationaryInput,
    values: Values,
    steps: int,
    is_stationary: bool,
    phases: np.random.Generator,
) -> Iterator[_Part]:
    """The lines of an input's spectrum, each by itself, and the rest of it."""
    terms = []
    for term in x.terms:
        c, z = evaluate(term.coefficient, values), evaluate(term.ratio, values)
        if abs(z) < 1:
            terms.append((complex(c.mid()), complex(z.mid()), term.power))
        elif term.power == 0 and c.imag.contains(0) and c.real >= 0:
            yield _line(float(c.real.mid()), complex(z.mid()), steps)
        else:
            raise MeaningError(f"the term with ratio {term.ratio} is no spectral line")
    lags = {lag: complex(evaluate(value, values).mid()) for lag, value in x.lags}
    if terms or lags:
        yield _rest(terms, lags, steps, is_stationary, phases)


def _line(power: float, turn: complex, steps: int) -> _Part:
    """A wave √power z^t: products of what it drives are the same at all times."""
    wave = at_lags([(np.sqrt(power), turn, 0)], {}, steps)
    wave = wave if turn.imag else wave.real
    # a power z^t is a product of t factors
    off = 16 * _EPSILON * power * (steps if turn.imag else 1)
    states = cache(lambda lam, order: driven(wave, lam, order)[:, -1:])
    return _Part(power, steps, states, lambda u, lag: u * turn**lag, off)


def _rest(
    terms: Sequence[tuple[complex, complex, int]],
    lags: Mapping[int, complex],
    steps: int,
    is_stationary: bool,
    phases: np.random.Generator,
) -> _Part:
    """What has a spectral density: a period at least twice as long as the steps."""
    half = 1 << (steps - 1).bit_length()  # of powers of 2 the transform is fastest
    longest = MOST_STEPS if is_stationary else max(half, WORK // steps)
    while True:
        R = at_lags(terms, lags, half + 1)
        x, off = periodic_input(R if R.imag.any() else R.real, phases)
        if off <= NEGATIVE * abs(R[0]) or 2 * half > longest:
            break
        half *= 2
    # as is a power z^Δ
    rounded = at_lags([(abs(c), abs(z), k + 1) for c, z, k in terms], {}, half + 1)
    off += 16 * _EPSILON * float(np.max(rounded.real) + abs(R[0]))
    variance = float(abs(R[0]))
    if is_stationary:
        twice = np.tile(x, 2)
        states = cache(lambda lam, k: driven(twice, lam, k)[:, -x.size :])
        return _Part(variance, 2 * half, states, lambda u, lag: np.roll(u, -lag), off)
    states = cache(lambda lam, k: driven_from_each_time(x, lam, k, steps))
    return _Part(variance, steps, states, lambda u, lag: np.roll(u, -lag), off)
