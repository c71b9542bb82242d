"""Runs an experiment's replicas and holds the claimed bound against what they measure."""

from __future__ import annotations

import numpy as np

from numerics.balls import evaluate
from verify.claim import Claim
from verify.evidence import Counterexample, Evidence, Finding
from verify.experiments import EXPERIMENTS
from verify.model import to_sympy
from verify.statistics import (
    LOOKS,
    RATE,
    TOLERANCE,
    Assertion,
    Interval,
    look_sizes,
    median,
    stream,
)


def check(
    claim: Claim,
    replicas: int,
    seed: int,
    tolerance: float = TOLERANCE,
    error_rate: float = RATE,
) -> Evidence:
    """Compare a constant with the measured number, or with its median over random replicas.

    Args:
        claim: about an experiment.
        replicas: how many random ones there may be.
        seed: of the replicas.
        tolerance: the discrepancy to notice, relative to the constant.
        error_rate: of a false alarm on a true claim, and of a miss on one off by the tolerance.

    """
    experiment = EXPERIMENTS[claim.experiment or ""]
    bound = float(evaluate(to_sympy(claim.formula, {}), {}).real.mid())
    assertion = Assertion(bound, claim.relation, tolerance)
    values = np.empty(0)
    for look, size in enumerate(look_sizes(replicas) if experiment.random else [1]):
        rng = stream(seed, claim.id, 0, look)
        more = experiment.run(claim.settings, claim.quantity, rng, size - values.size)
        values = np.concatenate([values, more])
        measured = (
            median(values, error_rate / LOOKS)
            if experiment.random
            else Interval(values[0], values[0])
        )
        holds = assertion.decide(measured)
        if holds is not None:
            break
    rate = error_rate if experiment.random else 0.0
    found = f"{measured.lower:.3g}"
    if experiment.random:
        found = (
            f"median of {values.size} replicas in [{found}, {measured.upper:.3g}] "
            f"(false alarm and miss at most {rate:.0e} each)"
        )
    data = {"replicas": values.size, "tolerance": tolerance, "false_alarm": rate, "miss": rate}
    if holds:
        detail = f"{found}, which holds to {tolerance:.0%}"
        return Evidence("experiment", Finding.SUPPORTS, detail, tolerance, data=data)
    if holds is None:
        return Evidence("experiment", Finding.ABSTAINS, f"{found}, which cannot tell", data=data)
    nearest = measured.lower if claim.relation == "<=" else measured.upper
    counterexample = Counterexample(
        point=", ".join(f"{name} = {value}" for name, value in claim.settings.items()),
        claimed=f"{claim.relation} {bound:.6g}",
        actual=found,
        discrepancy=f"{abs(nearest / bound - 1):.3g}",
    )
    return Evidence("experiment", Finding.REFUTES, found, None, counterexample, data)
