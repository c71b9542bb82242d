"""The explorer: one unit's moments and its loss landscape, live, in a page that loads nothing.

What the page computes is JavaScript that `numerics.codegen` printed from the formulas of `theory`;
the script in `templates/` reads the controls, calls it and draws.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import sympy as sp
from markupsafe import Markup

from numerics.codegen.functions import Function, from_polar_distance
from numerics.codegen.modules import arguments, module_source
from theory.algebra.presentation import present_terms
from theory.algebra.taylor import epsilon
from theory.architectures import pairs as architectures
from theory.architectures.pairs import Architecture
from theory.inputs import exponential, white
from theory.moments import second_moment, sensitivity, teacher_student_loss
from theory.parametrizations import optimal_gamma, optimal_parameter_white
from theory.symbols import lam, lam_star, rho, theta
from verify.reporting.page.rendering import rendered

distance = sp.Symbol("one_minus_abs_lam", positive=True)  # 1 − |λ|
angle = sp.Symbol("arg_lam", real=True)


@dataclass(frozen=True)
class Coordinates:
    """The two real parameters through which λ is trained, |λ| and arg λ being functions of them.

    Attributes:
        key: in the names of functions.
        label: λ in the parameters.
        names: of the parameters, as HTML.
        radial: the modulus' parameter as a function of 1−|λ|.
        radial_slope: ∂λ by it.
        angular: the angle's parameter as a function of arg λ and 1−|λ|.

    """

    key: str
    label: str
    names: tuple[str, str]
    radial: sp.Expr
    radial_slope: sp.Expr
    angular: sp.Expr

    def functions(self) -> list[Function]:
        """The parameters, and how far λ moves with each, as functions to print."""
        angular_slope = (1 - distance) / sp.diff(self.angular, angle)
        radial_name, angular_name = (f"{part} parameter: {self.label}." for part in _PARAMETERS)
        return [
            Function(f"radial_{self.key}", self.radial, radial_name),
            Function(f"radial_slope_{self.key}", self.radial_slope, f"|∂λ| by the {radial_name}"),
            Function(f"angular_{self.key}", self.angular, angular_name),
            Function(f"angular_slope_{self.key}", angular_slope, f"|∂λ| by the {angular_name}"),
        ]


_PARAMETERS = ("modulus'", "angle's")


@cache
def coordinates() -> Sequence[Coordinates]:
    """The parametrisations of λ that the explorer lets one choose."""
    polar, tanh, gate, lru, optimum = (
        _radial(architecture())
        for architecture in (
            architectures.polar,
            architectures.tanh,
            architectures.gru,
            architectures.lru,
            architectures.optimum,
        )
    )
    arc = (1 - distance) * angle
    derived = (optimal_parameter_white(1 - distance), optimum[1])
    w, t, w_t = "<i>ω</i>", "<i>θ</i>", "<i>ω</i><sub><i>θ</i></sub>"
    along, across = "<i>λ</i><sub>∥</sub>", "<i>λ</i><sub>⊥</sub>"
    return (
        Coordinates("plain", "plain λ, along and across its ray", (along, across), *polar, arc),
        Coordinates("polar", "ν e^(iθ)", ("<i>ν</i>", t), *polar, angle),
        Coordinates("tanh", "tanh(ω) e^(iθ)", (w, t), *tanh, angle),
        Coordinates("gate", "σ(ω) e^(iθ), a gate", (w, t), *gate, angle),
        Coordinates("lru", "exp(−exp ω + iθ)", (w, t), *lru, angle),
        Coordinates("lru_angle", "exp(−exp ω + i exp ω_θ), LRU", (w, w_t), *lru, sp.log(angle)),
        Coordinates("derived", "derived for white input", (w, w_t), *derived, arc / derived[1]),
    )


def _radial(architecture: Architecture) -> tuple[sp.Expr, sp.Expr]:
    """The modulus' parameter and ∂λ by it, where λ is real and positive."""
    [approach] = architecture.approaches
    parameter = architecture.pair.parameters[0]
    moved = sp.diff(architecture.pair.eigenvalue.subs(theta, 0), parameter)
    moved *= architecture.slopes.get(parameter, sp.S.One)
    there, slope = (architecture.along(approach, e) for e in (parameter, moved))
    return (
        sp.factor(there.rewrite(sp.log), deep=True).subs(epsilon, distance),
        sp.factor(slope).subs(epsilon, distance),
    )


@cache
def functions() -> Mapping[str, Function]:
    """All functions that the page computes, by the names under which its script knows them."""
    x, p = exponential(), sp.Symbol("p", real=True)
    gamma, gamma_star, slope = sp.symbols("gamma gamma_star slope", positive=True)
    # to first order, which is all that counts, λ moves by slope · dp
    moved = sensitivity(x, lam + slope * p, p, gamma).subs(p, 0)
    # factored, so that one minus a product of poles is most of what there is to round
    loss = present_terms(teacher_student_loss(x, lam, lam_star, (gamma, gamma_star)))
    of_eigenvalue = [
        Function("second_moment", second_moment(x, lam, gamma), "E|γh|²."),
        Function("sensitivity", moved, "E|γ ∂h/∂p|², γ held, for p by which λ moves with slope."),
        Function("loss", loss, "The loss of a student λ, γ and its teacher λ*, γ*."),
        Function("gamma_white", optimal_gamma(white(), lam), "γ for white input."),
        Function("gamma_derived", optimal_gamma(x, lam), "γ for this input."),
    ]
    disc = {lam, lam_star, rho}
    in_disc = [replace(f, variables=f.symbols & disc) for f in of_eigenvalue]
    near = {f.name: from_polar_distance(f) for f in in_disc}
    others = [Function("gamma_none", sp.S.One, "No normaliser.")]
    others += [f for c in coordinates() for f in c.functions()]
    return {**near, **{f.name: f for f in others}}


def javascript() -> str:
    """The printed module, and a table of its functions that take their arguments by name."""
    named = functions()
    calls = {name: [f"at.{a}" for a in arguments(f, False)] for name, f in named.items()}
    table = (f"  {n}: (at) => {named[n].name}({', '.join(given)})," for n, given in calls.items())
    title = "What the explorer computes, R(Δ) = ρ^|Δ|."
    printed = module_source([*named.values()], "javascript", title)
    return "\n".join([printed, "const formulas = {", *table, "};"])


@cache
def fragment() -> str:
    """The explorer as an HTML section with its style and script."""
    names = json.dumps({c.key: c.names for c in coordinates()}, ensure_ascii=False)
    return rendered(
        "explorer.html",
        coordinates=coordinates(),
        formulas=Markup(javascript()),  # noqa: S704 (ours)
        names=Markup(names),  # noqa: S704 (ours)
    )
