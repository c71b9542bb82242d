"""Training linear students: losses, random systems, and Adam for many students at once."""

from numerics.training.adam import Adam, train
from numerics.training.initial import draw_dense, draw_diagonal
from numerics.training.losses import Loss, population_loss, sampled_loss

__all__ = [
    "Adam",
    "Loss",
    "draw_dense",
    "draw_diagonal",
    "population_loss",
    "sampled_loss",
    "train",
]
