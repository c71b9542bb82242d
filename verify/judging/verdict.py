"""The verdict that evidence carries. Verdicts are computed here and typed nowhere."""

from __future__ import annotations

from collections.abc import Iterable

from verify.judging.evidence import Evidence, Finding, Verdict
from verify.judging.methods import judges, kernels, premises

COARSE = 1e-7  # a judge may be right about what is less, though routes support the claim


def verdict(evidence: Iterable[Evidence], tried: str = "") -> tuple[Verdict, str]:
    """The strongest verdict that the evidence carries, and its reason in a sentence.

    A claim is proved when both judges prove it and no route disagrees, refuted by a certified
    counterexample, by both judges, or by one of them and a route that none supports against; any
    other disagreement is an error of ours, and said to be. What a proof assistant's kernel accepts
    is proved, with all that its meaning takes, and needs neither a judge nor certainty of ours. A
    bound on a domain, a limit and a claim about any input are supported by no points alone: they
    may fail between them, on other paths or for other inputs. Whatever else is said of it, a claim
    whose meaning is not certain on the whole domain is undecided at best; so is what points support
    on one side of a kink alone, for some of the whole numbers in a function that oscillates, or
    where a part of it is too small to be seen.

    Args:
        evidence: one piece per method.
        tried: where a claim was tried that needs a proof to be supported; empty for other claims.

    """
    by_finding: dict[Finding, list[Evidence]] = {finding: [] for finding in Finding}
    premise = None
    for piece in evidence:
        if piece.method in premises():
            premise = piece
        else:
            by_finding[piece.finding].append(piece)
    proves, supports = by_finding[Finding.PROVES], by_finding[Finding.SUPPORTS]
    refutes, contradicts = by_finding[Finding.REFUTES], by_finding[Finding.CONTRADICTS]

    if refutes and not proves:
        # another run than the claim's does not refute it
        found = Verdict.NOT_REPRODUCED if refutes[0].data.get("unclaimed") else Verdict.REFUTED
        return found, refutes[0].detail
    against = {piece.method for piece in contradicts}
    certified = kernels() & {piece.method for piece in proves}
    if against >= judges() and not certified:
        # both are exact; what only sampled may have missed it
        return Verdict.REFUTED, contradicts[0].detail
    if against & judges() and len(against) > 1 and not proves and not supports:
        return Verdict.REFUTED, contradicts[0].detail
    if premise and premise.finding is Finding.FAILED:
        return Verdict.ERROR, premise.detail
    only_judges = against <= judges()
    fine = [piece for piece in supports if not (only_judges and (piece.noticeable or 0) > COARSE)]
    if (refutes or contradicts) and (proves or fine):
        return Verdict.ERROR, (
            f"methods disagree: {_names(refutes + contradicts)} against {_names(proves + fine)}"
        )
    if by_finding[Finding.FAILED]:
        broken = by_finding[Finding.FAILED][0]
        return Verdict.ERROR, f"{broken.method}: {broken.detail}"
    if contradicts:
        return Verdict.UNDECIDED, f"only {_names(contradicts)} says it is false"
    if certified:
        return Verdict.PROVED, f"by {_names(proves)}"
    if premise and premise.finding is Finding.ABSTAINS:
        return Verdict.UNDECIDED, f"it is not certain everywhere: {premise.detail}"
    if {piece.method for piece in proves} >= judges():
        return Verdict.PROVED, f"by {_names(proves)}"
    stated = [o for piece in (*supports, *by_finding[Finding.ABSTAINS]) for o in piece.obligations]
    seen = {o["statement"] for o in stated if o["state"] == "discharged"}
    # how algebra may read the claim is its own affair
    own = ("limit", "kinks", "numbers", "sizes")
    left = [o for o in stated if o["field"] in own and o["statement"] not in seen]
    if left and not proves:
        return Verdict.UNDECIDED, f"whether {left[0]['statement']} is open: {left[0]['how']}"
    if tried and supports and not proves:
        return Verdict.UNDECIDED, f"it holds {tried} tried, and no judge can prove it"
    if supports:
        return Verdict.SUPPORTED, f"by {_names(proves + supports)}"
    reasons = [f"{e.method}: {e.detail}" for e in by_finding[Finding.ABSTAINS]]
    return Verdict.UNDECIDED, "; ".join(reasons) or "no method applies"


def _names(pieces: Iterable[Evidence]) -> str:
    *first, last = sorted({piece.method for piece in pieces})
    return f"{', '.join(first)} and {last}" if first else last
