"""Exponentials in forms in which nothing cancels, and bounds of what their roundings do."""

import re
from math import ceil, e, exp, inf, log

import pytest
import sympy as sp
from sympy.codegen.cfunctions import expm1, log1p

from numerics.codegen.conditioning import Cancellation
from numerics.codegen.exponentials import roundings, stable

x, y, w = sp.symbols("x y w", real=True)
p, q = sp.symbols("p q", positive=True)
z = sp.Symbol("z")
RANGE = 80  # of every argument, as printed docstrings say
LARGEST = 710
sigmoid = 1 / (1 + sp.exp(-x))

STABLE = {
    1 - sp.exp(x): -expm1(x),
    sp.exp(z) - 1: expm1(z),
    sp.exp(-sp.exp(x)) * (1 - sp.exp(-p)): -sp.exp(-sp.exp(x)) * expm1(-p),
    sp.log(1 + sp.exp(x)): log1p(sp.exp(x)),
    1 - sigmoid: 1 / (1 + sp.exp(x)),
    1 - sp.tanh(x): 2 / (1 + sp.exp(2 * x)),
    # for which there is nothing better
    sp.exp(x) - 1 + y: expm1(x) + y,
    sp.exp(z) - 1 + y: expm1(z) + y,
    sp.exp(x) - sp.exp(y): sp.exp(x) - sp.exp(y),
    # in which nothing cancels
    sp.log(2 + sp.exp(x)): sp.log(2 + sp.exp(x)),
    sp.log(p): sp.log(p),
    x * sp.exp(y) * (1 / p + 1 / q): x * sp.exp(y) * (1 / p + 1 / q),
    -sp.exp(x) - sp.exp(2 * x): -sp.exp(x) - sp.exp(2 * x),
    p - p**2 / (1 + p): p - p**2 / (1 + p),  # what is no exponential is left to others
}


@pytest.mark.parametrize(("expr", "expected"), STABLE.items(), ids=map(str, STABLE))
def test_the_stable_form(expr, expected):
    assert stable(expr) == expected


@pytest.mark.parametrize(
    ("expr", "number"),
    [
        (sp.exp(x), 4),
        (sp.tanh(x), 8),
        (expm1(x), 8),
        (log1p(p), 8),
        (sp.exp(x) + sp.exp(y), 5),
        (-sp.exp(x) - sp.exp(y), 5),
        (2 * sp.exp(x) * sp.exp(y), 9),
    ],
)
def test_a_function_of_exact_numbers_errs_by_a_few_ulp(expr, number):
    assert roundings(expr, LARGEST) == number


# of a function f at a rounded x: a bound of |x f′(x)/f(x)|
CONDITIONED = {
    sp.tanh(3 * x): 1,
    expm1(-3 * p): 1,
    log1p(3 * p): 1,
    expm1(3 * x): 3 * RANGE + 1,
    expm1(3 * p): 3 * RANGE + 1,
    sp.exp(3 * x): 3 * RANGE,
    sp.exp(-3 * x): 3 * RANGE,
    sp.exp(x / 3): RANGE / 3,
    sp.exp(x + y): 2 * RANGE,
    sp.exp(x + 1): RANGE + 1,
}


@pytest.mark.parametrize(("expr", "condition"), CONDITIONED.items(), ids=map(str, CONDITIONED))
def test_the_error_of_an_argument_grows_by_the_condition(expr, condition):
    own, inner = roundings(expr.func(p), LARGEST), roundings(expr.args[0], LARGEST)
    assert roundings(expr, LARGEST) == ceil(inner * condition) + own


# a bound of a rounded value, by which its error grows in an exponential
SIZES = {
    1 / (p * q + 2): 1 / 2,
    1 / (-p * q - 2): 1 / 2,
    sigmoid: 1,
    1 / (p + q): inf,
    1 / (1 + x): inf,
    (1 + sp.exp(x)) ** 2: inf,
    1 / p: inf,
    sp.exp(-p): 1,
    expm1(-p): 1,
    expm1(p): inf,
    sp.exp(sigmoid): e,
    sp.exp(2 * x * y): inf,
    log1p(p): log(1 + RANGE),
    # less is known than could be
    sp.tanh(p / RANGE): inf,
    sp.tanh(1 / (1 + p)): inf,
}


@pytest.mark.parametrize(("expr", "size"), SIZES.items(), ids=map(str, SIZES))
def test_the_error_of_an_exponent_grows_by_its_size(expr, size):
    """As far as there are numbers: an exponential of anything larger leaves the format."""
    inner = roundings(expr, LARGEST)
    assert roundings(sp.exp(expr), LARGEST) == ceil(inner * min(size, LARGEST)) + 4


REFUSED = {
    sp.exp(z): "is complex",
    sp.exp(sp.I * x): "is complex",
    sp.exp(x) - 1: "has terms of both signs",
    sp.exp(x + y + w): "has terms of both signs",
    sp.exp(x + y / 3): "has terms of both signs",
    sp.exp(x + p * q): "has terms of both signs",
    sp.sin(p): "nothing is known of the errors of sin(p)",
    sp.log(1 + p): "nothing is known of the errors of log(p + 1)",
    log1p(x): "log1p(x) does not exist everywhere",
    sp.exp(log1p(x)): "log1p(x) does not exist everywhere",
}


@pytest.mark.parametrize(("expr", "reason"), REFUSED.items(), ids=map(str, REFUSED))
def test_what_has_no_bound_is_refused(expr, reason):
    with pytest.raises(Cancellation, match=re.escape(reason)):
        roundings(expr, LARGEST)


def test_where_exponents_are_not_limited_they_must_be_bounded():
    """As in mpmath."""
    assert roundings(sp.exp(sp.exp(x)), inf) == ceil(4 * exp(RANGE) + 4)
    for expr in (sp.exp(sp.exp(2 * x)), sp.exp(1 / p)):
        with pytest.raises(Cancellation, match="exponents of any size"):
            roundings(expr, inf)
