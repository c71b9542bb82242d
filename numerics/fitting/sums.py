"""What one pass over batches of sequences leaves, and what it shows to be wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import norm, t as student_t
from torch import Tensor

from numerics.fitting.autocorrelation import (
    LARGEST_DEFAULT_LAG,
    SAMPLES_PER_LAG,
    FittedAutocorrelation,
    at_lags,
    standard_errors,
)
from numerics.fitting.whittle import LONGEST_SEGMENT, Component, Periodogram, misjudged_power, odd
from numerics.fitting.zeros import Zero, through

Array = NDArray[Any]  # float64

MANY = 8  # sequences from which on their scatter says how sure an average is
PARTS = 8  # of each sequence, whose powers show a trend
MATERIAL = 0.1  # a change of power by a tenth: of γ by a twentieth
CHANCE = 1e-4  # of a warning where nothing is wrong
CHANCE_AT_A_LAM = 1e-6  # of one for a λ; some hundred are tried
MEMORIES = (0.0, 0.9, 0.99, 0.999)  # λ whose states tell features apart


@dataclass
class Scatter:
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
        """The mean over the sequences."""
        return np.asarray(self.total / self.count)

    @property
    def variance(self) -> Array:
        """The variance between sequences, of which there are at least two."""
        excess = self.squares / self.count - self.mean**2
        return np.asarray(np.maximum(excess, 0) * self.count / (self.count - 1))

    @property
    def standard_error(self) -> Array:
        """The standard error of the mean."""
        return np.asarray(np.sqrt(self.variance / self.count))


class Sums:
    """What one pass over the data leaves: means over the features, but for their `heard`.

    Of sequences with gaps, padding among them, a mean square is over the pairs of steps that are
    there, and a spectrum what those pairs make of it (Sykulski et al. 2019).
    """

    def __init__(self, steps: int, max_lag: int | None) -> None:
        self.steps, self.count, self.whole = steps, 0, 0
        default = min(steps // SAMPLES_PER_LAG, LARGEST_DEFAULT_LAG)
        self.max_lag = default if max_lag is None else max_lag
        if not 0 <= self.max_lag <= steps // SAMPLES_PER_LAG:
            raise ValueError(f"max_lag = {max_lag}: from 0 to a quarter of the {steps} steps")
        self.spectrum, self.products = Scatter(), Scatter()
        self.levels, self.powers, self.heard = Scatter(), Scatter(), Scatter()
        self.at_each_time = torch.zeros(())
        self.piece = odd(steps // -(-steps // LONGEST_SEGMENT))
        # pairs of steps by their lag, in sequences and in their pieces; squared lengths of pieces
        self.pairs, self.pairs_in_pieces = np.zeros(self.max_lag + 1), np.zeros(self.piece)
        self.squared_lengths = 0.0
        # a state that remembers a tenth of the steps at most has seen enough of them
        self.memories = [lam for lam in MEMORIES if (1 - lam) * steps >= 10]
        omega = torch.linspace(0, torch.pi, steps + 1, dtype=torch.float64)
        heard = [1 / (1 + lam**2 - 2 * lam * torch.cos(omega)) for lam in self.memories]
        self.heard_at = torch.stack(heard)

    def add(self, x: Tensor, mask: Tensor | None = None) -> None:
        """Add one batch to the sums, x being 0 where a mask says that nothing is there."""
        here = x.new_ones(x.shape[:2]) if mask is None else mask.to(x)
        whole = x[here.bool().all(1)]
        self.count, self.whole = self.count + len(x), self.whole + len(whole)
        self.at_each_time = self.at_each_time.to(x) + whole.sum(0)
        self.powers.add(_in_parts(whole.square().mean(-1), PARTS).mean(-1))
        of_each = torch.fft.rfft(x, n=2 * self.steps, dim=1).abs().square()
        self.heard.add(self.heard_at.to(x) @ of_each)
        self.products.add(torch.fft.irfft(of_each.mean(-1), dim=1)[:, : self.max_lag + 1])
        self.pairs += _pairs(here)[: self.max_lag + 1]
        cut = self.steps // self.piece
        end = cut * self.piece
        pieces = _in_parts(x.mT[..., :end], cut)
        present = _in_parts(here[:, :end], cut).flatten(0, 1)
        lengths = present.sum(1)
        transform = torch.fft.rfft(pieces).abs().square().mean(1).flatten(0, 1)[lengths > 0]
        self.levels.add(transform[:, 0])
        self.spectrum.add(transform[:, 1 : (self.piece + 1) // 2])
        self.pairs_in_pieces += _pairs(present)
        self.squared_lengths += float(lengths.square().sum())

    @property
    def autocorrelation(self) -> Array:
        """The mean product of pairs of steps, by their lag."""
        return np.asarray(self.products.total / np.maximum(self.pairs, 1))

    def periodogram(self, of_feature: str = "") -> Periodogram:
        """The mean periodogram of the sequences; whose it is, an error says.

        Each counts as so many independent ones as the scatter between sequences says, at least one.
        """
        steps = self.pairs_in_pieces[0]
        mean = self.spectrum.total / steps
        floor = float(np.mean(mean))
        rounding = (self.piece * np.finfo(float).eps) ** 2
        if floor <= rounding * float(self.autocorrelation[0]):
            raise ValueError(f"data: {of_feature}constant in time, so without autocorrelation")
        independent = 1.0
        if self.spectrum.count >= MANY:
            scatter = self.spectrum.variance / self.spectrum.mean**2
            independent = max(1.0, 1 / float(np.mean(scatter)))
        omega = 2 * np.pi * np.arange(1, mean.size + 1) / self.piece
        pairs = None if self.whole == self.count else self.pairs_in_pieces / steps
        pieces = max(1, round(steps / self.piece * independent))
        return Periodogram(mean + floor, floor, omega, self.piece, pieces, pairs)

    def level(self, components: Sequence[Component], zeros: Sequence[Zero] = ()) -> list[Component]:
        """The term with ρ = 1: the mean square of means over time that the others do not explain.

        What these explain is a mean of `count` squares, at most as uncertain as a χ² with one
        degree of freedom each.
        """
        both_signs = np.where(np.arange(self.piece) == 0, 1, 2) * self.pairs_in_pieces
        R = at_lags(components, self.piece, zeros)
        explained = float(both_signs @ R) / self.squared_lengths
        excess = float(self.levels.total) / self.squared_lengths - explained
        chance = 3 * explained * np.sqrt(2 / self.levels.count)
        return [Component(excess, 0.0)] if excess > chance else []

    def fitted(
        self, components: list[Component], zeros: tuple[Zero, ...], means: Array | float
    ) -> FittedAutocorrelation:
        """The fit of these components and the level beside what was estimated."""
        components = components + self.level(components, zeros)
        far = at_lags(components, self.steps, zeros)
        steps = round(self.pairs[0])
        # up to the first lag that no pair has
        last = int(np.argmax(np.append(self.pairs == 0, True))) - 1
        errors = standard_errors(far, steps, last)
        if self.count >= MANY:
            per_pair = self.count / self.pairs[: last + 1]
            errors = self.products.standard_error[: last + 1] * per_pair
        return FittedAutocorrelation(
            tuple(sorted(components, key=lambda k: -k.weight)),
            zeros,
            means,
            self.autocorrelation[: last + 1],
            far[: last + 1],
            errors,
            steps,
        )


def difference(sums: Sums) -> str | None:
    """What shows that one γ is wrong by itself for some feature, or None."""
    if sums.count < MANY:
        return None
    power, error = sums.heard.mean, sums.heard.standard_error
    shared = power.mean(-1, keepdims=True)
    # E|γh|² of each feature is power/shared; errors as of a Gaussian, over all that is compared
    chance = norm.isf(CHANCE / 2 / power.size) * error
    is_off = (power - chance > 2 * shared) | (power + chance < shared / 2)
    if not is_off.any():
        return None
    ratios = power / shared
    with np.errstate(divide="ignore"):  # a feature may be constantly 0
        worst = int(np.argmax(np.where(is_off.any(-1), ratios.max(-1) / ratios.min(-1), 0)))
    low, high = int(np.argmin(ratios[worst])), int(np.argmax(ratios[worst]))
    return (
        f"the features differ: with one γ for all, E|γh|² for λ = {sums.memories[worst]} is "
        f"{ratios[worst, low]:.2g} in feature {low} and {ratios[worst, high]:.2g} in feature "
        f"{high}; where each drives a recurrence of its own, `per_feature=True` gives each its γ, "
        "and where a matrix mixes them `per_feature=False` is right"
    )


def misfit(
    periodogram: Periodogram, components: Sequence[Component], zeros: Sequence[Zero]
) -> str | None:
    """What shows that the fit does not follow the data's spectrum, or None."""
    worst = misjudged_power(through(periodogram, zeros), components, CHANCE_AT_A_LAM)
    if worst is None:
        return None
    (modulus, angle), ratio = worst
    ends = {0.0: f"{modulus:.4g}", np.pi: f"−{modulus:.4g}"}
    shown = ends.get(angle, f"{modulus:.4g}·e^{angle:.4g}i")
    return (
        f"for λ = {shown} the data's E|h|² is {ratio:.2g} of the fit's, so that E|γh|² is too: "
        "few terms, and few frequencies without power, cannot follow the spectrum"
    )


