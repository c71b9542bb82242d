"""The public names; each is imported when it is first used."""

from .assertions import ClaimFailed as ClaimFailed, assert_claims as assert_claims
