"""Evidence: what one method found of a claim, in words and numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class MeaningError(ValueError):
    """A well-formed claim without meaning, e.g. an autocorrelation that is none."""


class Finding(StrEnum):
    """What one method found."""

    PROVES = "proves"  # true on the whole domain
    SUPPORTS = "supports"  # true as far as it looked, and it would have noticed `noticeable`
    REFUTES = "refutes"  # false, with a certified counterexample
    CONTRADICTS = "contradicts"  # false at a stated error rate, or by one judge alone
    ABSTAINS = "abstains"  # cannot say; `detail` says why
    FAILED = "failed"  # broke; `detail` says how


class Verdict(StrEnum):
    """A verdict, computed from evidence; only the first two are counted as a pass.

    A published number that a run does not meet is refuted by one of the published protocol; by one
    that deviates it is not reproduced, which is no finding against it.
    """

    PROVED = "proved"
    SUPPORTED = "supported"
    REFUTED = "refuted"
    NOT_REPRODUCED = "not reproduced"
    UNDECIDED = "undecided"
    ERROR = "error"

    @property
    def holds(self) -> bool:
        """Whether the claim is true as far as is known."""
        return self in (Verdict.PROVED, Verdict.SUPPORTED)


@dataclass(frozen=True)
class Profile:
    """Both sides of a claim along one parameter, to be drawn; of complex values the moduli.

    Attributes:
        name: the parameter's; of a complex one the modulus.
        at: its values.
        claimed: what the formula gives there.
        actual: what is.

    """

    name: str
    at: Sequence[float]
    claimed: Sequence[float]
    actual: Sequence[float]

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Profile:
        """The profile that `Evidence.to_json` wrote.

        Raises:
            ValueError: it is none.

        """
        sides = (list(map(float, values[side])) for side in ("at", "claimed", "actual"))
        found = cls(values["name"], *sides)
        lengths = {len(side) for side in (found.at, found.claimed, found.actual)}
        if not found.name.isidentifier() or len(lengths) > 1:
            raise ValueError("no profile")
        return found

    def spread(self) -> float:
        """By how much the relative difference between the sides varies."""
        pairs = zip(self.claimed, self.actual, strict=True)
        relative = [abs(c - a) / (abs(c) + abs(a)) for c, a in pairs if c or a]
        return max(relative, default=0.0) - min(relative, default=0.0)


@dataclass(frozen=True)
class Counterexample:
    """A point where the claim fails: both values as decimal strings, and the corrected formula.

    `discrepancy` is relative to the actual value; `largest` is the one at the worst of many points,
    through which `profile` leads.
    """

    point: str
    claimed: str
    actual: str
    discrepancy: str
    largest: str | None = None
    correction: str | None = None
    profile: Profile | None = None

    def words(self) -> dict[str, str]:
        """What there is to say of the point, by name."""
        return {name: text for name, text in vars(self).items() if isinstance(text, str)}

    def lines(self) -> list[str]:
        """What there is to say of the point, a line each."""
        return [f"  {name:<11} {text}" for name, text in self.words().items()]

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Counterexample:
        """The counterexample that `Evidence.to_json` wrote.

        Raises:
            ValueError, LookupError, TypeError, AttributeError: it is none.

        """
        profile = values.get("profile")
        found = cls(**{**values, "profile": Profile.from_json(profile) if profile else None})
        optional = (found.largest, found.correction)
        required = (found.point, found.claimed, found.actual, found.discrepancy)
        if not all(isinstance(text, str) for text in (*required, *filter(None, optional))):
            raise ValueError("no counterexample")
        return found


# what the data of evidence from elsewhere names, with the machine that found it
ORIGINS = ("imported", "recorded")


@dataclass(frozen=True)
class Evidence:
    """What one method found, in words and numbers.

    Attributes:
        method: the judge or route.
        finding: its outcome.
        detail: one sentence for the report.
        noticeable: the smallest relative error the method would have noticed, if it has one.
        counterexample: where the claim fails, if it does.
        data: further numbers (digits, samples, error rates), JSON-ready.
        seconds: what it took, or the trials that it rests on; no part of what was found.

    """

    method: str
    finding: Finding
    detail: str = ""
    noticeable: float | None = None
    counterexample: Counterexample | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    seconds: float | None = field(default=None, compare=False)

    @property
    def obligations(self) -> list[dict[str, str]]:
        """What had to hold, and what has become of it, by name; see `obligations.obligation`."""
        stated = self.data.get("obligations")
        names = ("field", "statement", "state", "how")
        return [
            {name: str(one.get(name, "")) for name in names}
            for one in (stated if isinstance(stated, list) else [])
            if isinstance(one, Mapping)
        ]

    @property
    def theorem(self) -> str:
        """What the claim states, for a proof assistant that was told of it."""
        return str(self.data.get("theorem", ""))

    @property
    def wants_replicas(self) -> bool:
        """Whether more replicas may tell what these cannot."""
        return self.finding is Finding.ABSTAINS and "p_value" in self.data

    @property
    def lacks(self) -> bool:
        """Whether the method could say nothing for lack of a program."""
        return "lacks" in self.data

    @property
    def origin(self) -> str:
        """Where it is from, one of ORIGINS; empty where it was found here."""
        return next((origin for origin in ORIGINS if origin in self.data), "")

    @property
    def imported(self) -> bool:
        """Whether another machine says so, from which it was taken over."""
        return "imported" in self.data

    @property
    def recorded(self) -> bool:
        """Whether it is of the record that ships with the project."""
        return "recorded" in self.data

    def to_json(self) -> dict[str, object]:
        """The evidence as JSON-ready values."""
        example = self.counterexample
        return {
            **vars(self),
            "data": dict(self.data),
            "counterexample": asdict(example) if example else None,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Evidence:
        """The evidence that `to_json` wrote.

        Raises:
            ValueError, LookupError, TypeError, AttributeError: it is none.

        """
        where = values["counterexample"]
        numbers = {name: values.get(name) for name in ("noticeable", "seconds")}
        found = cls(
            **{
                **values,
                **{name: None if x is None else float(x) for name, x in numbers.items()},
                "finding": Finding(values["finding"]),
                "counterexample": Counterexample.from_json(where) if where else None,
                "data": dict(values["data"]),
            }
        )
        if not (isinstance(found.method, str) and isinstance(found.detail, str)):
            raise TypeError("no evidence")
        return found
