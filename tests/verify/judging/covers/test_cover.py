"""Covers of boxes: what is proved has the sign, and what has not the sign is never proved."""

from fractions import Fraction

import flint
import pytest
import sympy as sp

from numerics.arithmetic import jets
from numerics.arithmetic.evaluation import evaluate_in
from verify.claims.file import make_claim
from verify.judging.covers import cover as cover_module
from verify.judging.covers.boxes import Box
from verify.judging.covers.cover import Cover, cover, judged
from verify.judging.evidence import Finding
from verify.judging.exact import judge as polynomials
from verify.judging.exact.atlas import charts as exact_charts
from verify.judging.exact.field import Field, Generator
from verify.judging.model import Model
from verify.judging.symbolic import judge as algebra, signs
from verify.judging.symbolic.atlas import charts
from verify.judging.symbolic.charts import Uncovered
from verify.settings import Settings

WHITE = "KroneckerDelta(Delta, 0)"
LRU = {
    "quantity": "sensitivity",
    "eigenvalue": "exp(-exp(omega))",
    "gamma": "sqrt(1 - lambda**2)",
}
LRU_AR1 = {
    **LRU,
    "autocorrelation": "rho**Delta",
    "relation": "<=",
    "domain": ["omega < 2", "0 < rho < 1"],
}
LRU_WHITE = {
    **LRU,
    "autocorrelation": WHITE,
    "differentiate_gamma": True,
    "relation": "<=",
    "domain": ["omega < 1"],
}
STATE = {"quantity": "second_moment", "autocorrelation": WHITE, "relation": ">="}
x, y = sp.symbols("x y", real=True)
UNIT = {x: (sp.S.Zero, sp.S.One), y: (sp.S.Zero, sp.S.One)}


def both(entry):
    claim = make_claim({"id": "c", **entry})
    return algebra.check(Model(claim), Settings()), polynomials.check(Model(claim), Settings())


def sign(expr, ranges=None, **options):
    return cover(charts(expr, ranges or UNIT), **options)


# jets


def test_jets_are_taylor_coefficients():
    space = jets.Space((2, 1))
    a, b = space.variable(0, flint.arb(2)), space.variable(1, flint.arb(3))
    s, t = sp.symbols("s t", positive=True)
    expr = sp.exp(s * t / 6) * sp.tan(s) + sp.log(t) / s + sp.sqrt(s + t) * sp.atanh(1 / (s + t))
    jet = evaluate_in(expr, {s: a, t: b}, jets.arithmetic(space))
    for i in range(3):
        for j in range(2):
            exact = sp.diff(expr, s, i, t, j).subs({s: 2, t: 3}) / sp.factorial(i)
            assert abs(jet.coefficient((i, j)) - float(exact.evalf())) < 1e-9


@pytest.mark.parametrize("width", [1, Fraction(1, 8)])
def test_decay_encloses_its_derivatives(width):
    space = jets.Space((3,))
    half = flint.arb(flint.fmpq(Fraction(width).numerator, 2 * Fraction(width).denominator))
    jet = jets.decay(space.variable(0, flint.arb(half, half)), flint.fmpq(1, 2))
    w = sp.Symbol("w", positive=True)
    f = sp.exp(-1 / (2 * w)) / w
    for order in range(4):
        for share in (0.01, 0.3, 0.7, 1):
            value = (sp.diff(f, w, order) / sp.factorial(order)).subs(w, share * float(width))
            assert jet.coefficient((order,)).contains(flint.arb(float(value)))


# functions


@pytest.mark.parametrize(
    "expr",
    [
        1 + x * y,
        sp.exp(-x) - 1 + x,  # vanishes to second order on an edge
        sp.exp(-x * y) - 1 + x * y,  # on two edges
        x + y,  # in a corner
        x**2 + y,
        x**2 - x * y + y**2,
        (1 - sp.exp(-x)) * y + x**3 + y**3,
        sp.log(1 + x) + 1 - x,
        sp.atanh(x / 2) + sp.Rational(1, 9),
        x * (1 - y) + (1 - x) * y + sp.Rational(1, 1000),
    ],
)
def test_positive_functions(expr):
    found = sign(expr)
    assert (found.sign, found.obstacle, found.places) == (1, "", ())
    assert sign(-expr).sign == -1


