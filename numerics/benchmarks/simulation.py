"""Chain-steps per second of the simulators, beside what people use, and how the cost grows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import torch
from scipy.signal import lfilter

from numerics.benchmarks.tables import Table
from numerics.benchmarks.timing import growth, interleaved
from numerics.simulate import cpu
from numerics.simulate.filters import shaping_filter
from theory.inputs import white

LAM = 0.99
CHAINS, STEPS = 2**13, 2**10


def tables(rounds: int) -> Iterator[Table]:
    """Both second moments under white input, from draws to averages."""
    x = shaping_filter(white())
    contestants: dict[str, Callable[[], object]] = {
        "fused kernel, Numba": lambda: cpu.moments(LAM, x, CHAINS, STEPS),
        "a normal number for each step, NumPy": _normals,
        "loop over time, Torch, float32": partial(_torch_loop, torch.float32),
        "loop over time, Torch, float64": partial(_torch_loop, torch.float64),
        "lfilter, SciPy": _lfilter,
    }
    rows = [(t.name, CHAINS * STEPS / t.seconds, t.ratio) for t in interleaved(contestants, rounds)]
    yield Table(
        "Simulation",
        f"E|h|² and E|∂h/∂λ|² under white input, λ = {LAM}, {CHAINS} chains of {STEPS} steps: "
        f"median of {rounds} rounds, and the median ratio of times to the kernel's. Most of the "
        "kernel's time is the products of its random numbers, of which AVX2 does four at once.",
        ("simulator", "chain-steps per second", "time ratio"),
        rows,
    )
    sizes = [2**n for n in range(10, 15)]
    by_chains = growth(sizes, lambda n: lambda: cpu.moments(LAM, x, n, STEPS), rounds)
    by_steps = growth(sizes, lambda n: lambda: cpu.moments(LAM, x, 2**10, n), rounds)
    yield Table(
        "Cost of simulation",
        f"p in time ∝ size^p, fitted over sizes from {sizes[0]} to {sizes[-1]}; nothing is "
        "stored but two averages a chain.",
        ("size", "exponent"),
        [("chains", by_chains), ("steps", by_steps)],
    )


def _torch_loop(dtype: torch.dtype) -> tuple[float, float]:
    h, s, hh, ss = torch.zeros((4, CHAINS), dtype=dtype)
    for _ in range(STEPS):
        s.mul_(LAM).add_(h)
        h.mul_(LAM).add_(torch.randn(CHAINS, dtype=dtype))
        hh.addcmul_(h, h)
        ss.addcmul_(s, s)
    return float(hh.mean()) / STEPS, float(ss.mean()) / STEPS


def _normals() -> None:
    """Draw as many as a simulation takes, by NumPy's fastest generator, on as many threads."""
    threads = torch.get_num_threads()
    draws = np.empty((threads, CHAINS * STEPS // threads), np.float32)

    def draw(seed: int) -> None:
        generator = np.random.Generator(np.random.SFC64(seed))
        generator.standard_normal(dtype=np.float32, out=draws[seed])

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(draw, range(threads)))


def _lfilter() -> tuple[float, float]:
    noise = np.random.default_rng(0).standard_normal((CHAINS, STEPS))
    h = lfilter([1], [1, -LAM], noise)
    s = lfilter([0, 1], [1, -LAM], h)
    return float(np.mean(h**2)), float(np.mean(s**2))
