"""The Hessian of a given linear RNN's loss at its optimum, dense and diagonal (paper §4.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from numerics.fitting.files import read_arrays
from numerics.hessian import at_optimum, diagonal_mass, participation, spectrum_distance
from numerics.recurrences import Realization, dense, diagonal, sampled_moments

Array = NDArray[np.float64]

SHAPES = {
    "A": "(d, d)",
    "B": "(d, d_in)",
    "C": "(d_out, d)",
    "D": "(d_out, d_in)",
    "X": "(batch, time, d_in)",
}
LEADING = 10
LARGEST = 10_000  # rows of a matrix that is formed: 800 MB
# beyond it the diagonal system has lost more than half the digits
WORST_CONDITION = 1 / np.sqrt(np.finfo(float).eps)
NEGLIGIBLE = 1e-10  # of the largest eigenvalue: rounding, as rank(H) may be small


@dataclass(frozen=True)
class Curvature:
    """One parametrisation's Hessian in short.

    Attributes:
        parameters: how many.
        leading_eigenvalues: at most LEADING, from the largest on, without those of rounding.
        participation_ratios: over how many coordinates each one's eigenvector spreads.
        diagonal_mass: the diagonal's share of Σ|H_ij|².

    """

    parameters: int
    leading_eigenvalues: list[float]
    participation_ratios: list[float]
    diagonal_mass: float


@dataclass(frozen=True)
class HessianReport:
    """Both parametrisations, and how far their leading spectra are apart.

    `spectrum_distance` is the root mean square of log10 of the ratios of leading eigenvalues.
    """

    dense: Curvature
    diagonal: Curvature
    spectrum_distance: float

    HEADINGS = ("rank", "dense", "spread", "diagonal", "spread")

    def to_json(self) -> dict[str, Any]:
        """The report in plain lists and numbers."""
        return asdict(self)

    def rows(self) -> list[tuple[str, ...]]:
        """The eigenvalue and participation ratio of both parametrisations, by rank."""
        both = zip(
            self.dense.leading_eigenvalues,
            self.dense.participation_ratios,
            self.diagonal.leading_eigenvalues,
            self.diagonal.participation_ratios,
            strict=False,
        )
        return [
            (str(rank), f"{a:.4g}", f"{spread:.1f}", f"{b:.4g}", f"{other:.1f}")
            for rank, (a, spread, b, other) in enumerate(both, 1)
        ]

    def text(self) -> str:
        """What the table does not say."""
        parts = [
            f"{name}: {c.parameters} parameters, diagonal mass {c.diagonal_mass:.3g}"
            for name, c in (("dense", self.dense), ("complex diagonal", self.diagonal))
        ]
        return "\n".join([*parts, f"spectrum distance {self.spectrum_distance:.3g} decades"])


def read_system(path: Path) -> dict[str, Array]:
    """A, B, C, D and X of an .npz file.

    Raises:
        ValueError: if the file is none, or lacks an array, or one has a wrong shape or entry.
        OSError: if it cannot be read.

    """
    arrays = read_arrays(path, SHAPES)
    for name, shape in SHAPES.items():
        if name not in arrays:
            raise ValueError(f"{path}: there is no array {name}, which has shape {shape}")
    return _checked(arrays)


def hessian_report(system: Mapping[str, NDArray[Any]]) -> HessianReport:
    """The Hessian of the mean squared error where teacher and student agree.

    Args:
        system: A (d, d), B (d, d_in), C (d_out, d), D (d_out, d_in), X (batch, time, d_in), real.

    Returns:
        The report on A, B, C, D; and on λ, B, C (real and imaginary parts) and D of the diagonal
        system.

    Raises:
        ValueError: if a shape or entry is wrong, A is not diagonalisable, or all is too large.

    """
    system = _checked(system)
    moments = sampled_moments(torch.from_numpy(system["X"]))
    matrices = _curvature(dense, {name: system[name] for name in "ABCD"}, moments)
    eigenvalues = _curvature(diagonal, _diagonalised(system), moments)
    pairs = zip(matrices.leading_eigenvalues, eigenvalues.leading_eigenvalues, strict=False)
    return HessianReport(matrices, eigenvalues, spectrum_distance(*zip(*pairs, strict=True)))


def _curvature(
    parametrization: Realization, parameters: Mapping[str, Array], moments: torch.Tensor
) -> Curvature:
    p = {name: torch.from_numpy(np.ascontiguousarray(v)) for name, v in parameters.items()}
    H = at_optimum(parametrization, p, moments).numpy()
    values, vectors = np.linalg.eigh(H)
    leading = np.flatnonzero(values > NEGLIGIBLE * values[-1])[::-1][:LEADING]
    spreads = participation(vectors.T[leading])
    return Curvature(len(H), values[leading].tolist(), spreads.tolist(), float(diagonal_mass(H)))


def _diagonalised(system: Mapping[str, Array]) -> dict[str, Array]:
    lam, V = np.linalg.eig(system["A"])
    condition = np.linalg.cond(V)
    if not condition < WORST_CONDITION:
        raise ValueError(
            f"A: not diagonalisable in double precision, its eigenvectors' condition number is "
            f"{condition:.1e}; at most {WORST_CONDITION:.1e} is right"
        )
    B, C = np.linalg.solve(V, system["B"]), system["C"] @ V
    halves = {"lambda": lam.astype(complex), "B": B.astype(complex), "C": C.astype(complex)}
    parameters: dict[str, Array] = {}
    for name, z in halves.items():
        parameters |= {f"{name}_re": z.real, f"{name}_im": z.imag}
    return parameters | {"D": system["D"]}


def _checked(system: Mapping[str, NDArray[Any]]) -> dict[str, Array]:
    sizes: dict[str, int] = {}
    arrays = {}
    for name, expected in SHAPES.items():
        array = np.asarray(system[name])
        if array.dtype.kind not in "fiu":
            raise ValueError(f"{name}: real numbers are needed, not {array.dtype}")
        axes = expected.strip("()").split(", ")
        if array.ndim != len(axes) or 0 in array.shape:
            raise ValueError(f"{name}: shape {expected} is needed, not {array.shape}")
        for axis, size in zip(axes, array.shape, strict=True):
            if sizes.setdefault(axis, size) != size:
                raise ValueError(
                    f"{name}: shape {expected} with {axis} = {sizes[axis]} is needed, "
                    f"not {array.shape}"
                )
        if not np.isfinite(array).all():
            raise ValueError(f"{name}: finite numbers are needed, not NaN or infinity")
        arrays[name] = array.astype(float)
    if not arrays["X"].any():
        raise ValueError("X: inputs that are not all 0 are needed, as the Hessian is else 0")
    d, d_in, d_out = (sizes[axis] for axis in ("d", "d_in", "d_out"))
    for what, rows in (
        ("A: d² + d (d_in + d_out) + d_in d_out", d * d + d * (d_in + d_out) + d_in * d_out),
        ("X: time · d_in", sizes["time"] * d_in),
    ):
        if rows > LARGEST:
            raise ValueError(f"{what} may be at most {LARGEST}, not {rows}")
    return arrays
