"""Each row of the table against balls on the parameters' own expressions, and the other judge."""

import pytest
import sympy as sp
from flint import arb

from numerics.arithmetic.balls import certified
from theory.algebra.leading import ZERO, leading_term
from theory.algebra.taylor import epsilon
from theory.architectures.fates import INPUTS, fate, moment, rows
from theory.architectures.pairs import (
    ARCHITECTURES,
    DISCRETIZATIONS,
    STEPS,
    Architecture,
    base,
    gru,
    i_gate,
    lru,
    lstm,
    polar,
    r_gate,
    rg_lru,
    s5,
    sigma,
    state_space,
    step,
    tanh,
)
from theory.inputs import exponential, white
from theory.moments import second_moment, sensitivity
from theory.printing.architectures import latex, markdown, text
from theory.symbols import rho, theta
from verify.claims.selection import paper_claims
from verify.judging.evidence import Finding
from verify.judging.exact import judge as polynomials
from verify.judging.model import Model
from verify.settings import Settings

FIXED = {
    step: sp.Rational(7, 10),
    sigma: sp.Rational(3, 2),
    i_gate: sp.Rational(2, 5),
    r_gate: sp.Rational(3, 5),
    base: sp.Rational(9, 10),
    rho: sp.Rational(3, 10),
}
LIMITS = [c for c in paper_claims() if c.id.startswith("B8") and c.limit]
QUICK = (polar, lru, tanh, gru, lstm, s5)


def directly(architecture: Architecture, approach: str, x, parameter, gamma_moves) -> sp.Expr:
    """The moment by substituting into the full expressions, no tangents taken."""
    pair, values = architecture.pair, architecture.approaches[approach]
    if parameter is None:
        moment = second_moment(x, pair.eigenvalue, pair.gamma)
    else:
        moment = sensitivity(x, pair.eigenvalue, parameter, pair.gamma, gamma_moves)
        moment *= architecture.slopes.get(parameter, 1) ** 2
    kappa = sp.Symbol("kappa", positive=True)
    return moment.subs(values, simultaneous=True).subs(kappa, -sp.log(1 - epsilon)).subs(FIXED)


@pytest.mark.parametrize("make", ARCHITECTURES)
def test_on_each_approach_lambda_is_one_minus_epsilon(make):
    architecture = make()
    for approach in architecture.approaches:
        eigenvalue = architecture.along(approach, architecture.pair.eigenvalue).subs(FIXED)
        for distance in (sp.Rational(1, 10), sp.Rational(1, 10**9)):
            ratio = certified((eigenvalue / (1 - epsilon)).subs(epsilon, distance), dict, 30)
            assert abs(ratio - 1) < arb("1e-28")


@pytest.mark.every(6)
@pytest.mark.parametrize("make", ARCHITECTURES)
def test_every_row_in_balls(make):
    """E/(c ε^n) − 1 is O(ε): ε times 1e-6, it times 1e-6; of what is said to be 0, |E| < 1e-20.

    Twice as much is allowed for the next order, O(ε²).
    """
    architecture = make()
    for row in rows((make,)):
        for name, x in INPUTS.items():
            exact = directly(architecture, row.approach, x, row.parameter, row.gamma_moves)
            term, errors = row.terms[name], []
            for distance in (sp.Rational(1, 10**6), sp.Rational(1, 10**12)):
                there = exact.subs(epsilon, distance)
                if term == ZERO:
                    assert abs(sp.N(there, 60, maxn=400)) < 1e-20
                    continue
                leading = term.expression.subs(FIXED).subs(epsilon, distance)
                ratio = certified(there / leading, dict, 30)
                errors.append(abs(ratio - 1))
            if errors:
                assert not errors[1] > arb("2e-6") * errors[0], (row, name)


@pytest.mark.every(2)
@pytest.mark.parametrize("make", QUICK)
def test_only_the_spectral_density_counts(make):
    """All of ρ^Δ's leading terms are S times the white ones, γ held fixed or not."""
    density = (1 + rho) / (1 - rho)
    for row in rows((make,)):
        plain, coloured = row.terms["white"], row.terms["ρ^Δ"]
        assert plain.order == coloured.order
        assert sp.cancel(coloured.coefficient - density * plain.coefficient) == 0


@pytest.mark.parametrize("parameter", [0, 1])
def test_under_white_input_the_angle_does_not_matter(parameter):
    pair = lru().pair
    moment = sensitivity(white(), pair.eigenvalue, pair.parameters[parameter], pair.gamma)
    assert not sp.cancel(moment).has(theta)


@pytest.mark.parametrize("discretization", DISCRETIZATIONS)
@pytest.mark.parametrize("size", STEPS)
def test_with_a_small_step_neither_discretization_nor_its_training_matters(discretization, size):
    architecture = state_space(discretization, size)
    p = architecture.pair.parameters
    expected = [(None, epsilon / (2 * sigma**2)), *((q, epsilon / (4 * sigma**2)) for q in p)]
    for parameter, term in expected:
        found = leading_term(moment(white(), architecture, "Δ → 0", parameter))
        assert sp.cancel(found.expression - term) == 0


def test_who_is_cured():
    """Where the paper's claim B8 ends: the fate of white and of constant input, γ held fixed."""
    found = {
        (row.architecture, row.approach, str(row.parameter or "state")): tuple(
            fate(row.terms[name]) for name in ("white", "constant")
        )
        for row in rows(QUICK)
        if not row.gamma_moves
    }
    assert found["polar", "ν → 1", "nu"] == ("explodes", "explodes")
    assert found["LRU", "ω → −∞", "omega"] == ("cured", "explodes")
    assert found["LRU", "ω → −∞", "theta"] == ("explodes", "explodes")
    assert found["GRU", "ω → ∞", "omega"] == ("vanishes", "cured")
    assert found["LSTM", "ω_f → ∞", "omega_f"] == ("explodes", "explodes")
    assert found["LSTM", "chrono, T → ∞", "omega_f"] == ("vanishes", "cured")
    assert found["S5", "Δ → 0", "b"] == ("vanishes", "cured")
    assert found["S5", "a → 0", "b"] == ("explodes", "explodes")


def test_the_sharpness_of_the_rg_lru_cancels():
    found = leading_term(moment(exponential(), rg_lru(), "a → 1", sp.Symbol("Lambda", real=True)))
    assert sp.cancel(found.expression - (1 + rho) / (1 - rho) / 2) == 0


@pytest.mark.parametrize("claim", LIMITS, ids=lambda c: c.id)
def test_the_table_is_what_the_claims_say(claim):
    assert polynomials.check(Model(claim), Settings()).finding is Finding.PROVES


@pytest.mark.parametrize("render", [text, markdown, latex])
def test_rendering(render):
    shown = "".join(render(list(rows((lru, gru)))))
    assert "LRU" in shown
    assert "explodes" in shown
    assert ("ε" if render is text else r"\epsilon") in shown
