"""Hessians of dense linear networks at the optimum, beside JAX's."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import torch

from numerics.benchmarks.tables import Table
from numerics.benchmarks.timing import AS_ONE, Contestant, as_one_product, interleaved
from numerics.hessian import at_optimum
from numerics.recurrences import Parameters, dense, sampled_moments
from numerics.training import draw_dense

STATES = (4, 10, 32)
BATCH, STEPS = 64, 300
EXACT_UP_TO = 10  # states; beyond, JAX's own Hessian takes minutes


def tables(rounds: int) -> Iterator[Table]:
    """Tables of times, and of how far the matrices differ."""
    import jax

    from numerics.benchmarks import peers

    rows = []
    with jax.enable_x64(True):
        for d in STATES:
            generator = torch.Generator().manual_seed(d)
            p = draw_dense(d, 0.9, generator)
            x = torch.randn(BATCH, STEPS, 1, generator=generator, dtype=torch.float64)
            in_jax = {name: jax.numpy.asarray(v.numpy()) for name, v in p.items()}
            inputs = jax.numpy.asarray(x.numpy())
            contestants: dict[str, Contestant] = {
                "impulse response, this project": partial(_hessian, p, x),
                "Gauss–Newton, JAX": peers.gauss_newton(in_jax, inputs),
            }
            if d <= EXACT_UP_TO:
                contestants["jax.hessian"] = peers.hessian(in_jax, inputs)
            ours, *theirs = (np.asarray(c()) for c in contestants.values())
            off = max(np.abs(ours - H).max() for H in theirs) / np.abs(ours).max()
            contestants[AS_ONE] = as_one_product(partial(_hessian, p, x), torch.float64)
            for t in interleaved(contestants, rounds):
                rows.append((str(d), t.name, t.seconds, t.ratio, float(off)))
    yield Table(
        "Hessians",
        f"At the optimum of a dense network of d states, {BATCH} sequences of {STEPS} steps, in "
        f"double precision: median of {rounds} rounds, median ratio to this project's time, and "
        "how far the matrices differ at most, over the largest entry. "
        "What is left above one product is that many small ones take longer.",
        ("d", "code", "seconds", "ratio", "difference"),
        rows,
    )


def _hessian(p: Parameters, x: torch.Tensor) -> torch.Tensor:
    return at_optimum(dense, p, sampled_moments(x))
