"""An obligation fails at a place, holds by a certificate, or stays open: each next to the other."""

import pytest
import sympy as sp

from numerics.arithmetic.evaluation import NotEvaluated
from verify.claims.file import make_claim
from verify.judging.model import Model
from verify.judging.obligations.deciding import ball_at, decide
from verify.judging.obligations.obligation import Kind, Obligation, State
from verify.judging.symbolic.signs import NoSign
from verify.judging.translation import to_sympy

DISC = "abs(lambda) < 1"
PLANE = ("0 < a < 1", "0 < b < 1")


def model_on(*ranges, **fields):
    """A claim whose domain has these ranges, and one for λ."""
    own = [] if any("lambda" in one for one in ranges) else ["0 < lambda < 1"]
    claim = {
        "id": "c",
        "autocorrelation": "KroneckerDelta(Delta, 0)",
        "quantity": "second_moment",
        "relation": "==",
        "formula": "1",
        "domain": [*own, *ranges],
        **fields,
    }
    return Model(make_claim(claim))


def decided(text, kind, *ranges, **fields):
    """What becomes of an obligation about a function, in a claim's own words."""
    model, angle = model_on(*ranges), None
    names = model.names
    if "frequency" in text:
        angle = sp.Dummy("frequency", real=True)
        names = {**names, "frequency": angle}
    function = to_sympy(text, names)
    return decide(model, Obligation("f", function, kind, text, angle=angle, **fields), 0)


@pytest.mark.parametrize(
    ("text", "kind", "ranges", "where"),
    [
        ("a", Kind.NONZERO, ["0 <= a < 1"], "at a = 0, lambda = "),
        ("(a - 1/3)*b", Kind.NONZERO, PLANE, "at a = 1/3, "),
        ("conjugate(lambda)", Kind.NONZERO, [DISC], "at lambda = 0"),
        ("lambda - 3/5 - 4/5*I", Kind.NONZERO, ["abs(lambda) <= 1"], "at lambda = "),
        ("a**2 - 1/2", Kind.NONZERO, ["0 < a < 1"], "between a = "),
        ("(a - 1/3)**2 + (b - 1/7)**2", Kind.NONZERO, PLANE, "at a = 1/3, b = 1/7, "),
        ("(n - 70)**2 + (m - 90)**2", Kind.NONZERO, ["n >= 1 in integers", "m in integers"], "at "),
        # nowhere near what anyone would look at
        ("a - b*sqrt(2)/1000 - 123456/789123", Kind.NONZERO, PLANE, ""),
        ("b*(1 - cos(a))", Kind.NONZERO, ["-1 < a < 2", PLANE[1]], "at a = 0"),
        ("1 - cos(a)", Kind.NONZERO, ["1 < a < 7"], "at a = 2*pi"),
        ("1 - cos(3*a)", Kind.NONZERO, ["0 < a < pi"], "at a = 2*pi/3"),
        ("1 - sin(a)", Kind.NONZERO, ["0 < a < 2"], "at a = pi/2"),
        ("1 + cos(a)", Kind.NONZERO, ["0 <= a <= pi"], "at a = pi"),
        ("1 - cos(a)", Kind.NONZERO, ["0 <= a < pi"], "at a = 0"),
        ("exp(b) - cosh(a)", Kind.NONZERO, ["0 <= a < 1", "0 <= b < 1"], "at a = 0, b = 0"),
        ("a", Kind.POSITIVE, ["0 <= a < 1"], "at a = 0, "),
        ("a - 1/1000", Kind.POSITIVE, ["0 < a < 1"], "at a = "),
        ("1 - abs(lambda)**2", Kind.POSITIVE, ["abs(lambda) <= 1"], "at lambda = "),
        ("a - 1/1000", Kind.NONNEGATIVE, ["0 < a < 1"], "at a = "),
        ("(a - 1/2)**2 - 1/10**9", Kind.NONNEGATIVE, ["0 < a < 1"], "at a = 1/2, "),
        # least by far where its modulus is greatest
        (
            "2 - 60/(1000*(n - 3)**2 + 1)",
            *(Kind.NONNEGATIVE, ["1 <= n <= 6 in integers"], "at lambda = "),
        ),
        ("sqrt(a - 1/2)", Kind.NONNEGATIVE, ["0 < a < 1"], "at a = "),
        ("lambda*a", Kind.REAL, [DISC, "0 < a < 1"], "at a = "),
        ("sqrt(a - 1/9)", Kind.REAL, ["0 < a < 1"], "at a = "),
        ("a - I*b", Kind.REAL, PLANE, "at a = "),
        ("cos(frequency) + 9/10", Kind.NONNEGATIVE, (), "frequency "),
        ("cos(frequency - 1/100) + 999999/10**6", Kind.NONNEGATIVE, (), "frequency -3.13"),
        ("cos(2*frequency) + 9/10", Kind.NONNEGATIVE, (), "frequency -1.57"),
        # least by far where its modulus is greatest
        ("1/10 - 5*exp(10000*(cos(frequency) - 1))", Kind.NONNEGATIVE, (), "frequency 0"),
        ("cos(frequency) + 1 - b", Kind.NONNEGATIVE, PLANE, "frequency "),
    ],
)
def test_where_it_fails_is_said(text, kind, ranges, where):
    found = decided(text, kind, *ranges)
    assert (found.state, found.obligation.kind) == (State.FAILED, kind)
    assert where in found.how
    # where less may do, the question is open
    enough = decided(text, kind, *ranges, is_enough=True)
    assert (enough.state, enough.how) == (State.OPEN, found.how)


