"""The scan on a CPU, compiled by Numba: one pass over the inputs, its state in double precision."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import Any

import numpy as np
import torch
from numba import njit
from numpy.typing import NDArray
from torch import Tensor

from numerics.layers.loops import plain, wide_type

Array = NDArray[Any]
BLOCK = 64  # steps, whose numbers fit in a core's own cache
SMALL = 2**16  # numbers that one thread takes less time for than others take to start

_compiled = njit(nogil=True, cache=True, fastmath={"contract"})


@torch.library.custom_op("curseproof::scan_states", mutates_args=(), device_types="cpu")
def states(lam: Tensor, u: Tensor) -> Tensor:
    """The states of `numerics.layers.scan.scan`, of λ (d,) or as u, and of u (…, time, d)."""
    u = plain(u)
    h = torch.empty_like(u)
    if lam.dim() == 1:
        _by_sequences(partial(_forward, _wide(lam, u)), u, h)
    else:
        _by_sequences(_forward_varying, plain(lam.to(u.dtype)), u, h)
    return h


@torch.library.custom_op("curseproof::scan_gradients", mutates_args=(), device_types="cpu")
def gradients(lam: Tensor, h: Tensor, gradient: Tensor) -> tuple[Tensor, Tensor]:
    """The gradients by λ and by u where that by the states h is given."""
    h, gradient = plain(h), plain(gradient)
    by_u = torch.empty_like(h)
    if lam.dim() == 1:
        each = torch.zeros(h[..., :1, :].shape, dtype=wide_type(h))  # so that no order counts
        _by_sequences(partial(_backward, _wide(lam, h)), each, h, gradient, by_u)
        return each.reshape(-1, lam.shape[0]).sum(0).to(lam.dtype), by_u
    by_lam = torch.empty_like(h)
    _by_sequences(_backward_varying, plain(lam.to(h.dtype)), by_lam, h, gradient, by_u)
    return by_lam.to(lam.dtype), by_u


@states.register_fake
def _(lam: Tensor, u: Tensor) -> Tensor:
    return torch.empty_like(u, memory_format=torch.contiguous_format)


@gradients.register_fake
def _(lam: Tensor, h: Tensor, gradient: Tensor) -> tuple[Tensor, Tensor]:
    return torch.empty_like(lam), torch.empty_like(h)


def _wide(lam: Tensor, v: Tensor) -> Array:
    array: Array = plain(lam.to(wide_type(v))).numpy()
    return array


def _by_sequences(function: Callable[..., None], *tensors: Tensor) -> None:
    """Call a function with sequences and room for a state, on as many threads as Torch has."""
    arrays = [v.reshape(-1, *v.shape[-2:]).numpy() for v in tensors]
    count, _, d = arrays[-1].shape
    threads = min(count, torch.get_num_threads()) if arrays[-1].size > SMALL else 1
    pieces = zip(*(np.array_split(a, max(threads, 1)) for a in arrays), strict=True)
    kind = complex if tensors[-1].is_complex() else float
    calls = [partial(function, *piece, np.zeros(d, kind)) for piece in pieces]
    if threads < 2:
        calls[0]()
        return
    for done in [_pool(threads).submit(call) for call in calls]:
        done.result()


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads)


# a process that is forked has the pools, and none of their threads
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)


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
                        by_lam[b, 0, j] += delta[t, j] * np.conj(h[b, start + t - 1, j])


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
