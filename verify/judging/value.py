"""One number asked for on the command line, at any precision."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

import flint
import numpy as np
import sympy as sp

from numerics.arithmetic.balls import Values, certified, decimal, evaluate
from numerics.arithmetic.evaluation import NotEvaluated
from theory.algebra.conjugation import polarised
from theory.catalogue import QUANTITIES
from theory.inputs import StationaryInput, from_expression
from theory.printing.choices import one_of
from verify.claims.claim import Claim, ClaimError, FieldError
from verify.claims.expressions import LAG, SERIES, ExpressionError, named, parse, plain
from verify.claims.file import make_claim
from verify.judging.evidence import MeaningError
from verify.judging.model import Model, concrete
from verify.judging.obligations.meaning import of_derivatives
from verify.judging.routes.series import autocorrelation as lags_of
from verify.judging.translation import to_sympy

LAGS = 48  # of the Toeplitz matrix that has to be positive
# enough to tell 1 − 1e-300 from 1
POLE_BITS = 1024


class QuestionError(ValueError):
    """A question that cannot be answered; the message names the option, value and remedy."""


def value(
    quantity: str,
    autocorrelation: str,
    settings: Mapping[str, str],
    digits: int = 30,
    **unit: str | bool | int,
) -> flint.acb:
    """A ball around the quantity with relative radius at most 10^−digits.

    Args:
        quantity: one of the catalogue's names, or gamma, the normaliser 1/√E|h|².
        autocorrelation: R(Δ), an expression in Delta and parameters.
        settings: parameter name → constant expression; λ too unless an eigenvalue is given.
        digits: decimal digits, 1 to 10 000.
        unit: eigenvalue, gamma, wrt, differentiate_gamma and lag, as in claim files.

    Raises:
        QuestionError: naming what is at fault.

    """
    if not 1 <= digits <= 10_000:
        raise QuestionError(f"--digits {digits}: between 1 and 10000")
    constants = {name: _constant(name, text) for name, text in settings.items()}
    if quantity not in (known := (*QUANTITIES, "gamma")):
        raise QuestionError(f"unknown quantity {quantity!r}: {one_of(quantity, known)}")
    if "lambda" in constants and "eigenvalue" in unit:
        raise QuestionError("--set lambda: with an eigenvalue, set its own parameters")
    if quantity == "gamma" and "gamma" in unit:
        raise QuestionError("--gamma: gamma is what is asked for; leave it out")
    asked = "second_moment" if quantity == "gamma" else quantity
    entry = {
        "id": "asked",
        "quantity": asked,
        "autocorrelation": autocorrelation,
        "relation": "==",
        "formula": "0",
        "domain": [_domain(name, text, constants) for name, text in settings.items()],
        **unit,
    }
    try:
        model = Model(make_claim(entry, "command line"))
        names = _names(model.claim)
        for name in constants:
            if name not in names:
                raise QuestionError(f"--set {name}: no parameter here; {one_of(name, names)}")
        missing = set(model.claim.parameters) - set(constants)
        if missing:
            name = sorted(missing)[0]
            raise QuestionError(f"no value for {name!r}: add --set '{name}=…'")

        def values() -> dict[sp.Symbol, flint.acb]:
            return {s: evaluate(constants[name], {}) for name, s in model.symbols.items()}

        _check_poles(model, values, "")
        _check_autocorrelation(
            concrete(model.input), values(), f"--autocorrelation {autocorrelation!r}"
        )
        _check_derivatives(model, values)
        wanted = 1 / sp.sqrt(model.value) if quantity == "gamma" else model.value
        found = certified(wanted, values, digits)
    except FieldError as error:
        option = "--set" if error.field == "domain" else f"--{error.field.replace('_', '-')}"
        raise QuestionError(f"{option}: {error.why}") from None
    except (ClaimError, MeaningError, NotEvaluated) as error:
        raise QuestionError(str(error)) from None
    if quantity in _MEAN_SQUARES and (found.imag != 0 or found.real < 0):
        raise QuestionError(f"{quantity} = {decimal(found)}: a mean square is real and positive")
    return found


# of a modulus, hence real and not negative
_MEAN_SQUARES = ("second_moment", "sensitivity", "backpropagated_error", "teacher_student_loss")


def read_input(text: str) -> StationaryInput:
    """The stationary input of an expression in Delta; its parameters are real symbols.

    Raises:
        QuestionError: if it is none.

    """
    try:
        expression = parse(text)
        if expression.functions & SERIES:
            raise ValueError("that of one input is needed, such as rho**Delta")
        names = {n: sp.Symbol(n, real=True) for n in expression.names - {"Delta"}}
        return from_expression(to_sympy(expression, names))
    except (ExpressionError, MeaningError, ValueError) as error:
        raise QuestionError(f"--autocorrelation {text!r}: {error}") from None


def read_settings(texts: Iterable[str]) -> dict[str, str]:
    """The values of parameters in texts NAME=EXPR; Greek letters, and lam, stand for their names.

    Raises:
        QuestionError: for another form, or a name that has a value already.

    Examples:
        >>> read_settings(["λ=9/10", "rho=1/2"])
        {'lambda': '9/10', 'rho': '1/2'}

    """
    given: dict[str, str] = {}
    for text in texts:
        name, _, expression = (part.strip() for part in text.partition("="))
        name = named(plain(name))
        if not re.fullmatch(r"[A-Za-z]\w*", name) or not expression:
            raise QuestionError(f"--set {text!r}: write NAME=EXPR, as in lambda=9/10")
        if name in given:
            raise QuestionError(f"--set {text!r}: {name} is {given[name]} already")
        given[name] = expression
    return given


def _names(claim: Claim) -> list[str]:
    """The parameters that a claim's expressions have; poles too, where they are no expressions."""
    expressions = (claim.autocorrelation, *claim.eigenvalue.values(), *claim.gamma.values())
    names = set(claim.poles).union(*(expression.names for expression in expressions))
    return sorted(names - {LAG} - claim.eigenvalue.keys())


