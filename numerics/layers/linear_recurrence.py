"""A layer of linear units whose eigenvalues' map and input normaliser are arguments."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from numerics.layers.scan import scan
from numerics.normalizers import Eigenvalue, EigenvalueMap, InputNormalizer


class LinearRecurrence(nn.Module):
    """h_t = λ h_{t−1} + γ B x_t, y_t = Re(C h_t) + D x_t (paper §3; claim B1).

    Its parameters are those of the map, under their names (for the LRU `nu_log`, `theta_log`), and
    B, C and D; complex matrices by their parts, `B_re` and so on. B and C are drawn so that white
    input of unit variance gives states and outputs of unit variance where γ is the one for it.

    Args:
        d_in: input features.
        d_out: output features.
        lam: initial eigenvalues (d,), real or complex as the map makes them; see `ring`.
        eigenvalues: from what is trained to λ.
        normalizer: γ, a module from `Eigenvalue`s; by default the one for white input.

    """

    def __init__(
        self,
        d_in: int,
        d_out: int,
        lam: Tensor,
        eigenvalues: EigenvalueMap,
        normalizer: nn.Module | None = None,
    ) -> None:
        super().__init__()
        self.eigenvalues = eigenvalues
        self.normalizer = InputNormalizer() if normalizer is None else normalizer
        trained = eigenvalues.right_inverse(lam)
        parameters = trained if isinstance(trained, tuple) else (trained,)
        for name, value in zip(eigenvalues.names, parameters, strict=True):
            self.register_parameter(name, nn.Parameter(value.detach().clone()))
        self.is_complex = lam.is_complex()
        d = lam.shape[-1]
        for name, shape, scale in (("B", (d, d_in), d_in), ("C", (d_out, d), d)):
            for part in self._parts(name):
                values = torch.randn(shape) / math.sqrt(scale * len(self._parts(name)))
                self.register_parameter(part, nn.Parameter(values))
        self.D = nn.Parameter(torch.randn(d_out, d_in) / math.sqrt(d_in))

    def eigenvalue(self) -> Eigenvalue:
        """λ, in double precision."""
        return self.eigenvalues.eigenvalue(*(self.get_parameter(n) for n in self.eigenvalues.names))

    def gamma(self) -> Tensor:
        """The input normaliser of each unit, (d,)."""
        gamma: Tensor = self.normalizer(self.eigenvalue())
        return gamma

    def forward(
        self, x: Tensor, state: Tensor | None = None, lengths: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Outputs, and the state to go on from.

        Args:
            x: input (batch, time, d_in).
            state: h before the first step (batch, d), complex if λ is; by default 0.
            lengths: steps of each sequence (batch,), at least 1; by default all of them. What
                comes after them is computed, and has no influence on the state.

        Returns:
            Outputs (batch, time, d_out), and the states (batch, d) after each sequence.

        """
        lam = self.eigenvalue().value
        u = x.to(self._matrix("B").dtype) @ self._matrix("B").mT
        u = u * self.gamma().to(x.dtype)
        if state is not None:
            first = u[:, :1] + (lam * state).to(u.dtype).unsqueeze(1)
            u = torch.cat([first, u[:, 1:]], 1)
        h = scan(lam, u)
        y = (h @ self._matrix("C").mT).real + x @ self.D.mT
        if lengths is None:
            return y, h[:, -1]
        return y, h[torch.arange(len(h), device=h.device), lengths.to(h.device) - 1]

    def _parts(self, name: str) -> tuple[str, ...]:
        return (f"{name}_re", f"{name}_im") if self.is_complex else (name,)

    def _matrix(self, name: str) -> Tensor:
        parts = [self.get_parameter(part) for part in self._parts(name)]
        return torch.complex(*parts) if self.is_complex else parts[0]


def ring(d: int, r_min: float, r_max: float, max_phase: float = 2 * math.pi) -> Tensor:
    """Complex eigenvalues, uniform in area on a ring and in angle (Orvieto et al., 2023, §3).

    Args:
        d: how many.
        r_min: the least modulus, at least 0.
        r_max: the largest modulus, below 1.
        max_phase: the largest angle; the least is 0.

    Raises:
        ValueError: if not 0 ≤ r_min ≤ r_max < 1.

    """
    if not 0 <= r_min <= r_max < 1:
        raise ValueError(f"r_min, r_max: 0 ≤ {r_min} ≤ {r_max} < 1 is needed")
    modulus = torch.sqrt(r_min**2 + (r_max**2 - r_min**2) * torch.rand(d))
    return torch.polar(modulus, max_phase * torch.rand(d))
