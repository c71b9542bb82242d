"""What a CUDA device does in a second: the simulator beside a compiled loop, and training."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from numerics.benchmarks.normalizers import BY_HAND, both_ways
from numerics.benchmarks.tables import Table
from numerics.benchmarks.timing import interleaved
from numerics.hessian import at_optimum
from numerics.layers.loops import in_pieces
from numerics.layers.scan import scan
from numerics.normalizers import InputNormalizer, natural_gradient
from numerics.recurrences import dense, white_moments
from numerics.simulate.filters import shaping_filter
from numerics.training import draw_dense, population_loss, train
from theory.inputs import exponential, white

LAM = 0.99
AT_ONCE = 16  # steps of the loop that is compiled


@dataclass(frozen=True)
class Sizes:
    """How much is run.

    Attributes:
        chains: simulated.
        steps: of each.
        states: of the dense network.
        eigenvalues: that are normalised.
        rounds: of measuring.

    """

    chains: int = 2**20
    steps: int = 2**10
    states: int = 64
    eigenvalues: int = 2**22
    rounds: int = 7


def tables(sizes: Sizes, device: str = "cuda") -> Iterator[Table]:
    """Chain-steps per second, and milliseconds.

    Args:
        sizes: how much is run.
        device: "cuda"; "cpu" for a look, in Triton's interpreter and with the loop as it is.

    """
    from numerics.simulate.gpu import moments

    x = shaping_filter(white())
    contestants: dict[str, Callable[[], object]] = {
        "fused kernel, Triton": partial(moments, LAM, x, sizes.chains, sizes.steps, device=device)
    }
    for dtype in (torch.float32, torch.float64):
        loop = partial(_loop, _some_steps(device), sizes, dtype, device)
        contestants[f"compiled loop, Torch, {str(dtype)[6:]}"] = loop
    yield Table(
        "Simulation on a GPU",
        f"E|h|² and E|∂h/∂λ|² under white input, λ = {LAM}, {sizes.chains} chains of "
        f"{sizes.steps} steps: median of {sizes.rounds} rounds, and the median ratio of times to "
        f"the kernel's. The loop's body is compiled {AT_ONCE} steps at a time.",
        ("simulator", "chain-steps per second", "time ratio"),
        [
            (t.name, sizes.chains * sizes.steps / t.seconds, t.ratio)
            for t in interleaved(_awaited(contestants, device), sizes.rounds)
        ],
    )
    work = _awaited(_of_training(sizes, device), device)
    yield Table(
        "Training on a GPU",
        f"A dense network of {sizes.states} states over 300 steps; γ and the natural gradient of "
        f"{sizes.eigenvalues} eigenvalues, forward and backward, for an AR(1); a scan of 8 "
        "sequences of 4096 steps and 64 units, complex64, forward and backward: median of "
        f"{sizes.rounds} rounds.",
        ("what", "ms"),
        [(t.name, t.seconds * 1e3) for t in interleaved(work, sizes.rounds)],
    )


def _awaited(
    contestants: dict[str, Callable[[], object]], device: str
) -> dict[str, Callable[[], object]]:
    """Contestants that end when the device has done what they asked for."""

    def awaited(contestant: Callable[[], object]) -> object:
        found = contestant()
        if device == "cuda":
            torch.cuda.synchronize()
        return found

    return {name: partial(awaited, contestant) for name, contestant in contestants.items()}


def _some_steps(device: str) -> Callable[[Tensor, Tensor], Tensor]:
    def steps(noise: Tensor, state: Tensor) -> Tensor:
        h, s, hh, ss = state.unbind()
        for now in noise.unbind():
            s, h = LAM * s + h, LAM * h + now
            hh, ss = hh + h * h, ss + s * s
        return torch.stack([h, s, hh, ss])

    return torch.compile(steps) if device == "cuda" else steps


def _loop(
    some_steps: Callable[[Tensor, Tensor], Tensor], sizes: Sizes, dtype: torch.dtype, device: str
) -> Tensor:
    state = torch.zeros((4, sizes.chains), dtype=dtype, device=device)
    for _ in range(sizes.steps // AT_ONCE):
        noise = torch.randn((AT_ONCE, sizes.chains), dtype=dtype, device=device)
        state = some_steps(noise, state)
    return state[2:].mean(-1) / sizes.steps


def _of_training(sizes: Sizes, device: str) -> dict[str, Callable[[], object]]:
    generator = torch.Generator().manual_seed(0)
    student, teacher = (
        {k: v.float().to(device) for k, v in draw_dense(n, 0.9, generator).items()}
        for n in (sizes.states, 10)
    )
    moments = white_moments(300, steps=300).float().to(device)
    loss = population_loss(dense, dense(teacher).impulse_response(300), moments)
    rate = torch.tensor(1e-3, device=device)
    lam = torch.sigmoid(2 + 3 * torch.randn(sizes.eigenvalues, generator=generator)).to(device)
    lam = lam.clamp(max=1 - 2**-24)
    normalizer = InputNormalizer(exponential(0.9)).to(device)
    u = torch.randn(8, 4096, 64, dtype=torch.complex64).to(device)
    poles = torch.polar(torch.full((64,), 0.99), torch.linspace(0, 3, 64)).to(device)
    return {
        "Hessian at the optimum": partial(at_optimum, dense, teacher, moments),
        "step of Adam, population loss": partial(train, loss, student, rate, 1),
        "γ": partial(both_ways, normalizer, lam),
        BY_HAND: partial(both_ways, lambda a: torch.sqrt(1 - a * a), lam),
        "natural gradient": partial(_natural, normalizer, lam),
        "scan": partial(both_ways, partial(_power, scan, u), poles),
        "scan, in pieces": partial(both_ways, partial(_power, in_pieces, u), poles),
    }


def _natural(normalizer: InputNormalizer, lam: Tensor) -> None:
    required = lam.detach().requires_grad_()
    natural_gradient([required], normalizer.metric)
    normalizer(required).sum().backward()


def _power(states: Callable[[Tensor, Tensor], Tensor], u: Tensor, lam: Tensor) -> Tensor:
    return states(lam, u).abs() ** 2
