"""What means nothing is neither proved nor refuted: each way, and next to it what has a meaning."""

import re

import pytest
import sympy as sp

from numerics.arithmetic.evaluation import NotEvaluated
from verify.claims.file import make_claim
from verify.judging.evidence import Finding, MeaningError
from verify.judging.model import Model
from verify.judging.obligations.meaning import check, obligations
from verify.settings import Settings

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
        found = check(Model(make_claim({**CLAIM, **fields})), Settings())
    except MeaningError as error:
        return str(error)
    return "" if found.finding is Finding.SUPPORTS else f"{found.finding}: {found.detail}"


def stated(**fields):
    """What has to hold for a claim to mean something: the fields, and the statements."""
    found = obligations(Model(make_claim({**CLAIM, **fields})))
    return [(obligation.field, str(obligation)) for obligation in found]


OF_WHITE = [
    ("autocorrelation", "R(0) is positive"),
    ("autocorrelation", "the spectral density of R is not negative"),
]


def test_every_field_says_what_has_to_hold():
    assert stated(
        autocorrelation="rho**Delta/2 + w",
        eigenvalue="1 - 1/(s + 2)",
        gamma="sqrt(s)/(2 - rho)",
        formula="1/(1 - rho) + sum((rho/2)**Delta)",
        domain=["s > 0", "0 < rho < 1", "0 < w < 1"],
    ) == [
        ("eigenvalue", "s + 2 is not 0"),
        ("eigenvalue", "1 - abs(lambda) is positive"),
        ("autocorrelation", "R(0) is positive"),
        ("autocorrelation", "the weight of 1**Delta is not negative"),
        ("autocorrelation", "1 - abs(rho) is not negative"),
        ("autocorrelation", "the spectral density of R is not negative"),
        ("gamma of lambda", "s is not negative"),
        ("gamma of lambda", "2 - rho is not 0"),
        ("formula", "1 - rho is not 0"),
        ("formula", "1 - the ratio of sum((rho / 2) ** Delta) is positive"),
    ]


def test_a_pole_without_an_eigenvalue_is_the_domains():
    assert stated() == [("domain", "1 - abs(lambda) is positive"), *OF_WHITE]
    assert stated(domain=["abs(lambda) < 1"]) == OF_WHITE  # which it fills
    assert stated(domain=["abs(lambda) < 1/2"])[0][0] == "domain"
    assert stated(horizon="T") == OF_WHITE
    assert stated(autocorrelation="R(Delta)") == [("domain", "1 - abs(lambda) is positive")]


def test_lambda_in_a_gamma_is_the_pole_that_it_belongs_to():
    fields = {"quantity": "teacher_student_loss", "gamma": "1/(2 - lambda)"}
    domain = ["0 < lambda < 1", "0 < lambda_star < 1"]
    model = Model(make_claim({**CLAIM, **fields, "domain": domain}))
    *_, first, second = obligations(model)
    assert first.function == 2 - model.symbols["lambda"]
    assert second.function == 2 - model.symbols["lambda_star"]


def test_roots_may_be_imaginary_but_in_a_gamma():
    fields = {"eigenvalue": "sqrt(s - 2)/4", "formula": "sqrt(-s)", "domain": ["0 < s < 1"]}
    assert stated(**fields) == [("eigenvalue", "1 - abs(lambda) is positive"), *OF_WHITE]


def test_near_a_limit_leading_coefficients_matter():
    near = {"relation": "~", "limit": "lambda -> 1-", "gamma": "1/lambda"}
    ranges = ["0 < lambda < 1", "0 < rho < 1"]
    claim = Model(
        make_claim(
            {**CLAIM, **near, "domain": ranges}
            | {"formula": "sqrt(rho - 2)/((rho - lambda*rho)*(1 + rho)) + sum((rho/2)**Delta)"}
        )
    )
    lam, rho = claim.symbols["lambda"], claim.symbols["rho"]
    [*_, before, first, second, last] = obligations(claim)
    assert (before.field, before.function) == ("gamma of lambda", lam)
    assert (first.field, first.function) == ("formula", 1 + rho)
    assert str(first) == "(rho - lambda * rho) * (1 + rho) is not 0"
    assert str(second) == "the leading coefficient of (rho - lambda * rho) * (1 + rho) is not 0"
    assert second.function == rho
    assert str(last) == "1 - the ratio of sum((rho / 2) ** Delta) is positive"


