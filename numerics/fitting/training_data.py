"""The autocorrelation of training data, and the normaliser for it.

Data are batches of sequences (batch, time, features), gone through batch by batch on the device
where they are. R is the mean over the features: that of Bx for a random B with rows of unit
variance, whatever correlates the features.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import pad
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

from numerics.fitting.autocorrelation import MIN_SAMPLES, FittedAutocorrelation
from numerics.fitting.sums import Sums, difference, misfit, pattern, trend
from numerics.fitting.whittle import MAX_TERMS
from numerics.fitting.zeros import fitted
from numerics.normalizers import InputNormalizer
from theory.printing.choices import one_of

Data = Tensor | NDArray[Any] | PackedSequence | Iterable[Any]


class Masked(NamedTuple):
    """A batch of sequences of which some steps are padding, or missing.

    Attributes:
        x: the sequences, (batch, time, features).
        mask: where there are steps, (batch, time), of truth values.

    Examples:
        >>> import torch
        >>> from numerics.fitting.training_data import Masked
        >>> Masked.of_lengths(torch.ones(2, 3, 1), [3, 1]).mask
        tensor([[ True,  True,  True],
                [ True, False, False]])

    """

    x: Tensor
    mask: Tensor

    @classmethod
    def of_lengths(cls, x: Tensor, lengths: Tensor | Sequence[int]) -> Masked:
        """Sequences of these lengths, and padding after them.

        Args:
            x: the sequences, (batch, time, features).
            lengths: how many steps each has, (batch,).

        """
        steps = torch.arange(x.shape[1], device=x.device)
        return cls(x, steps < torch.as_tensor(lengths, device=x.device)[:, None])


class NotStationary(UserWarning):
    """The data's power or mean depends on the time within a sequence."""


class FeaturesDiffer(UserWarning):
    """Features of which each would need a normaliser of its own have one together."""


class PoorFit(UserWarning):
    """The data's spectrum is half or twice that of the fit around some frequency."""


def normalizer_for(
    data: Data, mean: str = "kept", per_feature: bool | None = None, axis: int = -1
) -> InputNormalizer:
    """γ(λ) for a layer that is fed with these data, from the fit of their autocorrelation.

    Args:
        data: as for `fit_autocorrelation`.
        mean: as for `fit_autocorrelation`.
        per_feature: whether each feature gets a γ of its own, as it must where it drives a
            recurrence of its own (S4D, Mamba, RG-LRU), and not where a matrix mixes them (LRU, S5);
            without it there is one for all, and `FeaturesDiffer` is warned of where that is a
            factor of 2 or more wrong for the E|γh|² of a feature by itself.
        axis: the axis of λ along which the features lie, as for `InputNormalizer`: −1 for gates
            (batch, time, features), −2 for λ of shape (features, states).

    Raises:
        ValueError: where `fit_autocorrelation` raises it.

    Examples:
        >>> import torch
        >>> from numerics.fitting.training_data import normalizer_for
        >>> noise = torch.randn(64, 1000, 3, generator=torch.Generator().manual_seed(0))
        >>> normalizer_for(3 * noise)(torch.tensor(0.0))
        tensor(0.3332)

    """
    if per_feature:
        fits = _fitted(*_gathered(data, mean, None, each=True), MAX_TERMS)
        return InputNormalizer([found.input for found in fits], axis)
    [sums], subtracted = _gathered(data, mean, None)
    [found] = _fitted([sums], subtracted, MAX_TERMS)
    if per_feature is None and (evidence := difference(sums)):
        warnings.warn(evidence, FeaturesDiffer, stacklevel=2)
    return InputNormalizer(found.input)


def fit_features(
    data: Data, mean: str = "kept", max_lag: int | None = None, max_terms: int = MAX_TERMS
) -> list[FittedAutocorrelation]:
    """Fit R of each feature by itself, as `fit_autocorrelation` does their mean.

    Args:
        data: as for `fit_autocorrelation`.
        mean: as for `fit_autocorrelation`.
        max_lag: as for `fit_autocorrelation`.
        max_terms: as for `fit_autocorrelation`.

    Raises:
        ValueError: where `fit_autocorrelation` raises it.

    Examples:
        >>> import torch
        >>> from numerics.fitting.training_data import fit_features
        >>> noise = torch.randn(64, 1000, 2, generator=torch.Generator().manual_seed(0))
        >>> [str(found) for found in fit_features(noise * torch.tensor([1, 2]))]
        ['0.9984·KroneckerDelta(Δ, 0)', '4.024·KroneckerDelta(Δ, 0)']

    """
    return _fitted(*_gathered(data, mean, max_lag, each=True), max_terms)


