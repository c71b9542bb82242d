"""Claims with a kink are taken apart: what is true is proved, its false neighbour is not."""

import pytest

from verify.claims.expressions import shown
from verify.claims.file import make_claim
from verify.judging.engine import verify_claim
from verify.judging.evidence import Verdict
from verify.judging.kinks import branches, cells

WHITE = {
    "id": "c",
    "autocorrelation": "KroneckerDelta(Delta, 0)",
    "quantity": "second_moment",
    "relation": "<=",
    "domain": ["-1 < lambda < 1"],
}
LIMIT = {
    **WHITE,
    "autocorrelation": "(1 + abs(a))*KroneckerDelta(Delta, 0)",
    "relation": "~",
    "limit": "lambda -> 1-",
    "domain": ["0 < lambda < 1", "-1 <= a <= 1"],
}
PLANE = ["0 <= lambda < 1", "0 <= a <= 1"]
VALUE = "1/(1 - lambda**2)"


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (  # cut at 0
            {**WHITE, "formula": "1/(1 - abs(lambda))"},
            {**WHITE, "formula": "1/(1 - abs(lambda)/2)"},
        ),
        (  # at 1/2
            {**WHITE, "relation": ">=", "formula": "max(1, 1/(2*(1 - lambda)))"},
            {**WHITE, "relation": ">=", "formula": "max(1, 1/(2*(1 - lambda)) + 1/3)"},
        ),
        (  # the smaller one is below
            {**WHITE, "relation": ">=", "domain": PLANE, "formula": f"min({VALUE}, 10 + a)"},
            {**WHITE, "relation": ">=", "domain": PLANE, "formula": f"min({VALUE} + 1/9, 10 + a)"},
        ),
        (  # the larger one is above
            {**WHITE, "domain": PLANE, "formula": f"max({VALUE}, 2 + a)"},
            {**WHITE, "domain": PLANE, "formula": f"max({VALUE} - 1/9, 2 - a)"},
        ),
        (  # each of the two is
            {**WHITE, "domain": PLANE, "formula": f"min({VALUE}, {VALUE}**2 + a)"},
            {**WHITE, "domain": PLANE, "formula": f"min({VALUE}, {VALUE}**2 - a)"},
        ),
        (
            {**LIMIT, "formula": "(1 + abs(a))/(2*(1-lambda))"},
            {**LIMIT, "formula": "(1 + a)/(2*(1-lambda))"},
        ),
    ],
)
def test_what_is_true_is_proved_and_its_neighbour_refuted(true, false):
    assert verify_claim(make_claim(true)).verdict is Verdict.PROVED
    assert verify_claim(make_claim(false)).verdict is Verdict.REFUTED


def ranges(formula, *domain, **fields):
    found = cells(make_claim({**WHITE, "formula": formula, "domain": list(domain), **fields}))
    return [[str(interval) for interval in claim.domain] for claim in found]


def test_a_range_is_cut_where_a_modulus_has_a_kink():
    assert ranges("abs(lambda)", "-1 < lambda < 1") == [["-1 < lambda <= 0"], ["0 <= lambda < 1"]]
    assert ranges("abs((2*lambda - 1)/(3 - lambda)) + abs(lambda**2 - 1/9)", "0 <= lambda < 1") == [
        ["0 <= lambda <= 1/3"],
        ["1/3 <= lambda <= 1/2"],
        ["1/2 <= lambda < 1"],
    ]
    assert len(ranges("abs(lambda)*abs(a)", "-1 < lambda < 1", "a < 1")) == 4


@pytest.mark.parametrize(
    ("inside", "zero"),
    [
        ("-a + 1/3", "1/3"),
        ("1/3 + (+a) - 2", "5/3"),
        ("a + 1/a - 5/2", "2"),
        ("1/(a + 1) + 1/(a - 4)", "3/2"),
        ("1/(a + 1) - 1/(4 - a)", "3/2"),
        ("2/(a + 1) - 3/(a + 2)", "1"),
        ("1/(a + 1)*(1/(a + 2)) - 1/12", "2"),
        ("1/(a + 1)/(a + 2) - 1/12", "2"),
        ("1/((a + 1)/(a + 2)) - 3/2", "1"),
        ("(1/a)**2 - 1/4", "2"),
        ("(a - 1)**3*(a - 9)", "1"),
        ("a**0*a - 1", "1"),
    ],
)
def test_the_zeros_of_a_rational_function_are_found(inside, zero):
    cut = ranges(f"abs({inside})", "0 < lambda < 1", "1/5 < a < 7/3")
    assert zero in {cells[1].split(" ")[0] for cells in cut}
    assert len(cut) == 2 + inside.startswith("a + 1/a")


def test_what_is_differentiated_by_is_left_whole():
    claim = make_claim({**WHITE, "domain": PLANE, "formula": "abs(lambda - 1/2) + abs(a - 1/3)"})
    assert len(cells(claim)) == 4
    assert {str(cell.interval("a")) for cell in cells(claim, {"a"})} == {"0 <= a <= 1"}
    assert len(cells(claim, {"a"})) == 2


def test_a_range_without_an_end_and_one_beside_a_limit_are_cut():
    assert ranges("abs(a - 1)", "0 < lambda < 1", "a > 0")[0][1] == "0 < a <= 1"
    assert ranges("abs(a + 1)", "0 < lambda < 1", "a < 0")[0][1] == "a <= -1"
    cut = cells(make_claim({**LIMIT, "formula": "(1 + abs(a))/(2*(1 - lambda))"}))
    assert len(cut) == 2
    many = "+".join(f"abs(a - {k})" for k in range(15))
    assert len(ranges(many, "0 < lambda < 1", "-1 < a < 16")) == 16


