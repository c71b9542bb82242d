"""The second judge's field: exact arithmetic, signs, roots, leading terms, and two derivations."""

import math
from fractions import Fraction

import flint
import pytest
from hypothesis import given, strategies as st

from verify.claims.claim import Limit
from verify.claims.expressions import parse
from verify.claims.file import make_claim
from verify.claims.selection import paper_claims
from verify.judging.evidence import Finding, MeaningError
from verify.judging.exact.field import Field, Generator, Unsupported
from verify.judging.exact.judge import judge
from verify.judging.exact.leading import leading_term
from verify.judging.exact.moments import quantity
from verify.judging.exact.reader import Reader
from verify.judging.exact.sequence import in_falling_factorials
from verify.judging.model import Model
from verify.judging.points import Polar
from verify.judging.routes.series import series_value


@pytest.fixture
def unit_interval():
    field = Field()
    x = field.generator(field.new(Generator("x", (Fraction(0), Fraction(1)))))
    y = field.generator(field.new(Generator("y", (Fraction(0), Fraction(1)))))
    return field, x, y, field.constant(1)


def test_signs(unit_interval):
    field, x, y, one = unit_interval
    assert field.is_nonnegative(one - x * y)
    assert not field.is_nonnegative(x - y)
    assert field.is_nonnegative((x - y) ** 2)
    assert field.is_nonnegative((one - x) / (one + x * y) ** 3)
    # positive, but only just: needs the box halved
    assert field.is_nonnegative(x * x - x + one.scaled(Fraction(13, 50)))
    assert not field.is_nonnegative(x * x - x + one.scaled(Fraction(12, 50)))


def test_signs_on_the_whole_line():
    field = Field()
    x = field.generator(field.new(Generator("x", (None, None))))
    assert field.is_nonnegative(x * x + field.constant(1))
    assert not field.is_nonnegative(x + field.constant(1))
    assert not field.is_nonnegative(x)


def test_roots_are_recognised(unit_interval):
    field, x, _, one = unit_interval
    assert field.sqrt(one - x * x) == field.sqrt(one - x) * field.sqrt(one + x)
    assert field.sqrt(one - x) * field.sqrt(one - x) == one - x
    assert field.sqrt(field.constant(Fraction(8, 9))) == field.sqrt(
        field.constant(2)
    ) * field.constant(Fraction(2, 3))
    assert field.sqrt(x * x) == x


def test_roots_of_unknown_sign_are_refused(unit_interval):
    field, x, y, one = unit_interval
    with pytest.raises(Unsupported):
        field.sqrt(x - y)
    with pytest.raises(Unsupported):
        field.sqrt(-one)


def test_derivative_of_a_root(unit_interval):
    field, x, _, one = unit_interval
    root = field.sqrt(one - x * x)
    assert root.derivative(0) == -x / root


@given(st.integers(0, 6), st.integers(0, 4), st.integers(0, 20))
def test_falling_factorials(n, k, lag):
    expansion = sum(c * math.perm(lag, j) for j, c in in_falling_factorials(n, k).items())
    assert expansion == lag**n * math.perm(lag, k)


@pytest.mark.parametrize(
    ("formula", "limit", "expected"),
    [
        ("(1 - lambda**2)/(1 - lambda)", ("lambda", "1", "-"), (0, 2)),
        ("(1 - lambda)**2/(1 - lambda**3)", ("lambda", "1", "-"), (1, Fraction(1, 3))),
        ("(3*lambda**2 + 1)/lambda", ("lambda", "0", "+"), (-1, 1)),
        ("(exp(lambda) - 1 - lambda)/lambda**2", ("lambda", "0", "+"), (0, Fraction(1, 2))),
        ("(1 - exp(-exp(x)))/exp(x)", ("x", "-1", "oo"), (0, 1)),
        ("tanh(x)", ("x", "1", "oo"), (0, 1)),
        ("x**3/(2*x**2 + 1)", ("x", "1", "oo"), (-1, Fraction(1, 2))),
    ],
)
def test_leading_terms(formula, limit, expected):
    claim = make_claim(
        {
            "id": "x",
            "autocorrelation": "KroneckerDelta(Delta, 0)",
            "quantity": "second_moment",
            "relation": "==",
            "formula": formula,
            "domain": ["0 < lambda < 1", "-1 < x < 1"],
        }
    )
    reader = Reader(claim)
    name, target, direction = limit
    order, above, below = leading_term(
        reader.expression(claim.formula), reader.parameters, Limit(name, parse(target), direction)
    )
    assert (order, above / below) == (expected[0], reader.field.constant(Fraction(expected[1])))


