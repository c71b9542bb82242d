"""The scan on a CPU, compiled by Numba: one pass over the inputs, its state in double precision."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numpy as np
import torch
from numba import njit
from numpy.typing import NDArray
from torch import Tensor

Array = NDArray[Any]
SMALL = 2**16  # numbers that one thread takes less time for than others take to start

BLOCK = 64  # steps, whose numbers fit in a core's own cache

_compiled = njit(nogil=True, cache=True, fastmath={"contract"})


@torch.library.custom_op("curseproof::scan_states", mutates_args=(), device_types="cpu")
def states(lam: Tensor, u: Tensor) -> Tensor:
    """The states of `numerics.layers.scan.scan`, of λ (d,) or as u, and of u (…, time, d)."""
    lam, u = _prepared(lam, u.dtype), u.contiguous()
    h = torch.empty_like(u)
    pieces = [_by_sequence(v) for v in (u, h)]
    if lam.dim() == 1:
        _each_piece(lambda u, h, state: _forward(lam.numpy(), u, h, state), pieces)
    else:
        _each_piece(_forward_varying, [_by_sequence(lam), *pieces])
    return h


@torch.library.custom_op("curseproof::scan_gradients", mutates_args=(), device_types="cpu")
def gradients(lam: Tensor, h: Tensor, gradient: Tensor) -> tuple[Tensor, Tensor]:
    """The gradients by λ and by u where that by the states h is given."""
    given, lam, gradient = lam, _prepared(lam, h.dtype), gradient.contiguous()
    by_u = torch.empty_like(h)
    pieces = [_by_sequence(v) for v in (h.contiguous(), gradient, by_u)]
    if lam.dim() > 1:
        by_lam = torch.empty_like(lam)
        _each_piece(_backward_varying, [_by_sequence(v) for v in (lam, by_lam)] + pieces)
        return by_lam.to(given.dtype), by_u
    sums: list[Array] = []

    def backward(h: Array, gradient: Array, by_u: Array, state: Array) -> None:
        sums.append(np.zeros_like(state))
        _backward(lam.numpy(), sums[-1], h, gradient, by_u, state)

    _each_piece(backward, pieces)
    return torch.from_numpy(np.sum(sums, axis=0)).to(given.dtype), by_u


@states.register_fake
def _(lam: Tensor, u: Tensor) -> Tensor:
    return torch.empty_like(u, memory_format=torch.contiguous_format)


@gradients.register_fake
def _(lam: Tensor, h: Tensor, gradient: Tensor) -> tuple[Tensor, Tensor]:
    return torch.empty_like(lam), torch.empty_like(h)


def _prepared(lam: Tensor, dtype: torch.dtype) -> Tensor:
    """λ as it is multiplied: in double precision where it is the same for all steps."""
    if lam.dim() == 1:
        dtype = torch.complex128 if dtype.is_complex else torch.float64
    return lam.detach().to(dtype).resolve_conj().contiguous()


def _by_sequence(v: Tensor) -> Array:
    array: Array = v.detach().resolve_conj().reshape(-1, *v.shape[-2:]).numpy()
    return array


def _each_piece(function: Callable[..., None], arrays: list[Array]) -> None:
    """Call a function with sequences and room for a state, on as many threads as Torch has."""
    count, _, d = arrays[-1].shape
    kind = complex if np.iscomplexobj(arrays[-1]) else float
    threads = min(count, torch.get_num_threads()) if arrays[-1].size > SMALL else 1
    if threads < 2:
        return function(*arrays, np.zeros(d, kind))
    pieces = zip(*(np.array_split(a, threads) for a in arrays), strict=True)
    work = [_pool(threads).submit(function, *piece, np.zeros(d, kind)) for piece in pieces]
    for done in work:
        done.result()
    return None


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads)


@_compiled
def _forward(lam: Array, u: Array, h: Array, state: Array) -> None:
    for b in range(u.shape[0]):
        state[:] = 0
        for t in range(u.shape[1]):
            for j in range(u.shape[2]):
                state[j] = lam[j] * state[j] + u[b, t, j]
                h[b, t, j] = state[j]


@_compiled
def _forward_varying(lam: Array, u: Array, h: Array, state: Array) -> None:
    for b in range(u.shape[0]):
        state[:] = 0
        for t in range(u.shape[1]):
            for j in range(u.shape[2]):
                state[j] = lam[b, t, j] * state[j] + u[b, t, j]
                h[b, t, j] = state[j]


@_compiled
def _backward(
    lam: Array, by_lam: Array, h: Array, gradient: Array, by_u: Array, state: Array
) -> None:
    """δ_t = λ̄ δ_{t+1} + ∂/∂h_t, and by λ the sum of δ_t h̄_{t−1}.

    Memory is three times as fast forwards in time as backwards: δ goes back in a block's buffer.
    """
    sequences, steps, d = h.shape
    delta = np.empty((BLOCK, d), h.dtype)
    for b in range(sequences):
        state[:] = 0
        for start in range((steps - 1) // BLOCK * BLOCK, -1, -BLOCK):
            size = min(BLOCK, steps - start)
            for t in range(size):
                for j in range(d):
                    delta[t, j] = gradient[b, start + t, j]
            for back in range(1, size + 1):
                for j in range(d):
                    state[j] = np.conj(lam[j]) * state[j] + delta[size - back, j]
                    delta[size - back, j] = state[j]
            for t in range(size):
                for j in range(d):
                    by_u[b, start + t, j] = delta[t, j]
                if start + t > 0:
                    for j in range(d):
                        by_lam[j] += delta[t, j] * np.conj(h[b, start + t - 1, j])


@_compiled
def _backward_varying(
    lam: Array, by_lam: Array, h: Array, gradient: Array, by_u: Array, state: Array
) -> None:
    """δ_t = λ̄_{t+1} δ_{t+1} + ∂/∂h_t, and by λ_t it is δ_t h̄_{t−1}; see `_backward`."""
    sequences, steps, d = h.shape
    delta, factor = np.empty((BLOCK, d), h.dtype), np.empty((BLOCK, d), h.dtype)
    for b in range(sequences):
        state[:] = 0
        for start in range((steps - 1) // BLOCK * BLOCK, -1, -BLOCK):
            size = min(BLOCK, steps - start)
            for t in range(size):
                for j in range(d):
                    delta[t, j], factor[t, j] = gradient[b, start + t, j], lam[b, start + t, j]
            for back in range(1, size + 1):
                for j in range(d):
                    state[j] += delta[size - back, j]
                    delta[size - back, j] = state[j]
                    state[j] *= np.conj(factor[size - back, j])
            for t in range(size):
                for j in range(d):
                    by_u[b, start + t, j] = delta[t, j]
                    by_lam[b, start + t, j] = 0
                if start + t > 0:
                    for j in range(d):
                        by_lam[b, start + t, j] = delta[t, j] * np.conj(h[b, start + t - 1, j])