@pytest.mark.parametrize(
    "expr",
    [
        (x - sp.Rational(1, 3)) ** 2,
        (x - y) ** 2,
        (x - sp.Rational(1, 3)) ** 2 - sp.Rational(1, 10**12),
        sp.exp(-x) - 1 + x - x**2 / 2 + x**3 * sp.Rational(999, 6000),
        x - sp.Rational(1, 10**7),
        x + y - sp.Rational(1, 10**9),
        1 - x * (1 + sp.Rational(1, 10**9)),
    ],
)
def test_functions_with_zeros_or_slivers_have_no_sign(expr):
    found = sign(expr)
    assert found.sign is None
    assert found.boxes < 1000
    assert "x" in found.obstacle


def test_a_change_of_sign_is_named():
    found = sign(x + y - sp.Rational(1, 1000))
    assert len(found.places) == 2
    values = [place["x"] + place["y"] - flint.arb("1e-3") for place in found.places]
    assert {value > 0 for value in values} == {True, False}


def test_the_limit_of_boxes():
    found = sign(
        1 + x * y + sp.sin(60 * x) / 1000 * sp.cos(40 * y) - sp.Rational(998, 1000), max_boxes=3
    )
    assert found.sign is None
    assert "after 3 boxes" in found.obstacle


def test_the_limit_of_time():
    found = sign(1 + x * y, seconds=0.0)
    assert (found.sign, found.boxes) == (None, 1)
    assert found.obstacle.startswith("the box x in [")
    assert found.obstacle.endswith("is left after 0 s")


def test_a_change_of_sign_on_other_charts_is_looked_for_within_the_time():
    made = []

    def many():
        for chart in charts(1 + x * y, {x: UNIT[x], y: UNIT[y]}):
            for _ in range(10):
                made.append(chart)
                yield chart

    assert cover(many(), seconds=0.0).sign is None
    assert len(made) == 2
    made.clear()
    assert cover(many(), max_boxes=0).sign is None
    assert len(made) >= 10


def test_a_sign_needs_no_more_boxes_than_it_may_have():
    needed = sign(1 + x * y).boxes
    assert sign(1 + x * y, max_boxes=needed).sign == 1
    assert sign(1 + x * y, max_boxes=needed - 1).sign is None


def test_no_chart_has_no_sign():
    assert cover([]) == Cover(None, 0)


@pytest.mark.parametrize(("zero", "shown"), [("1/3", "0.333333"), ("3/4", "0.750000")])
def test_a_box_that_resists_is_named(zero, shown):
    """A zero is no change of sign, also in the middle of a box, where it is exact."""
    found = sign((x - sp.Rational(zero)) ** 2, {x: UNIT[x]})
    assert (found.obstacle, found.places) == (f"the box x = {shown} resists", ())


def test_a_zero_where_charts_meet_is_a_change_of_sign():
    found = sign(x - sp.Rational(1, 2), {x: UNIT[x]})
    assert found.sign is None
    assert [float(place["x"].mid()) for place in found.places] == [0.25, 0.75]
    # but not where the function touches 0
    assert sign((x - sp.Rational(1, 2)) ** 2, {x: UNIT[x]}).places == ()


def test_a_function_has_one_sign_on_all_its_charts():
    upwards = list(charts(1 + x, {x: UNIT[x]}))
    downwards = list(charts(-1 - x, {x: UNIT[x]}))
    assert cover([*upwards, *upwards]).sign == 1
    found = cover([*upwards, *downwards])
    assert found.sign is None
    assert "it changes its sign at x = 0.250000" in found.obstacle
    assert [float(place["x"]) for place in found.places] == [0.25, 0.25]


# what judges say


def place(value):
    return {"x": flint.arb(value)}


