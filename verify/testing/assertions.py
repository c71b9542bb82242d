"""Claims in other people's tests.

from verify import assert_claims
assert_claims("claims.toml")
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from verify.claims.selection import select
from verify.judging.engine import Result, verify_claim
from verify.settings import TIERS, Settings


class ClaimFailed(AssertionError):
    """A claim's verdict is not as expected; the message holds the counterexample."""


def assert_claims(*claims: str | Path, tier: str = "quick", seed: int = 0) -> list[Result]:
    """Judge claims in this process.

    Args:
        claims: TOML files, or ids of the paper's claims.
        tier: quick or full.
        seed: same seed, same evidence.

    Returns:
        All results, each proved, supported, or as its `expect` says.

    Raises:
        ClaimFailed: if one is neither, with the counterexamples.
        ClaimError: for a file or an id that cannot be read.

    Examples:
        >>> from verify import assert_claims
        >>> [result.claim.id for result in assert_claims("A5-state-ar1")]
        ['A5-state-ar1']

    """
    settings = Settings(TIERS[tier], seed)
    results = [verify_claim(claim, settings) for claim in select(map(str, claims))]
    require_expected(results)
    return results


def require_expected(results: Iterable[Result]) -> None:
    """Raise ClaimFailed unless each result is as expected."""
    failed = [failure(result) for result in results if not result.as_expected]
    if failed:
        raise ClaimFailed("\n\n".join(failed))


def failure(result: Result) -> str:
    """What is wrong with a claim, in a few lines."""
    expected = f", not {result.claim.expect}" if result.claim.expect else ""
    lines = [f"{result.claim.id} is {result.verdict}{expected}: {result.reason}"]
    if result.counterexample:
        lines += result.counterexample.lines()
    return "\n".join(lines)
