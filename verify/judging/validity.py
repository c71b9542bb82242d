"""Whether a claim means anything: a non-empty domain, and an autocorrelation that is one.

R is an autocorrelation iff its Toeplitz matrices are positive semi-definite (Herglotz). A
matrix with an eigenvalue certainly below zero is a proof that R is none; the converse is
checked as far as `LAGS`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import flint
import numpy as np
from scipy.linalg import eigvalsh, toeplitz

from numerics.arithmetic.balls import Values, evaluate
from theory.algebra.conjugation import conjugated, polarised
from theory.inputs import StationaryInput
from verify.judging.model import Model, concrete
from verify.judging.routes.series import autocorrelation
from verify.judging.translation import MeaningError

LAGS = 48
# enough to tell 1 − 1e-300 from 1
POLE_BITS = 1024


def check_meaning(model: Model, seed: int) -> None:
    """Check the domain, both sides, and R at points of the domain.

    Raises:
        MeaningError: naming the field, what is wrong and where.

    """
    model.domain.check()
    _ = model.formula, model.value
    for instance in model.instances():
        for point in (*instance.domain.sample(4, seed), *instance.domain.corners()):
            values = partial(point.values, instance)
            if instance.unit.horizon is None:
                check_poles(instance, values, f"field 'domain', at {point}: ")
            check_gammas(instance, values(), str(point))
            label = (
                f"field 'autocorrelation' = {instance.claim.autocorrelation.source!r} at {point}"
            )
            check_autocorrelation(concrete(instance.input), values(), label)


def check_poles(model: Model, values: Callable[[], Values], label: str) -> None:
    """Check that every pole lies inside the unit circle at one point.

    Args:
        model: the claim.
        values: makes the point's coordinates at the current precision.
        label: what the error begins with.

    Raises:
        MeaningError: if a pole does not.

    """
    for name, pole in zip(model.claim.poles, model.unit.poles, strict=True):
        with flint.ctx.workprec(POLE_BITS):
            modulus = abs(evaluate(polarised(pole), values()))
        if not modulus < 1:
            size = modulus.mid().str(6, radius=False) if modulus.is_finite() else "too large"
            raise MeaningError(
                f"{label}|{name}| = {size}: it must be below 1, or there is no stationary state"
            )


def check_gammas(model: Model, values: Values, point: str) -> None:
    """Check that no γ leaves the real line by a root or a logarithm of what is negative.

    Raises:
        MeaningError: if one does: its conjugate is then not what algebra makes of it.

    """
    for name, gamma in zip(model.claim.poles, model.unit.gammas, strict=False):
        with flint.ctx.workprec(128):
            ball = evaluate(polarised(gamma), values).conjugate()
            if not ball.overlaps(evaluate(conjugated(polarised(gamma)), values)):
                raise MeaningError(
                    f"field 'gamma' of {name}, at {point}: a root or logarithm of a negative number"
                )


def check_autocorrelation(x: StationaryInput, values: Values, label: str) -> None:
    """Check that R is an autocorrelation at one point.

    Raises:
        MeaningError: beginning with `label`.

    """
    with flint.ctx.workprec(128):
        balls = autocorrelation(x, values, LAGS)
    numbers = np.array([complex(ball.mid()) for ball in balls])
    if numbers[0].imag != 0 or not numbers[0].real > 0:
        raise MeaningError(f"{label}: R(0) = {numbers[0]:.3g} must be positive")
    highest = int(np.argmax(np.abs(numbers)))
    if abs(numbers[highest]) > numbers[0].real * (1 + 1e-12):
        raise MeaningError(f"{label}: no autocorrelation, |R({highest})| is larger than R(0)")
    # eigenvalues of a Hermitian matrix move by at most ‖E‖ ≤ LAGS·max|E|, E its rounding
    rounding = 4 * LAGS**2 * np.finfo(float).eps * numbers[0].real
    lowest = float(eigvalsh(toeplitz(numbers.conj(), numbers), subset_by_index=(0, 0))[0])
    if lowest < -rounding:
        raise MeaningError(
            f"{label}: no autocorrelation, its {LAGS}×{LAGS} Toeplitz matrix has the "
            f"eigenvalue {lowest:.3g}"
        )
