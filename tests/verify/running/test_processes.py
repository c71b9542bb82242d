"""One subject in a process of its own: its limits, and what becomes of it where it exceeds them."""

import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import time
from dataclasses import replace
from multiprocessing.connection import wait

import pytest
from white_claims import WHITE

from verify.claims.file import make_claim
from verify.claims.trial import Trial
from verify.judging.engine import Result
from verify.judging.evidence import Evidence, Finding, Verdict
from verify.judging.methods import methods
from verify.judging.routes import experiment
from verify.running import processes, server
from verify.running.processes import TrialResult, on_this_machine, time_limit
from verify.running.server import fork_server
from verify.running.store import Store
from verify.settings import Settings, Tier

SETTINGS = Settings(Tier(points=2, replicas=4, seconds=60, seconds_per_trial=70.5))
CLAIM = make_claim({"id": "c", **WHITE})
TRIAL = Trial("hessian_against_angles", (("angles", "pi"),))
ALL = tuple(Evidence(m.name, Finding.SUPPORTS, "close") for m in methods(CLAIM))
GIB = 2**30


# JAX, where another test has loaded it, objects to any fork; nothing of it runs in these
pytestmark = pytest.mark.filterwarnings("ignore:os.fork:RuntimeWarning")
MINUTE = 60.0


# in a process of its own, forked from here


