"""Claims that only a run can judge: each experiment's settings, what it measures, and how.

An experiment measures one number per replica. A deterministic one has a single replica; of the
others the median is claimed, whose interval from order statistics holds for any distribution.
Claims are read with this table; what runs an experiment is imported when it is run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from verify.settings import Settings, Tier

    Measured = Mapping[str, Sequence[float]]  # by measure: a number per replica
    Run = Callable[[Mapping[str, str], Settings, np.random.Generator], Measured]


@dataclass(frozen=True)
class Experiment:
    """An experiment that claims may name.

    Attributes:
        module: the module in this folder that runs it.
        function: its function: a value of each setting, how much to try, and random
            numbers → what is measured.
        measures: the numbers it yields, by name.
        settings: each setting's possible values.
        random: whether replicas differ; there is one if not.
        single: the measures of a random experiment that are one number all the same.
        confirmed_by: what measures the same on other seeds, by measure: it is to say so too where
            a claim is refuted.
        looks: at replicas at most; more are run while they cannot tell.
        protocol: the fields of the published protocol that may be varied, with their possible
            values, the published one first.
        lacks: the fields whose published value no package provides, and the value that is taken.
        shortcuts: the fields whose published value takes hours, and a value that does not.

    """

    module: str
    function: str
    measures: Sequence[str]
    settings: Mapping[str, Sequence[str]]
    random: bool = True
    looks: int = 3
    protocol: Mapping[str, Sequence[str]] = field(default_factory=dict)
    single: Sequence[str] = ()
    confirmed_by: Mapping[str, str] = field(default_factory=dict)
    lacks: Mapping[str, str] = field(default_factory=dict)
    shortcuts: Mapping[str, str] = field(default_factory=dict)

    def deviations(self, point: Mapping[str, str]) -> dict[str, str]:
        """The fields in which a trial departs from the published protocol, and what they are."""
        published = self.published.items()
        return {name: point[name] for name, value in published if point[name] != value}

    def unsaid(self, tier: Tier) -> Mapping[str, str]:
        """The value that each field of the protocol has where a claim does not say it."""
        return {**self.published, **self.lacks, **({} if tier.as_published else self.shortcuts)}

    @property
    def choices(self) -> Mapping[str, Sequence[str]]:
        """The possible values of all that a trial is at: settings, and fields of the protocol."""
        provided = {
            name: [value for value in values if name not in self.lacks or value != values[0]]
            for name, values in self.protocol.items()
        }
        return {**self.settings, **provided}

    @property
    def published(self) -> Mapping[str, str]:
        """The published value of each field of the protocol."""
        return {name: values[0] for name, values in self.protocol.items()}

    @property
    def home(self) -> str:
        """The full name of the module that runs the experiment."""
        return f"{__name__}.{self.module}"

    @property
    def run(self) -> Run:
        """The function that runs the experiment."""
        run: Run = getattr(import_module(self.home), self.function)
        return run


def _rates(of: str, *groups: str) -> tuple[str, ...]:
    """The measures of a kind of effective learning rates, by groups of parameters."""
    return tuple(f"{of}_{group}_{summary}" for group in groups for summary in ("median", "spread"))


_GROUPS, _BLOCKS = ("recurrence", "angle", "rest"), (1, 2, 3, 4)
_OF_TEXT = ("power", "fitted_level", "fitted_decay")
_EMBEDDINGS = {"embeddings": ("of bert-base-uncased", "of MiniLM")}
_OF_MINILM = {"embeddings": "of MiniLM"}
_WITHOUT_BATCHES = {"loss": "expected"}
_PUBLISHED_RUN = _rates("published_run", "recurrence", "step", "angle", "gamma", "B", "C", "D")
_FINAL_LOSSES = ("smallest_final_loss", "largest_final_loss")
_OFF_BY = ("state_off_by", "sensitivity_off_by")
_OF_HESSIAN = ("largest_eigenvalue", "distance_from_dense", "spread", "diagonal_mass")
_PARAMETRIZATION = {
    "parametrization": ("dense", "diagonal", "lru", "lru_without_angle", "s4"),
}
_LINEAR_SYSTEM = {
    "student": (
        *("dense", "2 heads", "4 heads", "8 heads", "16 heads", "32 heads", "64 heads of 2"),
        *("diagonal", "diagonal with gamma", "lru", "s4"),
    ),
    "memory": ("0.36", "0.68", "0.84", "0.92", "0.96", "0.98", "0.99"),
    "angle": ("1", "0.316", "0.1", "0.0316", "0.01"),
}
_RELEASED = {
    "teachers": ("of key 42", "one a run"),
    "start": ("as released", "at the teacher's moduli"),
    "loss": ("on batches", "expected"),
}

EXPERIMENTS: Mapping[str, Experiment] = {
    "eigenvalue_learning": Experiment(
        "eigenvalue_learning",
        "run",
        _FINAL_LOSSES,
        {"angle": ("plain", "exponential", "optimal")},
        random=False,
        protocol={
            "optimiser_state": ("dropped", "carried"),
            "arithmetic": ("double", "100 digits"),
        },
    ),
    "eigenvalue_learning_by_natural_gradient": Experiment(
        "eigenvalue_learning", "run_naturally", _FINAL_LOSSES, {}, random=False
    ),
    "hessian_of_published_system": Experiment(
        "hessian_structure", "published_system", _OF_HESSIAN, _PARAMETRIZATION, random=False
    ),
    "hessian_of_equivalent_systems": Experiment(
        "hessian_structure",
        "equivalent_systems",
        _OF_HESSIAN,
        {"eigenvectors": ("random", "orthonormal"), **_PARAMETRIZATION},
    ),
    "published_hessian_against_angles": Experiment(
        "hessian_structure",
        "published_against_angles",
        ("diagonal_mass",),
        {"angles": ("pi", "pi/10", "pi/100")},
        random=False,
    ),
    "hessian_against_angles": Experiment(
        "hessian_structure",
        "against_angles",
        ("diagonal_mass",),
        {"angles": ("pi", "pi/10", "pi/100")},
    ),
    "linear_system_learning": Experiment(
        "linear_systems",
        "learn",
        ("published_loss", "fresh_loss", "final_loss", "best_rate"),
        {
            **_LINEAR_SYSTEM,
            "scan": ("memory", "ablation", "angles", "heads"),
            "optimizer": ("adam", "adamw", "muon", "sgd", "sgd with momentum", "rmsprop"),
        },
        protocol={**_RELEASED, "rates": ("as released", "widened")},
        shortcuts=_WITHOUT_BATCHES,
        single=("published_loss", "fresh_loss"),
        confirmed_by={"published_loss": "fresh_loss"},
    ),
    "effective_learning_rates": Experiment(
        "linear_systems",
        "effective_rates",
        (*_rates("published", *_GROUPS), *_rates("applied", *_GROUPS), *_PUBLISHED_RUN),
        _LINEAR_SYSTEM,
        protocol=_RELEASED,
        shortcuts=_WITHOUT_BATCHES,
        single=_PUBLISHED_RUN,
    ),
    "embedding_autocorrelation": Experiment(
        "embedding_autocorrelation",
        "correlations",
        (*(f"correlation_{lag}" for lag in (1, 10, 100, 300)), *_OF_TEXT),
        {
            "control": (
                *("as published", "tokens shuffled", "without positions", "without mean"),
                "without positions or mean",
            )
        },
        protocol={**_EMBEDDINGS, "text": ("pages", "full windows")},
        lacks=_OF_MINILM,
        single=_OF_TEXT,
    ),
    "deep_networks_at_initialisation": Experiment(
        "deep_networks",
        "at_initialisation",
        (
            *(f"state_{block}" for block in _BLOCKS),
            *(f"gradient_{group}" for group in _GROUPS),
            *(f"gradient_{group}_{block}" for group in _GROUPS for block in _BLOCKS),
            "recurrence_over_rest",
        ),
        {
            "recurrence": ("complex RNN", "LRU", "GRU", "LSTM"),
            "time_constant": ("1", "3.16", "10", "31.6", "100"),
            "norm": ("none", "layer", "batch"),
        },
        looks=8,  # they take a minute
        protocol={
            **_EMBEDDINGS,
            "text": ("pages", "full windows"),
            "loss": ("as released", "of the next embedding"),
        },
        lacks=_OF_MINILM,
    ),
    "gru_jacobian": Experiment(
        "gated_units",
        "jacobian",
        ("diagonal_over_rest", "diagonal_share"),
        {"strength": ("0", "1", "3"), "delay": ("1", "10", "100")},
        protocol=_EMBEDDINGS,
        lacks=_OF_MINILM,
    ),
    "gates_against_theory": Experiment(
        "gated_units",
        "against_theory",
        _OFF_BY,
        {"gates": ("constant", "of the input", "of the input and the state")},
        protocol=_EMBEDDINGS,
        lacks=_OF_MINILM,
    ),
    "teacher_normalizer": Experiment(
        "teacher_normalizer",
        "second_moment",
        ("second_moment",),
        {"product": ("entrywise", "matrix"), "eigenvectors": ("as drawn", "orthonormal")},
    ),
    "nonlinear_sensitivity": Experiment(
        "nonlinear_units",
        "against_bounds",
        ("sensitivity", "over_linear", "over_bound"),
        {
            "activation": ("identity", "absolute value", "relu", "tanh", "gelu"),
            "eigenvalue": ("0.8", "0.9", "0.99", "0.999"),
            "correlation": ("0", "0.9"),
        },
    ),
    "gated_networks_learning": Experiment(
        "gated_learning",
        "during_training",
        (*_OFF_BY, "loss"),
        {
            "recurrence": ("GRU", "LSTM"),
            "steps": ("0", "30", "100", "300", "1000"),
            "start": ("chrono", "plain"),
            "units": ("32", "64"),
        },
        looks=32,  # the median of LSTMs is near what is claimed
    ),
}
