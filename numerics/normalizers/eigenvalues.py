"""Eigenvalues that keep 1 − |λ| to full relative accuracy, and maps to them from what is trained.

λ = x e^{iθ} with −1 < x < 1 is held as 1 − x, 1 + x and θ in double precision, or in single where
the device has no other: what is lost when λ itself is rounded near the unit circle is what γ and
the sensitivity depend on (paper §3). What is made of it is rounded to the caller's precision last.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from numerics.normalizers.double_precision import wide

LOG_2 = 0.6931471805599453


class Eigenvalue(NamedTuple):
    """λ = x e^{iθ}, of any shape.

    Attributes:
        one_minus: 1 − x > 0, any shape.
        one_plus: 1 + x > 0, of the same shape.
        angle: θ, any shape that broadcasts with it, or None where λ = x is real.
        dtype: the real type to which γ is rounded, and λ if it is no shorter than float32; the
            type of 1 − x without.

    Examples:
        >>> import torch
        >>> from numerics.normalizers import Eigenvalue
        >>> Eigenvalue.of(torch.tensor([0.5, -0.5])).one_minus_square
        tensor([0.7500, 0.7500], dtype=torch.float64)

    """

    one_minus: Tensor
    one_plus: Tensor
    angle: Tensor | None = None
    dtype: torch.dtype | None = None

    @classmethod
    def of(cls, lam: Tensor) -> Eigenvalue:
        """An eigenvalue from λ itself: no more accurate than 1 − |λ| is after λ was rounded.

        Where λ was rounded to the unit circle, 1 − |λ| is taken for ε/4 of its precision, half
        the distance to the number before 1; its gradient is 0 there.

        Args:
            lam: λ, |λ| < 1, any shape, real or complex.

        Returns:
            λ, of the same shape, whose `dtype` is the real one of `lam`.

        Raises:
            ValueError: if |λ| > 1 by more than rounding, or λ is not a number; not in compiled
                code nor under `torch.func.vmap`, where 1 − x is no number then.

        """
        found = cls.unchecked(lam)
        one_minus, one_plus = (_from_circle(d, lam.real.dtype) for d in found[:2])
        return found._replace(one_minus=one_minus, one_plus=one_plus)

    @classmethod
    def unchecked(cls, lam: Tensor) -> Eigenvalue:
        """An eigenvalue as `of` makes it, whose 1 − |λ| is not positive where λ is not in the disc.

        Args:
            lam: λ, any shape, real or complex.

        Returns:
            λ, of the same shape.

        """
        dtype = lam.real.dtype
        if not lam.is_complex():
            (x,) = wide(lam)
            return cls(1 - x, 1 + x, None, dtype)
        re, im = wide(lam.real, lam.imag)
        # at 0, where the angle has no derivative, λ is real
        is_zero = (re == 0) & (im == 0)
        elsewhere = torch.where(is_zero, 1.0, re)
        modulus = torch.where(is_zero, re, torch.hypot(elsewhere, im))
        angle = torch.where(is_zero, 0.0, torch.atan2(im, elsewhere))
        one_minus = ((1 - re) * (1 + re) - im * im) / (1 + modulus)
        return cls(one_minus, 2 - one_minus, angle, dtype)

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
    def unrounded(self) -> Tensor:
        """λ, real or complex, as precise as 1 − x is."""
        return self.signed_modulus if self.angle is None else torch.complex(*self.pair)

    @property
    def value(self) -> Tensor:
        """λ, real or complex, rounded to `dtype`, or to float32 where that is shorter."""
        dtype = torch.promote_types(self.dtype or self.one_minus.dtype, torch.float32)
        if self.angle is None:
            return self.signed_modulus.to(dtype)
        return torch.complex(*(part.to(dtype) for part in self.pair))


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
            λ, of the shape to which they broadcast, whose `dtype` is the parameters'.

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
            λ, of the shape to which they broadcast, typed as they are, or as complex numbers of
            at least single precision.

        """
        dtype = parameters[0].dtype
        lam = self.eigenvalue(*parameters)._replace(dtype=dtype)
        return lam.value.to(dtype) if lam.angle is None else lam.value


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
        (omega,) = wide(*parameters)
        # each to full relative accuracy, and its derivative too
        one_minus, one_plus = 2 * torch.sigmoid(-2 * omega), 2 * torch.sigmoid(2 * omega)
        return inside(one_minus, one_plus, parameters[0].dtype)

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
        (omega,) = wide(*parameters)
        one_minus = torch.sigmoid(-omega)
        return inside(one_minus, 2 - one_minus, parameters[0].dtype)

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
        (nu_log,) = wide(*parameters)
        one_minus = _one_minus_exp(torch.exp(nu_log))
        return inside(one_minus, 2 - one_minus, parameters[0].dtype)

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
        (angle,) = wide(theta)
        angle = torch.exp(angle) if self.logarithmic else angle
        return self.modulus.eigenvalue(*rest)._replace(angle=angle)

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
        log_step, a_log_decay, a_im = wide(*parameters)
        one_minus = _one_minus_exp(torch.exp(log_step + a_log_decay))
        angle = torch.exp(log_step) * a_im
        return inside(one_minus, 2 - one_minus, parameters[0].dtype)._replace(angle=angle)

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
        return Eigenvalue.of(torch.complex(*wide(*parameters)))._replace(dtype=parameters[0].dtype)

    def right_inverse(self, lam: Tensor) -> tuple[Tensor, ...]:
        """The real and the imaginary part of λ."""
        return lam.real.clone(), lam.imag.clone()


def inside(one_minus: Tensor, one_plus: Tensor, dtype: torch.dtype) -> Eigenvalue:
    """A real λ whose distances from 1 and −1 stay so large that no moment overflows.

    Args:
        one_minus: 1 − λ ≥ 0, any shape.
        one_plus: 1 + λ ≥ 0, of the same shape.
        dtype: the real type to which λ and γ are rounded.

    Returns:
        λ, of the same shape.

    """
    least = torch.finfo(one_minus.dtype).tiny ** 0.2  # moments divide by fifth powers of it
    return Eigenvalue(one_minus.clamp(min=least), one_plus.clamp(min=least), None, dtype)


def _from_circle(distance: Tensor, dtype: torch.dtype) -> Tensor:
    """A distance from the unit circle that a number of type `dtype` has, of which none is 0."""
    eps = torch.finfo(dtype).eps
    is_number = distance >= -2 * eps
    unknown = torch.compiler.is_compiling() or _is_batched(distance) or distance.is_meta
    if not unknown and not is_number.all():
        raise ValueError(f"λ: |λ| < 1 is needed, not {1 - distance[~is_number][0].item():.6g}")
    return torch.where(is_number, torch.where(distance > 0, distance, eps / 4), torch.nan)


def _is_batched(values: Tensor) -> bool:
    """Whether values are one of many under `torch.func.vmap`, perhaps differentiated."""
    while torch._C._functorch.is_gradtrackingtensor(values):
        values = torch._C._functorch.get_unwrapped(values)
    return torch._C._functorch.is_batchedtensor(values)


def _one_minus_exp(s: Tensor) -> Tensor:
    """1 − e^{−s} for s > 0, whose derivative e^{−s} loses nothing where it is small."""
    return torch.where(s < LOG_2, -torch.expm1(-s), 1 - torch.exp(-s))
