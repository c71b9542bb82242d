"""Commands that derive: numbers, formulas and code."""

from __future__ import annotations

import json
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from theory.printing.choices import one_of
from verify.cli.app import WHITE, Autocorrelation, Output, bad_input, command, err, fail, out, write

if TYPE_CHECKING:
    from theory import Derivation
    from theory.inputs import Input

Lag = Annotated[
    int | None, typer.Option(help="Steps between the states of a covariance.", show_default=False)
]


@command(
    "eval",
    "curseproof eval sensitivity --autocorrelation 'rho**Delta' --set lambda=.99 --set rho=.9",
    "curseproof eval gamma --set lambda=1-1e-9",
)
def eval_command(
    quantity: Annotated[
        str,
        typer.Argument(
            help="second_moment, covariance, sensitivity, backpropagated_error, cross_moment, "
            "cross_sensitivity, cross_sensitivity_power, teacher_student_loss, "
            "teacher_student_hessian, output_hessian, curvature or gamma."
        ),
    ],
    autocorrelation: Autocorrelation = WHITE,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="NAME=EXPR, e.g. lambda=9/10.")
    ] = None,
    eigenvalue: Annotated[
        str | None, typer.Option(help="λ as an expression, e.g. 'tanh(omega)'.")
    ] = None,
    gamma: Annotated[
        str | None, typer.Option(help="Input normaliser γ, e.g. 'sqrt(1 - lambda**2)'.")
    ] = None,
    wrt: Annotated[str | None, typer.Option(help="Differentiate by this parameter.")] = None,
    differentiate_gamma: Annotated[
        bool, typer.Option("--differentiate-gamma", help="Count γ's own dependence.")
    ] = False,
    lag: Lag = None,
    digits: Annotated[int, typer.Option(help="Correct digits.")] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print one number, every digit of it right."""
    from numerics.arithmetic.balls import decimal
    from verify.judging.value import QuestionError, read_settings, value

    options = {"eigenvalue": eigenvalue, "gamma": gamma, "wrt": wrt}
    unit: dict[str, str | bool | int] = {k: v for k, v in options.items() if v is not None}
    if differentiate_gamma:
        unit["differentiate_gamma"] = True
    if lag is not None:
        unit["lag"] = lag
    with bad_input(QuestionError):
        number = decimal(
            value(quantity, autocorrelation, read_settings(settings or ()), digits, **unit), digits
        )
    out.print(json.dumps({"value": number}) if as_json else number, markup=False, soft_wrap=True)


@command(
    "derive",
    "curseproof derive sensitivity --autocorrelation 'rho**Delta'",
    "curseproof derive --to pdf --output derivations.pdf",
)
def derive(
    quantity: Annotated[
        str | None,
        typer.Argument(
            help="kernel, second_moment, covariance, sensitivity, polar_sensitivity, "
            "parameter_sensitivity, backpropagated_error, finite_horizon, network, cross_moment, "
            "cross_sensitivity, teacher_student_loss, teacher_student_hessian, normalised_loss, "
            "wirtinger, output_hessian, growth, gamma, parametrization or curvature; without, all.",
            show_default=False,
        ),
    ] = None,
    autocorrelation: Autocorrelation = WHITE,
    to: Annotated[str, typer.Option(help="text, markdown, latex, html or pdf.")] = "text",
    output: Output = None,
) -> None:
    """Derive a quantity, or all of them, step by step; each is checked as it is printed."""
    from theory import ArbitraryInput
    from theory.derivations import DERIVATIONS
    from theory.printing.derivations import RENDERERS, pdf
    from verify.claims.claim import ARBITRARY
    from verify.judging.value import QuestionError, read_input

    if quantity is not None and quantity not in DERIVATIONS:
        fail(f"unknown quantity {quantity!r}: {one_of(quantity, DERIVATIONS)}")
    if to not in (*RENDERERS, "pdf"):
        fail(f"--to {to}: {one_of(to, (*RENDERERS, 'pdf'))}")
    if to == "pdf" and output is None:
        fail("--to pdf: name a file with --output")
    with bad_input(QuestionError, ValueError, OSError, RuntimeError):
        is_any = autocorrelation.replace(" ", "") == ARBITRARY
        x = ArbitraryInput() if is_any else read_input(autocorrelation)
        derivations = [DERIVATIONS[quantity](x)] if quantity else _all_derivations(x)
        if to == "pdf":
            assert output is not None  # noqa: S101 (refused above)
            output.write_bytes(pdf(*derivations))
        elif output is None:
            for part in RENDERERS[to](*derivations):
                out.print(part, markup=False, soft_wrap=True, end="")
        else:
            write("".join(RENDERERS[to](*derivations)), output)


def _all_derivations(x: Input) -> list[Derivation]:
    """The derivations that the input has; of the others it is said why not."""
    from theory.derivations import DERIVATIONS

    found = []
    for name, derive_it in DERIVATIONS.items():
        try:
            found.append(derive_it(x))
        except ValueError as reason:
            err.print(f"[yellow]skipped:[/] {name}: {escape(str(reason))}", soft_wrap=True)
    return found


@command(
    "export",
    "curseproof export gamma --to torch --output gamma.py",
    "curseproof export sensitivity --autocorrelation 'rho**Delta' --to latex",
)
def export(
    name: Annotated[
        str,
        typer.Argument(
            help="A quantity, as for eval, or an architecture: plain, polar, exponential, lru, "
            "tanh, optimum, s4d, s4d_euler, s4, s5, mamba, rg_lru, gru, min_gru or lstm. For "
            "torch and jax also normalizer: γ, eigenvalue maps and natural gradients in one "
            "file. For latex-commands also all."
        ),
    ],
    to: Annotated[
        str,
        typer.Option(
            help="latex, latex-commands, numpy, torch, jax, numba, mpmath, javascript or sympy."
        ),
    ],
    autocorrelation: Autocorrelation = WHITE,
    output: Output = None,
    certify: Annotated[
        Path | None,
        typer.Option(help="Have Gappa and Coq prove bounds of rounding; write the proofs here."),
    ] = None,
    accuracy: Annotated[
        str,
        typer.Option(
            help="full: mostly the nearest number. fast: in the arguments' precision, within the "
            "bound that is stated; for numpy, torch, jax and numba."
        ),
    ] = "full",
    derivatives: Annotated[
        int,
        typer.Option(
            help="Print the first (1) and second (2) derivative by 1−λ of a quantity, too, for "
            "real λ."
        ),
    ] = 0,
    lag: Lag = None,
) -> None:
    """Export a formula as LaTeX, or as a module that imports nothing of this project."""
    from numerics.codegen.export import exported
    from verify.judging.kernel.coq import NoCoq
    from verify.judging.kernel.end_to_end import theorems
    from verify.judging.kernel.gappa import Bounds, NoGappa
    from verify.judging.value import QuestionError, read_input

    with bad_input(QuestionError, ValueError, NoCoq, NoGappa, OSError):
        x = read_input(autocorrelation)
        if certify is None:
            text = exported(name, x, to, accuracy=accuracy, order=derivatives, lag=lag)
            write(text, output)
            return
        if accuracy != "full" or derivatives or lag:
            fail("--certify: bounds are proved of --accuracy full, without --derivatives, --lag")
        bounds = Bounds(to)
        with err.status("proving bounds"):
            write(exported(name, x, to, bounds), output)
            proved = (bounds.write(certify), theorems(name, autocorrelation, bounds, certify))
            for line in chain(*proved):
                err.print(line, markup=False, soft_wrap=True)


@command("architectures", "curseproof architectures", "curseproof architectures --to latex")
def architectures(
    to: Annotated[str, typer.Option(help="text, markdown or latex.")] = "text",
    output: Output = None,
) -> None:
    """Say of each architecture what explodes, vanishes or is cured as λ → 1, and how fast."""
    from theory.architectures.fates import rows
    from theory.printing.architectures import RENDERERS

    if to not in RENDERERS:
        fail(f"--to {to}: {one_of(to, RENDERERS)}")
    with err.status("a minute"):
        table = list(rows())
    write("".join(RENDERERS[to](table)), output)
