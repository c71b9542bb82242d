"""Linear students learn linear teachers with slow modes (paper §4.3, Figs. 3, 4B, 9–11; claims E).

Everything is as in the released code, seed by seed, but for what a trial's point says otherwise: a
dense teacher of 10 states, students of 64, white input, T = 300, 100 epochs of 100 fresh batches,
a cosine schedule, the best of the published learning rates. At the quick tier the loss that is
trained on, and reported, is the expected one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from numerics.recurrences import (
    Parameters,
    dense,
    mean_squared_error,
    sampled_moments,
    white_moments,
)
from numerics.training import SGD, Adam, Muon, Optimizer, train
from numerics.training.train import FINAL_RATE
from verify.experiments import EXPERIMENTS
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
    "sgd": lambda _: SGD(),
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
_SGD_RATES = tuple(10.0**-k for k in range(6, 12))
_GROUPS = {
    **dict.fromkeys(("A", "lambda_re", "lambda_im", "nu_log"), "recurrence"),
    **dict.fromkeys(("step", "a_re", "a_im"), "recurrence"),
    "theta_log": "angle",
}


def learn(
    point: Mapping[str, str], settings: Settings, rng: np.random.Generator
) -> dict[str, list[float]]:
    """What students end with: in the published runs, and in others at the rate chosen there.

    The published loss is that of the ten published runs as the paper reports it: runs that diverged
    are left out, the mean is taken over the others, and the rate with the least one is the best.
    The final losses are those of fresh runs, one each, infinite where they diverged.
    """
    optimizer, fresh_seeds = point["optimizer"], _fresh_seeds(settings)
    rates = _SGD_RATES if optimizer == "sgd" else rates_of(point["scan"], point["student"])
    published = _Runs(point, settings, PUBLISHED_RUNS, torch.float32).learned(rates, optimizer)
    means = published.where(published.isfinite(), torch.nan).nanmean(-1).nan_to_num(torch.inf)
    best = int(means.argmin())
    fresh = _Runs(point, settings, fresh_seeds, torch.float32).learned([rates[best]], optimizer)
    return {
        "published_loss": [float(means[best])],
        "final_loss": fresh[0].tolist(),
        "best_rate": [rates[best]] * fresh.shape[-1],
    }


def effective_rates(
    point: Mapping[str, str], settings: Settings, rng: np.random.Generator
) -> dict[str, list[float]]:
    """Adam's learning rates after training at CONSTANT_RATE, as published and as applied.

    Published is the update that a gradient of ones would cause, which where gradients are small
    is 0.1 sqrt(1000) of the rate whatever they are. Applied is what the mean gradient is
    multiplied by, rate/(sqrt(v̂) + ε). Each group of parameters has its median, and its spread:
    the 95th percentile over the 5th. A student measures nothing of a group that it lacks. The
    first replica is the published run.
    """
    adam = Adam()
    seeds = [PUBLISHED_RUN, *_fresh_seeds(settings)[1:]]
    runs = _Runs(point, settings, seeds, torch.float64)  # dense students' gradients explode
    rate = torch.full((len(seeds),), CONSTANT_RATE, device=settings.device)
    train(runs.training_loss, runs.start, rate, settings.tier.steps, rate, adam)
    kinds = {
        "published": adam.response(torch.ones_like(adam.mean)).abs(),
        "applied": adam.scale(),
    }
    groups = np.concatenate(
        [
            [_GROUPS.get(name, "rest")] * math.prod(value.shape[1:])
            for name, value in runs.start.items()
        ]
    )
    measured = dict.fromkeys(
        EXPERIMENTS["effective_learning_rates"].measures, [math.nan] * len(seeds)
    )
    for kind, unit in kinds.items():
        for group in set(groups):
            rates = CONSTANT_RATE * unit.cpu().numpy()[:, groups == group]
            low, middle, high = np.quantile(rates, (0.05, 0.5, 0.95), axis=-1)
            measured[f"{kind}_{group}_median"] = middle.tolist()
            with np.errstate(divide="ignore", invalid="ignore"):  # where gradients overflow
                measured[f"{kind}_{group}_spread"] = (high / low).tolist()
    return measured


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
        training_loss: parameters → half the mean squared error, expected or on the next batch.

    """

    def __init__(
        self,
        point: Mapping[str, str],
        settings: Settings,
        seeds: Sequence[int],
        dtype: torch.dtype,
    ) -> None:
        self.tier = settings.tier
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
        self.batches = batches(seeds, -(-self.tier.steps // BATCHES))
        self.training_loss = self.batch_loss if self.tier.batch else self.expected_loss

    def expected_loss(self, p: Parameters) -> Tensor:
        return self._half_error(p, self.expected)

    def batch_loss(self, p: Parameters) -> Tensor:
        x = torch.from_numpy(next(self.batches)).to(self.response)
        return self._half_error(p, sampled_moments(x))

    def _half_error(self, p: Parameters, moments: Tensor) -> Tensor:
        error = self.realization(p).impulse_response(STEPS) - self.response
        return mean_squared_error(error, moments) / 2

    def learned(self, rates: Sequence[float], optimizer: str) -> Tensor:
        """What each student ends with at each rate, (rates, seeds), infinite if it diverged.

        On batches that is the mean over the last epoch, before each step.
        """
        start = {name: value.expand(len(rates), *value.shape) for name, value in self.start.items()}
        seeds = self.response.shape[0]
        each = torch.tensor(rates, device=self.response.device).unsqueeze(-1).expand(-1, seeds)
        trained, losses = train(
            self.training_loss,
            start,
            each,
            self.tier.steps,
            each.clamp(max=FINAL_RATE),
            OPTIMIZERS[optimizer](start),
        )
        final = losses[-BATCHES:].mean(0) if self.tier.batch else self.expected_loss(trained)
        return final.nan_to_num(torch.inf, torch.inf).cpu()
