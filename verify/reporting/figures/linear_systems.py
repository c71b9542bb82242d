"""Learning linear systems: Figs. 3, 4B, 9, 10 and 11, and other optimisers (claims E and G5)."""

from __future__ import annotations

from collections.abc import Mapping

from verify.experiments.linear_systems import OPTIMIZERS
from verify.reporting.figures.panel import Line, Panel, figure

_LOSS = "final loss"
_DISTANCE = "1 − ν₀ of the teacher"
_SLOW = {"memory": "0.99", "angle": "1"}
_NAMES = {
    "dense": "dense RNN",
    "32 heads": "32 heads",
    "diagonal": "complex diagonal",
    "lru": "LRU",
}

# as read off the published plots
_DENSE = dict(
    zip(
        ("0.36", "0.68", "0.84", "0.92", "0.96", "0.98", "0.99"),
        (8e-9, 1e-7, 2e-5, 1e-4, 6e-4, 4e-2, 4e-1),
        strict=True,
    )
)
_LRU = dict(zip(_DENSE, (5e-8, 1e-7, 9e-7, 2.5e-6, 5e-6, 5e-5, 2.5e-5), strict=True))
_AT_99 = {
    **{"dense": 4e-1, "32 heads": 1.8e-5, "64 heads of 2": 2e-5},
    **{"diagonal": 4e-5, "diagonal with gamma": 2.3e-5, "lru": 2.4e-5},
}
_HEADS = dict(
    zip(
        ("dense", "2 heads", "4 heads", "8 heads", "16 heads", "32 heads"),
        (6e-1, 6e-1, 2e-1, 1e-1, 6e-5, 1.8e-5),
        strict=True,
    )
)
# the ends of the published ranges
_ANGLES = {
    "dense": {"1": 4e-1},
    "diagonal": {"0.01": 2e-5, "1": 4e-5},
    "lru": {"0.01": 4e-7, "1": 2.5e-5},
}


def _final(label: str, published: Mapping[str, float], scan: str, **point: str) -> Line:
    point = {"optimizer": "adam", "scan": scan, "loss": "expected", **point}
    return Line(label, "published_loss", point, published)


MEMORY = figure(
    "Loss against memory (Fig. 3)",
    "Students of 64 states after 10 000 steps on the expected loss, at the best of the published "
    "learning rates: the mean of the ten published runs, those left out that diverged. Hollow: as "
    "published.",
    ("E1", "E2"),
    Panel(
        "linear_system_learning",
        "memory",
        (_DISTANCE, _LOSS),
        (
            _final("dense RNN", _DENSE, "memory", student="dense", angle="1"),
            _final("LRU", _LRU, "memory", student="lru", angle="1"),
        ),
        place=lambda memory: 1 - float(memory),
        title="Fig. 3A",
    ),
    Panel(
        "linear_system_learning",
        "student",
        ("", _LOSS),
        (_final("ν₀ = .99", _AT_99, "ablation", **_SLOW),),
        values=tuple(_AT_99),
        title="Fig. 3B",
    ),
)

ANGLE_AND_HEADS = figure(
    "Loss against angles and against heads (Figs. 10 and 11)",
    "As Fig. 3, for ν₀ = .99. Of Fig. 10 the published ranges are known, whose ends are drawn; the "
    "dense RNN is one head.",
    ("E4", "E5"),
    Panel(
        "linear_system_learning",
        "angle",
        ("largest angle θ₀/π", _LOSS),
        tuple(
            _final(_NAMES[student], published, "angles", student=student, memory="0.99")
            for student, published in _ANGLES.items()
        ),
        place=float,
        title="Fig. 10",
    ),
    Panel(
        "linear_system_learning",
        "student",
        ("", _LOSS),
        (_final("ν₀ = .99", _HEADS, "heads", **_SLOW),),
        values=tuple(_HEADS),
        title="Fig. 11",
    ),
)

_GROUPS = {"recurrence": "A, λ or ω_ν", "angle": "ω_θ", "rest": "B, C, D"}

EFFECTIVE_RATES = figure(
    "Adam's effective learning rates (Figs. 4B and 9)",
    "Medians of the groups of parameters after training at a rate of 1e-3 (dotted), ν₀ = .99. Left "
    "the published measure, the update on a gradient of ones: where gradients are small it is "
    "0.1 √1000 of the rate whatever they are. Right what the mean gradient is multiplied by.",
    ("E3", "E5"),
    *(
        Panel(
            "effective_learning_rates",
            "student",
            ("", "effective learning rate"),
            tuple(
                Line(label, f"{kind}_{group}_median", {"loss": "expected", **_SLOW})
                for group, label in _GROUPS.items()
            ),
            values=("dense", "8 heads", "32 heads", "diagonal", "lru", "s4"),
            title=title,
            bound=1e-3,
        )
        for kind, title in (("published", "as published"), ("applied", "as Adam applies them"))
    ),
)

_WIDENED = {"angle": "1", "scan": "memory", "rates": "widened", "loss": "expected"}

OPTIMISERS = figure(
    "Optimisers, architectures and memory",
    "As Fig. 3, but for fresh runs at the best of learning rates half a decade apart, none of them "
    "at an end of those tried. Muon orthogonalises the updates of A; where there is no such matrix "
    "it is AdamW, and is not drawn.",
    ("E6", "G5"),
    *(
        Panel(
            "linear_system_learning",
            "optimizer",
            ("", _LOSS),
            tuple(
                Line(
                    label,
                    "final_loss",
                    {"student": student, "memory": memory, **_WIDENED},
                    without=() if student == "dense" else ("muon",),
                )
                for student, label in _NAMES.items()
                if student != "32 heads"
            ),
            values=tuple(OPTIMIZERS),
            title=f"ν₀ = {memory}",
        )
        for memory in ("0.36", "0.99")
    ),
)
