"""Linear students learn linear teachers with slow modes (paper §4.3, Figs. 3, 4B, 9–11; claims E).

Everything is as in the released code, seed by seed, but for what a trial's point says otherwise: a
dense teacher of 10 states, students of 64, white input, T = 300, 100 epochs of 100 fresh batches,
a cosine schedule, the best of the published learning rates. Where the point says so, the loss that
is trained on, and reported, is the expected one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from numerics.recurrences import (
    Parameters,
    dense,
    mean_squared_error,
    sampled_moments,
    white_moments,
)
from numerics.training import Adam, Elementwise, Loss, Muon, Optimizer, train
from numerics.training.train import FINAL_RATE
from verify.experiments.released_systems import (
    BATCHES,
    HEADS,
    STEPS,
    batches,
    students,
    teacher,
)
from verify.settings import Settings

ANGLES = {"1": 3.14, "0.316": 0.993, "0.1": 0.314, "0.0316": 0.0993, "0.01": 0.0314}
OPTIMIZERS: Mapping[str, Callable[[Parameters], Optimizer]] = {
    "adam": lambda _: Adam(),
    "adamw": lambda _: Adam(weight_decay=0.01),
    "muon": lambda p: Muon(p, leading=2, weight_decay=0.01),
    "sgd": lambda _: Elementwise(torch.optim.SGD),
    "sgd with momentum": lambda _: Elementwise(torch.optim.SGD, momentum=0.9),
    "rmsprop": lambda _: Elementwise(torch.optim.RMSprop),
}
PUBLISHED_RUNS = range(2023, 2033)  # seeds
PUBLISHED_RUN = 1919  # of Figs. 4B and 9
PUBLISHED_TEACHER = 42
CONSTANT_RATE = 1e-3

# learning rates of the released scans: of Figs. 3A, 3B, 10 and 11
_HALF_DECADES = (0.1, 0.032, 0.01, 0.0032, 0.001, 0.00032, 0.0001)
_OF_HEADS = (0.032, 0.01, 0.0032, 0.001, 0.0001)
SCANS: Mapping[str, Mapping[str, Sequence[float]]] = {
    "memory": {
        "dense": (3.2e-3, 1e-3, 3.2e-4, 1e-4, 3.2e-5),
        "lru": (0.32, 0.1, 0.032, 0.01, 0.0032),
    },
    "ablation": {
        **dict.fromkeys(("lru", "diagonal", "diagonal with gamma"), _HALF_DECADES),
        **dict.fromkeys(("32 heads", "64 heads of 2"), (0.01, 0.0032, 0.001, 0.00032)),
    },
    "angles": {
        "dense": (1e-3, 3.2e-4, 1e-4, 3.2e-5),
        "diagonal": (0.01, 0.0032, 0.001, 0.00032),
        "lru": (1.0, 0.32, *_HALF_DECADES[:-1]),
    },
    "heads": dict.fromkeys(HEADS, _OF_HEADS),
}
_WIDER = 10**0.5  # from one learning rate to the next beyond a scan's ends
_RATES = (1e-12, 1e2)  # none is tried outside
_GROUPS = {
    **dict.fromkeys(("A", "lambda_re", "lambda_im", "nu_log", "a_re", "a_im"), "recurrence"),
    **{"theta_log": "angle", "gamma_log": "gamma"},
    **{f"{name}_{part}": name for name in "BC" for part in ("re", "im")},
}
_TOGETHER = {
    "recurrence": ("recurrence", "step"),
    "angle": ("angle",),
    "rest": ("gamma", "B", "C", "D"),
}


def learn(
    point: Mapping[str, str], settings: Settings, rng: np.random.Generator
) -> dict[str, list[float]]:
    """What students end with: in the published runs, and in others at the rate chosen there.

    The published loss is that of the ten published runs as the paper reports it: runs that diverged
    are left out, the mean is taken over the others, and the rate with the least one is the best; a
    fresh loss is that mean over fresh runs at this rate. The final losses are those of fresh runs,
    one each, infinite where they diverged, at the rate with the least median in the published runs,
    where those that diverged count as the worst.
    """
    optimizer, fresh_seeds = point["optimizer"], _fresh_seeds(settings)
    published = _Runs(point, settings, PUBLISHED_RUNS, torch.float32)
    rates: Sequence[float] = rates_of(point["scan"], point["student"])
    losses: dict[float, Tensor] = {}
    while rates:
        losses |= zip(rates, published.learned(rates, optimizer), strict=True)
        rates = _wider(losses) if point["rates"] == "widened" else ()
    least_mean, best = min(losses, key=lambda rate: _mean(losses[rate])), _best(losses)
    chosen = sorted({least_mean, best})
    runs = _Runs(point, settings, fresh_seeds, torch.float32)
    fresh = dict(zip(chosen, runs.learned(chosen, optimizer), strict=True))
    return {
        "published_loss": [_mean(losses[least_mean])],
        "fresh_loss": [_mean(fresh[least_mean])],
        "final_loss": fresh[best].tolist(),
        "best_rate": [best] * len(fresh_seeds),
    }


def _mean(losses: Tensor) -> float:
    """The mean of what is finite, (seeds,), as the paper takes it; infinite if nothing is."""
    return float(losses[losses.isfinite()].mean().nan_to_num(torch.inf))


def _best(losses: Mapping[float, Tensor]) -> float:
    """The learning rate of the least median, the lowest of several; of two in the middle the worse.

    Args:
        losses: by rate, (seeds,), infinite where training diverged.

    """

    def median(rate: float) -> float:
        return float(losses[rate].sort().values[len(losses[rate]) // 2])

    return min(sorted(losses), key=median)


def _wider(losses: Mapping[float, Tensor]) -> list[float]:
    """The rate to be tried next if the best of those tried is the least or the greatest."""
    best, least, most = _best(losses), min(losses), max(losses)
    beyond = [least / _WIDER] * (best == least) + [most * _WIDER] * (best == most)
    return [rate for rate in beyond if _RATES[0] <= rate <= _RATES[1]]


def effective_rates(
    point: Mapping[str, str], settings: Settings, rng: np.random.Generator
) -> dict[str, list[float]]:
    """Adam's learning rates after training at CONSTANT_RATE, as published and as applied.

    Published is the update that a gradient of ones would cause, which where gradients are small
    is 0.1 sqrt(1000) of the rate whatever they are. Applied is what the mean gradient is
    multiplied by, rate/(sqrt(v̂) + ε). Each group of parameters has its median, and its spread:
    the 95th percentile over the 5th. A student measures nothing of a group that it lacks. The
    first replica is the published run, whose updates are also told in smaller groups.
    """
    adam = Adam()
    seeds = [PUBLISHED_RUN, *_fresh_seeds(settings)[1:]]
    runs = _Runs(point, settings, seeds, torch.float64)  # dense students' gradients explode
    rate = torch.full((len(seeds),), CONSTANT_RATE, device=settings.device)
    train(runs.training_loss(), runs.start, rate, settings.tier.steps, rate, adam)
    kinds = {
        "published": adam.response(torch.ones_like(adam.mean)).abs(),
        "applied": adam.scale(),
    }
    groups = np.concatenate(
        [[_GROUPS.get(name, name)] * math.prod(v.shape[1:]) for name, v in runs.start.items()]
    )
    measured: dict[str, list[float]] = {}
    for kind, unit in kinds.items():
        rates = CONSTANT_RATE * unit.cpu().numpy()
        for name, together in _TOGETHER.items():
            middle, spread = _summary(rates[:, np.isin(groups, together)])
            measured |= {f"{kind}_{name}_median": middle, f"{kind}_{name}_spread": spread}
    of_published_run = CONSTANT_RATE * kinds["published"].cpu().numpy()[:1]
    for name in (name for together in _TOGETHER.values() for name in together):
        middle, spread = _summary(of_published_run[:, groups == name])
        measured |= {f"published_run_{name}_median": middle, f"published_run_{name}_spread": spread}
    return measured


def _summary(rates: NDArray[np.float64]) -> tuple[list[float], list[float]]:
    """The medians of rates, (runs, parameters), and their 95th percentiles over the 5th."""
    if not rates.shape[-1]:
        return [math.nan] * len(rates), [math.nan] * len(rates)
    low, middle, high = np.quantile(rates, (0.05, 0.5, 0.95), axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):  # where gradients overflow
        return middle.tolist(), (high / low).tolist()


def rates_of(scan: str, student: str) -> Sequence[float]:
    """The learning rates of a scan; of a student that it lacks those of the first that has it.

    S4 is in none: it gets those of a diagonal student.
    """
    scans = (SCANS[scan], *SCANS.values())
    found = (rates[student] for rates in scans if student in rates)
    return next(found, SCANS["ablation"]["diagonal"])


def _fresh_seeds(settings: Settings) -> range:
    """Seeds of other runs than the published ones, as many as networks are trained."""
    first = 1000 * (3 + settings.seed)
    return range(first, first + settings.tier.networks)


class _Runs:
    """Students with their teachers and batches, one of each for every seed.

    Attributes:
        start: the students' first parameters.
        on_batches: whether the loss is that on batches; it is the expected one otherwise.

    """

    def __init__(
        self,
        point: Mapping[str, str],
        settings: Settings,
        seeds: Sequence[int],
        dtype: torch.dtype,
    ) -> None:
        self.seeds, self.steps = seeds, settings.tier.steps
        memory, angle = float(point["memory"]), ANGLES[point["angle"]]
        of_heads = 0 if point["start"] == "as released" else memory
        self.realization, student = students(point["student"], memory, angle, seeds, of_heads)
        keys = seeds if point["teachers"] == "one a run" else [PUBLISHED_TEACHER] * len(seeds)
        drawn = [teacher(memory, angle, key) for key in keys]
        taught = {name: torch.stack([one[name] for one in drawn]) for name in drawn[0]}

        def there(value: Tensor) -> Tensor:
            return value.to(device=settings.device, dtype=dtype)

        self.start = {name: there(value) for name, value in student.items()}
        self.response = there(dense(taught).impulse_response(STEPS))
        self.expected = there(white_moments(STEPS, steps=STEPS))
        self.on_batches = point["loss"] == "on batches"

    def training_loss(self) -> Loss:
        """Half the mean squared error: the expected one, or that on the next batch of a run."""
        if not self.on_batches:
            return self._expected_loss
        drawn = batches(self.seeds, -(-self.steps // BATCHES))

        def of_next_batch(p: Parameters) -> Tensor:
            x = torch.from_numpy(next(drawn)).to(self.response)
            return self._half_error(p, sampled_moments(x))

        return of_next_batch

    def _expected_loss(self, p: Parameters) -> Tensor:
        return self._half_error(p, self.expected)

    def _half_error(self, p: Parameters, moments: Tensor) -> Tensor:
        error = self.realization(p).impulse_response(STEPS) - self.response
        return mean_squared_error(error, moments) / 2

    def learned(self, rates: Sequence[float], optimizer: str) -> Tensor:
        """What each student ends with at each rate, (rates, seeds), infinite if it diverged.

        On batches that is the mean over the last epoch, before each step.
        """
        start = {name: value.expand(len(rates), *value.shape) for name, value in self.start.items()}
        each = torch.tensor(rates, device=self.response.device).unsqueeze(-1)
        each = each.expand(-1, len(self.seeds))
        trained, losses = train(
            self.training_loss(),
            start,
            each,
            self.steps,
            each.clamp(max=FINAL_RATE),
            OPTIMIZERS[optimizer](start),
        )
        final = losses[-BATCHES:].mean(0) if self.on_batches else self._expected_loss(trained)
        return final.nan_to_num(torch.inf, torch.inf).cpu()
