"""Recurrent layers for training code, (batch, time, features)."""

from numerics.layers.linear_recurrence import LinearRecurrence, ring
from numerics.layers.lru import LRU
from numerics.layers.scan import scan

__all__ = ["LRU", "LinearRecurrence", "ring", "scan"]
