"""Blocks, pairs of doubles, and 1 − x² − y² without cancellation, of exported NumPy modules.

What a sum or a product rounds away is a double, too, and is found without error (Knuth's sum,
Veltkamp's splitting, Dekker's product). A pair keeps it, and so carries twice the digits on every
machine. Its first number goes through the operations as if it were alone: where that is infinite,
the second says nothing.

In `_one_minus_squares`, what rounding p, q and 1 − p lost is given back, that of the larger square
first: where they cancel, only the last sum is rounded then.
"""

import functools
import inspect

import numpy as np


def _in_blocks(function, work=None):
    """A function by blocks that fit in the cache, in a precision or in that of the arguments."""

    @functools.wraps(function)
    def rounded(*arguments, **named):
        if named:
            arguments = inspect.signature(function).bind(*arguments, **named).args
        single = np.result_type(*arguments) in (np.float32, np.complex64)
        result = np.float32 if single else np.float64
        np.empty(2**24, np.uint8)  # once such a block was free, glibc keeps smaller ones for us
        with np.nditer(
            [*arguments, None],
            ["external_loop", "buffered", "zerosize_ok"],
            [["readonly"]] * len(arguments) + [["writeonly", "allocate"]],
            [*(np.result_type(a, work or result) for a in arguments), result],
            casting="same_kind",
            buffersize=2**17 // np.dtype(work or result).itemsize,
        ) as blocks:
            for *given, values in blocks:
                values[...] = function(*given)
            return blocks.operands[-1][()]

    return rounded


def _in_pairs(function):
    """A function of doubles in pairs of them, and of numbers of single precision in doubles."""

    @functools.wraps(function)
    def in_doubles(*arguments):
        return _pair(function(*arguments)).rounded()

    @functools.wraps(function)
    def in_pairs(*arguments):
        with np.errstate(over="ignore", invalid="ignore"):
            return in_doubles(*map(_paired, arguments))

    of_singles, of_doubles = (_in_blocks(f, np.float64) for f in (in_doubles, in_pairs))

    @functools.wraps(function)
    def rounded(*arguments, **named):
        single = np.result_type(*arguments, *named.values()) in (np.float32, np.complex64)
        return (of_singles if single else of_doubles)(*arguments, **named)

    return rounded


class _Pair:
    """Numbers as doubles, and what is left of them, which is far smaller."""

    def __init__(self, value, rest=0.0):
        self.value, self.rest = value, rest

    def rounded(self):
        total = self.value + self.rest
        return np.where(np.isfinite(total), total, self.value)

    @property
    def real(self):
        return self

    @property
    def imag(self):
        return _Pair(0.0 * self.value)

    @functools.cached_property
    def halves(self):
        scaled = self.value * (2.0**27 + 1)
        high = scaled - (scaled - self.value)
        return high, self.value - high

    def __neg__(self):
        return _Pair(-self.value, -self.rest)

    def __add__(self, other):
        other = _pair(other)
        value, lost = _sum(self.value, other.value)
        return _Pair(value, lost + (self.rest + other.rest))

    def __sub__(self, other):
        return self + -other

    def __mul__(self, other):
        other = _pair(other)
        value, lost = _product(self, other)
        return _Pair(value, lost + (self.value * other.rest + self.rest * other.value))

    def __truediv__(self, other):
        other = _pair(other)
        quotient = _Pair(self.value / other.value)
        value, lost = _product(quotient, other)
        left = ((self.value - value) - lost) + (self.rest - quotient.value * other.rest)
        return _Pair(quotient.value, left / other.value)

    def __pow__(self, exponent):
        return self if exponent == 1 else self * self ** (exponent - 1)

    __radd__, __rmul__ = __add__, __mul__

    def __rsub__(self, other):
        return -self + other

    def __rtruediv__(self, other):
        return _pair(other) / self

    def scaled(self, power):
        return _Pair(np.ldexp(self.value, power), np.ldexp(self.rest, power))

    def sqrt(self):
        root = _Pair(np.sqrt(self.value))
        value, lost = _product(root, root)
        return _Pair(root.value, (((self.value - value) - lost) + self.rest) / (2 * root.value))

    def exp(self):
        power, small = _reduced(self)
        return (1 + small).scaled(power)

    def expm1(self):
        power, small = _reduced(self)
        large = (1 + small).scaled(power) - 1
        value = np.where(power, large.value, small.value)
        return _Pair(value, np.where(power, large.rest, small.rest))

    def log1p(self):
        value = np.log1p(self.value)
        error = self - _Pair(value).expm1()
        return _Pair(value, (error.value + error.rest) / (1 + self.value))  # Newton's step

    def tanh(self):
        sign = np.sign(self.value)
        decay = _Pair(-2 * sign * self.value, -2 * sign * self.rest).expm1()
        return -sign * (decay / (2 + decay))

    def one_minus_squares(self, other):
        # what sums lose is summed thrice (Ogita, Rump and Oishi 2005)
        terms = [1.0]
        for x in (self, other):
            terms += _product(x, -x)
            if np.any(x.rest):
                terms += [*_product(_Pair(-2 * x.value), _Pair(x.rest)), -x.rest * x.rest]
        for _ in range(3):
            for k in range(1, len(terms)):
                terms[k], terms[k - 1] = _sum(terms[k], terms[k - 1])
        return _Pair(terms[-1], sum(terms[:-1]))

    def __array_ufunc__(self, ufunc, method, *arguments):
        # NumPy's functions of a pair, and its operators between an array and a pair
        names = {"add": "add", "subtract": "sub", "multiply": "mul", "divide": "truediv"}
        if ufunc.__name__ not in names:
            return getattr(self, ufunc.__name__)()
        first, second = map(_pair, arguments)
        return getattr(first, f"__{names[ufunc.__name__]}__")(second)


