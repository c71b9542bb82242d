"""Put the verifier itself to the test and write verifier.md.

Run as `python reports/verifier.py [PART…]`, parts being mutants, places, forms, random,
certificates, fuzzing and interruptions; without any, all of them. Each part's figures
are kept in verifier.md until it is run again. Cut short, places, random and certificates go on
where they were; what random has found, it reports all the same.
"""

from __future__ import annotations

import inspect
import os
import platform
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from verify import Settings, paper_claims
from verify.claims.claim import Claim
from verify.judging.engine import verify_claim
from verify.judging.evidence import Verdict
from verify.running.store import Store
from verify.selftest import certified, fuzzing, interruption, random_claims, scores
from verify.selftest.mutants import PLACED
from verify.settings import default_store

REPORT = Path(__file__).parent / "verifier.md"
WORKERS = os.cpu_count() or 1
INPUTS = {"expressions": 100_000, "claims": 100_000, "files": 50_000}
INPUTS_BY_COVERAGE = 750_000
RANDOM_CLAIMS = REPORT.with_name("random_claims.jsonl")
CHUNKS = 200
KILLS = 50
ABOUT = """# The verifier on trial

Made by `python reports/verifier.py`.
"""


def mutants() -> Iterator[str]:
    """One change in a true claim: refuted, where an independent oracle says it is false.

    Of claims about experiments those count that are supported by trials already run, as by `make
    claims`.
    """
    store = Store(default_store())
    claims = [c for c in _true_claims() if not c.experiment or _is_supported(c, store)]
    yield scores.score_mutants(claims, Settings(), WORKERS, 1, store).markdown()


def places() -> Iterator[str]:
    """A change that shows at some places of the domain alone, and neighbours that stay true."""
    store = Store(default_store().with_name("places.sqlite"))
    count = dict.fromkeys(PLACED, 1)
    yield scores.score_places(_true_claims(), Settings(), WORKERS, count, store).markdown()


def forms() -> Iterator[str]:
    """Other ways to write true claims: proved or supported."""
    yield scores.score_equal_forms(_true_claims(), Settings(), WORKERS, per_claim=6).markdown()


def at_random() -> Iterator[str]:
    """Random claims, judged; the oracle is asked of all that is proved, supported or refuted."""
    total = CHUNKS * random_claims.CHUNK
    with (
        suppress(KeyboardInterrupt),
        Progress(console=Console(stderr=True), transient=True) as progress,
    ):
        task = progress.add_task("random claims", total=total)
        random_claims.judge_random_claims(
            CHUNKS, WORKERS, RANDOM_CLAIMS, lambda count: progress.advance(task, count)
        )
    chunks = random_claims.recorded(RANDOM_CLAIMS)
    yield f"{sum(chunk.claims for chunk in chunks)} of {total} claims.\n"
    yield random_claims.markdown(chunks, random_claims.judged_again(chunks, WORKERS))


def certificates() -> Iterator[str]:
    """Variants of claims that have a certificate: of the false ones none may have one."""
    claims = [claim for claim in _true_claims() if not claim.experiment]
    record = default_store().with_name("certified.jsonl")
    yield certified.markdown(certified.try_variants(claims, WORKERS, record))


def hostile_input() -> Iterator[str]:
    """Random and hostile claim files: read, or refused in a line."""
    yield "| generator | inputs | accepted | seconds | MB at most |\n|---|--:|--:|--:|--:|"
    with ProcessPoolExecutor(WORKERS) as pool:
        found = list(pool.map(fuzzing.fuzz, INPUTS, INPUTS.values(), range(len(INPUTS))))
    for row in (*found, fuzzing.fuzz_by_coverage(INPUTS_BY_COVERAGE, 1)):
        if row:
            accepted = "" if row.accepted is None else row.accepted
            yield (
                f"| {row.generator} | {row.inputs} | {accepted} | {row.seconds:.0f} "
                f"| {row.megabytes} |"
            )
    yield "\nNo input ran anything, overran, or raised what is not a refusal in one line."


def kills() -> Iterator[str]:
    """Runs killed with SIGKILL at random moments, resumed, and compared with one left alone."""
    found = interruption.kill_and_resume(["A1", "A5", "B4"], KILLS, seed=1)
    yield (
        f"{found.kills} runs killed, over {found.stores} stores; {found.resumed} began with the "
        f"evidence of a killed one. Claims that ended otherwise than in a run left alone: "
        f"{', '.join(found.differences) or 'none'}."
    )


PARTS: Mapping[str, tuple[str, Callable[[], Iterator[str]]]] = {
    "mutants": ("Mutants", mutants),
    "places": ("Places", places),
    "forms": ("Equal forms", forms),
    "random": ("Random claims", at_random),
    "certificates": ("Certificates", certificates),
    "fuzzing": ("Hostile input", hostile_input),
    "interruptions": ("Interruptions", kills),
}


def main() -> None:
    """Run the parts named, and put their sections into the report."""
    sections = dict(re.findall(r"(?ms)^## (.*?)\n(.*?)(?=^## |\Z)", _report()))
    for name in sys.argv[1:] or PARTS:
        title, part = PARTS[name]
        start = time.perf_counter()
        body = "\n".join(part())
        seconds = time.perf_counter() - start
        sections[title] = (
            f"\n{inspect.getdoc(part)}\n\n{body.strip()}\n\n"
            f"{seconds:.0f} s on {WORKERS} cores, Python {platform.python_version()}.\n\n"
        )
        ordered = [title for title, _ in PARTS.values() if title in sections]
        text = ABOUT + "".join(f"\n## {title}\n{sections[title].rstrip()}\n" for title in ordered)
        REPORT.write_text(text, encoding="utf-8")


def _true_claims() -> list[Claim]:
    return [claim for claim in paper_claims() if claim.expect != "refuted"]


def _is_supported(claim: Claim, store: Store) -> bool:
    """Whether a claim about an experiment is, by trials that have been run."""
    measured = store.measured(claim, Settings())
    if measured is None:
        return False
    return verify_claim(claim, trial_results=measured).verdict is Verdict.SUPPORTED


def _report() -> str:
    return REPORT.read_text(encoding="utf-8") if REPORT.exists() else ""


if __name__ == "__main__":
    main()