def test_near_a_limit_what_is_not_analytic_is_asked_about_as_it_is():
    formula = "1/((2 - rho)*log(1 - lambda))"
    near = {"relation": "~", "limit": "lambda -> 1-", "domain": ["0 < lambda < 1", "0 < rho < 1"]}
    claim = Model(make_claim({**CLAIM, **near, "formula": formula}))
    lam, rho = claim.symbols["lambda"], claim.symbols["rho"]
    found = {o.function: o.is_enough for o in obligations(claim) if o.field == "formula"}
    assert found == {2 - rho: False, sp.log(1 - lam): True, sp.S.One: True}


def test_what_is_known_to_be_real_is_not_asked_about():
    fields = {field for field, _ in stated(formula="max(lambda, 1/2)")}
    assert "formula" not in fields


def test_near_a_limit_what_is_compared_is_real():
    near = {"relation": "~", "limit": "lambda -> 1-", "domain": ["0 < lambda < 1", "0 < rho < 1"]}
    fields = {"formula": "max(sqrt(lambda - rho), 1)*max(sqrt(rho - 1/2), 1)", **near}
    found = obligations(Model(make_claim({**CLAIM, **fields})))
    stated = {str(o): o.is_enough for o in found if o.field == "formula"}
    assert stated == {
        "sqrt(lambda - rho) + 1 is real": True,
        "sqrt(lambda - rho) - 1 is real": True,
        "sqrt(rho - 1 / 2) + 1 is real": False,
        "sqrt(rho - 1 / 2) - 1 is real": False,
    }


def test_what_no_ball_encloses_may_be_0(monkeypatch):
    def none(*_):
        raise NotEvaluated("f has no value")

    number = {"formula": "2/(1 + 1)"}
    assert stated(**number)[3:] == []
    monkeypatch.setattr("verify.judging.obligations.meaning.ball_at", none)
    assert stated(**number)[3:] == [("formula", "1 + 1 is not 0")]


def test_a_curvature_has_a_metric():
    found = stated(
        quantity="curvature", eigenvalue="r*exp(I*phi)", domain=["0 < r < 1", "0 < phi < 3"]
    )
    assert found[-1] == ("quantity", "the determinant of the metric is not 0")


def test_a_formula_without_a_value_is_told_with_all_that_holds():
    found = check(Model(make_claim({**CLAIM, "formula": "1/(2*lambda - 1)"})), Settings())
    assert found.finding is Finding.FAILED
    assert [o["state"] for o in found.obligations] == ["discharged"] * 3 + ["failed"]
    assert found.method == "meaning"


def test_what_holds_and_what_is_open_is_told_as_well():
    found = check(Model(make_claim({**CLAIM, "formula": "1/(1 + lambda)"})), Settings())
    assert found.detail == "4 obligations hold on the whole domain"
    assert [o["state"] for o in found.obligations] == ["discharged"] * 4
    domain = ["0 < lambda < sqrt(2)/2"]
    fields = {"formula": "1/(lambda**2 - 1/2)", "domain": domain}
    found = check(Model(make_claim({**CLAIM, **fields})), Settings())
    assert found.detail.startswith("whether lambda ** 2 - 1 / 2 is not 0: ")
    assert [o["state"] for o in found.obligations] == ["discharged"] * 3 + ["open"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"domain": ["1 < lambda < 0"], "formula": "1/0"}, ["range of 'lambda' is empty"]),
        (
            {"autocorrelation": "R(Delta)", "domain": ["abs(lambda) < 1", "1 < a < 0"]},
            ["range of 'a' is empty"],
        ),
        ({"formula": "1/0"}, ["'1/0' divides by zero"]),
        ({"gamma": "1/0"}, ["'1/0' divides by zero"]),
        ({"quantity": "cross_moment", "autocorrelation": "I**Delta", "domain": []}, ["real input"]),
    ],
)
def test_both_sides_and_ranges_have_a_meaning(fields, words):
    for word in words:
        assert word in meaning(**fields)


