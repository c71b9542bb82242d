"""What a machine with a CUDA device makes of the tests, the claims and the benchmarks.

Run as `reports/gpu.sh [--rehearse]`. A rehearsal is small, and takes the CPU for the device, with
Triton's interpreter. Written is gpu/DEVICE.json, and beside it the tables in Markdown.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "gpu"
SECTIONS = "ABCD"
GPU_TESTS = ("tests/numerics/simulate/test_moments.py", "tests/numerics/layers/test_fused.py")


def main() -> None:
    """Run all parts, say how long each took, and write what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rehearse", action="store_true", help="small, on the CPU")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where to write")
    given = parser.parse_args()
    if given.rehearse:
        os.environ["TRITON_INTERPRET"] = "1"  # before Triton is imported
    import torch

    from numerics.benchmarks.gpu import Sizes, tables
    from numerics.benchmarks.suite import report
    from numerics.benchmarks.tables import machine

    device = "cpu" if given.rehearse else "cuda"
    if device == "cuda" and not torch.cuda.is_available():
        raise SystemExit("no CUDA device here; --rehearse runs on the CPU")
    name = "rehearsal" if given.rehearse else torch.cuda.get_device_name()
    sizes = Sizes(128, 32, 4, 1000, 1) if given.rehearse else Sizes()
    found: dict[str, object] = {"device": name, "machine": machine()}
    measured = _timed("benchmarks", lambda: list(tables(sizes, device)))
    found["tables"] = [table.to_json() for table in measured]
    found["tests"] = _timed("tests", _tests)
    found["verdicts"] = _timed("claims", lambda: _verdicts(device, given.rehearse))
    given.folder.mkdir(parents=True, exist_ok=True)
    stem = given.folder / re.sub(r"\W+", "-", name).strip("-")
    stem.with_suffix(".json").write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    stem.with_suffix(".md").write_text(report(measured, f"reports/gpu.sh, {name},"))


def _timed(what: str, part: Callable[[], Any]) -> Any:
    start = time.perf_counter()
    found = part()
    print(f"{what}: {time.perf_counter() - start:.0f} s", flush=True)
    return found


def _tests() -> str:
    """The last line of pytest on the tests marked gpu."""
    done = subprocess.run(  # noqa: S603 (our own tests)
        [
            sys.executable,
            "-m",
            "pytest",
            "-m",
            "gpu",
            "-p",
            "no:cacheprovider",
            "-n",
            "0",
            *GPU_TESTS,
        ],
        cwd=FOLDER.parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip().splitlines()[-1].strip("= ")


def _verdicts(device: str, rehearses: bool) -> dict[str, object]:
    """How many formulas of the sections have which verdict, and which not the expected one."""
    from verify import TIERS, Settings, paper_claims, run

    claims = [c for c in paper_claims() if c.id[0] in SECTIONS and not c.experiment]
    settings = Settings(TIERS["quick" if rehearses else "full"], device=device)
    results = list(run(claims[:2] if rehearses else claims, settings, os.cpu_count() or 1))
    others = [result.claim.id for result in results if not result.as_expected]
    return {**Counter(str(result.verdict) for result in results), "not as expected": others}


if __name__ == "__main__":
    main()
