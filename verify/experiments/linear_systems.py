"""Linear students learn linear teachers with slow modes (paper §4.3, Figs. 3, 4B, 9–11; claims E).

As published: a dense teacher of 10 states, students of 64, white input, T = 300, a cosine
schedule, the best of the published learning rates. Students start with the teacher's
distribution of eigenvalues. The loss is the expected one, or at the full tier that of fresh
batches; what a student ends with is always expected.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
import torch
from torch import Tensor

from numerics.recurrences import (
    DiagonalSystem,
    Parameters,
    Realization,
    block,
    convolve,
    dense,
    diagonal,
    diagonal_as_lru,
    lru,
    s4,
    white_moments,
)
from numerics.training import (
    SGD,
    Adam,
    Muon,
    Optimizer,
    draw_block,
    draw_dense,
    draw_diagonal,
    population_loss,
    train,
)
from numerics.training.train import FINAL_RATE
from verify.experiments import EXPERIMENTS
from verify.settings import Settings

TEACHER, STUDENT, LAGS = 10, 64, 300
ANGLES = {"1": 1.0, "0.316": 10**-0.5, "0.1": 0.1, "0.0316": 10**-1.5, "0.01": 0.01}
HEADS = {f"{heads} heads": heads for heads in (2, 4, 8, 16, 32)}
OPTIMIZERS: Mapping[str, Callable[[Parameters], Optimizer]] = {
    "adam": lambda _: Adam(),
    "adamw": lambda _: Adam(weight_decay=0.01),
    "muon": lambda p: Muon(p, leading=2, weight_decay=0.01),
    "sgd": lambda _: SGD(),
}
CONSTANT_RATE = 1e-3

_RATES: Mapping[str, Sequence[float]] = {
    "lru": (0.32, 0.1, 0.032, 0.01, 0.0032),
    "dense": (3.2e-3, 1e-3, 3.2e-4, 1e-4, 3.2e-5),
}
_OTHER_RATES = (0.01, 0.0032, 0.001, 0.00032)
_SGD_RATES = tuple(10.0**-k for k in range(6, 12))
_GROUPS = {
    "A": "recurrence",
    **dict.fromkeys(("lambda_re", "lambda_im", "omega_nu"), "recurrence"),
    **dict.fromkeys(("log_step", "a_log_decay", "a_im"), "recurrence"),
    "omega_theta": "angle",
}


def learn(
    point: Mapping[str, str], settings: Settings, rng: np.random.Generator
) -> dict[str, list[float]]:
    """The loss that each of several students ends with, at the best learning rate.

    The best rate is the one at which fewest diverge, and of several such the one with the least
    median. A replica is a teacher with a student; teachers are the same for all kinds of student.
    """
    networks = settings.tier.networks
    problem = _Problem(point, settings, rng, torch.float32)  # as published
    is_sgd = point["optimizer"] == "sgd"
    choice = _SGD_RATES if is_sgd else _RATES.get(point["student"], _OTHER_RATES)
    rates = torch.tensor(choice, device=settings.device)
    start = {name: value.expand(len(rates), *value.shape) for name, value in problem.start.items()}
    each = rates.unsqueeze(-1).expand(-1, networks)
    trained, _ = train(
        problem.training_loss,
        start,
        each,
        settings.tier.steps,
        each.clamp(max=FINAL_RATE),
        OPTIMIZERS[point["optimizer"]](start),
    )
    final = problem.loss(trained).nan_to_num(torch.inf, torch.inf).cpu()
    diverged = final.isinf().sum(-1)
    best = int(final.median(-1).values.where(diverged == diverged.min(), torch.inf).argmin())
    return {"final_loss": final[best].tolist(), "best_rate": [choice[best]] * networks}


def effective_rates(
    point: Mapping[str, str], settings: Settings, rng: np.random.Generator
) -> dict[str, list[float]]:
    """Adam's learning rates after training at CONSTANT_RATE, as published and as applied.

    Published is the update that a gradient of ones would cause, which where gradients are small
    is 0.1 sqrt(1000) of the rate whatever they are. Applied is what the mean gradient is
    multiplied by, rate/(sqrt(v̂) + ε). Each group of parameters has its median, and its spread:
    the 95th percentile over the 5th. A student measures nothing of a group that it lacks.
    """
    adam = Adam()
    problem = _Problem(point, settings, rng, torch.float64)  # dense students' gradients explode
    rate = torch.full((settings.tier.networks,), CONSTANT_RATE, device=settings.device)
    train(problem.training_loss, problem.start, rate, settings.tier.steps, rate, adam)
    kinds = {
        "published": adam.response(torch.ones_like(adam.mean)).abs(),
        "applied": adam.scale(),
    }
    groups = np.concatenate(
        [
            [_GROUPS.get(name, "rest")] * math.prod(value.shape[1:])
            for name, value in problem.start.items()
        ]
    )
    measured = dict.fromkeys(
        EXPERIMENTS["effective_learning_rates"].measures, [math.nan] * settings.tier.networks
    )
    for kind, unit in kinds.items():
        for group in set(groups):
            rates = CONSTANT_RATE * unit.cpu().numpy()[:, groups == group]
            low, middle, high = np.quantile(rates, (0.05, 0.5, 0.95), axis=-1)
            measured[f"{kind}_{group}_median"] = middle.tolist()
            with np.errstate(divide="ignore", invalid="ignore"):  # where gradients overflow
                measured[f"{kind}_{group}_spread"] = (high / low).tolist()
    return measured


class _Problem:
    """Teachers, and a student for each.

    Attributes:
        start: the students' first parameters.
        loss: the expected loss.
        training_loss: the expected loss, or that of a fresh batch at each call.

    """

    def __init__(
        self,
        point: Mapping[str, str],
        settings: Settings,
        rng: np.random.Generator,
        dtype: torch.dtype,
    ) -> None:
        generator = torch.Generator().manual_seed(int(rng.integers(2**63)))
        slowest, angle = float(point["memory"]), math.pi * ANGLES[point["angle"]]
        networks = settings.tier.networks
        teacher = draw_dense(TEACHER, slowest, generator, networks, angle=angle)
        self.parametrization, student = _student(
            point["student"], slowest, generator, networks, angle
        )

        there = partial(torch.Tensor.to, device=settings.device, dtype=dtype)
        self.start = {name: there(value) for name, value in student.items()}
        self.response = there(dense(teacher).impulse_response(LAGS))
        moments = there(white_moments(LAGS, steps=LAGS))
        self.loss = population_loss(self.parametrization, self.response, moments)
        self.batch = settings.tier.batch
        self.training_loss = self.batch_loss if self.batch else self.loss
        self.inputs = torch.Generator(settings.device).manual_seed(int(rng.integers(2**63)))

    def batch_loss(self, p: Parameters) -> Tensor:
        """The mean squared error on a fresh batch, the same for all students."""
        error = self.parametrization(p).impulse_response(LAGS) - self.response
        shape = self.batch, LAGS, 1
        x = torch.randn(*shape, generator=self.inputs, device=error.device, dtype=error.dtype)
        return convolve(error, x).square().mean((-3, -2, -1))


def _student(
    kind: str, slowest: float, generator: torch.Generator, networks: int, angle: float
) -> tuple[Realization, dict[str, Tensor]]:
    if kind == "dense":
        return dense, draw_dense(STUDENT, slowest, generator, networks, angle=angle)
    if kind.endswith("heads"):
        heads = HEADS[kind]
        return block, draw_block(STUDENT, heads, slowest, generator, networks, angle=angle)
    if kind == "64 heads of 2":
        return block, draw_block(2 * STUDENT, 64, slowest, generator, networks, angle=angle)
    p = draw_diagonal(STUDENT, slowest, generator, networks, angle=angle)
    if kind == "lru":
        return lru, diagonal_as_lru(p)
    if kind == "s4":
        return s4, _as_s4(p, generator)
    gamma = (1 - p["lambda_re"] ** 2 - p["lambda_im"] ** 2).sqrt()
    p |= {name: p[name] / gamma.unsqueeze(-1) for name in ("B_re", "B_im")}
    if kind == "diagonal":
        return diagonal, p
    return _with_gamma, {**p, "omega_gamma": gamma.log()}


def _with_gamma(p: Parameters) -> DiagonalSystem:
    """A diagonal system whose input weights are exp(ω_γ) B."""
    system = diagonal(p)
    return system._replace(B=p["omega_gamma"].exp().unsqueeze(-1) * system.B)


def _as_s4(p: Parameters, generator: torch.Generator) -> dict[str, Tensor]:
    """A diagonal system written with log-uniform steps Δ in [.001, .1], as S4D has them."""
    lam, B = (torch.complex(p[f"{name}_re"], p[f"{name}_im"]) for name in ("lambda", "B"))
    share = torch.rand(lam.shape, generator=generator, dtype=lam.real.dtype)
    log_step = math.log(1e-3) + math.log(1e2) * share
    pole = lam.log() / log_step.exp()
    B = B * (pole / (lam - 1)).unsqueeze(-1)
    return {
        "a_log_decay": (-pole.real).log(),
        "a_im": pole.imag,
        "log_step": log_step,
        **{"B_re": B.real, "B_im": B.imag},
        **{name: p[name] for name in ("C_re", "C_im", "D")},
    }
