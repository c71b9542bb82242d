"""Exponentials as algebra: e^{iφ}, e^{2iφ}, … as powers of one independent variable.

e^{iφ} is transcendental over the rational functions of the other symbols, so that an
identity between exponentials holds iff it holds between rational functions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import sympy as sp

HIGHEST = 100  # power of e^{iφ} itself: beyond it, of the largest step that all are multiples of


def rationalised(expr: sp.Expr) -> tuple[sp.Expr, Mapping[sp.Symbol, sp.Expr]]:
    """`expr` with every exponential as an integer power of a variable.

    Returns:
        The rational expression, and the exponential that each new variable stands for;
        substituting it back gives `expr` up to powers' form.
    """
    split = sp.expand_power_exp(expr.rewrite((sp.cos, sp.sin), sp.exp))
    multiples: dict[sp.Expr, list[sp.Rational]] = defaultdict(list)
    for atom in split.atoms(sp.exp, type(sp.E)):
        multiple, base = _multiple(atom.as_base_exp()[1])
        multiples[base].append(multiple)
    back: dict[sp.Symbol, sp.Expr] = {}
    powers: dict[sp.Expr, sp.Expr] = {}
    for base, found in sorted(multiples.items(), key=lambda item: sp.default_sort_key(item[0])):
        step = sp.Rational(1, sp.ilcm(1, *(q.q for q in found)))
        if max(abs(q / step) for q in found) > HIGHEST:
            step = sp.gcd_list([abs(q) for q in found])
        u = sp.Dummy("u")
        back[u] = sp.exp(base * step)
        powers |= {sp.exp(q * base): u ** (q / step) for q in found}
    return split.xreplace(powers), back


def _multiple(exponent: sp.Expr) -> tuple[sp.Rational, sp.Expr]:
    """The exponent as a rational number times what is left, e.g. −2iφ = −2 · iφ."""
    rational, rest = exponent.as_coeff_Mul(rational=True)
    return rational, rest
