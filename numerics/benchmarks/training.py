"""Adam steps of linear students, on data and on the population loss, beside JAX's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import torch
from torch import Tensor

from numerics.benchmarks.tables import Table
from numerics.benchmarks.timing import AS_ONE, Contestant, as_one_product, interleaved
from numerics.recurrences import (
    Realization,
    convolve,
    dense,
    diagonal_as_lru,
    lru,
    white_moments,
)
from numerics.training import draw_dense, draw_diagonal, population_loss, sampled_loss, train

STATES, BATCH, LENGTH = 64, 128, 300
RATE = 1e-3
STEPS = 5  # timed together


def tables(rounds: int) -> Iterator[Table]:
    """Milliseconds per step, in single precision."""
    import jax

    from numerics.benchmarks import peers

    generator = torch.Generator().manual_seed(0)
    x = torch.randn(BATCH, LENGTH, 1, generator=generator)
    teacher = dense(_single(draw_dense(10, 0.9, generator))).impulse_response(LENGTH)
    y = convolve(teacher, x)
    moments = white_moments(LENGTH, steps=LENGTH).float()
    students: Mapping[str, tuple[Realization, Mapping[str, Tensor], peers.Outputs]] = {
        "LRU": (lru, diagonal_as_lru(draw_diagonal(STATES, 0.9, generator)), peers.lru_outputs),
        "dense": (dense, draw_dense(STATES, 0.9, generator), peers.dense_outputs),
    }
    rate = torch.tensor(RATE)
    rows = []
    for name, (parametrization, start, outputs) in students.items():
        p = _single(start)
        population = population_loss(parametrization, teacher, moments)
        sampled = partial(sampled_loss, parametrization, x=x, y=y)
        in_jax = {key: jax.numpy.asarray(v.numpy()) for key, v in p.items()}
        data = jax.numpy.asarray(x.numpy()), jax.numpy.asarray(y.numpy())
        contestants: dict[str, Contestant] = {
            "convolution, this project": partial(train, sampled, p, rate, STEPS),
            "population, this project": partial(train, population, p, rate, STEPS),
            "scan, JAX": peers.adam_steps(outputs, in_jax, *data, RATE, STEPS),
        }
        for kind in ("convolution", "population"):
            own = contestants[f"{kind}, this project"]
            contestants[f"{kind}, {AS_ONE}"] = as_one_product(own, torch.float32)
        for t in interleaved(contestants, rounds):
            rows.append((name, t.name, t.seconds / STEPS * 1e3, t.ratio))
    yield Table(
        "Training",
        f"One step of Adam for a student of {STATES} states, {BATCH} sequences of {LENGTH} steps, "
        f"single precision: median of {rounds} rounds of {STEPS} steps, and median ratio to the "
        "convolution's time. JAX: LRU by a parallel scan, dense by a plain one. What is left above "
        "the products is some 500 operations a step that Torch starts, at a few microseconds each.",
        ("student", "code", "ms per step", "ratio"),
        rows,
    )


def _single(p: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: value.float() for name, value in p.items()}