def trend(sums: Sums) -> str | None:
    """What shows a trend of the power over a sequence, or None.

    It takes least squares through the powers of the parts of all sequences without gaps, and
    Student's test.
    """
    if not sums.whole:
        return None
    mean, place = sums.powers.mean, np.arange(PARTS) - (PARTS - 1) / 2
    slope = float(place @ mean / (place @ place))
    line = np.mean(mean) + slope * place
    residuals = np.sum(sums.powers.squares - 2 * line * sums.powers.total + sums.whole * line**2)
    freedom = sums.whole * PARTS - 2
    error = float(np.sqrt(max(residuals, 0) / freedom / (sums.whole * (place @ place))))
    change = slope * PARTS / float(np.mean(mean))
    if abs(change) < MATERIAL or abs(slope) < student_t.isf(CHANCE / 2, freedom) * error:
        return None
    return (
        f"the power changes by {change:+.0%} from the beginning to the end of a sequence "
        f"({abs(slope) / error:.1f} standard errors): γ is for its mean"
    )


def pattern(sums: Sums) -> str | None:
    """What shows a share of the variance to be common to sequences, time by time, or None.

    Sequences with gaps are left out.
    """
    if sums.whole < 2:
        return None
    common = sums.at_each_time / sums.whole
    constant = common.mean(0)
    variance = float(np.mean(sums.powers.mean)) - float(constant.square().mean())
    shared = float((common - constant).square().mean()) / variance
    share = (sums.whole * shared - 1) / (sums.whole - 1)
    # by chance it scatters by √2/n at most, as a χ² with one degree of freedom
    if share < max(MATERIAL, 4 * np.sqrt(2) / sums.whole):
        return None
    return (
        f"{share:.0%} of the variance is the same in all {sums.whole} sequences at its time, as "
        "position embeddings are: γ takes it for memory"
    )


def _pairs(here: Tensor) -> Array:
    """How many pairs of steps there are at each lag in sequences, 1 where a step is there."""
    steps = here.shape[1]
    if here.all():
        return len(here) * np.arange(steps, 0.0, -1)
    power = torch.fft.rfft(here, n=2 * steps, dim=1).abs().square().sum(0)
    return np.asarray(torch.fft.irfft(power)[:steps].round().cpu().numpy())


def _in_parts(x: Tensor, parts: int) -> Tensor:
    """The last axis in equal parts; what is left over at its end is left out."""
    length = x.shape[-1] // parts
    pieces: Tensor = x[..., : parts * length].unflatten(-1, (parts, length))
    return pieces
