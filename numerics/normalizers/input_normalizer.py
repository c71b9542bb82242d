"""γ(λ) for a given input, as a module, and the sensitivity that it leaves (paper §3).

An input whose spectrum is a mixture R(Δ) = Σ_j w_j z_j^Δ with w_j > 0 moves a state as a sum of
independent inputs does: E|h|² and E|∂h/∂λ|² are sums of those for R = ρ^Δ, ρ = |z_j|, with the
eigenvalue turned by arg z_j. For each the form without cancellation is known
(`numerics.normalizers.ar1_moments`), and its factors follow from 1 ∓ x and θ. Another one is for
terms that pass through a moving average (`numerics.normalizers.filtered_moments`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from numerics.normalizers.ar1_moments import second_moment, sensitivity
from numerics.normalizers.double_precision import DoublePrecision, wide
from numerics.normalizers.eigenvalues import Eigenvalue
from numerics.normalizers.filtered_moments import filtered_second_moment, filtered_sensitivity
from numerics.normalizers.real_gamma import is_for, real_gamma
from numerics.normalizers.stored_inputs import FILTER, NAMES, tensors, what_is_wrong
from numerics.normalizers.written import latex, written

if TYPE_CHECKING:
    from theory.inputs import StationaryInput


class InputNormalizer(DoublePrecision):
    """γ = 1/sqrt(E|h|²) as a function of λ, for one input or one of each feature; trains nothing.

    The real λ of an `Eigenvalue`, or of a real tensor, may have either sign. Differentiable and
    computed in double precision, without ε and without clipping: the error grows with none of
    1/(1 − |λ|), where an `Eigenvalue` is given and not λ itself. Results have the precision of λ.
    A tensor of real λ in the processor's memory is worked through in blocks, backward in closed
    form: nothing but λ, γ and dγ/dλ is kept.

    An input that was given is part of the module's `state_dict`: `white_v1` is the weight of white
    noise, and the rows of `terms_v1` are the weight, 1 − ρ, 1 + ρ and φ of each term ρ^Δ e^{iφΔ}.
    Those of what is filtered are in `filtered_v1`, white noise with ρ = 0 among them, and the rows
    of `zeros_v1` are 1 − r, 1 + r and θ of each zero r e^{iθ} of its filter. They load into any
    `InputNormalizer`, whatever input it was made for.

    Args:
        x: the input, by default white: `theory.inputs.exponential(ρ)`, mixtures of them, damped
            cosines, white noise, such a one `theory.filtering.filtered`, or the `input` of a fit to
            data; or a sequence with one for each feature.
        axis: the axis of λ along which the features lie, −1 or less, where there is one input
            for each.

    Raises:
        ValueError: if `x` has parameters without values, or is no mixture of such terms with
            positive weights; or for another `axis`.

    Examples:
        >>> import torch
        >>> from numerics.normalizers import InputNormalizer
        >>> from theory import exponential
        >>> normalizer = InputNormalizer(exponential(0.9))
        >>> normalizer(torch.tensor([0.0, 0.9, 0.99], dtype=torch.float64))
        tensor([1.0000, 0.1412, 0.0339], dtype=torch.float64)
        >>> normalizer
        InputNormalizer(R(Δ) = 1·0.9^Δ)

    """

    white_v1: Tensor | None
    terms_v1: Tensor | None
    filtered_v1: Tensor | None
    zeros_v1: Tensor | None
    _here: Tensor

    def __init__(
        self, x: StationaryInput | Sequence[StationaryInput] | None = None, axis: int = -1
    ) -> None:
        super().__init__()
        if axis >= 0:
            raise ValueError(f"axis = {axis}: an axis counted from the last one, −1, is needed")
        self.register_buffer("_here", torch.empty(0), persistent=False)  # where λ will be
        for name, numbers in tensors(x, axis).items():
            self.register_buffer(name, numbers)

    def forward(self, eigenvalue: Eigenvalue | Tensor) -> Tensor:
        """γ at λ.

        Args:
            eigenvalue: λ, any shape; with an input for each feature, one that broadcasts with
                their axis.

        Returns:
            γ, of the shape of λ, in its precision.

        Raises:
            ValueError: if λ is a tensor with |λ| > 1 (see `Eigenvalue.of`), or has another number
                of features.

        """
        if not isinstance(eigenvalue, Tensor):
            return self._gamma(eigenvalue)
        if self._is_single and self.zeros_v1 is None and is_for(eigenvalue):
            white, terms = self._weights()
            return real_gamma(eigenvalue, white, terms, self._by_operations)
        return self._by_operations(eigenvalue)

    def second_moment(self, eigenvalue: Eigenvalue) -> Tensor:
        """E|h|² without a normaliser.

        Args:
            eigenvalue: λ, any shape.

        Returns:
            E|h|², of the same shape, in the precision of λ.

        """
        return _as_precise_as(eigenvalue, self._second_moment(eigenvalue))

    def sensitivity(self, eigenvalue: Eigenvalue) -> Tensor:
        """E|∂h/∂λ|² without a normaliser (of a complex λ: by each of its parts).

        Args:
            eigenvalue: λ, any shape.

        Returns:
            E|∂h/∂λ|², of the same shape, in the precision of λ: infinite in single precision
            where 1 − |λ| is below 1e-13.

        """
        return _as_precise_as(eigenvalue, self._sensitivity(eigenvalue))

    def metric(self, eigenvalue: Eigenvalue) -> Tensor:
        """γ² E|∂h/∂λ|², the sensitivity of a normalised state, γ held fixed.

        Args:
            eigenvalue: λ, any shape.

        Returns:
            The metric, of the same shape, in the precision of λ.

        """
        metric = self._sensitivity(eigenvalue) / self._second_moment(eigenvalue)
        return _as_precise_as(eigenvalue, metric)

    def extra_repr(self) -> str:
        """The input's autocorrelation, or how many inputs there are."""
        if self.white_v1 is None:
            return ""
        return f"R(Δ) = {self._autocorrelation()}" if self._is_single else self._count()

    def _repr_latex_(self) -> str:
        """γ and the input that it is for, as notebooks show them."""
        gamma = r"$\gamma(\lambda) = 1 / \sqrt{\operatorname{E}\lvert h\rvert^2}"
        if not self._is_single:
            return f"{gamma}$ for {self._count()}"
        return rf"{gamma},\quad R(\Delta) = {latex(self._autocorrelation())}$"

    @property
    def _is_single(self) -> bool:
        """Whether there is one input, whose numbers are known."""
        white = self.white_v1
        return white is None or (white.dim() == 0 and not white.is_meta)

    def _count(self) -> str:
        count = 1 if self.white_v1 is None else self.white_v1.numel()
        return f"{count} input{'s' * (count != 1)}"

    def _autocorrelation(self) -> str:
        """R(Δ) of the single input as text."""
        white, terms = self._weights()
        beside = _sum_of([[white, 1.0, 1.0, 0.0], *terms])
        if self.zeros_v1 is None or self.filtered_v1 is None:
            return beside
        b = ", ".join(f"{float(weight.real):.4g}" for weight in _filter_weights(self.zeros_v1))
        passed = f"{_sum_of(self.filtered_v1.tolist())}, filtered by the weights {b}"
        return f"{passed}, and {beside} beside it" if beside else passed

    def _weights(self) -> tuple[float, list[list[float]]]:
        """The weight of white noise, and the numbers of the terms, of a single input."""
        if self.white_v1 is None or self.terms_v1 is None:
            return 1.0, []
        return self.white_v1.item(), self.terms_v1.tolist()

    def _by_operations(self, lam: Tensor) -> Tensor:
        """γ at λ by Torch's own operations, which it may trace, transform and differentiate."""
        return self._gamma(Eigenvalue.of(lam))

    def _gamma(self, eigenvalue: Eigenvalue) -> Tensor:
        return _as_precise_as(eigenvalue, torch.rsqrt(self._second_moment(eigenvalue)))

    def _second_moment(self, eigenvalue: Eigenvalue) -> Tensor:
        found = self._moment(eigenvalue, 1 / eigenvalue.one_minus_square, second_moment)
        return found + self._filtered_moment(eigenvalue, filtered_second_moment)

    def _sensitivity(self, eigenvalue: Eigenvalue) -> Tensor:
        of_noise = (1 + eigenvalue.signed_modulus**2) / eigenvalue.one_minus_square**3
        found = self._moment(eigenvalue, of_noise, sensitivity)
        return found + self._filtered_moment(eigenvalue, filtered_sensitivity)

    def _moment(
        self, eigenvalue: Eigenvalue, of_noise: Tensor, of_term: Callable[..., Tensor]
    ) -> Tensor:
        """A moment: that for white noise and those for the terms, which have a last axis so far."""
        if self.white_v1 is None or self.terms_v1 is None:
            return of_noise
        _check_features(self.white_v1.shape, of_noise.shape)
        white, terms = (numbers.to(of_noise.dtype) for numbers in (self.white_v1, self.terms_v1))
        weight, one_minus_rho, one_plus_rho, turned = terms.unbind(-1)
        if eigenvalue.angle is not None:
            turned = turned + eigenvalue.angle.unsqueeze(-1)
        one_minus, one_plus = eigenvalue.one_minus.unsqueeze(-1), eigenvalue.one_plus.unsqueeze(-1)
        toward, away = torch.cos(turned / 2) ** 2, torch.sin(turned / 2) ** 2
        x = (one_plus - one_minus) / 2
        factors = {
            "abs2_lam": x * x,
            "one_minus_abs2_lam": eigenvalue.one_minus_square.unsqueeze(-1),
            "abs2_one_minus_lam": one_minus**2 * toward + one_plus**2 * away,
            "abs2_one_plus_lam": one_plus**2 * toward + one_minus**2 * away,
            "one_minus_rho": one_minus_rho,
            "one_plus_rho": one_plus_rho,
        }
        return white * of_noise + (weight * of_term(**factors)).sum(-1)

    def _filtered_moment(
        self, eigenvalue: Eigenvalue, of_term: Callable[..., Tensor]
    ) -> Tensor | float:
        """A moment of what is filtered, 0 where nothing is."""
        if self.filtered_v1 is None or self.zeros_v1 is None:
            return 0.0
        dtype = eigenvalue.one_minus.dtype
        weight, *term = self.filtered_v1.to(dtype).unbind(-1)
        zeros = self.zeros_v1.to(dtype)
        re, im = eigenvalue.pair
        moment = of_term(
            [value.unsqueeze(-1) for value in _filter_weights(zeros)],
            _distance(eigenvalue, *zeros.unbind(-1)).prod(-1, keepdim=True),
            _ratio(*term),
            torch.complex(re, -im).unsqueeze(-1),
            _distance(eigenvalue, *term),
            term[0] * term[1],
            eigenvalue.one_minus_square.unsqueeze(-1),
        )
        return (weight * moment).sum(-1)

    def _load_from_state_dict(
        self,
        state_dict: Mapping[str, Any],
        prefix: str,
        local_metadata: Any,
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        """Take the input of a checkpoint, whatever this module's was."""
        names = (*NAMES, *FILTER)
        numbers = {n: state_dict[prefix + n] for n in names if prefix + n in state_dict}
        if wrong := what_is_wrong(numbers):
            error_msgs.append(f"{', '.join(prefix + name for name in numbers)}: {wrong}")
            return
        if numbers:
            self._buffers |= dict.fromkeys(FILTER)
        for name, value in numbers.items():
            (self._buffers[name],) = wide(torch.empty_like(value, device=self._here.device))
        super()._load_from_state_dict(
            state_dict,
            prefix,
            local_metadata,
            strict,
            missing_keys,
            unexpected_keys,
            error_msgs,
        )


def _as_precise_as(eigenvalue: Eigenvalue, values: Tensor) -> Tensor:
    return values.to(eigenvalue.dtype or values.dtype)


def _check_features(inputs: torch.Size, lam: torch.Size) -> None:
    """Raise unless λ has the features that there are inputs for."""
    for own, others in zip(reversed(inputs), reversed(lam), strict=False):
        if own not in (1, others) and others != 1:
            raise ValueError(
                f"λ of shape {tuple(lam)}: its features are to broadcast with {tuple(inputs)}, "
                "those of the inputs; see `axis`"
            )


def _sum_of(terms: Sequence[Sequence[float]]) -> str:
    """Terms of an autocorrelation as text, of a pair of conjugate ones a cosine."""
    return " + ".join(
        written(weight * (2 if 0 < turn < math.pi else 1), 1 - distance, turn)
        for weight, distance, _, turn in terms
        if weight > 0 and turn >= 0
    )


def _ratio(one_minus: Tensor, one_plus: Tensor, turn: Tensor) -> Tensor:
    """The number r e^{iφ} from 1 − r, 1 + r and φ."""
    r = (one_plus - one_minus) / 2
    return torch.complex(r * torch.cos(turn), r * torch.sin(turn))


def _distance(eigenvalue: Eigenvalue, one_minus: Tensor, one_plus: Tensor, turn: Tensor) -> Tensor:
    """1 − wλ̄ for each w = r e^{iφ}, along a last axis, no small difference left to rounding."""
    near, far = eigenvalue.one_minus.unsqueeze(-1), eigenvalue.one_plus.unsqueeze(-1)
    if eigenvalue.angle is not None:
        turn = turn - eigenvalue.angle.unsqueeze(-1)
    toward = (one_minus * far + one_plus * near) / 2  # 1 − rx, as λ = x e^{iθ}
    away = (one_minus * near + one_plus * far) / 2
    re = toward * torch.cos(turn / 2) ** 2 + away * torch.sin(turn / 2) ** 2
    im = (toward - away) / 2 * torch.sin(turn)
    return torch.complex(re, im)


def _filter_weights(zeros: Tensor) -> list[Tensor]:
    """The weights of Π (1 − bz) for zeros b, the rows of `zeros_v1`."""
    found = [
        torch.ones_like(zeros[..., 0, 0], dtype=torch.promote_types(zeros.dtype, torch.complex64))
    ]
    for b in _ratio(*zeros.unbind(-1)).unbind(-1):
        higher = [*found[1:], torch.zeros_like(b)]
        found = [found[0], *(w - b * lower for w, lower in zip(higher, found, strict=True))]
    return found