@pytest.mark.parametrize(
    ("gamma", "words"),
    [
        ("sqrt(lambda**2 - 1)", "lambda ** 2 - 1, under a root or logarithm"),
        ("log(lambda - 1)", "lambda - 1, under a root or logarithm"),
        ("lambda*(-2)**(1/4)", "-2, under a root or logarithm"),
        # between 0.49 and 0.51 alone
        ("sqrt((lambda - 1/2)**2 - 1/10000)", "(lambda - 1 / 2) ** 2 - 1 / 10000, under a root"),
    ],
)
def test_a_gamma_off_the_real_line_by_a_root_or_logarithm_has_no_meaning(gamma, words):
    # else E|γh|² would be γ²/(1 − λ²) = −1 for the first
    found = meaning(gamma=gamma, formula="-1")
    assert found.startswith(f"field 'gamma' of lambda: {words}")
    assert "at lambda = " in found


def test_the_gamma_at_fault_is_named():
    fields = {
        "quantity": "teacher_student_loss",
        "gamma": {"lambda": "1", "lambda_star": "sqrt(lambda_star**2 - 1)"},
        "domain": ["0 < lambda < 1", "0 < lambda_star < 1"],
    }
    assert "'gamma' of lambda_star" in meaning(**fields)


@pytest.mark.parametrize(
    "gamma", ["sqrt(1 - lambda**2)", "I*lambda", "exp(I)", "log(lambda)", "sqrt(sqrt(lambda))"]
)
def test_other_gammas_have_a_meaning(gamma):
    assert meaning(gamma=gamma) == ""


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"domain": ["0 <= lambda <= 1"]}, "lambda = 1"),
        ({"domain": ["-1 <= lambda < 1"]}, "lambda = -1"),
        ({"eigenvalue": "2*s", "domain": ["0 < s < 1"]}, "s = "),
        ({"eigenvalue": "4*I/3", **FIXED}, ""),
        ({"eigenvalue": "1 + 1e-300", **FIXED}, ""),
        # between the places that anyone would look at
        ({"eigenvalue": "4*s*(1 - s)*1.000001", "domain": ["0 < s < 1"]}, "s = "),
        ({"eigenvalue": "sin(w)", "domain": ["0 < w < 3"]}, "tan(w/2)**2 = 0.776758"),
        ({"domain": ["0 < lambda < 1.0000005"]}, "lambda = "),
    ],
)
def test_poles_lie_inside_the_unit_circle(fields, where):
    found = meaning(**fields)
    assert "|lambda| must be below 1" in found
    assert where in found.partition("it is not")[2]


@pytest.mark.parametrize(
    "fields",
    [
        {"eigenvalue": "1 - 1e-300", **FIXED},
        {"domain": ["0 < lambda < 2"], "horizon": "T"},  # a sum of T terms
        {"domain": ["abs(lambda) < 1"]},
        {"eigenvalue": "exp(-exp(-s))", "domain": ["s > 0"]},
        {"eigenvalue": "exp(-1/tau)", "domain": ["tau > 5"]},
        {"eigenvalue": "tanh(s)", "domain": ["-3 < s < 3"]},
        {"eigenvalue": "4*s*(1 - s)", "domain": ["0 < s < 1/2"]},
    ],
)
def test_poles_that_have_a_meaning(fields):
    assert meaning(**fields) == ""


def test_the_pole_at_fault_is_named():
    fields = {"quantity": "cross_moment", "domain": ["0 < lambda1 < 1", "0 < lambda2 < 3"]}
    assert "|lambda2| must be below 1" in meaning(**fields)


TWO_LAGS = "(KroneckerDelta(Delta, 1) + KroneckerDelta(Delta, 2))"
SPECTRUM = "field 'autocorrelation': its spectral density is negative"


