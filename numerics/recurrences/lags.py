"""The input's second moments at all pairs of lags: all that a linear system's loss sees of it.

With e = q − q*, the difference of two impulse responses, the outputs differ by Σ_k e_k x_{t−k},
and the mean squared error is Σ_{k,l} e_k M_{kl} e_l where M_{kl} is the mean of x_{t−k} x_{t−l}
(x = 0 before the first step). From data the result is that of the plain loop, to rounding; with
the expectation it is the population loss. Where M is diagonal, only the diagonal is kept.
"""

from __future__ import annotations

import torch
from torch import Tensor


def sampled_moments(x: Tensor) -> Tensor:
    """The moments M of given inputs, averaged over batch and time.

    Args:
        x: inputs, (…, batch, time, d_in).

    Returns:
        M, (…, d_in · time, d_in · time), lags running fastest.

    """
    batch, steps, d_in = x.shape[-3:]
    backwards = x.flip(-2).flatten(-2)
    M: Tensor = (backwards.mT @ backwards) / (batch * steps)
    M = M.unflatten(-1, (steps, d_in)).unflatten(-3, (steps, d_in))
    # M_{kl} = M_{k+1,l+1} + the product at the last step
    for lag in range(steps - 2, -1, -1):
        M[..., lag, :, :-1, :] += M[..., lag + 1, :, 1:, :]
    return M.transpose(-4, -3).transpose(-2, -1).flatten(-2).flatten(-3, -2)


def white_moments(lags: int, d_in: int = 1, steps: int | None = None) -> Tensor:
    """The diagonal of M for white input of unit variance: 1 − k/steps at lag k, 1 if stationary.

    Args:
        lags: how many lags the impulse responses have.
        d_in: input channels.
        steps: how many steps the loss is averaged over, at least `lags`; stationary without.

    Returns:
        The diagonal, (d_in · lags,), float64. Stationary, the lags left out are an error of order
        |λ|^(2 lags).

    Raises:
        ValueError: if there are fewer steps than lags.

    Examples:
        >>> from numerics.recurrences import white_moments
        >>> white_moments(4, steps=4)
        tensor([1.0000, 0.7500, 0.5000, 0.2500], dtype=torch.float64)

    """
    if steps is None:
        return torch.ones(d_in * lags, dtype=torch.float64)
    if steps < lags:
        raise ValueError(f"steps: at least as many as the {lags} lags, not {steps}")
    return (1 - torch.arange(lags, dtype=torch.float64) / steps).repeat(d_in)


def stationary_moments(R: Tensor, steps: int | None = None) -> Tensor:
    """The moments M of a stationary scalar input with autocorrelation R.

    Args:
        R: R(0), …, R(lags − 1), (lags,), real.
        steps: how many steps the loss is averaged over; without, the state is stationary too.

    Returns:
        M, (lags, lags).

    Raises:
        ValueError: if there are fewer steps than lags.

    Examples:
        >>> import torch
        >>> from numerics.recurrences import stationary_moments
        >>> stationary_moments(torch.tensor([1.0, 0.5]))
        tensor([[1.0000, 0.5000],
                [0.5000, 1.0000]])

    """
    k = torch.arange(R.shape[-1])
    M = R[(k[:, None] - k).abs()]
    if steps is None:
        return M
    return M * white_moments(R.shape[-1], steps=steps).to(R)[torch.maximum(k[:, None], k)]


def mean_squared_error(e: Tensor, moments: Tensor) -> Tensor:
    """The mean squared error of outputs, averaged over d_out, from a difference of responses.

    Args:
        e: difference of impulse responses, (…, d_out, d_in, lags).
        moments: M, (…, d_in · lags, d_in · lags), or its diagonal, (d_in · lags,).

    Returns:
        Errors, (…).

    """
    e = e.flatten(-2)
    return (e * weighted(e, moments)).sum(-1).mean(-1)


def weighted(e: Tensor, moments: Tensor) -> Tensor:
    """The product e M along the last axis.

    Args:
        e: rows, (…, d_in · lags).
        moments: M, (…, d_in · lags, d_in · lags), or its diagonal, (d_in · lags,).

    Returns:
        Rows, (…, d_in · lags).

    """
    return e * moments if moments.ndim == 1 else e @ moments
