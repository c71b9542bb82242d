"""Seconds until a command has answered, and until normalisers are imported."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from numerics.benchmarks.tables import Table
from numerics.benchmarks.timing import interleaved

COMMAND = str(Path(sys.executable).with_name("curseproof"))  # of this environment
COMMANDS = ("--help", "list", "show A5", "eval second_moment --set lambda=1/2")
IMPORT = "import numerics.normalizers"
_TIMED = f"import time, torch; t = time.perf_counter(); {IMPORT}; print(time.perf_counter() - t)"


def tables(rounds: int) -> Iterator[Table]:
    """Commands of this environment's `curseproof`, each a fresh process, and an import in one."""
    contestants = {
        f"curseproof {line}": partial(output, COMMAND, *line.split()) for line in COMMANDS
    }
    rows = [(t.name, t.seconds) for t in interleaved(contestants, rounds)]
    imports = [float(output(sys.executable, "-c", _TIMED)) for _ in range(rounds)]
    rows.append((f"{IMPORT}, after import torch", statistics.median(imports)))
    note = f"From start to end of a fresh process; of the import, within one: median of {rounds}."
    yield Table("Start", note, ("what", "seconds"), rows)


def output(*command: str) -> bytes:
    """What a command prints."""
    return subprocess.run(command, check=True, capture_output=True).stdout  # noqa: S603
