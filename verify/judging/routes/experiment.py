"""The experiment route: a claimed bound held against what an experiment's replicas measured."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from numerics.arithmetic.balls import evaluate
from numerics.arithmetic.evaluation import NotEvaluated
from verify.claims.claim import Claim
from verify.claims.trial import Trial, trials
from verify.experiments import EXPERIMENTS
from verify.judging.evidence import Counterexample, Evidence, Finding
from verify.judging.methods import TRIAL
from verify.judging.model import Model
from verify.judging.statistics import (
    RATE,
    RATE_OF_FEW,
    TOLERANCE,
    Assertion,
    Interval,
    median,
    stream,
)
from verify.judging.translation import to_sympy
from verify.settings import Settings

# replicas, with which RATE can be kept
MANY = 64


def check(model: Model, settings: Settings) -> Evidence:
    """Compare a constant with what an experiment measures; trials without a result are run."""
    results = model.trial_results
    pieces = {t: results.get(t) or try_out(t, settings) for t in trials(model.claim)}
    for piece in pieces.values():
        if piece.finding is not Finding.SUPPORTS:
            return replace(piece, method="experiment")
    measured = {trial: piece.data for trial, piece in pieces.items()}
    found = compare(model.claim, measured, settings.tier.tolerance)
    elsewhere = [piece.data["imported"] for piece in pieces.values() if piece.imported]
    return replace(found, data={**found.data, "imported": elsewhere[0]}) if elsewhere else found


def try_out(trial: Trial, settings: Settings) -> Evidence:
    """What a trial measured, in the evidence's `data`, and the seconds that it took."""
    rng = stream(settings.seed, trial.experiment, 0, 0)  # the same for all: replicas are pairs
    start = time.perf_counter()
    try:
        data = EXPERIMENTS[trial.experiment].run(dict(trial.point), settings, rng)
    except NotEvaluated as reason:
        return Evidence(TRIAL, Finding.ABSTAINS, str(reason))
    except Exception as error:  # one broken trial must not hide the others
        return Evidence(TRIAL, Finding.FAILED, f"{type(error).__name__}: {error}")
    return Evidence(TRIAL, Finding.SUPPORTS, data=data, seconds=time.perf_counter() - start)


def compare(
    claim: Claim,
    measured: Mapping[Trial, Mapping[str, Any]],
    tolerance: float = TOLERANCE,
) -> Evidence:
    """Compare a constant with the measured number, or with its median over random replicas.

    Where each replica is a trained network there are few, and the error rate is greater.

    Args:
        claim: a claim about an experiment.
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


def compared(claim: Claim, measured: Mapping[Trial, Mapping[str, Any]]) -> NDArray[np.float64]:
    """The number that the claim is about, for each replica."""
    values = np.ones(1)
    with np.errstate(divide="ignore", invalid="ignore"):
        for trial, side in trials(claim).items():
            values = values * np.asarray(measured[trial][claim.quantity], dtype=float) ** side
    return values


def interval(values: NDArray[np.float64]) -> tuple[Interval, float]:
    """The interval that holds the median of replicas (n,), and its error rate."""
    rate = RATE if values.size >= MANY else RATE_OF_FEW
    return median(values, rate), rate
