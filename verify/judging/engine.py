"""Judges one claim: which methods look at it, what each finds, and the verdict this carries.

The evidence depends on the claim and the settings alone, whoever computes it and in what order.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import ceil

from numerics.arithmetic.evaluation import NotEvaluated
from verify.claims.claim import Claim
from verify.claims.trial import Trial, trials
from verify.judging.evidence import Counterexample, Evidence, Finding, Verdict, verdict
from verify.judging.model import MeaningError, Model
from verify.settings import Settings


@dataclass(frozen=True)
class Result:
    """A claim's verdict with all its evidence."""

    claim: Claim
    verdict: Verdict
    reason: str
    evidence: tuple[Evidence, ...]
    seconds: float
    invalid: bool = False  # the claim means nothing: bad input, not a finding

    @property
    def counterexample(self) -> Counterexample | None:
        """Where the claim fails, if it is refuted."""
        if self.verdict is not Verdict.REFUTED:
            return None
        return next((e.counterexample for e in self.evidence if e.counterexample), None)

    @property
    def as_expected(self) -> bool:
        """Whether the run may pass: proved or supported, or just what `expect` says."""
        if self.claim.expect is not None:
            return self.verdict == self.claim.expect
        return self.verdict in (Verdict.PROVED, Verdict.SUPPORTED)

    def to_json(self) -> dict[str, object]:
        """The result as JSON-ready values (schema 1), with the claim as its file has it."""
        return {
            **self.claim.entry(),
            "verdict": str(self.verdict),
            "reason": self.reason,
            "expect": self.claim.expect,
            "source": self.claim.source,
            "statement": self.claim.statement,
            "evidence": [e.to_json() for e in self.evidence],
            "counterexample": asdict(self.counterexample) if self.counterexample else None,
            "seconds": round(self.seconds, 3),
        }


Known = Mapping[str, Evidence]  # by method


def methods(claim: Claim | Trial) -> tuple[str, ...]:
    """The methods that look at a claim, in order: the first to refute it ends the search."""
    if isinstance(claim, Trial):
        return ("trial",)
    if claim.experiment:
        return ("experiment",)
    if claim.limit is not None:
        return ("limit", "polynomials", "sympy")
    return ("lyapunov", "spectral", "series", "polynomials", "sympy", "autograd", "simulation")


def is_settled(claim: Claim, known: Known) -> bool:
    """Whether the evidence known is all that a verdict needs."""
    for method in methods(claim):
        if method not in known:
            return False
        if known[method].finding is Finding.REFUTES:
            break
    return True


def verify_claim(
    claim: Claim,
    settings: Settings | None = None,
    known: Known | None = None,
    found: Callable[[Evidence], object] | None = None,
    tried: Mapping[Trial, Evidence] | None = None,
) -> Result:
    """Judge one claim, in this process.

    Args:
        claim: what to judge.
        settings: tier, seed and device.
        known: evidence from before, which is not gathered again.
        found: told of each new piece of evidence as soon as it is there.
        tried: what the trials of an experiment gave; those missing are run.

    """
    settings, known = settings or Settings(), known or {}
    start = time.perf_counter()
    evidence: list[Evidence] = []
    model = Model(claim)
    try:
        if not known:
            _check_meaning(model, settings.seed)
        for method in methods(claim):
            piece = known.get(method)
            if piece is None:
                piece = (
                    _measured(claim, settings, tried or {})
                    if claim.experiment
                    else examine(method, model, settings)
                )
                if found:
                    found(piece)
            evidence.append(piece)
            if piece.finding is Finding.REFUTES and not settings.on_trial:
                break
    except MeaningError as error:
        seconds = time.perf_counter() - start
        return Result(claim, Verdict.ERROR, str(error), (), seconds, invalid=True)
    return concluded(claim, evidence, time.perf_counter() - start)


def concluded(claim: Claim, evidence: Sequence[Evidence], seconds: float) -> Result:
    """The verdict that the evidence carries."""
    is_bound = claim.relation in ("<=", ">=") and not claim.experiment
    found, reason = verdict(evidence, is_bound)
    if claim.experiment:  # judged by one method, which says what it saw
        reason = evidence[0].detail
    return Result(claim, found, reason, tuple(evidence), seconds)