@pytest.mark.parametrize(
    ("places", "bounds", "expected"),
    [
        ((), (0, 1), False),
        (("0.2", "0.7"), (0, 1), True),
        (("0.2", "0.7"), (None, None), True),
        (("0.2", "0.7"), (None, 1), True),
        (("0.2", "0.7"), (0, None), True),
        (("0.2", "0.7"), ("0.5", None), False),
        (("0.2", "0.7"), (None, "0.5"), False),
        (("0.2", "0.7"), ("0.5", 1), False),
        (("0.2", "0.7"), (0, "0.5"), False),
        (("0.25", "0.5"), ("0.25", 1), False),  # an end of the domain may not belong to it
        (("0.25", "0.5"), (0, "0.5"), False),
    ],
)
def test_signs_count_inside_the_domain_only(places, bounds, expected):
    ends = tuple(None if end is None else flint.arb(end) for end in bounds)
    found = Cover(None, 3, "why", tuple(map(place, places)))
    assert found.is_counterexample({"x": ends}) is expected
    assert not found.is_counterexample({})


CHANGES = Cover(None, 5, "it changes", (place("0.2"), place("0.7")))
RESISTS = Cover(None, 7, "it resists")
EVERYWHERE = {"x": (None, None)}


@pytest.mark.parametrize(
    ("sign", "covers", "finding", "detail"),
    [
        (1, [], "proves", "the slack is positive by the signs of its factors"),
        (-1, [], "contradicts", "the slack is negative by the signs of its factors"),
        (0, [], "contradicts", "the slack is negative by the signs of its factors"),
        (1, [Cover(1, 2), Cover(-1, 3)], "proves", "the slack is positive on a cover of 5 boxes"),
        (-1, [Cover(1, 2)], "contradicts", "the slack is negative on a cover of 2 boxes"),
        (1, [RESISTS], "abstains", "no sign of the slack on a cover of 7 boxes: it resists"),
        (
            1,
            [Cover(1, 2), CHANGES],
            "contradicts",
            "no sign of the slack on a cover of 7 boxes: it changes",
        ),
        # two factors may change their signs together
        (
            -1,
            [CHANGES, RESISTS],
            "abstains",
            "no sign of the slack on a cover of 12 boxes: it changes",
        ),
        (1, [RESISTS, Cover(1, 1)], "abstains", "no sign of the slack on a cover of 8 boxes: it"),
    ],
)
def test_what_a_judge_says_of_a_slack(sign, covers, finding, detail):
    found = judged("sympy", sign, covers, EVERYWHERE, lambda place: True)
    assert (found.method, found.finding) == ("sympy", finding)
    assert found.detail.startswith(detail)
    # whole numbers, for one, need not have a point where what is negative inside is not 0
    found = judged("sympy", sign, covers, EVERYWHERE, lambda place: False)
    assert (found.finding == "proves") == (finding == "proves")
    assert found.finding != "contradicts"


def test_a_change_of_sign_outside_of_the_domain_says_nothing():
    for ends, finding in (("0.8", "contradicts"), ("0.6", "abstains")):
        bounds = {"x": (None, flint.arb(ends))}
        assert judged("sympy", 1, [CHANGES], bounds, lambda place: True).finding == finding


class Plain:
    """A function given by its jet, that may vanish on faces to the orders given."""

    def __init__(self, function, *orders):
        self.function, self.orders, self.dimension = function, orders, len(orders)

    def __call__(self, x):
        return self.function(*x)

    def order(self, weights):
        return sum(w * order for w, order in zip(weights, self.orders, strict=True))

    def parameters(self, x):
        return dict(zip("xyz", x, strict=False))


def test_a_zero_on_a_face_is_divided_out():
    assert cover([Plain(lambda a: a * a * (3 - a), 2)]).sign == 1
    # not without the order
    assert cover([Plain(lambda a: a * a * (3 - a), 0)]).sign is None
    # nor with too low a one
    assert cover([Plain(lambda a: a * a * (3 - a), 1)]).sign is None


def test_an_order_is_that_of_its_own_face():
    assert cover([Plain(lambda a, b: b * b * b * (1 + a), 0, 3)]).sign == 1
    assert cover([Plain(lambda a, b: b * b * b * (1 + a), 3, 0)]).sign is None


