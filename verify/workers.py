"""Judges many claims: each in a process of its own, under a time and a memory limit.

A worker that dies or overruns takes one claim with it, never the run, and leaves the evidence
it had found. Trials of experiments, which claims share, are run likewise.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess

from verify.claim import Claim
from verify.engine import Known, Result, concluded, is_settled, try_out, verify_claim
from verify.evidence import Evidence, Finding, Verdict
from verify.provenance import code_version, machine
from verify.settings import Settings
from verify.store import Store
from verify.trial import Trial, trials

Subject = Claim | Trial

MEMORY_BYTES = 8 * 2**30
# for what the verdict does not need, when the verifier is on trial
EXTRA_SECONDS = 5.0


def run(
    claims: Iterable[Claim],
    settings: Settings,
    workers: int,
    store: Store | None = None,
    dask: str | None = None,
    told: Callable[[Trial, int], object] = lambda trial, left: None,
) -> Iterator[Result]:
    """Judge claims in parallel; results come as they are ready.

    A script calls this under `if __name__ == "__main__":`, as all that starts processes.

    Args:
        claims: what to judge.
        settings: tier, seed and device.
        workers: processes at a time.
        store: where evidence from before is looked up, and new evidence kept.
        dask: a Dask scheduler's address, to judge on its workers instead.
        told: of each trial of an experiment that has ended, and how many are left.

    Raises:
        OSError: if there is no scheduler at that address.
        ImportError: without the package distributed.

    """
    store = store or Store(None)
    open_claims: list[tuple[Claim, Known]] = []
    measured: list[Claim] = []
    for claim in claims:
        known = store.known(claim, settings)
        if is_settled(claim, known):
            yield verify_claim(claim, settings, known)
        elif claim.experiment:
            measured.append(claim)
        else:
            open_claims.append((claim, known))
    open_claims.sort(key=lambda one: one[0].relation not in ("<=", ">="))  # bounds take longest
    for outcome in _outcomes(open_claims, settings, store, workers, dask):
        if isinstance(outcome, Result):
            yield outcome
    tried: dict[Trial, Evidence] = {}
    wanted = [trial for claim in measured for trial in trials(claim)]
    for trial, evidence in try_all(wanted, settings, workers, store, dask, told):
        tried[trial] = evidence
        for claim in [c for c in measured if tried.keys() >= trials(c).keys()]:
            measured.remove(claim)
            result = verify_claim(claim, settings, tried=tried)
            for piece in result.evidence:
                if all(tried[t].finding is Finding.SUPPORTS for t in trials(claim)):
                    store.keep(claim, settings, piece)
            yield result


def try_all(
    wanted: Iterable[Trial],
    settings: Settings,
    workers: int,
    store: Store,
    dask: str | None = None,
    told: Callable[[Trial, int], object] = lambda trial, left: None,
) -> Iterator[tuple[Trial, Evidence]]:
    """What trials measured, as they end; arguments and errors as for `run`."""
    missing: list[tuple[Subject, Known]] = []
    for trial in dict.fromkeys(wanted):
        if known := store.known(trial, settings):
            yield trial, known["trial"]
        else:
            missing.append((trial, known))
    left = len(missing)
    for outcome in _outcomes(missing, settings, store, workers, dask):
        if isinstance(outcome, Tried):
            left -= 1
            told(outcome.trial, left)
            yield outcome.trial, outcome.evidence[0]


@dataclass(frozen=True)
class Tried:
    """A trial that has ended: one piece of evidence, what it measured or why it did not."""

    trial: Trial
    evidence: tuple[Evidence, ...]


def _outcomes(
    subjects: Sequence[tuple[Subject, Known]],
    settings: Settings,
    store: Store,
    workers: int,
    dask: str | None,
) -> Iterator[Result | Tried]:
    if dask and subjects:
        yield from _on_cluster(subjects, settings, store, dask)
    else:
        yield from _on_this_machine(subjects, settings, store, workers)


def processes() -> ForkServerContext:
    """How processes start: as forks of one that has loaded the libraries, once for all."""
    # one worker per core: more threads would wait for each other, and be lost in a fork
    os.environ["OMP_NUM_THREADS"] = "1"  # BLAS and Torch read it when the server loads them
    context = multiprocessing.get_context("forkserver")
    # each worker imports the main module anew, and with it whatever that one has imported
    loaded = (name for name in sys.modules if name.partition(".")[0] == "verify")
    context.set_forkserver_preload(["verify.preload", *loaded])
    return context


def _on_this_machine(
    subjects: Sequence[tuple[Subject, Known]], settings: Settings, store: Store, workers: int
) -> Iterator[Result | Tried]:
    context = processes()
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
                limit = _seconds(subject, settings)
                active[receiver] = _Job(subject, process, limit, list(known.values()))
            soonest = min(job.deadline for job in active.values())
            ready = wait(list(active), timeout=max(0.0, soonest - time.perf_counter()))
            for receiver, job in list(active.items()):
                outcome = job.receive(receiver) if receiver in ready else None
                if isinstance(outcome, Evidence):
                    store.keep(job.subject, settings, outcome)
                elif outcome is None and time.perf_counter() > job.deadline:
                    outcome = job.overrun()
                if isinstance(outcome, Result | Tried):
                    del active[receiver]
                    yield outcome
    finally:
        for job in active.values():
            job.process.kill()


def _seconds(subject: Subject, settings: Settings) -> float:
    is_trial = isinstance(subject, Trial)
    return settings.tier.seconds_per_trial if is_trial else settings.tier.seconds


def _without_verdict(
    subject: Subject, verdict: Verdict, reason: str, evidence: Sequence[Evidence], seconds: float
) -> Result | Tried:
    if isinstance(subject, Claim):
        return Result(subject, verdict, reason, tuple(evidence), seconds)
    finding = Finding.FAILED if verdict is Verdict.ERROR else Finding.ABSTAINS
    return Tried(subject, (Evidence("trial", finding, reason),))


@dataclass
class _Job:
    subject: Subject
    process: BaseProcess
    limit: float
    evidence: list[Evidence]
    started: float = field(default_factory=time.perf_counter)

    def __post_init__(self) -> None:
        self.deadline = self.started + self.limit

    def receive(self, receiver: Connection) -> Evidence | Result | Tried:
        """The next piece of evidence, or the outcome."""
        try:
            message = receiver.recv()
        except (EOFError, OSError):
            self.process.join()
            died = f"the worker died ({_cause(self.process.exitcode)})"
            return self._without_verdict(Verdict.ERROR, died)
        if isinstance(message, Evidence):
            self.evidence.append(message)
            if self._settled():
                self.deadline = min(self.deadline, time.perf_counter() + EXTRA_SECONDS)
            return message
        self.process.join()
        if isinstance(message, Result | Tried):
            return message
        return self._without_verdict(Verdict.ERROR, str(message))

    def overrun(self) -> Result | Tried:
        self.process.kill()
        self.process.join()
        if claim := self._settled():
            return concluded(claim, self.evidence, self._elapsed())
        return self._without_verdict(Verdict.UNDECIDED, f"no verdict within {self.limit:g} s")

    def _settled(self) -> Claim | None:
        """The claim, if the evidence is all that its verdict needs."""
        known = {piece.method: piece for piece in self.evidence}
        if isinstance(self.subject, Claim) and is_settled(self.subject, known):
            return self.subject
        return None

    def _without_verdict(self, verdict: Verdict, reason: str) -> Result | Tried:
        return _without_verdict(self.subject, verdict, reason, self.evidence, self._elapsed())

    def _elapsed(self) -> float:
        return time.perf_counter() - self.started


def _cause(exitcode: int | None) -> str:
    if exitcode is not None and exitcode < 0:
        return signal.Signals(-exitcode).name
    return f"exit code {exitcode}"


def _work(sender: Connection, subject: Subject, settings: Settings, known: Known) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _limit_resources(_seconds(subject, settings), settings.device)
    try:
        if isinstance(subject, Claim):
            sender.send(verify_claim(subject, settings, known, found=sender.send))
        else:
            sender.send(piece := try_out(subject, settings))
            sender.send(Tried(subject, (piece,)))
    except BrokenPipeError:  # the parent is gone
        os._exit(1)
    except MemoryError:
        sender.send(f"more than {MEMORY_BYTES >> 30} GiB of memory")
    except Exception as error:  # the parent reports it as the claim's verdict
        sender.send(f"{type(error).__name__}: {error}")
    sender.close()
    os._exit(0)  # taking torch and SymPy down in order takes longer than many a claim


def _end_with_parent() -> None:
    """A run that was killed leaves nobody to work for."""
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


def _on_cluster(
    subjects: Sequence[tuple[Subject, Known]], settings: Settings, store: Store, address: str
) -> Iterator[Result | Tried]:
    from concurrent.futures import as_completed

    from distributed import Client

    with Client(address, timeout="10s") as client, client.get_executor(pure=False) as executor:
        futures = {
            executor.submit(_there, subject, settings, known, code_version()): (subject, known)
            for subject, known in subjects
        }
        for future in as_completed(futures):
            subject, known = futures[future]
            try:
                outcome, where = future.result()
            except Exception as error:  # a lost worker takes its claim with it, not the run
                reason = f"{type(error).__name__}: {error}"
                yield _without_verdict(subject, Verdict.ERROR, reason, (), 0.0)
                continue
            for piece in outcome.evidence:
                if piece.method not in known:
                    store.keep(subject, settings, piece, where)
            yield outcome


def _there(
    subject: Subject, settings: Settings, known: Known, code: str
) -> tuple[Result | Tried, Mapping[str, object]]:
    """One subject on a cluster's worker, limited as it would be here; and what that worker is."""
    if code != code_version():
        raise RuntimeError("the cluster's worker has other code than this machine")
    multiprocessing.current_process().daemon = False  # a nanny's worker is, and could not fork
    [outcome] = _on_this_machine([(subject, known)], settings, Store(None), workers=1)
    return outcome, machine(settings.device)
