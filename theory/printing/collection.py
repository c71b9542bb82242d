"""Several derivations in a row: a step that was proved before is recalled, not repeated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sympy as sp

from theory.derivations.checking.step import Derivation, Step


@dataclass(frozen=True)
class Recalled:
    """Steps `first` to `last`, which an earlier section has from its step `begin` on."""

    first: int
    last: int
    section: int
    begin: int

    def __str__(self) -> str:
        if self.first == self.last:
            return f"{self.first}. Step {self.begin} of section {self.section}."
        end = self.begin + self.last - self.first
        own = f"{self.first}–{self.last}."
        return f"{own} Steps {self.begin}–{end} of section {self.section}."


Part = tuple[int, Step] | Recalled


def sections(derivations: Sequence[Derivation]) -> Iterator[tuple[Derivation, Iterator[Part]]]:
    """Each derivation with its parts: numbered steps, checked when they are reached.

    Raises:
        BrokenStep: at a step whose check fails.

    """
    shown: dict[tuple[sp.Basic, str], tuple[int, int]] = {}
    for section, derivation in enumerate(derivations, 1):
        yield derivation, _parts(derivation, dict(shown))
        for number, step in enumerate(derivation.steps, 1):
            shown.setdefault((step.statement, step.rule), (section, number))


def _parts(
    derivation: Derivation, shown: dict[tuple[sp.Basic, str], tuple[int, int]]
) -> Iterator[Part]:
    run: Recalled | None = None
    for number, step in enumerate(derivation.steps, 1):
        found = shown.get((step.statement, step.rule))
        if found is not None and run is not None and _continues(run, *found):
            run = Recalled(run.first, number, run.section, run.begin)
            continue
        if run is not None:
            yield run
        run = Recalled(number, number, *found) if found is not None else None
        if run is None:
            yield number, derivation.step(number)
    if run is not None:
        yield run


def _continues(run: Recalled, section: int, number: int) -> bool:
    return section == run.section and number == run.begin + run.last - run.first + 1
