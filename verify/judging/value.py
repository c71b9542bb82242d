"""One number asked for on the command line, at any precision."""

from __future__ import annotations

from collections.abc import Mapping

import flint
import sympy as sp

from numerics.arithmetic.balls import certified, evaluate
from numerics.arithmetic.evaluation import NotEvaluated
from theory.catalogue import QUANTITIES
from theory.inputs import StationaryInput, from_expression
from verify.claims.claim import ClaimError
from verify.claims.expressions import ExpressionError, parse
from verify.claims.file import make_claim
from verify.judging.model import Model, concrete
from verify.judging.translation import MeaningError, to_sympy
from verify.judging.validity import check_autocorrelation, check_poles


class QuestionError(ValueError):
    """A question that cannot be answered; the message names the option, value and remedy."""


def value(
    quantity: str,
    autocorrelation: str,
    settings: Mapping[str, str],
    digits: int = 30,
    **unit: str | bool,
) -> flint.acb:
    """A ball around the quantity with relative radius at most 10^−digits.

    Args:
        quantity: one of the catalogue's names.
        autocorrelation: R(Δ), an expression in Delta and parameters.
        settings: parameter name → constant expression; λ too unless an eigenvalue is given.
        digits: decimal digits, 1 to 10 000.
        unit: eigenvalue, gamma, wrt and differentiate_gamma, as in claim files.

    Raises:
        QuestionError: naming what is at fault.

    """
    if not 1 <= digits <= 10_000:
        raise QuestionError(f"--digits {digits}: between 1 and 10000")
    constants = {_canonical(name): _constant(name, text) for name, text in settings.items()}
    entry = {
        "id": quantity,
        "quantity": quantity,
        "autocorrelation": autocorrelation,
        "relation": "==",
        "formula": "0",
        "domain": [_domain(name, text, constants) for name, text in settings.items()],
        **unit,
    }
    try:
        model = Model(make_claim(entry, "command line"))
        missing = set(model.claim.parameters) - set(constants)
        if missing:
            name = sorted(missing)[0]
            raise QuestionError(f"no value for {name!r}: add --set '{name}=…'")

        def values() -> dict[sp.Symbol, flint.acb]:
            return {s: evaluate(constants[name], {}) for name, s in model.symbols.items()}

        check_poles(model, values, "")
        check_autocorrelation(
            concrete(model.input), values(), f"--autocorrelation {autocorrelation!r}"
        )
        return certified(model.value, values, digits)
    except (ClaimError, MeaningError, NotEvaluated) as error:
        raise QuestionError(str(error)) from None


def read_input(text: str) -> StationaryInput:
    """The stationary input of an expression in Delta; its parameters are real symbols.

    Raises:
        QuestionError: if it is none.

    """
    try:
        expression = parse(text)
        names = {n: sp.Symbol(n, real=True) for n in expression.names - {"Delta"}}
        return from_expression(to_sympy(expression, names))
    except (ExpressionError, MeaningError, ValueError) as error:
        raise QuestionError(f"--autocorrelation {text!r}: {error}") from None


def _canonical(name: str) -> str:
    return "lambda" if name == "lam" else name


def _constant(name: str, text: str) -> sp.Expr:
    try:
        constant = to_sympy(text, {})
        evaluate(constant, {})
    except (ExpressionError, MeaningError, NotEvaluated) as error:
        raise QuestionError(f"--set {name}={text}: {error}") from None
    return constant


def _domain(name: str, text: str, constants: Mapping[str, sp.Expr]) -> str:
    name = _canonical(name)
    real = constants[name].is_real or evaluate(constants[name], {}).imag == 0
    if not real:
        return f"abs({name}) <= 1"
    is_pole = any(name in quantity.poles for quantity in QUANTITIES.values())
    return f"-1 <= {name} <= 1" if is_pole else f"{text} <= {name} <= {text}"
