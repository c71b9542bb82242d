"""A claim judged, and held against what direct sums say of it."""

from verify import Settings, verify_claim
from verify.judging.evidence import Verdict
from verify.selftest.oracle import Truth, truth


def judged(claim, expected, places=()):
    """The result on a claim that is proved where it is true, and refuted where it is not."""
    assert truth(claim, places=places) is expected
    result = verify_claim(claim, Settings())
    assert result.verdict is {Truth.TRUE: Verdict.PROVED, Truth.FALSE: Verdict.REFUTED}[expected], (
        result.reason
    )
    return result
