"""Named parameters as one vector and back."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from numerics.recurrences.parametrizations import Parameters


def flat(p: Parameters, leading: int = 0) -> Tensor:
    """All parameters in order, each row-major, as vectors behind `leading` axes.

    Args:
        p: parameters of any shape behind those axes.
        leading: how many axes.

    Returns:
        Vectors, (…, P).

    """
    return torch.cat([value.reshape(*value.shape[:leading], -1) for value in p.values()], -1)


def unflat(vector: Tensor, like: Parameters, leading: int = 0) -> dict[str, Tensor]:
    """The entries of vectors under the names and in the shapes of `like`.

    Args:
        vector: vectors, (…, P).
        like: parameters of any shape behind `leading` axes, P numbers in all.
        leading: how many axes of `like` come before its parameters' own.

    Returns:
        Parameters of the vectors' leading axes and then the shapes of `like`.

    """
    shapes = [value.shape[leading:] for value in like.values()]
    parts = vector.split([math.prod(shape) for shape in shapes], -1)
    return {
        name: part.reshape(*vector.shape[:-1], *shape)
        for name, part, shape in zip(like, parts, shapes, strict=True)
    }
