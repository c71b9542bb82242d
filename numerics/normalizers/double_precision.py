"""Numbers that stay in double precision when a model is cast to half."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from torch import Tensor, nn

SINGLE = {"mps"}  # devices without double precision


class DoublePrecision(nn.Module):
    """A module whose buffers move with it, and keep their precision: 1 − ρ would be lost."""

    def _apply(self, fn: Callable[[Tensor], Tensor], *args: Any, **kwargs: Any) -> Self:
        exact = dict(self._buffers)
        # only where they go is asked for: there may be no double precision there
        self._buffers = {n: None if b is None else b.float() for n, b in exact.items()}
        super()._apply(fn, *args, **kwargs)  # type: ignore[no-untyped-call]  # Torch's
        for name, moved in self._buffers.items():
            before = exact[name]
            if before is not None and moved is not None:
                self._buffers[name] = _moved(before, moved)
        return self


def wide(*values: Tensor) -> tuple[Tensor, ...]:
    """Real tensors in double precision, or in single on a device that has no other.

    Args:
        values: real tensors, each of any shape.

    Returns:
        The tensors, each of the same shape.

    """
    return tuple(v.float() if v.device.type in SINGLE else v.double() for v in values)


def _moved(exact: Tensor, moved: Tensor) -> Tensor:
    """A buffer on the device to which it was moved, as precise as can be there."""
    if exact.is_meta:  # without values, as `moved` is then
        return moved.to(exact.dtype)
    ready = exact.float() if moved.device.type in SINGLE else exact
    return ready.to(moved.device)
