"""Eigenvalues that keep 1 − |λ| to full relative accuracy, and maps to them from what is trained.

λ = x e^{iθ} with −1 < x < 1 is held as 1 − x, 1 + x and θ in double precision: what is lost when
λ itself is rounded near the unit circle is what γ and the sensitivity depend on (paper §3).
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

LOG_2 = 0.6931471805599453


class Eigenvalue(NamedTuple):
    """λ = x e^{iθ}, of any shape, in float64.

    Attributes:
        one_minus: 1 − x > 0, any shape.
        one_plus: 1 + x > 0, of the same shape.
        angle: θ, any shape that broadcasts with it, or None where λ = x is real.

    Examples:
        >>> import torch
        >>> from numerics.normalizers import Eigenvalue
        >>> Eigenvalue.of(torch.tensor([0.5, -0.5])).one_minus_square
        tensor([0.7500, 0.7500], dtype=torch.float64)

    """

    one_minus: Tensor
    one_plus: Tensor
    angle: Tensor | None = None

    @classmethod
    def of(cls, lam: Tensor) -> Eigenvalue:
        """An eigenvalue from λ itself: no more accurate than 1 − |λ| is after λ was rounded.

        Args:
            lam: λ, |λ| < 1, any shape, real or complex.

        Returns:
            λ, of the same shape.

        """
        if not lam.is_complex():
            x = lam.double()
            return cls(1 - x, 1 + x)
        re, im = lam.real.double(), lam.imag.double()
        one_minus = ((1 - re) * (1 + re) - im * im) / (1 + torch.hypot(re, im))
        return cls(one_minus, 2 - one_minus, torch.atan2(im, re))

    @property
    def signed_modulus(self) -> Tensor:
        """The real number x, |x| = |λ|."""
        return (self.one_plus - self.one_minus) / 2

    @property
    def one_minus_square(self) -> Tensor:
        """1 − |λ|²."""
        return self.one_minus * self.one_plus

    @property
    def pair(self) -> tuple[Tensor, Tensor]:
        """The real and the imaginary part of λ."""
        x = self.signed_modulus
        if self.angle is None:
            return x, torch.zeros_like(x)
        return x * torch.cos(self.angle), x * torch.sin(self.angle)

    @property
    def value(self) -> Tensor:
        """λ, real or complex."""
        return self.signed_modulus if self.angle is None else torch.complex(*self.pair)


class EigenvalueMap(nn.Module):
    """A map from freely trained real tensors to eigenvalues.

    A subclass says what is trained (`names`), what it means (`eigenvalue`) and how an eigenvalue
    is reached (`right_inverse`). `forward` returns λ in the parameters' precision, so that a map
    serves with `torch.nn.utils.parametrize`; `eigenvalue` is what normalisers should be given.

    Examples:
        >>> import torch
        >>> from torch.nn.utils.parametrize import register_parametrization
        >>> from numerics.normalizers import Tanh
        >>> layer = torch.nn.Module()
        >>> layer.lam = torch.nn.Parameter(torch.tensor([0.5, 0.9]))
        >>> _ = register_parametrization(layer, "lam", Tanh())
        >>> layer.lam.detach(), layer.parametrizations.lam.original.detach()
        (tensor([0.5000, 0.9000]), tensor([0.5493, 1.4722]))

    """

    names: tuple[str, ...] = ("omega",)

    def eigenvalue(self, *parameters: Tensor) -> Eigenvalue:
        """λ in double precision.

        Args:
            parameters: those of `names`, of any real type, any shapes that broadcast.

        Returns:
            λ, of the shape to which they broadcast.

        """
        raise NotImplementedError

    def right_inverse(self, lam: Tensor) -> Tensor | tuple[Tensor, ...]:
        """Parameters that give λ; a single tensor where there is a single name.

        Args:
            lam: λ, any shape, real or complex as the map makes it.

        Returns:
            Parameters, each of the same shape.

        """
        raise NotImplementedError

    def forward(self, *parameters: Tensor) -> Tensor:
        """λ, in the parameters' precision.

        Args:
            parameters: as for `eigenvalue`, any shapes that broadcast.

        Returns:
            λ, of the shape to which they broadcast.

        """
        lam = self.eigenvalue(*parameters).value
        single = torch.promote_types(parameters[0].dtype, torch.float32)
        return lam.to(single.to_complex() if lam.is_complex() else single)


class Tanh(EigenvalueMap):
    """λ = tanh ω, real.

    Examples:
        >>> import torch
        >>> from numerics.normalizers import Tanh
        >>> Tanh().eigenvalue(torch.tensor(20.0)).one_minus
        tensor(8.4967e-18, dtype=torch.float64)

    """

    def eigenvalue(self, *parameters: Tensor) -> Eigenvalue:
        """λ = tanh ω, for ω of any shape."""
        (omega,) = _double(parameters)
        # each to full relative accuracy, and its derivative too
        return Eigenvalue(2 * torch.sigmoid(-2 * omega), 2 * torch.sigmoid(2 * omega))

    def right_inverse(self, lam: Tensor) -> Tensor:
        """ω = artanh λ."""
        return torch.atanh(lam.double()).to(lam.dtype)


class Sigmoid(EigenvalueMap):
    """λ = 1/(1 + e^{−ω}), a gate that stays open or shut: the GRU's and the LSTM's (claim B8).

    Examples:
        >>> import torch
        >>> from numerics.normalizers import Sigmoid
        >>> Sigmoid()(torch.tensor([-1.0, 0.0, 1.0]))
        tensor([0.2689, 0.5000, 0.7311])

    """

    def eigenvalue(self, *parameters: Tensor) -> Eigenvalue:
        """λ = 1/(1 + e^{−ω}), for ω of any shape."""
        (omega,) = _double(parameters)
        one_minus = torch.sigmoid(-omega)
        return Eigenvalue(one_minus, 2 - one_minus)

    def right_inverse(self, lam: Tensor) -> Tensor:
        """ω = log(λ/(1 − λ)), 0 < λ < 1."""
        return torch.logit(lam.double()).to(lam.dtype)


class DoubleExponential(EigenvalueMap):
    """λ = exp(−exp ν), the LRU's modulus (claim B4).

    Examples:
        >>> import torch
        >>> from numerics.normalizers import DoubleExponential
        >>> DoubleExponential().right_inverse(torch.tensor(0.99))
        tensor(-4.6002)

    """

    names = ("nu_log",)

    def eigenvalue(self, *parameters: Tensor) -> Eigenvalue:
        """λ = exp(−exp ν), for ν of any shape."""
        (nu_log,) = _double(parameters)
        one_minus = _one_minus_exp(torch.exp(nu_log))
        return Eigenvalue(one_minus, 2 - one_minus)

    def right_inverse(self, lam: Tensor) -> Tensor:
        """ν = log(−log λ), 0 < λ < 1."""
        return torch.log(-torch.log(lam.double())).to(lam.dtype)


class Polar(EigenvalueMap):
    """λ = x e^{iθ}, x by another map, θ = exp(theta_log) as in the LRU, or θ itself.

    Args:
        modulus: a real map.
        logarithmic: whether log θ is trained, 0 < θ.

    Examples:
        >>> import torch
        >>> from numerics.normalizers import DoubleExponential, Polar
        >>> lru = Polar(DoubleExponential())
        >>> lru.names
        ('nu_log', 'theta_log')
        >>> nu_log, theta_log = lru.right_inverse(torch.tensor([0.9j]))
        >>> lru.eigenvalue(nu_log, theta_log).one_minus
        tensor([0.1000], dtype=torch.float64)

    """

    def __init__(self, modulus: EigenvalueMap, logarithmic: bool = True) -> None:
        super().__init__()
        self.modulus, self.logarithmic = modulus, logarithmic
        self.names = (*modulus.names, "theta_log" if logarithmic else "theta")

    def eigenvalue(self, *parameters: Tensor) -> Eigenvalue:
        """λ = x e^{iθ}, where the angle is the last parameter."""
        *rest, theta = parameters
        theta = torch.exp(theta.double()) if self.logarithmic else theta.double()
        return self.modulus.eigenvalue(*rest)._replace(angle=theta)

    def right_inverse(self, lam: Tensor) -> tuple[Tensor, ...]:
        """Parameters from |λ| and arg λ, the latter in (0, 2π) where log θ is trained."""
        inverse = self.modulus.right_inverse(lam.abs())
        rest = inverse if isinstance(inverse, tuple) else (inverse,)
        theta = lam.angle()
        if self.logarithmic:
            theta = torch.log(torch.where(theta > 0, theta, theta + 2 * torch.pi))
        return *rest, theta


class StepSize(EigenvalueMap):
    """λ = exp(Δ a), Δ = exp(log_step), a = −exp(a_log_decay) + i a_im: S4's (S4D, §3; claim B8).

    Examples:
        >>> import torch
        >>> from numerics.normalizers import StepSize
        >>> log_step = torch.log(torch.tensor(0.1))
        >>> StepSize().eigenvalue(log_step, torch.tensor(0.0), torch.tensor(1.0)).one_minus
        tensor(0.0952, dtype=torch.float64)

    """

    names = ("log_step", "a_log_decay", "a_im")

    def eigenvalue(self, *parameters: Tensor) -> Eigenvalue:
        """λ = exp(Δ a), where log_step may have a last axis of size 1, for all states together."""
        log_step, a_log_decay, a_im = _double(parameters)
        one_minus = _one_minus_exp(torch.exp(log_step + a_log_decay))
        return Eigenvalue(one_minus, 2 - one_minus, torch.exp(log_step) * a_im)

    def right_inverse(self, lam: Tensor) -> tuple[Tensor, ...]:
        """Parameters that give λ with Δ = 1."""
        log_decay = torch.log(-torch.log(lam.abs()))
        return torch.zeros_like(log_decay), log_decay, lam.angle()


class Cartesian(EigenvalueMap):
    """λ itself, by its real and its imaginary part, |λ| < 1.

    Examples:
        >>> import torch
        >>> from numerics.normalizers import Cartesian
        >>> Cartesian()(torch.tensor(0.6), torch.tensor(0.7))
        tensor(0.6000+0.7000j)

    """

    names = ("lambda_re", "lambda_im")

    def eigenvalue(self, *parameters: Tensor) -> Eigenvalue:
        """λ from its real and its imaginary part."""
        return Eigenvalue.of(torch.complex(*_double(parameters)))

    def right_inverse(self, lam: Tensor) -> tuple[Tensor, ...]:
        """The real and the imaginary part of λ."""
        return lam.real.clone(), lam.imag.clone()


def _double(parameters: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return tuple(p.double() for p in parameters)


def _one_minus_exp(s: Tensor) -> Tensor:
    """1 − e^{−s} for s > 0, whose derivative e^{−s} loses nothing where it is small."""
    return torch.where(s < LOG_2, -torch.expm1(-s), 1 - torch.exp(-s))
