"""One subject in a process of its own, under a time and a memory limit."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from verify.claims.claim import Claim
from verify.claims.trial import Trial
from verify.judging.engine import Known, Result, concluded, is_settled, verify_claim
from verify.judging.evidence import Evidence, Finding, Verdict
from verify.judging.methods import methods
from verify.running.server import fork_server
from verify.running.store import Store
from verify.settings import Settings

Subject = Claim | Trial


MEMORY_BYTES = 8 * 2**30


# for what the verdict does not need, when the verifier is on trial
EXTRA_SECONDS = 5.0
# of its limit, for a subject that hardly gets a processor, or waits for something else
PATIENCE = 5


@dataclass(frozen=True)
class TrialResult:
    """A trial that has ended: one piece of evidence, what it measured or why it did not."""

    trial: Trial
    evidence: tuple[Evidence, ...]


def on_this_machine(
    subjects: Sequence[tuple[Subject, Known]], settings: Settings, store: Store, workers: int
) -> Iterator[Result | TrialResult]:
    """Judge subjects, each in a process of its own, so many at a time; outcomes as they come."""
    context = fork_server()
    waiting = list(reversed(subjects))
    active: dict[Connection, _Job] = {}
    try:
        while waiting or active:
            while waiting and len(active) < workers:
                subject, known = waiting.pop()
                receiver, sender = context.Pipe(duplex=False)
                process = context.Process(
                    target=_work, args=(sender, subject, settings, known), daemon=True
                )
                process.start()
                sender.close()
                limit = time_limit(subject, settings)
                pieces = list(known.values())
                active[receiver] = _Job(subject, process, limit, settings.certify, pieces)
            ready = wait(list(active), timeout=max(0.0, min(job.left for job in active.values())))
            for receiver, job in list(active.items()):
                outcome = job.receive(receiver) if receiver in ready else None
                if isinstance(outcome, Evidence):
                    store.keep(job.subject, settings, outcome)
                elif outcome is None and job.left <= 0:
                    outcome = job.overrun()
                    if outcome is None:  # other methods may have something to say
                        del active[receiver]
                        waiting.append((job.subject, job.known))
                if isinstance(outcome, Result | TrialResult):
                    del active[receiver]
                    yield outcome
    finally:
        for job in active.values():
            job.process.kill()


def time_limit(subject: Subject, settings: Settings) -> float:
    """The seconds that a trial may compute, or a claim until a method of it is given up.

    A certificate has as many again. Where a machine has other work, they pass more slowly.
    """
    if isinstance(subject, Trial):
        return settings.tier.seconds_per_trial
    return settings.tier.seconds * (2 if settings.certify else 1)


def without_verdict(
    subject: Subject, verdict: Verdict, reason: str, evidence: Sequence[Evidence], seconds: float
) -> Result | TrialResult:
    """The outcome on a subject cut short: undecided or an error, with the evidence there is."""
    if isinstance(subject, Claim):
        return Result(subject, verdict, reason, tuple(evidence), seconds)
    finding = Finding.FAILED if verdict is Verdict.ERROR else Finding.ABSTAINS
    return TrialResult(subject, (Evidence("trial", finding, reason),))


@dataclass
class _Job:
    subject: Subject
    process: BaseProcess
    limit: float
    certify: bool
    evidence: list[Evidence]
    started: float = field(default_factory=time.perf_counter)

    def __post_init__(self) -> None:
        self.until = self.limit

    @property
    def left(self) -> float:
        """The seconds that the worker may compute yet, none below 0.

        On several processors no more of them count than have passed.
        """
        elapsed = self._elapsed()
        computed = min(elapsed, _processor_time(self.process.pid, elapsed))
        return min(self.until - computed, PATIENCE * self.limit - elapsed)

    @property
    def known(self) -> Known:
        """The evidence by its methods."""
        return {piece.method: piece for piece in self.evidence}

    def receive(self, receiver: Connection) -> Evidence | Result | TrialResult:
        """The next piece of evidence, or the outcome."""
        try:
            message = receiver.recv()
        except (EOFError, OSError):
            self.process.join()
            died = f"the worker died ({_cause(self.process.exitcode)})"
            return self._without_verdict(Verdict.ERROR, died)
        if isinstance(message, Evidence):
            self.evidence.append(message)
            if self._settled(self.certify):
                self.until -= max(0.0, self.left - EXTRA_SECONDS)
            return message
        self.process.join()
        if isinstance(message, Result | TrialResult):
            return message
        return self._without_verdict(Verdict.ERROR, str(message))

    def overrun(self) -> Result | TrialResult | None:
        """The outcome on a subject that takes too long; None where methods are left to ask.

        The method that was at work has nothing to say, and those that come after it go on.
        """
        self.process.kill()
        self.process.join()
        why = f"no result within {self.limit:g} s"
        if not isinstance(self.subject, Claim):
            return self._without_verdict(Verdict.UNDECIDED, why)
        if not self._settled():
            asked = (method.name for method in methods(self.subject, self.certify))
            at_work = next(name for name in asked if name not in self.known)
            self.evidence.append(Evidence(at_work, Finding.ABSTAINS, why, seconds=self._elapsed()))
        if self._settled():
            return concluded(self.subject, self.evidence, self._elapsed())
        return None

    def _settled(self, certify: bool = False) -> bool:
        """Whether the evidence is all that a claim's verdict needs, or a certificate too."""
        return isinstance(self.subject, Claim) and is_settled(self.subject, self.known, certify)

    def _without_verdict(self, verdict: Verdict, reason: str) -> Result | TrialResult:
        return without_verdict(self.subject, verdict, reason, self.evidence, self._elapsed())

    def _elapsed(self) -> float:
        return time.perf_counter() - self.started


def _processor_time(pid: int | None, otherwise: float) -> float:
    """The seconds that a process has computed, on Linux, and otherwise what is given."""
    try:
        # as the C library's clock_getcpuclockid has it
        return time.clock_gettime((~pid << 3) | 2) if pid else otherwise
    except (AttributeError, OSError):
        return otherwise


def _cause(exitcode: int | None) -> str:
    if exitcode is not None and exitcode < 0:
        return signal.Signals(-exitcode).name
    return f"exit code {exitcode}"


def _work(sender: Connection, subject: Subject, settings: Settings, known: Known) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _limit_resources(time_limit(subject, settings), settings.device)
    from verify.judging.routes.experiment import try_out

    try:
        if isinstance(subject, Claim):
            sender.send(verify_claim(subject, settings, known, on_evidence=sender.send))
        else:
            sender.send(piece := try_out(subject, settings))
            sender.send(TrialResult(subject, (piece,)))
    except BrokenPipeError:  # the parent is gone
        os._exit(1)
    except MemoryError:
        sender.send(f"more than {MEMORY_BYTES >> 30} GiB of memory")
    except Exception as error:  # the parent reports it as the claim's verdict
        sender.send(f"{type(error).__name__}: {error}")
    sender.close()
    os._exit(0)  # taking torch and SymPy down in order takes longer than many a claim


def _end_with_parent() -> None:
    """End this process with its parent: a run that was killed leaves nobody to work for."""
    if (parent := multiprocessing.parent_process()) is not None:
        wait([parent.sentinel])
        os._exit(1)


def _limit_resources(seconds: float, device: str) -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    if device == "cpu":  # CUDA reserves more addresses than there is memory
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    # should the parent be stuck when there is an overrun to stop
    cpu = ceil(seconds) * (os.cpu_count() or 1) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
