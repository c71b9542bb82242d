"""Claims changed so that they mean nothing at some points, or hold for some inputs alone.

Poles leave the disc, weights make R no autocorrelation, sums diverge, R(0) is taken for 1. Each
change has a neighbour that leaves the claim true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from verify.claims.claim import Claim
from verify.selftest.variants import Place, Variant, Variants, axes, changed, domain, other_name

NEAR = Fraction(1, 10**6)  # of a range, from its ends
NOT_THE_VARIANCE = ("1", "R(0)**2", "2/R(0)", "(R(0) + (R(0) - 1)/4000)")
THE_VARIANCE = ("(R(0)**2/R(0))", "sqrt(R(0)**2)", "(2*R(0) - R(0))")
# by a share from 0 to 1: weights beside 1 that are above ½ around the middle, or next to 1
EXCESSIVE = ("3*{s}*(1 - {s})", "exp(-1000000*({s} - 1/2)**2)", "11/20*{s}**20")
ALLOWED = ("19/10*{s}*(1 - {s})", "exp(-1000000*({s} - 1/2)**2)/2", "9/20*{s}**20")
# each is 0 by analytic continuation, and has no value
DIVERGENT = (
    "sum(2**Delta) + 2",
    "sum(3**Delta) + 3/2",
    "sum(Delta*2**Delta) - 2",
    "sum((-1)**Delta) + 1/2",
)
CONVERGENT = (
    "sum((1/2)**Delta) - 1",
    "sum((1/3)**Delta) - 1/2",
    "sum(Delta*(1/2)**Delta) - 2",
    "sum((-1/2)**Delta) + 1/3",
)


def _variances(claim: Claim, instead: tuple[str, ...]) -> Iterator[Variant]:
    """Formulas about any input with something else for R(0)."""
    if claim.arbitrary and "R(0)" in claim.formula.source:
        for text in instead:
            yield from changed(claim, formula=claim.formula.source.replace("R(0)", text))


# poles


def _poles(claim: Claim, *factors: str) -> Iterator[Variant]:
    """Poles times a factor."""
    if claim.limit or claim.horizon:
        return
    given = {pole: str(value) for pole, value in claim.eigenvalue.items()}
    for pole, value in given.items():
        for factor in factors if pole != "lambda_star" else ():
            places = [{a.name: a.at(share)} for a in axes(claim) for share in (NEAR, 1 - NEAR)]
            yield from changed(claim, *places, eigenvalue={**given, pole: f"({value})*{factor}"})


def _largest_inside(claim: Claim, *factors: str) -> Iterator[Variant]:
    """A pole that is a parameter, by a new parameter for which it is largest inside."""
    pole = claim.poles[0]
    if claim.limit or claim.horizon or pole not in claim.parameters:
        return
    if any(by.part for by in claim.wrt):
        return
    omega = other_name(claim, "omega")
    given = {other: str(value) for other, value in claim.eigenvalue.items()}
    for factor in factors:
        fields: dict[str, object] = {}
        if claim.wrt and claim.wrt[0].name == pole:
            slope = f"(4 - 8*{omega})**2*({factor})**2"
            fields = {"wrt": [omega], "formula": f"{{f}}*{slope}"}
        yield from changed(
            claim,
            {omega: "1/2"},
            eigenvalue={**given, pole: f"4*{omega}*(1 - {omega})*{factor}"},
            domain=domain(claim, f"0 < {omega} < 1", without=[pole]),
            **fields,
        )


# the input


def _neighbours_weights(claim: Claim, weights: tuple[str, ...]) -> Iterator[Variant]:
    """Inputs of which neighbours alone are correlated, by a new parameter."""
    s = other_name(claim, "s")
    places: list[Place] = [{s: "1/2"}, {s: "9999/10000"}]
    for weight in weights:
        w = f"({weight.format(s=s)})"
        more: dict[str, object] = {}
        if not claim.arbitrary:
            if claim.quantity != "second_moment" or claim.relation != "==" or claim.horizon:
                continue
            gain = f"abs({claim.gamma['lambda']})**2*" if claim.gamma else ""
            real = f"{gain}(1 + 2*{w}*re(lambda))/(1 - abs(lambda)**2)"
            more = {"formula": real}
        yield from changed(
            claim,
            *places,
            autocorrelation=f"KroneckerDelta(Delta, 0) + {w}*KroneckerDelta(Delta, 1)",
            complex_input=False,
            domain=domain(claim, f"0 < {s} < 1"),
            **more,
        )


# sums


def _sums(claim: Claim, terms: tuple[str, ...]) -> Iterator[Variant]:
    for term in terms:
        if claim.relation == "~":
            yield from changed(claim, formula=f"{{f}}*(1 + {term})")
        else:
            yield from changed(claim, formula=f"{{f}} + {term}")


def _sums_by_parameters(claim: Claim, ratio: str) -> Iterator[Variant]:
    """Sums of which a parameter is the ratio, and what they are where they converge."""
    for axis in axes(claim):
        if (axis.upper, axis.interval.modulus) == ("1", False) and axis.lower in ("0", "-1"):
            q = ratio.format(p=axis.name)
            yield from _at(_sums(claim, (f"sum({q}**Delta) - {q}/(1 - {q})",)), {axis.name: "1/2"})


def _at(variants: Iterator[Variant], place: Place) -> Iterator[Variant]:
    return (Variant(variant.claim, (place,)) for variant in variants)


CHANGES: Mapping[str, Variants] = {
    "variance forgotten": lambda claim: _variances(claim, NOT_THE_VARIANCE),
    "pole beyond the disc": lambda claim: _poles(claim, "1001/1000", "11/10"),
    "pole beyond the disc inside": lambda c: _largest_inside(c, "1001/1000", "1"),
    "no autocorrelation inside": lambda claim: _neighbours_weights(claim, EXCESSIVE),
    "sum that diverges": lambda claim: _sums(claim, DIVERGENT),
    "sum that diverges inside": lambda claim: _sums_by_parameters(claim, "(3*{p})"),
}
NEIGHBOURS: Mapping[str, Variants] = {
    "variance by another form": lambda claim: _variances(claim, THE_VARIANCE),
    "pole drawn in": lambda claim: _poles(claim, "999/1000"),
    "pole largest inside": lambda c: _largest_inside(c, "999/1000", "9/10"),
    "autocorrelation inside": lambda claim: _neighbours_weights(claim, ALLOWED),
    "sum that converges": lambda claim: _sums(claim, CONVERGENT),
    "sum that converges inside": lambda claim: _sums_by_parameters(claim, "({p}/3)"),
}