@pytest.mark.parametrize(
    ("autocorrelation", "words"),
    [
        ("0", "R(0) must be positive"),
        ("-1", "R(0) must be positive"),
        ("I*KroneckerDelta(Delta, 0)", "R(0) must be positive"),
        ("(2 + I)*KroneckerDelta(Delta, 0)", "R(0) must be positive"),
        ("KroneckerDelta(Delta, 0) + 2*KroneckerDelta(Delta, 3)", SPECTRUM),
        ("KroneckerDelta(Delta, 0) - 1.0001*KroneckerDelta(Delta, 47)", SPECTRUM),
        ("KroneckerDelta(Delta, 0) + 0.501*KroneckerDelta(Delta, 1)", SPECTRUM),
        ("KroneckerDelta(Delta, 0) - 0.6*KroneckerDelta(Delta, 1)", SPECTRUM),
        ("1e-9*(KroneckerDelta(Delta, 0) + 0.6*KroneckerDelta(Delta, 1))", SPECTRUM),
        ("cos(Delta) - 2e-12*KroneckerDelta(Delta, 0)", SPECTRUM),
        # at one frequency, a quarter of a turn or none that is easily guessed
        ("KroneckerDelta(Delta, 0) + 0.50000001*KroneckerDelta(Delta, 2)", SPECTRUM),
        (f"KroneckerDelta(Delta, 0) + 0.4444445*{TWO_LAGS}", SPECTRUM),
        ("2*KroneckerDelta(Delta, 0) - 1", "the weight of 1**Delta is negative"),
        ("1 + Delta", "it grows with Delta"),
        ("(11/10)**Delta", "grows, so that R is no autocorrelation"),
        ("2*(1/2)**Delta - (9/10)**Delta", SPECTRUM),
        # the damped sine alone is none
        ("cos(Delta) + sin(Delta)/2", "the weight of exp(I)**Delta"),
        # a line but for its last digits
        ("(1 + 1e-100)**Delta", "grows, so that R is no autocorrelation"),
    ],
)
def test_what_is_no_autocorrelation(autocorrelation, words):
    assert words in meaning(autocorrelation=autocorrelation)


def test_a_line_may_have_a_root_in_its_frequency():
    ranges = {"domain": ["0 < lambda < 1", "0 < a < 1"], **COMPLEX}
    assert meaning(autocorrelation="(a + I*sqrt(1 - a**2))**Delta", **ranges) == ""


def test_a_ratio_with_a_root_is_no_line():
    ranges = ["0 < lambda < 1", "0 < a < 1/2", "0 < b < 1/4"]
    said = meaning(autocorrelation="((a + sqrt(a**2 + 4*b))/2)**Delta", domain=ranges)
    assert "whether 1 - abs(" in said


def test_what_is_no_autocorrelation_of_a_complex_input():
    for r in ("3/5*I", "-3/5*I", "(9 - 12*I)/25"):
        words = f"KroneckerDelta(Delta, 0) + {r}*KroneckerDelta(Delta, 1)"
        assert SPECTRUM in meaning(autocorrelation=words, **COMPLEX)


@pytest.mark.parametrize(
    "autocorrelation",
    [
        "1",
        "(-1)**Delta/2",
        "1e9*cos(Delta)",
        "1e-9*cos(3*Delta)",
        "KroneckerDelta(Delta, 0) + KroneckerDelta(Delta, 1)/2",
        "KroneckerDelta(Delta, 0) + I/2*KroneckerDelta(Delta, 1)",
        "(1 + Delta/4)*exp(-Delta/4)",
    ],
)
def test_autocorrelations(autocorrelation):
    assert meaning(autocorrelation=autocorrelation, **COMPLEX) == ""


@pytest.mark.parametrize(
    ("autocorrelation", "ranges"),
    [
        # two real poles, a pair of complex ones, and between them the double one
        ("(a*a**Delta/(1 - a**2) - b*b**Delta/(1 - b**2))*(a - b)", ["1/2 < a < 1", "0 < b < 1/2"]),
        (
            "a**Delta*(cos(w*Delta) + (1 - a**2)/(1 + a**2)/tan(w)*sin(w*Delta))",
            ["0 < a < 1", "1/3 < w < 3/2"],
        ),
        ("(1 + Delta*(1 - a**2)/(1 + a**2))*a**Delta", ["0 < a < 1"]),
    ],
)
def test_autocorrelations_of_second_order(autocorrelation, ranges):
    found = meaning(autocorrelation=autocorrelation, domain=["0 < lambda < 1", *ranges])
    assert found == ""