class _Parts:
    """A complex number as pairs."""

    def __init__(self, real, imag):
        self.real, self.imag = real, imag


def _pair(x):
    return x if isinstance(x, _Pair) else _Pair(x)


def _paired(x):
    """An array's numbers, exactly: those of long double have a rest."""
    if np.iscomplexobj(x):
        return _Parts(_paired(x.real), _paired(x.imag))
    value = np.asarray(x, np.float64)
    return _Pair(x) if x.dtype == np.float64 else _Pair(value, np.asarray(x - value, np.float64))


def _sum(x, y):
    """The sum, and what rounding takes from it."""
    total = x + y
    part = total - x
    return total, (x - (total - part)) + (y - part)


def _product(x, y):
    """The product of the first numbers of two pairs, and what rounding takes from it."""
    product = x.value * y.value
    (a, b), (c, d) = x.halves, y.halves
    return product, ((a * c - product) + (a * d + b * c)) + b * d


def _reduced(x):
    """A whole number n, and e^(x − n log 2) − 1 by a Taylor series and e^2x − 1 = m (m + 2)."""
    value = np.clip(x.value, -2000.0, 2000.0)
    power = np.rint(value / np.log(2.0))
    rest = _Pair(value, x.rest) - power * _Pair(0.6931471805599453, 2.3190468138462996e-17)
    small = rest.scaled(-8)
    series = 1.0
    for n in range(10, 4, -1):
        series = 1 + small.value * series / n
    for n in range(4, 1, -1):
        series = 1 + small * series / n
    small *= series
    for _ in range(8):
        small *= 2 + small
    return power.astype(int), small


def _lost_in_square(x, square):
    """x**2 - square, exactly (Veltkamp's splitting, Dekker's product)."""
    scaled = x * (2.0 ** ((np.finfo(x.dtype).nmant + 2) // 2) + 1)
    high = scaled - (scaled - x)
    low = x - high
    return ((high * high - square) + 2 * high * low) + low * low


def _one_minus_squares(x, y):
    """1 - x**2 - y**2, with what each operation rounds away."""
    if hasattr(x, "one_minus_squares"):
        return x.one_minus_squares(y)
    x, y = np.maximum(abs(x), abs(y)), np.minimum(abs(x), abs(y))
    p, q = x * x, y * y
    rest = 1 - p
    lost = (1 - rest) - p
    return (((rest - q) + lost) - _lost_in_square(x, p)) - _lost_in_square(y, q)
