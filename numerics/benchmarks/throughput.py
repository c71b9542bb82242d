"""How fast claims are judged, by the command: thirty formulas of the paper, with nothing kept."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from numerics.benchmarks.startup import COMMAND, output
from numerics.benchmarks.tables import Table

CLAIMS = 30
ALL, MEDIAN = f"{CLAIMS} formulas, from start to end", "one formula, all methods, in the median"


def tables(rounds: int) -> Iterator[Table]:
    """Seconds for all, and for one in the median, of a fresh process with an empty store."""
    listed = json.loads(output(COMMAND, "list", "--json", "-"))
    names = [claim["id"] for claim in listed if "experiment" not in claim][:CLAIMS]
    whole, medians = [], []
    with TemporaryDirectory() as folder:
        for number in range(rounds):
            found, store = (Path(folder) / f"{number}.{kind}" for kind in ("json", "sqlite"))
            start = time.perf_counter()
            output(COMMAND, "verify", *names, "--store", str(store), "--json", str(found))
            whole.append(time.perf_counter() - start)
            claims = json.loads(found.read_text(encoding="utf-8"))["claims"]
            medians.append(statistics.median(claim["seconds"] for claim in claims))
    yield Table(
        "Judging",
        f"The paper's first {CLAIMS} formulas, in a fresh process with an empty store: median of "
        f"{rounds} rounds.",
        ("what", "seconds"),
        [(ALL, statistics.median(whole)), (MEDIAN, statistics.median(medians))],
    )
