"""Files of numbers from strangers: read under a limit, refused in one line."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tokenize import TokenError
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

LARGEST = 2**30  # bytes, once they are unpacked
LARGEST_TEXT = 2**28

# what NumPy, zipfile and zlib raise at files that are damaged or forged
_DAMAGE = (
    *(ValueError, TypeError, LookupError, SyntaxError, OverflowError, MemoryError, EOFError),
    *(RuntimeError, TokenError, zipfile.BadZipFile, zlib.error, gzip.BadGzipFile),
)


def read_array(path: Path) -> Array:
    """The array in a .npy file, nothing in which is run.

    Raises:
        ValueError: it is none, or too large; the message says why.
        OSError: it cannot be read.

    """
    with _refused(path, "not a .npy file of numbers"):
        array = np.load(path, allow_pickle=False)
        if not isinstance(array, np.ndarray):
            raise ValueError("it holds several arrays")
        return array


def read_arrays(path: Path, names: Iterable[str]) -> dict[str, Array]:
    """The arrays of these names that an .npz file has, nothing in which is run.

    Raises:
        ValueError: it is no such file, or they are too large; the message says why.
        OSError: it cannot be read.

    """
    with (
        _refused(path, "an .npz file with plain arrays is needed"),
        zipfile.ZipFile(path) as archive,
    ):
        entries = {info.filename: info for info in archive.infolist()}
        wanted = {name: f"{name}.npy" for name in names if f"{name}.npy" in entries}
        # zipfile unpacks no more than this
        _check_size(sum(entries[file].file_size for file in wanted.values()))
        arrays = {}
        for name, file in wanted.items():
            with archive.open(file) as opened:
                arrays[name] = np.lib.format.read_array(opened, allow_pickle=False)
        return arrays


@contextmanager
def opened_text(path: Path) -> Iterator[TextIO]:
    """A text file opened, unpacked if it is named .gz; what is wrong with it is said in a line.

    Raises:
        ValueError: it cannot be read, unpacked to at most LARGEST_TEXT or decoded.

    """
    try:
        if path.suffix == ".gz":
            with gzip.open(path) as packed:
                content = packed.read(LARGEST_TEXT + 1)
            if len(content) > LARGEST_TEXT:
                raise ValueError(f"{path}: unpacked it is more than {LARGEST_TEXT / 1e6:.0f} MB")
            yield io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="")
        else:
            with path.open(encoding="utf-8-sig", newline="") as file:
                yield file
    except (OSError, EOFError, UnicodeDecodeError, csv.Error, zlib.error) as problem:
        raise ValueError(f"{path}: not a CSV file ({problem})") from None


def read_column(path: Path, form: str, choose: Callable[[list[str]], int]) -> Array:
    """One column of numbers of a table, in double precision; NaN where it has no value.

    Args:
        path: the file.
        form: parquet or feather.
        choose: the number of the column, from the names of all.

    Raises:
        ValueError: it is no such file, or too large, or the column has no numbers; or as
            `choose` raises it.
        ModuleNotFoundError: without PyArrow.

    """
    import pyarrow.dataset

    what = f"not a {form.capitalize()} file of numbers"
    with _refused(path, what):
        table = pyarrow.dataset.dataset(path, format=form)
        names = list(table.schema.names)
    name = names[choose(names)]
    with _refused(path, what):
        kind = table.schema.field(name).type
        if not (pyarrow.types.is_integer(kind) or pyarrow.types.is_floating(kind)):
            raise ValueError(f"column {name!r} is of {kind}")
        _check_size(8 * table.count_rows())
        return np.asarray(table.to_table(columns=[name]).column(0).cast("float64").to_numpy())


def _check_size(size: int) -> None:
    """Raise ValueError where what is unpacked has more bytes than are read."""
    if size > LARGEST:
        raise ValueError(f"unpacked it is {size / 1e9:.1f} GB; at most {LARGEST / 1e9:.1f} GB")


@contextmanager
def _refused(path: Path, what: str) -> Iterator[None]:
    try:
        yield
    except _DAMAGE as problem:
        raise ValueError(f"{path}: {what}: {problem}") from None
