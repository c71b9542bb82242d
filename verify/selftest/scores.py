"""How the verifier scores: mutants refuted, per operator and per method, and equal forms kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from rich.console import Console
from rich.progress import track

from verify.claims.claim import Claim
from verify.judging.engine import Result
from verify.judging.evidence import Finding, Verdict
from verify.running.server import fork_server
from verify.running.store import Store
from verify.running.workers import run
from verify.selftest.equal_forms import EqualForm, equal_forms
from verify.selftest.mutants import Mutant, mutants
from verify.selftest.oracle import Truth
from verify.selftest.oracle_values import Known
from verify.settings import Settings

T = TypeVar("T")
PASSES = (Verdict.PROVED, Verdict.SUPPORTED)
FAILS = (Verdict.REFUTED, Verdict.NOT_REPRODUCED)  # the other where a run is not as published
_KILLS = (Finding.REFUTES, Finding.CONTRADICTS)
_SILENT = (Finding.ABSTAINS, Finding.FAILED)


@dataclass(frozen=True)
class MutantScore:
    """Every mutant with its trial.

    A false mutant is killed if it is refuted; a true one, equivalent to its original or weaker,
    is kept if it is not refuted; and a meaningless one has to be said to mean nothing.
    """

    trials: Sequence[tuple[Mutant, Result]]

    def of(self, truth: Truth) -> list[tuple[Mutant, Result]]:
        """The mutants that are true, the false ones or the meaningless ones, with their trials."""
        return [(m, t) for m, t in self.trials if m.truth is truth]

    @property
    def survivors(self) -> list[tuple[Mutant, Result]]:
        """False mutants that were not refuted."""
        return [(m, t) for m, t in self.of(Truth.FALSE) if t.verdict not in FAILS]

    @property
    def false_refutations(self) -> list[tuple[Mutant, Result]]:
        """True mutants that were refuted."""
        return [(m, t) for m, t in self.of(Truth.TRUE) if t.verdict in FAILS]

    @property
    def mistaken(self) -> list[tuple[Mutant, Result]]:
        """What is proved or supported, and is false or means nothing."""
        return [(m, t) for m, t in self.trials if m.truth is not Truth.TRUE and t.verdict in PASSES]

    @property
    def refused(self) -> list[tuple[Mutant, Result]]:
        """True mutants that were said to mean nothing."""
        return [(m, t) for m, t in self.of(Truth.TRUE) if t.verdict is Verdict.ERROR]

    @property
    def unnoticed(self) -> list[tuple[Mutant, Result]]:
        """Meaningless mutants that were judged."""
        return [(m, t) for m, t in self.of(Truth.MEANINGLESS) if not t.invalid]

    @property
    def seconds(self) -> float:
        """The seconds of all trials, one after the other; experiments are on record."""
        return sum(t.seconds for m, t in self.trials if not m.claim.experiment)

    def markdown(self) -> str:
        """Tables per operator and per method, and what went wrong, one by one."""
        false, equivalent = self.of(Truth.FALSE), self.of(Truth.TRUE)
        meaningless = self.of(Truth.MEANINGLESS)
        killed = len(false) - len(self.survivors)
        lines = [
            f"{len(false)} false mutants, {killed} refuted ({_share(killed, len(false))}). "
            f"{len(equivalent)} mutants that are true, {len(self.false_refutations)} refuted. "
            f"{len(meaningless)} that mean nothing, "
            f"{len(meaningless) - len(self.unnoticed)} said to. "
            f"{self.seconds:.0f} s of trials.",
            "",
            *_table(
                ("change", "false", "refuted", "rate", "true", "meaningless"), self._by_operator()
            ),
            "",
            *_table(
                ("method", "asked", "said something", "of which false", "rate"), self._by_method()
            ),
        ]
        for title, found in (
            ("Proved or supported, yet not true", self.mistaken),
            ("Not refuted", self.survivors),
            ("True, yet refuted", self.false_refutations),
            ("True, yet said to mean nothing", self.refused),
            ("Without meaning, yet judged", self.unnoticed),
        ):
            if found:
                lines += ["", f"{title}:", ""]
                lines += [
                    f"- `{m.claim.id}` ({m.change}): {t.verdict}, {t.reason}" for m, t in found
                ]
        return "\n".join(lines)

    def _by_operator(self) -> Iterator[Sequence[object]]:
        for operator in dict.fromkeys(m.operator for m, _ in self.trials):
            own = [(m, t) for m, t in self.trials if m.operator == operator]
            count = {truth: sum(m.truth is truth for m, _ in own) for truth in Truth}
            false = count[Truth.FALSE]
            killed = sum(m.truth is Truth.FALSE and t.verdict in FAILS for m, t in own)
            yield (
                *(operator, false, killed, _share(killed, false)),
                *(count[Truth.TRUE], count[Truth.MEANINGLESS]),
            )

    def _by_method(self) -> Iterator[Sequence[object]]:
        findings = [
            {piece.method: piece.finding for piece in t.evidence} for _, t in self.of(Truth.FALSE)
        ]
        for method in dict.fromkeys(name for found in findings for name in found):
            own = [found[method] for found in findings if method in found]
            spoken = [finding for finding in own if finding not in _SILENT]
            kills = sum(finding in _KILLS for finding in spoken)
            yield method, len(own), len(spoken), kills, _share(kills, len(spoken))


@dataclass(frozen=True)
class FormScore:
    """Every equal form with its trial."""

    trials: Sequence[tuple[EqualForm, Result]]

    @property
    def refuted(self) -> list[tuple[EqualForm, Result]]:
        """Equal forms that were refuted."""
        return [(f, t) for f, t in self.trials if t.verdict in FAILS]

    @property
    def lost(self) -> list[tuple[EqualForm, Result]]:
        """The equal forms neither proved nor supported."""
        return [(f, t) for f, t in self.trials if t.verdict not in PASSES]

    @property
    def seconds(self) -> float:
        """The seconds of all trials, one after the other."""
        return sum(t.seconds for _, t in self.trials)

    def markdown(self) -> str:
        """The counts, a table per rewriting, and what was not kept, one by one."""
        counts = {v: sum(t.verdict is v for _, t in self.trials) for v in Verdict}
        found = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
        lines = [
            f"{len(self.trials)} equal forms: {found}. {self.seconds:.0f} s of trials.",
            "",
            *_table(("rewriting", "forms", "proved or supported"), self._by_rewriting()),
        ]
        if self.lost:
            lines += ["", "Neither proved nor supported:", ""]
            lines += [
                f"- `{f.claim.id}` ({f.rewriting}): {t.verdict}, {t.reason}" for f, t in self.lost
            ]
        return "\n".join(lines)

    def _by_rewriting(self) -> Iterator[Sequence[object]]:
        kinds = [form.rewriting.partition(": ")[2].partition(" in ")[0] for form, _ in self.trials]
        for kind in dict.fromkeys(kinds):
            own = [t for k, (_, t) in zip(kinds, self.trials, strict=True) if k == kind]
            yield kind, len(own), sum(t.verdict in PASSES for t in own)


def score_mutants(
    claims: Iterable[Claim],
    settings: Settings,
    workers: int,
    per_operator: int,
    store: Store | None = None,
) -> MutantScore:
    """Try the mutants of true claims, at most `per_operator` of each kind and claim.

    In the `store` the trials of experiments are looked up: it takes an hour to run them again.
    """
    made = _in_processes(partial(mutants, per_operator=per_operator), claims, workers)
    settings = replace(settings, every_method=True, explains=False)
    trials = judged((m.claim for m in made), settings, workers, store)
    return MutantScore(tuple(zip(made, trials, strict=True)))


def score_places(
    claims: Iterable[Claim],
    settings: Settings,
    workers: int,
    per_operator: Mapping[str, int],
    store: Store | None = None,
) -> MutantScore:
    """Try what is false, or means nothing, at some places alone, and what stays true beside it.

    Args:
        claims: true ones.
        settings: tier, seed and device.
        workers: processes at a time.
        per_operator: how many at most of each kind and claim, by names in PLACED.
        store: where evidence is kept, so that a trial cut short goes on where it was.

    """
    made = _in_processes(partial(_at_places, per_operator=per_operator), claims, workers)
    trials = judged((m.claim for m in made), replace(settings, explains=False), workers, store)
    return MutantScore(tuple(zip(made, trials, strict=True)))


def _at_places(claim: Claim, per_operator: Mapping[str, int]) -> list[Mutant]:
    known: Known = {}
    return [m for name, count in per_operator.items() for m in mutants(claim, count, [name], known)]


def score_equal_forms(
    claims: Iterable[Claim], settings: Settings, workers: int, per_claim: int
) -> FormScore:
    """Try equal forms of true claims, at most `per_claim` of each."""
    made = _in_processes(partial(equal_forms, per_claim=per_claim), claims, workers)
    trials = judged((f.claim for f in made), settings, workers)
    return FormScore(tuple(zip(made, trials, strict=True)))


def judged(
    claims: Iterable[Claim], settings: Settings, workers: int, store: Store | None = None
) -> list[Result]:
    """The results on claims, in the claims' order.

    With `settings.every_method`, one that is not done EXTRA_SECONDS after the verdict is there
    counts as not asked.
    """
    claims = list(claims)
    trials = track(
        run(claims, settings, workers, store),
        "trials",
        total=len(claims),
        console=Console(stderr=True),
        transient=True,
    )
    found = {result.claim.id: result for result in trials}
    return [found[claim.id] for claim in claims]


def _in_processes(
    make: Callable[[Claim], list[T]], claims: Iterable[Claim], workers: int
) -> list[T]:
    with ProcessPoolExecutor(workers, fork_server()) as pool:
        return [item for items in pool.map(make, claims) for item in items]


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "–"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    for row in (head, ("---",) * len(head), *rows):
        yield f"| {' | '.join(map(str, row))} |"
