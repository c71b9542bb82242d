"""Claims in other people's tests."""

from verify.testing.assertions import ClaimFailed, assert_claims

__all__ = ["ClaimFailed", "assert_claims"]
