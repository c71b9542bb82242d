"""Forms in which nothing cancels: equal to what they are of, of one sign by their terms alone."""

import re
from dataclasses import replace
from itertools import product
from math import prod

import pytest
import sympy as sp

from numerics.codegen.conditioning import (
    Cancellation,
    Disc,
    Interval,
    _exact_weights,
    conditioned,
    roundings,
)
from theory.algebra.conjugation import bar
from theory.inputs import exponential
from theory.moments import second_moment, sensitivity
from theory.symbols import lam, lam1, lam2, rho

x, y = sp.symbols("x y", real=True)
k = sp.Symbol("k")
z = bar(lam)
VARIABLES = frozenset({lam, lam1, lam2, rho, x, y})


def form(expr):
    return conditioned(expr, VARIABLES)


SIMPLE = {
    1 - x: "one_minus_x",
    2 - x - y: "one_minus_x + one_minus_y",
    x**2: "x**2",
    x**2 + y**2: "x**2 + y**2",
    x * (1 - y): "one_minus_y*x",
    x - y: "x_minus_y",
    1 / (1 - x**2): "1/(one_minus_x*one_plus_x)",
    (x - y) ** 2 * (1 - x): "one_minus_x*x_minus_y**2",
    k**2 / (1 - x): "k**2/one_minus_x",
    1 - lam * z: "one_minus_abs2_lam",
    1 + lam * z: "abs2_lam + 1",
    1 - lam**2 * z**2: "one_minus_abs2_lam*(abs2_lam + 1)",
    (1 - lam) * (1 - z): "abs2_one_minus_lam",
    (1 + lam) * (1 + z): "abs2_one_plus_lam",
    (1 - lam * z) * (1 - y**2): "one_minus_abs2_lam*one_minus_y*one_plus_y",
    lam1 * bar(lam1): "abs2_lam1",
}


@pytest.mark.parametrize(("expr", "expected"), SIMPLE.items(), ids=map(str, SIMPLE))
def test_what_is_a_product_of_factors_becomes_one(expr, expected):
    found = form(expr)
    assert str(found.expression) == expected
    assert found.constant == 1
    assert not found.is_root


POINTS = [
    {x: sp.Rational(a, 7), y: sp.Rational(b, 11), lam: (c + d * sp.I) / 13}
    for a, b, c, d in [(1, -2, 3, 4), (-6, 10, -12, 1), (5, 9, 5, -11), (0, 0, 0, 0)]
]


def factors_at(point):
    """The values of all factors, by name, as they are meant."""
    found = {"x_minus_y": point[x] - point[y]}
    for v in (x, y):
        found |= {v.name: point[v], f"one_minus_{v}": 1 - point[v], f"one_plus_{v}": 1 + point[v]}
    at, abs2 = point[lam], lambda value: sp.expand(value * sp.conjugate(value))
    return found | {
        "re_lam": sp.re(at),
        "one_minus_re_lam": 1 - sp.re(at),
        "one_plus_re_lam": 1 + sp.re(at),
        "abs2_lam": abs2(at),
        "one_minus_abs2_lam": 1 - abs2(at),
        "abs2_one_minus_lam": abs2(1 - at),
        "abs2_one_plus_lam": abs2(1 + at),
    }


OF_ONE_SIGN = [
    1 / (1 - x**2),
    x**2 + y**2,
    1 - lam**2 * z**2,
    (1 - lam**2) * (1 - z**2),
    sp.Rational(3, 5) * (1 - x),
    sp.Rational(4, 3) * (1 - x) ** 3 / (1 - x * y) ** 2,
    (x - y) ** 2 / (1 - x * y),
    2 + x**3,
    3 - 3 * x + x**2,
    1 - x**2 * y**2,
    2 - lam - z,
    2 + lam + z,
    (lam + z) ** 2,
    (4 - (lam + z) ** 2) * (1 - lam * z),
    (2 - lam) * (2 - z),
    *((1 - sign * lam * x**n) * (1 - sign * z * x**n) for n in (1, 2) for sign in (1, -1)),
    second_moment(exponential(x)),
    sensitivity(exponential(x)),
]


@pytest.mark.parametrize("expr", OF_ONE_SIGN, ids=map(str, range(len(OF_ONE_SIGN))))
def test_a_form_is_the_expression_and_adds_terms_of_one_sign(expr):
    """SymPy sees the sign from the factors', which are never negative; all others are squared."""
    found = form(expr)
    assert all(part.is_nonnegative for part in sp.fraction(found.expression))
    for point in POINTS:
        values = factors_at(point)
        value = found.expression.subs({s: values[s.name] for s in found.expression.free_symbols})
        exact = expr.subs({**point, z: sp.conjugate(point[lam])})
        assert found.constant * value == sp.expand_complex(exact)


def test_a_form_has_few_products_of_few_factors():
    """Another form of this one has five products."""
    modulus, real_part = lam * z, (lam + z) / 2
    found = form(modulus**2 - modulus * real_part + modulus - 2 * real_part + 3)
    terms = (
        "abs2_lam*abs2_one_minus_lam + 3*abs2_one_minus_lam + one_minus_abs2_lam**2"
        " + 2*one_plus_re_lam"
    )
    assert str(found.expression) == terms


def test_the_opposite_of_a_form_has_the_opposite_constant():
    for expr in (1 - x, 3 - 3 * x + x**2, (2 - lam) * (2 - z)):
        assert form(-expr).constant == -form(expr).constant
        assert form(-expr).expression == form(expr).expression


