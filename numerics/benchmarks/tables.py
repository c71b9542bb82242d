"""What benchmarks come to: tables of measured figures."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PEERS = ("jax", "numba", "numpy", "scipy", "sympy", "torch")


@dataclass(frozen=True)
class Table:
    """A table of measured figures.

    Attributes:
        title: what stands above it.
        note: what was measured and how, in a sentence or two.
        headings: those of the columns.
        rows: text and numbers.

    """

    title: str
    note: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str | float]]

    def markdown(self) -> Iterator[str]:
        """The table in Markdown, line by line."""
        yield from (f"### {self.title}", "", self.note, "")
        for row in (self.headings, ("---",) * len(self.headings), *self.rows):
            yield f"| {' | '.join(map(shown, row))} |"
        yield ""

    def to_json(self) -> dict[str, object]:
        """The table as a dictionary that can be written as JSON."""
        return asdict(self)


def shown(cell: str | float) -> str:
    """A cell as text, a number to three digits."""
    return cell if isinstance(cell, str) else f"{cell:.3g}"


def machine() -> str:
    """The processor, and the versions of what was run, in a line."""
    versions = []
    for name in PEERS:
        try:
            versions.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            versions.append(f"no {name}")
    return (
        f"{_processor()}, {os.cpu_count()} cores, {platform.system()}, "
        f"Python {platform.python_version()}, {', '.join(versions)}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
