"""The verdict that evidence carries, for every combination of findings; evidence as JSON."""

import json
from itertools import product

import pytest

from verify.judging.evidence import Counterexample, Evidence, Finding, Profile, Verdict, verdict
from verify.judging.methods import judges

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


def test_what_is_proved_or_supported_holds():
    assert {verdict for verdict in Verdict if verdict.holds} == {"proved", "supported"}


def test_a_claim_is_taken_for_no_bound_unless_said():
    assert verdict(pieces({"lyapunov": "supports"}))[0] is Verdict.SUPPORTED


PROFILE = Profile("rho", [0.1, 0.2, 0.3], [1.0, 2.0, 0.0], [1.0, 6.0, 0.0])
EXAMPLE = Counterexample("rho = 1/2", "1", "2", "0.5", "0.7 at rho = 1/3", profile=PROFILE)


def test_evidence_is_read_again_as_it_was_written():
    for piece in (
        Evidence("series", Finding.PROVES),
        Evidence("series", Finding.SUPPORTS, "close", 1e-9, data={"digits": 40}, seconds=2.0),
        Evidence("series", Finding.REFUTES, "false", counterexample=EXAMPLE),
        Evidence("series", Finding.REFUTES, "false", None, Counterexample("x", "1", "2", "0.5")),
    ):
        written = json.loads(json.dumps(piece.to_json()))
        assert vars(Evidence.from_json(written)) == vars(piece)


def test_evidence_has_no_words_unless_given():
    assert vars(Evidence("series", Finding.PROVES)) == {
        **{"method": "series", "finding": Finding.PROVES, "detail": "", "noticeable": None},
        **{"counterexample": None, "data": {}, "seconds": None},
    }


def test_seconds_are_no_part_of_what_was_found():
    one = Evidence("trial", Finding.SUPPORTS, seconds=1.0)
    assert one == Evidence("trial", Finding.SUPPORTS, seconds=2.0)
    assert one != Evidence("trial", Finding.FAILED, seconds=1.0)


@pytest.mark.parametrize(
    "change", [{"name": "<i>"}, {"at": [0.1, 0.2]}, {"claimed": [1.0]}, {"actual": [1.0]}]
)
def test_what_is_no_profile_is_refused(change):
    with pytest.raises(ValueError, match="no profile"):
        Profile.from_json({**vars(PROFILE), **change})


def test_a_profile_spreads_by_the_relative_difference():
    assert PROFILE.spread() == 0.5  # |2 − 6|/(2 + 6) against 0; where both are 0, nothing
    assert Profile("x", [1, 2], [1, 1], [0, 3]).spread() == 0.5  # 1 against 2/4
    assert Profile("x", [1, 2], [2, 0], [2, 1]).spread() == 1
    assert Profile("x", [1, 2], [2, 1], [2, 0]).spread() == 1
    assert Profile("x", [1], [0], [0]).spread() == 0


def test_a_counterexample_says_what_there_is_to_say():
    assert EXAMPLE.words() == {
        "point": "rho = 1/2",
        "claimed": "1",
        "actual": "2",
        "discrepancy": "0.5",
        "largest": "0.7 at rho = 1/3",
    }
    assert EXAMPLE.lines()[:2] == ["  point       rho = 1/2", "  claimed     1"]
