"""Deep networks and gated units on real text: Figs. 5 and 12 to 15, and training (F and G3)."""

from __future__ import annotations

from math import exp, log

from verify.experiments import EXPERIMENTS
from verify.experiments.deep_networks import NORMS, RECURRENCES, TIME_CONSTANTS
from verify.experiments.embedding_autocorrelation import LAGS
from verify.reporting.figures.panel import Line, Panel, figure

_TAU = "time constant τ"
_SQUARE = "mean squared gradient"
# F1's fit, 0.332 δ + 0.0431·0.997^Δ
_FITTED = {lag: 0.0431 * exp(lag * log(0.997)) / (0.332 + 0.0431) for lag in LAGS}
_GRADIENTS = {
    ("LRU", "rest"): {"1": 4.9e-7, "10": 2.8e-7, "100": 3.4e-7},
    ("LRU", "recurrence"): {"1": 1.4e-7, "10": 9.1e-7, "100": 7.0e-7},
    ("LRU", "angle"): {"1": 1.2e-6, "10": 1.6e-4, "100": 8.5e-3},
    ("complex RNN", "rest"): dict(
        zip(TIME_CONSTANTS, (1.3e-6, 3.9e-5, 2.2e-2, 2.0e2, 1.6e6), strict=True)
    ),
    ("complex RNN", "recurrence"): dict(
        zip(TIME_CONSTANTS, (3.2e-6, 1.3e-3, 1.1e1, 8.4e5, 2.5e10), strict=True)
    ),
}

AUTOCORRELATION = figure(
    "The autocorrelation of embedded text (Fig. 12)",
    "Correlation at four lags, the median over groups of Wikipedia's articles. Hollow: the "
    "published fit, of another model's embeddings. What is left without position embeddings and "
    "the features' mean is the text's own.",
    ("F1",),
    Panel(
        "embedding_autocorrelation",
        "control",
        ("", "R(Δ)/R(0)"),
        tuple(
            Line(f"Δ = {lag}", f"correlation_{lag}", published={"as published": _FITTED[lag]})
            for lag in LAGS
        ),
    ),
)

INITIALISATION = figure(
    "Deep networks at initialisation (Figs. 5 and 13)",
    "Four blocks on embedded text, without normalisation and, below, the complex RNN with it. "
    "Hollow: as published, for embeddings of twice the width. λ stands for ω_ν, and for all of a "
    "gated layer's parameters, too.",
    ("F2", "F3", "F4"),
    *(
        Panel(
            "deep_networks_at_initialisation",
            "time_constant",
            (_TAU, label),
            tuple(
                Line(name, measure, {"recurrence": name, "norm": "none"}, published.get(name, {}))
                for name in RECURRENCES
                if not (measure == "gradient_angle" and name != "LRU")
            ),
            place=TIME_CONSTANTS.__getitem__,
            title=title,
        )
        for measure, label, title, published in (
            ("state_4", "mean square", "Fig. 5A: last block", {}),
            *(
                (
                    f"gradient_{group}",
                    _SQUARE,
                    f"Fig. 5B: {words}",
                    {name: _GRADIENTS.get((name, group), {}) for name in RECURRENCES},
                )
                for group, words in (
                    ("rest", "all parameters but λ"),
                    ("recurrence", "λ"),
                    ("angle", "ω_θ"),
                )
            ),
        )
    ),
    *(
        Panel(
            "deep_networks_at_initialisation",
            "time_constant",
            (_TAU, _SQUARE),
            tuple(
                Line(name, f"gradient_{group}", {"recurrence": "complex RNN", "norm": name})
                for name in NORMS
            ),
            place=TIME_CONSTANTS.__getitem__,
            title=f"Fig. 5C: complex RNN, {words}",
        )
        for group, words in (("rest", "all but λ"), ("recurrence", "λ"))
    ),
)

GATED_UNITS = figure(
    "Gated units and the diagonal linear picture (Figs. 14 and 15)",
    "Left, the mean diagonal entry of a GRU's Jacobian over the mean of the others. Right, by what "
    "factor E[h²] and E[(∂h/∂θ)²] are off those of constant gates, the worst of three time "
    "constants.",
    ("F5", "F6"),
    Panel(
        "gru_jacobian",
        "delay",
        ("steps", "|J_ii| over |J_ij|"),
        tuple(
            Line(f"σ_h = {strength}", "diagonal_over_rest", {"strength": strength})
            for strength in EXPERIMENTS["gru_jacobian"].settings["strength"]
        ),
        place=float,
        title="Fig. 14",
        bound=1,
    ),
    Panel(
        "gates_against_theory",
        "gates",
        ("", "off by a factor of"),
        (Line("state", "state_off_by"), Line("sensitivity", "sensitivity_off_by")),
        title="Fig. 15",
        bound=1,
        scale="linear",
    ),
)

GATED_LEARNING = figure(
    "Gated networks while they learn",
    "Networks that learn to predict the next embedded token: by what factor a unit's E s² and "
    "E(∂s/∂θ)² are off the linear unit's with its gates' means, the median over units.",
    ("G3",),
    *(
        Panel(
            "gated_networks_learning",
            "steps",
            ("steps of Adam", "off by a factor of"),
            (Line("state", "state_off_by", at), Line("sensitivity", "sensitivity_off_by", at)),
            title=name,
            bound=1,
            scale="linear",
        )
        for name in ("GRU", "LSTM")
        for at in ({"recurrence": name, "start": "chrono", "units": "32"},)
    ),
)
