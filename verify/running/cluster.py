"""Subjects judged on the workers of a Dask cluster."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Mapping, Sequence

from verify.judging.engine import Known, Result
from verify.judging.evidence import Verdict
from verify.running.processes import Subject, TrialResult, on_this_machine, without_verdict
from verify.running.provenance import code_version, machine
from verify.running.store import Store
from verify.settings import Settings


def on_cluster(
    subjects: Sequence[tuple[Subject, Known]], settings: Settings, store: Store, address: str
) -> Iterator[Result | TrialResult]:
    """Judge subjects on the workers of the Dask scheduler at an address; outcomes as they come."""
    from concurrent.futures import as_completed

    from distributed import Client

    with Client(address, timeout="10s") as client, client.get_executor(pure=False) as executor:
        futures = {
            executor.submit(_judge_on_worker, subject, settings, known, code_version()): (
                subject,
                known,
            )
            for subject, known in subjects
        }
        for future in as_completed(futures):
            subject, known = futures[future]
            try:
                outcome, where = future.result()
            except Exception as error:  # a lost worker takes its claim with it, not the run
                reason = f"{type(error).__name__}: {error}"
                yield without_verdict(subject, Verdict.ERROR, reason, (), 0.0)
                continue
            elsewhere = None if where == machine(settings.device) else where
            for piece in outcome.evidence:
                if piece.method not in known:
                    store.keep(subject, settings, piece, elsewhere)
            yield outcome


def _judge_on_worker(
    subject: Subject, settings: Settings, known: Known, code: str
) -> tuple[Result | TrialResult, Mapping[str, object]]:
    """One subject on a cluster's worker, limited as it would be here; and what that worker is."""
    if code != code_version():
        raise RuntimeError("the cluster's worker has other code than this machine")
    multiprocessing.current_process().daemon = False  # a nanny's worker is, and could not fork
    [outcome] = on_this_machine([(subject, known)], settings, Store(None), workers=1)
    return outcome, machine(settings.device)
