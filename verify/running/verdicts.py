"""The last verdict on each claim, kept in the store: for lists of claims, which judge nothing.

It is what a run said, no evidence, and no other verdict rests on it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from verify.claims.claim import Claim
from verify.judging.evidence import Verdict

if TYPE_CHECKING:
    from verify.judging.engine import Result

_SCHEMA = """
create table if not exists verdicts (
    claim text primary key,  -- a digest of all that it says
    verdict text not null,
    day text not null        -- on which it was judged
) without rowid, strict
"""


def keep_verdicts(store: Path, results: Iterable[Result]) -> None:
    """Keep the verdicts of a run; a store that cannot be written is left as it is."""
    day = date.today().isoformat()
    rows = [(_digest(result.claim), str(result.verdict), day) for result in results]
    with (
        suppress(sqlite3.Error, OSError),
        closing(sqlite3.connect(store)) as connection,
        connection,
    ):
        connection.execute(_SCHEMA)
        connection.executemany("insert or replace into verdicts values (?, ?, ?)", rows)


def last_verdicts(store: Path, claims: Iterable[Claim]) -> Mapping[str, tuple[Verdict, str]]:
    """The last verdict on each claim that a run judged as it stands, and the day, by id."""
    kept: dict[str, tuple[Verdict, str]] = {}
    if store.exists():
        with suppress(sqlite3.Error, OSError), closing(sqlite3.connect(store)) as connection:
            for claim, verdict, day in connection.execute("select * from verdicts"):
                with suppress(ValueError):
                    kept[claim] = Verdict(verdict), day
    digests = {claim.id: _digest(claim) for claim in claims}
    return {name: kept[digest] for name, digest in digests.items() if digest in kept}


def _digest(claim: Claim) -> str:
    return sha256(json.dumps(claim.entry(), sort_keys=True).encode()).hexdigest()
