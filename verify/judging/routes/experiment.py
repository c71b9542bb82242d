"""Holds a claimed bound against what an experiment's replicas measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from numerics.arithmetic.balls import evaluate
from verify.claims.claim import Claim
from verify.claims.trial import Trial, compared
from verify.experiments import EXPERIMENTS
from verify.judging.evidence import Counterexample, Evidence, Finding
from verify.judging.model import to_sympy
from verify.judging.statistics import RATE, RATE_OF_FEW, TOLERANCE, Assertion, Interval, median

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
        held, rate = interval(values)
        found = (
            f"median of {values.size} replicas in [{held.lower:.3g}, {held.upper:.3g}] "
            f"(false alarm and miss at most {rate:.0e} each)"
        )
    else:
        rate = 0.0
        held = Interval(values[0], values[0])
        found = f"{values[0]:.3g}"
    data = {"replicas": values.size, "tolerance": tolerance, "false_alarm": rate, "miss": rate}
    holds = Assertion(bound, claim.relation, tolerance).decide(held)
    if holds:
        detail = f"{found}, which holds to {tolerance:.0%}"
        return Evidence("experiment", Finding.SUPPORTS, detail, tolerance, data=data)
    if holds is None:
        return Evidence("experiment", Finding.ABSTAINS, f"{found}, which cannot tell", data=data)
    nearest = held.lower if claim.relation == "<=" else held.upper
    counterexample = Counterexample(
        point=", ".join(f"{name} = {claim.setting(name)}" for name in claim.settings),
        claimed=f"{claim.relation} {bound:.6g}",
        actual=found,
        discrepancy=f"{abs(nearest / bound - 1):.3g}",
    )
    return Evidence("experiment", Finding.REFUTES, found, None, counterexample, data)


def interval(values: NDArray[np.float64]) -> tuple[Interval, float]:
    """What holds the median of replicas (n,), and at what error rate."""
    rate = RATE if values.size >= MANY else RATE_OF_FEW
    return median(values, rate), rate