@pytest.mark.parametrize(
    ("quantity", "eigenvalue", "is_smooth"),
    [
        ("sensitivity", "abs(s)/2", False),
        ("sensitivity", "s*abs(s)/2", True),
        ("sensitivity", "abs(s)**3/2", True),
        ("sensitivity", "sqrt(abs(s))/2", False),
        ("sensitivity", "sqrt(s + 1/2)/2", False),
        ("sensitivity", "(s + 1/2)**(3/2)/2", True),
        ("sensitivity", "(s + 1/2)**5/2", True),
        ("sensitivity", "exp(-abs(s) - 1)", False),
        ("sensitivity", "(s + 1/2)**p/2", False),
        ("teacher_student_hessian", "abs(s)**(5/2)/2", True),
        ("teacher_student_hessian", "abs(exp(I*s) - 1)**2/5", True),
        ("teacher_student_hessian", "(s + 1/2)**(3/2)/2", False),
        ("teacher_student_hessian", "(s + 1/2)**(5/2)/2", True),
        ("teacher_student_hessian", "s*abs(s)/2", False),
        ("teacher_student_hessian", "abs(s)**3/2", True),
        ("curvature", "s*abs(s)/2 + I*t/2", False),
    ],
)
def test_what_has_enough_derivatives(quantity, eigenvalue, is_smooth):
    fields = {"lambda": eigenvalue}
    ranges = [f"-1/2 < {name} < 1/2" for name in "stp" if re.search(rf"\b{name}\b", eigenvalue)]
    if quantity == "teacher_student_hessian":
        ranges.append("0 < lambda_star < 1")
    wrt = ["s", "t"] if quantity == "curvature" else "s"
    fields = {"quantity": quantity, "eigenvalue": fields, "wrt": wrt, "domain": ranges}
    found = [field for field, _ in stated(**fields)]
    assert ("eigenvalue of lambda" not in found) is is_smooth


def test_every_point_is_looked_at():
    # at the corner rho = 1 alone
    words = meaning(
        autocorrelation="rho**Delta*KroneckerDelta(Delta, 0)"
        " + (4/9 + rho**60/2)*KroneckerDelta(Delta, 1)",
        domain=["0 < lambda < 1", "0 < rho <= 1"],
    )
    assert "rho = 1" in words
    assert SPECTRUM in words
    # a spike 1e-3 wide
    spike = "exp(-1000000*(a - 1/2)**2)"
    words = meaning(
        autocorrelation=f"KroneckerDelta(Delta, 0) + {spike}*KroneckerDelta(Delta, 1)",
        domain=["0 < lambda < 1", "0 < a < 1"],
    )
    assert "a = 1/2" in words


