"""Rational functions within an ulp even where their terms cancel: runtime of exported modules.

A value is first computed in long double together with a bound for its rounding errors (a running
error analysis). Where that bound is too wide it is computed once more, in exact fractions: a
floating-point number is a rational one. What is below the imports is printed into the modules
that need it.
"""

import contextlib
import functools
import inspect
import operator
from fractions import Fraction

import numpy as np


class _Number:
    """A number whose other operations follow from its sums, negatives, products and quotients."""

    def _like(self, other):
        return other if isinstance(other, type(self)) else type(self)(other)

    def __radd__(self, other):
        return self + other

    def __sub__(self, other):
        return self + -other

    def __rsub__(self, other):
        return -self + other

    def __rmul__(self, other):
        return self * other

    def __rtruediv__(self, other):
        return self._like(other) / self

    def __pow__(self, exponent):
        power = functools.reduce(operator.mul, [self] * abs(exponent))
        return power if exponent > 0 else 1 / power


class _Bounded(_Number):
    """Real numbers in long double, each with a bound of its error.

    What the bounds themselves are rounded by is far below the twentieth part left for it.
    """

    imag = 0

    def __init__(self, value, error=0):
        if isinstance(value, int | Fraction):
            p, q = value.as_integer_ratio()
            value = np.longdouble(p) / q
            error = _half_ulp(value) if q & (q - 1) else 0
        self.value, self.error = value, error

    @property
    def real(self):
        return self

    def conjugate(self):
        return self

    def __neg__(self):
        return _Bounded(-self.value, self.error)

    def __add__(self, other):
        if isinstance(other, _Complex):
            return other + self
        other = self._like(other)
        value = self.value + other.value
        return _Bounded(value, self.error + other.error + _half_ulp(value))

    def __mul__(self, other):
        if isinstance(other, _Complex):
            return other * self
        other = self._like(other)
        value = self.value * other.value
        error = abs(self.value) * other.error + self.error * (abs(other.value) + other.error)
        return _Bounded(value, error + _half_ulp(value))

    def __truediv__(self, other):
        if isinstance(other, _Complex):
            return _Complex(self) / other
        other = self._like(other)
        value = self.value / other.value
        least = abs(other.value) - other.error
        error = (self.error + abs(value) * other.error) / np.where(least > 0, least, 0)
        return _Bounded(value, error + _half_ulp(value))

    def is_sure(self, precision):
        """Whether the error is below half an ulp of what this number is in a precision."""
        ulp = np.maximum(np.finfo(precision).eps / 2 * abs(self.value), _least(precision))
        return self.error <= 0.95 * ulp / 2


class _Complex(_Number):
    """A complex number real + i imag, its parts numbers of any kind."""

    def __init__(self, real, imag=0):
        self.real, self.imag = real, imag

    def conjugate(self):
        return _Complex(self.real, -self.imag)

    def __neg__(self):
        return _Complex(-self.real, -self.imag)

    def __add__(self, other):
        other = self._like(other)
        return _Complex(self.real + other.real, self.imag + other.imag)

    def __mul__(self, other):
        other = self._like(other)
        return _Complex(
            self.real * other.real - self.imag * other.imag,
            self.real * other.imag + self.imag * other.real,
        )

    def __truediv__(self, other):
        other = self._like(other)
        square = other.real * other.real + other.imag * other.imag
        product = self * other.conjugate()
        return _Complex(product.real / square, product.imag / square)


def _least(precision):
    """The least positive number of a precision."""
    return np.longdouble(np.nextafter(precision(0), precision(1)))


def _half_ulp(value):
    return np.finfo(np.longdouble).eps / 2 * abs(value) + _least(np.longdouble)


def _number(x, kind):
    """A complex or real number with parts of a given kind."""
    return _Complex(kind(x.real), kind(x.imag)) if np.iscomplexobj(x) else kind(x)


def _floating(number):
    """The nearest floating-point number, or pair of them; the arrays of bounded numbers."""
    if isinstance(number, _Complex):
        return _floating(number.real) + 1j * _floating(number.imag)
    return number.value.astype(np.float64) if isinstance(number, _Bounded) else float(number)


def _in_block(function, points, precision):
    """The function's values at the columns of `points`."""
    with np.errstate(all="ignore"):
        found = function(*(_number(x, lambda part: _Bounded(np.longdouble(part))) for x in points))
        values = _floating(found)
        parts = [found.real, found.imag] if isinstance(found, _Complex) else [found]
        sure = np.all([part.is_sure(precision) for part in parts], axis=0)
    for i in np.flatnonzero(~sure & np.isfinite(points).all(axis=0)):
        with contextlib.suppress(ZeroDivisionError, OverflowError):
            values[i] = _floating(function(*(_number(x, Fraction) for x in points[:, i])))
    return values


def _adaptive(function):
    """A function computed with bounds of its errors, and in fractions where these are too wide."""

    @functools.wraps(function)
    def rounded(*arguments, **named):
        if named:
            arguments = inspect.signature(function).bind(*arguments, **named).args
        single = np.result_type(*arguments) in (np.float32, np.complex64)
        given = np.array(np.broadcast_arrays(*arguments))
        points = given.reshape(len(arguments), -1).astype(np.result_type(given, np.float64))
        starts = range(0, max(points.shape[1], 1), 4096)
        precision = np.float32 if single else np.float64
        values = np.concatenate(
            [_in_block(function, points[:, start : start + 4096], precision) for start in starts]
        )
        if single:
            values = values.astype(np.complex64 if np.iscomplexobj(values) else np.float32)
        return values.reshape(given.shape[1:])[()]

    return rounded