def _check_meaning(model: Model, seed: int) -> None:
    from verify.judging.validity import check_meaning

    if not model.claim.experiment:
        check_meaning(model, seed)


def _measured(claim: Claim, settings: Settings, tried: Mapping[Trial, Evidence]) -> Evidence:
    """What an experiment says of a claim; or why a trial it takes gave nothing."""
    from verify.judging.routes import experiment

    pieces = {t: tried[t] if t in tried else try_out(t, settings) for t in trials(claim)}
    for piece in pieces.values():
        if piece.finding is not Finding.SUPPORTS:
            return replace(piece, method="experiment")
    measured = {trial: piece.data for trial, piece in pieces.items()}
    found = experiment.check(claim, measured, settings.tier.tolerance)
    elsewhere = [piece.data["machine"] for piece in pieces.values() if "machine" in piece.data]
    return replace(found, data={**found.data, "machine": elsewhere[0]}) if elsewhere else found


def try_out(trial: Trial, settings: Settings) -> Evidence:
    """What a trial measured, in the evidence's `data`."""
    from verify.experiments import EXPERIMENTS
    from verify.judging.statistics import stream

    rng = stream(settings.seed, trial.experiment, 0, 0)  # the same for all: replicas are pairs
    start = time.perf_counter()
    try:
        data = EXPERIMENTS[trial.experiment].run(dict(trial.point), settings, rng)
    except NotEvaluated as reason:
        return Evidence("trial", Finding.ABSTAINS, str(reason))
    except Exception as error:  # one broken trial must not hide the others
        return Evidence("trial", Finding.FAILED, f"{type(error).__name__}: {error}")
    seconds = time.perf_counter() - start
    return Evidence("trial", Finding.SUPPORTS, f"in {seconds:.3g} s", data=data)


def examine(method: str, model: Model, settings: Settings) -> Evidence:
    """What one method finds.

    Raises:
        MeaningError: if the claim turns out to mean nothing.

    """
    try:
        piece = _look(method, model, settings)
    except MeaningError:
        raise
    except (NotEvaluated, NotImplementedError) as reason:  # the latter is SymPy's
        return Evidence(method, Finding.ABSTAINS, str(reason) or "no algorithm")
    except Exception as error:  # one broken method must not hide the others
        return Evidence(method, Finding.FAILED, f"{type(error).__name__}: {error}")
    if piece.counterexample and not settings.on_trial:
        return replace(piece, counterexample=_explained(model, piece.counterexample, settings.seed))
    return piece


def _look(method: str, model: Model, settings: Settings) -> Evidence:
    from verify.judging.exact import judge as polynomials
    from verify.judging.routes import autograd, limit, lyapunov, series, simulation, spectral
    from verify.judging.symbolic import judge as algebra

    tier, seed = settings.tier, settings.seed
    points = tier.points
    if model.claim.quantity == "curvature":  # each point takes 27 moments
        points = ceil(points / 3)
    match method:
        case "limit":
            return limit.check(model, points, seed)
        case "lyapunov":
            return lyapunov.check(model, points, seed)
        case "spectral":
            return spectral.check(model, points, seed)
        case "series":  # the same points as the first two, which cost less
            return series.check(model, ceil(points / 2), seed)
        case "polynomials":
            return polynomials.judge(model.claim)
        case "sympy":
            return algebra.judge(model)
        case "autograd":
            return autograd.check(model, points, seed, settings.device)
        case "simulation":
            return simulation.check(model, tier.chains, seed, tier.tolerance)
    raise ValueError(f"unknown method {method!r}")


def _explained(model: Model, counterexample: Counterexample, seed: int) -> Counterexample:
    """With the size of the error over the domain, the corrected formula, and both sides."""
    from verify.judging.search import profile, worst_gap
    from verify.judging.symbolic.judge import correction

    claim = model.claim
    gap = None if claim.arbitrary or claim.limit else worst_gap(model, seed)
    return replace(
        counterexample,
        largest=f"{gap.relative:.3g} at {gap.point}" if gap else None,
        correction=correction(model) if claim.relation == "==" else None,
        profile=profile(model, gap.point) if gap else None,
    )
