"""Linear and gated recurrences, their parametrisations, and what their loss sees of the input."""

from numerics.recurrences.gated import Step, gru_step, rollout
from numerics.recurrences.lags import (
    mean_squared_error,
    sampled_moments,
    stationary_moments,
    white_moments,
)
from numerics.recurrences.linear import BlockSystem, DiagonalSystem, System, convolve
from numerics.recurrences.parametrizations import (
    Parameters,
    Realization,
    block,
    dense,
    diagonal,
    diagonal_as_lru,
    lru,
    s4,
)

__all__ = [
    "BlockSystem",
    "DiagonalSystem",
    "Parameters",
    "Realization",
    "Step",
    "System",
    "block",
    "convolve",
    "dense",
    "diagonal",
    "diagonal_as_lru",
    "gru_step",
    "lru",
    "mean_squared_error",
    "rollout",
    "s4",
    "sampled_moments",
    "stationary_moments",
    "white_moments",
]
