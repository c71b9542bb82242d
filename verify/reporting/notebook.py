"""Claims and results as parts of a page, which notebooks show."""

from __future__ import annotations

from verify.claims.claim import Claim
from verify.judging.engine import Result
from verify.reporting.page.rendering import rendered


def claim_html(claim: Claim) -> str:
    """A claim as a part of a page: its statement, its formula in MathML, and where it holds."""
    return rendered("notebook.html", claim=claim, result=None)


def result_html(result: Result) -> str:
    """A result as a part of a page: the claim, the verdict, where it fails, and the evidence."""
    return rendered("notebook.html", claim=result.claim, result=result)
