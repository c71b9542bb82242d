"""Each claim on its own: a worker that dies takes one claim with it."""

import multiprocessing
import subprocess
import sys
import threading
import time

import psutil
import pytest
from endless_claim import ENDLESS
from white_claims import FALSE, TRUE, WHITE

from verify import Settings, Tier, make_claim, run
from verify.running.store import Store

pytest_plugins = ["pytester"]
SETTINGS = Settings(Tier(points=2, replicas=4, seconds=60))


def test_a_worker_that_dies_takes_one_claim_with_it_and_leaves_its_evidence(store):
    settings = Settings(Tier(points=2, replicas=4, seconds=600))
    endless = make_claim({"id": "endless", **ENDLESS})
    results = run([endless, FALSE], settings, 1, Store(store))

    def kill_once_it_knows_what_the_claim_means():
        while "meaning" not in Store(store).known(endless, settings):
            stop.wait(0.1)
        for process in multiprocessing.active_children():
            process.kill()

    stop = threading.Event()
    killer = threading.Thread(target=kill_once_it_knows_what_the_claim_means)
    killer.start()
    found = {r.claim.id: r for r in results}
    killer.join()
    assert found["endless"].verdict == "error"
    assert "died (SIGKILL)" in found["endless"].reason
    assert [e.method for e in found["endless"].evidence][-1] == "meaning"
    assert found["false"].verdict == "refuted"


def test_same_evidence_for_any_number_of_workers():
    claims = [TRUE, FALSE, make_claim({"id": "again", **WHITE})]
    found = [
        {r.claim.id: (r.verdict, r.evidence) for r in run(claims, SETTINGS, n)} for n in (1, 2, 4)
    ]
    assert found[0] == found[1] == found[2]


CLAIMS = """
[[claim]]
id = "true"
autocorrelation = "KroneckerDelta(Delta, 0)"
quantity = "second_moment"
relation = "=="
formula = "1/(1 - lambda**2)"
domain = ["-1 < lambda < 1"]
"""


def test_pytest_judges_claims(pytester):
    false = CLAIMS.replace('"true"', '"false"').replace("1 - lambda**2", "1 - lambda")
    pytester.path.joinpath("good.toml").write_text(CLAIMS + false)
    pytester.path.joinpath("bad.toml").write_text(CLAIMS.replace("quantity", "quality"))
    done = pytester.runpytest_subprocess("--claims", "good.toml", "--claims", "bad.toml", "-n0")
    done.assert_outcomes(passed=0, errors=1)
    done.stdout.fnmatch_lines(["*unknown field*"])
    done = pytester.runpytest_subprocess("--claims", "good.toml", "-n0")
    done.assert_outcomes(passed=1, failed=1)
    done.stdout.fnmatch_lines(["false is refuted: *", "  point * lambda = *"])
    assert "Traceback" not in done.stdout.str()


def test_two_lines_in_anybodys_test(tmp_path):
    from verify import ClaimFailed, assert_claims

    path = tmp_path / "c.toml"
    path.write_text(CLAIMS)
    assert [r.verdict for r in assert_claims(path)] == ["proved"]
    path.write_text(CLAIMS.replace("1 - lambda**2", "1 - lambda"))
    with pytest.raises(ClaimFailed, match=r"true is refuted: (.|\n)*actual +\d"):
        assert_claims(path)


def lives(process):
    """Whether a process has not ended; one that nobody has asked after since has."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_workers_end_with_the_run_that_was_killed(tmp_path):
    """SIGKILL leaves the run no time to stop them."""
    code = (
        "from dataclasses import replace\n"
        "from verify.settings import TIERS, Settings\n"
        "from verify.running.store import Store\n"
        "from verify.running.sweep import grid\n"
        "from verify.running.workers import run_trials\n"
        "if __name__ == '__main__':\n"
        "    point = dict(student=['lru'], memory=['0.99'], angle=['1'], optimizer=['adam'])\n"
        "    endless = Settings(replace(TIERS['quick'], networks=1, steps=10**9))\n"
        "    trials = grid('linear_system_learning', point)\n"
        "    list(run_trials(trials, endless, 1, Store(None)))\n"
    )
    script = tmp_path / "endless.py"
    script.write_text(code)
    run = subprocess.Popen([sys.executable, script])
    family = psutil.Process(run.pid)
    deadline = time.monotonic() + 60
    # the run, the server, the resource tracker and the worker
    while len(started := family.children(recursive=True)) < 3 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert len(started) >= 3
    run.kill()
    run.wait()
    deadline = time.monotonic() + 60
    while any(map(lives, started)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(lives, started))
