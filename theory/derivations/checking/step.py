"""A derivation: statements in order, each with its reason and a check of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sympy as sp


class BrokenStep(Exception):
    """A step's statement failed its check; the message names the derivation and the step."""


@dataclass(frozen=True)
class Step:
    """One line of a derivation.

    Attributes:
        statement: what is said, usually an equation; polarised (see `theory.algebra.conjugation`).
        rule: the name of the step, a few words.
        justification: why it follows, a sentence.
        check: whether a statement in this place is true, found out another way than the one
            that led to it. It is given the very statement that is printed.

    """

    statement: sp.Basic
    rule: str
    justification: str
    check: Callable[[sp.Basic], bool]


@dataclass(frozen=True)
class Derivation:
    """A result, what it assumes, and the steps that lead to it.

    Attributes:
        title: what is derived.
        assumptions: each a sentence.
        steps: in order; the last one is an equation.

    """

    title: str
    assumptions: tuple[str, ...]
    steps: tuple[Step, ...]

    @property
    def result(self) -> sp.Expr:
        """The formula arrived at: the right side of the last statement."""
        return self.steps[-1].statement.rhs

    def _repr_html_(self) -> str:
        """The derivation, each step checked, as notebooks show it."""
        from theory import derivation_html

        return derivation_html(self)

    def checked(self) -> Iterator[Step]:
        """The steps, each checked before it is handed out.

        Raises:
            BrokenStep: at the first step whose check fails.

        """
        return (self.step(number) for number in range(1, len(self.steps) + 1))

    def step(self, number: int) -> Step:
        """The step of a number, counted from 1, having been checked.

        Raises:
            BrokenStep: its check fails.

        """
        step = self.steps[number - 1]
        if not step.check(step.statement):
            raise BrokenStep(f"{self.title}, step {number} ({step.rule}): {step.statement}")
        return step


def equation(
    lhs: sp.Expr, rhs: sp.Expr, rule: str, justification: str, check: Callable[[sp.Basic], bool]
) -> Step:
    """The step lhs = rhs, kept as an equation even where SymPy could decide it."""
    return Step(sp.Eq(lhs, rhs, evaluate=False), rule, justification, check)
