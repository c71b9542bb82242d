"""Claim files as pytest collects them, each claim a test; registered where `--claims` is given."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from verify.claims.claim import Claim


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ClaimFile | None:
    """Collect a file if it is one of the claim files."""
    chosen = [Path(name).resolve() for name in parent.config.getoption("--claims")]
    if file_path.resolve() not in chosen:
        return None
    return ClaimFile.from_parent(parent, path=file_path)


class ClaimFile(pytest.File):
    """A claim file, collected by pytest."""

    def collect(self) -> Iterator[ClaimItem]:
        """The claims of the file."""
        from verify.claims.claim import ClaimError
        from verify.claims.file import read_claims

        try:
            claims = read_claims(self.path)
        except ClaimError as error:
            raise self.CollectError(str(error)) from None
        for claim in claims:
            yield ClaimItem.from_parent(self, name=claim.id, claim=claim)


class ClaimItem(pytest.Item):
    """A claim, judged in a process of its own under a time and a memory limit."""

    def __init__(self, *, claim: Claim, **rest: Any) -> None:
        super().__init__(**rest)
        self.claim = claim

    def runtest(self) -> None:
        """Judge the claim."""
        from verify.running.workers import run
        from verify.settings import Settings
        from verify.testing.assertions import require_expected

        require_expected(run([self.claim], Settings(), workers=1))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The counterexample, without a traceback through this project."""
        from verify.testing.assertions import ClaimFailed

        if isinstance(excinfo.value, ClaimFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """The file in which the claim stands, and the claim's id."""
        return self.path, None, self.claim.id
