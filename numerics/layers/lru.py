"""The linear recurrent unit (Orvieto et al., 2023)."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from numerics.layers.linear_recurrence import LinearRecurrence, ring
from numerics.normalizers import DoubleExponential, Eigenvalue, Polar


class LRU(LinearRecurrence):
    """λ = exp(−exp nu_log + i exp theta_log), γ trained freely from sqrt(1 − |λ|²) on.

    Its parameters have the names of the literature: `nu_log`, `theta_log`, `gamma_log`, B, C, D.

    Args:
        d_in: input features.
        d_hidden: units.
        d_out: output features.
        r_min: the least initial modulus of an eigenvalue.
        r_max: the largest one.
        max_phase: the largest initial angle.

    Examples:
        >>> import torch
        >>> from numerics.layers import LRU
        >>> layer = LRU(3, 16, 2)
        >>> sorted(layer.state_dict())
        ['B_im', 'B_re', 'C_im', 'C_re', 'D', 'gamma_log', 'nu_log', 'theta_log']

    """

    def __init__(
        self,
        d_in: int,
        d_hidden: int,
        d_out: int,
        r_min: float = 0.9,
        r_max: float = 0.999,
        max_phase: float = 2 * math.pi,
    ) -> None:
        lam = ring(d_hidden, r_min, r_max, max_phase)
        super().__init__(d_in, d_out, lam, Polar(DoubleExponential()))
        self.gamma_log = nn.Parameter(
            torch.log(super()._gamma_at(self.eigenvalue())).to(lam.real.dtype).detach()
        )

    def _gamma_at(self, lam: Eigenvalue) -> Tensor:
        """The normaliser γ that is trained, instead of the derived one."""
        return torch.exp(self.gamma_log)
