"""Subjects judged on the workers of a Dask cluster."""

from __future__ import annotations

import logging
import multiprocessing
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from verify.judging.engine import Known, Result
from verify.judging.evidence import Verdict
from verify.running.processes import Subject, TrialResult, on_this_machine, without_verdict
from verify.running.provenance import code_version, machine
from verify.running.store import Store
from verify.settings import Settings

if TYPE_CHECKING:
    from distributed import Client, Future

CONNECT_SECONDS = 10  # for a scheduler to answer, and to have a worker
GONE_SECONDS = 10  # without a worker, after which none is waited for
POLL_SECONDS = 0.05


class ClusterError(OSError):
    """A cluster that cannot judge: no scheduler, no workers, or ones with other code.

    Args:
        address: the scheduler's.
        why: what is wrong with it.

    """

    def __init__(self, address: str, why: str) -> None:
        super().__init__(f"--dask {address}: {why}")


def on_cluster(
    subjects: Sequence[tuple[Subject, Known]], settings: Settings, store: Store, address: str
) -> Iterator[Result | TrialResult]:
    """Judge subjects on the workers of the Dask scheduler at an address; outcomes as they come.

    An interrupt keeps what the workers have found by then, and waits for nothing else.

    Raises:
        ClusterError: in one line, why the cluster cannot judge, or no longer.

    """
    from distributed import CancelledError, as_completed

    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # which would say it all again
    with _client(address) as client:
        _check_workers(client, address)
        futures = {
            client.submit(_judge_on_worker, subject, settings, known, code_version(), pure=False): (
                subject,
                known,
            )
            for subject, known in subjects
        }

        def kept(future: Future[Any]) -> Result | TrialResult:
            subject, known = futures.pop(future)
            outcome: Result | TrialResult
            try:
                outcome, where = future.result()
            except CancelledError:  # as all are where the connection is lost
                lost = "the scheduler is gone; what was found is kept"
                raise ClusterError(address, lost) from None
            except Exception as error:  # a lost worker takes its claim with it, not the run
                reason = f"{type(error).__name__}: {error}"
                return without_verdict(subject, Verdict.ERROR, reason, (), 0.0)
            elsewhere = None if where == machine(settings.device) else where
            for piece in outcome.evidence:
                if piece.method not in known:
                    store.keep(subject, settings, piece, elsewhere)
            return outcome

        ended, last_seen = as_completed(list(futures), loop=client.loop), time.monotonic()
        try:
            while futures:
                if ended.has_ready():
                    yield kept(next(ended))
                    continue
                if client.scheduler_info()["workers"]:  # as it told the client of late
                    last_seen = time.monotonic()
                elif time.monotonic() - last_seen > GONE_SECONDS:
                    lost = "the scheduler has no workers any more; what was found is kept"
                    raise ClusterError(address, lost)
                time.sleep(POLL_SECONDS)
        finally:
            for future in [future for future in futures if future.status == "finished"]:
                kept(future)
            client.cancel(list(futures), force=True)


def _client(address: str) -> Client:
    from distributed import Client
    from distributed.comm.addressing import get_address_host_port

    try:
        get_address_host_port(address, strict=True)
        return Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except ValueError as error:
        raise ClusterError(address, f"{error}; such as tcp://127.0.0.1:8786") from None
    except OSError as error:
        raise ClusterError(address, f"no scheduler answers: {error}") from None


def _check_workers(client: Client, address: str) -> None:
    """Raise ClusterError if there are no workers, or some have not the code that is here."""
    from distributed import TimeoutError as NoAnswer

    try:
        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        found: Mapping[str, str] = client.run(code_version, on_error="return")
    except NoAnswer:
        raise ClusterError(address, "the scheduler has no workers") from None
    if others := [worker for worker, code in found.items() if code != code_version()]:
        raise ClusterError(
            address,
            f"of {len(found)} workers {len(others)} have other code than this machine, or none of "
            f"this project: {', '.join(others[:3])}",
        )


def _judge_on_worker(
    subject: Subject, settings: Settings, known: Known, code: str
) -> tuple[Result | TrialResult, Mapping[str, object]]:
    """One subject on a cluster's worker, limited as it would be here; and what that worker is."""
    if code != code_version():  # one that came later
        raise RuntimeError("the cluster's worker has other code than this machine")
    multiprocessing.current_process().daemon = False  # a nanny's worker is, and could not fork
    [outcome] = on_this_machine([(subject, known)], settings, Store(None), workers=1)
    return outcome, machine(settings.device)