def fog(a, *points, size=2, widest=1):
    """A ball around 0, at some points and over boxes that are wider than `widest`."""
    is_foggy = a.value.rad() > widest / 2 or any(a.value == flint.arb(point) for point in points)
    return flint.arb(0, size if is_foggy else 0)


@pytest.mark.parametrize("sign", [1, -1])
def test_no_sign_is_taken_from_where_it_is_uncertain(sign):
    function = Plain(lambda a: sign * (1 + a) / 10 + fog(a, 0.5, size=0.5), 0)
    assert cover([function]).sign == sign
    # the first half is looked at next
    function = Plain(lambda a: sign * (1 + a) + fog(a, 0.25, widest=0.6), 0)
    assert cover([function]).sign == sign


def test_a_zero_is_no_change_of_sign():
    found = cover([Plain(lambda a: -(a - flint.fmpq(1, 2)) * (a - flint.fmpq(1, 2)), 0)])
    assert (found.sign, found.places) == (None, ())


@pytest.mark.parametrize("degree", range(1, 10))
@pytest.mark.parametrize("sign", [1, -1])
def test_no_term_of_the_expansion_is_left_out(degree, sign):
    """1 in the middle of the box, and −1 at one end of it."""

    def function(a):
        return sign * (1 - 2 * (1 - 2 * a) ** degree)

    assert cover([Plain(function, 0)]).sign is None
    assert cover([Plain(lambda a, b: function(b) + a * 0, 0, 0)]).sign is None
    assert cover([Plain(lambda a: 1 - (1 - 2 * a) ** degree / 2, 0)]).sign == 1


@pytest.mark.parametrize("order", range(1, 4))
def test_what_is_divided_by_a_face_is_enclosed_from_the_face_on(order):
    """Over the box alone, the derivatives of N do not hold those of N/x^k."""
    x0 = flint.fmpq(1, 64)
    chart = Plain(lambda a: a**order / (a + x0), order)
    side = Box((8,), (6,)).side(0)  # from 8/64 to 9/64
    enclosed = cover_module._View(chart, [(1,)]).reduced_over([side], [order])
    for degree in range(cover_module.DEGREE + 1):
        for at in (flint.fmpq(8, 64), flint.fmpq(9, 64)):
            # Taylor coefficients of 1/(x + x0)
            assert enclosed([degree]).contains(
                flint.arb((-1) ** degree / (at + x0) ** (degree + 1))
            )


def test_blown_up_corners_cover_all_of_the_cube():
    """Negative in a sliver along a face that is no part of the corner."""

    class Corner(Plain):
        def order(self, weights):
            return min(weights[:2])

    sliver = flint.fmpq(1, 10**9)
    assert cover([Corner(lambda a, b, c: (a + b) * (c + 1), 0, 0, 0)]).sign == 1
    assert cover([Corner(lambda a, b, c: (a + b) * (c - sliver), 0, 0, 0)]).sign is None


def test_where_a_box_resists_a_change_of_sign_is_looked_for_in_the_others():
    found = cover([Plain(lambda a: a * a * (flint.fmpq(3, 5) - a), 0)])  # no order known at 0
    assert found.obstacle == "it changes its sign at x = 0.750000"
    assert [place["x"] for place in found.places] == [flint.arb("0.5"), flint.arb("0.75")]


def test_the_box_that_is_left_is_named():
    # the balls around its sides are a little larger
    found = cover([Plain(lambda a: a - flint.fmpq(1, 3), 0)], max_boxes=1)
    assert found == Cover(
        None, 2, "the box x in [-4.65661e-10, 0.500000] is left after 1 boxes", ()
    )


@pytest.mark.parametrize(("steep", "cut"), [((9, 1), "x"), ((1, 9), "y")])
def test_a_box_is_cut_where_that_gains_most(steep, cut):
    function = Plain(lambda a, b: 4 + steep[0] * (a - 1) * a + steep[1] * (b - 1) * b, 0, 0)
    assert f"{cut} in [-4.65661e-10, 0.500000]" in cover([function], max_boxes=1).obstacle