def _constant(name: str, text: str) -> sp.Expr:
    try:
        constant = to_sympy(text, {})
        evaluate(constant, {})
    except (ExpressionError, MeaningError, NotEvaluated) as error:
        raise QuestionError(f"--set {name}={text}: {error}") from None
    return constant


def _domain(name: str, text: str, constants: Mapping[str, sp.Expr]) -> str:
    real = constants[name].is_real or evaluate(constants[name], {}).imag == 0
    if not real:
        return f"abs({name}) <= 1"
    is_pole = any(name in quantity.poles for quantity in QUANTITIES.values())
    return f"-1 <= {name} <= 1" if is_pole else f"{text} <= {name} <= {text}"


def _check_poles(model: Model, values: Callable[[], Values], label: str) -> None:
    """Check that every pole lies inside the unit circle at one point.

    Args:
        model: the claim.
        values: makes the point's coordinates at the current precision.
        label: what the error begins with.

    Raises:
        MeaningError: if a pole does not.

    """
    for name, pole in zip(model.claim.poles, model.unit.poles, strict=True):
        with flint.ctx.workprec(POLE_BITS):
            modulus = abs(evaluate(polarised(pole), values()))
        if not modulus < 1:
            size = modulus.mid().str(6, radius=False) if modulus.is_finite() else "too large"
            raise MeaningError(
                f"{label}|{name}| = {size}: it must be below 1, or there is no stationary state"
            )


def _check_derivatives(model: Model, values: Callable[[], Values]) -> None:
    """Check that what is differentiated has derivatives at one point.

    Raises:
        MeaningError: if it has not.

    """
    for obligation in of_derivatives(model):
        with flint.ctx.workprec(POLE_BITS):
            vanishes = evaluate(polarised(obligation.function), values()).contains(0)
        if vanishes:
            raise MeaningError(f"{obligation.field}: {obligation.fault} here")


def _check_autocorrelation(x: StationaryInput, values: Values, label: str) -> None:
    """Check that R is an autocorrelation at one point.

    Raises:
        MeaningError: beginning with `label`.

    """
    with flint.ctx.workprec(128):
        balls = lags_of(x, values, LAGS)
    numbers = np.array([complex(ball.mid()) for ball in balls])
    if numbers[0].imag != 0 or not numbers[0].real > 0:
        raise MeaningError(f"{label}: R(0) = {numbers[0]:.3g} must be positive")
    highest = int(np.argmax(np.abs(numbers)))
    if abs(numbers[highest]) > numbers[0].real * (1 + 1e-12):
        raise MeaningError(f"{label}: no autocorrelation, |R({highest})| is larger than R(0)")
    # eigenvalues of a Hermitian matrix move by at most ‖E‖ ≤ LAGS·max|E|, E its rounding
    rounding = 4 * LAGS**2 * np.finfo(float).eps * numbers[0].real
    lag = np.abs(np.subtract.outer(range(LAGS), range(LAGS)))
    lowest = float(np.linalg.eigvalsh(numbers.conj()[lag])[0])  # of its lower triangle
    if lowest < -rounding:
        raise MeaningError(
            f"{label}: no autocorrelation, its {LAGS}×{LAGS} Toeplitz matrix has the "
            f"eigenvalue {lowest:.3g}"
        )
