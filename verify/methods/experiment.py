"""Holds a claimed bound against what an experiment's replicas measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numerics.balls import evaluate
from verify.claim import Claim
from verify.evidence import Counterexample, Evidence, Finding
from verify.experiments import EXPERIMENTS
from verify.model import to_sympy
from verify.statistics import RATE, RATE_OF_FEW, TOLERANCE, Assertion, Interval, median
from verify.trial import Trial, compared

# replicas, with which RATE can be kept
MANY = 64


def check(
    claim: Claim,
    measured: Mapping[Trial, Mapping[str, Any]],
    tolerance: float = TOLERANCE,
) -> Evidence:
    """Compare a constant with the measured number, or with its median over random replicas.

    Where each replica is a trained network there are few, and the error rate is greater.

    Args:
        claim: about an experiment.
        measured: what its trials found.
        tolerance: the discrepancy to notice, relative to the constant.

    """
    bound = float(evaluate(to_sympy(claim.formula, {}), {}).real.mid())
    values = compared(claim, measured)
    if EXPERIMENTS[claim.experiment or ""].random:
        rate = RATE if values.size >= MANY else RATE_OF_FEW
        interval = median(values, rate)
        found = (
            f"median of {values.size} replicas in [{interval.lower:.3g}, {interval.upper:.3g}] "
            f"(false alarm and miss at most {rate:.0e} each)"
        )
    else:
        rate = 0.0
        interval = Interval(values[0], values[0])
        found = f"{values[0]:.3g}"
    data = {"replicas": values.size, "tolerance": tolerance, "false_alarm": rate, "miss": rate}
    holds = Assertion(bound, claim.relation, tolerance).decide(interval)
    if holds:
        detail = f"{found}, which holds to {tolerance:.0%}"
        return Evidence("experiment", Finding.SUPPORTS, detail, tolerance, data=data)
    if holds is None:
        return Evidence("experiment", Finding.ABSTAINS, f"{found}, which cannot tell", data=data)
    nearest = interval.lower if claim.relation == "<=" else interval.upper
    counterexample = Counterexample(
        point=", ".join(f"{name} = {claim.setting(name)}" for name in claim.settings),
        claimed=f"{claim.relation} {bound:.6g}",
        actual=found,
        discrepancy=f"{abs(nearest / bound - 1):.3g}",
    )
    return Evidence("experiment", Finding.REFUTES, found, None, counterexample, data)
