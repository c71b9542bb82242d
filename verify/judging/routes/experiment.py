"""The experiment route: a claimed bound held against what an experiment's replicas measured."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from math import inf
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
    Interval,
    median,
    stream,
)
from verify.judging.translation import to_sympy
from verify.settings import Settings

MANY = 64  # replicas, with which RATE can be kept
WITHIN = 10  # a factor: published numbers are read off plots over many orders of magnitude


def check(model: Model, settings: Settings) -> Evidence:
    """Compare a constant with what an experiment measures; trials without a result are run."""
    results = model.trial_results
    pieces = {t: results.get(t) or try_out(t, settings) for t in trials(model.claim)}
    for piece in pieces.values():
        if piece.finding is not Finding.SUPPORTS:
            return replace(piece, method="experiment")
    measured = {trial: piece.data for trial, piece in pieces.items()}
    found = compare(model.claim, measured)
    elsewhere = [piece.data["imported"] for piece in pieces.values() if piece.imported]
    return replace(found, data={**found.data, "imported": elsewhere[0]}) if elsewhere else found


def try_out(trial: Trial, settings: Settings) -> Evidence:
    """What a trial measured, in the evidence's `data`, and the seconds that it took."""
    rng = stream(settings.seed, trial.experiment, 0, 0)  # the same for all: replicas are pairs
    start = time.perf_counter()
    try:
        experiment, point = EXPERIMENTS[trial.experiment], dict(trial.point)
        data: dict[str, Any] = dict(experiment.run(point, settings, rng))
        if apart := experiment.deviations(point, settings):
            data["deviations"] = apart
    except NotEvaluated as reason:
        return Evidence(TRIAL, Finding.ABSTAINS, str(reason))
    except Exception as error:  # one broken trial must not hide the others
        return Evidence(TRIAL, Finding.FAILED, f"{type(error).__name__}: {error}")
    return Evidence(TRIAL, Finding.SUPPORTS, data=data, seconds=time.perf_counter() - start)


def compare(claim: Claim, measured: Mapping[Trial, Mapping[str, Any]]) -> Evidence:
    """Compare a constant with the measured number, or with its median over random replicas.

    Where each replica is a trained network there are few, and the error rate is greater. What is
    claimed to be a number is to lie within a factor of WITHIN.

    Args:
        claim: a claim about an experiment.
        measured: what its trials found.

    """
    bound = float(evaluate(to_sympy(claim.formula, {}), {}).real.mid())
    values = compared(claim, measured)
    experiment = EXPERIMENTS[claim.experiment or ""]
    if experiment.random and claim.quantity not in experiment.single:
        held, rate = interval(values)
        found = (
            f"median of {values.size} replicas in [{held.lower:.3g}, {held.upper:.3g}] "
            f"(false alarm and miss at most {rate:.0e} each)"
        )
    else:
        held, rate = Interval(values[0], values[0]), 0.0
        found = f"{values[0]:.3g}"
    data: dict[str, Any] = {"replicas": values.size, "false_alarm": rate, "miss": rate}
    if apart := deviations(claim, measured):
        data["deviations"] = apart
        found += f"; deviates in {', '.join(f'{name} ({how})' for name, how in apart.items())}"
    claimed = _claimed(claim.relation, bound)
    if claimed.lower <= held.lower and held.upper <= claimed.upper:
        return Evidence("experiment", Finding.SUPPORTS, found, data=data)
    if claimed.lower <= held.upper and held.lower <= claimed.upper:
        return Evidence("experiment", Finding.ABSTAINS, f"{found}, which cannot tell", data=data)
    nearest = held.lower if held.lower > claimed.upper else held.upper
    within = f" within a factor of {WITHIN}" if claim.relation == "==" else ""
    counterexample = Counterexample(
        point=", ".join(f"{name} = {claim.setting(name)}" for name in claim.settings),
        claimed=f"{claim.relation} {bound:.6g}{within}",
        actual=found,
        discrepancy=f"{abs(nearest / bound - 1):.3g}",
    )
    return Evidence("experiment", Finding.REFUTES, found, None, counterexample, data)


def _claimed(relation: str, bound: float) -> Interval:
    """Where the measured number is claimed to be."""
    match relation:
        case "<=":
            return Interval(-inf, bound)
        case ">=":
            return Interval(bound, inf)
    return Interval(bound / WITHIN, bound * WITHIN)


def compared(claim: Claim, measured: Mapping[Trial, Mapping[str, Any]]) -> NDArray[np.float64]:
    """The number that the claim is about, for each replica."""
    values = np.ones(1)
    with np.errstate(divide="ignore", invalid="ignore"):
        for trial, side in trials(claim).items():
            values = values * np.asarray(measured[trial][claim.quantity], dtype=float) ** side
    return values


def deviations(claim: Claim, measured: Mapping[Trial, Mapping[str, Any]]) -> dict[str, str]:
    """Where the trials of a claim departed from the published protocol."""
    return {
        name: how
        for trial in trials(claim)
        for name, how in measured[trial].get("deviations", {}).items()
    }


def interval(values: NDArray[np.float64]) -> tuple[Interval, float]:
    """The interval that holds the median of replicas (n,), and its error rate."""
    rate = RATE if values.size >= MANY else RATE_OF_FEW
    return median(values, rate), rate
