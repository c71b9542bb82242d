"""One eigenvalue learns another by Adam on the population loss (paper App. C, Fig. 7; claim C4).

White input of unit variance, no normaliser: claim C1 with μ = 0. |λ| = tanh ω_ν; the angle is
trained as it is, as exp(ω_θ), or scaled by the optimum of claim B6. Beside them λ itself learns by
the natural gradient. What a run ends with is what it does in the second half of its steps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import mpmath
import numpy as np
import sympy as sp

from theory.inputs import white
from theory.moments import teacher_student_loss
from verify.settings import Settings

STEPS = 50_000
# in double precision, or in so many digits that rounding plays no part: from one burst of Adam's to
# the next the distance to the teacher falls to 1e-45
ARITHMETICS: Mapping[str, int | None] = {"double": None, "100 digits": 100}
RATE = 1e-3
# exact numbers: SymPy's printer for cmath knows no floats
START, TEACHER = ((sp.Rational(99, 100), angle) for angle in (sp.pi / 4, sp.pi / 100))

_modulus, _angle = sp.symbols("omega_nu omega_theta", real=True)
_nu = sp.tanh(_modulus)
# how the angle is written in the trained parameters
ANGLES: Mapping[str, sp.Expr] = {
    "plain": _angle,
    "exponential": sp.exp(_angle),
    "optimal": _angle * (1 - _nu**2) / (_nu * sp.sqrt(1 + _nu**2)),
}


def run(
    point: Mapping[str, str], settings: Settings, rng: np.random.Generator
) -> dict[str, list[float]]:
    """The smallest and largest loss of the second half of STEPS steps; nothing is random."""
    carried, digits = point["optimiser_state"] == "carried", ARITHMETICS[point["arithmetic"]]
    return _final(losses(ANGLES[point["angle"]], carried, digits=digits))


def run_naturally(
    point: Mapping[str, str], settings: Settings, rng: np.random.Generator
) -> dict[str, list[float]]:
    """What `run` measures, of gradient descent on λ at that rate, in the sensitivity's metric."""
    import torch

    from numerics.normalizers import InputNormalizer, natural_steps

    x, y = sp.symbols("x y", real=True)
    loss = _compiled(x + sp.I * y, (x, y))
    start = complex(START[0] * sp.exp(sp.I * START[1]))
    lam = [torch.tensor(part, dtype=torch.float64) for part in (start.real, start.imag)]
    optimizer = torch.optim.SGD(lam, lr=RATE)
    natural_steps(optimizer, lam, InputNormalizer().sensitivity)
    values = []
    for _ in range(STEPS):
        value, *gradient = loss(*(part.item() for part in lam))
        values.append(value)
        for part, slope in zip(lam, gradient, strict=True):
            part.grad = part.new_tensor(slope)
        optimizer.step()
    return _final(values)


def _final(values: list[float]) -> dict[str, list[float]]:
    last = values[len(values) // 2 :]
    return {"smallest_final_loss": [min(last)], "largest_final_loss": [max(last)]}


def losses(
    theta: sp.Expr, carried: bool, steps: int = STEPS, digits: int | None = None
) -> list[float]:
    """Adam's losses, its state carried from step to step or, as in the released code, dropped.

    Args:
        theta: one of ANGLES.
        carried: whether the state is carried.
        steps: how many steps.
        digits: decimal digits to compute with; double precision without.

    """
    arithmetic = "mpmath" if digits else "cmath"
    loss = _compiled(_nu * sp.exp(sp.I * theta), (_modulus, _angle), arithmetic)
    parameters = _start(theta)
    adam = Adam()
    values = []
    with mpmath.workdps(digits or mpmath.mp.dps):
        for _ in range(steps):
            value, *gradient = loss(*parameters)
            values.append(float(value))
            if not carried:
                adam = Adam()
            changes = adam.step(gradient)
            parameters = [p - change for p, change in zip(parameters, changes, strict=True)]
    return values


class Adam:
    """Adam (Kingma and Ba, 2015) on a few numbers of any precision, with its usual constants."""

    def __init__(self, rate: float = RATE) -> None:
        self.rate, self.count = rate, 0
        self.mean, self.square = [0.0, 0.0], [0.0, 0.0]

    def step(self, gradient: list[float]) -> list[float]:
        """What a step subtracts from each parameter."""
        self.count += 1
        self.mean = [0.9 * m + 0.1 * g for m, g in zip(self.mean, gradient, strict=True)]
        self.square = [
            0.999 * v + 0.001 * g * g for v, g in zip(self.square, gradient, strict=True)
        ]
        by_mean, by_square = 1 - 0.9**self.count, 1 - 0.999**self.count
        return [
            self.rate * (m / by_mean) / ((v / by_square) ** 0.5 + 1e-8)
            for m, v in zip(self.mean, self.square, strict=True)
        ]


def _start(theta: sp.Expr) -> list[float]:
    modulus = sp.atanh(START[0])
    [angle] = sp.solve(theta.subs(_modulus, modulus) - START[1], _angle)
    return [float(modulus), float(angle)]


def _compiled(
    student: sp.Expr, wrt: tuple[sp.Symbol, ...], arithmetic: str = "cmath"
) -> Callable[..., list[float]]:
    """The loss and its derivatives as one function of numbers of cmath or mpmath."""
    nu_star, theta_star = TEACHER
    loss = teacher_student_loss(white(), student, nu_star * sp.exp(sp.I * theta_star))
    outputs = [loss, *(sp.diff(loss, p) for p in wrt)]
    function = sp.lambdify(wrt, outputs, arithmetic, cse=True)
    return lambda *p: [value.real for value in function(*p)]
