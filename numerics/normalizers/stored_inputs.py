"""Inputs as the tensors that an `InputNormalizer` keeps, and takes from a checkpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

if TYPE_CHECKING:
    from theory.inputs import StationaryInput

DIGITS = 40
NAMES = ("white_v1", "terms_v1")  # in a state_dict; other numbers will have other names
FILTER = ("filtered_v1", "zeros_v1")  # where a part of the input is filtered

_NO_TERM = [0.0, 1.0, 1.0, 0.0]  # white noise without weight
_NO_ZERO = [1.0, 1.0, 0.0]  # at 0, where it changes nothing

Rows = list[list[float]]


def tensors(
    x: StationaryInput | Sequence[StationaryInput] | None, axis: int
) -> dict[str, Tensor | None]:
    """The tensors for inputs along an axis of λ: see `InputNormalizer`.

    Args:
        x: an input, or one for each feature, or none.
        axis: −1 or less; the axis of features.

    Returns:
        By its name each tensor, of the shape of the features and then its rows; or None.

    Raises:
        ValueError: for inputs that are no mixtures of white noise and terms ρ^Δ e^{iφΔ} with
            positive weights, filtered or not, or that have parameters without values.

    """
    if x is None:
        return dict.fromkeys((*NAMES, *FILTER))
    inputs = list(x) if isinstance(x, Sequence) else [x]
    if not inputs:
        raise ValueError("x: at least one input is needed")
    along = [len(inputs)] + [1] * (-1 - axis) if isinstance(x, Sequence) else []
    white, *rows = zip(*map(_numbers, inputs), strict=True)
    terms, filtered, zeros = (
        _padded(of_each, nothing, along)
        for of_each, nothing in zip(rows, (_NO_TERM, _NO_TERM, _NO_ZERO), strict=True)
    )
    return {
        "white_v1": torch.tensor(white, dtype=torch.float64).reshape(along),
        "terms_v1": terms,
        "filtered_v1": filtered if filtered.numel() else None,
        "zeros_v1": zeros if filtered.numel() else None,
    }


def what_is_wrong(numbers: Mapping[str, Any]) -> str:
    """What is wrong with the numbers of a checkpoint; empty if nothing is, or there are none."""
    if not numbers:
        return ""
    if not all(isinstance(value, Tensor) for value in numbers.values()):
        return "tensors are needed"
    wanted = (*NAMES, *FILTER) if set(numbers) & set(FILTER) else NAMES
    if missing := [name for name in wanted if name not in numbers]:
        return f"there is no {' and no '.join(missing)}"
    white, *rows = numbers.values()
    for value, width in zip(rows, (4, 4, 3), strict=False):
        if value.dim() < 2 or (*white.shape, width) != (*value.shape[:-2], value.shape[-1]):
            shapes = " and ".join(str(tuple(v.shape)) for v in numbers.values())
            return f"shapes {shapes} do not fit together"
    if any(value.is_meta for value in numbers.values()):
        return ""
    is_allowed = torch.all((white >= 0) & white.isfinite())
    for value in rows:
        one_minus, one_plus, turn = value[..., -3:].unbind(-1)
        is_allowed &= torch.all((one_minus >= 0) & (one_plus >= 0) & turn.isfinite())
        is_allowed &= torch.all((one_minus + one_plus - 2).abs() < 1e-6)
        is_allowed &= torch.all((value[..., 0] >= 0) & value[..., 0].isfinite())
    return "" if is_allowed else "not the numbers of an autocorrelation"


def _padded(of_each: Sequence[Rows], nothing: list[float], along: list[int]) -> Tensor:
    """A tensor of the rows of each input, as many for each, (…, rows, columns)."""
    most = max(map(len, of_each))
    rows = [[*own, *[nothing] * (most - len(own))] for own in of_each]
    return torch.tensor(rows, dtype=torch.float64).reshape(*along, most, len(nothing))


def _numbers(x: StationaryInput) -> tuple[float, Rows, Rows, Rows]:
    """The weight of white noise, the rows of other terms, of filtered ones, and of zeros."""
    import sympy as sp

    from theory.filtering import FilteredInput
    from theory.symbols import Delta

    unknown = x.autocorrelation().free_symbols - {Delta}
    if unknown:
        raise ValueError(f"no value for {', '.join(sorted(map(str, unknown)))} in the input")
    if not isinstance(x, FilteredInput):
        return *_of_mixture(x), [], []
    white, terms = _of_mixture(x.source)
    zeros = []
    for r, cosine in x.zeros:
        turn = sp.acos(cosine)
        for angle in (turn,) if cosine**2 == 1 else (turn, -turn):
            zeros.append([float(n.evalf(DIGITS)) for n in (1 - r, 1 + r, angle)])
    return (
        *_of_mixture(x.beside),
        [[white, 1.0, 1.0, 0.0]] * (white > 0) + terms,
        zeros or [_NO_ZERO],
    )


def _of_mixture(x: StationaryInput) -> tuple[float, Rows]:
    """The weight of white noise; weight, 1 − ρ, 1 + ρ and turn of each other term."""
    import sympy as sp

    weights = [value for _, value in x.lags] + [t.coefficient for t in x.terms]
    simple = all(lag == 0 for lag, _ in x.lags) and all(t.power == 0 for t in x.terms)
    if not (simple and all(w.is_positive for w in weights)):
        raise ValueError(
            f"R(Δ) = {x.autocorrelation()}: a sum of white noise, ρ^Δ and ρ^Δ cos φΔ with "
            "positive weights is needed, or one `filtered`"
        )
    terms = []
    for term in x.terms:
        z = term.ratio
        rho_, turn = (z, sp.S.Zero) if z.is_real else (sp.Abs(z), sp.arg(z))
        numbers = (term.coefficient, 1 - rho_, 1 + rho_, turn)
        terms.append([float(n.evalf(DIGITS)) for n in numbers])
    return float(sum(value for _, value in x.lags)), terms
