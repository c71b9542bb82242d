"""The scan on a CUDA device, in Triton: a program carries some units through time, in registers.

The state is in double precision, as in `numerics.layers.compiled`. Before a device is relied on,
it has to give what steps one by one give, see `is_right`.
"""

from __future__ import annotations

import warnings
from functools import cache

import torch
import triton
import triton.language as tl
from torch import Tensor

from numerics.layers.loops import loop, plain, wide_type

UNITS = 32  # of one program


@torch.library.custom_op("curseproof::scan_states_fused", mutates_args=())
def states(lam: Tensor, u: Tensor) -> Tensor:
    """The states of `numerics.layers.scan.scan`, of λ (d,) or as u, and of u (…, time, d)."""
    u = plain(u)
    h = torch.empty_like(u)
    factors, given = _factors(lam, u)
    with torch.cuda.device_of(u):
        _forward[_programs(u)](factors, _real(u), _real(h), *u.shape[-2:], *given)
    return h


@torch.library.custom_op("curseproof::scan_gradients_fused", mutates_args=())
def gradients(lam: Tensor, h: Tensor, gradient: Tensor) -> tuple[Tensor, Tensor]:
    """The gradients by λ and by u where that by the states h is given."""
    h, gradient = plain(h), plain(gradient)
    by_u = torch.empty_like(h)
    varies = lam.dim() > 1
    # without time: a sum for each sequence, so that no order counts
    shape, kind = (h.shape, h.dtype) if varies else (h[..., 0, :].shape, wide_type(h))
    by_lam = torch.empty(shape, dtype=kind, device=h.device)
    factors, given = _factors(lam, h)
    tensors = (_real(v) for v in (h, gradient, by_u, by_lam))
    with torch.cuda.device_of(h):
        _backward[_programs(h)](factors, *tensors, *h.shape[-2:], *given, VARIES=varies)
    if not varies:
        by_lam = by_lam.reshape(-1, lam.shape[0]).sum(0)
    return by_lam.to(lam.dtype), by_u


@states.register_fake
def _(lam: Tensor, u: Tensor) -> Tensor:
    return torch.empty_like(u, memory_format=torch.contiguous_format)


@gradients.register_fake
def _(lam: Tensor, h: Tensor, gradient: Tensor) -> tuple[Tensor, Tensor]:
    return torch.empty_like(lam), torch.empty_like(h)


@cache
@torch.compiler.assume_constant_result
def is_right(device: torch.device, dtype: torch.dtype) -> bool:
    """Whether the kernels give what `loop` gives; where they do not, a warning says so once."""
    random = torch.Generator().manual_seed(0)
    u, gradient = (torch.randn(2, 65, 33, dtype=dtype, generator=random) for _ in range(2))
    each = 0.9 * torch.randn(u.shape, dtype=dtype, generator=random).sgn()
    try:
        for lam in (each[0, 0], each):
            required = lam.clone().requires_grad_(), u.clone().requires_grad_()
            h = loop(*required)
            wanted = h.detach(), *torch.autograd.grad(h, required, gradient)
            given = (v.to(device) for v in (lam, wanted[0], gradient))
            found = states(lam.to(device), u.to(device)), *gradients(*given)
            for one, other in zip(found, wanted, strict=True):
                rounding = 200 * torch.finfo(dtype).eps * other.abs().max()  # of 65 steps
                if not (one.cpu() - other).abs().max() <= rounding:
                    raise ArithmeticError("it gives something else than step after step does")
    except Exception as reason:  # whatever a compiler or a driver has against it
        said = f"{type(reason).__name__}: {reason}".partition("\n")[0]
        warnings.warn(f"no fused scan on {device}, it runs in pieces: {said}", stacklevel=2)
        return False
    return True


def _programs(u: Tensor) -> tuple[int, int]:
    steps, d = u.shape[-2:]
    return u.numel() // max(steps * d, 1), triton.cdiv(d, UNITS)


def _real(v: Tensor) -> Tensor:
    return torch.view_as_real(v) if v.is_complex() else v


def _factors(lam: Tensor, u: Tensor) -> tuple[Tensor, tuple[int, int, bool, int]]:
    """λ as real numbers, and how far apart those of two sequences and of two steps are."""
    steps, d = u.shape[-2:]
    if lam.dim() == 1:
        return _real(plain(lam.to(wide_type(u)))), (0, 0, u.is_complex(), UNITS)
    return _real(plain(lam.to(u.dtype))), (steps * d, d, u.is_complex(), UNITS)


