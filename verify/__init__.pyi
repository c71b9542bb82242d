"""The public names; each is imported when it is first used."""

from .claims.claim import Claim as Claim, ClaimError as ClaimError
from .claims.file import make_claim as make_claim, read_claims as read_claims
from .claims.selection import paper_claims as paper_claims, select as select
from .judging.engine import Result as Result, verify_claim as verify_claim
from .judging.evidence import (
    Counterexample as Counterexample,
    Evidence as Evidence,
    Finding as Finding,
    Verdict as Verdict,
)
from .reporting.notebook import claim_html as claim_html, result_html as result_html
from .running.workers import run as run
from .settings import TIERS as TIERS, Settings as Settings, Tier as Tier
from .testing.assertions import ClaimFailed as ClaimFailed, assert_claims as assert_claims
