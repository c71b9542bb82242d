"""The same claim written another way is proved or supported, too."""

from dataclasses import replace

import pytest
import sympy as sp
from sympy.polys.polyerrors import PolynomialError

from verify import Settings, select
from verify.claims.expressions import parse
from verify.selftest import equal_forms as forms
from verify.selftest.equal_forms import equal_forms
from verify.selftest.oracle import equal
from verify.selftest.scores import score_equal_forms

CLAIMS = select(["A5-state-ar1", "A3-sensitivity", "A7-state-ar1", "B3-tanh", "D1-cross-moment"])


@pytest.mark.slow
def test_equal_forms_are_kept():
    score = score_equal_forms(CLAIMS, Settings(), workers=2, per_claim=3)
    assert len(score.trials) == 15
    assert score.lost == []
    assert "15 equal forms" in score.markdown()


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda c: c.id)
def test_no_two_are_alike(claim):
    found = equal_forms(claim, 30)
    assert len(found) >= 8
    texts = {(str(f.claim.formula), str(f.claim.gamma), str(f.claim.eigenvalue)) for f in found}
    assert len(texts) == len(found)


def test_trigonometric_against_exponential():
    [claim] = select(["B3-tanh"])
    rewritings = {f.rewriting: f.claim for f in equal_forms(claim, 99)}
    assert "exp" in str(rewritings["eigenvalue: in exponentials"].eigenvalue["lambda"])


def test_partial_fractions_have_no_poles_of_their_own():
    a, b, x = sp.symbols("a b x")
    parts = forms._partial_fractions(1 / ((1 - a * x) * (1 + a * x)), x)
    assert sp.denom(sp.together(parts)).subs({a: 3, x: 3})
    with pytest.raises(PolynomialError):  # a = b
        forms._partial_fractions(1 / ((1 - a * x) * (1 - b * x)), x)


def test_a_form_that_is_not_equal_is_an_error(monkeypatch):
    wrong = [("wrong", lambda: parse("1 + rho"))]
    monkeypatch.setattr(forms, "_by_algebra", lambda _: wrong)
    with pytest.raises(ArithmeticError, match="A5-state-ar1"):
        equal_forms(CLAIMS[0])


def test_equality_is_seen_to_1e_9():
    [claim] = select(["A4-sensitivity-complex"])
    off = parse(f"({claim.formula})*(1 + 1e-9)")
    assert equal(claim, claim.formula, parse(f"({claim.formula})*2/2"))
    assert not equal(claim, claim.formula, off)


def test_an_experiment_has_none():
    [claim] = select(["D6-narrow"])
    assert equal_forms(replace(claim)) == []
