"""Many claims judged, each in a process of its own, under a time and a memory limit.

A worker that dies or overruns takes one claim with it, never the run, and leaves the evidence
it had found. Trials of experiments, which claims share, are run likewise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count

from verify.claims.claim import Claim
from verify.claims.trial import Trial, looks, trials
from verify.judging.engine import Known, Result, is_settled, verify_claim
from verify.judging.evidence import Evidence, Finding, Verdict
from verify.judging.methods import TRIAL
from verify.running.cluster import on_cluster
from verify.running.processes import Subject, TrialResult, on_this_machine
from verify.running.store import Store
from verify.settings import Settings


def run(
    claims: Iterable[Claim],
    settings: Settings,
    workers: int,
    store: Store | None = None,
    dask: str | None = None,
    on_trial: Callable[[Trial, int], object] = lambda trial, left: None,
    runs_trials: bool = True,
) -> Iterator[Result]:
    """Judge claims in parallel; results come as they are ready.

    A script calls this under `if __name__ == "__main__":`, as all that starts processes.

    Args:
        claims: what to judge.
        settings: tier, seed and device.
        workers: processes at a time.
        store: where evidence from before is looked up, and new evidence kept.
        dask: a Dask scheduler's address, to judge on its workers instead.
        on_trial: called with each trial of an experiment that has ended, and how many are left.
        runs_trials: whether trials that the store lacks are run; a claim that needs one is
            undecided if not.

    Raises:
        OSError: if there is no scheduler at that address.
        ImportError: without the package distributed.

    """
    store = store or Store(None)
    open_claims: list[tuple[Claim, Known]] = []
    measured: list[Claim] = []
    for claim in claims:
        known = store.known(claim, settings)
        if is_settled(claim, known, settings.certify):
            yield verify_claim(claim, settings, known)
        elif claim.experiment:
            measured.append(claim)
        else:
            open_claims.append((claim, known))
    open_claims.sort(key=lambda one: not one[0].is_bound)  # bounds take longest
    for outcome in _outcomes(open_claims, settings, store, workers, dask):
        if isinstance(outcome, Result):
            yield outcome
    if not runs_trials:
        yield from (_on_record(claim, settings, store) for claim in measured)
        return
    trial_results: dict[Trial, Evidence] = {}
    for look in count():
        if not measured:
            return
        waiting = [(claim, trials(claim, settings.tier, look).keys()) for claim in measured]
        wanted = [trial for _, needed in waiting for trial in needed]
        measured = []
        for trial, evidence in run_trials(wanted, settings, workers, store, dask, on_trial):
            trial_results[trial] = evidence
            complete = [(c, needed) for c, needed in waiting if trial_results.keys() >= needed]
            waiting = [one for one in waiting if one not in complete]
            for claim, needed in complete:
                result = verify_claim(claim, settings, trial_results=trial_results)
                if look + 1 < looks(claim) and any(e.wants_replicas for e in result.evidence):
                    measured.append(claim)
                    continue
                for piece in result.evidence:
                    if all(trial_results[t].finding is Finding.SUPPORTS for t in needed):
                        store.keep(claim, settings, piece)
                yield result


def _on_record(claim: Claim, settings: Settings, store: Store) -> Result:
    """The result on a claim about an experiment, for which no trial is run."""
    measured = store.measured(claim, settings)
    if measured is None:
        reason = "not all of its trials are on record: --experiments runs them"
        return Result(claim, Verdict.UNDECIDED, reason, (), 0.0)
    return verify_claim(claim, settings, trial_results=measured)


def run_trials(
    wanted: Iterable[Trial],
    settings: Settings,
    workers: int,
    store: Store,
    dask: str | None = None,
    on_trial: Callable[[Trial, int], object] = lambda trial, left: None,
) -> Iterator[tuple[Trial, Evidence]]:
    """What trials measured, as they end; arguments and errors as for `run`."""
    missing: list[tuple[Subject, Known]] = []
    for trial in dict.fromkeys(wanted):
        if known := store.known(trial, settings):
            yield trial, known[TRIAL]
        else:
            missing.append((trial, known))
    left = len(missing)
    for outcome in _outcomes(missing, settings, store, workers, dask):
        if isinstance(outcome, TrialResult):
            left -= 1
            on_trial(outcome.trial, left)
            yield outcome.trial, outcome.evidence[0]


def _outcomes(
    subjects: Sequence[tuple[Subject, Known]],
    settings: Settings,
    store: Store,
    workers: int,
    dask: str | None,
) -> Iterator[Result | TrialResult]:
    if dask and subjects:
        yield from on_cluster(subjects, settings, store, dask)
    else:
        yield from on_this_machine(subjects, settings, store, workers)
