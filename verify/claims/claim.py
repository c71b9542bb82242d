"""A claim: what is said of which quantity, for which input, where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

from theory.catalogue import QUANTITIES
from verify.claims.expressions import Expression, Refusal, parse, rational_of

RELATIONS = ("==", "<=", ">=", "<", ">", "~")
WORDS = frozenset({"source", "statement", "uses", "expect", "origin"})  # no method reads them

# autocorrelation = "R(Delta)": any stationary input
ARBITRARY = "R(Delta)"


class ClaimError(Refusal):
    """A claim that cannot be read. The message names file, claim, field, value and remedy."""


class FieldError(ClaimError):
    """A claim that cannot be read, for what one of its fields says.

    Attributes:
        field: the field's name.
        why: what is wrong with it, and what would be right.

    """

    def __init__(self, where: str, field: str, value: object, why: str) -> None:
        """Name the claim and its file by `where`; a `value` of None is not shown."""
        shown = "" if value is None else f" = {str(value)[:80]!r}"
        super().__init__(f"{where}: field {field!r}{shown}: {why}")
        self.field, self.why = field, why


@dataclass(frozen=True)
class Interval:
    """A parameter's range, or its modulus's where `modulus`; a missing bound is None."""

    name: str
    modulus: bool = False
    lower: Expression | None = None
    upper: Expression | None = None
    lower_strict: bool = True
    upper_strict: bool = True
    is_whole: bool = False

    @property
    def ends(self) -> tuple[tuple[Expression | None, bool], tuple[Expression | None, bool]]:
        """The lower and the upper bound, each with whether it is left out."""
        return (self.lower, self.lower_strict), (self.upper, self.upper_strict)

    @property
    def rational_bounds(self) -> tuple[Fraction | None, Fraction | None]:
        """The lower and the upper bound; None where there is none, or an irrational one."""
        lower, upper = (None if b is None else rational_of(b.node) for b, _ in self.ends)
        return lower, upper

    def cut(self, at: Iterable[Expression], strict: bool) -> list[Interval]:
        """The pieces between values in ascending order, which are left out of both if `strict`."""
        first, last = self.ends
        ends = (first, *((value, strict) for value in at), last)
        return [
            replace(self, lower=low, lower_strict=above, upper=high, upper_strict=below)
            for (low, above), (high, below) in pairwise(ends)
        ]

    @property
    def value(self) -> Expression | None:
        """The only value of a real parameter, where both bounds are the same."""
        own = [bound for bound, strict in self.ends if bound and not strict]
        if len(own) < 2 or self.modulus:
            return None
        lower, upper = own
        number = rational_of(lower.node)
        is_same = lower == upper or (number is not None and number == rational_of(upper.node))
        return lower if is_same else None

    def __str__(self) -> str:
        subject = f"abs({self.name})" if self.modulus else self.name
        left = f"{self.lower} {'<' if self.lower_strict else '<='} " if self.lower else ""
        right = f" {'<' if self.upper_strict else '<='} {self.upper}" if self.upper else ""
        return f"{left}{subject}{right}{' in integers' if self.is_whole else ''}"


@dataclass(frozen=True)
class Relation:
    """A relation that cuts a domain: a parameter `!=` a number or another, or `<` another."""

    left: str
    sign: str
    right: Expression

    @property
    def is_hole(self) -> bool:
        """Whether a number is left out."""
        return not self.right.names

    def __str__(self) -> str:
        return f"{self.left} {self.sign} {self.right}"


@dataclass(frozen=True)
class Limit:
    """`name -> target` from the side `direction`: "-" from below, "+" from above; "oo" for ±∞."""

    name: str
    target: Expression
    direction: str

    def __str__(self) -> str:
        if self.direction == "oo":
            return f"{self.name} -> {self.target.source.removesuffix('1')}oo"
        return f"{self.name} -> {self.target}{self.direction}"


@dataclass(frozen=True)
class Derivative:
    """What is differentiated by: a parameter, or the real or imaginary part of a complex one."""

    name: str
    part: str = ""  # "re" or "im"

    def __str__(self) -> str:
        return f"{self.part}({self.name})" if self.part else self.name


@dataclass(frozen=True)
class Claim:
    """One claim, checked for form; its fields are those of the claim format (see README).

    `eigenvalue` and `gamma` are by pole; a γ given once is given to each. A claim about an
    `experiment` has the name of a measure for its quantity; a setting that is a pair stands for
    the ratio of the measure at the one to that at the other.
    """

    id: str
    quantity: str
    relation: str
    formula: Expression
    autocorrelation: Expression
    domain: tuple[Interval, ...] = ()
    relations: tuple[Relation, ...] = ()
    source: str = ""
    statement: str = ""
    eigenvalue: Mapping[str, Expression] = field(default_factory=dict)
    wrt: tuple[Derivative, ...] = ()
    gamma: Mapping[str, Expression] = field(default_factory=dict)
    differentiate_gamma: bool = False
    horizon: str | None = None
    lag: int | None = None
    complex_input: bool = False
    limit: Limit | None = None
    experiment: str | None = None
    settings: Mapping[str, str | tuple[str, str]] = field(default_factory=dict)
    uses: tuple[str, ...] = ()
    expect: str | None = None
    parameters: tuple[str, ...] = ()
    origin: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.id

    def _repr_html_(self) -> str:
        """The claim as mathematics, as notebooks show it."""
        from verify import claim_html

        return claim_html(self)

    @property
    def arbitrary(self) -> bool:
        """Whether the claim is about every stationary input."""
        return self.autocorrelation.source.replace(" ", "") == ARBITRARY

    @property
    def is_bound(self) -> bool:
        """Whether it bounds a quantity on a domain."""
        return self.relation[0] in "<>" and not self.experiment

    @property
    def is_upper(self) -> bool:
        """Whether it bounds a quantity from above."""
        return self.relation[0] == "<"

    @property
    def is_strict(self) -> bool:
        """Whether it says of a bound that it is nowhere reached."""
        return self.relation in ("<", ">")

    @property
    def comparison(self) -> str:
        """What is compared with what, as the claim's file has it."""
        return f"{self.quantity} {self.relation} {self.formula}"

    @property
    def poles(self) -> tuple[str, ...]:
        """The names of the quantity's poles."""
        return QUANTITIES[self.quantity].poles

    def entry(self) -> dict[str, Any]:
        """The claim as a claim file has it, JSON-ready."""
        unit = {
            "autocorrelation": self.autocorrelation.source,
            "eigenvalue": {pole: e.source for pole, e in self.eigenvalue.items()},
            "wrt": [str(by) for by in self.wrt],
            "gamma": {pole: e.source for pole, e in self.gamma.items()},
            "differentiate_gamma": self.differentiate_gamma,
            "horizon": self.horizon,
            "lag": self.lag,
            "complex_input": self.complex_input,
            "domain": [str(entry) for entry in (*self.domain, *self.relations)],
        }
        run = {"experiment": self.experiment, "settings": dict(self.settings)}
        entry = {
            "id": self.id,
            "source": self.source,
            "statement": self.statement,
            **(run if self.experiment else unit),
            "quantity": self.quantity,
            "relation": self.relation,
            "formula": self.formula.source,
            "limit": str(self.limit) if self.limit else None,
            "uses": list(self.uses),
            "expect": self.expect,
        }
        return {name: value for name, value in entry.items() if value}

    def description(self) -> str:
        """The claim for a reader, field by field."""
        run = {
            "experiment": self.experiment,
            "settings": ", ".join(f"{name} = {self.setting(name)}" for name in self.settings),
        }
        source = f"R(Delta) = {self.autocorrelation}"
        unit = {
            "input": "any stationary input" if self.arbitrary else source,
            "eigenvalue": _by_pole(self.eigenvalue),
            "gamma": _by_pole(self.gamma),
            "by": ", ".join(map(str, self.wrt)),
            "horizon": self.horizon,
            "lag": self.lag,
        }
        fields = {
            "statement": self.statement,
            "source": self.source,
            **(run if self.experiment else unit),
            "claimed": self.comparison,
            "uses": ", ".join(self.uses),
        }
        lines = [f"  {name:<11}{text}" for name, text in fields.items() if text]
        return "\n".join([self.id, *lines])

    def setting(self, name: str) -> str:
        """An experiment's setting in words: its value, or one value over another."""
        value = self.settings[name]
        return value if isinstance(value, str) else " over ".join(value)

    def interval(self, name: str) -> Interval:
        """The range of a parameter; eigenvalues without one fill the unit disc."""
        for interval in self.domain:
            if interval.name == name:
                return interval
        if name in self.poles:
            return Interval(name, modulus=True, upper=parse("1"))
        if name == self.horizon:
            return Interval(name, lower=parse("1"), lower_strict=False)
        raise KeyError(name)

    def at(self, place: Mapping[str, str]) -> Claim:
        """The claim where real parameters have constant values."""
        fixed = {
            name: Interval(name, False, parse(value), parse(value), False, False)
            for name, value in place.items()
        }
        kept = (interval for interval in self.domain if interval.name not in fixed)
        return replace(self, domain=(*kept, *fixed.values()))

    def is_whole(self, name: str) -> bool:
        """Whether a parameter ranges over whole numbers, as the horizon does."""
        return name == self.horizon or self.interval(name).is_whole

    def is_complex(self, name: str) -> bool:
        """Whether a parameter ranges over complex numbers."""
        return self.interval(name).modulus


def _by_pole(expressions: Mapping[str, Expression]) -> str:
    if len(set(expressions.values())) == 1:
        return str(next(iter(expressions.values())))
    return ", ".join(f"{pole}: {e}" for pole, e in expressions.items())
