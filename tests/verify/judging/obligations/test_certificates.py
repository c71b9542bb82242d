"""Certificates hold on the whole domain, ends and middles included: each next to what has none."""

import pytest
import sympy as sp

from verify.claims.file import make_claim
from verify.judging.model import Model
from verify.judging.obligations.certificates import Vanishes, certificate, nonzero
from verify.judging.obligations.obligation import Kind, Obligation
from verify.judging.symbolic.signs import NoSign
from verify.judging.translation import to_sympy

DISC = "abs(lambda) < 1"
SQUARE = ("0 < a < 1", "0 < b < 1")
WHOLE = ("a in integers", "b in integers")
CONSTANT = "as a constant is larger than all else together"
FACTORS = "by the signs of its factors"


def model_on(*ranges):
    """A claim whose domain has these ranges."""
    claim = {
        "id": "c",
        "autocorrelation": "KroneckerDelta(Delta, 0)",
        "quantity": "second_moment",
        "relation": "==",
        "formula": "1",
        "domain": list(ranges),
    }
    return Model(make_claim(claim))


def certified(text, kind, *ranges):
    """How it is certain that something is said of a function, in a claim's own words."""
    if not any("lambda" in one for one in ranges):
        ranges = ("0 < lambda < 1", *ranges)
    model, angle = model_on(*ranges), None
    names = model.names
    if "frequency" in text:
        angle = sp.Dummy("frequency", real=True)
        names = {**names, "frequency": angle}
    return certificate(model, Obligation("f", to_sympy(text, names), kind, text, angle=angle))


@pytest.mark.parametrize(
    ("text", "ranges", "how"),
    [
        ("1 + a", ["0 <= a < 1"], FACTORS),
        ("a - 2", ["0 <= a <= 1"], FACTORS),
        ("a*b", ["0 < a < 1", "0 < b <= 1"], FACTORS),
        ("exp(a)*(a + 1)", ["0 <= a < 1"], FACTORS),
        ("(a - b)**2", ["0 < a < 1/2", "1/2 <= b < 1"], FACTORS),
        ("conjugate(lambda)**2*abs(lambda - 2)", ["0 < abs(lambda) < 1"], None),
        ("(a - 1/2)**2 + b**2", ["0 < a < 1", "1/2 < b < 1"], None),
        ("2*I + a", ["0 < a < 1"], CONSTANT),
        ("2 + a**2 + b", ["a in integers", "b >= 0"], FACTORS),
        # a constant and what is smaller
        ("2 - lambda", ["abs(lambda) <= 1"], CONSTANT),
        ("1 - lambda", [DISC], CONSTANT),
        ("3 + I + lambda", [DISC], CONSTANT),
        ("5 - lambda**2", ["abs(lambda) <= 2"], CONSTANT),
        ("3/2 - sqrt(lambda)", ["abs(lambda) <= 2"], CONSTANT),
        ("2 - lambda*exp(I*t)", ["abs(lambda) <= 1", "t in integers"], CONSTANT),
        ("1 - lambda*(3 + 4*I)/5", [DISC], FACTORS),
        ("(2 - lambda)*conjugate(3 + lambda)", [DISC], CONSTANT),
        ("(6/5 - lambda)**2*exp(a)", [DISC, "0 < a < 1"], CONSTANT),
        ("abs(6/5 - lambda)", [DISC], CONSTANT),
        # whose factors are as simple, though it is not
        ("1 - a*lambda - lambda + a*lambda**2", [DISC, "0 < a < 1"], CONSTANT),
        ("1 - a*c*exp(I*t)", ["0 < a < 1", "0 < c <= 1", "t > 0"], CONSTANT),
        ("1 - a*c*exp(I*t)", ["0 < a <= 1", "0 < c < 1", "t > 0"], CONSTANT),
        ("1 - a/2 - lambda/2", [DISC, "0 < a <= 1"], CONSTANT),
        ("1 - a/2 - lambda/2", ["abs(lambda) <= 1", "0 < a < 1"], CONSTANT),
        ("2 - a*lambda*conjugate(lambda)**2*exp(I*t)", [DISC, "-1 < a <= 1", "t > 0"], CONSTANT),
        ("1 - a*exp(I*t)", ["0 < a < 1", "-9 < t < 9"], CONSTANT),
        ("1 - a*exp(I*t)", ["-1 < a < 1", "-9 < t < 9"], CONSTANT),
        ("3 - exp(t + I*s)", ["0 < t < 1", "-1 < s < 1"], FACTORS),
        # by the phases of its factors
        ("1 - 2*a*cos(s - t) + a**2", ["0 <= a < 1", "0 < s < pi", "0 < t < pi"], CONSTANT),
        ("exp(I*t) - a*exp(I*s)", ["-1 < a < 1", "0 < s < pi", "0 < t < pi"], CONSTANT),
    ],
)
def test_what_is_nowhere_0(text, ranges, how):
    found = certified(text, Kind.NONZERO, *ranges)
    assert how is None or found == how