def test_essential_singularities_are_refused():
    claim = make_claim(
        {
            "id": "x",
            "autocorrelation": "KroneckerDelta(Delta, 0)",
            "quantity": "second_moment",
            "relation": "==",
            "formula": "exp(1/lambda)",
            "domain": ["0 < lambda < 1"],
        }
    )
    reader = Reader(claim)
    with pytest.raises(Unsupported):
        leading_term(
            reader.expression(claim.formula), reader.parameters, Limit("lambda", parse("0"), "+")
        )


def ball(value):
    return flint.acb(flint.arb(flint.fmpq(value.numerator, value.denominator)))


def element_at(element, reader, point):
    """A ball around the element's value, from what each generator means."""
    known = {"I": flint.acb(0, 1), "pi": flint.acb(flint.arb.pi())}
    for name, coordinate in point.coordinates.items():
        if isinstance(coordinate, Polar):
            known[f"|{name}|"] = ball(coordinate.modulus)
            cosine, sine = coordinate.direction
            known[f"arg {name}"] = ball(cosine) + known["I"] * ball(sine)
        else:
            known[name] = ball(coordinate)

    def generator(number):
        meaning = reader.field.generators[number]
        if meaning.name in known:
            return known[meaning.name]
        if meaning.exponent is not None:
            return (at(meaning.exponent.num) / at(meaning.exponent.den) / 2).exp()
        return at(meaning.square).sqrt()

    def at(poly):
        total = flint.acb(0)
        for exponents, coefficient in poly.to_dict().items():
            term = flint.acb(flint.arb(coefficient))
            for number, exponent in enumerate(exponents):
                if exponent:
                    term *= generator(number) ** int(exponent)
            total += term
        return total

    return at(element.num) / at(element.den)


CONCRETE = [c for c in paper_claims() if not (c.arbitrary or c.limit is not None or c.experiment)]


@pytest.mark.parametrize("claim", CONCRETE, ids=lambda c: c.id)
def test_quantities_agree_with_the_series(claim):
    """The exact quantity of the second judge against the definition's series."""
    reader, model = Reader(claim), Model(claim)
    try:
        exact = quantity(reader)
    except Unsupported as reason:
        pytest.skip(f"the second judge does not handle {reason}")
    with flint.ctx.workprec(400):
        for point in model.domain.sample(3, seed=5):
            try:
                expected = series_value(model, point.values(model))
            except MeaningError:  # |λ| too near 1 for the series
                continue
            found = element_at(exact, reader, point)
            difference = found - expected
            assert difference.contains(0)
            # the ball of the series is sharp; a curvature loses digits to cancellation
            assert abs(difference).abs_upper() < flint.arb(10) ** -20 * (1 + abs(expected))


@pytest.mark.parametrize(
    ("ranges", "is_proved"),
    [
        (["abs(lambda) < 1", "0 < rho < 1"], True),
        (["abs(lambda) <= 1/2", "0 < rho < 1"], True),
        (["-1 < lambda < 1", "0 < rho < 1"], True),
        (["abs(lambda) <= 1", "0 < rho < 1"], False),
        (["abs(lambda) <= cos(0)", "0 < rho < 1"], False),
    ],
)
def test_a_leading_coefficient_is_not_0_where_a_constant_is_larger_than_all_else(ranges, is_proved):
    # the leading coefficient is a product of 1 − λ and its conjugate
    fields = {"quantity": "second_moment", "relation": "~", "limit": "rho -> 1-"}
    ar1 = {"id": "c", "autocorrelation": "rho**Delta", "domain": ranges}
    claim = make_claim({**ar1, **fields, "formula": "1/abs(1 - lambda)**2"})
    assert (judge(claim).finding is Finding.PROVES) == is_proved


@pytest.mark.parametrize(
    ("limit", "domain", "formula"),
    [
        # true ones, that were contradicted, and a false one, that was proved
        (
            "lambda -> 0+",
            ["0 < lambda < 1"],
            "(exp(lambda*sqrt(1 + lambda)) - 1 - lambda)/lambda**2",
        ),
        (
            "x -> -oo",
            ["0 < lambda < 1", "x < -5"],
            "(exp(x*exp(x)) - 1 + exp(2*x))/(exp((x + 1)*exp(x)) - 1)/(1 - lambda**2)",
        ),
        (
            "lambda -> 0-",
            ["-1 < lambda < 0"],
            "1 + (exp(lambda*sqrt(1 + lambda)) + exp(-lambda*sqrt(1 + lambda))"
            " - 2 - lambda**2 + lambda**3)/lambda**3",
        ),
    ],
)
def test_no_other_function_of_the_parameter_is_in_an_expanded_exponent(limit, domain, formula):
    fields = {"quantity": "second_moment", "relation": "~", "limit": limit, "formula": formula}
    white = {"id": "c", "autocorrelation": "KroneckerDelta(Delta, 0)", "domain": domain}
    assert judge(make_claim({**white, **fields})).finding is Finding.ABSTAINS
