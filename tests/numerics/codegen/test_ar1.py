"""The printed module that normalisers compute with is what the theory says."""

from pathlib import Path

import pytest
import sympy as sp

from numerics.codegen.ar1 import ar1_moments
from numerics.normalizers import ar1_moments as printed
from theory import moments
from theory.algebra.conjugation import bar
from theory.inputs import exponential
from theory.symbols import lam, rho


def test_the_module_is_as_it_is_printed(request):
    """`pytest --update-golden` takes over a change of the theory or of printing."""
    path, source = Path(printed.__file__), ar1_moments()
    if request.config.getoption("update_golden"):
        path.write_text(source, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == source


@pytest.mark.parametrize("name", ["second_moment", "sensitivity"])
def test_its_formulas_are_the_theorys(name):
    """In exact arithmetic, at a few points of the disc."""
    for x, y, r in [(1, 2, 3), (-4, 3, -2), (0, -5, 6), (3, 0, -5)]:
        z, r = (x + y * sp.I) / 7, sp.Rational(r, 7)
        exact = getattr(moments, name)(exponential())
        exact = exact.subs({lam: z, bar(lam): sp.conjugate(z), rho: r})
        found = getattr(printed, name)(
            abs2_lam=abs(z) ** 2,
            one_minus_abs2_lam=1 - abs(z) ** 2,
            abs2_one_minus_lam=abs(1 - z) ** 2,
            abs2_one_plus_lam=abs(1 + z) ** 2,
            one_minus_rho=1 - r,
            one_plus_rho=1 + r,
        )
        assert found.is_Rational
        assert sp.expand_complex(exact) == found
