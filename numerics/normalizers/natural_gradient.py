"""Steps for eigenvalues as the sensitivity measures them (claim C2-hessian-isotropic).

The metric γ² E|∂h/∂λ|² |dλ|² is conformal on the disc and, for complex λ, curved: no
parametrisation makes it constant, but its natural gradient is one division per eigenvalue.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer
from torch.utils.hooks import RemovableHandle

from numerics.normalizers.eigenvalues import Eigenvalue

Metric = Callable[[Eigenvalue], Tensor]


def natural_gradient(lam: Tensor | Sequence[Tensor], metric: Metric) -> list[RemovableHandle]:
    """Divide, from now on, the gradients that reach λ by the metric at λ.

    Args:
        lam: the trained real and imaginary part of λ; or λ itself, real or complex, in a list or
            not; of any shape.
        metric: `InputNormalizer(x).metric` where h is normalised by γ,
            `InputNormalizer(x).sensitivity` where it is not.

    Returns:
        What takes the hooks off again, by `remove()`.

    Examples:
        >>> import torch
        >>> from numerics.normalizers import InputNormalizer, natural_gradient
        >>> lam = torch.tensor([0.0, 0.9], requires_grad=True)
        >>> _ = natural_gradient([lam], InputNormalizer().metric)
        >>> lam.sum().backward()
        >>> lam.grad
        tensor([1.0000, 0.0199])

    """
    parts = _parts(lam)

    def divided(gradient: Tensor) -> Tensor:
        return (gradient / metric(_inside(parts))).to(gradient.dtype)

    return [part.register_hook(divided) for part in parts]


def natural_steps(
    optimizer: Optimizer, lam: Tensor | Sequence[Tensor], metric: Metric
) -> list[RemovableHandle]:
    """Have an optimiser see λ, from now on, in coordinates in which the metric is 1.

    Its gradients are divided by the metric's square root before each step, and so is the step
    after it: gradient descent follows the natural gradient, and Adam's steps have the size of
    its rate in units of the sensitivity. λ moves along a geodesic of the Poincaré disc, as far
    and in the direction that the step says: no step leaves the disc. After a step the gradients
    are again what they were. Copies of the optimiser, and pickled ones, step likewise.

    Args:
        optimizer: any that takes its gradients from `grad`, `lam` among its parameters. Its
            `step` may be given a closure, which it evaluates once.
        lam: as for `natural_gradient`, of any shape.
        metric: likewise.

    Returns:
        What takes the hooks off again, by `remove()`.

    Raises:
        ValueError: if `lam` is none of the optimiser's parameters, or steps naturally already; at
            a step that starts with |λ| ≥ 1, or evaluates its closure again.

    Examples:
        >>> import torch
        >>> from numerics.normalizers import InputNormalizer, natural_steps
        >>> lam = torch.tensor([0.9], requires_grad=True)
        >>> optimizer = torch.optim.SGD([lam], lr=1.0)
        >>> _ = natural_steps(optimizer, [lam], InputNormalizer().metric)
        >>> (-1e6 * lam).sum().backward()
        >>> optimizer.step()
        >>> bool(lam < 1)
        True

    """
    steps = _Steps(_parts(lam), metric)
    trained = {id(p) for group in optimizer.param_groups for p in group["params"]}
    natural = {id(p) for other in _registered(optimizer) for p in other.lam}
    for part in steps.lam:
        if id(part) not in trained:
            raise ValueError("lam: not among the optimiser's parameters, which alone it moves")
        if id(part) in natural:
            raise ValueError("lam: the optimiser steps naturally in it already")
    optimizer.__class__ = _natural(type(optimizer))
    return _register(optimizer, steps)


class _Steps:
    """The steps of one λ that are natural for its metric, as an optimiser's hooks."""

    def __init__(self, lam: list[Tensor], metric: Metric) -> None:
        self.lam, self.metric = lam, metric
        self.start: tuple[Tensor, Tensor] | None = None  # λ, and the metric's square root there
        self.gradients: list[Tensor | None] = []

    def before(self, _: Optimizer, args: Any, kwargs: Any) -> tuple[Any, Any] | None:
        """Rescale the gradients, or have the closure do so that makes them."""
        self.start = None
        closure = kwargs.get("closure", args[1] if len(args) > 1 else None)
        if closure is None:
            self.rescale()
            return None

        def rescaled() -> Any:
            if self.start is not None:
                raise ValueError("natural steps: the optimiser evaluates its closure again")
            loss = closure()
            self.rescale()
            return loss

        return args[:1], {**kwargs, "closure": rescaled}

    @torch.no_grad()
    def rescale(self) -> None:
        """Divide the gradients by the metric's square root."""
        root = torch.sqrt(self.metric(_inside(self.lam)))
        self.start = _joined(self.lam), root
        self.gradients = [None if p.grad is None else p.grad.clone() for p in self.lam]
        for part in self.lam:
            if part.grad is not None:
                part.grad.copy_(part.grad / root)

    @torch.no_grad()
    def after(self, *_: Any) -> None:
        """Move λ by the step that was made, in the coordinates of its start."""
        if self.start is None:  # the optimiser has made no step
            return
        lam, root = self.start
        end = _geodesic(lam, (_joined(self.lam) - lam) / root)
        # rounding may put it on the circle
        rounded = _joined([value.to(self.lam[0].dtype) for value in _split(end, len(self.lam))])
        is_inside = Eigenvalue.unchecked(rounded).one_minus_square > 0
        furthest = 1 - 4 * torch.finfo(self.lam[0].dtype).eps
        end = torch.where(is_inside, end, end * furthest / end.abs())
        for part, value in zip(self.lam, _split(end, len(self.lam)), strict=True):
            part.copy_(value)
        for part, gradient in zip(self.lam, self.gradients, strict=True):
            if part.grad is not None and gradient is not None:
                part.grad.copy_(gradient)


