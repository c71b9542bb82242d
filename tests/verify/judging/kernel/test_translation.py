"""Claims as statements for Coq: what they say, what they ask, and that nothing else gets in."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from verify.claims.file import make_claim
from verify.claims.selection import paper_claims, select
from verify.judging.kernel.proofs import certificate
from verify.judging.kernel.terms import Untranslated
from verify.judging.kernel.translation import statement

WHITE = {
    "id": "white",
    "autocorrelation": "KroneckerDelta(Delta, 0)",
    "quantity": "second_moment",
    "relation": "==",
    "formula": "1/(1 - lambda**2)",
    "domain": ["-1 < lambda < 1"],
}


def text_of(**change):
    return statement(make_claim({**WHITE, **change})).text()


def paper(identifier):
    [claim] = select([identifier])
    return statement(claim).text()


def test_a_sensitivity_says_what_moves():
    assert (
        paper("A6-sensitivity-ar1")
        == """\
Theorem claim (lam : R) (rho : R) :
  (- 1 < lam)%R ->
  (lam < 1)%R ->
  (- 1 < rho)%R ->
  (rho <= 1)%R ->
  is_positive (fun n => rho ^ n) /\\
  (1 - lam ^ 2) ^ 3 * (1 - lam * rho) ^ 2 <> 0 /\\
  sensitivity (fun n => rho ^ n) (fun t => unit 1 t) lam \
(((1 + lam ^ 2) * (1 - lam ^ 2 * rho ^ 2) + 2 * (1 - lam ^ 2) * lam * rho) \
/ ((1 - lam ^ 2) ^ 3 * (1 - lam * rho) ^ 2))."""
    )


def test_any_input_has_sums_that_converge():
    assert (
        paper("A4-state-complex")
        == """\
Theorem claim (lam : C) (r : nat -> C) :
  (Cmod lam < 1)%R ->
  is_autocorrelation r ->
  1 - Cmod lam ^ 2 <> 0 /\\
  exists sum1, adds_up (fun n => Cconj lam ^ (S n) * r (S n)) sum1 /\\
  second_moment r (unit 1 lam) (1 / (1 - Cmod lam ^ 2) * (r 0%nat + 2 * Re sum1))."""
    )


def test_a_horizon_is_a_whole_number():
    assert (
        text_of(horizon="T", formula="T*lambda**(2*T + 1)", domain=["2 <= T <= 9"])
        == """\
Theorem claim (p_T : nat) (lam : C) :
  (2 <= INR p_T)%R ->
  (INR p_T <= 9)%R ->
  (Cmod lam < 1)%R ->
  is_positive (fun n => kronecker n) /\\
  second_moment_after (fun n => kronecker n) (unit 1 lam) p_T \
(INR p_T * lam ^ ((2 * p_T) + 1)%nat)."""
    )


def test_an_impulse_has_its_lag():
    text = text_of(autocorrelation="KroneckerDelta(Delta, 0) + KroneckerDelta(3, Delta)/4")
    assert "is_positive (fun n => kronecker n + impulse 3 n / 4)" in text


def test_an_eigenvalue_and_its_normaliser_are_written_out():
    assert (
        paper("B3-tanh")
        == """\
Theorem claim (omega : R) (lam : R) :
  (- 4 < omega)%R ->
  (omega < 4)%R ->
  lam = (tanh omega)%R ->
  is_positive (fun n => kronecker n) /\\
  (0 <= 1 - lam ^ 2)%R /\\
  sensitivity (fun n => kronecker n) (fun t => unit (sqrt (1 - lam ^ 2)) (tanh t)) omega \
(1 + lam ^ 2)."""
    )


def test_a_hessian_moves_student_and_normaliser():
    conclusion = paper("C3-plain").splitlines()[-1]
    assert conclusion == (
        "  teacher_student_hessian (fun n => kronecker n) (fun t => "
        "unit (sqrt (1 - Cmod (t * Cexp (Ci * theta))%C ^ 2)) (t * Cexp (Ci * theta))) nu "
        "(1 / (1 - nu ^ 2) ^ 2)."
    )
    assert "(fun s t => unit 1 (lam + (s + Ci * t))) 0 0" in paper("C2-hessian-isotropic")


def test_a_bound_is_said_of_a_value():
    assert paper("B2-bound").splitlines()[-1] == (
        "  exists value, second_moment (fun n => rho ^ n) (unit (sqrt (1 - lam ^ 2)) lam) "
        "(RtoC value) /\\ (value <= (1 + rho) / (1 - rho))%R."
    )


def test_a_limit_is_said_of_values_on_the_way_to_it():
    assert (
        paper("B4-lru-white")
        == """\
