"""Bounds of rounding that Gappa proves and Coq checks, beside those that are counted.

Run as `make rounding`, with Gappa and Coq: rounding.md.
"""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path

from rich.progress import track

from numerics.codegen.export import exported
from theory.inputs import exponential, white
from verify.judging.kernel.coq import version
from verify.judging.kernel.gappa import FORMATS, Bounds
from verify.running.processes import fork_server

HERE = Path(__file__).parent
QUANTITIES = (
    *("second_moment", "sensitivity", "gamma", "backpropagated_error", "cross_moment"),
    *("cross_sensitivity", "teacher_student_loss", "curvature"),
)
INPUTS = {"white": white(), "ρ^Δ": exponential()}
ABOUT = """# What rounding does to exported functions

Made by `make rounding`: for each exported function of 1−λ and 1−ρ the bound of its relative error
that is counted, and the one that Gappa proves and Coq {coq} checks, in half an ulp of the numbers
it computes with, for arguments from the power of 2 that is named to the last number below 2.

| function | input | language | computes with | counted | proved | from |
|---|---|---|---|--:|--:|--:|
"""


def main() -> None:
    """Prove all bounds, and write rounding.md."""
    cases = list(product(QUANTITIES, INPUTS, FORMATS))
    with ProcessPoolExecutor(os.cpu_count(), fork_server()) as pool:
        found = list(track(pool.map(_rows, *zip(*cases, strict=True)), "bounds", total=len(cases)))
    lines = [line for of_case in found for line in of_case]
    text = ABOUT.format(coq=version()) + "\n".join(lines) + "\n"
    (HERE / "rounding.md").write_text(text, encoding="utf-8")


def _rows(quantity: str, of: str, target: str) -> list[str]:
    """The lines on a quantity's function of 1−λ, for one input and language."""
    bounds = Bounds(target)
    exported(quantity, INPUTS[of], target, bounds)
    name = f"{quantity}_near_one"
    if reason := bounds.reasons.get(name):
        return [f"| {name} | {of} | {target} | | | {reason} | |"]
    return [
        f"| {name} | {of} | {target} | {numbers} | {bounds.counted[name]}u | {bound.rounded:g}u "
        f"| 2^{bound.least} |"
        for (function, numbers), bound in bounds.proved.items()
        if function == name
    ]


if __name__ == "__main__":
    main()
