"""Derivatives of functions in which nothing cancels: sums of terms, each of which loses nothing."""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from numerics.codegen.conditioning import Cancellation, Conditioned, Interval


def differentiated(form: Conditioned, variable: sp.Symbol, order: int) -> Conditioned:
    """A form's derivative by 1 minus a real variable, as one sum over a denominator.

    Its terms may have both signs: the error that `Conditioned.roundings` bounds is one of the sum
    of their moduli.

    Args:
        form: a rational function.
        variable: a real one of the form's domains.
        order: how often, from 1.

    Raises:
        Cancellation: for a root, or where the variable is none of the form's.

    """
    domain = next((d for d in form.domains if d.variable == variable), None)
    if form.is_root or not isinstance(domain, Interval):
        raise Cancellation(f"no derivative by {variable}")
    if form.differences:
        pair = " and ".join(map(str, form.differences[0]))
        raise Cancellation(f"no derivative of the difference of {pair}")
    slopes = {name: -sp.diff(factor, variable) for name, factor in domain.factors.items()}
    expr = form.expression
    for _ in range(order):
        expr = sp.Add(*(slope * sp.diff(expr, name) for name, slope in slopes.items()))
        numerator, denominator = sp.fraction(sp.together(expr))
        expr = sp.expand(numerator) / denominator
    constant, expr = expr.as_content_primitive()
    return replace(form, constant=form.constant * constant, expression=expr)


def sum_of_moduli(form: Conditioned) -> sp.Expr:
    """The sum of the moduli of a form's terms, in its factors: what its error is relative to."""
    numerator, denominator = sp.fraction(form.expression)
    terms = (term.as_coeff_Mul() for term in sp.Add.make_args(numerator))
    return abs(form.constant) * sp.Add(*(abs(c) * rest for c, rest in terms)) / denominator
