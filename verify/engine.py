"""Judges one claim: which methods look at it, what each finds, and the verdict this carries.

The evidence depends on the claim and the settings alone, whoever computes it and in what order.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil

from numerics.evaluation import NotEvaluated
from verify.claim import Claim
from verify.evidence import Counterexample, Evidence, Finding, Verdict, verdict
from verify.model import MeaningError, Model


@dataclass(frozen=True)
class Tier:
    """How much is tried.

    Attributes:
        points: per claim and route.
        chains: simulated at a point at most.
        replicas: of a random experiment at most.
        seconds: per claim.
        tolerance: the relative discrepancy that a statistical check is to notice.

    """

    points: int
    chains: int
    replicas: int
    seconds: float
    tolerance: float = 0.15


TIERS = {
    "quick": Tier(points=6, chains=40_000, replicas=64, seconds=60),
    "full": Tier(points=40, chains=400_000, replicas=400, seconds=900, tolerance=0.05),
}


@dataclass(frozen=True)
class Settings:
    """What a run's evidence depends on, besides the claim."""

    tier: Tier = TIERS["quick"]
    seed: int = 0
    device: str = "cpu"
    on_trial: bool = False  # the verifier is: every method speaks, and explains nothing


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
        """The result as JSON-ready values (schema 1)."""
        return {
            "id": self.claim.id,
            "verdict": str(self.verdict),
            "reason": self.reason,
            "expect": self.claim.expect,
            "source": self.claim.source,
            "statement": self.claim.statement,
            "evidence": [e.to_json() for e in self.evidence],
            "counterexample": vars(self.counterexample) if self.counterexample else None,
            "seconds": round(self.seconds, 3),
        }


Known = Mapping[str, Evidence]  # by method


def methods(claim: Claim) -> tuple[str, ...]:
    """The methods that look at a claim, in order: the first to refute it ends the search."""
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
) -> Result:
    """Judge one claim, in this process.

    Args:
        claim: what to judge.
        settings: tier, seed and device.
        known: evidence from before, which is not gathered again.
        found: told of each new piece of evidence as soon as it is there.

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
                piece = examine(method, model, settings)
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
    return Result(claim, *verdict(evidence, is_bound), tuple(evidence), seconds)


def _check_meaning(model: Model, seed: int) -> None:
    from verify.validity import check_meaning

    if not model.claim.experiment:
        check_meaning(model, seed)


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
    if piece.counterexample and not model.claim.experiment and not settings.on_trial:
        return replace(piece, counterexample=_explained(model, piece.counterexample, settings.seed))
    return piece


def _look(method: str, model: Model, settings: Settings) -> Evidence:
    from verify.methods import (
        algebra,
        autograd,
        experiment,
        limit,
        lyapunov,
        polynomials,
        series,
        simulation,
        spectral,
    )

    tier, seed = settings.tier, settings.seed
    points = tier.points
    if model.claim.quantity == "curvature":  # each point takes 27 moments
        points = ceil(points / 3)
    match method:
        case "experiment":
            return experiment.check(model.claim, tier.replicas, seed, tier.tolerance)
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
    """With the size of the error over the domain, and the corrected formula."""
    from verify.methods.algebra import correction
    from verify.search import worst_gap

    claim = model.claim
    gap = None if claim.arbitrary or claim.limit else worst_gap(model, seed)
    return replace(
        counterexample,
        largest=f"{gap.relative:.3g} at {gap.point}" if gap else None,
        correction=correction(model) if claim.relation == "==" else None,
    )
