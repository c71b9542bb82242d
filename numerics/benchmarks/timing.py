"""Contestants timed in turn, in one process: a noisy machine is as noisy to all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

Contestant = Callable[[], object]
AS_ONE = "its matrix products as one"


@dataclass(frozen=True)
class Timing:
    """The time that one contestant takes.

    Attributes:
        name: the contestant's name.
        seconds: the median over the rounds.
        ratio: the median over the rounds of its time to the first contestant's in that round.

    """

    name: str
    seconds: float
    ratio: float


def interleaved(contestants: Mapping[str, Contestant], rounds: int) -> list[Timing]:
    """Time all contestants once a round, in an order that moves on by one each round.

    Each has run once before that, so that nothing is compiled or imported in a round.
    """
    names = list(contestants)
    for contestant in contestants.values():
        contestant()
    seconds = np.empty((rounds, len(names)))
    for i in range(rounds):
        for j in np.roll(np.arange(len(names)), i):
            start = time.perf_counter()
            contestants[names[j]]()
            seconds[i, j] = time.perf_counter() - start
    medians = np.median(seconds, axis=0)
    ratios = np.median(seconds / seconds[:, :1], axis=0)
    return [Timing(*row) for row in zip(names, medians.tolist(), ratios.tolist(), strict=True)]


def as_one_product(contestant: Contestant, dtype: torch.dtype) -> Contestant:
    """A single product with as many operations as are in a contestant's matrix products.

    It takes as long as they would if all else were free, and each as fast as a large one.
    """
    with FlopCounterMode(display=False) as counter:
        contestant()
    size = max(round((counter.get_total_flops() / 2) ** (1 / 3)), 1)
    one, other = torch.randn(2, size, size, dtype=dtype).unbind()
    return lambda: one @ other


def growth(sizes: Sequence[float], contestant: Callable[[int], Contestant], rounds: int) -> float:
    """The exponent p in time ∝ size^p, fitted by least squares, sizes timed in turn."""
    timings = interleaved({str(n): contestant(int(n)) for n in sizes}, rounds)
    return float(np.polyfit(np.log(sizes), np.log([t.seconds for t in timings]), 1)[0])