@pytest.mark.parametrize(
    ("text", "kind", "ranges"),
    [
        ("a", Kind.NONZERO, ["0 < a < 1"]),
        ("1 + a", Kind.NONZERO, ["0 <= a < 1"]),
        ("b*(1 - cos(a))", Kind.NONZERO, ["0 < a < 1", PLANE[1]]),
        ("1 - cos(a)", Kind.NONZERO, ["-pi < a < 0"]),
        ("1 - cos(3*a)", Kind.NONZERO, ["0 < a < 2"]),
        ("1 + cos(a)", Kind.NONZERO, ["-pi < a < pi"]),
        ("sin(a)", Kind.NONZERO, ["0 < a < pi"]),
        ("lambda - 3/5 - 4/5*I", Kind.NONZERO, [DISC]),
        ("a", Kind.POSITIVE, ["0 < a < 1"]),
        ("1 - abs(lambda)", Kind.POSITIVE, [DISC]),
        ("a", Kind.NONNEGATIVE, ["0 <= a < 1"]),
        ("(a - 1/3)**2", Kind.NONNEGATIVE, ["0 < a < 1"]),
        ("(1 + a)**3*exp(a)", Kind.REAL, ["0 < a < 1"]),
        ("lambda + conjugate(lambda)", Kind.REAL, [DISC]),
        ("cos(frequency) + 1", Kind.NONNEGATIVE, ()),
        ("cos(frequency) + 1 + b", Kind.NONNEGATIVE, PLANE),
    ],
)
def test_what_holds_has_a_certificate(text, kind, ranges):
    found = decided(text, kind, *ranges)
    assert found.state is State.DISCHARGED
    assert found.how.startswith(("by the signs", "as a constant", "on a cover", "as what it is"))


@pytest.mark.parametrize(
    ("text", "kind", "ranges"),
    [
        # 0 between whole numbers, and at an open irrational end
        ("2*n - 3", Kind.NONZERO, ["1 <= n <= 4 in integers"]),
        ("a**2 - 1/2", Kind.NONZERO, ["0 < a < sqrt(2)/2"]),
        # that is complex, and changes no sign
        ("a - 1/2 + I*(b - sqrt(2)/2)", Kind.NONZERO, PLANE),
    ],
)
def test_what_neither_fails_nor_is_certain_is_open(text, kind, ranges):
    found = decided(text, kind, *ranges)
    assert found.state is State.OPEN
    assert found.how.startswith("no certificate: ")


@pytest.mark.parametrize("other", ["refined", "bottom"])
def test_each_way_downhill_ends_at_a_zero(monkeypatch, other):
    monkeypatch.setattr(f"verify.judging.obligations.deciding.{other}", lambda *_: ())
    found = decided("a - 1/3 + I*(b - 1/7)", Kind.NONZERO, *PLANE)
    assert found.how.startswith("at a = 1/3, b = 1/7, ")


def test_floats_find_a_change_of_sign_that_no_cover_does(monkeypatch):
    def none(*_):
        raise NoSign("no cover")

    monkeypatch.setattr("verify.judging.obligations.deciding.certificate", none)
    found = decided("a**2 - 1/2", Kind.NONZERO, "0 < a < 1")
    assert found.state is State.FAILED
    assert found.how.startswith("between a = ")


def test_without_floats_a_cover_may_find_the_place(monkeypatch):
    def none(*_):
        raise NotEvaluated("f has no value")

    monkeypatch.setattr("verify.judging.obligations.deciding.values", none)
    found = decided("a", Kind.NONZERO, "-1 <= a < 1")
    assert (found.state, found.how) == (State.FAILED, "between a = -0.500000 and a = 0.500000")
    assert decided("a", Kind.NONNEGATIVE, "-1 <= a < 1").state is State.OPEN
    assert decided("cos(frequency) + 9/10", Kind.NONNEGATIVE).state is State.OPEN


def test_whether_what_an_input_has_is_real_is_open():
    for is_complex, state in ((True, State.OPEN), (False, State.DISCHARGED)):
        claim = model_on("0 < a < 1", complex_input=is_complex)
        function = sp.Function("R")(1) * claim.symbols["a"]
        outcome = decide(claim, Obligation("f", function, Kind.REAL, "R(1)*a"), 0)
        assert (outcome.state, outcome.obligation.kind) == (state, Kind.REAL)
    claim = model_on(DISC)
    function = sp.Function("C")(claim.symbols["lambda"])
    outcome = decide(claim, Obligation("f", function, Kind.REAL, "sum(…)"), 0)
    assert outcome.state is State.OPEN


def test_a_ball_is_sharp_enough_for_a_sign():
    model = model_on("0 < a < 1")
    tiny = model.symbols["a"] - model.symbols["a"] * (1 + sp.Rational(1, 10**60))
    assert ball_at(model, tiny, model.domain.inside).real < 0
