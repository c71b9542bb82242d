"""The engine: which methods look at a claim, what each finds, and the verdict this carries.

The evidence depends on the claim and the settings alone, whoever computes it and in what order.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace

from verify.claims.claim import Claim
from verify.claims.trial import Trial
from verify.judging.evidence import Counterexample, Evidence, Finding, MeaningError, Verdict
from verify.judging.methods import Method, kernels, methods, premises
from verify.judging.model import Model
from verify.judging.parts import BEYOND, in_parts
from verify.judging.routes.lyapunov import is_closed_form_at
from verify.judging.search import profile, worst_gap
from verify.judging.sides import may_cross_a_cut
from verify.judging.verdict import verdict
from verify.settings import Settings, remedy


@dataclass(frozen=True)
class Result:
    """A claim's verdict with all its evidence."""

    claim: Claim
    verdict: Verdict
    reason: str
    evidence: tuple[Evidence, ...]
    seconds: float
    invalid: bool = False  # the claim means nothing: bad input, not a finding

    def _repr_html_(self) -> str:
        """The claim, the verdict and the evidence, as notebooks show them."""
        from verify import result_html

        return result_html(self)

    @property
    def counterexample(self) -> Counterexample | None:
        """Where the claim fails, if it is refuted."""
        if self.verdict is not Verdict.REFUTED:
            return None
        return next((e.counterexample for e in self.evidence if e.counterexample), None)

    @property
    def meaningless(self) -> list[str]:
        """Where the claim is known to mean nothing, though it may be false elsewhere."""
        own = (piece for piece in self.evidence if piece.method in premises())
        return [piece.detail for piece in own if piece.finding is Finding.FAILED]

    @property
    def imported(self) -> bool:
        """Whether the verdict rests on what was taken over from another machine."""
        return any(piece.imported for piece in self.evidence)

    @property
    def recorded(self) -> bool:
        """Whether the verdict rests on the record that ships with the project."""
        return any(piece.recorded for piece in self.evidence)

    @property
    def certified(self) -> bool:
        """Whether it is proved, and a proof assistant's kernel accepts a proof."""
        proofs = {piece.method for piece in self.evidence if piece.finding is Finding.PROVES}
        return self.verdict is Verdict.PROVED and bool(proofs & kernels())

    @property
    def as_expected(self) -> bool:
        """Whether the run may pass: proved or supported, or just what `expect` says."""
        if self.claim.expect is not None:
            return self.verdict == self.claim.expect
        return self.verdict.holds

    @property
    def marks(self) -> list[str]:
        """What stands beside the verdict where it is shown."""
        is_so = {
            "certified": self.certified,
            "expected": bool(self.claim.expect) and self.as_expected,
            "imported": self.imported,
            "recorded": self.recorded,
        }
        return [mark for mark, holds in is_so.items() if holds]

    @property
    def remark(self) -> str:
        """All marks in parentheses, after a space; nothing if there are none."""
        return f" ({', '.join(self.marks)})" if self.marks else ""

    def to_json(self) -> dict[str, object]:
        """The result as JSON-ready values (schema 1), with the claim as its file has it."""
        return {
            **self.claim.entry(),
            "verdict": str(self.verdict),
            "reason": self.reason,
            "certified": self.certified,
            "expect": self.claim.expect,
            "source": self.claim.source,
            "statement": self.claim.statement,
            "evidence": [e.to_json() for e in self.evidence],
            "counterexample": asdict(self.counterexample) if self.counterexample else None,
            "seconds": round(self.seconds, 3),
        }


Known = Mapping[str, Evidence]  # by method


def is_settled(claim: Claim, known: Known, certify: bool = False) -> bool:
    """Whether the evidence known is all that a verdict needs, or a certificate too."""
    for method in methods(claim, certify):
        if method.name not in known:
            return False
        if known[method.name].finding is Finding.REFUTES:
            break
    return True


