"""The autocorrelation of training data, and the normaliser for it.

Data are batches of sequences (batch, time, features), gone through batch by batch on the device
where they are. R is the mean over the features: that of Bx for a random B with rows of unit
variance, whatever correlates the features.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import t as student_t
from torch import Tensor

from numerics.fitting.autocorrelation import (
    LARGEST_DEFAULT_LAG,
    MIN_SAMPLES,
    SAMPLES_PER_LAG,
    FittedAutocorrelation,
    at_lags,
    standard_errors,
)
from numerics.fitting.whittle import (
    LONGEST_SEGMENT,
    MAX_TERMS,
    Component,
    Periodogram,
    maximum_likelihood,
)
from numerics.normalizers import InputNormalizer

Array = NDArray[Any]  # float64
Data = Tensor | Iterable[Any]

MANY = 8  # sequences from which on their scatter says how sure an average is
PARTS = 8  # of each sequence, whose powers show a trend
MATERIAL = 0.1  # a change of power by a tenth: of γ by a twentieth
CHANCE = 1e-4  # of a warning where nothing is wrong


class NotStationary(UserWarning):
    """The data's power or mean depends on the time within a sequence."""


def normalizer_for(data: Data, mean: str = "kept") -> InputNormalizer:
    """γ(λ) for a layer that is fed with these data: `InputNormalizer(fit_autocorrelation(data))`.

    Args:
        data: as for `fit_autocorrelation`.
        mean: as for `fit_autocorrelation`.

    Raises:
        ValueError: where `fit_autocorrelation` raises it.

    Examples:
        >>> import torch
        >>> from numerics.fitting.training_data import normalizer_for
        >>> noise = torch.randn(64, 1000, 3, generator=torch.Generator().manual_seed(0))
        >>> normalizer_for(3 * noise)(torch.tensor(0.0))
        tensor(0.3332)

    """
    return InputNormalizer(fit_autocorrelation(data, mean).input)


