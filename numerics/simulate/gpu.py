"""The fused simulator in Triton: the same draws and the same interface as on the CPU.

Each program carries a block of chains at one eigenvalue; nothing is stored but the averages.
The chains are those of `numerics.simulate.cpu`: Philox words agree bit for bit, and what is
computed from them up to rounding, as logarithm and sine are the device's own.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import ArrayLike

try:
    import triton
    import triton.language as tl
except ImportError as error:
    raise ImportError("the GPU simulator needs Triton, which PyTorch for CUDA brings") from error

from numerics.simulate.averages import PowerAverages, checked
from numerics.simulate.filters import ShapingFilter

BLOCK = 128  # chains of one program
DRAWS = tl.constexpr(4)
STEPS, START = tl.constexpr(0), tl.constexpr(1)  # which draws, as on the CPU
UNIFORM_STEP = tl.constexpr(2.0**-31)
ANGLE_STEP = tl.constexpr(math.pi / 4 * 2.0**-31)


def moments(
    lam: ArrayLike,
    x: ShapingFilter,
    chains: int,
    steps: int,
    burn_in: int = 0,
    seed: int = 0,
    first_chain: int = 0,
    device: str = "cuda",
) -> PowerAverages:
    """Time averages of |h_t|² and |∂h_t/∂λ|²: see `numerics.simulate.cpu.moments`.

    Args:
        lam: eigenvalues λ, a number or shape (eigenvalues,).
        x: the input's shaping filter, which starts out stationary.
        chains: how many independent chains.
        steps: T ≥ 1, below 2³¹ here.
        burn_in: how many steps are left out of the averages.
        seed: from 0 to 2⁶⁴ − 1.
        first_chain: chains first_chain … first_chain + chains − 1 of the seed are run.
        device: where to compute; "cpu" in Triton's interpreter alone.

    Raises:
        ValueError: if a size or the seed is out of range.

    """
    checked(chains, steps, burn_in, seed, first_chain)
    if steps >= 2**31:
        raise ValueError(f"steps = {steps}: below 2³¹ on a GPU")
    poles = np.atleast_1d(np.asarray(lam, dtype=complex))
    n = len(x.B)
    width = 1 << max(n - 1, 0).bit_length()  # Triton's tensors have powers of 2 for shapes
    matrices = np.zeros((2, width, width))
    matrices[:, :n, :n] = x.A, x.start
    vectors = np.zeros((2, width))
    vectors[:, :n] = x.B, x.C
    arrays = (
        np.stack([poles.real, poles.imag]), matrices, vectors, np.array([float(x.D)]),
        np.array([seed], dtype=np.uint64).view(np.int64),
    )  # fmt: skip
    averages = torch.empty((2, poles.size, chains), dtype=torch.float64, device=device)
    _average[(triton.cdiv(chains, BLOCK), poles.size)](
        *(torch.from_numpy(a).to(device) for a in arrays),
        averages, poles.size, first_chain, chains, steps, burn_in,
        WIDTH=width, STATES=n, BLOCK=BLOCK,
    )  # fmt: skip
    h, dh_dlam = averages.cpu().numpy()
    return PowerAverages(h, dh_dlam)


@triton.jit
def _gaussians(
    counter: tl.tensor, stage: tl.tensor, chain: tl.tensor, seed: tl.tensor
) -> tl.tensor:
    """Draws 4 counter … 4 counter + 3; see `numerics.simulate.compiled`."""
    low, high = chain.to(tl.uint32), (chain >> 32).to(tl.uint32)
    zero = tl.zeros_like(low)
    r0, r1, r2, r3 = tl.philox(seed, zero + counter, zero + stage, low, high)
    e0, e1 = _box_muller(r0, r1)
    e2, e3 = _box_muller(r2, r3)
    return e0, e1, e2, e3


@triton.jit
def _box_muller(r0: tl.tensor, r1: tl.tensor) -> tl.tensor:
    u = ((r0 >> 1).to(tl.int32).to(tl.float32) + 0.5) * UNIFORM_STEP
    radius = tl.sqrt(tl.maximum(-tl.log(u), 0.0))
    delta = r1.to(tl.int32, bitcast=True).to(tl.float32) * ANGLE_STEP
    a, b = radius * (tl.cos(delta) - tl.sin(delta)), radius * (tl.cos(delta) + tl.sin(delta))
    return tl.where((r1 & 1) == 1, -a, a), tl.where((r1 & 2) == 2, -b, b)


@triton.jit
def _average(
    poles: tl.tensor, matrices: tl.tensor, vectors: tl.tensor, direct: tl.tensor,
    seed: tl.tensor, averages: tl.tensor,
    count: tl.tensor, first: tl.tensor, chains: tl.tensor, steps: tl.tensor, burn_in: tl.tensor,
    WIDTH: tl.constexpr, STATES: tl.constexpr, BLOCK: tl.constexpr,
) -> None:  # fmt: skip
    k = tl.program_id(1)
    re, im, D = tl.load(poles + k), tl.load(poles + count + k), tl.load(direct)
    key = tl.load(seed)
    lane = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    chain = lane.to(tl.int64) + first
    i = tl.arange(0, WIDTH)
    entries = i[:, None] * WIDTH + i[None, :]
    A = tl.load(matrices + entries)
    B, C = tl.load(vectors + i), tl.load(vectors + WIDTH + i)

    xi = tl.zeros((WIDTH, BLOCK), tl.float64)
    for j in range(0, STATES, DRAWS):
        e = _gaussians(j // DRAWS, START, chain, key)
        for step in tl.static_range(DRAWS):
            column = tl.load(
                matrices + WIDTH * WIDTH + i * WIDTH + j + step, mask=j + step < STATES, other=0.0
            )
            xi += column[:, None] * e[step].to(tl.float64)[None, :]

    h = tl.zeros((BLOCK,), tl.float64)
    h_im, s, s_im, hh, ss = h, h, h, h, h
    for t in range(0, steps, DRAWS):
        e = _gaussians(t // DRAWS, STEPS, chain, key)
        for step in tl.static_range(DRAWS):
            white = e[step].to(tl.float64)
            x = D * white + tl.sum(C[:, None] * xi, axis=0)
            if STATES > 0:
                moved = tl.sum(A[:, :, None] * xi[None, :, :], axis=1)
                xi = moved + B[:, None] * white[None, :]
            s, s_im = re * s - im * s_im + h, re * s_im + im * s + h_im
            h, h_im = re * h - im * h_im + x, re * h_im + im * h
            kept = ((t + step >= burn_in) & (t + step < steps)).to(tl.float64)
            hh += kept * (h * h + h_im * h_im)
            ss += kept * (s * s + s_im * s_im)
    row = averages + k * chains + lane
    tl.store(row, hh / (steps - burn_in), mask=lane < chains)
    tl.store(row + count * chains, ss / (steps - burn_in), mask=lane < chains)