def fit_autocorrelation(
    data: Data, mean: str = "kept", max_lag: int | None = None, max_terms: int = MAX_TERMS
) -> FittedAutocorrelation:
    """Fit R by white noise, ρ^|Δ| and ρ^|Δ| cos φΔ with positive weights, by Whittle's likelihood.

    Where the data have no power at some frequency, as differences of a series at 0, the terms pass
    through a moving average whose zeros are fitted, too.
    What each sequence keeps for all its time, the mean and its own level, is the term with ρ = 1.
    The standard errors are from the scatter between sequences, of which there are at least eight,
    and else Bartlett's. `NotStationary` is warned of, with the evidence, where the power has a
    trend over the sequence or a tenth of it is the same in every sequence at its time; `PoorFit`
    where around some frequency the data have not half the power that the fit has, or twice it.

    Args:
        data: a tensor (time,) or (batch, time, features), or an iterable of such batches, tensors
            or arrays, all with as many steps and features, at least 32 steps: a DataLoader, whose
            batches may be tuples that begin with the input, or `Activations`. A data frame of
            pandas or Polars is one sequence, its columns the features. Batches with padding are
            `Masked`, or Torch's packed sequences; none may have more steps than the first.
        mean: "kept", or "removed": then each feature's mean over all data is subtracted first,
            for which an iterable is gone through twice.
        max_lag: the last lag estimated beside the fit; by default a quarter of the steps, at
            most 1000. The fit does not depend on it.
        max_terms: how many terms at most, beside the one with ρ = 1.

    Raises:
        ValueError: for data of other shapes or types, with values that are not finite, or without
            variation; or another `mean`.

    Examples:
        >>> import torch
        >>> from numerics.fitting.training_data import fit_autocorrelation
        >>> noise = torch.randn(64, 1000, 3, generator=torch.Generator().manual_seed(0))
        >>> [(round(c.weight, 2), c.rate) for c in fit_autocorrelation(3 * noise).components]
        [(9.01, inf)]

    """
    [found] = _fitted(*_gathered(data, mean, max_lag), max_terms)
    return found


