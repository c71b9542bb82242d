"""Time averages of |h_t|² and |∂h_t/∂λ|² by the fused kernel of the machine at hand."""

from __future__ import annotations

from importlib.util import find_spec

from numpy.typing import ArrayLike

from numerics.simulate.averages import PowerAverages
from numerics.simulate.filters import ShapingFilter


def moments(
    lam: ArrayLike,
    x: ShapingFilter,
    chains: int,
    steps: int,
    burn_in: int = 0,
    seed: int = 0,
    first_chain: int = 0,
    device: str = "auto",
) -> PowerAverages:
    """Time averages over independent chains: the same chains on each device, up to rounding.

    Args:
        lam: eigenvalues λ, a number or shape (eigenvalues,).
        x: the input's shaping filter, which starts out stationary.
        chains: how many independent chains.
        steps: T ≥ 1, below 2³⁴, on a GPU below 2³¹.
        burn_in: how many steps are left out of the averages.
        seed: from 0 to 2⁶⁴ − 1.
        first_chain: chains first_chain … first_chain + chains − 1 of the seed are run.
        device: "cpu" (Numba), "cuda" (Triton), or "auto": CUDA where it is.

    Raises:
        ValueError: if a size or the seed is out of range.
        ImportError: without Numba, or Triton; it says how to come by it.

    """
    if device == "cuda" or (device == "auto" and _has_cuda()):
        from numerics.simulate import gpu

        return gpu.moments(lam, x, chains, steps, burn_in, seed, first_chain)
    from numerics.simulate import cpu

    return cpu.moments(lam, x, chains, steps, burn_in, seed, first_chain)


def _has_cuda() -> bool:
    """Whether Triton is there and Torch sees a device; Torch without CUDA comes without Triton."""
    if not (find_spec("triton") and find_spec("torch")):
        return False
    import torch

    return torch.cuda.is_available()
