"""Both sides of a kink are looked at; where one may have been missed, points support nothing."""

from dataclasses import replace
from fractions import Fraction

import pytest
import sympy as sp

from numerics.arithmetic.evaluation import NotEvaluated
from verify.claims.expressions import parse
from verify.claims.file import make_claim
from verify.claims.selection import select
from verify.judging.engine import verify_claim
from verify.judging.evidence import Verdict
from verify.judging.model import Model
from verify.judging.points import Irrational, Polar
from verify.judging.sides import obligations, sides

CLAIM = {
    "id": "c",
    "autocorrelation": "KroneckerDelta(Delta, 0)",
    "quantity": "second_moment",
    "relation": "==",
    "domain": ["0 < lambda < 1", "0 < a < 1", "0 < b < 1"],
}
VALUE, OF_MODULUS = "1/(1 - lambda**2)", "1/(1 - abs(lambda)**2)"
DISC = ["abs(lambda) < 1"]


def model(formula, **fields):
    return Model(make_claim({**CLAIM, "formula": formula, **fields}))


def test_a_claim_without_kinks_has_no_sides():
    zero = "(a - b)**2 - a**2 + 2*a*b - b**2"
    for term in ("0", "(a - b)**2", "sqrt(sqrt(2)*I - 3)", f"abs({zero})"):
        plain = f"{VALUE} + {term}"
        assert sides(model(plain), 0) == []
        assert obligations(model(plain), []) == []


def test_what_has_one_sign_is_no_kink():
    assert sides(model(f"{VALUE} + abs(a - b - 1) - sqrt(a + b) + log(a + 1)"), 0) == []
    one = model(f"{OF_MODULUS} + im(sqrt(2 + lambda))", domain=DISC)
    assert obligations(one, []) == []


def test_a_kink_is_found_behind_what_is_none():
    # in the order of their texts
    for term in ("log(a + 1) + re(sqrt(a - b))", "log(3/2 - lambda) + re(sqrt(a - b))"):
        [stated] = obligations(model(f"{VALUE} + {term}"), [])
        assert stated["statement"] == "it holds on all sides of a - b = 0"
    one = model(f"{OF_MODULUS} + im(log(2 + lambda)) + im(sqrt(lambda))", domain=DISC)
    [stated] = obligations(one, [])
    assert stated["statement"] == "it holds on all sides of the cut of lambda"
    near = {"relation": "~", "limit": "lambda -> 1-"}
    [stated] = obligations(model(f"{VALUE} + abs(a - lambda) + re(sqrt(a - b))", **near), [])
    assert stated["statement"] == "it holds on all sides of a - b = 0"


def test_an_inverse_hyperbolic_tangent_has_kinks_at_1():
    [stated] = obligations(model(f"{VALUE} + re(atanh(2*a))"), [])
    assert stated["statement"] == "it holds on all sides of 1 - 4*a**2 = 0"


def test_an_inverse_hyperbolic_sine_has_cuts_beyond_i():
    [stated] = obligations(model(f"{OF_MODULUS} + re(asinh(2*lambda))", domain=DISC), [])
    assert stated["statement"] == "it holds on all sides of the cut of 4*lambda**2 + 1"


def test_a_function_without_floats_has_no_sides(monkeypatch):
    def none(*_):
        raise NotEvaluated("f has no value")

    one = model(f"{VALUE} + abs(a - b)")
    monkeypatch.setattr("verify.judging.sides.values", none)
    assert sides(one, 0) == []


@pytest.mark.parametrize("sign", ["", "-"])
def test_a_side_in_one_direction_alone_is_found(sign):
    kink = f"abs({sign}(141421/100000 - re(lambda) - im(lambda)))"
    one = model(f"{OF_MODULUS} + {kink}", domain=DISC)
    [stated] = obligations(one, sides(one, 0))
    assert stated["state"] == "discharged"


def test_a_point_of_each_side_is_far_from_the_other():
    one = model(f"{VALUE} + abs(a - b)")
    differences = [float(p.coordinates["a"] - p.coordinates["b"]) for p in sides(one, 0)]
    assert min(differences) < -0.99
    assert max(differences) > 0.99
    one = model(f"{OF_MODULUS} + im(sqrt(lambda))", domain=DISC)
    found = [complex(p.values(one)[one.symbols["lambda"]]) for p in sides(one, 0)]
    heights = [z.imag for z in found if z.real < 0]
    assert min(heights) < -0.6
    assert max(heights) > 0.6


@pytest.mark.parametrize("kink", ["abs({f})", "re(sqrt({f}))", "im(log({f}))", "sqrt(({f})**2)"])
def test_both_sides_are_found(kink):
    f = "a*b - 999999/1000000"
    found = sides(model(f"{VALUE} + {kink.format(f=f)}"), 0)
    products = [float(p.coordinates["a"] * p.coordinates["b"]) for p in found]
    assert min(products) < 0.999999 < max(products)


def test_all_patterns_of_signs_are_found():
    found = sides(model(f"{VALUE} + abs(a - 1/100)*abs(b - 99/100)"), 0)
    at = [(p.coordinates["a"] > 0.01, p.coordinates["b"] > 0.99) for p in found]
    assert {*at} == {(False, False), (False, True), (True, False), (True, True)}


def test_a_zero_that_rounding_gives_a_sign_is_no_side():
    one = model(f"{VALUE} + max(0, a + b - 1999999/1000000)")
    [stated] = obligations(one, sides(one, 0))
    assert stated["state"] == "discharged"


def test_a_side_that_was_not_tried_is_an_open_obligation():
    one = model(f"{VALUE} + abs(a - b)")
    for points, state in ((sides(one, 0), "discharged"), ([one.domain.inside], "open")):
        [stated] = obligations(one, points)
        assert stated["field"] == "kinks"
        assert stated["state"] == state
        assert stated["statement"] == "it holds on all sides of a - b = 0"
        assert ("of one side" in stated["how"]) == (state == "open")


