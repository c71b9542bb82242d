"""Whether roots and logarithms stay off their branch cuts where algebra conjugates them.

The conjugate of √u is √ū, except where u is negative. Real arguments that are negative on the
whole domain were taken apart when the claim was read; here no other one may be.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import sympy as sp

from theory.algebra.conjugation import conjugated, polarised
from theory.inputs import StationaryInput
from verify.judging.model import Model
from verify.judging.obligations.certificates import nonzero
from verify.judging.obligations.obligation import Kind, Obligation, Outcome, State
from verify.judging.symbolic.signs import NoSign

CONJUGATIONS = (sp.conjugate, sp.Abs, sp.re, sp.im)


def branches(model: Model) -> list[Outcome]:
    """What has become of the obligation that each argument stays off the cut."""
    return [off_cut(model, argument) for argument in dict.fromkeys(_arguments(model))]


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


def off_cut(model: Model, argument: sp.Expr) -> Outcome:
    """What has become of the obligation that a root's or logarithm's argument is never negative."""
    obligation = Obligation("formula", argument, Kind.OFF_CUT, str(argument))
    if model.sign(argument) > 0 or (argument.is_number and not argument.is_negative):
        return Outcome(obligation, State.DISCHARGED, "it is positive")
    real, imaginary = (part(argument, evaluate=False) for part in (sp.re, sp.im))
    if model.sign(real) > 0:
        return Outcome(obligation, State.DISCHARGED, "its real part is positive")
    holomorphic = polarised(argument)
    modulus = sp.sqrt(sp.powsimp(sp.expand(holomorphic * conjugated(holomorphic))))
    # on faces too, where a part may vanish that has one sign inside
    for function, how in (
        (imaginary, "its imaginary part is not 0"),
        (modulus + real, "its real part is above its modulus with a minus sign"),
    ):
        with suppress(NoSign):
            nonzero(model, function)
            return Outcome(obligation, State.DISCHARGED, how)
    return Outcome(obligation, State.OPEN, "it may be negative")
