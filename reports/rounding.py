"""Bounds of rounding that Gappa proves and Coq checks, beside those that are counted.

Run as `make rounding`, with Gappa and Coq: rounding.md. Cut short, it goes on where it was, as
long as the code is the same.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path

from rich.progress import track

from numerics.codegen.export import exported
from theory.inputs import exponential, white
from verify.judging.kernel.coq import version
from verify.judging.kernel.gappa import TARGETS, Bounds
from verify.judging.kernel.program import Program
from verify.running.provenance import version_of
from verify.running.server import fork_server

HERE = Path(__file__).parent
QUANTITIES = (
    *("second_moment", "sensitivity", "gamma", "backpropagated_error", "cross_moment"),
    *("cross_sensitivity", "teacher_student_loss", "curvature"),
)
CODE = version_of("numerics.codegen.export", "verify.judging.kernel.gappa")
INPUTS = {"white": white(), "ρ^Δ": exponential()}
REPORT = HERE / "rounding.md"
ABOUT = """# What rounding does to exported functions

Made by `make rounding`: for each exported function of 1−λ and 1−ρ the bound of its relative error
that is counted, and the one that Gappa proves and Coq {coq} checks, in half an ulp of double
precision, for arguments from the power of 2 that is named to the last number below 2. NumPy code
computes in double where all arguments are single; its pairs of doubles err less.

Digest of the code: {code}.

| function | input | languages | counted | proved | from |
|---|---|---|--:|--:|--:|
"""


def main() -> None:
    """Prove the bounds that rounding.md has not, each written there once it is found."""
    head = ABOUT.format(coq=version(), code=CODE[:16])
    written = REPORT.read_text(encoding="utf-8") if REPORT.exists() else ""
    if not written.startswith(head):
        REPORT.write_text(written := head, encoding="utf-8")
    cases = list(product(QUANTITIES, INPUTS))
    missing = [case for case in cases if "| {}_near_one | {} |".format(*case) not in written]
    with ProcessPoolExecutor(os.cpu_count(), fork_server()) as pool, REPORT.open("a") as report:
        found = pool.map(_rows, *zip(*missing, strict=True)) if missing else ()
        for rows in track(found, "bounds", total=len(missing)):
            report.write(rows)
            report.flush()


def _rows(quantity: str, of: str) -> str:
    """The rows on a quantity's function of 1−λ for one input: one for each way to compute it."""
    name = f"{quantity}_near_one"
    printed: dict[str, tuple[Sequence[str], Sequence[str], int]] = {}
    languages: dict[str, list[str]] = {}
    for target in TARGETS:

        def found(own: str, arguments: Sequence[str], body: Sequence[str], roundings: int) -> None:
            if own == name:
                operations = str(Program(arguments, body).operations)
                printed[operations] = arguments, body, roundings
                languages.setdefault(operations, []).append(target)  # noqa: B023 (called at once)

        exported(quantity, INPUTS[of], target, found)
    return "".join(
        f"| {name} | {of} | {', '.join(languages[operations])} {_proved(name, *function)}"
        for operations, function in printed.items()
    )


def _proved(name: str, arguments: Sequence[str], body: Sequence[str], roundings: int) -> str:
    bounds = Bounds(TARGETS[0])
    bounds(name, arguments, body, roundings)
    if reason := bounds.reasons.get(name):
        return f"| {reason} | |\n"
    bound = bounds.proved[name]
    return f"| {roundings}u | {bound.rounded:g}u | 2^{bound.least} |\n"


if __name__ == "__main__":
    main()
