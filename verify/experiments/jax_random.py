"""JAX's random numbers and Flax's keys, in NumPy: what published seeds stand for.

A key is two unsigned 32-bit numbers, (…, 2), from which Threefry (Salmon et al., 2011) makes as
many as are wanted. This is JAX's default before version 0.5 (`jax_threefry_partitionable` off);
uniform numbers are JAX's to the last bit but one, normal ones to a few.
"""

from __future__ import annotations

from hashlib import sha1
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf, erfinv

Key = NDArray[np.uint32]
Floats = NDArray[np.floating[Any]]

_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
_PARITY = np.uint32(0x1BD11BDA)
_ROOT_OF_2 = np.float32(np.sqrt(2))
_BEFORE_2 = np.nextafter(np.float32(2), np.float32(0))
CUT = 2.0  # of a truncated normal number
DEVIATION_OF_CUT = 0.87962566103423978  # which such a number has


def key_of(seed: int) -> Key:
    """The key of a seed, (2,); `jax.random.PRNGKey`."""
    return np.array([seed >> 32, seed & 0xFFFFFFFF], np.uint32)


def split(key: Key, count: int = 2) -> Key:
    """New keys, (…, count, 2); `jax.random.split`."""
    return _bits(key, 2 * count).reshape(*key.shape[:-1], count, 2)


def fold_in(key: Key, number: int) -> Key:
    """The key that a key and a 32-bit number make, (…, 2); `jax.random.fold_in`."""
    return np.stack(_threefry(key, np.uint32(0), np.uint32(number)), -1)


def key_of_parameter(key: Key, *path: str | int) -> Key:
    """The key that Flax draws a parameter with.

    Args:
        key: what the model is initialised with, (…, 2).
        path: the names of modules within modules down to the parameter's, and the parameter's
            place among those of its module, counted from 1.

    """
    digest = sha1(usedforsecurity=False)
    for part in path:
        digest.update(part.encode() if isinstance(part, str) else bytes([part]))
    return fold_in(key, int.from_bytes(digest.digest()[:4], "big"))


def uniform(
    key: Key,
    *shape: int,
    lower: float = 0.0,
    upper: float = 1.0,
    dtype: type[np.floating[Any]] = np.float32,
) -> Floats:
    """Uniform numbers, (…, *shape), single or double; `jax.random.uniform`."""
    low, high, one = dtype(lower), dtype(upper), dtype(1)
    size, kept = np.finfo(dtype).bits, np.finfo(dtype).nmant
    words = _words(key, int(np.prod(shape)), size)
    word = words.dtype.type
    share = (words >> word(size - kept) | one.view(word)).view(dtype) - one
    drawn: Floats = np.maximum(low, share * (high - low) + low)
    return drawn.reshape(*key.shape[:-1], *shape)


def normal(key: Key, *shape: int, dtype: type[np.floating[Any]] = np.float32) -> Floats:
    """Standard normal numbers, (…, *shape), single or double; `jax.random.normal`."""
    lower = np.nextafter(dtype(-1), dtype(0))
    drawn: Floats = np.sqrt(dtype(2)) * erfinv(uniform(key, *shape, lower=lower, dtype=dtype))
    return drawn


def fan_in_normal(key: Key, *shape: int) -> Floats:
    """Normal numbers cut at two deviations, of variance 1/shape[0], (…, *shape): Flax's default.

    That is `flax.linen.initializers.lecun_normal`, which starts the kernels of dense layers.
    """
    low, high = (erf(np.float32(end) / _ROOT_OF_2) for end in (-CUT, CUT))
    drawn = _ROOT_OF_2 * erfinv(uniform(key, *shape, lower=low, upper=high))
    scale = np.float32(DEVIATION_OF_CUT) * np.sqrt(np.float32(shape[0]))
    kept: Floats = np.clip(drawn, -_BEFORE_2, _BEFORE_2) / scale
    return kept


def _words(key: Key, count: int, bits: int) -> NDArray[np.unsignedinteger[Any]]:
    """Random numbers of 32 or 64 bits, (…, count)."""
    if bits == 32:
        return _bits(key, count)
    high, low = np.split(_bits(key, 2 * count).astype(np.uint64), 2, axis=-1)
    return high << np.uint64(32) | low


def _bits(key: Key, count: int) -> NDArray[np.uint32]:
    """Random 32-bit numbers, (…, count)."""
    half = (count + 1) // 2
    counts = np.arange(2 * half, dtype=np.uint32)
    counts[count:] = 0
    pair = _threefry(key[..., None, :], counts[:half], counts[half:])
    return np.concatenate(pair, -1)[..., :count]


def _threefry(key: Key, *counts: Any) -> list[NDArray[np.uint32]]:
    """Threefry 2×32 of 20 rounds."""
    keys = [key[..., 0], key[..., 1], key[..., 0] ^ key[..., 1] ^ _PARITY]
    with np.errstate(over="ignore"):  # sums are meant to wrap
        x, y = (count + part for count, part in zip(counts, keys, strict=False))
        for number in range(5):
            for distance in _ROTATIONS[number % 2]:
                x = x + y
                y = (y << np.uint32(distance) | y >> np.uint32(32 - distance)) ^ x
            x = x + keys[(number + 1) % 3]
            y = y + keys[(number + 2) % 3] + np.uint32(number + 1)
    return [x, y]