def test_the_sides_of_two_kinks_are_met_together():
    one = model(f"{VALUE} + abs(a - 1/2) + abs(b - 1/2)")
    low, high = Fraction(1, 4), Fraction(3, 4)
    corners = [
        one.domain.inside.moved("a", x).moved("b", y) for x in (low, high) for y in (low, high)
    ]
    assert [stated["state"] for stated in obligations(one, corners)] == ["discharged"] * 2
    # though both sides of each were
    *each, both = obligations(one, corners[1:])
    assert [stated["state"] for stated in (*each, both)] == [*["discharged"] * 2, "open"]
    assert both["statement"] == "it holds on all sides of a - 1/2 = 0 and b - 1/2 = 0"
    assert both["how"] == "of one side of each no point was tried, though there may be some"


def test_a_cut_has_points_on_it_and_on_both_sides():
    one = model("1/(1 - abs(lambda)**2) + im(sqrt(lambda))", domain=DISC)
    found = sides(one, 0)
    [stated] = obligations(one, found)
    assert stated["state"] == "discharged"
    assert stated["statement"].endswith("the cut of lambda")
    on_the_cut = [point for point in found if isinstance(point.coordinates["lambda"], Fraction)]
    beside = [point for point in found if point not in on_the_cut]
    assert on_the_cut
    assert obligations(one, beside)[0]["state"] == "open"
    # whose real part is not negative is beside no cut
    for real in (0, 2):
        off = [Polar(Fraction(1, 2), t) for t in (Fraction(2, 2 + real), Fraction(-2, 2 + real))]
        away = [one.domain.inside.with_coordinate("lambda", place) for place in off]
        assert obligations(one, [*on_the_cut, *away])[0]["state"] == "open"


def test_what_no_ball_decides_is_on_no_cut():
    turn = model(f"{VALUE} + im(sqrt(exp(I*a)))", domain=["0 < lambda < 1", "-4 < a < 4"])
    at = [turn.domain.inside.moved("a", Fraction(angle)) for angle in (3, -3)]
    half = turn.domain.inside.with_coordinate("a", Irrational(sp.pi))
    [stated] = obligations(turn, [*at, half])
    assert stated["state"] == "open"


def test_the_modulus_of_a_complex_number_has_no_cut():
    assert not sides(model("1/(1 - abs(lambda)**2)", domain=DISC), 0)


def test_near_a_limit_one_side_is_left():
    assert not sides(model(f"{VALUE} + abs(lambda - a)", relation="~", limit="lambda -> 1-"), 0)


@pytest.mark.parametrize(
    ("term", "limit"),
    [
        ("abs(a - 1/w)", "w -> oo"),  # of which no value at 1 says anything
        ("abs(a + log(1 - w))", "w -> 1-"),  # infinite there
        ("abs(2*a + sin(1/(1 - w)))", "w -> 1-"),  # without a limit
    ],
)
def test_near_a_limit_two_sides_may_be_left(term, limit):
    domain = [*CLAIM["domain"], "w > 1" if "oo" in limit else "0 < w < 1"]
    one = model(f"{VALUE} + {term}", relation="~", limit=limit, domain=domain)
    assert len(obligations(one, [])) == 1


def test_near_a_limit_a_cut_has_its_sides_though_nothing_is_0_there():
    near = {"relation": "~", "limit": "a -> 1-"}
    one = model(
        f"{VALUE} + im(sqrt(exp(I*b) + a - 1))",
        domain=["0 < lambda < 1", "0 < a < 1", "-4 < b < 4"],
        **near,
    )
    [stated] = obligations(one, [])
    assert stated["statement"] == "it holds on all sides of the cut of a + exp(I*b) - 1"


@pytest.mark.parametrize(
    ("fields", "relation"),
    [
        # no rational angle is half a turn
        (
            {
                "formula": f"{VALUE}*(1 + exp(I*a)**(1/2) - exp(I*a/2))",
                "domain": ["0 < lambda < 1", "-pi <= a <= pi"],
            },
            "==",
        ),
        # no route takes so many steps
        ({"formula": "T + max(0, T - 10**6)", "eigenvalue": "1", "horizon": "T"}, "=="),
        # between 1/3 and the next number but one that floats have
        ({"formula": f"{VALUE} + max(0, (a - 1/3)*(1/3 + 1e-17 - a) - b*1e-40)"}, "=="),
        (
            {
                "formula": f"(1 + max(0, (a - 1/3)*(1/3 + 1e-17 - a) - b*1e-40))*{VALUE}",
                "limit": "lambda -> 1-",
            },
            "~",
        ),
    ],
)
def test_what_was_looked_at_on_one_side_is_not_supported(fields, relation):
    fields = {"domain": [], **fields} if "horizon" in fields else fields
    claim = make_claim({**CLAIM, "relation": relation, **fields})
    result = verify_claim(claim)
    assert result.verdict is Verdict.UNDECIDED
    assert "whether it holds on all sides of" in result.reason


@pytest.mark.parametrize("id_", ["A9-entries", "C3-loss"])
def test_a_kink_is_seen_where_the_formula_is_not_0(id_):
    """Where both eigenvalues are one, the formula is 0 on either side; so is a false one."""
    [claim] = select([id_])
    corner = "max(0, abs(lambda) + abs(lambda_star) - 1999999/1000000)"
    formula = parse(f"({claim.formula})*(1 + {corner})")
    found = verify_claim(replace(claim, id="in-a-corner", formula=formula, expect=None))
    assert found.verdict is Verdict.REFUTED
