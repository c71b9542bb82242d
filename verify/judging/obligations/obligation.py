"""An obligation, and what has become of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sympy as sp


class Kind(StrEnum):
    """What has to be said of a function all over the domain."""

    NONZERO = "is not 0"
    POSITIVE = "is positive"
    NONNEGATIVE = "is not negative"
    REAL = "is real"
    OFF_CUT = "is never negative, or always"  # of a real number; a complex one is never negative


class State(StrEnum):
    """What has become of an obligation."""

    DISCHARGED = "discharged"
    FAILED = "failed"  # at a place
    OPEN = "open"


@dataclass(frozen=True)
class Obligation:
    """A statement about a function on a whole domain.

    Attributes:
        field: the claim's field that it comes from.
        function: an expression in the claim's symbols, not polarised; real unless NONZERO or REAL.
        kind: what is said of it.
        text: the function in the claim's own words.
        fault: what is wrong where it fails, in words that a place may follow.
        angle: a symbol of `function` that takes all angles, beside the claim's own.
        is_enough: whether less may do: then where it fails, the question is only open.

    """

    field: str
    function: sp.Expr
    kind: Kind
    text: str
    fault: str = ""
    angle: sp.Symbol | None = None
    is_enough: bool = False

    def __str__(self) -> str:
        return f"{self.text} {self.kind}"


@dataclass(frozen=True)
class Outcome:
    """What has become of an obligation: how it was discharged, where it failed, why it is open."""

    obligation: Obligation
    state: State
    how: str

    def to_json(self) -> dict[str, str]:
        """The outcome as JSON-ready values."""
        return stated(self.obligation.field, str(self.obligation), self.state, self.how)


def stated(field: str, statement: str, state: State, how: str) -> dict[str, str]:
    """What has become of a statement, as evidence keeps it; fields are a claim's, or a module's."""
    return {"field": field, "statement": statement, "state": str(state), "how": how}