Theorem claim :
  exists value : R -> R,
  (forall omega : R,
    (omega < 2)%R ->
    forall lam : R,
    lam = (exp (- exp omega))%R ->
    is_positive (fun n => kronecker n) /\\
    (0 <= 1 - lam ^ 2)%R /\\
    sensitivity (fun n => kronecker n) (fun t => unit (sqrt (1 - lam ^ 2)) (exp (- exp t))) omega \
(value omega)) /\\
  (Rbar_locally m_infty) (fun omega => (omega < 2)%R) /\\
  filterlim (fun omega => Cmod (value omega / (1 / 2) - 1)) (Rbar_locally m_infty) (locally 0%R)."""
    )


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        ({"formula": "1/lambda"}, "lam <> 0"),
        ({"formula": "lambda**(-2)"}, "lam <> 0"),
        ({"formula": "lambda/0"}, "0 <> 0"),
        ({"formula": "1/2"}, None),
        ({"formula": "sqrt(lambda)"}, "(0 <= lam)%R"),
        ({"formula": "exp(1/lambda)"}, "(lam <> 0)%R"),
        ({"formula": "log(lambda)"}, "(0 < lam)%R"),
        ({"formula": "tan(lambda)"}, "(cos (lam) <> 0)%R"),
        ({"formula": "1", "gamma": "1/lambda"}, "lam <> 0"),
        ({"formula": "1", "autocorrelation": "KroneckerDelta(Delta, 0)/lambda"}, "lam <> 0"),
    ],
)
def test_what_an_expression_needs_is_asked(change, asked):
    found = [line.strip().removesuffix(" /\\") for line in text_of(**change).splitlines()]
    others = [line for line in found if "<> 0" in line or line.startswith("(0 <")]
    assert others == ([asked] if asked else [])


def test_a_normaliser_is_asked_where_it_stands_though_it_moves():
    text = text_of(
        quantity="sensitivity", wrt="lambda", gamma="sqrt(1 - lambda)", differentiate_gamma=True
    )
    assert "(0 <= 1 - lam)%R /\\" in text
    assert "(fun t => unit (sqrt (1 - t)) t) lam" in text


@pytest.mark.parametrize(
    "change",
    [
        {"horizon": "T", "relation": "<="},
        {"horizon": "T", "quantity": "sensitivity", "wrt": "lambda"},
        {"horizon": "T", "formula": "lambda**(T - 1)"},
        {"horizon": "T", "formula": "lambda**(T/2)"},
        {"relation": "~", "limit": "lambda -> 1-", "domain": ["abs(lambda) < 1"]},
        {"domain": ["-1 < lambda < 1", "lambda != 0"]},
        {"domain": ["-1 < lambda < 1", "0 <= m <= 2 in integers"], "formula": "m"},
        {"formula": "lambda**(1/2)"},
        {"formula": "sqrt(conjugate(lambda)*I)"},
        {"formula": "sigmoid(lambda)*asinh(lambda)"},
        {"autocorrelation": "Delta*(1/2)**Delta"},
        {
            "quantity": "cross_sensitivity",
            "eigenvalue": {"lambda1": "tanh(omega)"},
            "formula": "1",
            "domain": ["omega > 0", "-1 < lambda2 < 1"],
        },
    ],
)
def test_what_has_no_translation_is_said(change):
    with pytest.raises(Untranslated) as refused:
        text_of(**change)
    assert str(refused.value)
    assert "lambd_" not in str(refused.value)


def test_products_without_a_conjugate_need_a_real_input():
    poles = {
        "quantity": "cross_moment",
        "formula": "1/(1 - lambda1*lambda2)",
        "domain": ["abs(lambda1) < 1", "abs(lambda2) < 1"],
    }
    assert "cross_moment" in text_of(**poles)
    for change in (
        {"autocorrelation": "R(Delta)", "complex_input": True},
        {"autocorrelation": "(I/2)**Delta"},
    ):
        with pytest.raises(Untranslated, match="complex input"):
            text_of(**poles, **change)


def test_exponentials_and_roots_within_each_other_are_written_once_each():
    """Each was written twice on every level, so that thirty of them never ended."""
    turned, rooted = "lambda", "lambda"
    for _ in range(30):
        turned, rooted = f"exp(I*{turned})", f"sqrt({rooted}/2)"
    assert text_of(formula=turned).count("Cexp") == 30
    assert "sqrt" in text_of(formula=rooted)


HOSTILE = "*) Axiom false : False. (*"
NAMES = ("forall", "Type", "exp_1", "S", "r", "t", "n", "unit", "claim", "PI", "Ci")


@pytest.mark.parametrize("name", NAMES)
def test_no_name_of_a_claim_is_one_of_coqs(name):
    own = f"p_{name}"
    text = text_of(formula=f"{name}*lambda", domain=["-1 < lambda < 1", f"0 < {name} < 1"])
    assert f"({own} : R)" in text
    assert f"({own} * lam)" in text


def test_no_text_of_a_claim_reaches_a_certificate():
    hostile = {"id": HOSTILE, "statement": HOSTILE, "source": HOSTILE, "origin": HOSTILE}
    claim = replace(make_claim(WHITE), **hostile)
    assert "Axiom" not in certificate(claim, statement(claim))


def test_a_statement_is_made_of_known_words_alone():
    """Each identifier is a variable, one of ours, or one of the libraries' that are listed here."""
    known = {"Theorem", "claim", "R", "C", "nat", "fun", "exists", "t", "s", "n", "r", "T", "S"}
    known |= {"Cmod", "Cconj", "Cexp", "Ci", "Re", "Im", "RtoC", "INR", "PI", "Rabs", "real"}
    known |= {"exp", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "ln", "kronecker", "unit"}
    known |= {"adds_up", "is_autocorrelation", "is_positive", "mixed_teacher_student_hessian"}
    known |= {"second_moment_after", "impulse"}
    known |= {"second_moment", "backpropagated_error", "cross_moment", "sensitivity"}
    known |= {"cross_sensitivity", "output_hessian", "teacher_student_loss"}
    known |= {"teacher_student_hessian", "forall", "value", "filterlim", "locally", "at_left"}
    known |= {"at_right", "Rbar_locally", "m_infty", "p_infty"}
    for claim in paper_claims():
        if claim.experiment:
            continue
        try:
            made = statement(claim)
        except Untranslated:
            continue
        bound = [*made.binders, *made.named, made.moving]
        variables = {name for one in bound for name in re.findall(r"\w+", one)}
        words = set(re.findall(r"(?<!%)\b[A-Za-z]\w*", made.text()))
        assert words <= known | variables | set(made.written.totals.values()), claim.id
