"""Runs claims: each in a process of its own, under a time and a memory limit.

A worker that dies or overruns takes one claim with it (verdict error), never the run. The
evidence depends on claim, tier and seed alone, not on the number of workers.
"""

from __future__ import annotations

import multiprocessing
import os
import platform
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from importlib.metadata import version
from math import ceil
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from verify.claim import Claim
from verify.evidence import Counterexample, Evidence, Finding, Verdict, verdict
from verify.model import MeaningError, Model

MEMORY_BYTES = 8 * 2**30


@dataclass(frozen=True)
class Tier:
    """How much is tried: points per claim and route, chains, replicas, seconds per claim."""

    points: int
    chains: int
    replicas: int
    seconds: float


TIERS = {
    "quick": Tier(points=6, chains=20_000, replicas=64, seconds=60),
    "full": Tier(points=40, chains=200_000, replicas=400, seconds=900),
}


@dataclass(frozen=True)
class Settings:
    """What a run's evidence depends on, besides the claim."""

    tier: Tier = TIERS["quick"]
    seed: int = 0
    device: str = "cpu"


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


def verify_claim(claim: Claim, settings: Settings | None = None) -> Result:
    """Judge one claim, in this process."""
    settings = settings or Settings()
    start = time.perf_counter()
    evidence: list[Evidence] = []
    try:
        evidence.extend(_gather(claim, settings))
    except MeaningError as error:
        return Result(
            claim, Verdict.ERROR, str(error), (), time.perf_counter() - start, invalid=True
        )
    found, reason = verdict(evidence)
    if found is Verdict.REFUTED and not claim.experiment:
        evidence = _explained(claim, evidence, settings.seed)
    return Result(claim, found, reason, tuple(evidence), time.perf_counter() - start)


def _gather(claim: Claim, settings: Settings) -> Iterator[Evidence]:
    from verify.methods import (
        algebra,
        autograd,
        limit,
        lyapunov,
        polynomials,
        series,
        simulation,
        spectral,
    )
    from verify.validity import check_meaning

    if claim.experiment:
        from verify.methods import experiment

        yield experiment.check(claim, settings.tier.replicas, settings.seed)
        return
    model = Model(claim)
    check_meaning(model, settings.seed)
    points, seed = settings.tier.points, settings.seed
    if claim.quantity == "curvature":  # each point takes 27 moments
        points = ceil(points / 3)
    methods: list[tuple[str, Callable[[], Evidence]]]
    if claim.limit is not None:
        methods = [("limit", lambda: limit.check(model, points, seed))]
    else:
        methods = [
            ("lyapunov", lambda: lyapunov.check(model, points, seed)),
            ("spectral", lambda: spectral.check(model, points, seed)),
            # the same points as the first two, which cost less
            ("series", lambda: series.check(model, ceil(points / 2), seed)),
        ]
    methods += [
        (polynomials.JUDGE, lambda: polynomials.judge(claim)),
        (algebra.JUDGE, lambda: algebra.judge(model)),
    ]
    if claim.limit is None:
        methods += [
            ("autograd", lambda: autograd.check(model, points, seed, settings.device)),
            ("simulation", lambda: simulation.check(model, settings.tier.chains, seed)),
        ]
    for name, method in methods:
        try:
            found = method()
        except MeaningError:
            raise
        except Exception as error:  # one broken method must not hide the others
            found = Evidence(name, Finding.FAILED, f"{type(error).__name__}: {error}")
        yield found
        if found.finding is Finding.REFUTES:
            return


def _explained(claim: Claim, evidence: list[Evidence], seed: int) -> list[Evidence]:
    """Counterexamples with the size of the error over the domain, and the corrected formula."""
    from verify.methods.algebra import correction
    from verify.search import worst_gap

    model = Model(claim)
    gap = None if claim.arbitrary or claim.limit else worst_gap(model, seed)
    largest = f"{gap.relative:.3g} at {gap.point}" if gap else None
    corrected = correction(model) if claim.relation == "==" else None

    def explained(counterexample: Counterexample | None) -> Counterexample | None:
        if counterexample is None:
            return None
        return replace(counterexample, largest=largest, correction=corrected)

    return [replace(e, counterexample=explained(e.counterexample)) for e in evidence]


def run(claims: Iterable[Claim], settings: Settings, workers: int) -> Iterator[Result]:
    """Judge claims in parallel; results come as they are ready.

    Args:
        claims: what to judge.
        settings: tier, seed and device.
        workers: processes at a time.

    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["verify.preload"])
    waiting = list(reversed(list(claims)))
    active: dict[Connection, _Job] = {}
    try:
        while waiting or active:
            while waiting and len(active) < workers:
                claim = waiting.pop()
                receiver, sender = context.Pipe(duplex=False)
                process = context.Process(target=_work, args=(sender, claim, settings), daemon=True)
                process.start()
                sender.close()
                active[receiver] = _Job(claim, process, time.perf_counter())
            soonest = min(job.started for job in active.values()) + settings.tier.seconds
            ready = wait(list(active), timeout=max(0.0, soonest - time.perf_counter()))
            for receiver, job in list(active.items()):
                if receiver in ready:
                    del active[receiver]
                    yield job.result(receiver)
                elif time.perf_counter() - job.started > settings.tier.seconds:
                    del active[receiver]
                    yield job.overrun(settings.tier.seconds)
    finally:
        for job in active.values():
            job.process.kill()


@dataclass(frozen=True)
class _Job:
    claim: Claim
    process: BaseProcess
    started: float

    def result(self, receiver: Connection) -> Result:
        try:
            outcome = receiver.recv()
        except EOFError:
            self.process.join()
            return self._error(f"the worker died (exit code {self.process.exitcode})")
        self.process.join()
        return outcome if isinstance(outcome, Result) else self._error(str(outcome))

    def overrun(self, seconds: float) -> Result:
        self.process.kill()
        self.process.join()
        reason = f"no verdict within {seconds:g} s"
        return Result(self.claim, Verdict.UNDECIDED, reason, (), time.perf_counter() - self.started)

    def _error(self, reason: str) -> Result:
        return Result(self.claim, Verdict.ERROR, reason, (), time.perf_counter() - self.started)


def _work(sender: Connection, claim: Claim, settings: Settings) -> None:
    _limit_memory()
    try:
        sender.send(verify_claim(claim, settings))
    except MemoryError:
        sender.send(f"more than {MEMORY_BYTES >> 30} GiB of memory")
    except Exception as error:  # the parent reports it as the claim's verdict
        sender.send(str(error))
    sender.close()
    os._exit(0)  # taking torch and SymPy down in order takes longer than many a claim


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def environment(settings: Settings) -> dict[str, object]:
    """What the run was made with, JSON-ready."""
    packages = ("curseproof", "sympy", "python-flint", "numpy", "scipy", "torch")
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: version(name) for name in packages},
        "seed": settings.seed,
        "device": settings.device,
        "tier": next((name for name, tier in TIERS.items() if tier == settings.tier), "custom"),
    }
