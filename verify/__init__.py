"""The judge: claims, evidence and verdicts.

>>> from verify import make_claim, verify_claim
>>> claim = make_claim(
...     {
...         "id": "white-state",
...         "autocorrelation": "KroneckerDelta(Delta, 0)",
...         "quantity": "second_moment",
...         "relation": "==",
...         "formula": "1/(1 - lambda**2)",
...         "domain": ["-1 < lambda < 1"],
...     }
... )
>>> verify_claim(claim).verdict.value
'proved'
"""

from __future__ import annotations

from verify.claims.claim import Claim, ClaimError
from verify.claims.file import make_claim, read_claims
from verify.claims.selection import paper_claims, select
from verify.judging.engine import Result, verify_claim
from verify.judging.evidence import Counterexample, Evidence, Finding, Verdict
from verify.running.workers import run
from verify.settings import TIERS, Settings, Tier
from verify.testing.assertions import ClaimFailed, assert_claims

__all__ = [
    "TIERS",
    "Claim",
    "ClaimError",
    "ClaimFailed",
    "Counterexample",
    "Evidence",
    "Finding",
    "Result",
    "Settings",
    "Tier",
    "Verdict",
    "assert_claims",
    "make_claim",
    "paper_claims",
    "read_claims",
    "run",
    "select",
    "verify_claim",
]
