"""The table of methods: a line of it is all that a method needs."""

import sys
from types import ModuleType

import pytest

from verify import Evidence, Finding, Settings, Verdict, make_claim, verify_claim
from verify.judging import methods
from verify.judging.methods import METHODS, Kind, Method, judges
from verify.reporting.results import error_rates

CLAIM = make_claim(
    {
        "id": "white-state",
        "quantity": "second_moment",
        "relation": "==",
        "formula": "1/(1 - lambda**2)",
        "autocorrelation": "KroneckerDelta(Delta, 0)",
        "domain": ["-1 < lambda < 1"],
    }
)


@pytest.fixture
def dummy(monkeypatch):
    """Adds a method that finds what it is told to: one module, and one line of the table."""

    def add(finding, certify=False, **line):
        module = ModuleType("dummy", "Says what it is told to.\n\nNothing else.")
        module.check = lambda model, settings: Evidence("dummy", finding, model.claim.id, data=DATA)
        monkeypatch.setitem(sys.modules, "dummy", module)
        monkeypatch.setattr(methods, "METHODS", (*METHODS, Method("dummy", "dummy", **line)))
        return verify_claim(CLAIM, Settings(certify=certify))

    return add


DATA = {"false_alarm": 0.25}


def test_a_route_is_one_module_and_one_line(dummy):
    result = dummy(Finding.SUPPORTS)
    assert result.verdict is Verdict.PROVED
    assert result.evidence[-1] == Evidence("dummy", Finding.SUPPORTS, "white-state", data=DATA)
    assert methods.METHODS[-1].description == "Says what it is told to."


def test_its_word_counts_against_the_others(dummy):
    result = dummy(Finding.CONTRADICTS)
    assert result.verdict is Verdict.ERROR
    assert "methods disagree: dummy against" in result.reason


def test_it_is_asked_only_about_its_kind_of_claims(dummy):
    result = dummy(Finding.CONTRADICTS, kinds=Kind.LIMIT)
    assert "dummy" not in [piece.method for piece in result.evidence]


def test_a_third_judge_has_to_prove_too(dummy):
    assert dummy(Finding.SUPPORTS, is_judge=True).verdict is Verdict.SUPPORTED
    assert judges() == {"sympy", "polynomials", "dummy"}
    assert dummy(Finding.PROVES, is_judge=True).verdict is Verdict.PROVED


def test_a_kernel_is_asked_where_a_certificate_is_wanted(dummy):
    for certify in (False, True):
        result = dummy(Finding.PROVES, certify, is_kernel=True)
        assert ("dummy" in [piece.method for piece in result.evidence]) == certify
        assert result.certified == certify
        assert result.to_json()["certified"] == certify


def test_a_sampled_method_states_its_rate(dummy):
    assert DATA["false_alarm"] in error_rates([dummy(Finding.SUPPORTS, is_sampled=True)])
    assert DATA["false_alarm"] not in error_rates([dummy(Finding.SUPPORTS)])


def test_each_line_names_a_module_that_checks_and_says_what_it_does():
    for method in METHODS:
        assert callable(method.check)
        assert method.description.endswith((".", ":"))
    assert len({method.name for method in METHODS}) == len(METHODS)
    assert judges() == {"sympy", "polynomials"}
