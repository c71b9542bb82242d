"""The derivations behind the claims of a report, each once, and which claims it bears on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from theory.derivations import DERIVATIONS
from theory.derivations.checking.step import Derivation, Step
from theory.inputs import ArbitraryInput
from theory.printing.collection import Recalled, sections
from theory.printing.derivations import html_prose, html_recalled, html_step
from verify.claims.claim import ARBITRARY, Claim
from verify.claims.expressions import parse
from verify.claims.selection import paper_claims
from verify.judging.value import read_input
from verify.reporting.page.statement import autocorrelation

Topic = tuple[str, str, bool]  # what is derived, of which input, and whether that is complex


@dataclass(frozen=True)
class Section:
    """A derivation in HTML.

    Attributes:
        number: its number in the report.
        title: what is derived.
        input: R(Δ) in MathML.
        assumptions: sentences.
        steps: items of a numbered list.
        claims: the ids of the claims it bears on.

    """

    number: int
    title: str
    input: Markup
    assumptions: Sequence[Markup]
    steps: Sequence[Markup]
    claims: Sequence[str]


def derived(claims: Sequence[Claim]) -> list[Section]:
    """The derivations of what claims are about, every step checked.

    A claim of a stranger whose input the paper does not know gets the derivation for any input,
    so that no claim can make this slow.

    Raises:
        BrokenStep: a step's check fails.

    """
    known = {claim.autocorrelation.source for claim in paper_claims()}
    of: dict[Topic, list[Claim]] = {}
    for claim in claims:
        for topic in _topics(claim, known):
            of.setdefault(topic, []).append(claim)
    order = sorted(of, key=lambda topic: (list(DERIVATIONS).index(topic[0]), _generality(topic)))
    made = {topic: made for topic in order if (made := _derivation(topic)) is not None}
    bodies = sections(list(made.values()))
    return [
        Section(
            number,
            derivation.title,
            autocorrelation(parse(topic[1]), topic[2]),
            [Markup(html_prose(a)) for a in derivation.assumptions],  # noqa: S704 (it escapes)
            [_item(part) for part in parts],
            [claim.id for claim in of[topic]],
        )
        for number, (topic, (derivation, parts)) in enumerate(zip(made, bodies, strict=True), 1)
    ]


def _topics(claim: Claim, known: set[str]) -> Iterator[Topic]:
    if claim.experiment:
        return
    source = claim.autocorrelation.source
    x = source if source in known and not claim.arbitrary else ARBITRARY
    for name in _names(claim):
        yield name, x, claim.complex_input


def _names(claim: Claim) -> Iterator[str]:
    """The quantity's derivation, and the others that the claim's other fields call for, by name."""
    yield claim.quantity.removesuffix("_power")
    moment = claim.quantity in ("second_moment", "sensitivity")
    if moment and claim.limit is not None:
        yield "growth"
    if moment and claim.horizon is not None:
        yield "finite_horizon"
    if claim.quantity == "second_moment" and claim.gamma:
        yield "gamma"
    if claim.quantity == "sensitivity" and claim.eigenvalue:
        yield "parameter_sensitivity"
    if claim.quantity == "teacher_student_loss" and claim.gamma:
        yield "normalised_loss"


def _generality(topic: Topic) -> tuple[bool, int, str]:
    """A key to sort by: what holds for any input comes first, so that the rest can refer to it."""
    return topic[1] != ARBITRARY, len(topic[1]), topic[1]


def _derivation(topic: Topic) -> Derivation | None:
    name, source, is_complex = topic
    x = ArbitraryInput(not is_complex) if source == ARBITRARY else read_input(source)
    try:
        return DERIVATIONS[name](x)
    except ValueError:  # it has none
        return None


def _item(part: tuple[int, Step] | Recalled) -> Markup:
    html = html_recalled(part) if isinstance(part, Recalled) else html_step(*part)
    return Markup(html)  # noqa: S704 (it escapes)