def fit_autocorrelation(
    data: Data, mean: str = "kept", max_lag: int | None = None, max_terms: int = MAX_TERMS
) -> FittedAutocorrelation:
    """Fit R by white noise, ρ^|Δ| and ρ^|Δ| cos φΔ with positive weights, by Whittle's likelihood.

    What each sequence keeps for all its time, the mean and its own level, is the term with ρ = 1.
    The standard errors are from the scatter between sequences, of which there are at least eight,
    and else Bartlett's. `NotStationary` is warned of, with the evidence, where the power has a
    trend over the sequence or a tenth of it is the same in every sequence at its time.

    Args:
        data: a tensor (time,) or (batch, time, features), or an iterable of such batches, all
            with as many steps and features, at least 32 steps: a DataLoader, whose batches may
            be tuples that begin with the input.
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
    if mean not in ("kept", "removed"):
        raise ValueError(f'mean = {mean!r}: "kept" or "removed"')
    subtracted = _feature_means(data) if mean == "removed" else None
    sums = _Sums.over(_batches(data), subtracted, max_lag)
    periodogram = sums.periodogram()
    for evidence in (_trend(sums), _pattern(sums)):
        if evidence:
            warnings.warn(evidence, NotStationary, stacklevel=2)
    components = maximum_likelihood(periodogram, max_terms)
    components += sums.level(components)
    far = at_lags(components, sums.steps)
    last = sums.autocorrelation.mean.size - 1
    by_theory = standard_errors(far, sums.count * sums.steps, last)
    return FittedAutocorrelation(
        tuple(sorted(components, key=lambda k: -k.weight)),
        0.0 if subtracted is None else subtracted.cpu().numpy(),
        sums.autocorrelation.mean,
        far[: last + 1],
        sums.autocorrelation.standard_error if sums.count >= MANY else by_theory,
        sums.count * sums.steps,
    )


@dataclass
class _Scatter:
    """The sum over sequences of some numbers, and of their squares."""

    count: int = 0
    total: Array | float = 0.0
    squares: Array | float = 0.0

    def add(self, values: Tensor) -> None:
        """Add values of shape (sequences, …) to the sums."""
        self.count += len(values)
        self.total = self.total + values.sum(0).cpu().numpy()
        self.squares = self.squares + values.square().sum(0).cpu().numpy()

    @property
    def mean(self) -> Array:
        return np.asarray(self.total / self.count)

    @property
    def variance(self) -> Array:
        """The variance between sequences, of which there are at least two."""
        excess = self.squares / self.count - self.mean**2
        return np.asarray(np.maximum(excess, 0) * self.count / (self.count - 1))

    @property
    def standard_error(self) -> Array:
        return np.asarray(np.sqrt(self.variance / self.count))


class _Sums:
    """What one pass over the data leaves; every quantity is a mean over the features."""

    def __init__(self, steps: int, max_lag: int | None) -> None:
        self.steps, self.count = steps, 0
        default = min(steps // SAMPLES_PER_LAG, LARGEST_DEFAULT_LAG)
        self.max_lag = default if max_lag is None else max_lag
        if not 0 <= self.max_lag <= steps // SAMPLES_PER_LAG:
            raise ValueError(f"max_lag = {max_lag}: from 0 to a quarter of the {steps} steps")
        self.spectrum, self.autocorrelation = _Scatter(), _Scatter()
        self.levels, self.powers = _Scatter(), _Scatter()
        self.at_each_time = torch.zeros(())

    @classmethod
    def over(cls, batches: Iterator[Tensor], subtracted: Tensor | None, lag: int | None) -> _Sums:
        """The sums over all batches."""
        sums = None
        for x in batches:
            sums = sums or cls(x.shape[1], lag)
            sums.add(x if subtracted is None else x - subtracted)
        if sums is None:
            raise ValueError("data: no batches; an iterator can be gone through only once")
        return sums

    def add(self, x: Tensor) -> None:
        """Add one batch to the sums."""
        self.count += len(x)
        self.at_each_time = self.at_each_time.to(x) + x.sum(0)
        self.powers.add(_in_parts(x.square().mean(-1), PARTS).mean(-1))
        spectrum = torch.fft.rfft(x, n=2 * self.steps, dim=1).abs().square().mean(-1)
        pairs = torch.fft.irfft(spectrum, dim=1)[:, : self.max_lag + 1]
        samples = self.steps - torch.arange(self.max_lag + 1, device=x.device)
        self.autocorrelation.add(pairs / samples)
        pieces = _in_parts(x.mT, -(-self.steps // LONGEST_SEGMENT))
        self.piece = pieces.shape[-1]
        transform = torch.fft.rfft(pieces).abs().square().mean(1).flatten(0, 1) / self.piece
        self.levels.add(transform[:, 0] / self.piece)
        self.spectrum.add(transform[:, 1 : (self.piece + 1) // 2])

    def periodogram(self) -> Periodogram:
        """The mean periodogram of the sequences.

        Each counts as so many independent ones as the scatter between sequences says, at least one.
        """
        pieces, mean = self.spectrum.count, self.spectrum.mean
        floor = float(np.mean(mean))
        rounding = (self.piece * np.finfo(float).eps) ** 2
        if floor <= rounding * float(np.mean(self.powers.mean)):
            raise ValueError("data: constant in time, so that it has no autocorrelation")
        independent = 1.0
        if pieces >= MANY:
            independent = max(1.0, 1 / float(np.mean(self.spectrum.variance / mean**2)))
        omega = 2 * np.pi * np.arange(1, mean.size + 1) / self.piece
        return Periodogram(mean + floor, floor, omega, self.piece, round(pieces * independent))

    def level(self, components: Sequence[Component]) -> list[Component]:
        """The term with ρ = 1: the mean square of means over time that the others do not explain.

        What these explain is a mean of `count` squares, at most as uncertain as a χ² with one
        degree of freedom each.
        """
        lags = np.arange(self.piece)
        weights = np.where(lags == 0, 1, 2) * (1 - lags / self.piece) / self.piece
        explained = float(weights @ at_lags(components, self.piece))
        excess = float(self.levels.mean) - explained
        chance = 3 * explained * np.sqrt(2 / self.levels.count)
        return [Component(excess, 0.0)] if excess > chance else []


def _trend(sums: _Sums) -> str | None:
    """What shows a trend of the power over a sequence, or None.

    It takes least squares through the powers of the parts of all sequences, and Student's test.
    """
    mean, place = sums.powers.mean, np.arange(PARTS) - (PARTS - 1) / 2
    slope = float(place @ mean / (place @ place))
    line = np.mean(mean) + slope * place
    residuals = np.sum(sums.powers.squares - 2 * line * sums.powers.total + sums.count * line**2)
    freedom = sums.count * PARTS - 2
    error = float(np.sqrt(max(residuals, 0) / freedom / (sums.count * (place @ place))))
    change = slope * PARTS / float(np.mean(mean))
    if abs(change) < MATERIAL or abs(slope) < student_t.isf(CHANCE / 2, freedom) * error:
        return None
    return (
        f"the power changes by {change:+.0%} from the beginning to the end of a sequence "
        f"({abs(slope) / error:.1f} standard errors): γ is for its mean"
    )


def _pattern(sums: _Sums) -> str | None:
    """What shows a share of the variance to be common to all sequences, time by time, or None."""
    if sums.count < 2:
        return None
    common = sums.at_each_time / sums.count
    constant = common.mean(0)
    variance = float(np.mean(sums.powers.mean)) - float(constant.square().mean())
    shared = float((common - constant).square().mean()) / variance
    share = (sums.count * shared - 1) / (sums.count - 1)
    # by chance it scatters by √2/count at most, as a χ² with one degree of freedom
    if share < max(MATERIAL, 4 * np.sqrt(2) / sums.count):
        return None
    return (
        f"{share:.0%} of the variance is the same in all {sums.count} sequences at its time, as "
        "position embeddings are: γ takes it for memory"
    )


def _batches(data: Data) -> Iterator[Tensor]:
    """The batches of data in double precision, (batch, time, features)."""
    expected = None
    for batch in [data] if isinstance(data, Tensor) else data:
        x = batch[0] if isinstance(batch, tuple | list) else batch
        if not isinstance(x, Tensor) or x.is_complex() or x.dim() not in (1, 3):
            found = tuple(x.shape) if isinstance(x, Tensor) else type(x).__name__
            raise ValueError(
                f"data: real tensors (time,) or (batch, time, features) are needed, not {found}"
            )
        x = x.detach().double()
        x = x[None, :, None] if x.dim() == 1 else x
        expected = expected or x.shape[1:]
        if x.shape[1:] != expected or x.shape[1] < MIN_SAMPLES:
            raise ValueError(
                f"data: {tuple(x.shape[1:])} steps and features; as many in all batches are "
                f"needed, and at least {MIN_SAMPLES} steps"
            )
        if not torch.isfinite(x).all():
            place = tuple((~torch.isfinite(x)).nonzero()[0].tolist())
            raise ValueError(f"data: {x[place]} at {place} of a batch is not finite")
        if len(x):
            yield x


def _feature_means(data: Data) -> Tensor:
    total, count = torch.zeros(()), 0
    for x in _batches(data):
        total = total.to(x) + x.mean(1).sum(0)
        count += len(x)
    return total / max(count, 1)


def _in_parts(x: Tensor, parts: int) -> Tensor:
    """The last axis in equal parts; what is left over at its end is left out."""
    length = x.shape[-1] // parts
    pieces: Tensor = x[..., : parts * length].unflatten(-1, (parts, length))
    return pieces