PLANE = ["0 < lambda < 1", "0 < a < 1", "-1 < b < 1"]
NEAR = {"relation": "~", "limit": "lambda -> 1-", "domain": PLANE}
NOTHING = "(cos(pi/7) - cos(2*pi/7) + cos(3*pi/7) - 1/2)"  # by a trigonometric identity
MOVING = "sum((1 - (a**2 - 1/2)**2)**Delta)*(a**2 - 1/2)**2"  # and no sum where a**2 = 1/2


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        # an autocorrelation that has no value
        (
            {"autocorrelation": "KroneckerDelta(Delta, 0)*(a - 1/2)/(a - 1/2)", "domain": PLANE},
            "field 'autocorrelation': a - 1 / 2 must not be 0",
        ),
        ({"autocorrelation": "a**Delta/tan(3*b)", "domain": PLANE}, "cos(3 * b) must not be 0"),
        # poles of other functions, and powers of 0
        ({"formula": "tanh(2*I*a)", "domain": PLANE}, "cosh(2 * I * a) must not be 0"),
        ({"formula": "sum(b**(-Delta)*(a*b)**Delta)", "domain": PLANE}, "b must not be 0"),
        ({"formula": "b**(-1/2)", "domain": PLANE}, "b must not be 0"),
        # what is 0 though nobody sees it
        ({"formula": f"1/{NOTHING}"}, "whether cos(pi / 7)"),
        (
            {
                "autocorrelation": "2*KroneckerDelta(Delta, 0)"
                " - ((1 - b**2 + 2*I*b)/(1 + b**2))**Delta/100000",
                "domain": PLANE,
                "complex_input": True,
            },
            "is negative, so that R is no autocorrelation",
        ),
        # constant at the first point that is tried
        (
            {"autocorrelation": "(4*a/3)**Delta", "domain": ["0 < lambda < 1/2", "0 < a < 1"]},
            "grows, so that R is no autocorrelation",
        ),
        # neither larger nor smaller
        ({"formula": "max(I, 0)"}, "max and min are of real numbers; I - 0 is complex"),
        ({"formula": "max(lambda, 1/2)", "domain": ["abs(lambda) < 1"]}, "is complex at"),
        ({"formula": "min(a, sqrt(a - 1/9))", "domain": PLANE}, "is complex at"),
        (
            {"relation": "<=", "formula": "2 + sqrt(a - 1/100)", "domain": PLANE},
            "complex numbers have no order",
        ),
        # near a limit
        ({**NEAR, "formula": "(b - b*lambda)/(b - b*lambda)"}, "b = 0, "),
        ({**NEAR, "formula": MOVING}, "diverges"),
        (
            {**NEAR, "formula": "sum((lambda - 1/2)**Delta*3**Delta)"},
            "whether 1 - the ratio of sum(",
        ),
        ({**NEAR, "formula": "sin(1/(1 - lambda))/sin(1/(1 - lambda))"}, "whether sin("),
        ({**NEAR, "formula": "sum((2*a)**Delta)"}, "diverges"),
    ],
)
def test_what_has_no_value_somewhere(fields, words):
    assert words in meaning(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"autocorrelation": "a**Delta/tan(a)", "domain": PLANE},
        {"formula": "tanh(2*a) + tanh(I*a) + b**(a + 1/2)", "domain": PLANE},
        {"formula": "sum((1 + a)**(-Delta)*(a*b)**Delta) + sum(b**Delta)", "domain": PLANE},
        {**NEAR, "formula": "(2*lambda - 1)/((2*lambda - 1)*(1 - lambda))"},
        {**NEAR, "formula": "sum(lambda**Delta*R(Delta)) + exp(-a/(1 - lambda))"},
    ],
)
def test_what_has_a_value_everywhere(fields):
    assert meaning(**fields) == ""


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("sum(2**Delta)", "diverges"),
        ("sum(lambda**(-Delta)*R(Delta))", "must not be 0"),
        ("1/(lambda - 1/2)", "must not be 0, or there is no value"),
        ("log(lambda - lambda)", "divides by zero"),
        ("1/(lambda - lambda)", "divides by zero"),
        ("lambda/lambda", "must not be 0"),
        ("1/(1/(lambda - lambda))", "must not be 0"),
        ("1/(1 - 2*lambda)", "must not be 0"),
        ("1/(2*lambda + 1)", "must not be 0"),
    ],
)
def test_a_formula_has_a_value_everywhere(formula, words):
    domain = ["-1 < lambda < 1"]
    assert words in meaning(formula=formula, autocorrelation="(1/2)**Delta", domain=domain)


def test_what_is_away_from_a_limit_does_not_matter():
    fields = {"relation": "~", "limit": "lambda -> 1-", "formula": "1/(lambda - 1/2)"}
    assert meaning(**fields) == ""


@pytest.mark.parametrize(
    ("limit", "domain"),
    [
        ("lambda -> 1+", ["0 < lambda < 1"]),
        ("lambda -> 1/2-", ["1/2 <= lambda < 1"]),
        ("lambda -> 1-", ["0 < lambda < 1/2"]),
        ("lambda -> oo", ["0 < lambda < 1"]),
        ("lambda -> 1+", ["-1 < lambda <= 1"]),
        ("lambda -> 0-", ["0 <= lambda < 1"]),
    ],
)
def test_a_limit_is_approached_inside_the_domain(limit, domain):
    assert "it cannot be approached inside the domain" in meaning(
        relation="~", limit=limit, domain=domain
    )


