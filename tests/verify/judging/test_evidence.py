"""Evidence is read again as it was written, and says what there is to say."""

import json
from collections import defaultdict

import pytest

from verify.judging.evidence import Counterexample, Evidence, Finding, Profile, Verdict

PROFILE = Profile("rho", [0.1, 0.2, 0.3], [1.0, 2.0, 0.0], [1.0, 6.0, 0.0])
EXAMPLE = Counterexample("rho = 1/2", "1", "2", "0.5", "0.7 at rho = 1/3", profile=PROFILE)


def test_reports_have_words_for_findings_and_verdicts():
    assert [*Finding] == ["proves", "supports", "refutes", "contradicts", "abstains", "failed"]
    assert [*Verdict] == ["proved", "supported", "refuted", "not reproduced", "undecided", "error"]


def test_what_is_proved_or_supported_holds():
    assert {verdict for verdict in Verdict if verdict.holds} == {"proved", "supported"}


def test_evidence_is_read_again_as_it_was_written():
    for piece in (
        Evidence("series", Finding.PROVES),
        Evidence("series", Finding.SUPPORTS, "close", 1e-9, data={"digits": 40}, seconds=2.0),
        Evidence("series", Finding.REFUTES, "false", counterexample=EXAMPLE),
        Evidence("series", Finding.REFUTES, "false", None, Counterexample("x", "1", "2", "0.5")),
        Evidence("trial", Finding.SUPPORTS, data=defaultdict(list, state=[1.0])),
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


@pytest.mark.parametrize("name", ["point", "claimed", "actual", "discrepancy", "largest"])
def test_what_is_no_counterexample_is_refused(name):
    written = Evidence("series", Finding.REFUTES, counterexample=EXAMPLE).to_json()
    written["counterexample"][name] = 1
    with pytest.raises(ValueError, match="no counterexample"):
        Evidence.from_json(written)


@pytest.mark.parametrize("name", ["method", "detail"])
def test_what_is_no_evidence_is_refused(name):
    with pytest.raises(TypeError, match="no evidence"):
        Evidence.from_json({**Evidence("series", Finding.PROVES).to_json(), name: 1})


def test_obligations_are_read_from_what_anyone_may_have_written():
    holds = {"field": "formula", "statement": "a is not 0", "state": "discharged", "how": "plain"}
    data = {"obligations": [holds, {"state": 1, "more": "x"}, "none"]}
    nothing = {"field": "", "statement": "", "state": "1", "how": ""}
    assert Evidence("meaning", Finding.SUPPORTS, data=data).obligations == [holds, nothing]
    assert Evidence("meaning", Finding.SUPPORTS, data={"obligations": 3}).obligations == []
    assert Evidence("meaning", Finding.SUPPORTS).obligations == []


def test_what_was_taken_over_says_so():
    assert Evidence("trial", Finding.SUPPORTS, data={"imported": "elsewhere"}).imported
    assert not Evidence("trial", Finding.SUPPORTS).imported
