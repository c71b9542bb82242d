"""The benchmarks by name, and the report that they make."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from numerics.benchmarks import (
    accuracy,
    evaluation,
    hessian,
    normalizers,
    scan,
    simulation,
    startup,
    throughput,
    training,
)
from numerics.benchmarks.goals import summary
from numerics.benchmarks.tables import Table, machine

PARTS: Mapping[str, Callable[[bool], Iterator[Table]]] = {
    "start": lambda quick: startup.tables(1 if quick else 5),
    "judge": lambda quick: throughput.tables(1 if quick else 3),
    "accuracy": lambda quick: accuracy.tables(20 if quick else 1000),
    "evaluate": lambda quick: evaluation.tables(10**5 if quick else 10**7, 3 if quick else 7),
    "simulate": lambda quick: simulation.tables(3 if quick else 7),
    "hessian": lambda quick: hessian.tables(1 if quick else 5),
    "scan": lambda quick: scan.tables(1 if quick else 7),
    "train": lambda quick: training.tables(1 if quick else 7),
    "normalize": lambda quick: normalizers.tables(1 if quick else 15),
}


def report(tables: Sequence[Table], command: str) -> str:
    """All tables in Markdown, with what they were measured on."""
    lines = ["# Benchmarks", "", f"Made by `{command}` on {machine()}.", ""]
    for table in (summary(tables), *tables):
        lines += table.markdown()
    return "\n".join(lines)
