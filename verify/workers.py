"""Judges many claims: each in a process of its own, under a time and a memory limit.

A worker that dies or overruns takes one claim with it, never the run, and leaves the evidence
it had found.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import ceil
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess

from verify.claim import Claim
from verify.engine import Known, Result, Settings, concluded, is_settled, verify_claim
from verify.evidence import Evidence, Verdict
from verify.provenance import code_version, machine
from verify.store import Store

MEMORY_BYTES = 8 * 2**30
# for what the verdict does not need, when the verifier is on trial
EXTRA_SECONDS = 5.0


def run(
    claims: Iterable[Claim],
    settings: Settings,
    workers: int,
    store: Store | None = None,
    dask: str | None = None,
) -> Iterator[Result]:
    """Judge claims in parallel; results come as they are ready.

    A script calls this under `if __name__ == "__main__":`, as all that starts processes.

    Args:
        claims: what to judge.
        settings: tier, seed and device.
        workers: processes at a time.
        store: where evidence from before is looked up, and new evidence kept.
        dask: a Dask scheduler's address, to judge on its workers instead.

    Raises:
        OSError: if there is no scheduler at that address.
        ImportError: without the package distributed.

    """
    store = store or Store(None)
    open_claims: list[tuple[Claim, Known]] = []
    for claim in claims:
        known = store.known(claim, settings)
        if is_settled(claim, known):
            yield verify_claim(claim, settings, known)
        else:
            open_claims.append((claim, known))
    open_claims.sort(key=lambda one: one[0].relation not in ("<=", ">="))  # bounds take longest
    if dask and open_claims:
        yield from _on_cluster(open_claims, settings, store, dask)
    else:
        yield from _on_this_machine(open_claims, settings, store, workers)


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
    claims: list[tuple[Claim, Known]], settings: Settings, store: Store, workers: int
) -> Iterator[Result]:
    context = processes()
    limit = settings.tier.seconds
    waiting = claims[::-1]
    active: dict[Connection, _Job] = {}
    try:
        while waiting or active:
            while waiting and len(active) < workers:
                claim, known = waiting.pop()
                receiver, sender = context.Pipe(duplex=False)
                process = context.Process(
                    target=_work, args=(sender, claim, settings, known), daemon=True
                )
                process.start()
                sender.close()
                active[receiver] = _Job(claim, process, limit, list(known.values()))
            soonest = min(job.deadline for job in active.values())
            ready = wait(list(active), timeout=max(0.0, soonest - time.perf_counter()))
            for receiver, job in list(active.items()):
                result = job.receive(receiver) if receiver in ready else None
                if isinstance(result, Evidence):
                    store.keep(job.claim, settings, result)
                elif result is None and time.perf_counter() > job.deadline:
                    result = job.overrun()
                if isinstance(result, Result):
                    del active[receiver]
                    yield result
    finally:
        for job in active.values():
            job.process.kill()


@dataclass
class _Job:
    claim: Claim
    process: BaseProcess
    limit: float
    evidence: list[Evidence]
    started: float = field(default_factory=time.perf_counter)

    def __post_init__(self) -> None:
        self.deadline = self.started + self.limit

    @property
    def is_settled(self) -> bool:
        return is_settled(self.claim, {piece.method: piece for piece in self.evidence})

    def receive(self, receiver: Connection) -> Evidence | Result:
        """The next piece of evidence, or the result."""
        try:
            message = receiver.recv()
        except (EOFError, OSError):
            self.process.join()
            died = f"the worker died ({_cause(self.process.exitcode)})"
            return self._without_verdict(Verdict.ERROR, died)
        if isinstance(message, Evidence):
            self.evidence.append(message)
            if self.is_settled:
                self.deadline = min(self.deadline, time.perf_counter() + EXTRA_SECONDS)
            return message
        self.process.join()
        if isinstance(message, Result):
            return message
        return self._without_verdict(Verdict.ERROR, str(message))

    def overrun(self) -> Result:
        self.process.kill()
        self.process.join()
        if self.is_settled:
            return concluded(self.claim, self.evidence, self._seconds)
        return self._without_verdict(Verdict.UNDECIDED, f"no verdict within {self.limit:g} s")

    def _without_verdict(self, verdict: Verdict, reason: str) -> Result:
        return Result(self.claim, verdict, reason, tuple(self.evidence), self._seconds)

    @property
    def _seconds(self) -> float:
        return time.perf_counter() - self.started


def _cause(exitcode: int | None) -> str:
    if exitcode is not None and exitcode < 0:
        return signal.Signals(-exitcode).name
    return f"exit code {exitcode}"


def _work(sender: Connection, claim: Claim, settings: Settings, known: Known) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    _limit_resources(settings.tier.seconds)
    try:
        sender.send(verify_claim(claim, settings, known, found=sender.send))
    except BrokenPipeError:  # the parent is gone
        os._exit(1)
    except MemoryError:
        sender.send(f"more than {MEMORY_BYTES >> 30} GiB of memory")
    except Exception as error:  # the parent reports it as the claim's verdict
        sender.send(f"{type(error).__name__}: {error}")
    sender.close()
    os._exit(0)  # taking torch and SymPy down in order takes longer than many a claim


def _limit_resources(seconds: float) -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    # should the parent die before it can stop an overrun
    cpu = ceil(seconds) * (os.cpu_count() or 1) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))


def _on_cluster(
    claims: list[tuple[Claim, Known]], settings: Settings, store: Store, address: str
) -> Iterator[Result]:
    from concurrent.futures import as_completed

    from distributed import Client

    with Client(address, timeout="10s") as client, client.get_executor(pure=False) as executor:
        futures = {
            executor.submit(_there, claim, settings, known, code_version()): (claim, known)
            for claim, known in claims
        }
        for future in as_completed(futures):
            claim, known = futures[future]
            try:
                result, where = future.result()
            except Exception as error:  # a lost worker takes its claim with it, not the run
                yield Result(claim, Verdict.ERROR, f"{type(error).__name__}: {error}", (), 0.0)
                continue
            for piece in result.evidence:
                if piece.method not in known:
                    store.keep(claim, settings, piece, where)
            yield result


def _there(
    claim: Claim, settings: Settings, known: Known, code: str
) -> tuple[Result, Mapping[str, object]]:
    """One claim on a cluster's worker, limited as it would be here; and what that worker is."""
    if code != code_version():
        raise RuntimeError("the cluster's worker has other code than this machine")
    multiprocessing.current_process().daemon = False  # a nanny's worker is, and could not fork
    [result] = _on_this_machine([(claim, known)], settings, Store(None), workers=1)
    return result, machine(settings.device)