def test_corners_are_blown_up_where_more_than_their_faces_vanishes():
    class Corner(Plain):
        """x + y², of weighted order min(w_x, 2 w_y)."""

        def order(self, weights):
            seen.append(tuple(weights))
            return min(weights[0], 2 * weights[1])

    seen = []
    assert cover([Corner(lambda a, b: a + b * b, 0, 0)]).sign == 1
    assert seen[:2] == [(1, 0), (0, 1)]
    # twice: y = s, x = s t leaves s (t + s), y = s t again
    assert (1, 1) in seen
    assert (2, 1) in seen
    assert max(map(sum, seen)) < 8


def test_a_corner_that_is_never_resolved_ends_the_search():
    class Never(Plain):
        def order(self, weights):
            return 2 * sum(weights) if all(weights) else 0

    found = cover([Never(lambda a, b: a * 0, 0, 0)], max_boxes=10**6)
    assert found.sign is None
    assert found.boxes < 1000
    assert "resists" in found.obstacle


def test_infinite_ranges():
    line = {x: (-sp.oo, sp.oo)}
    assert sign(x**2 - x + 1, line).sign == 1
    assert sign(x**3 + 1, line).sign is None
    assert sign(sp.exp(x) - x, line).sign == 1
    assert sign(1 - x * sp.exp(-x), {x: (sp.S.Zero, sp.oo)}).sign == 1
    assert sign(sp.Rational(36, 100) - x * sp.exp(-x), {x: (sp.S.Zero, sp.oo)}).sign is None
    assert sign(3 * sp.exp(-x) - 1, line).sign is None
    # positive, but with a zero at infinity beyond every power
    assert sign(sp.exp(-x), {x: (sp.S.Zero, sp.oo)}).sign == 1


@pytest.mark.parametrize("end", [1, 2, Fraction(1, 2)])
def test_zeros_at_the_end_of_a_range_without_another_are_divided_out(end):
    end = sp.Rational(end)
    for side in (1, -1):
        ends = (end, sp.oo) if side > 0 else (-sp.oo, -end)
        assert sign(x**3 - side * end**3, {x: ends}).sign == side
    field = Field()
    u = field.generator(field.new(Generator("u", (Fraction(int(end.p), int(end.q)), None))))
    slack = (u - field.constant(int(end.p)) / field.constant(int(end.q))) * (u + field.constant(1))
    assert cover(exact_charts(slack.num, field)).sign == 1


def test_irrational_bounds_are_rounded_outwards():
    assert sign(x - sp.sqrt(2), {x: (sp.sqrt(2), sp.S(2))}).sign is None
    assert sign(sp.sin(x) + sp.Rational(1, 1000), {x: (sp.S.Zero, sp.pi)}).sign == 1


def test_constants():
    assert sign(sp.pi - 3).sign == 1
    assert sign(sp.pi - 4).sign == -1
    for formula, expected in (("4 - pi", Finding.PROVES), ("3 - pi", Finding.CONTRADICTS)):
        entry = {**STATE, "relation": "<=", "domain": ["0 < lambda < 1"]}
        for evidence in both({**entry, "formula": f"(1 + ({formula}))/(1 - lambda**2)"}):
            assert evidence.finding == expected


def test_what_is_not_smooth_or_has_no_expansion_is_not_proved():
    assert sign(sp.Abs(x - sp.Rational(1, 2)) - sp.Rational(1, 10)).sign is None
    assert sign(sp.sqrt(x) - x**2 / 2, {x: (sp.S(1) / 9, sp.S.One)}).sign == 1
    # zero at x = 0, where a root has no expansion
    assert sign(sp.sqrt(x) - x / 2).sign is None
    # nested exponentials move together
    nested = sp.exp(-sp.exp(-x)) - sp.exp(-1)
    assert sign(nested - x / 4, {x: (sp.S.Zero, sp.S.One)}).sign in (1, None)
    assert sign(nested - x / 2, {x: (sp.S.Zero, sp.S.One)}).sign != 1


def test_complex_expressions_have_no_charts():
    with pytest.raises(Uncovered):
        list(charts(sp.I * x, UNIT))


def test_exact_charts_agree():
    field = Field()
    u = field.generator(field.new(Generator("u", (Fraction(0), None))))
    one = field.constant(1)
    for slack, expected in ((u * u - u + one, 1), (u * u - u.scaled(3) + one, None)):
        assert cover(exact_charts(slack.num, field)).sign == expected


