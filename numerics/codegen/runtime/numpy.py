"""Long double by blocks, and 1 − x² − y² without cancellation, of exported NumPy modules.

In `_one_minus_squares`, what rounding p, q and 1 − p lost is given back, that of the larger square
first: where they cancel, only the last sum is rounded then.
"""

import functools
import inspect

import numpy as np


def _in_blocks(function, widens=True):
    """A function by blocks that fit in the cache.

    In long double, or double for single precision; in the arguments' precision unless it widens.
    """

    @functools.wraps(function)
    def rounded(*arguments, **named):
        if named:
            arguments = inspect.signature(function).bind(*arguments, **named).args
        single = np.result_type(*arguments) in (np.float32, np.complex64)
        result = np.float32 if single else np.float64
        work = (np.float64 if single else np.longdouble) if widens else result
        with np.nditer(
            [*arguments, None],
            ["external_loop", "buffered", "zerosize_ok"],
            [["readonly"]] * len(arguments) + [["writeonly", "allocate"]],
            [*(np.result_type(a, work) for a in arguments), result],
            casting="same_kind",
        ) as blocks:
            for *given, values in blocks:
                values[...] = function(*given)
            return blocks.operands[-1][()]

    return rounded


def _lost_in_square(x, square):
    """x**2 - square, exactly (Veltkamp's splitting, Dekker's product)."""
    scaled = x * (2.0 ** ((np.finfo(x.dtype).nmant + 2) // 2) + 1)
    high = scaled - (scaled - x)
    low = x - high
    return ((high * high - square) + 2 * high * low) + low * low


def _one_minus_squares(x, y):
    """1 - x**2 - y**2, with what each operation rounds away."""
    x, y = np.maximum(abs(x), abs(y)), np.minimum(abs(x), abs(y))
    p, q = x * x, y * y
    rest = 1 - p
    lost = (1 - rest) - p
    return (((rest - q) + lost) - _lost_in_square(x, p)) - _lost_in_square(y, q)