@pytest.mark.parametrize(
    ("limit", "domain"),
    [
        ("s -> 0+", ["0 < s < 1"]),
        ("s -> 0+", ["0 <= s < 1"]),
        ("s -> 1/2+", ["0 < s < 1"]),
        ("s -> 1-", ["0 < s < 1"]),
        ("s -> 1-", ["0 < s <= 1"]),
        ("s -> 1/2-", ["0 < s < 1"]),
        ("s -> oo", ["s > 0"]),
        ("s -> -oo", ["s < 0"]),
    ],
)
def test_a_limit_may_be_at_either_end_or_between(limit, domain):
    fields = {"eigenvalue": "1/(2 + s**2)", "relation": "~", "limit": limit, "domain": domain}
    assert meaning(**fields) == ""


@pytest.mark.parametrize(("limit", "domain"), [("s -> -oo", "s > 0"), ("s -> oo", "s < 0")])
def test_infinity_has_two_sides(limit, domain):
    fields = {"eigenvalue": "1/(2 + s**2)", "relation": "~", "limit": limit, "domain": [domain]}
    assert "it cannot be approached inside the domain" in meaning(**fields)


@pytest.mark.parametrize(
    ("formula", "domain"),
    [
        ("lambda/lambda", ["abs(lambda) < 1"]),
        ("1/(1 + lambda)", ["abs(lambda) <= 1"]),
        ("1/(1 + exp(I*theta))", ["0 < lambda < 1", "0 < theta < 4"]),
        ("1/(1 - exp(I*theta))", ["0 < lambda < 1", "-1 < theta < 1"]),
        ("1/(2*lambda + exp(I*theta))", ["0 < lambda < 1", "-2 < theta < 4"]),
        ("1/(2*lambda - 1)", ["abs(lambda) < 1"]),
    ],
)
def test_no_zero_of_a_denominator_is_overlooked(formula, domain):
    # at the middle of a circle, at its two ends, where a range meets itself
    assert meaning(formula=formula, domain=domain, horizon="T").startswith(("failed", "abstains"))


def test_a_zero_in_the_middle_of_the_disc_is_found():
    assert "lambda = 0" in meaning(formula="1/conjugate(lambda)", domain=["abs(lambda) < 1"])


def test_a_zero_in_the_plane_alone_is_found():
    away = "((a - 0.123)**2 + (b - 0.456)**2)"
    found = meaning(formula=f"{away}/{away}", domain=["0 < lambda < 1", "0 < a < 1", "0 < b < 1"])
    assert "a = 123/1000, b = 57/125" in found


@pytest.mark.parametrize(
    ("formula", "domain"),
    [
        ("lambda/lambda", ["0 < abs(lambda) < 1"]),
        ("1/(1 + lambda)", ["abs(lambda) < 1"]),
        ("1/(1 + exp(I*theta))", ["0 < lambda < 1", "0 < theta < 3"]),
        ("1/(1 + exp(I*theta))", ["0 < lambda < 1", "-pi < theta < pi"]),
        ("1/(1 - exp(I*theta))", ["0 < lambda < 1", "1/100 < theta < 1"]),
        ("1/(2 - lambda*exp(I*theta))", ["0 < lambda < 1", "-2 < theta < 4"]),
    ],
)
def test_denominators_without_zeros(formula, domain):
    assert meaning(formula=formula, domain=domain) == ""


@pytest.mark.parametrize(
    ("formula", "domain"),
    [
        ("1/(2*n - 3)", ["0 < lambda < 1", "1 <= n <= 4 in integers"]),
        ("1/(lambda**2 - 1/2)", ["0 < lambda < sqrt(2)/2"]),
    ],
)
def test_a_zero_between_whole_numbers_or_at_an_open_end_is_none(formula, domain):
    assert not meaning(formula=formula, domain=domain).startswith("failed")


