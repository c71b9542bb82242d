"""γ(λ) for a given input, as a module, and the sensitivity that it leaves (paper §3).

An input whose spectrum is a mixture R(Δ) = Σ_j w_j z_j^Δ with w_j > 0 moves a state as a sum of
independent inputs does: E|h|² and E|∂h/∂λ|² are sums of those for R = ρ^Δ, ρ = |z_j|, with the
eigenvalue turned by arg z_j. For each the form without cancellation is known
(`numerics.normalizers.ar1_moments`), and its factors follow from 1 ∓ x and θ.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from numerics.normalizers.ar1_moments import second_moment, sensitivity
from numerics.normalizers.double_precision import DoublePrecision
from numerics.normalizers.eigenvalues import Eigenvalue

if TYPE_CHECKING:
    from theory.inputs import StationaryInput

DIGITS = 40


class InputNormalizer(DoublePrecision):
    """γ = 1/sqrt(E|h|²) as a function of λ, for one input; it trains nothing.

    The real λ of an `Eigenvalue`, or of a real tensor, may have either sign. Differentiable and
    computed in double precision, without ε and without clipping: the error grows with none of
    1/(1 − |λ|), where an `Eigenvalue` is given and not λ itself. An input that was given is part
    of the module's `state_dict`.

    Args:
        x: the input, by default white: `theory.inputs.exponential(ρ)`, mixtures of them, damped
            cosines, white noise, or the `input` of a fit to data.

    Raises:
        ValueError: if `x` has parameters without values, or is no mixture of such terms with
            positive weights.

    Examples:
        >>> import torch
        >>> from numerics.normalizers import InputNormalizer
        >>> from theory import exponential
        >>> normalizer = InputNormalizer(exponential(0.9))
        >>> normalizer(torch.tensor([0.0, 0.9, 0.99], dtype=torch.float64))
        tensor([1.0000, 0.1412, 0.0339], dtype=torch.float64)

    """

    _white: Tensor
    _weight: Tensor
    _one_minus_rho: Tensor
    _one_plus_rho: Tensor
    _turn: Tensor

    def __init__(self, x: StationaryInput | None = None) -> None:
        super().__init__()
        white_part, terms = (1.0, []) if x is None else _numbers(x)
        numbers = torch.tensor(terms, dtype=torch.float64).reshape(-1, 4)
        columns = [torch.tensor(white_part, dtype=torch.float64), *numbers.T.clone()]
        names = ("_white", "_weight", "_one_minus_rho", "_one_plus_rho", "_turn")
        for name, column in zip(names, columns, strict=True):
            self.register_buffer(name, column, persistent=x is not None)

    def forward(self, eigenvalue: Eigenvalue | Tensor) -> Tensor:
        """γ at λ.

        Args:
            eigenvalue: λ, any shape.

        Returns:
            γ, of the same shape: float64, or λ's own precision if a tensor was given.

        """
        if isinstance(eigenvalue, Tensor):
            gamma: Tensor = torch.rsqrt(self.second_moment(Eigenvalue.of(eigenvalue)))
            return gamma.to(torch.promote_types(eigenvalue.dtype, torch.float32).to_real())
        return torch.rsqrt(self.second_moment(eigenvalue))

    def _repr_latex_(self) -> str:
        """γ and the input that it is for, as notebooks show them."""
        columns = (self._weight, self._one_minus_rho, self._turn)
        parts = [rf"{float(self._white):.4g}\,\delta_{{\Delta, 0}}"] * bool(self._white > 0)
        for weight, distance, turn in zip(*(c.tolist() for c in columns), strict=True):
            wave = rf" e^{{{turn:.4g} i \Delta}}" if turn else ""
            parts.append(rf"{weight:.4g} \cdot {1 - distance:.6g}^{{\Delta}}{wave}")
        gamma = r"\gamma(\lambda) = 1 / \sqrt{\operatorname{E}\lvert h\rvert^2}"
        return rf"${gamma},\quad R(\Delta) = {' + '.join(parts)}$"

    def second_moment(self, eigenvalue: Eigenvalue) -> Tensor:
        """E|h|² without a normaliser.

        Args:
            eigenvalue: λ, any shape.

        Returns:
            E|h|², of the same shape, float64.

        """
        return self._white / eigenvalue.one_minus_square + self._of_terms(second_moment, eigenvalue)

    def sensitivity(self, eigenvalue: Eigenvalue) -> Tensor:
        """E|∂h/∂λ|² without a normaliser (of a complex λ: by each of its parts).

        Args:
            eigenvalue: λ, any shape.

        Returns:
            E|∂h/∂λ|², of the same shape, float64.

        """
        distance = eigenvalue.one_minus_square
        of_noise = (1 + eigenvalue.signed_modulus**2) / distance**3
        return self._white * of_noise + self._of_terms(sensitivity, eigenvalue)

    def metric(self, eigenvalue: Eigenvalue) -> Tensor:
        """γ² E|∂h/∂λ|², the sensitivity of a normalised state, γ held fixed.

        Args:
            eigenvalue: λ, any shape.

        Returns:
            The metric, of the same shape, float64.

        """
        return self.sensitivity(eigenvalue) / self.second_moment(eigenvalue)

    def _of_terms(self, moment: Callable[..., Tensor], eigenvalue: Eigenvalue) -> Tensor:
        """A moment summed over the input's terms, which have a last axis until then."""
        one_minus, one_plus = eigenvalue.one_minus.unsqueeze(-1), eigenvalue.one_plus.unsqueeze(-1)
        turned = self._turn
        if eigenvalue.angle is not None:
            turned = turned + eigenvalue.angle.unsqueeze(-1)
        toward, away = torch.cos(turned / 2) ** 2, torch.sin(turned / 2) ** 2
        x = (one_plus - one_minus) / 2
        factors = {
            "abs2_lam": x * x,
            "one_minus_abs2_lam": eigenvalue.one_minus_square.unsqueeze(-1),
            "abs2_one_minus_lam": one_minus**2 * toward + one_plus**2 * away,
            "abs2_one_plus_lam": one_plus**2 * toward + one_minus**2 * away,
            "one_minus_rho": self._one_minus_rho,
            "one_plus_rho": self._one_plus_rho,
        }
        moments: Tensor = self._weight * moment(**factors)
        return moments.sum(-1)


def _numbers(x: StationaryInput) -> tuple[float, list[list[float]]]:
    """The weight of white noise; weight, 1 − ρ, 1 + ρ and turn of each other term."""
    import sympy as sp

    from theory.symbols import Delta

    unknown = x.autocorrelation().free_symbols - {Delta}
    if unknown:
        raise ValueError(f"no value for {', '.join(sorted(map(str, unknown)))} in the input")
    weights = [value for _, value in x.lags] + [t.coefficient for t in x.terms]
    simple = all(lag == 0 for lag, _ in x.lags) and all(t.power == 0 for t in x.terms)
    if not (simple and all(w.is_positive for w in weights)):
        raise ValueError(
            f"R(Δ) = {x.autocorrelation()}: a sum of white noise, ρ^Δ and ρ^Δ cos φΔ with "
            "positive weights is needed"
        )
    terms = []
    for term in x.terms:
        z = term.ratio
        rho_, turn = (z, sp.S.Zero) if z.is_real else (sp.Abs(z), sp.arg(z))
        numbers = (term.coefficient, 1 - rho_, 1 + rho_, turn)
        terms.append([float(n.evalf(DIGITS)) for n in numbers])
    return float(sum(value for _, value in x.lags)), terms