@pytest.mark.parametrize(
    ("formula", "domain", "fields"),
    [
        ("abs(2*lambda - a)", ["-1 < lambda < 1", "-1 < a < 1"], {}),
        ("abs(a - 3)", ["0 < lambda < 1", "0 < a < 1"], {}),
        ("abs(a + 3)", ["0 < lambda < 1", "0 < a < 1"], {}),
        ("abs(a - a)", ["0 < lambda < 1", "0 < a < 1"], {}),
        ("abs(a**(1/2) - 1/2)", ["0 < lambda < 1", "0 < a < 1"], {}),
        ("abs(a**(-1) - 2)", ["0 < lambda < 1", "0 < a < 1"], {}),
        ("abs(sin(a)**2 - 1/4 + a)", ["0 < lambda < 1", "0 < a < 1"], {}),
        ("abs(a - 1/4 + sin(a))", ["0 < lambda < 1", "0 < a < 1"], {}),
        ("abs(-sin(a) + 1/4)", ["0 < lambda < 1", "0 < a < 1"], {}),
        ("abs(a - 1)", ["0 < lambda < 1", "0 < a <= 1"], {}),
        ("abs(a)", ["0 < lambda < 1", "0 <= a <= 1"], {}),
        ("abs(2**a - 3/2)", ["0 < lambda < 1", "0 < a < 1"], {}),
        ("abs(lambda)", ["abs(lambda) < 1"], {}),
        ("abs(lambda)", ["0 <= lambda < 1"], {}),
        ("abs(lambda**2 - 1/2)", ["0 < lambda < 1"], {}),
        ("abs(lambda - a)", ["0 < lambda < 1", "0 < a < 1"], {}),
        ("abs(sin(a))", ["0 < lambda < 1", "-1 < a < 1"], {}),
        ("abs(a - 1/2)", ["0 < lambda < 1", "0 < a < sqrt(2)"], {}),
        ("abs(n - 3)", ["0 < lambda < 1", "1 <= n <= 7 in integers"], {}),
        ("abs(T - 3)", ["0 < lambda < 1"], {"horizon": "T"}),
        ("abs(lambda - 1/2)", ["0 < lambda < 1"], {"relation": "~", "limit": "lambda -> 1-"}),
        ("+".join(f"abs(a - {k})" for k in range(16)), ["0 < lambda < 1", "-1 < a < 16"], {}),
    ],
)
def test_other_ranges_are_not_cut(formula, domain, fields):
    claim = make_claim({**WHITE, "formula": formula, "domain": domain, **fields})
    [cell] = cells(claim)
    assert cell is claim


def bounds(formula, relation, *domain):
    fields = {"relation": relation, "domain": ["0 < lambda < 1", "0 < a < 1", *domain]}
    found, is_one_enough = branches(make_claim({**WHITE, **fields, "formula": formula}))
    return [claim.formula.source for claim in found], is_one_enough


@pytest.mark.parametrize(
    ("formula", "relation", "is_one_enough"),
    [
        ("2 + abs(a - lambda)", "<=", True),
        ("2 + abs(a - lambda)", ">=", False),
        ("2 - abs(a - lambda)/3", ">=", True),
        ("2 - abs(a - lambda)/3", "<=", False),
        ("-(2 - 3*abs(a - lambda))", "<=", True),
        ("-(2 - abs(a - lambda)*3)", "<=", True),
        ("abs(a - lambda)/(-3)", ">=", True),
        ("2 + (+abs(a - lambda))", "<=", True),
        ("-a + abs(a - lambda)", "<=", True),
        ("2 + abs(a - lambda)*(1/3)", "<=", True),
        ("1/abs(a - lambda)", "<=", False),
        ("abs(a - lambda)*a", "<=", False),  # it may be larger the larger it is, or not
        ("1/abs(a - lambda)", ">=", False),
        ("abs(a - lambda)**2", "<=", False),
    ],
)
def test_one_branch_is_enough_where_the_modulus_weakens_the_bound(formula, relation, is_one_enough):
    found, enough = bounds(formula, relation)
    assert len(found) == 2
    assert enough == is_one_enough


@pytest.mark.parametrize(
    "function", ["exp", "sin", "cos", "tan", "sinh", "cosh", "tanh", "asinh", "abs", "re", "im"]
)
def test_a_modulus_of_a_real_function_has_branches(function):
    claim = {**WHITE, "domain": PLANE, "formula": f"9 + abs({function}(a) - 1/2)"}
    found, _ = branches(make_claim(claim))
    above, below = (one.formula.source for one in found)
    assert [shown(one.formula.node) for one in found] == [above, below]
    assert above == f"9 + ({function}(a) - 1 / 2)"


@pytest.mark.parametrize(
    "inside",
    [
        *("sqrt(a - 1)", "log(a)", "a + I", "(a - lambda)**(1/2)", "2**a", "w", "1/2"),
        "sum((a/2)**Delta) - 1/2",
    ],
)
def test_what_may_be_complex_or_constant_has_no_branches(inside):
    gamma = {"quantity": "second_moment", "gamma": "w"}
    domain = ["0 < lambda < 1", "0 < a < 1", "abs(w) < 1"]
    claim = make_claim({**WHITE, **gamma, "domain": domain, "formula": f"2 + abs({inside})"})
    assert branches(claim) == ([], False)


def test_a_formula_may_be_longer_than_its_text():
    nested = VALUE
    for k in range(6):
        nested = f"max({nested}, a + {k})"
    claim = make_claim({**WHITE, "domain": PLANE, "formula": nested})
    found, is_one_enough = branches(claim)
    assert len(found[0].formula.source) > 2000
    assert is_one_enough
