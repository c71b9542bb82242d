"""Training linear students: losses, random systems, and optimisers for many at once."""

from numerics.training.initial import draw_block, draw_dense, draw_diagonal
from numerics.training.losses import Loss, population_loss, sampled_loss
from numerics.training.optimizers import Adam, Elementwise, Muon, Optimizer
from numerics.training.train import train

__all__ = [
    "Adam",
    "Elementwise",
    "Loss",
    "Muon",
    "Optimizer",
    "draw_block",
    "draw_dense",
    "draw_diagonal",
    "population_loss",
    "sampled_loss",
    "train",
]
