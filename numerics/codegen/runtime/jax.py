"""The widest precision enabled, and 1 − x² − y² without cancellation, of exported JAX modules.

In `_one_minus_squares`, what rounding p, q and 1 − p lost is given back, that of the larger square
first: where they cancel, only the last sum is rounded then. To first order what is given back is
constant, hence no part of the derivative.
"""

import functools

import jax
import jax.numpy as jnp


def _in_double(function):
    """A function in double precision where that is enabled; values of the arguments' precision."""

    @functools.wraps(function)
    def rounded(*arguments, **named):
        work = jax.dtypes.canonicalize_dtype(jnp.float64)
        single = jnp.result_type(*arguments, *named.values()) in (jnp.float32, jnp.complex64)

        def wide(a):
            return jnp.asarray(a, jnp.result_type(a, work))

        named = {name: wide(a) for name, a in named.items()}
        value = function(*map(wide, arguments), **named)
        return value.astype(jnp.float32 if single else work)

    return rounded


def _lost_in_square(x, square):
    """x**2 - square, exactly (Veltkamp's splitting, Dekker's product)."""
    scaled = x * (2.0 ** ((jnp.finfo(x.dtype).nmant + 2) // 2) + 1)
    high = scaled - (scaled - x)
    low = x - high
    lost = ((high * high - square) + 2 * high * low) + low * low
    return jax.lax.stop_gradient(lost)


def _one_minus_squares(x, y):
    """1 - x**2 - y**2, with what each operation rounds away."""
    is_less = abs(x) < abs(y)
    x, y = jnp.where(is_less, y, x), jnp.where(is_less, x, y)
    p, q = x * x, y * y
    rest = 1 - p
    lost = (1 - rest) - p
    return (((rest - q) + lost) - _lost_in_square(x, p)) - _lost_in_square(y, q)
