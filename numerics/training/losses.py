"""The mean squared error of linear students: on data by convolution, or its expectation exactly."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from numerics.recurrences import Parameters, Realization, convolve, mean_squared_error

Loss = Callable[[Parameters], Tensor]


def sampled_loss(parametrization: Realization, p: Parameters, x: Tensor, y: Tensor) -> Tensor:
    """The mean squared error on given inputs and targets, without a loop over time.

    Args:
        parametrization: named parameters → system.
        p: parameters of any shape behind the leading axes: one entry for each student.
        x: inputs, (…, batch, time, d_in).
        y: targets, (…, batch, time, d_out).

    Returns:
        Losses, (…), averaged over batch, time and outputs.

    """
    outputs = convolve(parametrization(p).impulse_response(x.shape[-2]), x)
    return ((outputs - y) ** 2).mean((-3, -2, -1))


def population_loss(parametrization: Realization, teacher: Tensor, moments: Tensor) -> Loss:
    """The expected mean squared error against a linear teacher: no data, no noise.

    For white input over T steps, by `white_moments(T, steps=T)`, it is Σ_k (1 − k/T) |q_k − q*_k|².

    Args:
        parametrization: named parameters → system.
        teacher: its impulse response q*, (…, d_out, d_in, lags).
        moments: the input's, from `numerics.recurrences`, (d_in · lags, d_in · lags), or their
            diagonal, (d_in · lags,).

    Returns:
        Parameters → losses, (…).

    """
    lags = teacher.shape[-1]
    return lambda p: mean_squared_error(
        parametrization(p).impulse_response(lags) - teacher, moments
    )
