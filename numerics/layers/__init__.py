"""Recurrent layers for training code: (batch, time, features), a state in and the state out."""

from numerics.layers.block_diagonal import BlockDiagonal, Dense
from numerics.layers.gru import GRU
from numerics.layers.linear_recurrence import LinearRecurrence, ring
from numerics.layers.lru import LRU
from numerics.layers.lstm import LSTM
from numerics.layers.s4d import S4D
from numerics.layers.scan import scan

__all__ = [
    "GRU",
    "LRU",
    "LSTM",
    "S4D",
    "BlockDiagonal",
    "Dense",
    "LinearRecurrence",
    "ring",
    "scan",
]
