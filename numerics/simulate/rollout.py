"""The recurrence in Torch, differentiable; and sensitivities by automatic differentiation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


def rollout(
    x: Tensor, lam: Tensor | complex, gamma: Tensor | complex = 1.0, device: str | None = None
) -> Tensor:
    """Run h ← λ h + γ x from h = 0 (paper §2), differentiable in all three.

    Args:
        x: inputs x_1 … x_T, shape (chains, T).
        lam: λ, a number, or any shape that broadcasts against (chains,).
        gamma: γ, likewise.
        device: where to compute; by default where x is.

    Returns:
        h_1 … h_T, shape (chains, T).

    Examples:
        >>> import torch
        >>> from numerics import rollout
        >>> rollout(torch.ones(1, 4), 0.5)
        tensor([[1.0000, 1.5000, 1.7500, 1.8750]])

    """
    x = x.to(device)
    lam, gamma = (v.to(device) if isinstance(v, Tensor) else v for v in (lam, gamma))
    state = torch.zeros_like(x[:, 0])
    states = []
    for x_t in x.unbind(1):
        state = lam * state + gamma * x_t
        states.append(state)
    return torch.stack(states, dim=1)


def rollout_with_sensitivity(
    x: Tensor, lam: Tensor | complex, gamma: Tensor | complex = 1.0, device: str | None = None
) -> tuple[Tensor, Tensor]:
    """The states h of `rollout` and ∂h/∂λ, each of shape (chains, T), γ held fixed (claim A1).

    The sensitivity ∂h/∂λ ← λ ∂h/∂λ + h is the same unit driven by its own previous state.

    Examples:
        >>> import torch
        >>> from numerics import rollout_with_sensitivity
        >>> h, by_lam = rollout_with_sensitivity(torch.ones(1, 4), 0.5)
        >>> by_lam
        tensor([[0.0000, 1.0000, 2.0000, 2.7500]])

    """
    h = rollout(x, lam, gamma, device)
    previous = torch.nn.functional.pad(h[:, :-1], (1, 0))
    return h, rollout(previous, lam, device=device)


def sensitivity_by_autograd(
    eigenvalue: Callable[[Tensor], Tensor],
    gamma: Callable[[Tensor], Tensor],
    parameter: float,
    horizon: int,
    device: str = "cpu",
    differentiate_gamma: bool = False,
) -> NDArray[Any]:
    """The impulse response g of ∂(γh)/∂p, by autograd through the rollout.

    h is linear in the input, so that E|∂(γh)/∂p|² = Σ_ij g_i ḡ_j R(j−i) up to truncation
    (`numerics.simulate.reference.quadratic_form`), with no derivative taken by hand and no
    sampling noise.

    Args:
        eigenvalue: λ(p), real or complex.
        gamma: γ(p).
        parameter: where to differentiate, p real.
        horizon: T, how many steps.
        device: where to compute, in double precision.
        differentiate_gamma: whether γ's own dependence on p counts; held fixed otherwise.

    Returns:
        g_0 … g_{T−1}, shape (T,), float64 or complex128.

    Examples:
        >>> import torch
        >>> from numerics import sensitivity_by_autograd
        >>> sensitivity_by_autograd(torch.tanh, torch.ones_like, 0.0, horizon=3)
        array([0., 1., 0.])

    """
    p = torch.tensor(parameter, dtype=torch.float64, device=device)
    impulse = torch.zeros((1, horizon), dtype=torch.float64, device=device)
    impulse[0, 0] = 1.0
    fixed = gamma(p)

    def response(q: Tensor) -> Tensor:
        h = rollout(impulse, eigenvalue(q), gamma(q) if differentiate_gamma else fixed)[0]
        return torch.view_as_real(h.resolve_conj()) if h.is_complex() else h

    # backwards twice: forward mode loads Torch's compiler, for seconds
    _, slope = torch.autograd.functional.jvp(response, p, torch.ones_like(p))
    g: NDArray[Any] = slope.cpu().numpy()
    return g if slope.ndim == 1 else g.view(np.complex128)[:, 0]
