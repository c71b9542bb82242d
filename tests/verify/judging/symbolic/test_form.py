"""Signs that are read off an expression's form, held against its values."""

import random

import pytest
import sympy as sp

from verify.judging.symbolic.form import sign_by_form

r, s = sp.symbols("r s", real=True)  # of (0, 1) and (-2, 0)
w, v = sp.symbols("w v", real=True)  # of the line, and of (1, oo)
RANGES = {
    r: (sp.S.Zero, sp.S.One),
    s: (sp.S(-2), sp.S.Zero),
    w: (-sp.oo, sp.oo),
    v: (sp.S.One, sp.oo),
}
KNOWN = {
    r: 1,
    s: -1,
    r * s: -1,
    r * w**2 + v: 1,
    -r - w**4: -1,
    1 - sp.exp(-r): 1,
    1 - (1 + sp.exp(-w)) ** (-16 * r): 1,
    (1 + sp.exp(w)) ** s - 1: -1,
    sp.exp(s) - sp.exp(r): -1,
    1 - sp.exp(-2 * sp.exp(w)): 1,
    sp.log(1 + sp.exp(w)): 1,
    sp.log(r / (1 + r)): -1,
    s * sp.log(1 + sp.exp(w)): -1,
    sp.sqrt(1 + r) - 1: 1,
    s**3 - sp.S.Half: -1,
}  # fmt: skip
# of either sign, 0 somewhere, not real, or not to be told
UNKNOWN = [
    w, w**2, w**2 - v, 1 - sp.exp(w), sp.log(r), sp.log(v), sp.log(w), sp.log(s), sp.log(s - v),
    sp.log(v) + sp.log(r), sp.sqrt(s), s**r, 1 + s, sp.sqrt(1 + w**2) - 1, sp.I * r, sp.I,
    sp.exp(sp.I * r), sp.Symbol("z"), sp.exp(sp.Symbol("z")), sp.S.Zero, r * w, sp.cos(w),
]  # fmt: skip


@pytest.mark.parametrize("expr", KNOWN, ids=str)
def test_the_sign_is_that_of_all_values(expr):
    assert sign_by_form(expr, RANGES) == KNOWN[expr]
    draw = random.Random(1).uniform  # noqa: S311
    for _ in range(50):
        at = {r: draw(0, 1), s: draw(-2, 0), w: draw(-5, 5), v: draw(1, 9)}
        assert sp.sign(sp.N(expr.subs(at), 30)) == KNOWN[expr]


@pytest.mark.parametrize("expr", UNKNOWN, ids=str)
def test_nothing_is_said_of_what_has_none(expr):
    known = {sp.log(r): -1, sp.log(v): 1}
    assert sign_by_form(expr, RANGES) == known.get(expr, 0)


def test_a_range_may_be_one_number():
    assert sign_by_form(r, {r: (sp.S.Zero, sp.S.Zero)}) == 0
    assert sign_by_form(r, {r: (sp.sqrt(2), sp.sqrt(2))}) == 1
    assert sign_by_form(r, {r: (-sp.sqrt(2), -sp.sqrt(2))}) == -1
