"""Double precision, and 1 − x² − y² without cancellation, of exported Torch modules.

In `_one_minus_squares`, what rounding p, q and 1 − p lost is given back, that of the larger square
first: where they cancel, only the last sum is rounded then. To first order what is given back is
constant, hence no part of the derivative.
"""

import functools

import torch


def _in_double(function):
    """A function in double precision; its values are single if all tensors are, or of less."""
    low = {torch.float16, torch.bfloat16, torch.float32, torch.complex32, torch.complex64}

    @functools.wraps(function)
    def rounded(*arguments, **named):
        given = [*arguments, *named.values()]
        dtypes = {a.dtype for a in given if isinstance(a, torch.Tensor)}
        named = {name: _double(a) for name, a in named.items()}
        value = function(*map(_double, arguments), **named)
        return value.to(torch.float32 if dtypes and dtypes <= low else torch.float64)

    return rounded


def _double(a):
    """A number or tensor as a tensor of double precision."""
    is_complex = a.is_complex() if isinstance(a, torch.Tensor) else isinstance(a, complex)
    return torch.as_tensor(a, dtype=torch.complex128 if is_complex else torch.float64)


def _of_tensors(function):
    """A function of tensors as one of tensors and numbers."""

    @functools.wraps(function)
    def taken(*arguments, **named):
        named = {name: torch.as_tensor(a) for name, a in named.items()}
        return function(*map(torch.as_tensor, arguments), **named)

    return taken


def _lost_in_square(x, square):
    """x**2 - square, exactly (Veltkamp's splitting, Dekker's product)."""
    scaled = x * (2.0 ** (27 if x.dtype == torch.float64 else 12) + 1)
    high = scaled - (scaled - x)
    low = x - high
    lost = ((high * high - square) + 2 * high * low) + low * low
    return lost.detach()


def _one_minus_squares(x, y):
    """1 - x**2 - y**2, with what each operation rounds away."""
    is_less = abs(x) < abs(y)
    x, y = torch.where(is_less, y, x), torch.where(is_less, x, y)
    p, q = x * x, y * y
    rest = 1 - p
    lost = (1 - rest) - p
    return (((rest - q) + lost) - _lost_in_square(x, p)) - _lost_in_square(y, q)
