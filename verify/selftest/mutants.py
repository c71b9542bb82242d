"""Mutants: each true claim with one thing changed, and what the change has made of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from random import Random

from verify.claims.claim import Claim, Interval, Limit
from verify.selftest import ends, horizons, leading, meanings
from verify.selftest.mutations import OPERATORS, turned_round
from verify.selftest.oracle import Truth, truth
from verify.selftest.oracle_values import Known, NoTruth
from verify.selftest.variants import Variant, Variants

PER_OPERATOR = 2
_PLACED = (ends, leading, meanings, horizons)
# what is false, or means nothing, at some places alone; and what stays true beside it
CHANGES: Mapping[str, Variants] = {k: v for m in _PLACED for k, v in m.CHANGES.items()}
NEIGHBOURS: Mapping[str, Variants] = {k: v for m in _PLACED for k, v in m.NEIGHBOURS.items()}
PLACED: Mapping[str, Variants] = {**CHANGES, **NEIGHBOURS}


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
    claim: Claim,
    per_operator: int = PER_OPERATOR,
    operators: Iterable[str] | None = None,
    known: Known | None = None,
) -> list[Mutant]:
    """The mutants of a true claim, in the same order whenever asked.

    Args:
        claim: the claim. An experiment's is only turned round.
        per_operator: at most so many of each kind, drawn from all places it applies to.
        operators: the kinds, names in OPERATORS or PLACED; all of OPERATORS if not given.
        known: values of the claim's quantity from before, to which others are added.

    """
    known = {} if known is None else known
    result = []
    wanted = OPERATORS if operators is None else operators
    for operator in wanted:
        if claim.experiment and operator != "relation":
            continue
        slug = operator.replace(" ", "-")
        drawn = _drawn(_variants(claim, operator), per_operator, f"{claim.id} {operator}")
        for number, variant in enumerate(drawn, 1):
            id_ = f"{claim.id}~{slug}-{number}"
            mutant = replace(variant.claim, id=id_, origin=claim.origin, expect=None)
            try:
                what = Truth.FALSE if claim.experiment else truth(mutant, known, variant.places)
            except NoTruth:
                continue
            result.append(Mutant(mutant, claim.id, operator, _difference(claim, mutant), what))
    return result


def _variants(claim: Claim, operator: str) -> list[Variant]:
    """All that an operator makes of a claim."""
    if claim.experiment:
        return [Variant(turned_round(claim))]
    if operator in PLACED:
        return list(PLACED[operator](claim))
    return [Variant(changed) for changed in OPERATORS[operator](claim)]


def _drawn(variants: list[Variant], count: int, seed: str) -> list[Variant]:
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