@pytest.mark.every(3)
@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("a", ["0 <= a < 1"]),
        ("a", ["-1 < a <= 0"]),
        ("a*(b - 2)", ["0 <= a < 1", "0 < b < 1"]),
        ("a - a", ["0 < a < 1"]),
        ("abs(lambda)", [DISC]),
        ("conjugate(lambda)", [DISC]),
        # a number that is 0, though nobody sees it
        ("cos(pi/7) - cos(2*pi/7) + cos(3*pi/7) - 1/2", ["0 < a < 1"]),
        # of no size that is a number
        ("2 - lambda**a*exp(I*t)", [DISC, "0 < a < 1", "t > 0"]),
        ("lambda + exp(I*t)", ["abs(lambda) <= 1", "t > 0"]),
        ("1/2 - lambda", [DISC]),
        ("1 - a*c - lambda", ["abs(lambda) <= 1", "0 < a < 1", "0 <= c <= 0"]),
        ("1 - exp(I*t)*a**b", ["0 < a <= 1", "1 <= b <= 2", "t > 0"]),
        ("2 - lambda/a", [DISC, "1/4 < a < 1"]),
        ("1 - a/2 - lambda/2", ["abs(lambda) <= 1", "0 < a <= 1"]),
        ("3/2 - lambda/a", [DISC, "1/2 < a < 1"]),
        ("1 - lambda*t", [DISC, "t > 0"]),
        ("1 - a*exp(I*t)", ["0 < a <= 1", "-9 < t < 9"]),
        ("1 - a*exp(I*t)", ["-1 <= a < 1", "-9 < t < 9"]),
        ("1 - a*exp(I*t)", ["-2 < a < 1", "-9 < t < 9"]),
        ("3 - exp(t + I*s)", ["0 < t < 2", "-1 < s < 1"]),
        ("8 - lambda**2", ["abs(lambda) <= 3"]),
        ("3/2 - a*lambda", [DISC, "0 < a < 2"]),
        # where the halves of a box meet
        ("(a - 1/2)**2 + (b - 1/2)**2", SQUARE),
        ("(a - 1/4)**2 + (b - 1/2)**2", SQUARE),
        ("a**2 + b**2", ["-1 < a < 1", "-1 < b < 1"]),
        ("a**2 + b**4", WHOLE),
        ("exp(b) - 1 - b", WHOLE),
        ("cosh(a) + cosh(b) - 2", ["-1 < a < 1", "-1 < b < 1"]),
        ("cosh(a) + cosh(b) - 2", WHOLE),
        # where a root is
        ("sqrt((b - 1/4)**2) + sqrt((2*b - 1/2)**4)", SQUARE),
        # where two factors change their signs together
        ("a - a*exp(-a)", WHOLE),
        ("1 - 2*a*cos(s - t) + a**2", ["0 <= a <= 1", "0 < s < pi", "0 < t < pi"]),
    ],
)
def test_what_may_be_0(text, ranges):
    with pytest.raises(NoSign) as raised:
        certified(text, Kind.NONZERO, *ranges)
    # and where none is found, no change of sign is told
    assert str(raised.value)


def test_a_change_of_sign_is_one_wherever_it_was_seen():
    with pytest.raises(Vanishes, match=r"between a = -0\.5\d* and a = 0\.5"):
        certified("a", Kind.NONZERO, "-1 < a < 1")


