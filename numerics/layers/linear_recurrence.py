"""A layer of linear units whose eigenvalues' map and input normaliser are arguments."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from numerics.layers.scan import scan
from numerics.layers.state_space import StateSpace
from numerics.normalizers import Eigenvalue, EigenvalueMap, InputNormalizer


class LinearRecurrence(StateSpace):
    """h_t = λ h_{t−1} + γ B x_t, y_t = Re(C h_t) + D x_t (paper §3; claim B1).

    Its parameters are those of the map, under their names (for the LRU `nu_log`, `theta_log`), and
    B, C and D.

    Args:
        d_in: input features.
        d_out: output features.
        lam: initial eigenvalues, (d_hidden,), real or complex as the map makes them; see `ring`.
        eigenvalues: the map from what is trained to λ.
        normalizer: γ, a module from `Eigenvalue`s; by default the one for white input.

    Examples:
        >>> import torch
        >>> from numerics.layers import LinearRecurrence
        >>> from numerics.normalizers import Tanh
        >>> layer = LinearRecurrence(3, 2, torch.tensor([0.9, 0.99]), Tanh())
        >>> y, state = layer(torch.randn(8, 100, 3))
        >>> y.shape, state.shape
        (torch.Size([8, 100, 2]), torch.Size([8, 2]))

    """

    def __init__(
        self,
        d_in: int,
        d_out: int,
        lam: Tensor,
        eigenvalues: EigenvalueMap,
        normalizer: nn.Module | None = None,
    ) -> None:
        super().__init__(d_in, lam.shape[-1], d_out, lam.is_complex())
        self.eigenvalues = eigenvalues
        self.normalizer = InputNormalizer() if normalizer is None else normalizer
        trained = eigenvalues.right_inverse(lam)
        parameters = trained if isinstance(trained, tuple) else (trained,)
        for name, value in zip(eigenvalues.names, parameters, strict=True):
            self.register_parameter(name, nn.Parameter(value.detach().clone()))

    def eigenvalue(self) -> Eigenvalue:
        """λ, (d_hidden,), in double precision."""
        return self.eigenvalues.eigenvalue(*(self.get_parameter(n) for n in self.eigenvalues.names))

    def gamma(self) -> Tensor:
        """The input normaliser of each unit, (d_hidden,), real."""
        return self._gamma_at(self.eigenvalue())

    def _gamma_at(self, lam: Eigenvalue) -> Tensor:
        gamma: Tensor = self.normalizer(lam)
        return gamma

    def states(self, u: Tensor, state: Tensor | None) -> Tensor:
        """The states h, by a scan."""
        lam = self.eigenvalue()
        return scan(lam.unrounded, u * self._gamma_at(lam).to(u.real.dtype), state)


def ring(d: int, r_min: float, r_max: float, max_phase: float = 2 * math.pi) -> Tensor:
    """Complex eigenvalues, uniform in area on a ring and in angle (Orvieto et al., 2023, §3).

    Args:
        d: how many.
        r_min: the least modulus, at least 0.
        r_max: the largest modulus, below 1.
        max_phase: the largest angle; the least is 0.

    Returns:
        Eigenvalues, (d,), complex.

    Raises:
        ValueError: if not 0 ≤ r_min ≤ r_max < 1.

    Examples:
        >>> import torch
        >>> from numerics.layers import ring
        >>> lam = ring(1000, 0.9, 0.99)
        >>> lam.abs().min() >= 0.9, lam.abs().max() <= 0.99
        (tensor(True), tensor(True))

    """
    if not 0 <= r_min <= r_max < 1:
        raise ValueError(f"r_min, r_max: 0 ≤ {r_min} ≤ {r_max} < 1 is needed")
    modulus = torch.sqrt(r_min**2 + (r_max**2 - r_min**2) * torch.rand(d))
    return torch.polar(modulus, max_phase * torch.rand(d))
