"""False variants of claims that have a certificate: none of them may have one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from rich.console import Console
from rich.progress import track

from verify.claims.claim import Claim
from verify.judging.kernel.certificates import attempt
from verify.running.server import fork_server
from verify.selftest.mutants import PLACED, Mutant, mutants
from verify.selftest.mutations import OPERATORS
from verify.selftest.oracle import Truth

SECONDS = 60  # for Coq, on each


@dataclass(frozen=True)
class Tried:
    """What became of a variant: whether Coq accepts a certificate of it, and if not, why."""

    mutant: Mutant
    is_certified: bool
    reason: str


def is_certified(claim: Claim) -> tuple[bool, str]:
    """Whether Coq accepts a certificate of a claim, and if not, why.

    Raises:
        NoCoq: if Coq is not there.

    """
    found = attempt(claim, SECONDS)
    return found.is_accepted, found.reason if found.text else f"not tried: {found.reason}"


def try_variants(claims: Sequence[Claim], workers: int, per_operator: int = 1) -> list[Tried]:
    """Have Coq look at variants of those claims that have a certificate.

    Args:
        claims: true claims.
        workers: processes at a time.
        per_operator: variants of each kind, at most.

    """
    with ProcessPoolExecutor(workers, fork_server()) as pool:
        found = pool.map(_tried, claims, [per_operator] * len(claims))
        shown = track(found, "certificates", total=len(claims), console=Console(stderr=True))
        return [tried for of_claim in shown for tried in of_claim]


def _tried(claim: Claim, per_operator: int) -> list[Tried]:
    if not is_certified(claim)[0]:
        return []
    wanted = (*OPERATORS, *PLACED)
    return [Tried(m, *is_certified(m.claim)) for m in mutants(claim, per_operator, wanted)]


def markdown(tried: Iterable[Tried]) -> str:
    """How many were looked at, and each that has a certificate and should not."""
    all_tried = list(tried)
    lines = []
    for truth, name in (
        (Truth.FALSE, "false variants"),
        (Truth.MEANINGLESS, "without meaning"),
        (Truth.TRUE, "true variants"),
    ):
        own = [t for t in all_tried if t.mutant.truth is truth]
        put = [t for t in own if not t.reason.startswith("not tried")]
        count = sum(t.is_certified for t in own)
        lines.append(f"{len(own)} {name}, {len(put)} put before Coq, {count} certified.")
    wrong = [t for t in all_tried if t.is_certified and t.mutant.truth is not Truth.TRUE]
    lines += ["", *(f"- `{t.mutant.claim.id}` ({t.mutant.change}): certified" for t in wrong)]
    return "\n".join(lines).rstrip()
