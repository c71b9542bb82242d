"""What a notebook shows: formulas as mathematics, and nothing of a claim's text as markup."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from scipy.signal import lfilter

from numerics import InputNormalizer
from numerics.fitting.report import examined
from theory import ArbitraryInput, damped_cosine, exponential
from theory.derivations import derive_second_moment
from verify import select, verify_claim


@pytest.fixture(scope="module")
def claim():
    return next(iter(select(["A5-state-ar1"])))


def words(part):
    """The text of a part of a page, which is well-formed."""
    tree = ET.fromstring(f"<div>{part}</div>".replace("&nbsp;", " "))
    return " ".join("".join(tree.itertext()).replace("\u2062", "").split())


def test_a_claim_is_mathematics(claim):
    shown = words(claim._repr_html_())
    assert shown.startswith(f"A5-state-ar1 {claim.statement}")
    assert "R(Δ)=ρΔ" in shown
    assert "<mfrac>" in claim._repr_html_()


def test_a_strangers_words_are_no_markup(claim):
    hostile = replace(claim, statement="<script>alert(1)</script>")
    assert "<script>" not in hostile._repr_html_()
    assert "<script>alert(1)</script>" in words(hostile._repr_html_())


def test_a_result_says_where_it_fails():
    [claim] = select(["D2-cross-sensitivity"])
    shown = words(verify_claim(claim)._repr_html_())
    assert "D2-cross-sensitivity: refuted (expected)" in shown
    assert "relative error 0.164 at λ1≈34e0.1535i, λ2≈56e1.24i, ρ=78 Claimed" in shown


def test_a_derivation_is_a_part_of_a_page_with_every_step():
    derivation = derive_second_moment(exponential())
    shown = derivation._repr_html_()
    assert shown.count("✓") == len(derivation.steps)
    assert "<html" not in shown
    assert "<style" not in shown
    assert words(shown).startswith("The state's second moment")


def test_inputs_are_their_autocorrelation():
    assert exponential()._repr_latex_() == r"$R(\Delta) = \rho^{\Delta}$"
    assert damped_cosine()._repr_latex_() == r"$R(\Delta) = \rho^{\Delta} \cos {\Delta \phi}$"
    assert ArbitraryInput()._repr_latex_() == r"$R(\Delta)$"


def test_a_fit_and_its_normaliser_show_the_same_numbers():
    series = lfilter([1], [1, -0.9], np.random.default_rng(1).standard_normal(5_000))
    report = examined(series, [0.9], 0.5)
    term = report.fitted.components[0]
    rho = f"{np.exp(-term.rate):.6g}"
    assert rf"{term.weight:.4g}\cdot {rho}^\Delta" in report.fitted._repr_latex_()
    gamma = InputNormalizer(report.fitted.input)
    assert rf"{term.weight:.4g}\cdot {rho}^\Delta" in gamma._repr_latex_()
    loaded = InputNormalizer(exponential(0.5))
    loaded.load_state_dict(gamma.state_dict())
    assert loaded._repr_latex_() == gamma._repr_latex_()
    assert InputNormalizer()._repr_latex_().endswith(r"R(\Delta) = 1\cdot \delta_{\Delta, 0}$")
    shown = words(report._repr_html_())
    assert f"R(Δ) = {report.fitted}" in shown
    assert all(cell in shown for cell in next(report.rows()))
