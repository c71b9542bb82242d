"""γ of gated eigenvalues, forward and backward, beside the sqrt(1 − a²) that people write."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import torch
from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks

from numerics.benchmarks.tables import Table
from numerics.benchmarks.timing import interleaved
from numerics.normalizers import InputNormalizer
from theory.inputs import exponential, white

SHAPE = (8, 1024, 64)  # sequences, steps, units
BY_HAND = "sqrt(1 − a²)"
WHITE, FITTED = "γ for white noise", "γ for a fit of four terms"


def tables(rounds: int) -> Iterator[Table]:
    """Milliseconds and bytes, in single precision."""
    lam = torch.sigmoid(2 + 3 * torch.randn(SHAPE, generator=torch.Generator().manual_seed(0)))
    lam = lam.clamp(max=1 - 2**-24)
    memories = (0.5, 0.9, 0.99, 0.999)
    fitted = InputNormalizer(sum((0.2 * exponential(rho) for rho in memories), 0.2 * white()))
    ways: Mapping[str, Callable[[Tensor], Tensor]] = {
        BY_HAND: lambda a: torch.sqrt(1 - a * a),
        WHITE: InputNormalizer(),
        FITTED: fitted,
        f"{FITTED}, by operations": fitted._by_operations,
    }
    timings = interleaved({name: partial(both_ways, f, lam) for name, f in ways.items()}, rounds)
    yield Table(
        "Normalisers",
        f"Of {lam.numel()} eigenvalues, single precision, forward and backward: median of {rounds} "
        "rounds, median ratio to the first, and what is kept in between for each, λ included.",
        ("code", "ms", "ratio", "bytes"),
        [(t.name, t.seconds * 1e3, t.ratio, _kept(ways[t.name], lam)) for t in timings],
    )


def both_ways(gamma: Callable[[Tensor], Tensor], lam: Tensor) -> None:
    """Compute γ(λ), and the gradient of its sum."""
    required = lam.detach().requires_grad_()
    gamma(required).sum().backward()


def _kept(gamma: Callable[[Tensor], Tensor], lam: Tensor) -> float:
    """Bytes for each λ of all that lies in memory until the way back: λ, γ and what is saved."""
    storages = {}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        storages[storage.data_ptr()] = storage.nbytes()
        return tensor

    required = lam.detach().requires_grad_()
    with saved_tensors_hooks(keep, lambda tensor: tensor):
        found = gamma(required)
    keep(required.detach())
    keep(found.detach())
    return sum(storages.values()) / lam.numel()
