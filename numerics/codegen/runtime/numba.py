"""One loop in double precision, and 1 − x² − y² without cancellation, of exported Numba modules.

In `_one_minus_squares`, what rounding p, q and 1 − p lost is given back, that of the larger square
first: where they cancel, only the last sum is rounded then.
"""

import functools
import inspect

import numba
import numpy as np


def _fused(function, widens=True):
    """A function as one loop on all cores; its values are single if all arguments are.

    It computes in double precision, or in the arguments' unless it widens.
    """
    # the arithmetic as it is written: no contraction
    loop = numba.njit(parallel=True, error_model="numpy")(function)

    @functools.wraps(function)
    def rounded(*arguments, **named):
        if named:
            arguments = inspect.signature(function).bind(*arguments, **named).args
        single = np.result_type(*arguments) in (np.float32, np.complex64)
        work = np.float64 if widens or not single else np.float32
        given = [np.asarray(a, np.result_type(a, work)) for a in arguments]
        shape = np.broadcast_shapes(*(a.shape for a in given))
        value = loop(*(np.ascontiguousarray(np.broadcast_to(a, shape)).reshape(-1) for a in given))
        return value.astype(np.float32 if single else np.float64, copy=False).reshape(shape)[()]

    return rounded


@numba.njit(inline="always")
def _lost_in_square(x, square):
    """x**2 - square, exactly (Veltkamp's splitting, Dekker's product)."""
    scaled = x * (2.0**27 + 1)
    high = scaled - (scaled - x)
    low = x - high
    return ((high * high - square) + 2 * high * low) + low * low


@numba.njit(inline="always")
def _one_minus_squares(x, y):
    """1 - x**2 - y**2, with what each operation rounds away."""
    x, y = np.maximum(np.abs(x), np.abs(y)), np.minimum(np.abs(x), np.abs(y))
    p, q = x * x, y * y
    rest = 1 - p
    lost = (1 - rest) - p
    return (((rest - q) + lost) - _lost_in_square(x, p)) - _lost_in_square(y, q)
