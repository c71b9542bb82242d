"""Whether roots and logarithms stay off their branch cuts where algebra conjugates them.

The conjugate of √u is √ū, except where u is negative. Real arguments that are negative on the
whole domain were taken apart when the claim was read; here no other one may be.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from theory.algebra.conjugation import polarised
from theory.inputs import StationaryInput
from verify.judging.model import Model
from verify.judging.obligations.obligation import Kind, Obligation, Outcome, State

CONJUGATIONS = (sp.conjugate, sp.Abs, sp.re, sp.im)


def branches(model: Model) -> list[Outcome]:
    """What has become of the obligation that each argument stays off the cut."""
    return [_decided(model, argument) for argument in dict.fromkeys(_arguments(model))]


def _arguments(model: Model) -> Iterator[sp.Expr]:
    """The arguments of roots and logarithms that are conjugated on the way to the quantity."""
    conjugated = [*model.unit.poles, *model.unit.gammas, *model.formula.atoms(*CONJUGATIONS)]
    if isinstance(model.input, StationaryInput):
        conjugated += [part for t in model.input.terms for part in (t.coefficient, t.ratio)]
        conjugated += [value for _, value in model.input.lags]
    for expr in conjugated:
        for part in expr.atoms(sp.Pow, sp.log, sp.atanh, sp.asinh):
            match part:
                case sp.Pow() if not part.exp.is_integer:
                    yield part.base
                case sp.log():
                    yield part.args[0]
                case sp.atanh():
                    yield 1 - part.args[0] ** 2
                case sp.asinh():
                    yield 1 + part.args[0] ** 2


def _decided(model: Model, argument: sp.Expr) -> Outcome:
    obligation = Obligation("formula", argument, Kind.OFF_CUT, str(argument))
    if model.sign(argument) > 0 or (argument.is_number and not argument.is_negative):
        return Outcome(obligation, State.DISCHARGED, "it is positive")
    real, imaginary = (part(argument, evaluate=False) for part in (sp.re, sp.im))
    if model.sign(real) > 0:
        return Outcome(obligation, State.DISCHARGED, "its real part is positive")
    if sp.expand(polarised(imaginary)) != 0 and model.sign(imaginary):
        return Outcome(obligation, State.DISCHARGED, "its imaginary part has one sign")
    return Outcome(obligation, State.OPEN, "it may be negative")
