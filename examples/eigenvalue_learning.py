"""One eigenvalue learns another: what coordinates cost as |λ| → 1 (paper App. C; claim C4).

h = λ h + x shall become h = λ* h + x for white x, by gradients of ½ E|h − h*|². Both have the
same modulus; the student starts at the angle π/4, the teacher's is π/100. Printed is how many
steps it takes until the loss is a millionth of what it was.
"""

import math
from collections.abc import Callable, Sequence

import torch
from rich.console import Console
from rich.table import Table
from torch import Tensor

from numerics.normalizers import (
    Cartesian,
    Eigenvalue,
    EigenvalueMap,
    InputNormalizer,
    Polar,
    Tanh,
    natural_steps,
)

MODULI = torch.tensor([0.9, 0.99, 0.999, 0.9999], dtype=torch.float64)
BUDGET = 5000
RATES = (1e-2, 1e-1)


class ScaledAngle(EigenvalueMap):
    """The angle that balances its own sensitivity for a fixed modulus (claim B6)."""

    names = ("omega", "omega_theta")

    def eigenvalue(self, *parameters: Tensor) -> Eigenvalue:
        """|λ| = ν = tanh ω, θ = ω_θ (1 − ν²)/(ν sqrt(1 + ν²))."""
        omega, omega_theta = parameters
        lam = Tanh().eigenvalue(omega)
        return lam._replace(angle=omega_theta * self._scale(lam))

    def right_inverse(self, lam: Tensor) -> tuple[Tensor, Tensor]:
        """From |λ| and arg λ."""
        return torch.atanh(lam.abs()), lam.angle() / self._scale(Tanh().eigenvalue(lam.abs()))

    @staticmethod
    def _scale(lam: Eigenvalue) -> Tensor:
        modulus = lam.signed_modulus
        return lam.one_minus_square / (modulus * torch.sqrt(1 + modulus**2))


Optimizer = Callable[..., torch.optim.Optimizer]
WAYS: dict[str, tuple[EigenvalueMap, Optimizer, bool]] = {
    "polar, Adam": (Polar(Tanh(), logarithmic=False), torch.optim.Adam, False),
    "exponential angle, Adam": (Polar(Tanh()), torch.optim.Adam, False),
    "“optimal” angle, Adam": (ScaledAngle(), torch.optim.Adam, False),
    "Cartesian, Adam": (Cartesian(), torch.optim.Adam, False),
    "natural, Adam": (Cartesian(), torch.optim.Adam, True),
    "natural, gradient descent": (Cartesian(), torch.optim.SGD, True),
}


def population_loss(lam: Tensor, target: Tensor) -> Tensor:
    """½ E|h − h*|² for white input (claim C1)."""

    def kernel(a: Tensor, b: Tensor) -> Tensor:
        return 1 / (1 - a * b.conj())

    return (kernel(lam, lam) + kernel(target, target) - 2 * kernel(lam, target)).real / 2


def steps_needed(way: str, rate: float) -> list[float]:
    """For each of MODULI; inf where BUDGET is not enough, or λ leaves the disc."""
    start, target = (
        torch.polar(MODULI, torch.full_like(MODULI, angle))
        for angle in (math.pi / 4, math.pi / 100)
    )
    goal = 1e-6 * population_loss(start, target)
    map_, optimizer, natural = WAYS[way]
    parameters = [torch.nn.Parameter(p) for p in map_.right_inverse(start)]
    training = optimizer(parameters, lr=rate)
    if natural:
        natural_steps(training, parameters, InputNormalizer().sensitivity)
    needed = torch.full_like(MODULI, math.inf)
    for step in range(BUDGET):
        training.zero_grad()
        loss = population_loss(map_.eigenvalue(*parameters).value, target)
        needed[(loss < goal) & (loss >= 0) & needed.isinf()] = step
        if needed.isfinite().all():
            break
        loss.sum().backward()
        training.step()
    return needed.tolist()


def main() -> dict[tuple[str, float], Sequence[float]]:
    """All ways at all rates."""
    found = {(way, rate): steps_needed(way, rate) for way in WAYS for rate in RATES}
    table = Table("steps, by |λ|", "rate", *(f"{m:g}" for m in MODULI.tolist()))
    table.columns[0].no_wrap = True
    for (way, rate), steps in found.items():
        table.add_row(way, f"{rate:g}", *(f"{s:.0f}" if s < math.inf else "—" for s in steps))
    Console().print(table)
    return found


if __name__ == "__main__":
    main()