def _register(optimizer: Optimizer, steps: _Steps) -> list[RemovableHandle]:
    return [
        optimizer.register_step_pre_hook(steps.before),
        optimizer.register_step_post_hook(steps.after),
    ]


def _registered(optimizer: Optimizer) -> list[_Steps]:
    hooks = optimizer._optimizer_step_post_hooks.values()
    owners = (getattr(hook, "__self__", None) for hook in hooks)
    return [owner for owner in owners if isinstance(owner, _Steps)]


class _Kept(Optimizer):
    """An optimiser whose copies have its natural steps, while Torch's forget their hooks."""

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "natural_steps": _registered(self)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__({name: state[name] for name in state if name != "natural_steps"})
        for steps in state["natural_steps"]:
            _register(self, steps)

    def __reduce__(self) -> tuple[Any, ...]:
        own = next(c for c in type(self).__mro__[1:] if not issubclass(c, _Kept))
        return _blank, (own,), self.__getstate__()


def _natural(optimizer: type[Optimizer]) -> type[Optimizer]:
    """An optimiser's class, by the same name, with copies as `_Kept` has them."""
    if issubclass(optimizer, _Kept):
        return optimizer
    return type(optimizer.__name__, (_Kept, optimizer), {})


def _blank(optimizer: type[Optimizer]) -> Optimizer:
    """An optimiser as it is before its state is set."""
    kept = _natural(optimizer)
    return kept.__new__(kept)


def _geodesic(lam: Tensor, step: Tensor) -> Tensor:
    """λ + Δ to first order: the Poincaré disc's exponential map.

    It is (λ + d)/(1 + λ̄ d) with d = tanh(|Δ|/(1 − |λ|²)) Δ/|Δ|, as the difference from λ.
    """
    room, length = Eigenvalue.unchecked(lam).one_minus_square, step.abs()
    d = step * torch.where(length > 0, torch.tanh(length / room) / length, 1 / room)
    return lam + room * d / (1 + lam.conj() * d)


def _parts(lam: Tensor | Sequence[Tensor]) -> list[Tensor]:
    """λ's one or two parts.

    Raises:
        ValueError: if they are no real and imaginary part.

    """
    parts = [lam] if isinstance(lam, Tensor) else list(lam)
    of_two = len(parts) == 2 and parts[0].shape == parts[1].shape
    if len(parts) != 1 and not (of_two and not any(p.is_complex() for p in parts)):
        raise ValueError(
            "lam: λ itself is needed, or its real and imaginary part, of one shape, not "
            f"{', '.join(f'{tuple(p.shape)} {p.dtype}' for p in parts) or 'an empty list'}"
        )
    return parts


def _split(lam: Tensor, parts: int) -> tuple[Tensor, ...]:
    """What `_joined` joins."""
    return (lam,) if parts == 1 else (lam.real, lam.imag)


def _joined(lam: Sequence[Tensor]) -> Tensor:
    """λ from its one or two parts, in double precision."""
    wide = torch.promote_types(lam[0].dtype, torch.float64)
    parts = [part.detach().to(wide, copy=True) for part in lam]
    return parts[0] if len(parts) == 1 else torch.complex(*parts)


def _inside(lam: Sequence[Tensor]) -> Eigenvalue:
    eigenvalue = Eigenvalue.unchecked(_joined(lam))
    outside = ~(eigenvalue.one_minus_square > 0)
    if outside.any():
        z = _joined(lam)[outside][0].item()
        raise ValueError(f"lam: |λ| < 1 is needed, not {z}: use a smaller rate or `natural_steps`")
    return eigenvalue
