"""What the benchmarks' figures were to be, and why some are not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from numerics.benchmarks.normalizers import BY_HAND, FITTED, WHITE
from numerics.benchmarks.scan import COMPILED
from numerics.benchmarks.startup import COMMANDS, IMPORT
from numerics.benchmarks.tables import Table, shown
from numerics.benchmarks.throughput import ALL, MEDIAN

Rows = Mapping[tuple[str, ...], Sequence[float]]  # a row's numbers by its words


@dataclass(frozen=True)
class Goal:
    """One figure and its bound.

    Attributes:
        title: the table that shows it.
        says: what is to hold.
        figure: what decides, from the table's rows.
        least: the lower bound of the figure.
        most: its upper bound.
        cause: why the goal is missed, if it is.

    """

    title: str
    says: str
    figure: Callable[[Rows], float]
    least: float = -inf
    most: float = inf
    cause: str = ""


def summary(tables: Sequence[Table]) -> Table:
    """A table of the goals that other tables decide."""
    rows = []
    for goal in GOALS:
        for table in tables:
            if table.title == goal.title:
                figure = goal.figure(_by_words(table))
                outcome = "yes" if goal.least <= figure <= goal.most else "no"
                cause = goal.cause if outcome == "no" else ""
                rows.append((goal.title, goal.says, shown(figure), outcome, cause))
    return Table(
        "Goals",
        "As the tables below decide.",
        ("table", "goal", "measured", "reached", "cause"),
        rows,
    )


def _by_words(table: Table) -> Rows:
    return {
        tuple(c for c in row if isinstance(c, str)): [c for c in row if not isinstance(c, str)]
        for row in table.rows
    }


def _worst(precision: str, code: str) -> Callable[[Rows], float]:
    return lambda rows: max(v[0] for k, v in rows.items() if k[1:] == (precision, code))


def _ratio(slow: tuple[str, ...], fast: tuple[str, ...]) -> Callable[[Rows], float]:
    """A figure read off a table: how many times as long `slow` takes as `fast`."""
    return lambda rows: rows[slow][1] / rows[fast][1]


def _entry(column: int, *words: str) -> Callable[[Rows], float]:
    return lambda rows: rows[words][column]


_EXPORTED = {code: f"exported to {code}" for code in ("numpy", "torch", "numba")}
_LAMBDIFY, _KERNEL = "lambdify, cse", "fused kernel, Numba"
_CONVOLUTION, _POPULATION = "convolution, this project", "population, this project"
_SECONDS = (0.25, 0.5, 0.5, 0.9)
GOALS = (
    *(
        Goal("Start", f"{command}: at most {most} s", _entry(0, f"curseproof {command}"), most=most)
        for command, most in zip(COMMANDS, _SECONDS, strict=True)
    ),
    Goal("Start", f"{IMPORT}: at most 0.05 s", _entry(0, f"{IMPORT}, after import torch"),
         most=0.05),
    *(
        Goal("Judging", f"{what}: at most {most} s", _entry(0, what), most=most,
             cause="each of eight methods takes a share; a fifth is what the claim means on its "
                   "whole domain, a fifth Lyapunov's equation in balls, a fifth SymPy's proof")
        for what, most in ((ALL, 4), (MEDIAN, 0.12))
    ),
    *(
        Goal(title, f"{code}, {precision}: at most {most} ulp", _worst(precision, code), most=most,
             cause=cause)
        for title, cause in (
            ("Accuracy", "it computes in double, where NumPy computes in pairs of doubles"),
            ("Accuracy of two complex eigenvalues",
             "terms cancel, and there is no second evaluation in fractions as in NumPy"),
        )
        for precision, most in (("float32", 1), ("float64", 4))
        for code in (_EXPORTED["numpy"], _EXPORTED["torch"])
    ),
    *(
        Goal("Accuracy of derivatives", f"{order} derivative, {library}, {precision}: at most 4 u",
             _worst(precision, f"{order} derivative, {library}"), most=4,
             cause="automatic differentiation adds what cancels where λ is near 1 and ρ near "
                   "−1, or the reverse; elsewhere it is within some 10 u")
        for precision in ("float32", "float64")
        for order in ("first", "second")
        for library in ("NumPy", "Torch")
    ),
    *(
        Goal("Evaluation", f"{_EXPORTED['numba']}, fast, {precision}: within 1.2 times one sum",
             _entry(1, precision, f"{_EXPORTED['numba']}, fast"), most=1.2,
             cause="the same loop, so that the difference is arithmetic")
        for precision in ("float32", "float64")
    ),
    *(
        Goal("Evaluation", f"{_EXPORTED['numba']}, {precision}: at most twice lambdify's time",
             _ratio((precision, _EXPORTED["numba"]), (precision, _LAMBDIFY)), most=2,
             cause="it computes in pairs of doubles, and lambdify in singles, eight at once")
        for precision in ("float32", "float64")
    ),
    *(
        Goal("Evaluation", f"{_EXPORTED['numpy']}, {precision}: at most twice lambdify's time",
             _ratio((precision, _EXPORTED["numpy"]), (precision, _LAMBDIFY)), most=2,
             cause="it computes in pairs of doubles, which take some 15 operations for one, and "
                   "NumPy has no product that gives what it rounds away")
        for precision in ("float32", "float64")
    ),
    *(
        Goal("Evaluation", f"{_EXPORTED['numpy']}, fast, {precision}: 2.5 times lambdify's speed",
             _ratio((precision, _LAMBDIFY), (precision, f"{_EXPORTED['numpy']}, fast")), least=2.5,
             cause="NumPy starts some 40 operations for each block, a microsecond each; larger "
                   "blocks leave the cache")
        for precision in ("float32", "float64")
    ),
    Goal("Simulation", "1e9 chain-steps per second on 2 cores", _entry(0, _KERNEL), least=1e9,
         cause="most of a step is Philox's products, of which AVX2 does four at once"),
    *(
        Goal("Simulation", f"5 times as fast as a loop in Torch, {precision}",
             _entry(1, f"loop over time, Torch, {precision}"), least=5)
        for precision in ("float32", "float64")
    ),
    *(
        Goal("Cost of simulation", f"linear in {size}: exponent at most 1.05", _entry(0, size),
             most=1.05)
        for size in ("chains", "steps")
    ),
    *(
        Goal("Hessians", f"d = {d}: 3 times as fast as Gauss–Newton in JAX",
             _entry(1, d, "Gauss–Newton, JAX"), least=3)
        for d in ("10", "32")
    ),
    *(
        Goal("Hessians", f"d = {d}: differences at most 1e-12 of the largest entry",
             _entry(2, d, "Gauss–Newton, JAX"), most=1e-12)
        for d in ("10", "32")
    ),
    Goal("Scan", "at most twice what memory allows", _entry(1, COMPILED), most=2,
         cause="both make new tensors, and pages that the system gives anew cost more than the "
               "pass; the ratio was 0.7 to 3 in four runs"),
    *(
        Goal("Training", f"{student}: 10 times as fast as JAX", _entry(1, student, "scan, JAX"),
             least=10, cause="XLA's loop over steps adds little to products this small")
        for student in ("LRU", "dense")
    ),
    *(
        Goal("Training", f"{student}: the population loss another 10 times",
             _ratio((student, _CONVOLUTION), (student, _POPULATION)), least=10,
             cause="Torch starts some 400 operations a step, a few microseconds each")
        for student in ("LRU", "dense")
    ),
    *(
        Goal("Normalisers", f"{code}: at most {most} {unit}", _entry(column, code), most=most)
        for code, bounds in ((WHITE, (4, 12)), (FITTED, (8, 16)))
        for column, most, unit in zip((1, 2), bounds, (f"times {BY_HAND}", "bytes"), strict=True)
    ),
)  # fmt: skip