@triton.jit
def _forward(
    lam: tl.tensor, u: tl.tensor, h: tl.tensor, steps: tl.tensor, d: tl.tensor,
    of_sequence: tl.tensor, of_step: tl.tensor, COMPLEX: tl.constexpr, UNITS: tl.constexpr,
) -> None:  # fmt: skip
    b = tl.program_id(0).to(tl.int64)
    unit = tl.program_id(1) * UNITS + tl.arange(0, UNITS)
    inside = unit < d
    re = tl.zeros((UNITS,), tl.float64)
    im = tl.zeros((UNITS,), tl.float64)
    for t in range(steps):
        at = (b * steps + t) * d + unit
        factor = b * of_sequence + t * of_step + unit
        if COMPLEX:
            x = tl.load(lam + 2 * factor, mask=inside).to(tl.float64)
            y = tl.load(lam + 2 * factor + 1, mask=inside).to(tl.float64)
            now = x * re - y * im + tl.load(u + 2 * at, mask=inside).to(tl.float64)
            im = x * im + y * re + tl.load(u + 2 * at + 1, mask=inside).to(tl.float64)
            re = now
            tl.store(h + 2 * at, re, mask=inside)
            tl.store(h + 2 * at + 1, im, mask=inside)
        else:
            x = tl.load(lam + factor, mask=inside).to(tl.float64)
            re = x * re + tl.load(u + at, mask=inside).to(tl.float64)
            tl.store(h + at, re, mask=inside)


@triton.jit
def _backward(
    lam: tl.tensor, h: tl.tensor, gradient: tl.tensor, by_u: tl.tensor, by_lam: tl.tensor,
    steps: tl.tensor, d: tl.tensor, of_sequence: tl.tensor, of_step: tl.tensor,
    COMPLEX: tl.constexpr, UNITS: tl.constexpr, VARIES: tl.constexpr,
) -> None:  # fmt: skip
    b = tl.program_id(0).to(tl.int64)
    unit = tl.program_id(1) * UNITS + tl.arange(0, UNITS)
    inside = unit < d
    re = tl.zeros((UNITS,), tl.float64)
    im = tl.zeros((UNITS,), tl.float64)
    total_re = tl.zeros((UNITS,), tl.float64)
    total_im = tl.zeros((UNITS,), tl.float64)
    for back in range(steps):
        t = steps - 1 - back
        at = (b * steps + t) * d + unit
        factor = b * of_sequence + t * of_step + unit
        known = inside & (unit * 0 + t > 0)  # of h at the step before
        if COMPLEX:
            re += tl.load(gradient + 2 * at, mask=inside).to(tl.float64)
            im += tl.load(gradient + 2 * at + 1, mask=inside).to(tl.float64)
            tl.store(by_u + 2 * at, re, mask=inside)
            tl.store(by_u + 2 * at + 1, im, mask=inside)
            p = tl.load(h + 2 * (at - d), mask=known, other=0.0).to(tl.float64)
            q = tl.load(h + 2 * (at - d) + 1, mask=known, other=0.0).to(tl.float64)
            product_re, product_im = re * p + im * q, im * p - re * q
            if VARIES:
                tl.store(by_lam + 2 * at, product_re, mask=inside)
                tl.store(by_lam + 2 * at + 1, product_im, mask=inside)
            total_re += product_re
            total_im += product_im
            x = tl.load(lam + 2 * factor, mask=inside).to(tl.float64)
            y = tl.load(lam + 2 * factor + 1, mask=inside).to(tl.float64)
            now = x * re + y * im
            im = x * im - y * re
            re = now
        else:
            re += tl.load(gradient + at, mask=inside).to(tl.float64)
            tl.store(by_u + at, re, mask=inside)
            product = re * tl.load(h + at - d, mask=known, other=0.0).to(tl.float64)
            if VARIES:
                tl.store(by_lam + at, product, mask=inside)
            total_re += product
            re *= tl.load(lam + factor, mask=inside).to(tl.float64)
    if not VARIES:
        at = b * d + unit
        if COMPLEX:
            tl.store(by_lam + 2 * at, total_re, mask=inside)
            tl.store(by_lam + 2 * at + 1, total_im, mask=inside)
        else:
            tl.store(by_lam + at, total_re, mask=inside)