def test_a_positive_multiple_of_a_root_is_the_root_of_a_form():
    """Its sign would be lost in its square, if it had one."""
    root = sp.sqrt(1 - x**2)
    for expr in (root, 3 * root, x**2 * root, 1 / root):
        found = form(expr)
        assert found.is_root
        assert replace(found, is_root=False) == form(expr**2)


REFUSED = {
    x + sp.Rational(1, 2): "2*x + 1 changes its sign",
    (1 + lam * z) * (lam + z - 1): "re_lam - 1 changes its sign",
    30 * x**2 - 15 * x + 2: "no positive form of its degree",
    -sp.sqrt(1 - x**2): "no rational function",
    x * sp.sqrt(1 - x**2): "no rational function",
    x**y: "no rational function",
    sp.exp(x): "no rational function",
    lam: "not the same at lambda and its conjugate",
    z * (1 - x): "not the same at lambda and its conjugate",
    lam - z: "not the same at lambda and its conjugate",
    lam1 * bar(lam1) + lam2 * bar(lam2): "two complex variables",
    k + x: "nothing is known of k",
    x * sp.exp(k): "nothing is known of k",
}


@pytest.mark.parametrize(("expr", "reason"), REFUSED.items(), ids=map(str, REFUSED))
def test_what_has_no_form_is_refused(expr, reason):
    with pytest.raises(Cancellation, match=re.escape(reason)):
        form(expr)


DOMAINS = [(Interval(x), (4,)), (Disc(lam), (2, 3))]


@pytest.mark.parametrize(("domain", "degrees"), DOMAINS)
def test_products_of_factors_are_of_no_higher_degree(domain, degrees):
    factors = domain.factors.values()
    found = [*domain.products(degrees)]
    assert len(set(found)) == len(found)
    for powers in found:
        polynomial = prod(f**n for f, n in zip(factors, powers, strict=True))
        of_product = sp.Poly(polynomial, *domain.generators).degree_list()
        assert all(a <= b for a, b in zip(of_product, degrees, strict=True))


@pytest.mark.parametrize("domain", [domain for domain, _ in DOMAINS])
def test_points_lie_where_all_factors_are_positive(domain):
    for at in product((-98, -97, -50, 1, 2, 50, 98), repeat=2):
        point = dict(zip(domain.generators, domain.point(*at), strict=True))
        assert all(f.subs(point) > 0 for v, f in domain.factors.items() if v != domain.variable)


def test_variables_are_those_that_occur():
    found = form((1 - lam * z) * (1 - y**2) / (1 - x * y))
    assert found.domains == (Disc(lam), Interval(x), Interval(y))
    assert found.differences == []
    assert form((x - y) ** 2).differences == [(x, y)]


@pytest.mark.parametrize(
    ("expr", "number"),
    [
        (1 - x, 1),
        (1 - lam * z, 4),
        (x - y, 1),
        (k, 0),
        (k * (1 - x), 2),  # the factor's, and a product's
        (4 * (1 - x) / k, 2),
        (sp.Rational(3, 5) * (1 - x), 3),
        (1 - x * y, 4),  # of products with two factors of one rounding each, and their sum
        (1 / (1 - x**2), 4),  # a product's and a division's
        (sp.sqrt((1 - x) * (1 - x * y)), 4),  # half of 6 and its own
        ((1 - lam * z) ** 2, 9),  # twice 4 and a square's
        ((x - y) ** 2 * (1 - lam * z), 8),  # twice 1, a square's, 4, and a product's
    ],
)
def test_roundings_are_those_of_the_factors_and_of_what_is_done_with_them(expr, number):
    assert form(expr).roundings == number


def test_factors_that_are_rounded_more_often_count_as_often():
    assert form((1 - lam * z) * (1 - x)).with_roundings(12).roundings == 12 + 1 + 1


@pytest.mark.parametrize(
    ("expr", "number"),
    [(x / 3, 2), (x / 4, 0), (3 * x, 1), (k / 3 + x / 4, 3), (sp.Integer(3), 0), (x**y, 0)],
)
def test_of_numbers_only_powers_of_two_are_free(expr, number):
    assert roundings(expr, lambda _: 0) == number


def test_other_terms_count_as_is_said():
    assert roundings(2 * x**y + sp.sin(x), {x**y: 5, sp.sin(x): 7}.get) == 8
    assert roundings(x / y, {x: 3, y: 5}.get) == 9


@pytest.mark.parametrize(
    ("exponent", "own"),
    [("2", 1), ("3", 2), ("4", 3), ("-1", 1), ("-2", 2), ("1/2", 1), ("-1/2", 2), ("3/2", 2)],
)
def test_a_power_counts_what_a_library_may_round(exponent, own):
    """By products, a root, or a power that errs by an ulp, then a division."""
    assert roundings(x ** sp.Rational(exponent), lambda _: 0) == own


ring, t = sp.ring("t", sp.QQ)


@pytest.mark.parametrize(
    ("columns", "target", "weights"),
    [
        ([1 + t, 1 - t], ring(1), [sp.Rational(1, 2)] * 2),
        ([1 + t, 1 - t], 1 + t, [1, 0]),
        ([1 + t], ring(1), None),  # too few
        ([1 + t, 1 + t], 1 + t, None),  # the same one twice
        ([1 + t, 1 + t], ring(1), None),
        ([1 + t, t], ring(1), None),  # 1 and −1
    ],
)
@pytest.mark.parametrize("sign", [1, -1])
def test_weights_are_exact_and_never_negative(columns, target, weights, sign):
    if weights:
        assert _exact_weights(columns, sign * target, sign) == weights
    else:
        with pytest.raises(Cancellation, match="is not exact"):
            _exact_weights(columns, sign * target, sign)
