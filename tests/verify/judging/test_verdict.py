"""The verdict that evidence carries, for every combination of findings."""

from itertools import product

import pytest

from verify.judging.evidence import Evidence, Finding, Verdict
from verify.judging.methods import judges
from verify.judging.verdict import verdict

JUDGES, ROUTES = ("polynomials", "sympy"), ("lyapunov", "simulation")
FOR, AGAINST = {"proves", "supports"}, {"refutes", "contradicts"}


def pieces(findings):
    return [
        Evidence(method, Finding(finding), f"{method} saw it")
        for method, finding in findings.items()
        if finding
    ]


def expected(findings, is_bound):
    """The verdict by its definition, from what each method found."""
    found = set(findings.values())
    of_judges = [findings[judge] for judge in JUDGES]
    contradict = [method for method, finding in findings.items() if finding == "contradicts"]
    if (
        ("refutes" in found and "proves" not in found)
        or of_judges == ["contradicts"] * 2
        or ("contradicts" in of_judges and len(contradict) > 1 and not found & FOR)
    ):
        return "refuted"
    if "failed" in found or (found & FOR and found & AGAINST):
        return "error"
    if found & AGAINST:
        return "undecided"
    if of_judges == ["proves"] * 2:
        return "proved"
    if "supports" in found and ("proves" in found or not is_bound):
        return "supported"
    return "undecided"


@pytest.mark.parametrize("is_bound", [False, True])
def test_every_combination_of_findings_has_the_verdict_of_its_definition(is_bound):
    assert judges() == set(JUDGES)
    for combination in product(["", *Finding], repeat=4):
        findings = dict(zip((*JUDGES, *ROUTES), combination, strict=True))
        assert verdict(pieces(findings), is_bound)[0] == expected(findings, is_bound), findings


@pytest.mark.parametrize(
    ("findings", "is_bound", "found", "reason"),
    [
        ({}, False, "undecided", "no method applies"),
        ({"lyapunov": "refutes", "spectral": "refutes"}, False, "refuted", "lyapunov saw it"),
        ({"polynomials": "contradicts", "sympy": "contradicts"}, False, "refuted", "poly"),
        ({"sympy": "contradicts", "series": "contradicts"}, False, "refuted", "sympy saw it"),
        (
            {"sympy": "proves", "lyapunov": "supports", "series": "refutes"}
            | {"simulation": "contradicts"},
            False,
            "error",
            "methods disagree: series and simulation against lyapunov and sympy",
        ),
        ({"series": "failed", "spectral": "failed"}, False, "error", "series: series saw it"),
        (
            {"series": "contradicts", "limit": "contradicts"},
            False,
            "undecided",
            "only limit and series says it is false",
        ),
        ({"sympy": "proves", "polynomials": "proves"}, True, "proved", "by polynomials and sympy"),
        (
            {"lyapunov": "supports"},
            True,
            "undecided",
            "the bound holds at the points tried, and no judge can prove it",
        ),
        ({"lyapunov": "supports"}, False, "supported", "by lyapunov"),
        ({"sympy": "proves", "lyapunov": "supports"}, True, "supported", "by lyapunov and sympy"),
        (
            {"series": "abstains", "sympy": "abstains"},
            False,
            "undecided",
            "series: series saw it; sympy: sympy saw it",
        ),
        ({"sympy": "proves"}, False, "undecided", "no method applies"),
    ],
)
def test_a_verdict_says_why(findings, is_bound, found, reason):
    assert verdict(pieces(findings), is_bound)[0] == found
    assert verdict(pieces(findings), is_bound)[1].startswith(reason)


def test_a_claim_is_taken_for_no_bound_unless_said():
    assert verdict(pieces({"lyapunov": "supports"}))[0] is Verdict.SUPPORTED
