"""Holds a claimed bound against what an experiment's replicas measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from numerics.balls import evaluate
from verify.claim import Claim
from verify.evidence import Counterexample, Evidence, Finding
from verify.experiments import EXPERIMENTS
from verify.model import to_sympy
from verify.statistics import RATE, TOLERANCE, Assertion, Interval, least_rate, median
from verify.trial import Trial, compared


def check(
    claim: Claim,
    measured: Mapping[Trial, Mapping[str, Any]],
    tolerance: float = TOLERANCE,
) -> Evidence:
    """Compare a constant with the measured number, or with its median over random replicas.

    Where replicas are few, as each is a trained network, the error rate is the least they allow.

    Args:
        claim: about an experiment.
        measured: what its trials found.
        tolerance: the discrepancy to notice, relative to the constant.

    """
    bound = float(evaluate(to_sympy(claim.formula, {}), {}).real.mid())
    values = compared(claim, measured)
    if np.isnan(values).any():
        nothing = f"{np.isnan(values).sum()} of {values.size} replicas measure nothing"
        return Evidence("experiment", Finding.ABSTAINS, nothing)
    if EXPERIMENTS[claim.experiment or ""].random:
        rate = max(RATE, least_rate(values.size))
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
