"""The verdict that evidence carries, for every combination of findings."""

from itertools import product

import pytest

from verify.judging.evidence import Evidence, Finding, Verdict
from verify.judging.methods import judges
from verify.judging.verdict import verdict

JUDGES, ROUTES = ("polynomials", "sympy"), ("lyapunov", "simulation")
MEANT = "it is not certain everywhere: meaning saw it"
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
        assert verdict(pieces(findings), "at the points" * is_bound)[0] == expected(
            findings, is_bound
        ), findings


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
            "it holds at the points tried, and no judge can prove it",
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
    assert verdict(pieces(findings), "at the points" * is_bound)[0] == found
    assert verdict(pieces(findings), "at the points" * is_bound)[1].startswith(reason)


@pytest.mark.parametrize(
    ("findings", "found", "reason"),
    [
        ({}, "proved", "by coq"),
        ({"meaning": "abstains", "sympy": "abstains"}, "proved", "by coq"),
        ({"sympy": "proves", "polynomials": "proves"}, "proved", "by coq, polynomials and sympy"),
        ({"series": "contradicts"}, "error", "methods disagree: series against coq"),
        ({"lyapunov": "refutes"}, "error", "methods disagree: lyapunov against coq"),
        ({"sympy": "contradicts", "polynomials": "contradicts"}, "error", "methods disagree"),
        ({"sympy": "failed"}, "error", "sympy: sympy saw it"),
        ({"meaning": "failed"}, "error", "meaning saw it"),
    ],
)
def test_what_a_kernel_accepts_is_proved_unless_others_disagree(findings, found, reason):
    said = verdict(pieces({**findings, "coq": "proves"}), "at the points")
    assert said[0] == found
    assert said[1].startswith(reason)


def test_what_a_kernel_does_not_accept_is_what_it_was():
    proved = {"sympy": "proves", "polynomials": "proves"}
    for others in (proved, {}):
        assert verdict(pieces({**others, "coq": "abstains"}))[0] == verdict(pieces(others))[0]


def test_points_are_enough_unless_said_otherwise():
    assert verdict(pieces({"lyapunov": "supports"}))[0] is Verdict.SUPPORTED


@pytest.mark.parametrize(
    ("noticeable", "against", "found"),
    [
        *((1e-3, "sympy", "undecided"), (1e-6, "sympy", "undecided")),
        *((1e-7, "sympy", "error"), (None, "sympy", "error")),
        (1e-3, "series", "error"),
    ],
)
def test_a_coarse_route_does_not_stand_against_a_judge(noticeable, against, found):
    support = Evidence("limit", Finding.SUPPORTS, noticeable=noticeable)
    assert verdict([support, *pieces({against: "contradicts"})])[0] == found


def test_where_points_are_not_enough_it_takes_a_judge():
    supported = {"lyapunov": "supports"}
    found = verdict(pieces(supported), "for the inputs")
    assert found == (
        Verdict.UNDECIDED,
        "it holds for the inputs tried, and no judge can prove it",
    )
    assert verdict(pieces({"sympy": "abstains"}), "for the inputs")[1] == "sympy: sympy saw it"
    proved = pieces({**supported, "sympy": "proves"})
    assert verdict(proved, "for the inputs")[0] is Verdict.SUPPORTED


@pytest.mark.parametrize(
    ("finding", "others", "found", "reason"),
    [
        ("supports", {"polynomials": "proves", "sympy": "proves"}, "proved", "by polynomials"),
        ("abstains", {"polynomials": "proves", "sympy": "proves"}, "undecided", MEANT),
        ("failed", {"polynomials": "proves", "sympy": "proves"}, "error", "meaning saw it"),
        ("abstains", {"lyapunov": "supports"}, "undecided", MEANT),
        ("failed", {"lyapunov": "supports"}, "error", "meaning saw it"),
        ("failed", {"lyapunov": "refutes"}, "refuted", "lyapunov saw it"),
        ("abstains", {"lyapunov": "refutes"}, "refuted", "lyapunov saw it"),
        ("abstains", {"limit": "contradicts"}, "undecided", "only limit says it is false"),
        ("failed", {"limit": "contradicts"}, "error", "meaning saw it"),
        ("supports", {}, "undecided", "no method applies"),
    ],
)
def test_what_means_nothing_somewhere_is_undecided_at_best(finding, others, found, reason):
    verdict_, why = verdict(pieces({"meaning": finding, **others}))
    assert verdict_ == found
    assert why.startswith(reason)


def with_obligations(method, finding, *stated):
    names = ("field", "statement", "state")
    obligations = [{**dict(zip(names, o, strict=True)), "how": f"{o[1]} how"} for o in stated]
    return Evidence(method, Finding(finding), "seen", data={"obligations": obligations})


OPEN, DONE = ("kinks", "A", "open"), ("kinks", "A", "discharged")


@pytest.mark.parametrize(
    ("evidence", "found", "reason"),
    [
        ([("lyapunov", "supports", OPEN)], "undecided", "whether A is open: A how"),
        ([("lyapunov", "supports", DONE)], "supported", "by lyapunov"),
        ([("lyapunov", "supports", ("numbers", "A", "open"))], "undecided", "whether A is open"),
        ([("lyapunov", "supports", ("sizes", "A", "open"))], "undecided", "whether A is open"),
        # one route that has seen both sides is enough
        ([("lyapunov", "supports", OPEN), ("series", "supports", DONE)], "supported", "by"),
        (
            [("lyapunov", "supports", OPEN, ("kinks", "B", "open")), ("series", "supports", DONE)],
            *("undecided", "whether B is open: B how"),
        ),
        # a judge's proof is about all of it
        ([("lyapunov", "supports", OPEN), ("sympy", "proves")], "supported", "by"),
        # how algebra may read the claim is its own affair, but not whether a limit is reached
        (
            [("lyapunov", "supports"), ("sympy", "abstains", ("formula", "A", "open"))],
            *("supported", "by lyapunov"),
        ),
        (
            [("limit", "supports"), ("sympy", "abstains", ("limit", "A", "open"))],
            *("undecided", "whether A is open: A how"),
        ),
    ],
)
def test_what_is_open_is_not_supported(evidence, found, reason):
    verdict_, why = verdict([with_obligations(*one) for one in evidence])
    assert verdict_ == found
    assert why.startswith(reason)


def test_a_run_that_deviates_from_the_protocol_refutes_nothing():
    found = Evidence("experiment", Finding.REFUTES, "too large")
    assert verdict([found]) == (Verdict.REFUTED, "too large")
    apart = Evidence("experiment", Finding.REFUTES, "too large", data={"unclaimed": ["loss"]})
    assert verdict([apart]) == (Verdict.NOT_REPRODUCED, "too large")
