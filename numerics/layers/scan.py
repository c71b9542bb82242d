"""h_t = λ_t h_{t−1} + u_t for all t at once."""

from __future__ import annotations

from importlib.util import find_spec
from types import ModuleType
from typing import Any

import torch
from torch import Tensor

from numerics.layers.loops import in_pieces

COMPILES, FUSES = (find_spec(name) is not None for name in ("numba", "triton"))
COMPILED = {torch.float32, torch.float64, torch.complex64, torch.complex128}


def scan(lam: Tensor, u: Tensor, state: Tensor | None = None) -> Tensor:
    """The states h_0, h_1, …: in one compiled pass, or in pieces.

    On a CPU that takes Numba (extra `fast`), on a CUDA device Triton, which Torch brings there.

    Args:
        lam: eigenvalues, (d,), real or complex, best in double precision: they are rounded to the
            input's only where they have been multiplied. Or one for each step, as gates have them,
            (…, time, d), typed as `u`.
        u: inputs, (…, time, d), complex if λ is.
        state: h_{−1}, (…, d); by default 0.

    Returns:
        The states, (…, time, d), typed as `u`. All orders of derivatives exist; kept for them are
        the states alone, as the gradient is a scan too, backwards in time.

    Raises:
        ValueError: if λ is complex and the inputs are real.

    Examples:
        >>> import torch
        >>> from numerics.layers import scan
        >>> scan(torch.tensor([0.5]), torch.ones(4, 1)).flatten()
        tensor([1.0000, 1.5000, 1.7500, 1.8750])
        >>> scan(torch.tensor([[0.5], [0.0], [1.0]]), torch.ones(3, 1)).flatten()
        tensor([1., 1., 2.])

    """
    if lam.is_complex() and not u.is_complex():
        raise ValueError(f"u: real where lam is complex; give u.to({lam.dtype})")
    if state is not None:
        handed = (lam if lam.dim() == 1 else lam[..., 0, :]) * state
        first = u[..., :1, :] + handed.to(u.dtype).unsqueeze(-2)
        u = torch.cat([first, u[..., 1:, :]], -2)
    if lam.dim() > 1:
        lam = lam.expand_as(u)
    states: Tensor = _Scan.apply(lam, u)  # type: ignore[no-untyped-call]  # Torch's
    return states


def _kernels(v: Tensor) -> ModuleType | None:
    """The module with compiled passes over such numbers, if there is one."""
    if v.dtype not in COMPILED:
        return None
    if v.device.type == "cpu" and COMPILES:
        from numerics.layers import compiled

        return compiled
    if v.device.type == "cuda" and FUSES:
        from numerics.layers import fused

        return fused if fused.is_right(v.device, v.dtype) else None
    return None


class _Scan(torch.autograd.Function):
    @staticmethod
    def forward(lam: Tensor, u: Tensor) -> Tensor:
        kernels = _kernels(u)
        states: Tensor = kernels.states(lam, u) if kernels else in_pieces(lam, u)
        return states

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, Tensor], output: Tensor) -> None:
        ctx.save_for_backward(inputs[0], output)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor]:
        """δ_t = λ̄_{t+1} δ_{t+1} + ∂/∂h_t: by λ_t it is δ_t h̄_{t−1}, by u_t itself δ_t."""
        lam, h = ctx.saved_tensors
        if not torch.is_grad_enabled() and (kernels := _kernels(h)):
            by_both: tuple[Tensor, Tensor] = kernels.gradients(lam, h, gradient)
            return by_both
        backwards = lam.conj()
        if lam.dim() > 1:  # δ_t takes the next step's
            backwards = torch.nn.functional.pad(backwards[..., 1:, :], (0, 0, 0, 1)).flip(-2)
        delta = scan(backwards, gradient.flip(-2)).flip(-2)
        products = delta * torch.nn.functional.pad(h[..., :-1, :], (0, 0, 1, 0)).conj()
        by_lam = products.to(lam.dtype)
        if lam.dim() == 1:
            by_lam = by_lam.reshape(-1, lam.shape[-1]).sum(0)
        return by_lam, delta

    @staticmethod
    def vmap(
        info: Any, in_dims: tuple[int | None, int | None], lam: Tensor, u: Tensor
    ) -> tuple[Tensor, int]:
        """Many scans are one of more sequences, or of more units."""
        if in_dims[0] is None and lam.dim() == 1:
            return scan(lam, u.movedim(in_dims[1] or 0, 0)), 0
        each = [
            v.unsqueeze(-2).expand(*v.shape[:-1], info.batch_size, v.shape[-1])
            if place is None
            else v.movedim(place, -2)
            for v, place in zip((lam, u), in_dims, strict=True)
        ]
        together = scan(*(v.flatten(-2) for v in each))
        states = together.unflatten(-1, (info.batch_size, -1))
        return states, states.dim() - 2
