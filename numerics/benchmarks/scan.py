"""Scans behind layers, forward and backward, beside JAX's and what memory's bandwidth allows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from numerics.benchmarks.tables import Table
from numerics.benchmarks.timing import interleaved
from numerics.layers.loops import in_pieces, loop
from numerics.layers.scan import scan

SHAPE = (8, 4096, 64)  # sequences, steps, units
BOUND, COMPILED = "what it reads and writes, once", "scan"


def tables(rounds: int) -> Iterator[Table]:
    """Milliseconds, for eigenvalues that are constant and for some of each step."""
    import jax

    from numerics.benchmarks import peers

    torch.manual_seed(0)
    u = torch.randn(SHAPE, dtype=torch.complex64)
    turns = torch.linspace(0, 3, SHAPE[-1], dtype=torch.float64)
    lam = torch.polar(torch.full_like(turns, 0.99), turns)
    each = lam.expand(SHAPE).to(u.dtype).contiguous()
    lam_in_jax, u_in_jax = (jax.numpy.asarray(v.numpy()) for v in (lam.to(u.dtype), u))
    contestants: dict[str, Callable[[], object]] = {
        BOUND: _copies(u),
        COMPILED: partial(_both_ways, scan, lam, u),
        "scan, one λ for each step": partial(_both_ways, scan, each, u),
        "in pieces, Torch": partial(_both_ways, in_pieces, lam, u),
        "loop, Torch": partial(_both_ways, loop, lam, u),
        "scan, JAX": peers.scan(lam_in_jax, u_in_jax, associative=False),
        "associative scan, JAX": peers.scan(lam_in_jax, u_in_jax, associative=True),
    }
    yield Table(
        "Scan",
        f"States of {SHAPE[-1]} units, {SHAPE[0]} sequences of {SHAPE[1]} steps, complex64, and "
        f"the gradients by λ and the inputs: median of {rounds} rounds, and median ratio to five "
        "passes over the inputs, as each reads and writes that much at least; λ of each step are "
        "three passes more.",
        ("code", "ms", "ratio"),
        [(t.name, t.seconds * 1e3, t.ratio) for t in interleaved(contestants, rounds)],
    )


def _copies(u: Tensor) -> Callable[[], None]:
    """A function that copies numbers to two new tensors and half of one, each thread its share."""
    threads = torch.get_num_threads()
    pool = ThreadPoolExecutor(threads)

    def copy(source: NDArray[Any], *targets: NDArray[Any]) -> None:
        for target in targets:
            np.copyto(target, source)
        half = len(source) // 2
        np.copyto(targets[0][:half], source[:half])

    def copies() -> None:
        tensors = (u, torch.empty_like(u), torch.empty_like(u))
        for _ in pool.map(copy, *(np.array_split(v.numpy(), threads) for v in tensors)):
            pass

    return copies


def _both_ways(states: Callable[[Tensor, Tensor], Tensor], lam: Tensor, u: Tensor) -> None:
    given = lam.detach().requires_grad_(), u.detach().requires_grad_()
    h = states(*given)
    torch.autograd.grad(h, given, u)
