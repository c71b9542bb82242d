"""Mutants: each true claim with one thing changed, and what the change has made of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from random import Random

from verify.claims.claim import Claim, Interval, Limit
from verify.selftest.mutations import OPERATORS, _turned_round
from verify.selftest.oracle import Truth, truth
from verify.selftest.oracle_values import Known, NoTruth

PER_OPERATOR = 2


@dataclass(frozen=True)
class Mutant:
    """A claim that was true, with one change.

    Attributes:
        claim: the changed claim; its id is the original's, `~`, the operator and a number.
        original: the original's id.
        operator: the kind of change.
        change: what is written now, for reports.
        truth: what the changed claim is.

    """

    claim: Claim
    original: str
    operator: str
    change: str
    truth: Truth


def mutants(
    claim: Claim, per_operator: int = PER_OPERATOR, operators: Iterable[str] | None = None
) -> list[Mutant]:
    """The mutants of a true claim, in the same order whenever asked.

    Args:
        claim: the claim. Of an experiment's, only the relation is changed.
        per_operator: at most so many of each kind, drawn from all places it applies to.
        operators: the kinds, names in OPERATORS; all if not given.

    """
    known: Known = {}
    result = []
    all_operators = {"relation": _turned_round} if claim.experiment else OPERATORS
    wanted = set(all_operators if operators is None else operators)
    for operator, variants in all_operators.items():
        if operator not in wanted:
            continue
        slug = operator.replace(" ", "-")
        for number, changed in enumerate(
            _drawn(list(variants(claim)), per_operator, f"{claim.id} {operator}"), 1
        ):
            mutant = replace(changed, id=f"{claim.id}~{slug}-{number}", expect=None)
            try:
                what = truth(mutant, known) if not claim.experiment else Truth.FALSE
            except NoTruth:
                continue
            result.append(Mutant(mutant, claim.id, operator, _difference(claim, mutant), what))
    return result


def _drawn(variants: list[Claim], count: int, seed: str) -> list[Claim]:
    """Some of the variants, in order; others for other claims, so that each kind has its turn."""
    random = Random(seed)  # noqa: S311 (reproducible, not secret)
    chosen = random.sample(range(len(variants)), min(count, len(variants)))
    return [variants[i] for i in sorted(chosen)]


def _difference(claim: Claim, mutant: Claim) -> str:
    """The fields in which a mutant differs from its claim, as the mutant has them."""
    parts = [
        f"{name} {_shown(new)}"
        for name, new in vars(mutant).items()
        if name not in ("id", "expect") and _shown(new) != _shown(getattr(claim, name))
    ]
    return ", ".join(parts)


def _shown(value: object) -> str:
    match value:
        case Mapping():
            return ", ".join(str(v) for v in dict.fromkeys(map(str, value.values())))
        case Limit():
            return f"{value.name} -> {value.target}{value.direction}"
        case Interval():
            signs = ("<" if strict else "<=" for strict in (value.lower_strict, value.upper_strict))
            name = f"abs({value.name})" if value.modulus else value.name
            return f"{value.lower or ''} {next(signs)} {name} {next(signs)} {value.upper or ''}"
        case tuple():
            return ", ".join(map(_shown, value))
    return str(value)


# one node changed


# the whole formula


# the relation and the limit


# what the quantity is asked of
