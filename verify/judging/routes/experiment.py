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
from verify.claims.trial import Trial, looks, trials
from verify.experiments import EXPERIMENTS
from verify.judging.evidence import ORIGINS, Counterexample, Evidence, Finding
from verify.judging.methods import TRIAL
from verify.judging.model import Model
from verify.judging.statistics import (
    POWER,
    RATE_OF_EXPERIMENT,
    Interval,
    decisive_share,
    median,
    sign_test,
    stream,
)
from verify.judging.translation import to_sympy
from verify.settings import Settings, remedy

WITHIN = 10  # a factor: published numbers are read off plots over many orders of magnitude


def check(model: Model, settings: Settings) -> Evidence:
    """Compare a constant with what an experiment measures; trials without a result are run."""
    results = model.trial_results
    wanted = trials(model.claim, settings.tier)
    pieces = {t: results.get(t) or try_out(t, settings) for t in wanted}
    for piece in pieces.values():
        if piece.finding is not Finding.SUPPORTS:
            return replace(piece, method="experiment")
    for look in range(1, looks(model.claim)):
        further = trials(model.claim, settings.tier, look)
        pieces |= {t: results[t] for t in further if t in results}
    measured = {trial: piece.data for trial, piece in pieces.items()}
    found = compare(model.claim, measured, settings)
    found = replace(found, seconds=sum(results[t].seconds or 0.0 for t in pieces if t in results))
    elsewhere = {o: p.data[o] for p in pieces.values() for o in ORIGINS if o in p.data}
    return replace(found, data={**found.data, **elsewhere})


def try_out(trial: Trial, settings: Settings) -> Evidence:
    """What a trial measured, in the evidence's `data`, and the seconds that it took."""
    settings = replace(settings, seed=trial.seed(settings.seed))
    rng = stream(settings.seed, trial.experiment)  # the same for all: replicas are pairs
    start = time.perf_counter()
    try:
        data = dict(EXPERIMENTS[trial.experiment].run(dict(trial.point), settings, rng))
    except NotEvaluated as reason:
        return Evidence(TRIAL, Finding.ABSTAINS, str(reason))
    except ModuleNotFoundError as missing:
        said = remedy(missing) or str(missing)
        return Evidence(TRIAL, Finding.ABSTAINS, said, data={"lacks": missing.name})
    except Exception as error:  # one broken trial must not hide the others
        return Evidence(TRIAL, Finding.FAILED, f"{type(error).__name__}: {error}")
    return Evidence(TRIAL, Finding.SUPPORTS, data=data, seconds=time.perf_counter() - start)


