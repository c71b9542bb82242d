"""Claims judged by a Dask cluster: as they are here, or one line says why they are not."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from command import started, wait_for_evidence
from white_claims import FALSE, TRUE, WHITE

from verify import Settings, Tier, make_claim, run
from verify.running import cluster as of_cluster
from verify.running.cluster import ClusterError
from verify.running.store import Store

pytest.importorskip("distributed", reason="the extra dask is not installed")
SETTINGS = Settings(Tier(points=2, replicas=4, seconds=60))


@contextmanager
def cluster(workers):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    dask = [sys.executable, "-m", "dask"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
    scheduler = [*dask, "scheduler", "--host=127.0.0.1", f"--port={port}", "--no-dashboard"]
    worker = [*dask, "worker", address, "--nthreads=1", "--no-dashboard", f"--nworkers={workers}"]
    processes = [subprocess.Popen(one, **quiet) for one in (scheduler, worker)[: 1 + bool(workers)]]
    try:
        yield address, processes
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait()


@pytest.mark.slow
def test_a_cluster_finds_the_same_and_it_is_kept(store):
    here = {r.claim.id: (r.verdict, r.evidence) for r in run([TRUE, FALSE], SETTINGS, 2)}
    kept = Store(store)
    with cluster(2) as (address, _):
        there = list(run([TRUE, FALSE], SETTINGS, 1, kept, address))
    assert {r.claim.id: (r.verdict, r.evidence) for r in there} == here
    assert set(kept.known(TRUE, SETTINGS)) == {e.method for e in here["true"][1]}


@pytest.mark.parametrize(
    ("address", "says"),
    [("tcp://127.0.0.1:1", r"127\.0\.0\.1:1: no scheduler answers"), ("foo", "such as tcp://")],
)
def test_no_scheduler_is_one_clear_error(address, says, monkeypatch):
    monkeypatch.setattr(of_cluster, "CONNECT_SECONDS", 1)
    with pytest.raises(ClusterError, match=says):
        list(run([TRUE], SETTINGS, 1, dask=address))


@pytest.mark.slow
def test_a_scheduler_without_workers_is_not_waited_for(monkeypatch):
    with cluster(0) as (address, _):
        monkeypatch.setattr(of_cluster, "CONNECT_SECONDS", 5)
        with pytest.raises(ClusterError, match="the scheduler has no workers"):
            list(run([TRUE], SETTINGS, 1, dask=address))


class Other:
    """Code that is other here than where it is sent."""

    def __call__(self):
        return "of here"

    def __reduce__(self):
        return eval, ("__import__('verify.running.provenance', fromlist=['a']).code_version",)


@pytest.mark.slow
def test_workers_with_other_code_are_named(monkeypatch):
    monkeypatch.setattr(of_cluster, "code_version", Other())
    says = r"workers \d have other code .*: tcp://"
    with cluster(2) as (address, _), pytest.raises(ClusterError, match=says):
        list(run([TRUE], SETTINGS, 1, dask=address))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("dying", "says"), [(0, "the scheduler is gone"), (1, "the scheduler has no workers any more")]
)
def test_a_cluster_that_dies_is_not_waited_for(dying, says, monkeypatch, store):
    monkeypatch.setattr(of_cluster, "GONE_SECONDS", 1)
    claims = [make_claim({"id": str(k), **WHITE}) for k in range(50)]
    kept = Store(store)
    with cluster(1) as (address, processes):
        judging = run(claims, SETTINGS, 1, kept, address)
        first = next(judging)
        os.killpg(processes[dying].pid, signal.SIGKILL)
        with pytest.raises(ClusterError, match=f"{says}; what was found is kept"):
            list(judging)
    assert kept.known(first.claim, SETTINGS)


@pytest.mark.slow
def test_an_interrupt_ends_a_run_on_a_cluster(store):
    with cluster(1) as (address, _):
        judging = started("A", "B", "C", "--dask", address)
        wait_for_evidence(store)
        judging.send_signal(signal.SIGINT)
        start = time.monotonic()
        out, err = judging.communicate(timeout=60)
    assert time.monotonic() - start < 2 * (1 + os.getloadavg()[0])  # on a machine by itself: 2 s
    assert judging.returncode in (1, 3)
    assert "interrupted; done so far" in err
    assert "Traceback" not in out + err
