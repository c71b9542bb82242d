"""The simulation's error rates, measured on claims that are true or off by what it must notice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scipy.stats import beta

from verify.claims.claim import Claim
from verify.claims.file import make_claim
from verify.judging.evidence import Finding
from verify.judging.model import Model
from verify.judging.routes import simulation

CHAINS = 2_000
TOLERANCE = 0.3
LARGE = 0.05  # a rate that so many runs can measure
CONFIDENCE = 0.99

_AR1 = "(1 + rho*lambda)/((1 - rho*lambda)*(1 - lambda**2))"
_SMALL = ["0 < lambda < 1/2", "0 < rho < 1/2"]
TRUE: Mapping[str, Mapping[str, object]] = {
    "real eigenvalue": {
        "quantity": "second_moment",
        "autocorrelation": "rho**Delta",
        "formula": _AR1,
        "domain": _SMALL,
    },
    "complex eigenvalue": {
        "quantity": "second_moment",
        "autocorrelation": "KroneckerDelta(Delta, 0)",
        "formula": "1/(1 - abs(lambda)**2)",
        "domain": ["abs(lambda) < 1/2"],
    },
    "complex input": {
        "quantity": "second_moment",
        "autocorrelation": "(I/2)**Delta",
        "formula": "re((2 + I*conjugate(lambda))/(2 - I*conjugate(lambda)))/(1 - abs(lambda)**2)",
        "domain": ["abs(lambda) < 1/2"],
    },
    "cross moment": {
        "quantity": "cross_moment",
        "autocorrelation": "KroneckerDelta(Delta, 0)",
        "formula": "1/(1 - lambda1*lambda2)",
        "domain": ["abs(lambda1) < 1/2", "abs(lambda2) < 1/2"],
    },
    "sensitivity": {
        "quantity": "sensitivity",
        "autocorrelation": "KroneckerDelta(Delta, 0)",
        "formula": "(1 + lambda**2)/(1 - lambda**2)**3",
        "domain": ["0 < lambda < 1/2"],
    },
}


@dataclass(frozen=True)
class Calibration:
    """What many simulations with different seeds said of one claim.

    Attributes:
        claim: the claim in words.
        is_true: whether it is true; else it is off by exactly the tolerance.
        error_rate: promised for false alarms, if it is true, or for misses.
        runs: how many simulations.
        errors: how many contradict the true claim, or support the false one.
        undecided: how many used all chains, and cannot tell.

    """

    claim: str
    is_true: bool
    error_rate: float
    runs: int
    errors: int
    undecided: int

    @property
    def interval(self) -> tuple[float, float]:
        """Clopper and Pearson's interval for the rate of errors, at CONFIDENCE."""
        tail, others = (1 - CONFIDENCE) / 2, self.runs - self.errors
        lower = beta.ppf(tail, self.errors, others + 1) if self.errors else 0.0
        upper = beta.isf(tail, self.errors + 1, others) if others else 1.0
        return float(lower), float(upper)

    @property
    def kept(self) -> bool:
        """Whether the promise may hold, as far as the interval tells."""
        return self.interval[0] <= self.error_rate


def calibrate(runs: int, error_rate: float = LARGE, seed: int = 0) -> list[Calibration]:
    """Simulate true claims, and the same off by TOLERANCE, at small settings.

    Args:
        runs: simulations of each claim, every one with points and chains of its own.
        error_rate: promised for each.
        seed: of the first run.

    """
    rows = []
    for name, entry in TRUE.items():
        for is_true in (True, False):
            model = Model(_claim(name, entry, is_true))
            found = Counter(
                simulation.compare(model, CHAINS, seed + run, TOLERANCE, error_rate).finding
                for run in range(runs)
            )
            wrong = Finding.CONTRADICTS if is_true else Finding.SUPPORTS
            undecided = found[Finding.ABSTAINS]
            rows.append(Calibration(name, is_true, error_rate, runs, found[wrong], undecided))
    return rows


def _claim(name: str, entry: Mapping[str, object], is_true: bool) -> Claim:
    formula = entry["formula"] if is_true else f"({entry['formula']})/(1 + {TOLERANCE})"
    id_ = name.replace(" ", "-")
    return make_claim({**entry, "id": id_, "relation": "==", "formula": formula})


def table(rows: Iterable[Calibration]) -> str:
    """A table of calibrations in Markdown."""
    lines = [
        "| claim | runs | promised | false alarms | misses | undecided "
        f"| observed rate ({CONFIDENCE:.0%}) |",
        "|---|--:|--:|--:|--:|--:|---|",
    ]
    for row in rows:
        words = row.claim if row.is_true else f"{row.claim}, {TOLERANCE:.0%} off"
        errors = (row.errors, "") if row.is_true else ("", row.errors)
        lower, upper = row.interval
        lines.append(
            f"| {words} | {row.runs} | ≤ {row.error_rate:g} | {errors[0]} | {errors[1]} "
            f"| {row.undecided} | {lower:.2g} … {upper:.2g} |"
        )
    return "\n".join(lines) + "\n"
