"""Each change at a place: what it makes of a claim, and that the oracle sees what it is."""

from dataclasses import replace

import pytest

from verify import Settings, Verdict, make_claim, select
from verify.running.store import Store
from verify.selftest.mutants import PLACED, mutants
from verify.selftest.oracle import Truth, truth
from verify.selftest.scores import MutantScore, score_places
from verify.selftest.variants import axes, changed, domain, other_name

MEANINGLESS, FALSE, TRUE = Truth.MEANINGLESS, Truth.FALSE, Truth.TRUE
# operator: a claim that it fits, what it makes of it, what is written then
MADE = {
    "open end closed": ("A7-state-ar1", FALSE, "rho"),
    "end drawn in": ("A5-state-ar1", TRUE, "<="),
    "kink next to an end": ("A7-state-constant", FALSE, "{f} + "),
    "kink beyond an end": ("A7-state-constant", TRUE, "{f} + "),
    "kink in a corner": ("A5-state-ar1", FALSE, "{f}*(1 + max(0, "),
    "kink beyond the corner": ("A5-state-ar1", TRUE, "{f}*(1 + max(0, "),
    "kink in a direction": ("A4-state-complex", FALSE, "re(lambda) - (999999/1000000)"),
    "kink in no direction": ("A4-state-complex", TRUE, "re(lambda) - (1)"),
    "clamp next to an end": ("A7-state-constant", FALSE, "abs(lambda"),
    "clamp beyond an end": ("A7-state-constant", TRUE, "abs(lambda"),
    "clamped normaliser": ("B2-white", FALSE, "1/10000000"),
    "normaliser clamped below 0": ("B2-white", TRUE, "(-1/10000000)"),
    "step next to an end": ("A7-state-constant", FALSE, "1 + tanh("),
    "step there and back": ("A7-state-constant", TRUE, "tanh(-"),
    "spike": ("B2-bound", FALSE, "*(1 - exp(-"),
    "spike undone": ("A7-state-constant", TRUE, ")*exp(-("),
    "zero in the leading coefficient": ("A7-state-white", FALSE, "**2*(KroneckerDelta"),
    "zero beyond the domain": ("A7-state-white", TRUE, "**2*(KroneckerDelta"),
    "resonance in the limit": ("A7-state-white", FALSE, "abs(lambda - (1))/"),
    "resonance beyond the domain": ("A7-state-white", TRUE, "abs(lambda - (1))/"),
    "moving spike": ("A7-state-white", FALSE, "max(0, 1/10**4 - (a*(1 - abs("),
    "spike that moves elsewhere": ("A7-state-white", TRUE, "max(0, 1/10**4 - (a*(1 - abs("),
    "oscillation": ("A7-state-white", FALSE, "cos(pi/abs("),
    "oscillation that dies away": ("A7-state-white", TRUE, "*cos(1/abs("),
    "plateau": ("A7-state-white", FALSE, "/4000"),
    "plateau left": ("A7-state-white", TRUE, "*(1 "),
    "branch crossed": ("A7-state-constant", FALSE, "lambda - (-1/3)"),
    "branch of what is negative": ("A7-state-constant", FALSE, "log((-6/5) - lambda)"),
    "branch of no matter": ("A7-state-constant", TRUE, "lambda - (-1/3)"),
    "branch beyond the domain": ("A7-state-constant", TRUE, "lambda - (-6/5)"),
    "conjugate on the cut": ("A4-state-complex", FALSE, "im(log(conjugate(lambda + 1/3"),
    "conjugate beside the cut": ("A4-state-complex", TRUE, "im(log(conjugate(lambda + 4/3"),
    "variance forgotten": ("A2-state", FALSE, "sum(lambda**Delta*R(Delta))"),
    "variance by another form": ("A2-state", TRUE, "R(0)"),
    "pole beyond the disc": ("B8-s4-bilinear", MEANINGLESS, "(1 - step*sigma/2)"),
    "pole drawn in": ("B3-tanh", FALSE, "(tanh(omega))*999/1000"),
    "pole beyond the disc inside": ("A7-state-constant", MEANINGLESS, "4*omega*(1 - omega)*1"),
    "pole largest inside": ("A6-sensitivity-ar1", TRUE, "(4 - 8*omega)**2"),
    "no autocorrelation inside": ("A2-state", MEANINGLESS, "*KroneckerDelta(Delta, 1)"),
    "autocorrelation inside": ("B2-white", TRUE, "*KroneckerDelta(Delta, 1)"),
    "sum that diverges": ("A7-state-white", MEANINGLESS, "*(1 + sum("),
    "sum that converges": ("A7-state-constant", TRUE, "{f} + sum("),
    "sum that diverges inside": ("A7-state-constant", MEANINGLESS, "sum((3*lambda)**Delta)"),
    "sum that converges inside": ("A7-state-constant", TRUE, "sum((lambda/3)**Delta)"),
    "horizon shorter than the lags": ("B2-white", FALSE, "1 <= T"),
    "horizon of the lags": ("A9-orthogonal-state", TRUE, "5 <= T"),
    "horizon at its longest": ("B8-s4-zoh", FALSE, "1 <= T <= 12"),
    "kink at a late step": ("B2-white", FALSE, "max(0, T - 40)"),
    "kink before the first step": ("B2-white", TRUE, "max(0, 1 - T)"),
    "horizon one step shorter": ("B8-s4-zoh", TRUE, "1 <= T <= 11"),
}


