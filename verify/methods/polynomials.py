"""The second judge: a claim decided by exact polynomials (python-flint) from its own text."""

from __future__ import annotations

from verify.claim import Claim, Limit
from verify.evidence import Evidence, Finding
from verify.exact.field import Element, Unsupported
from verify.exact.leading import leading_term
from verify.exact.moments import quantity
from verify.exact.reader import Reader

JUDGE = "polynomials"


def judge(claim: Claim) -> Evidence:
    """Prove the claim on its whole domain, contradict it, or abstain."""
    try:
        reader = Reader(claim)
        formula, value = reader.expression(claim.formula), quantity(reader)
        if claim.limit is not None:
            return _judge_limit(formula / value, reader, claim.limit)
    except Unsupported as reason:
        return Evidence(JUDGE, Finding.ABSTAINS, f"does not handle {reason}")
    difference = formula - value
    if claim.relation == "==":
        if difference.is_zero:
            return Evidence(JUDGE, Finding.PROVES, "the difference is the zero polynomial")
        return Evidence(JUDGE, Finding.ABSTAINS, "the difference does not reduce to zero")
    slack = difference if claim.relation == "<=" else -difference
    if slack.is_zero or (slack.is_real and reader.field.is_nonnegative(slack)):
        return Evidence(JUDGE, Finding.PROVES, "the slack has a sign certificate on the domain")
    return Evidence(JUDGE, Finding.ABSTAINS, "no certificate for the sign of the slack")


def _judge_limit(ratio: Element, reader: Reader, limit: Limit) -> Evidence:
    order, coefficient = leading_term(ratio, reader.parameters, limit)
    if order == 0 and coefficient == reader.field.constant(1):
        return Evidence(JUDGE, Finding.PROVES, "the leading terms are equal")
    found = "0" if order > 0 else "infinity" if order < 0 else str(coefficient)
    return Evidence(JUDGE, Finding.CONTRADICTS, f"formula over quantity tends to {found}, not 1")
