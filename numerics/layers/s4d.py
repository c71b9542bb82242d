"""The diagonal structured state space, S4D (Gu et al., 2022)."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from numerics.layers.scan import scan
from numerics.layers.state_space import at_lengths
from numerics.normalizers import Eigenvalue, StepSize


class S4D(nn.Module):
    """Each feature drives complex states of its own: h ← exp(Δa) h + γ x, y = 2 Re Σ C h + D x.

    Its parameters are `log_step`, `a_log_decay`, `a_im`, C and D, from S4D-Lin's a = −½ + iπn.

    Args:
        d: features, in and out.
        states: per feature.
        step_min: the least initial Δ.
        step_max: the largest; Δ is drawn uniformly in log Δ.
        normalizer: γ, a module from `Eigenvalue`s (d, states), one for all features or, made with
            axis −2, one for each; without one the input is held for Δ, as published:
            γ = (exp(Δa) − 1)/a, complex.

    Raises:
        ValueError: if not 0 < step_min ≤ step_max.

    Examples:
        >>> import torch
        >>> from numerics.layers import S4D
        >>> y, state = S4D(3, states=8)(torch.randn(2, 100, 3))
        >>> y.shape, state.shape
        (torch.Size([2, 100, 3]), torch.Size([2, 3, 8]))

    """

    def __init__(
        self,
        d: int,
        states: int = 32,
        step_min: float = 1e-3,
        step_max: float = 0.1,
        normalizer: nn.Module | None = None,
    ) -> None:
        if not 0 < step_min <= step_max:
            raise ValueError(f"step_min, step_max: 0 < {step_min} ≤ {step_max} is needed")
        super().__init__()
        self.eigenvalues, self.normalizer = StepSize(), normalizer
        ratio = math.log(step_max / step_min)
        self.log_step = nn.Parameter(math.log(step_min) + ratio * torch.rand(d, 1))
        self.a_log_decay = nn.Parameter(torch.full((d, states), math.log(0.5)))
        self.a_im = nn.Parameter(math.pi * torch.arange(float(states)).repeat(d, 1))
        self.C_re, self.C_im = (nn.Parameter(torch.randn(d, states) / 2**0.5) for _ in range(2))
        self.D = nn.Parameter(torch.randn(d))

    def eigenvalue(self) -> Eigenvalue:
        """λ = exp(Δa), (d, states), in double precision."""
        return self.eigenvalues.eigenvalue(self.log_step, self.a_log_decay, self.a_im)

    def gamma(self) -> Tensor:
        """What the input is multiplied by, (d, states), real from a normaliser, else complex."""
        if self.normalizer is not None:
            gamma: Tensor = self.normalizer(self.eigenvalue())
            return gamma
        a = torch.complex(-torch.exp(self.a_log_decay.double()), self.a_im.double())
        return torch.expm1(torch.exp(self.log_step.double()) * a) / a

    def forward(
        self, x: Tensor, state: Tensor | None = None, lengths: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Outputs, and the state to go on from; as `StateSpace.forward`.

        All states of all times are kept at once: batch × time × d × states numbers.

        Args:
            x: inputs, (batch, time, d).
            state: h before the first step, (batch, d, states), complex; by default 0.
            lengths: steps of each sequence, (batch,), integers from 1; by default all of them.

        Returns:
            Outputs, (batch, time, d), and the state after each sequence, (batch, d, states).

        """
        C, lam = torch.complex(self.C_re, self.C_im), self.eigenvalue().unrounded
        u = x.unsqueeze(-1) * self.gamma().to(C.dtype)
        before = None if state is None else state.flatten(1)
        h = scan(lam.flatten(), u.flatten(2), before).unflatten(-1, lam.shape)
        y = 2 * (C * h).real.sum(-1) + self.D * x
        return y, h[:, -1] if lengths is None else at_lengths(h, lengths)