UNITS = ["0 <= a <= 1", "-1 < omega < 1"]
TUNED = {"quantity": "sensitivity", "relation": ">=", "formula": "0"}
POLAR = {
    "quantity": "curvature",
    "eigenvalue": "nu*exp(I*theta)",
    "wrt": ["nu", "theta"],
    "relation": "<=",
    "formula": "-2",
}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({**TUNED, "eigenvalue": "sqrt(omega)", "domain": ["0 <= omega < 1"]}, "eigenvalue"),
        ({**TUNED, "eigenvalue": "abs(omega)", "domain": ["-1 < omega < 1"]}, "eigenvalue"),
        ({**TUNED, "eigenvalue": "max(omega, 0)", "domain": ["-1 < omega < 1"]}, "eigenvalue"),
        ({**TUNED, "eigenvalue": "omega**(2/3)", "domain": ["0 <= omega < 1"]}, "eigenvalue"),
        (
            {
                **TUNED,
                "gamma": "abs(lambda)",
                "differentiate_gamma": True,
                "domain": ["-1 < lambda < 1"],
            },
            "gamma",
        ),
        (
            {
                "quantity": "teacher_student_hessian",
                "eigenvalue": {"lambda": "omega**(3/2)", "lambda_star": "1/2"},
                "domain": ["0 <= omega < 1"],
            },
            "eigenvalue",
        ),
        (
            {
                "quantity": "teacher_student_hessian",
                "eigenvalue": {"lambda_star": "1/2"},
                "gamma": {"lambda": "abs(lambda)"},
                "domain": ["-1 < lambda < 1"],
            },
            "gamma",
        ),
    ],
)
def test_what_is_differentiated_has_a_derivative_everywhere(fields, field):
    assert meaning(**fields).startswith(f"field '{field}' of lambda: it has no derivative where")


@pytest.mark.parametrize(
    "fields",
    [
        {**TUNED, "eigenvalue": "sqrt(omega)", "domain": ["0 < omega < 1"]},
        {**TUNED, "eigenvalue": "abs(omega)**2", "domain": ["-1 < omega < 1"]},
        {**TUNED, "eigenvalue": "omega**(3/2)", "domain": ["0 <= omega < 1"]},
        {**TUNED, "gamma": "abs(lambda)", "domain": ["-1 < lambda < 1"]},
        {**TUNED, "eigenvalue": "sqrt(a)*omega", "wrt": "omega", "domain": UNITS},
        {
            "quantity": "teacher_student_hessian",
            "eigenvalue": {"lambda_star": "abs(lambda)"},
            "domain": ["-1 < lambda < 1"],
        },
    ],
)
def test_what_is_smooth_enough_or_held_has_a_meaning(fields):
    assert meaning(**fields) == ""


@pytest.mark.parametrize("eigenvalue", ["max(omega, 0)**2", "max(0, omega)**2/2"])
def test_a_kink_is_smooth_where_its_square_is(eigenvalue):
    domain = ["-1 < omega < 1"]
    assert "no derivative" not in meaning(**TUNED, eigenvalue=eigenvalue, domain=domain)


@pytest.mark.parametrize("domain", ["0 <= nu < 1", "-1 < nu < 1"])
def test_a_curvature_has_no_value_where_its_metric_is_degenerate(domain):
    found = meaning(**POLAR, domain=[domain, "-pi < theta < pi"])
    assert "degenerate, as it is at nu = 0" in found
    assert meaning(**POLAR, domain=["0 < nu < 1", "-pi < theta < pi"]) == ""


@pytest.mark.parametrize("quantity", ["cross_moment", "cross_sensitivity"])
@pytest.mark.parametrize("relation", ["<=", ">="])
def test_complex_numbers_have_no_order(quantity, relation):
    bound = {"quantity": quantity, "relation": relation, "formula": "10**6"}
    found = meaning(**bound, domain=["abs(lambda1) < 1", "-1 < lambda2 < 1"])
    assert found.startswith(f"field 'relation' = '{relation}': {quantity} is complex")
    assert meaning(**bound, domain=["-1 < lambda1 < 1", "-1 < lambda2 < 1"]) == ""
    assert meaning(**bound | {"relation": "=="}, domain=["abs(lambda1) < 1"]) == ""
    with_i = meaning(relation=relation, formula="2 + I*lambda")
    assert with_i.startswith(f"field 'relation' = '{relation}': the formula is complex")
    of_both = {"formula": "3 + lambda + conjugate(lambda)", "domain": ["abs(lambda) < 1"]}
    assert meaning(relation=relation, **of_both) == ""
    # has no closed form at T, and need not have one to be real
    of_any_input = {"autocorrelation": "R(Delta)", "horizon": "T", "relation": relation}
    assert meaning(**of_any_input) == ""
    power = {**bound, "quantity": "cross_sensitivity_power"}
    assert meaning(**power, domain=["abs(lambda1) < 1", "-1 < lambda2 < 1"]) == ""
