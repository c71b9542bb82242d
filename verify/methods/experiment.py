"""Runs an experiment's replicas and holds the claimed bound against what they measure."""

from __future__ import annotations

import numpy as np

from numerics.balls import evaluate
from verify.claim import Claim
from verify.evidence import Counterexample, Evidence, Finding
from verify.experiments import EXPERIMENTS
from verify.model import to_sympy
from verify.statistics import RATE, Interval, median


def check(claim: Claim, replicas: int, seed: int) -> Evidence:
    """Compare a constant with the measured number, or with its median over random replicas."""
    experiment = EXPERIMENTS[claim.experiment or ""]
    count = replicas if experiment.random else 1
    values = experiment.run(claim.settings, claim.quantity, np.random.default_rng(seed), count)
    measured = median(values, RATE) if experiment.random else Interval(values[0], values[0])
    bound = float(evaluate(to_sympy(claim.formula, {}), {}).real.mid())
    found = f"{measured.lower:.3g}"
    if experiment.random:
        found = f"median of {count} replicas in [{found}, {measured.upper:.3g}]"
    data = {"replicas": count, "error_rate": RATE if experiment.random else 0.0}
    ends = (measured.lower, measured.upper)
    worst, best = ends[::-1] if claim.relation == "<=" else ends
    sign = 1 if claim.relation == "<=" else -1
    if sign * (worst - bound) <= 0:
        return Evidence("experiment", Finding.SUPPORTS, found, abs(worst / bound - 1), data=data)
    if sign * (best - bound) > 0:
        counterexample = Counterexample(
            point=", ".join(f"{name} = {value}" for name, value in claim.settings.items()),
            claimed=f"{claim.relation} {bound:.6g}",
            actual=found,
            discrepancy=f"{abs(best / bound - 1):.3g}",
        )
        return Evidence("experiment", Finding.REFUTES, found, None, counterexample, data)
    return Evidence("experiment", Finding.ABSTAINS, f"{found}, which holds the bound", data=data)