def compare(
    claim: Claim, measured: Mapping[Trial, Mapping[str, Any]], settings: Settings
) -> Evidence:
    """Compare a constant with the measured number, or with its median over random replicas.

    What is claimed to be a number is to lie within a factor of WITHIN. It is said in what runs
    deviate from the published protocol; a deviation is unclaimed if the claim does not name it.

    Replicas that cannot tell are taken together with those of the next look, where it is there.

    Args:
        claim: a claim about an experiment.
        measured: what its trials found, those of further looks too.
        settings: what they were run with.

    """
    bound = float(evaluate(to_sympy(claim.formula, {}), {}).real.mid())
    sides, claimed = trials(claim, settings.tier), _claimed(claim.relation, bound)
    values = compared(claim.quantity, sides, measured)
    experiment = EXPERIMENTS[claim.experiment or ""]
    if experiment.random and claim.quantity not in experiment.single:
        piece = _of_replicas(values, claimed, experiment.looks)
        for look in range(1, experiment.looks):
            further = trials(claim, settings.tier, look)
            if piece.finding is not Finding.ABSTAINS or not measured.keys() >= further.keys():
                break
            values = np.concatenate([values, compared(claim.quantity, further, measured)])
            piece = _of_replicas(values, claimed, experiment.looks)
    else:
        if np.isnan(values[0]):
            return Evidence("experiment", Finding.ABSTAINS, "nothing was measured")
        finding = Finding.SUPPORTS if claimed.contains(values[0]) else Finding.REFUTES
        data = {"replicas": 1, "false_alarm": 0.0, "miss": 0.0}
        piece = Evidence("experiment", finding, f"{values[0]:.3g}", data=data)
    confirming = experiment.confirmed_by.get(claim.quantity)
    if confirming and piece.finding is Finding.REFUTES:
        other = compared(confirming, sides, measured)[0]
        finding = Finding.ABSTAINS if claimed.contains(other) else Finding.REFUTES
        detail = f"{piece.detail}, and {other:.3g} on other seeds"
        piece = replace(piece, finding=finding, detail=detail)
    apart: dict[str, str] = {}
    for trial in sides:
        apart |= experiment.deviations(dict(trial.point))
    if apart:
        listed = ", ".join(f"{name} ({how})" for name, how in apart.items())
        detail = f"{piece.detail}; deviates in {listed}"
        said = {"deviations": apart, "unclaimed": [n for n in apart if n not in claim.settings]}
        piece = replace(piece, detail=detail, data={**piece.data, **said})
    if piece.finding is not Finding.REFUTES:
        return piece
    within = f" within a factor of {WITHIN}" if claim.relation == "==" else ""
    middle = float(np.quantile(values, 0.5, method="nearest"))
    counterexample = Counterexample(
        point=", ".join(f"{name} = {claim.setting(name)}" for name in claim.settings),
        claimed=f"{claim.relation} {bound:.6g}{within}",
        actual=piece.detail,
        discrepancy=f"{abs(middle / bound - 1):.3g}",
    )
    return replace(piece, counterexample=counterexample)


def _of_replicas(values: NDArray[np.float64], claimed: Interval, looks: int) -> Evidence:
    """What replicas (n,) say of their median, by the exact sign test.

    Its p-value counts as often as a claim may be tested (Bonferroni).
    """
    rate, held = RATE_OF_EXPERIMENT, interval(values)
    test, share = sign_test(values, claimed), decisive_share(values.size, rate / looks)
    least = min(test.if_true, test.if_false)
    p_value = min(looks * least, 1.0)
    data = {"replicas": values.size, "false_alarm": rate, "miss": rate, "p_value": p_value}
    found = f"median of {values.size} replicas in [{held.lower:.3g}, {held.upper:.3g}]"
    found += f", p = {p_value:.1g}"
    if p_value <= rate:
        finding = Finding.SUPPORTS if least == test.if_false else Finding.REFUTES
        return Evidence("experiment", finding, found, data=data)
    needed = "no such number decides"
    if share < 1:
        needed = f"{share:.0%} of them on one side decide by a power of {POWER:.0%}"
    detail = f"{found}, which cannot tell: {needed}"
    return Evidence("experiment", Finding.ABSTAINS, detail, data=data)


def _claimed(relation: str, bound: float) -> Interval:
    """Where the measured number is claimed to be."""
    match relation:
        case "<=":
            return Interval(-inf, bound)
        case ">=":
            return Interval(bound, inf)
    return Interval(bound / WITHIN, bound * WITHIN)


def compared(
    quantity: str, sides: Mapping[Trial, int], measured: Mapping[Trial, Mapping[str, Any]]
) -> NDArray[np.float64]:
    """The number that a claim is about, for each replica: what trials measured, by their side."""
    values = np.ones(1)
    with np.errstate(divide="ignore", invalid="ignore"):
        for trial, side in sides.items():
            values = values * np.asarray(measured[trial][quantity], dtype=float) ** side
    return values


def interval(values: NDArray[np.float64]) -> Interval:
    """The interval that the median of replicas (n,) is in, but for each end's rate of errors."""
    return median(values, 2 * RATE_OF_EXPERIMENT)