def verify_claim(
    claim: Claim,
    settings: Settings | None = None,
    known: Known | None = None,
    on_evidence: Callable[[Evidence], object] = lambda piece: None,
    trial_results: Mapping[Trial, Evidence] | None = None,
) -> Result:
    """Judge one claim, in this process.

    Args:
        claim: what to judge.
        settings: tier, seed and device.
        known: evidence from before, which is not gathered again.
        on_evidence: called with each new piece of evidence as soon as it is there.
        trial_results: what the trials of an experiment gave; those missing are run.

    """
    settings, known = settings or Settings(), known or {}
    start = time.perf_counter()
    evidence: list[Evidence] = []
    model = Model(claim, trial_results or {})
    try:
        for method in methods(claim, settings.certify):
            piece = known.get(method.name)
            if piece is None:
                piece = examine(method, model, settings)
                on_evidence(piece)
            evidence.append(piece)
            if piece.finding is Finding.REFUTES and not settings.every_method:
                break
    except MeaningError as error:
        seconds = time.perf_counter() - start
        return Result(claim, Verdict.ERROR, str(error), (), seconds, invalid=True)
    # what was known from before has had its cost, too
    return concluded(claim, evidence, sum(piece.seconds or 0.0 for piece in evidence))


def _tried(claim: Claim) -> str:
    """Where a claim that points alone do not support is tried; empty for other claims."""
    if claim.arbitrary:
        return "for the inputs"
    if claim.limit:
        return "on the paths"
    return "at the points" if claim.is_bound else ""


def concluded(claim: Claim, evidence: Sequence[Evidence], seconds: float) -> Result:
    """The result on a claim, with the verdict that the evidence carries."""
    found, reason = verdict(evidence, _tried(claim))
    if claim.experiment:  # judged by one method, which says what it saw
        reason = evidence[0].detail
    # the formula has no value somewhere, and is not refuted elsewhere
    invalid = found is Verdict.ERROR and any(
        piece.method in premises() and piece.finding is Finding.FAILED for piece in evidence
    )
    return Result(claim, found, reason, tuple(evidence), seconds, invalid)


def examine(method: Method, model: Model, settings: Settings) -> Evidence:
    """What one method finds out about a claim.

    Raises:
        MeaningError: if the claim turns out to mean nothing.

    """
    start = time.perf_counter()
    piece = _examined(method, model, settings)
    seconds = piece.seconds or 0.0  # of trials that others may have run
    return replace(piece, seconds=seconds + time.perf_counter() - start)


def _examined(method: Method, model: Model, settings: Settings) -> Evidence:
    try:
        piece = in_parts(method, model, settings)
    except MeaningError:
        raise
    except BEYOND as reason:
        return Evidence(method.name, Finding.ABSTAINS, str(reason) or "no algorithm")
    except ModuleNotFoundError as missing:
        if not (how := remedy(missing)):
            raise
        return Evidence(method.name, Finding.ABSTAINS, how, data={"lacks": missing.name})
    except Exception as error:  # one broken method must not hide the others
        return Evidence(method.name, Finding.FAILED, f"{type(error).__name__}: {error}")
    if piece.counterexample and settings.explains and not model.claim.experiment:
        # what is found stands, whether it can be explained or not
        with suppress(*BEYOND):
            explained = _explained(model, piece, piece.counterexample, settings.seed)
            return replace(piece, counterexample=explained)
    return piece


def _explained(model: Model, piece: Evidence, found: Counterexample, seed: int) -> Counterexample:
    """The counterexample with the largest error, the corrected formula, and both sides drawn."""
    claim = model.claim
    gap = None if claim.limit or claim.relations else worst_gap(model, seed)
    has_closed_form = not (piece.data.get("closed_form_differs") or may_cross_a_cut(model))
    if gap and not (has_closed_form and is_closed_form_at(model, gap.point)):
        has_closed_form, gap = False, None
    is_larger = gap is not None and gap.relative > float(found.discrepancy)
    return replace(
        found,
        largest=f"{gap.relative:.3g} at {gap.point}" if gap and is_larger else None,
        correction=model.correction if claim.relation == "==" and has_closed_form else None,
        profile=profile(model, gap.point) if gap else None,
    )
