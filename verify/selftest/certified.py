"""False variants of claims that have a certificate: none of them may have one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import track

from verify.claims.claim import Claim
from verify.judging.kernel.certificates import attempt
from verify.judging.kernel.coq import compiled_library
from verify.running.provenance import version_of
from verify.running.server import fork_server
from verify.selftest.mutants import PLACED, mutants
from verify.selftest.mutations import OPERATORS
from verify.selftest.oracle import Truth

SECONDS = 60  # for Coq, on each


@dataclass(frozen=True)
class Tried:
    """What became of a variant.

    Attributes:
        variant: its id.
        change: what was changed.
        truth: what the oracle says.
        is_certified: whether Coq accepts a certificate of it.
        reason: if not, why.

    """

    variant: str
    change: str
    truth: Truth
    is_certified: bool
    reason: str


def is_certified(claim: Claim) -> tuple[bool, str]:
    """Whether Coq accepts a certificate of a claim, and if not, why.

    Raises:
        NoCoq: if Coq is not there.

    """
    found = attempt(claim, SECONDS)
    return found.is_accepted, found.reason if found.text else f"not tried: {found.reason}"


def try_variants(
    claims: Sequence[Claim], workers: int, record: Path, per_operator: int = 1
) -> list[Tried]:
    """Have Coq look at variants of those claims that have a certificate.

    Args:
        claims: true claims.
        workers: processes at a time.
        record: a file that has a line for each claim that is done, and is added to; a claim on
            record is not tried again as long as the code is the same.
        per_operator: variants of each kind, at most.

    """
    code = f"{version_of('verify.judging.kernel.certificates', __name__)} {compiled_library().name}"
    done = dict(_recorded(record, code))
    left = [claim for claim in claims if claim.id not in done]
    with ProcessPoolExecutor(workers, fork_server()) as pool, record.open("a") as file:
        found = pool.map(partial(_tried, per_operator=per_operator), left)
        shown = track(found, "certificates", total=len(left), console=Console(stderr=True))
        for claim, tried in zip(left, shown, strict=True):
            done[claim.id] = tried
            line = {"code": code, "claim": claim.id, "tried": [asdict(one) for one in tried]}
            file.write(json.dumps(line) + "\n")
            file.flush()
    return [one for claim in claims for one in done[claim.id]]


def _recorded(record: Path, code: str) -> Iterator[tuple[str, list[Tried]]]:
    """The claims on record, by the same code; a line cut short costs itself."""
    lines = record.read_text(encoding="utf-8").splitlines() if record.exists() else []
    for line in lines:
        with suppress(ValueError, TypeError, KeyError):
            entry = json.loads(line)
            tried = [Tried(**{**one, "truth": Truth(one["truth"])}) for one in entry["tried"]]
            if entry["code"] == code:
                yield entry["claim"], tried


def _tried(claim: Claim, per_operator: int) -> list[Tried]:
    if not is_certified(claim)[0]:
        return []
    wanted = (*OPERATORS, *PLACED)
    return [
        Tried(m.claim.id, m.change, m.truth, *is_certified(m.claim))
        for m in mutants(claim, per_operator, wanted)
    ]


def markdown(tried: Iterable[Tried]) -> str:
    """How many were looked at, and each that has a certificate and should not."""
    all_tried = list(tried)
    lines = []
    for truth, name in (
        (Truth.FALSE, "false variants"),
        (Truth.MEANINGLESS, "without meaning"),
        (Truth.TRUE, "true variants"),
    ):
        own = [t for t in all_tried if t.truth is truth]
        put = [t for t in own if not t.reason.startswith("not tried")]
        count = sum(t.is_certified for t in own)
        lines.append(f"{len(own)} {name}, {len(put)} put before Coq, {count} certified.")
    wrong = [t for t in all_tried if t.is_certified and t.truth is not Truth.TRUE]
    lines += ["", *(f"- `{t.variant}` ({t.change}): certified" for t in wrong)]
    return "\n".join(lines).rstrip()
