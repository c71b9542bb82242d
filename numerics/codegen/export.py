"""What `curseproof export` writes: formulas and code of a quantity, γ or an architecture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import sympy as sp

from numerics.codegen.conditioning import code_name
from numerics.codegen.dialects import Bounding
from numerics.codegen.functions import Function, derivatives, from_polar_distance, near_one
from numerics.codegen.modules import (
    TARGETS as CODE,
    check_accuracy,
    check_derivatives,
    module_source,
)
from theory import symbols
from theory.algebra.conjugation import bar
from theory.algebra.presentation import present
from theory.architectures.pairs import ARCHITECTURES, Parametrization
from theory.catalogue import QUANTITIES, Unit
from theory.geometry import PLANE
from theory.inputs import StationaryInput, exponential, white
from theory.parametrizations import optimal_gamma
from theory.printing.choices import one_of
from theory.printing.latex import displayed, to_latex
from theory.printing.pdf import document

TARGETS = ("latex", "latex-commands", *CODE)
_SYMBOLS = {
    "lambda": symbols.lam,
    "lambda1": symbols.lam1,
    "lambda2": symbols.lam2,
    "lambda_star": symbols.lam_star,
}
_ARCHITECTURES: Mapping[str, Parametrization] = {a.__name__: a().pair for a in ARCHITECTURES}
NAMES = (*QUANTITIES, "gamma", *_ARCHITECTURES)
MODULE = "normalizer"
# a Hessian of two modes has four entries, and so no one formula
_COMMANDS = tuple(n for n in (*QUANTITIES, "gamma") if n != "output_hessian")


def exported(
    name: str,
    x: StationaryInput,
    target: str,
    bound: Bounding | None = None,
    accuracy: str = "full",
    order: int = 0,
    lag: int | None = None,
) -> str:
    """A quantity, γ or an architecture in LaTeX or as a standalone module.

    Args:
        name: a quantity, `gamma`, or an architecture; for torch and jax also `normalizer`, the
            module with all that training takes; for latex-commands also `all`.
        x: the input; its parameters become arguments. latex-commands are for white and AR(1).
        target: one of TARGETS.
        bound: finds bounds for the docstrings of a module; see `module_source`.
        accuracy: "full" or "fast"; see `module_source`.
        order: of derivatives by 1−λ that are printed too, for real λ: 0, 1 or 2.
        lag: how many steps apart the states of a covariance are; 1 if not said.

    Raises:
        ValueError: for an unknown name, target or accuracy, a quantity that the input does not
            have, or an input with a parameter that is called as an eigenvalue is.

    """
    if lag is not None and (lag < 1 or name != "covariance"):
        raise ValueError(f"lag {lag}: of a covariance, from 1 on")
    if name == MODULE:
        if target not in ("torch", "jax") or bound or accuracy != "full" or order:
            raise ValueError(
                f"{name}: --to torch or jax, without --certify, --accuracy or --derivatives; the "
                "function alone is gamma"
            )
        from numerics.codegen.bundle import bundled

        return bundled(x, target)
    names = ("all", *_COMMANDS) if target == "latex-commands" else NAMES
    if name not in names:
        raise ValueError(f"unknown name {name!r}: {one_of(name, names)}")
    if target not in TARGETS:
        raise ValueError(f"--to {target}: {one_of(target, TARGETS)}")
    check_accuracy(target, accuracy)
    check_derivatives(target, order)
    if order and name not in QUANTITIES:
        raise ValueError(f"derivatives: of quantities, not of {name}")
    if target == "latex-commands":
        return latex_commands(None if name == "all" else name)
    _refuse_eigenvalues(x)
    if target == "latex":
        equations = (
            sp.Eq(subject, form, evaluate=False)
            for subject, function in _equations(name, x, lag or 1)
            for form in _forms(name, x, function)
        )
        return document("\n".join(map(displayed, equations)))
    disc = frozenset({*_SYMBOLS.values(), symbols.real_lam, symbols.real_lam_star, symbols.rho})
    functions = [
        replace(f, variables=frozenset(f.expression.free_symbols & disc))
        for f in _functions(name, x, lag or 1)
    ]
    if name in _COMMANDS:  # the others are of Re λ and Im λ
        polar = [f for f in functions if target == "javascript" and _is_complex(f)]
        of_distances = [*map(near_one, functions)]
        slopes = [slope for f in of_distances for slope in derivatives(f, order)]
        functions += [*of_distances, *slopes, *map(from_polar_distance, polar)]
    title = f"{name} for R(Delta) = {x.autocorrelation()}."
    if name in _ARCHITECTURES:
        title = f"λ and γ of {_ARCHITECTURES[name].name}."
    return module_source(functions, target, title, bound, accuracy)


def compiled(
    name: str,
    x: StationaryInput,
    target: str,
    accuracy: str = "full",
    order: int = 0,
    lag: int | None = None,
) -> Mapping[str, Callable[..., Any]]:
    """What the exported module defines, by name; arguments and errors as for `exported`."""
    scope: dict[str, Any] = {}
    source = exported(name, x, target, accuracy=accuracy, order=order, lag=lag)
    exec(source, scope)  # noqa: S102 (our own source)
    return scope


def _refuse_eigenvalues(x: StationaryInput) -> None:
    """Refuse an input with a parameter that would be one with λ."""
    parts = [*(e for t in x.terms for e in (t.coefficient, t.ratio)), *(v for _, v in x.lags)]
    names = {code_name(s) for part in parts for s in sp.sympify(part).free_symbols}
    if taken := names & {code_name(s) for s in _SYMBOLS.values()}:
        raise ValueError(f"{min(taken)} is an eigenvalue: rename the parameter of the input")


def _is_complex(function: Function) -> bool:
    return any(not v.is_real for v in function.variables)


def _functions(name: str, x: StationaryInput, lag: int = 1) -> list[Function]:
    return [function for _, function in _equations(name, x, lag)]


@cache  # derived once for all languages
def _equations(name: str, x: StationaryInput, lag: int) -> list[tuple[sp.Expr, Function]]:
    """What a name stands for, as it is written and as functions."""
    if name in _ARCHITECTURES:
        return _architecture(_ARCHITECTURES[name])
    if name == "gamma":
        gamma = optimal_gamma(x, symbols.lam)
        return [(symbols.gamma, Function("gamma", gamma, "γ(λ) that makes E|γh|² = 1."))]
    poles = tuple(_SYMBOLS[pole] for pole in QUANTITIES[name].poles)
    if name == "output_hessian":
        parts = [(p, q) for p in (sp.re, sp.im) for q in (sp.re, sp.im)]
        return [_hessian_entry(x, poles, p, q) for p, q in parts]
    if name == "teacher_student_hessian":
        poles = (symbols.real_lam, symbols.real_lam_star)
    wrt = PLANE if name == "curvature" else (poles[0],)
    said = f"The {name.replace('_', ' ')}."
    if name == "covariance":
        said = f"The covariance E[h_{{t+{lag}}} h̄_t]."
    return [_equation(name, name, x, Unit(poles, wrt=wrt, lag=lag), said)]


def _architecture(pair: Parametrization) -> list[tuple[sp.Expr, Function]]:
    equations = [
        (symbols.lam, Function("eigenvalue", pair.eigenvalue, f"λ: {pair.name}.", real=False)),
        (
            symbols.gamma,
            Function("gamma", pair.gamma, f"The input normaliser γ: {pair.name}.", real=False),
        ),
    ]
    if pair.eigenvalue.is_real and not pair.eigenvalue.is_Symbol:
        distance = "1−λ, the argument of functions whose name ends in near_one."
        function = Function("one_minus_eigenvalue", 1 - pair.eigenvalue, distance)
        equations.insert(1, (1 - symbols.lam, function))
    return equations


def _hessian_entry(
    x: StationaryInput, poles: tuple[sp.Symbol, ...], p: type[sp.Expr], q: type[sp.Expr]
) -> tuple[sp.Expr, Function]:
    """One entry of the block of two complex modes with weights w_1, w_2."""
    unit = Unit(poles, sp.symbols("w1 w2"), wrt=(p(poles[0]), q(poles[1])))
    entry = f"output_hessian_{p.__name__}_{q.__name__}"
    description = f"The Hessian of the output by ({p.__name__} λ_1, {q.__name__} λ_2)."
    return _equation("output_hessian", entry, x, unit, description)


def _equation(
    quantity: str, name: str, x: StationaryInput, unit: Unit, description: str
) -> tuple[sp.Expr, Function]:
    asked = QUANTITIES[quantity]
    function = Function(name, asked.derive(x, unit), description, not asked.is_complex)
    return asked.notation(unit), function


def _forms(name: str, x: StationaryInput, function: Function) -> list[sp.Expr]:
    """A function's expression; for complex λ (and λ*), that for real ones too."""
    if name == "gamma":
        return [optimal_gamma(x, lam) for lam in (symbols.lam, symbols.real_lam)]
    forms = [function.expression]
    if function.name in QUANTITIES:
        real = {symbols.lam: symbols.real_lam, symbols.lam_star: symbols.real_lam_star}
        bars = {bar(z): x for z, x in real.items()}
        forms += [forms[0].xreplace(real | bars)]
        forms = [present(form) for form in dict.fromkeys(forms)]
    return forms


def latex_commands(only: str | None = None) -> str:
    r"""One \newcommand per formula, for white and for AR(1) input; it needs amsmath alone."""
    lines = ["% Made by curseproof; needs amsmath."]
    for suffix, x in (("White", white()), ("AROne", exponential())):
        for name in (n for n in _COMMANDS if only in (None, n)):
            forms = _forms(name, x, _functions(name, x)[0])
            for form, real in zip(forms, ("", "Real"), strict=False):
                command = "curse" + name.title().replace("_", "") + suffix + real
                lines.append(rf"\newcommand{{\{command}}}{{{to_latex(form)}}}")
    return "\n".join(lines) + "\n"
