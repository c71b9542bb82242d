"""Numbers that stay in double precision when a model is cast to half."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from torch import Tensor, nn


class DoublePrecision(nn.Module):
    """A module whose buffers move with it, and keep their precision: 1 − ρ would be lost."""

    def _apply(self, fn: Callable[[Tensor], Tensor], *args: Any, **kwargs: Any) -> Self:
        exact = dict(self._buffers)
        super()._apply(fn, *args, **kwargs)  # type: ignore[no-untyped-call]  # Torch's
        for name, cast in self._buffers.items():
            before = exact[name]
            if before is not None and cast is not None and cast.dtype != before.dtype:
                self._buffers[name] = before.to(cast.device)
        return self
