"""What proofs take from the derivation: polynomials with a sign, and rational functions as text."""

from __future__ import annotations

import pytest
import sympy as sp

from verify.claims.selection import select
from verify.judging.kernel.derived import Derived, Underived, not_negative, written
from verify.judging.kernel.translation import statement

X, Y = sp.symbols("x y")
UNIT = {X: (sp.S.Zero, sp.S.One), Y: (sp.S.Zero, None)}


@pytest.mark.parametrize(
    "polynomial",
    [
        1 - X**2,
        (1 - X) ** 2 * Y + X * Y**3,
        X**2 - X + sp.Rational(1, 3),  # no zero, though its Bernstein form of degree 2 has a sign
        sp.Integer(5),
    ],
)
def test_a_sum_of_positive_products_is_the_polynomial(polynomial):
    products = not_negative(polynomial, UNIT)
    assert all(coefficient > 0 for coefficient, _ in products)
    total = sum(c * sp.prod(f**n for f, n in parts) for c, parts in products)
    assert sp.expand(total - polynomial) == 0


@pytest.mark.parametrize("polynomial", [X - 1, (X - sp.Rational(1, 2)) ** 2 - 1, Y - 1])
def test_what_is_negative_somewhere_has_no_such_sum(polynomial):
    with pytest.raises(Underived):
        not_negative(polynomial, UNIT)


def test_rational_functions_are_written_with_every_bracket():
    names = {X: "lam", Y: "(exp omega)"}
    assert written((X - 2) ** 2 / Y, names) == "((((-2) + lam) ^ 2) / (exp omega))"
    assert written(-X / Y**2, names) == "(((-1) * lam) / ((exp omega) ^ 2))"
    assert written(X / 3 + Y, names) == "((exp omega) + (lam / (3)))"
    with pytest.raises(Underived):
        written(sp.sqrt(X), {X: "lam"})


def test_exponentials_of_multiples_are_powers_of_one():
    [claim] = select(["B8-lru-constant"])
    derived = Derived(claim, statement(claim))
    assert [atom.argument for atom in derived.atoms] == ["omega", "(- exp omega)"]
    assert derived.multiples == [("(- omega)", "omega", -1)]
    slow, fast = (atom.symbol for atom in derived.atoms)
    assert derived.formula == 2 / slow
    assert derived.value.free_symbols == {slow, fast}
