"""Claims put to every method, each claim in a process of its own under the tier's time limit.

What a claim's trial finds depends on the claim and the settings alone, not on the workers.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection

from verify import engine
from verify.claim import Claim
from verify.engine import Settings, is_settled, methods, verify_claim
from verify.evidence import Evidence, Finding, Verdict
from verify.model import MeaningError, Model
from verify.validity import check_meaning

# for the methods that the verdict did not need
EXTRA_SECONDS = 10.0


@dataclass(frozen=True)
class Trial:
    """What became of one claim.

    Attributes:
        id: the claim's.
        verdict: the engine's.
        reason: its reason, in a sentence.
        invalid: whether the claim was found to mean nothing.
        findings: each method's own, also of those that the engine would no longer have asked.
        seconds: processor time.

    """

    id: str
    verdict: Verdict
    reason: str
    invalid: bool
    findings: Mapping[str, Finding]
    seconds: float


def tried(
    claims: Iterable[Claim], settings: Settings, workers: int, thorough: bool = True
) -> Iterator[Trial]:
    """The claims' trials, in their order.

    A method that takes longer than EXTRA_SECONDS once the verdict is there counts as not asked.

    Args:
        claims: what to try.
        settings: tier, seed and device.
        workers: processes at a time.
        thorough: ask every method, also after one has refuted the claim.

    """
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(partial(_isolated, settings=settings, thorough=thorough), claims)


def _isolated(claim: Claim, settings: Settings, thorough: bool) -> Trial:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["verify.preload"])
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(sender, claim, settings, thorough), daemon=True)
    process.start()
    sender.close()
    found: dict[str, Evidence] = {}
    end: tuple[float, str] | None = None
    deadline = time.monotonic() + settings.tier.seconds
    why, outcome = f"no verdict within {settings.tier.seconds:g} s", Verdict.UNDECIDED
    try:
        while end is None and receiver.poll(max(0.0, deadline - time.monotonic())):
            message = receiver.recv()
            if isinstance(message, Evidence):
                found[message.method] = message
                if is_settled(claim, found):
                    deadline = min(deadline, time.monotonic() + EXTRA_SECONDS)
            else:
                end = message
    except EOFError:
        process.join()
        why, outcome = f"the worker died ({process.exitcode})", Verdict.ERROR
    finally:
        process.kill()
        process.join()
    seconds, meaningless = end or (settings.tier.seconds, "")
    findings = {method: evidence.finding for method, evidence in found.items()}
    if meaningless:
        return Trial(claim.id, Verdict.ERROR, meaningless, True, findings, seconds)
    if not is_settled(claim, found):
        return Trial(claim.id, outcome, why, False, findings, seconds)
    result = verify_claim(claim, settings, known=found)
    return Trial(claim.id, result.verdict, result.reason, False, findings, seconds)


def _work(sender: Connection, claim: Claim, settings: Settings, thorough: bool) -> None:
    """Send each method's evidence, then the seconds and why the claim means nothing, if so."""
    start = time.process_time()
    model, meaningless = Model(claim), ""
    try:
        if not claim.experiment:
            check_meaning(model, settings.seed)
        for method in methods(claim):
            evidence = _found(method, model, settings)
            sender.send(evidence)
            if evidence.finding is Finding.REFUTES and not thorough:
                break
    except MeaningError as reason:
        meaningless = str(reason)
    sender.send((time.process_time() - start, meaningless))
    sender.close()
    os._exit(0)  # taking torch and SymPy down in order takes longer than many a claim


def _found(method: str, model: Model, settings: Settings) -> Evidence:
    """As `engine.examine`, without the corrected formula: it takes long, and changes no verdict."""
    try:
        return engine._look(method, model, settings)
    except MeaningError:
        raise
    except Exception as error:
        return Evidence(method, Finding.FAILED, f"{type(error).__name__}: {error}")