def test_a_function_alone_is_not_0():
    claim = model_on("0 < lambda < 1")
    lam = claim.symbols["lambda"]
    assert nonzero(claim, lam + 1) == FACTORS
    with pytest.raises(NoSign):
        nonzero(claim, 2 * lam - 1)


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("a", ["0 < a < 1"]),
        ("1 - abs(lambda)", [DISC]),
        ("1 - re(lambda)", [DISC]),
        ("2 - re(lambda)", ["abs(lambda) <= 1"]),
        ("5/4 - re(lambda) - im(lambda)/5", ["1/2 <= abs(lambda) <= 1"]),
    ],
)
def test_what_is_positive(text, ranges):
    assert certified(text, Kind.POSITIVE, *ranges)


@pytest.mark.parametrize(
    ("text", "ranges", "why"),
    [
        ("a", ["0 <= a < 1"], "^at a = 0$"),
        ("a*(1 - a)", ["0 < a <= 1"], "^at a = 1$"),
        ("a*(1 - b)", ["0 <= a < 1", "0 < b <= 1"], "^at b = 1$"),
        ("a - 2", ["0 < a < 1"], "^at any point$"),
        ("(exp(a) - a)*(exp(b) - 1 - b)", ["-1 < a < 1", "b in integers"], "resists"),
        ("(exp(b) - b)*(exp(a) - 1 - a)", ["-1 < b < 1", "a in integers"], "resists"),
        ("a - b - c", ["0 <= a <= 1", "0 < b < 1", "c > 1"], "^at any point$"),
        ("abs(lambda)", [DISC], r"^at \|lambda\| = 0$"),
        ("1 - abs(lambda)", ["abs(lambda) <= 1"], r"^at \|lambda\| = 1$"),
        ("1 - re(lambda)", ["abs(lambda) <= 1"], None),
        ("1/2 + im(lambda)", [DISC], None),
    ],
)
def test_what_is_not_positive(text, ranges, why):
    with pytest.raises(NoSign, match=why):
        certified(text, Kind.POSITIVE, *ranges)


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("a*(1 - a)", ["0 <= a <= 1"]),
        ("a**2", ["-1 < a < 1"]),
        # by its squares
        ("(a - 1/3)**2 + (b - 1/7)**2 + 1 - a", SQUARE),
        ("(a - 1/3)**2*(b - 1/7)**4", SQUARE),
        # roots may be any number that is not negative
        ("sqrt(a - b) + b", ["1/2 < a < 1", "0 < b < 1/2"]),
        ("sqrt(sqrt(a - b) + b) + a*b", ["1/2 < a < 1", "0 < b < 1/2"]),
        ("a - a", ["0 < a < 1"]),
        ("abs(lambda - 1/2)*abs(lambda)", [DISC]),
        ("1 - cos(frequency)", ()),
        ("1 + a*cos(frequency)", ["-1 < a < 1"]),
    ],
)
def test_what_is_not_negative(text, ranges):
    assert certified(text, Kind.NONNEGATIVE, *ranges)


@pytest.mark.parametrize(
    ("text", "ranges", "why"),
    [
        ("a - 2", ["0 < a < 1"], "it is negative"),
        ("a - 1/2", ["0 < a < 1"], "it changes its sign"),
        ("b - (a - 1/3)**2", SQUARE, "it changes its sign"),
        ("(a - 1/3)**3 + b", SQUARE, None),
        ("a*b - 1/2 + (a - 1/3)**2*(b - 1/2)", SQUARE, None),
        ("sqrt(a) - 1/2", ["0 < a < 1"], None),
        ("abs(lambda - 1/2) - 1/4", [DISC], None),
        ("sqrt(lambda) + 1", [DISC], None),
        # a root of what may be negative is no number that is not
        ("sqrt(a - b) + b", SQUARE, None),
        ("1 - exp(-sqrt(a - 1/2))", SQUARE, None),
        ("sqrt(I*a) + 1", ["0 < a < 1"], None),
        ("9/10 + cos(frequency)", (), None),
        ("9/10 - cos(frequency)", (), None),
        ("9/10 + sin(frequency)", (), None),
    ],
)
def test_what_may_be_negative(text, ranges, why):
    with pytest.raises(NoSign, match=why):
        certified(text, Kind.NONNEGATIVE, *ranges)
