"""Variants of claims that are false, or mean nothing, at one place of the domain alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from verify.claims.claim import Claim, Interval
from verify.claims.expressions import Refusal, parse, rational_of
from verify.claims.file import make_claim

Place = Mapping[str, str]  # parameter → a constant, as text
UNBOUNDED = 30  # what a range without an end goes on for


@dataclass(frozen=True)
class Variant:
    """A changed claim, and the places at which it is to be looked at.

    Attributes:
        claim: the changed claim.
        places: where the change shows, if it does; other parameters are free there.

    """

    claim: Claim
    places: tuple[Place, ...] = ()


Variants = Callable[[Claim], Iterable[Variant]]


def changed(claim: Claim, *places: Place, **fields: object) -> Iterator[Variant]:
    """The claim with other fields, as its file would have them, if it is one.

    In `formula`, `{f}` stands for the original's.
    """
    entry = {**claim.entry(), **fields}
    entry.pop("expect", None)
    entry["formula"] = str(entry["formula"]).replace("{f}", f"({claim.formula})")
    entry = {name: value for name, value in entry.items() if value not in (None, "", {}, [], False)}
    try:
        yield Variant(make_claim(entry), places)
    except Refusal:  # too long, or a name that is taken
        return


def domain(claim: Claim, *ranges: str, without: Iterable[str] = ()) -> list[str]:
    """The claim's ranges without those of some parameters, and others."""
    return [*(str(i) for i in claim.domain if i.name not in set(without)), *ranges]


@dataclass(frozen=True)
class Axis:
    """A parameter that goes from `lower` to `upper`, or whose modulus does; both are constants.

    A range without an end goes on for UNBOUNDED.
    """

    interval: Interval
    lower: str
    upper: str

    @property
    def name(self) -> str:
        """The parameter's name."""
        return self.interval.name

    @property
    def text(self) -> str:
        """What goes from one end to the other."""
        return f"abs({self.name})" if self.interval.modulus else self.name

    def at(self, share: Fraction | int) -> str:
        """What is a share of the way up, as text; below 0 and above 1 it is outside."""
        ends = [_rational(text) for text in (self.lower, self.upper)]
        if None not in ends:
            return f"({ends[0] + share * (ends[1] - ends[0])})"  # type: ignore[operator]
        return f"({self.lower} + {share}*({self.upper} - ({self.lower})))"

    @property
    def ends(self) -> Sequence[int]:
        """0 for a lower end that there is, 1 for an upper one."""
        bounds = enumerate((self.interval.lower, self.interval.upper))
        return [end for end, bound in bounds if bound is not None]


def axes(claim: Claim) -> Sequence[Axis]:
    """The parameters of a claim whose ranges are bounded on one side at least.

    A horizon is none, and what goes to a limit is none.
    """
    apart = {claim.horizon, claim.limit.name if claim.limit else None}
    found = [_axis(claim.interval(name)) for name in claim.parameters if name not in apart]
    return [axis for axis in found if axis]


def _axis(interval: Interval) -> Axis | None:
    lower, upper = interval.lower, interval.upper
    if lower is None and upper is None:
        return None
    if interval.modulus:
        return Axis(interval, str(lower or 0), str(upper or UNBOUNDED))
    return Axis(
        interval,
        str(lower) if lower else f"{upper} - {UNBOUNDED}",
        str(upper) if upper else f"{lower} + {UNBOUNDED}",
    )


def _rational(text: str) -> Fraction | None:
    return rational_of(parse(text).node)


def other_name(claim: Claim, wanted: str) -> str:
    """A name for a parameter more."""
    taken = {*claim.parameters, *claim.poles}
    return next(name for name in (wanted, f"{wanted}1", f"{wanted}2") if name not in taken)