# claims


@pytest.mark.slow
def test_lru_is_bounded():
    for evidence in both({**LRU_AR1, "formula": "(1 + rho)/(2*(1 - rho))"}):
        assert evidence.finding == Finding.PROVES
        assert "boxes" in evidence.detail


@pytest.mark.parametrize(
    "formula", ["(1 + rho)/(2*(1 - rho))*(1 - 1e-9)", "(1 + rho)/(2*(1 - rho)) - 1e-6"]
)
def test_lru_is_not_bounded_by_less(formula):
    for evidence in both({**LRU_AR1, "formula": formula}):
        assert evidence.finding in (Finding.CONTRADICTS, Finding.ABSTAINS)
        assert "omega" in evidence.detail


def test_lru_with_white_input():
    for domain in ("omega < 1", "omega > 0"):
        for evidence in both({**LRU_WHITE, "formula": "1/4", "domain": [domain]}):
            assert evidence.finding == Finding.PROVES
    for evidence in both({**LRU_WHITE, "formula": "1/4 - 1e-9"}):
        assert evidence.finding in (Finding.CONTRADICTS, Finding.ABSTAINS)


def test_false_near_the_unit_circle_only():
    # (1 − λ)²/(1 − λ²) ≥ 1e-4·exp(−λ) holds up to λ = 0.99993
    entry = {**STATE, "gamma": "1 - lambda", "formula": "exp(-lambda)/10000"}
    for evidence in both({**entry, "domain": ["0 < lambda < 0.9999"]}):
        assert evidence.finding == Finding.PROVES
    for evidence in both({**entry, "domain": ["0 < lambda < 1"]}):
        assert evidence.finding == Finding.CONTRADICTS
        assert "lambda = 0.999" in evidence.detail


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("0", Finding.PROVES),
        ("exp(-lambda)/100000", Finding.CONTRADICTS),
        ("1e-9*exp(-lambda)", Finding.ABSTAINS),
    ],
)
def test_violated_towards_an_edge(formula, expected):
    # (1 − λ)/(1 + λ) tends to 0
    entry = {**STATE, "gamma": "1 - lambda", "formula": formula, "domain": ["0 < lambda < 1"]}
    for evidence in both(entry):
        assert evidence.finding == expected


def test_angles():
    entry = {
        "autocorrelation": WHITE,
        "relation": "<=",
        "domain": ["0 < r < 1", "-pi < phi < pi"],
        "quantity": "second_moment",
        "eigenvalue": "r*exp(I*phi)",
    }
    true = "(2 - r*cos(phi)/(1 + r))/(1 - r**2)"
    for evidence in both({**entry, "formula": true}):
        assert evidence.finding == Finding.PROVES
    for evidence in both({**entry, "formula": true.replace("2", "1.4", 1)}):
        assert evidence.finding != Finding.PROVES
    entry = {**STATE, "relation": "<=", "domain": ["abs(lambda) < 1"]}
    for evidence in both({**entry, "formula": "(3 - 2*re(lambda))/(1 - abs(lambda)**2)"}):
        assert evidence.finding == Finding.PROVES
    for evidence in both({**entry, "formula": "(3 - 2.001*re(lambda))/(1 - abs(lambda)**2)"}):
        assert evidence.finding != Finding.PROVES


def test_the_cosine_of_a_number_is_no_angle():
    rho = {x: (sp.S.Zero, sp.S.One)}
    assert signs.sign(1 - 2 * x * sp.cos(3) + x**2, rho, {}).certain == 1
    assert signs.sign(1 + 2 * x * sp.cos(3) + x**2 / 2, rho, {}).certain is None


def test_logarithms():
    # 1/(1 − λ²) ≥ 1 − log(1 − λ²), sharp at 0; one judge only: the other one has no logarithms
    entry = {**STATE, "formula": "1 - log(1 - lambda**2)", "domain": ["0 < lambda < 0.9"]}
    proved, abstained = both(entry)
    assert proved.finding == Finding.PROVES
    assert abstained.finding == Finding.ABSTAINS
