"""One loop on all cores, pairs of doubles, and 1 − x² − y², of exported Numba modules.

What a sum or a product rounds away is a double, too, and is found without error (Knuth's sum,
Veltkamp's splitting, Dekker's product). A pair keeps it, and so carries twice the digits. Its first
number goes through the operations as if it were alone: where that is infinite, the second says
nothing.

In `_one_minus_squares`, what rounding p, q and 1 − p lost is given back, that of the larger
square first: where they cancel, only the last sum is rounded then.
"""

import functools
import inspect
import math

import numba
import numpy as np


def _fused(function):
    """A function as one loop on all cores, in the arguments' precision."""
    # the arithmetic as it is written: no contraction
    loop = numba.njit(parallel=True, error_model="numpy")(function)

    @functools.wraps(function)
    def rounded(*arguments, **named):
        if named:
            arguments = inspect.signature(function).bind(*arguments, **named).args
        single = np.result_type(*arguments) in (np.float32, np.complex64)
        result = np.float32 if single else np.float64
        given = [np.asarray(a, np.result_type(a, result)) for a in arguments]
        shape = np.broadcast_shapes(*(a.shape for a in given))
        value = loop(*(np.ascontiguousarray(np.broadcast_to(a, shape)).reshape(-1) for a in given))
        return value.astype(result, copy=False).reshape(shape)[()]

    return rounded


def _in_pairs(function):
    """A function of doubles, on all cores; its values are single if all arguments are."""
    loops = {}

    @functools.wraps(function)
    def rounded(*arguments, **named):
        if named:
            arguments = inspect.signature(function).bind(*arguments, **named).args
        single = np.result_type(*arguments) in (np.float32, np.complex64)
        given = [np.asarray(a, np.result_type(a, np.float64)) for a in arguments]
        types = tuple(numba.from_dtype(a.dtype) for a in given)
        if types not in loops:
            loop = numba.vectorize([numba.float64(*types)], target="parallel")
            loops[types] = loop(function)
        with np.errstate(over="ignore", invalid="ignore"):
            value = np.asarray(loops[types](*given))
        return value.astype(np.float32 if single else np.float64, copy=False)[()]

    return rounded


@numba.njit(error_model="numpy")
def _rounded(x):
    total = x[0] + x[1]
    return total if math.isfinite(total) else x[0]


@numba.njit(error_model="numpy")
def _sum(x, y):
    """The sum, and what rounding takes from it."""
    total = x + y
    part = total - x
    return total, (x - (total - part)) + (y - part)


@numba.njit(error_model="numpy")
def _product(x, y):
    """The product, and what rounding takes from it."""
    product = x * y
    scaled = x * (2.0**27 + 1), y * (2.0**27 + 1)
    a, c = scaled[0] - (scaled[0] - x), scaled[1] - (scaled[1] - y)
    b, d = x - a, y - c
    return product, ((a * c - product) + (a * d + b * c)) + b * d


@numba.njit(error_model="numpy")
def _plus(x, y):
    value, lost = _sum(x[0], y[0])
    return value, lost + (x[1] + y[1])


@numba.njit(error_model="numpy")
def _minus(x, y):
    value, lost = _sum(x[0], -y[0])
    return value, lost + (x[1] - y[1])


@numba.njit(error_model="numpy")
def _times(x, y):
    value, lost = _product(x[0], y[0])
    return value, lost + (x[0] * y[1] + x[1] * y[0])


@numba.njit(error_model="numpy")
def _over(x, y):
    quotient = x[0] / y[0]
    value, lost = _product(quotient, y[0])
    return quotient, (((x[0] - value) - lost) + (x[1] - quotient * y[1])) / y[0]


@numba.njit(error_model="numpy")
def _power(x, exponent):
    power = x
    for _ in range(exponent - 1):
        power = _times(power, x)
    return power


@numba.njit(error_model="numpy")
def _sqrt(x):
    root = math.sqrt(x[0])
    value, lost = _product(root, root)
    return root, (((x[0] - value) - lost) + x[1]) / (2 * root)


@numba.njit(error_model="numpy")
def _scaled(x, power):
    return math.ldexp(x[0], power), math.ldexp(x[1], power)


@numba.njit(error_model="numpy")
def _reduced(x):
    """A whole number n, and e^(x − n log 2) − 1 by a Taylor series and e^2x − 1 = m (m + 2)."""
    value = min(max(x[0], -2000.0), 2000.0)
    if not math.isfinite(value):
        return 0, (value, 0.0)
    power = np.rint(value / math.log(2.0))
    whole = _times((power, 0.0), (0.6931471805599453, 2.3190468138462996e-17))
    small = _scaled(_minus((value, x[1]), whole), -8)
    series = 1.0
    for n in range(10, 4, -1):
        series = 1 + small[0] * series / n
    pair = series, 0.0
    for n in range(4, 1, -1):
        pair = _plus((1.0, 0.0), _over(_times(small, pair), (float(n), 0.0)))
    small = _times(small, pair)
    for _ in range(8):
        small = _times(small, _plus((2.0, 0.0), small))
    return int(power), small


@numba.njit(error_model="numpy")
def _exp(x):
    power, small = _reduced(x)
    return _scaled(_plus((1.0, 0.0), small), power)


@numba.njit(error_model="numpy")
def _expm1(x):
    power, small = _reduced(x)
    if power == 0:
        return small
    return _minus(_scaled(_plus((1.0, 0.0), small), power), (1.0, 0.0))


@numba.njit(error_model="numpy")
def _log1p(x):
    value = math.log1p(x[0])
    error = _minus(x, _expm1((value, 0.0)))
    return value, (error[0] + error[1]) / (1 + x[0])  # Newton's step


@numba.njit(error_model="numpy")
def _tanh(x):
    sign = math.copysign(1.0, x[0])
    decay = _expm1((-2 * sign * x[0], -2 * sign * x[1]))
    ratio = _over(decay, _plus((2.0, 0.0), decay))
    return -sign * ratio[0], -sign * ratio[1]


@numba.njit(error_model="numpy")
def _one_minus_squares_of_pairs(x, y):
    """1 - x**2 - y**2: what sums lose is summed thrice (Ogita, Rump and Oishi 2005)."""
    (p, lost_p), (q, lost_q) = _product(x[0], -x[0]), _product(y[0], -y[0])
    a, b, c, d, e = 1.0, p, lost_p, q, lost_q
    for _ in range(3):
        b, a = _sum(b, a)
        c, b = _sum(c, b)
        d, c = _sum(d, c)
        e, d = _sum(e, d)
    return e, a + b + c + d


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