def test_each_operator_is_here():
    assert MADE.keys() == PLACED.keys()


@pytest.mark.every(3)
@pytest.mark.parametrize("operator", MADE)
def test_what_it_makes(operator):
    id_, what, written = MADE[operator]
    [claim] = select([id_])
    variant = list(PLACED[operator](claim))[-1]
    entry = str(variant.claim.entry())
    assert written.replace("{f}", f"({claim.formula})") in entry
    assert variant.claim != claim
    assert truth(variant.claim, None, variant.places) is what


def test_what_shows_at_a_place_alone_needs_it():
    [claim] = select(["A7-state-constant"])
    # so narrow that a value beside it has no digit that tells
    formula = "{f} + exp(-1e9*(lambda - 123457/200003)**2)"
    [variant] = changed(claim, {"lambda": "123457/200003"}, formula=formula)
    assert truth(variant.claim) is TRUE
    assert truth(variant.claim, None, variant.places) is FALSE


def test_places_are_seen_in_several_directions():
    """In one, two eigenvalues are the same, and the loss is 0 whatever its formula says more."""
    [claim] = select(["C1-loss"])
    [variant] = PLACED["kink in a corner"](claim)
    assert truth(variant.claim, None, variant.places) is FALSE


def test_a_formula_without_a_value_is_no_claim():
    entry = {
        "id": "pole",
        "quantity": "second_moment",
        "relation": "==",
        "autocorrelation": "rho**Delta",
        "gamma": "sqrt(1 - lambda**2)",
        "formula": "(1 + rho*lambda)/(1 - rho*lambda)*(1 - rho)/(1 - rho)",
        "domain": ["0 <= lambda < 1", "0 <= rho <= 1"],
    }
    assert truth(make_claim(entry), None, [{"rho": "1"}]) is MEANINGLESS
    open_end = {**entry, "domain": ["0 <= lambda < 1", "0 <= rho < 1"]}
    assert truth(make_claim(open_end)) is TRUE


def test_roots_are_principal_but_in_a_normaliser():
    [claim] = select(["A7-state-constant"])
    [imaginary] = changed(claim, formula="{f} + re(sqrt(lambda - 1))")
    assert truth(imaginary.claim) is TRUE
    [normaliser] = changed(claim, gamma="sqrt(lambda - 1)")
    assert truth(normaliser.claim) is MEANINGLESS


def test_axes_and_names():
    [claim] = select(["B4-lru-bounded"])
    omega, rho = axes(claim)
    assert (omega.ends, rho.ends) == ([1], [0, 1])
    assert (omega.at(1), rho.at(1)) == ("(2)", "(1)")
    assert other_name(claim, "rho") == "rho1"
    assert domain(claim, "0 < x < 1", without=["omega"]) == ["0 < rho < 1", "0 < x < 1"]


def test_places_are_tried_and_kept(tmp_path):
    claims = select(["A2-state", "A7-state-white"])
    count = {"variance forgotten": 1, "variance by another form": 1, "plateau": 1}
    store = Store(tmp_path / "evidence.sqlite")
    for _ in range(2):
        score = score_places(claims, Settings(), 1, count, store)
        verdicts = [t.verdict for _, t in score.trials]
        assert verdicts == [Verdict.REFUTED, Verdict.PROVED, Verdict.REFUTED]
        assert score.mistaken == []
        assert score.refused == []


def test_what_is_mistaken_is_listed():
    [claim] = select(["A7-state-white"])
    trials = score_places([claim], Settings(), 1, {"plateau left": 1}).trials
    [[mutant, result]] = trials
    wrong = MutantScore([(replace(mutant, truth=FALSE), result)])
    assert "Proved or supported, yet not true" in wrong.markdown()
    assert len(mutants(claim, 2, ["plateau"])) == 2