def in_a_fork(function, *args):
    """What a function sends, and how its process ends."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=function, args=(sender, *args))
    process.start()
    sender.close()
    sent = []
    while receiver.poll(MINUTE):
        try:
            sent.append(receiver.recv())
        except EOFError:
            break
    else:
        process.kill()
        pytest.fail("the process does not end")
    process.join()
    return sent, process.exitcode


def limits(sender, seconds, device):
    processes._limit_resources(seconds, device)
    memory = resource.getrlimit(resource.RLIMIT_AS)
    sender.send((memory, resource.getrlimit(resource.RLIMIT_CPU)))


def test_a_worker_has_8_gib_and_its_time_on_all_cores(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    # should all of them be busy for 2.1 s, rounded up, and a second more
    assert in_a_fork(limits, 2.1, "cpu") == ([((8 * GIB, 8 * GIB), (10, 10))], 0)
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert in_a_fork(limits, 7.0, "cpu")[0][0][1] == (8, 8)


def test_a_gpu_reserves_more_addresses_than_there_is_memory():
    [(memory, _)], _ = in_a_fork(limits, 1.0, "cuda")
    assert memory == resource.getrlimit(resource.RLIMIT_AS)


def worker(found):
    """What a worker sends that judges by `found` instead."""

    def work(sender, subject):
        processes.verify_claim = found
        processes._work(sender, subject, SETTINGS, {})

    return in_a_fork(work, CLAIM)


def test_a_worker_that_takes_too_much_memory_says_so():
    def greedy(*_, **__):
        return len(bytearray(9 * GIB))

    assert worker(greedy) == (["more than 8 GiB of memory"], 0)


def test_a_worker_that_breaks_says_how():
    def broken(*_, **__):
        raise ZeroDivisionError("by zero")

    assert worker(broken) == (["ZeroDivisionError: by zero"], 0)


def test_a_worker_sends_evidence_as_it_is_found_and_then_the_result():
    def verify(claim, settings, known, on_evidence):
        for piece in ALL:
            on_evidence(piece)
        return claim.id, settings, known

    assert worker(verify) == ([*ALL, ("c", SETTINGS, {})], 0)


def test_a_worker_leaves_an_interrupt_to_its_parent():
    def interrupted(*_, **__):
        os.kill(os.getpid(), signal.SIGINT)
        return "went on"

    assert worker(interrupted) == (["went on"], 0)


def test_a_trial_is_tried_out(monkeypatch):
    piece = Evidence("trial", Finding.SUPPORTS, data={"x": [1.0]})
    monkeypatch.setattr(experiment, "try_out", lambda *_: piece)
    sent, code = in_a_fork(processes._work, TRIAL, SETTINGS, {})
    assert sent == [piece, TrialResult(TRIAL, (piece,))]
    assert code == 0


def test_a_worker_without_a_reader_ends():
    def work(sender):
        reader, writer = multiprocessing.Pipe(duplex=False)
        reader.close()
        processes.verify_claim = lambda *_, on_evidence: on_evidence(ALL[0])
        processes._work(writer, CLAIM, SETTINGS, {})

    assert in_a_fork(work) == ([], 1)


def test_a_worker_ends_with_its_parent(monkeypatch):
    receiver, sender = multiprocessing.Pipe(duplex=False)

    class Parent:
        sentinel = receiver

    def orphan(_):
        multiprocessing.parent_process = Parent
        processes._end_with_parent()

    sender.send("readable, as is the sentinel of a process that has ended")
    assert in_a_fork(orphan) == ([], 1)
    monkeypatch.setattr(multiprocessing, "parent_process", lambda: None)
    assert processes._end_with_parent() is None  # nobody to wait for


def test_a_worker_ends_while_it_works_if_its_parent_does():
    receiver, sender = multiprocessing.Pipe(duplex=False)
    sender.send("readable, as is the sentinel of a process that has ended")

    class Parent:
        sentinel = receiver

    def work(sender):
        multiprocessing.parent_process = Parent
        processes.verify_claim = lambda *_, **__: time.sleep(5)
        processes._work(sender, CLAIM, SETTINGS, {})

    assert in_a_fork(work) == ([], 1)


def test_time_limits():
    assert (time_limit(CLAIM, SETTINGS), time_limit(TRIAL, SETTINGS)) == (60, 70.5)


def test_the_server_loads_the_libraries_once_and_one_thread_each(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.setattr(server, "_libraries", set())
    asked = []
    monkeypatch.setattr(
        multiprocessing.context.ForkServerContext,
        "set_forkserver_preload",
        lambda self, names: asked.extend(names),
    )
    assert isinstance(fork_server(), multiprocessing.context.ForkServerContext)
    assert os.environ["OMP_NUM_THREADS"] == "1"
    assert asked[-1] == "verify.running.preload"
    assert "verify.running.processes" in asked
    assert all(name.partition(".")[0] == "verify" for name in asked)


@pytest.mark.parametrize(
    ("subject", "library"),
    [
        (CLAIM, set()),
        (replace(CLAIM, quantity="sensitivity"), {"torch"}),
        (replace(CLAIM, experiment="hessian_against_angles"), {"torch"}),
        (TRIAL, {"torch"}),
    ],
)
def test_the_server_loads_what_its_subjects_need(subject, library, monkeypatch):
    asked = []
    monkeypatch.setattr(
        multiprocessing.context.ForkServerContext,
        "set_forkserver_preload",
        lambda self, names: asked.extend(names),
    )
    monkeypatch.setattr(server, "_libraries", {"torch"})
    server.expect([subject])
    fork_server()
    assert {name for name in asked if name.partition(".")[0] != "verify"} == library


# what becomes of a worker


class Process:
    def __init__(self, exitcode=0):
        self.exitcode, self.calls, self.pid = exitcode, [], None

    def kill(self):
        self.calls.append("kill")

    def join(self):
        self.calls.append("join")


class Receiver:
    def __init__(self, *messages):
        self.messages = list(messages)

    def recv(self):
        message = self.messages.pop(0)
        if isinstance(message, Exception):
            raise message
        return message


def job(subject=CLAIM, evidence=(), exitcode=0, limit=60, certify=False):
    return processes._Job(subject, Process(exitcode), limit, certify, list(evidence))


def test_evidence_is_kept_as_it_comes():
    one = job()
    assert one.receive(Receiver(ALL[0])) == ALL[0]
    assert one.evidence == [ALL[0]]
    assert one.process.calls == []
    assert one.until == 60


def test_an_outcome_is_passed_on():
    result = Result(CLAIM, Verdict.PROVED, "", ALL, 1.0)
    ended = TrialResult(TRIAL, ALL[:1])
    for outcome in (result, ended):
        one = job()
        assert one.receive(Receiver(outcome)) is outcome
        assert one.process.calls == ["join"]


@pytest.mark.parametrize("error", [EOFError(), OSError()])
@pytest.mark.parametrize(
    ("exitcode", "cause"), [(-9, "SIGKILL"), (3, "exit code 3"), (0, "exit code 0"), (None, "None")]
)
def test_a_worker_that_died(error, exitcode, cause):
    one = job(evidence=ALL[:2], exitcode=exitcode)
    outcome = one.receive(Receiver(error))
    assert (outcome.claim, outcome.verdict) == (CLAIM, Verdict.ERROR)
    assert outcome.reason.startswith("the worker died (")
    assert outcome.reason.endswith(f"{cause})")
    assert outcome.evidence == ALL[:2]
    assert one.process.calls == ["join"]


def test_a_message_is_the_reason_of_an_error():
    outcome = job(evidence=ALL[:1]).receive(Receiver("more than 8 GiB of memory"))
    assert (outcome.verdict, outcome.reason) == (Verdict.ERROR, "more than 8 GiB of memory")
    assert outcome.evidence == ALL[:1]
    outcome = job(TRIAL).receive(Receiver("broke"))
    assert outcome == TrialResult(TRIAL, (Evidence("trial", Finding.FAILED, "broke"),))


def test_where_all_is_known_what_is_not_needed_gets_5_seconds_more():
    one = job(evidence=ALL[:-1])
    one.receive(Receiver(ALL[-1]))
    assert 4 < one.left <= 5
    late = job(evidence=ALL[:-1], limit=1)
    late.receive(Receiver(ALL[-1]))
    assert late.until == 1


def test_a_certificate_that_is_wanted_gets_its_time():
    one = job(evidence=ALL[:-1], certify=True)
    one.receive(Receiver(ALL[-1]))
    assert one.until == 60
    assert one.overrun().verdict is Verdict.SUPPORTED  # by the others


def test_what_gets_no_processor_is_waited_for(monkeypatch):
    one = job(limit=60)
    one.started -= 100
    assert one.left < 0  # where the system does not tell
    for computed, left in ((20, 40), (60, 0), (150, -40)):  # 150 on two processors
        monkeypatch.setattr(processes, "_processor_time", lambda *_, so_far=computed: so_far)
        assert one.left == pytest.approx(left, abs=1)
    monkeypatch.setattr(processes, "_processor_time", lambda *_: 0)
    one.started -= 200
    assert one.left == pytest.approx(0, abs=1)
    late = job(evidence=ALL[:-1])
    late.started -= 100
    late.receive(Receiver(ALL[-1]))
    assert late.left == pytest.approx(5, abs=1)  # as whatever is not needed


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux's clocks")
def test_a_process_is_asked_for_what_it_computed():
    for code, least, most in (("while 1: pass", 0.1, 60), ("import time; time.sleep(60)", 0, 1)):
        with subprocess.Popen([sys.executable, "-c", code]) as process:
            time.sleep(1)
            found = processes._processor_time(process.pid, 99)
            process.kill()
        assert least <= found <= most
        assert processes._processor_time(process.pid, 99) == 99


def test_a_method_that_overruns_has_nothing_to_say():
    one = job(evidence=ALL[:2], limit=2.5)
    assert one.overrun() is None  # others may have
    assert one.evidence[:2] == [*ALL[:2]]
    [at_work] = one.evidence[2:]
    assert (at_work.method, at_work.finding) == (ALL[2].method, Finding.ABSTAINS)
    assert at_work.detail == "no result within 2.5 s"
    assert 0 <= at_work.seconds < 1
    assert one.process.calls == ["kill", "join"]


def test_what_the_others_say_counts():
    outcome = job(evidence=ALL[:-1]).overrun()
    assert outcome.verdict is Verdict.SUPPORTED
    assert [piece.method for piece in outcome.evidence] == [piece.method for piece in ALL]


def test_an_overrun_of_a_trial_ends_it():
    outcome = job(TRIAL, limit=2.5).overrun()
    found = Evidence("trial", Finding.ABSTAINS, "no result within 2.5 s")
    assert outcome == TrialResult(TRIAL, (found,))


def test_an_overrun_with_all_evidence_has_its_verdict():
    outcome = job(evidence=ALL).overrun()
    assert (outcome.verdict, outcome.evidence) == (Verdict.SUPPORTED, ALL)
    assert job(TRIAL, evidence=ALL).overrun().evidence[0].finding is Finding.ABSTAINS


# many


DIES = object()


class Server:
    """Starts workers that have already sent what they send."""

    def __init__(self, **sent):
        self.context, self.sent = multiprocessing.get_context("fork"), sent
        self.started = []

    def Pipe(self, duplex):
        assert not duplex
        return self.context.Pipe(duplex=False)

    def Process(self, target, args, daemon):
        assert daemon
        assert target is processes._work
        sender, subject, _, known = args
        return Worker(self, sender, subject, known)


class Worker(Process):
    def __init__(self, server, sender, subject, known):
        super().__init__(-9)
        self.server, self.sender, self.subject, self.known = server, sender, subject, known

    def start(self):
        self.server.started.append(self)
        self.held = os.dup(self.sender.fileno())  # as in another process
        for message in self.server.sent.get(self.subject.id, ()):
            if message is DIES:
                os.close(self.held)
            else:
                self.sender.send(message)


def named(name):
    return make_claim({**CLAIM.entry(), "id": name})


def results(monkeypatch, subjects, workers, settings=SETTINGS, store=None, **sent):
    server = Server(**sent)
    monkeypatch.setattr(processes, "fork_server", lambda: server)
    outcomes = on_this_machine(subjects, settings, store or Store(None), workers)
    return server, outcomes


def test_subjects_start_in_order_and_so_many_at_a_time(monkeypatch):
    a, b, c = map(named, "abc")
    known = {"lyapunov": ALL[0]}
    server, outcomes = results(
        monkeypatch,
        [(a, known), (b, {}), (c, {})],
        2,
        **{x.id: [Result(x, Verdict.PROVED, "", (), 0.0)] for x in (a, b, c)},
    )
    first = next(outcomes)
    assert [w.subject for w in server.started] == [a, b]
    assert server.started[0].known == known
    assert sorted([first.claim.id, *(r.claim.id for r in outcomes)]) == ["a", "b", "c"]
    assert [w.subject for w in server.started] == [a, b, c]
    assert all("kill" not in w.calls for w in server.started)


def test_one_worker_takes_one_subject_at_a_time(monkeypatch):
    a, b = map(named, "ab")
    server, outcomes = results(
        monkeypatch,
        [(a, {}), (b, {})],
        1,
        **{x.id: [Result(x, Verdict.PROVED, "", (), 0.0)] for x in (a, b)},
    )
    assert next(outcomes).claim == a
    assert len(server.started) == 1
    assert [r.claim for r in outcomes] == [b]


def test_evidence_is_stored_at_once(monkeypatch, store):
    a = named("a")
    kept = Store(store)
    _, outcomes = results(
        monkeypatch, [(a, {})], 1, store=kept, a=[*ALL[:2], Result(a, Verdict.PROVED, "", (), 0)]
    )
    assert [r.verdict for r in outcomes] == ["proved"]
    assert kept.known(a, SETTINGS) == {piece.method: piece for piece in ALL[:2]}


def test_what_was_known_counts_with_what_was_found(monkeypatch):
    a = named("a")
    known = {piece.method: piece for piece in ALL[:-1]}
    tier = Tier(points=2, replicas=4, seconds=0.2)
    _, outcomes = results(monkeypatch, [(a, known)], 1, Settings(tier), a=ALL[-1:])
    [outcome] = outcomes
    assert (outcome.verdict, outcome.evidence) == (Verdict.SUPPORTED, ALL)


def test_an_overrun_ends_a_method_of_one_subject_only(monkeypatch):
    a, b = map(named, "ab")
    tier = Tier(points=2, replicas=4, seconds=0.3)
    server, outcomes = results(
        monkeypatch,
        [(a, {}), (b, {})],
        2,
        Settings(tier),
        b=[Result(b, Verdict.PROVED, "", (), 0)],
    )
    waits = []
    monkeypatch.setattr(
        processes, "wait", lambda ones, timeout: waits.append(timeout) or wait(ones, timeout)
    )
    start = time.perf_counter()
    found = {r.claim.id: r for r in outcomes}
    assert time.perf_counter() - start >= 0.3
    assert all(0 <= timeout <= 0.3 for timeout in waits)
    assert found["a"].verdict == "undecided"
    silent = [(piece.method, piece.detail) for piece in found["a"].evidence]
    assert silent == [(piece.method, "no result within 0.3 s") for piece in ALL]
    assert found["b"].verdict == "proved"
    started = [worker for worker in server.started if worker.subject == a]
    assert [list(worker.known) for worker in started] == [
        [piece.method for piece in ALL[:k]] for k in range(len(ALL))
    ]
    assert all(worker.calls == ["kill", "join"] for worker in started)


def test_a_result_that_is_there_counts_however_late(monkeypatch):
    a = named("a")
    tier = Tier(points=2, replicas=4, seconds=0.0)
    there = Result(a, Verdict.PROVED, "", (), 0)
    _, outcomes = results(monkeypatch, [(a, {})], 1, Settings(tier), a=[there])
    assert list(outcomes) == [there]


def test_a_run_that_is_left_early_leaves_no_worker(monkeypatch):
    a, b = map(named, "ab")
    server, outcomes = results(
        monkeypatch, [(a, {}), (b, {})], 2, b=[Result(b, Verdict.PROVED, "", (), 0)]
    )
    next(outcomes)
    outcomes.close()
    assert server.started[0].calls == ["kill"]


def test_a_sender_is_left_to_its_worker(monkeypatch):
    """Else the parent's own would hide that a worker died."""
    a = named("a")
    _, outcomes = results(monkeypatch, [(a, {})], 1, a=[ALL[0], DIES])
    [outcome] = outcomes
    assert outcome.reason == "the worker died (SIGKILL)"
    assert outcome.evidence == (ALL[0],)