class Activations:
    """What a layer inside a model is fed with, batch by batch: data for `normalizer_for`.

    Each time they are gone through the model is run, without gradients, on all of its inputs.

    Args:
        model: the model.
        layer: the layer's name in it, as `model.named_modules()` has it; what it is called with
            first is to be (batch, time, features).
        data: the model's inputs, as for `fit_autocorrelation`.

    Raises:
        ValueError: if the model has no such layer, or does not call it.

    Examples:
        >>> import torch
        >>> from numerics.fitting.training_data import Activations, normalizer_for
        >>> model = torch.nn.Sequential(torch.nn.Linear(1, 4), torch.nn.ReLU(), torch.nn.GRU(4, 8))
        >>> noise = torch.randn(64, 1000, 1, generator=torch.Generator().manual_seed(0))
        >>> [tuple(x.shape) for x in Activations(model, "2", noise.split(32))]
        [(32, 1000, 4), (32, 1000, 4)]

    """

    def __init__(self, model: nn.Module, layer: str, data: Data) -> None:
        names = [name for name, _ in model.named_modules()]
        if layer not in names:
            raise ValueError(f"layer {layer!r}: {one_of(layer, names[1:])}")
        self.model, self.layer, self.data = model, layer, data

    def __iter__(self) -> Iterator[Tensor | Masked]:
        """Run the model batch by batch, and give what the layer was called with."""
        caught: list[Tensor] = []

        def catch(_: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            caught.append((*args, *kwargs.values())[0].detach())

        hook = self.model.get_submodule(self.layer).register_forward_pre_hook(
            catch, with_kwargs=True
        )
        try:
            for x in _inputs(self.data):
                with torch.no_grad():
                    self.model(x.x if isinstance(x, Masked) else x)
                if not caught:
                    raise ValueError(f"layer {self.layer!r}: the model does not call it")
                yield from (Masked(c, x.mask) if isinstance(x, Masked) else c for c in caught)
                caught.clear()
        finally:
            hook.remove()


def _gathered(
    data: Data, mean: str, max_lag: int | None, each: bool = False
) -> tuple[list[Sums], Tensor | None]:
    """One pass over the data, for all features or for each, and the means subtracted first."""
    if mean not in ("kept", "removed"):
        raise ValueError(f'mean = {mean!r}: "kept" or "removed"')
    subtracted = _feature_means(data) if mean == "removed" else None
    sums: list[Sums] = []
    for x, mask in _batches(data):
        if subtracted is not None:
            x = (x - subtracted) * (1 if mask is None else mask[..., None])
        parts = x.split(1, -1) if each else [x]
        sums = sums or [Sums(x.shape[1], max_lag) for _ in parts]
        for own, part in zip(sums, parts, strict=True):
            own.add(part, mask)
    if not sums:
        raise ValueError("data: no batches; an iterator can be gone through only once")
    return sums, subtracted


def _fitted(
    sums: list[Sums], subtracted: Tensor | None, max_terms: int
) -> list[FittedAutocorrelation]:
    """The fits to all features or to each, and warnings, one of each kind."""
    found, warned = [], dict[int, tuple[type[UserWarning], str]]()
    for feature, own in enumerate(sums):
        of_feature = f"feature {feature}: " if len(sums) > 1 else ""
        periodogram = own.periodogram(of_feature)
        components, zeros = fitted(periodogram, max_terms)
        checks = (
            (NotStationary, trend(own)),
            (NotStationary, pattern(own)),
            (PoorFit, misfit(periodogram, components, zeros)),
        )
        for place, (kind, evidence) in enumerate(checks):
            if evidence:
                warned.setdefault(place, (kind, of_feature + evidence))
        means = None if subtracted is None else subtracted.cpu().numpy()
        if means is not None and of_feature:
            means = means[[feature]]
        found.append(own.fitted(components, zeros, 0.0 if means is None else means))
    for kind, evidence in warned.values():
        warnings.warn(evidence, kind, stacklevel=3)
    return found


def _inputs(data: Data) -> Iterator[Any]:
    """What stands first in each batch, as a tensor if it is an array of real numbers."""
    one = Tensor | np.ndarray | Masked | PackedSequence
    for batch in [data] if isinstance(data, one) or hasattr(data, "to_numpy") else data:
        is_more = isinstance(batch, tuple | list) and not isinstance(batch, one)
        x: Any = batch[0] if is_more else batch  # type: ignore[index]
        if isinstance(x, PackedSequence):
            x = Masked.of_lengths(*pad_packed_sequence(x, batch_first=True))
        if hasattr(x, "to_numpy"):
            x = x.to_numpy()
            x = x[None] if x.ndim == 2 else x
        yield torch.from_numpy(x) if isinstance(x, np.ndarray) and x.dtype.kind in "iuf" else x


def _batches(data: Data) -> Iterator[tuple[Tensor, Tensor | None]]:
    """The batches of data in double precision, (batch, time, features), and where steps are.

    Where none is, there is 0.
    """
    expected = None
    for given in _inputs(data):
        x, mask = given if isinstance(given, Masked) else (given, None)
        if not isinstance(x, Tensor) or x.is_complex() or x.dim() not in (1, 3):
            found = tuple(x.shape) if isinstance(x, Tensor) else type(x).__name__
            hint = "; say what is the input: (b['x'] for b in data)" * isinstance(x, dict)
            raise ValueError(
                "data: real tensors (time,) or (batch, time, features) are needed, not "
                f"{found}{hint}"
            )
        batch = x.detach().double()
        batch = batch[None, :, None] if batch.dim() == 1 else batch
        if mask is not None:
            if mask.shape != batch.shape[:2] or mask.dtype != torch.bool:
                raise ValueError(
                    f"data: a mask of truth values {tuple(batch.shape[:2])} is needed, not "
                    f"{tuple(mask.shape)} of {mask.dtype}"
                )
            batch = torch.where(mask[..., None], batch, 0.0)
            missing = max(0, expected[0] - batch.shape[1]) if expected else 0
            batch, mask = pad(batch, (0, 0, 0, missing)), pad(mask, (0, missing))
        expected = expected or batch.shape[1:]
        if batch.shape[1:] != expected or batch.shape[1] < MIN_SAMPLES:
            raise ValueError(
                f"data: {tuple(batch.shape[1:])} steps and features; as many in all batches are "
                f"needed, and at least {MIN_SAMPLES} steps"
            )
        if not torch.isfinite(batch).all():
            place = tuple((~torch.isfinite(batch)).nonzero()[0].tolist())
            raise ValueError(f"data: {batch[place]} at {place} of a batch is not finite")
        if len(batch) and (mask is None or mask.any()):
            yield batch, None if mask is None or mask.all() else mask


def _feature_means(data: Data) -> Tensor:
    total, count = torch.zeros(()), 0
    for x, mask in _batches(data):
        total = total.to(x) + x.sum((0, 1))
        count += x[..., 0].numel() if mask is None else int(mask.sum())
    return total / max(count, 1)
