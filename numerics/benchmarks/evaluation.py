"""Seconds per point of exported code, beside the cheapest loop there is and what people use."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import sympy as sp
import torch

from numerics.benchmarks.accuracy import real_formula
from numerics.benchmarks.tables import Table
from numerics.benchmarks.timing import Contestant, interleaved
from numerics.codegen.export import compiled
from theory.inputs import exponential
from theory.symbols import real_lam, rho

NAME = "sensitivity"


def tables(points: int, rounds: int) -> Iterator[Table]:
    """The sensitivity for R = ρ^Δ at many points, in single and in double precision."""
    import numba

    @numba.njit(parallel=True)  # type: ignore[untyped-decorator]
    def floor(a: Any, b: Any) -> Any:
        return a + b

    targets = ("numba", "numpy", "torch")
    codes = {t: compiled(NAME, exponential(), t)[f"{NAME}_near_one"] for t in targets}
    fast = {
        t: compiled(NAME, exponential(), t, "fast")[f"{NAME}_near_one"] for t in ("numba", "numpy")
    }
    plain = sp.lambdify((real_lam, rho), real_formula(NAME), "numpy", cse=True)
    rows = []
    for type_ in (np.float32, np.float64):
        random = np.random.default_rng(0)
        o, q = random.uniform(1e-6, 2, (2, points)).astype(type_)
        in_torch = torch.from_numpy(o), torch.from_numpy(q)
        contestants: dict[str, Contestant] = {
            "one sum, Numba": partial(floor, o, q),
            "exported to numba": partial(codes["numba"], o, q),
            "exported to numpy": partial(codes["numpy"], o, q),
            "exported to numba, fast": partial(fast["numba"], o, q),
            "exported to numpy, fast": partial(fast["numpy"], o, q),
            "exported to torch": partial(codes["torch"], *in_torch),
            "lambdify, cse": partial(plain, 1 - o, 1 - q),
        }
        for t in interleaved(contestants, rounds):
            rows.append((np.dtype(type_).name, t.name, t.seconds / points * 1e9, t.ratio))
    yield Table(
        "Evaluation",
        f"The sensitivity for R(Δ) = ρ^Δ at {points:.0e} points: median of {rounds} rounds, and "
        "the median ratio to one sum per point, its result allocated as theirs is.",
        ("precision", "code", "ns per point", "ratio"),
        rows,
    )
