"""Certificates: a file for Coq for each claim, the library, and a Makefile that checks them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

from verify.claims.claim import Claim
from verify.claims.expressions import printable
from verify.judging.kernel.coq import (
    LIBRARY,
    MODULES,
    NAMESPACE,
    SECONDS,
    check,
    compiled_library,
)
from verify.judging.kernel.derived import Underived
from verify.judging.kernel.proofs import certificate
from verify.judging.kernel.terms import Untranslated
from verify.judging.kernel.translation import statement

_ORDER = "".join(f"library/{new}.vo: library/{old}.vo\n" for old, new in pairwise(MODULES))
# how make compiles the library, each module after the one before it
LIBRARY_OBJECTS = " ".join(f"library/{name}.vo" for name in MODULES)
LIBRARY_RULES = f"""\
{_ORDER}
library/%.vo: library/%.v
	coqc -w none -R library {NAMESPACE} $<
"""
_MAKEFILE = f"""\
# Checks every claim here with Coq alone: `make`, and `make chk` for the independent checker.
LIBRARY := {LIBRARY_OBJECTS}
CLAIMS := $(sort $(wildcard claim_*.v))

check: $(CLAIMS:.v=.vo)

chk: check
	coqchk -silent -R . "" -R library {NAMESPACE} $(CLAIMS:.v=)

{LIBRARY_RULES}
claim_%.vo: claim_%.v $(LIBRARY)
	coqc -w none -R library {NAMESPACE} $<

.PHONY: check chk
"""


@dataclass(frozen=True)
class Certified:
    """What became of a claim.

    Attributes:
        claim: which one.
        file: the name of its certificate, which Coq accepts; None where there is none.
        reason: why there is none.

    """

    claim: Claim
    file: str | None
    reason: str = ""


@dataclass(frozen=True)
class Attempt:
    """What came of an attempt to certify a claim.

    Attributes:
        theorem: what the claim states, for Coq; empty where it cannot be said.
        text: the whole certificate; empty where no proof was found to be tried.
        reason: why Coq does not accept it; empty where it does.

    """

    theorem: str
    text: str
    reason: str

    @property
    def is_accepted(self) -> bool:
        """Whether Coq accepts the certificate."""
        return bool(self.text) and not self.reason


def attempt(claim: Claim, seconds: float = SECONDS) -> Attempt:
    """Write a claim's certificate, and have Coq check it.

    Args:
        claim: which one.
        seconds: how long Coq may take.

    Raises:
        NoCoq: if Coq is not there.

    """
    library, theorem = compiled_library(), ""
    try:
        made = statement(claim)
        theorem = made.text()
        text = certificate(claim, made)
    except Untranslated as reason:
        return Attempt(theorem, "", f"no theorem: {reason}")
    except Underived as reason:
        return Attempt(theorem, "", f"no proof: {reason}")
    return Attempt(theorem, text, check(text, library, seconds))


def certify(
    claims: Sequence[Claim],
    folder: Path,
    workers: int,
    on_claim: Callable[[Certified], object] = lambda done: None,
) -> list[Certified]:
    """Write certificates into a folder, and have Coq check them.

    The folder is complete: the library, a file for each claim that Coq accepts, a Makefile that
    needs nothing of this project, and claims.txt, which says of each claim which file it has, or
    why it has none.

    Args:
        claims: which claims.
        folder: where to; made if it is not there.
        workers: how many to check at a time.
        on_claim: called with what became of each.

    Raises:
        NoCoq: if Coq is not there.

    """
    compiled_library()  # before any claim is looked at
    copy_library(folder)
    (folder / "Makefile").write_text(_MAKEFILE, encoding="utf-8")

    def one(claim: Claim) -> Certified:
        found = attempt(claim)
        if not found.is_accepted:
            return Certified(claim, None, found.reason)
        (folder / file_name(claim)).write_text(found.text, encoding="utf-8")
        return Certified(claim, file_name(claim))

    ended = []
    with ThreadPoolExecutor(workers) as pool:
        for certified in pool.map(one, claims):
            on_claim(certified)
            ended.append(certified)
    lines = [printable(f"{one.claim.id}: {one.file or one.reason}") for one in ended]
    (folder / "claims.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return ended


def copy_library(folder: Path) -> None:
    """Write the library into a folder `library` of a folder; both are made if they are not there.

    Raises:
        OSError: if a file cannot be written.

    """
    (folder / "library").mkdir(parents=True, exist_ok=True)
    for name in MODULES:
        shutil.copy(LIBRARY / f"{name}.v", folder / "library")


def file_name(claim: Claim) -> str:
    """A file's name for a claim; ids that differ in signs alone have different ones."""
    plain = re.sub(r"\W", "_", claim.id, flags=re.ASCII)[:60]
    is_plain = plain.replace("_", "-") == claim.id
    mark = "" if is_plain else f"_{sha256(claim.id.encode()).hexdigest()[:8]}"
    return f"claim_{plain}{mark}.v"
