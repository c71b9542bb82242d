"""Dense systems and nonlinear units, drawn at random: Figs. 4 and 9, H4 and G4."""

from __future__ import annotations

from verify.experiments import EXPERIMENTS
from verify.experiments.nonlinear_units import ACTIVATIONS
from verify.reporting.figures.panel import Line, Panel, figure

_DRAWN = ("random", "orthonormal")
_PARAMETRIZATIONS = EXPERIMENTS["hessian_of_published_system"].settings["parametrization"]
_OF_HESSIAN = (
    ("largest_eigenvalue", "largest eigenvalue", "log"),
    ("distance_from_dense", "decades from the dense spectrum", "linear"),
    ("spread", "coordinates per leading eigenvector", "linear"),
    ("diagonal_mass", "diagonal mass", "linear"),
)

PUBLISHED_HESSIANS = figure(
    "The Hessian of the published system (Figs. 4 and 9)",
    "The published teacher of 4 modes, written as a dense or complex diagonal network, as an LRU, "
    "with its angles or with these held fixed, or as S4, at the optimum.",
    ("D5",),
    *(
        Panel(
            "hessian_of_published_system",
            "parametrization",
            ("", label),
            (Line("of its seed", measure),),
            values=_PARAMETRIZATIONS,
            scale=scale,
        )
        for measure, label, scale in _OF_HESSIAN
    ),
)

HESSIANS = figure(
    "The Hessian of systems drawn at random",
    "As the figure before, for random teachers in the published one's place: eigenvectors drawn at "
    "random, or orthonormal. Medians over teachers.",
    ("G6",),
    *(
        Panel(
            "hessian_of_equivalent_systems",
            "parametrization",
            ("", label),
            tuple(Line(name, measure, {"eigenvectors": name}) for name in _DRAWN),
            values=_PARAMETRIZATIONS,
            scale=scale,
        )
        for measure, label, scale in _OF_HESSIAN
    ),
)

TEACHER_NORMALIZER = figure(
    "The dense teacher's normaliser",
    "E|h|²/|B|² of random teachers for white input, with γ put into B as in the released code, by "
    "an entrywise product, and by the matrix product, which makes it 1 (dotted) for a normal A.",
    ("H4",),
    Panel(
        "teacher_normalizer",
        "eigenvectors",
        ("eigenvectors", "E|h|²/|B|²"),
        tuple(
            Line(product, "second_moment", {"product": product})
            for product in EXPERIMENTS["teacher_normalizer"].settings["product"]
        ),
        bound=1,
    ),
)

NONLINEAR_UNITS = figure(
    "The sensitivity of nonlinear units",
    "E(∂h/∂λ)² of h ← λφ(h) + x over the linear unit's, white input (left) and ρ = .9 (right); the "
    "median over replicas, in the interval that verdicts are based on.",
    ("G4",),
    *(
        Panel(
            "nonlinear_sensitivity",
            "eigenvalue",
            ("1 − λ", "over the linear unit's"),
            tuple(
                Line(name, "over_linear", {"activation": name, "correlation": correlation})
                for name in ACTIVATIONS
            ),
            place=lambda eigenvalue: 1 - float(eigenvalue),
            title=f"ρ = {correlation}",
            bound=1,
        )
        for correlation in ("0", "0.9")
    ),
)
