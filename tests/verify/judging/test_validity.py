"""What means nothing is neither proved nor refuted: each way, and next to it what has a meaning."""

from math import cos, pi

import pytest

from verify.claims.file import make_claim
from verify.judging.model import Model
from verify.judging.translation import MeaningError
from verify.judging.validity import check_meaning

CLAIM = {
    "id": "c",
    "autocorrelation": "KroneckerDelta(Delta, 0)",
    "quantity": "second_moment",
    "relation": "==",
    "formula": "1",
    "domain": ["0 < lambda < 1"],
}
FIXED = {"domain": [], "formula": "1"}
COMPLEX = {"complex_input": True}


def meaning(**fields):
    """What is wrong with a claim, if anything."""
    try:
        check_meaning(Model(make_claim({**CLAIM, **fields})), seed=0)
    except MeaningError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"domain": ["1 < lambda < 0"], "formula": "1/0"}, ["range of 'lambda' is empty"]),
        ({"formula": "1/0"}, ["'1/0' divides by zero"]),
        ({"gamma": "1/0"}, ["'1/0' divides by zero"]),
        ({"quantity": "cross_moment", "autocorrelation": "I**Delta", "domain": []}, ["real input"]),
    ],
)
def test_both_sides_and_ranges_have_a_meaning(fields, words):
    for word in words:
        assert word in meaning(**fields)


@pytest.mark.parametrize("gamma", ["sqrt(lambda**2 - 1)", "log(lambda - 1)", "lambda*(-2)**(1/4)"])
def test_a_gamma_off_the_real_line_by_a_root_or_logarithm_has_no_meaning(gamma):
    # else E|γh|² would be γ²/(1 − λ²) = −1 for the first
    assert meaning(gamma=gamma, formula="-1").startswith("field 'gamma' of lambda, at lambda = 3/4")


def test_the_gamma_at_fault_is_named():
    fields = {
        "quantity": "teacher_student_loss",
        "gamma": {"lambda": "1", "lambda_star": "sqrt(lambda_star**2 - 1)"},
        "domain": ["0 < lambda < 1", "0 < lambda_star < 1"],
    }
    assert "'gamma' of lambda_star" in meaning(**fields)


@pytest.mark.parametrize("gamma", ["sqrt(1 - lambda**2)", "I*lambda", "exp(I)", "log(lambda)"])
def test_other_gammas_have_a_meaning(gamma):
    assert meaning(gamma=gamma) == ""


@pytest.mark.parametrize(
    ("fields", "size"),
    [
        ({"domain": ["0 <= lambda <= 1"]}, "1.00000"),
        ({"domain": ["-1 <= lambda < 1"]}, "1.00000"),
        ({"eigenvalue": "2*s", "domain": ["0 < s < 1"]}, "1.50000"),
        ({"eigenvalue": "4*I/3", **FIXED}, "1.33333"),
        ({"eigenvalue": "1 + 1e-300", **FIXED}, "1.00000"),
        # 1/0, which no ball around it is bounded for
        (
            {"eigenvalue": "1/((exp(s) + 1)**2 - exp(s)**2 - 2*exp(s) - 1)"}
            | {"domain": ["0 < s < 1"]},
            "too large",
        ),
    ],
)
def test_poles_lie_inside_the_unit_circle(fields, size):
    assert f"|lambda| = {size}: it must be below 1" in meaning(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"eigenvalue": "1 - 1e-300", **FIXED},
        {"domain": ["0 < lambda < 2"], "horizon": "T"},  # a sum of T terms
        {"domain": ["abs(lambda) < 1"]},
    ],
)
def test_poles_that_have_a_meaning(fields):
    assert meaning(**fields) == ""


def test_the_pole_at_fault_is_named():
    fields = {"quantity": "cross_moment", "domain": ["0 < lambda1 < 1", "0 < lambda2 < 3"]}
    assert "|lambda2| = " in meaning(**fields)


# a Toeplitz matrix with r beside the diagonal has the eigenvalues 1 + 2|r| cos(k π/(n + 1))
LOWEST = f"48×48 Toeplitz matrix has the eigenvalue {1 - 1.2 * cos(pi / 49):.3g}"


@pytest.mark.parametrize(
    ("autocorrelation", "words"),
    [
        ("0", "R(0) = 0+0j must be positive"),
        ("-1", "R(0) = -1+0j must be positive"),
        ("I*KroneckerDelta(Delta, 0)", "R(0) = 0+1j must be positive"),
        ("(2 + I)*KroneckerDelta(Delta, 0)", "R(0) = 2+1j must be positive"),
        ("KroneckerDelta(Delta, 0) + 2*KroneckerDelta(Delta, 3)", "|R(3)| is larger than R(0)"),
        ("KroneckerDelta(Delta, 0) - 1.0001*KroneckerDelta(Delta, 47)", "|R(47)| is larger"),
        ("KroneckerDelta(Delta, 0) + 0.6*KroneckerDelta(Delta, 1)", LOWEST),
        ("KroneckerDelta(Delta, 0) - 0.6*KroneckerDelta(Delta, 1)", LOWEST),
        ("1e-9*(KroneckerDelta(Delta, 0) + 0.6*KroneckerDelta(Delta, 1))", "e-10"),
        # cos has matrices of rank 2, whose other eigenvalues this moves below zero
        ("cos(Delta) - 2.3e-12*KroneckerDelta(Delta, 0)", "eigenvalue -2."),
    ],
)
def test_what_is_no_autocorrelation(autocorrelation, words):
    assert words in meaning(autocorrelation=autocorrelation)


def test_what_is_no_autocorrelation_of_a_complex_input():
    for r in ("3/5*I", "-3/5*I", "(9 - 12*I)/25"):
        words = f"KroneckerDelta(Delta, 0) + {r}*KroneckerDelta(Delta, 1)"
        assert LOWEST in meaning(autocorrelation=words, **COMPLEX)


@pytest.mark.parametrize(
    "autocorrelation",
    [
        "1",
        "(-1)**Delta/2",
        "1e9*cos(Delta)",
        "1e-9*cos(3*Delta)",
        "KroneckerDelta(Delta, 0) + KroneckerDelta(Delta, 1)/2",
        "KroneckerDelta(Delta, 0) + I/2*KroneckerDelta(Delta, 1)",
        "cos(Delta) - 1.8e-12*KroneckerDelta(Delta, 0)",  # within rounding
    ],
)
def test_autocorrelations(autocorrelation):
    assert meaning(autocorrelation=autocorrelation, **COMPLEX) == ""


def test_every_point_is_looked_at():
    # at the corner rho = 1 alone
    words = meaning(
        autocorrelation="rho**Delta*KroneckerDelta(Delta, 0)"
        " + (4/9 + rho**60/2)*KroneckerDelta(Delta, 1)",
        domain=["0 < lambda < 1", "0 < rho <= 1"],
    )
    assert "rho = 1" in words
    assert "Toeplitz" in words
