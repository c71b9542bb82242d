"""Claims changed next to an end of a range, or at one place within: ends, kinks, steps, spikes.

Each change has a neighbour that leaves the claim true.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction

from verify.claims.claim import Claim
from verify.claims.expressions import Refusal, name_of, parse
from verify.selftest.rewriting import rewritten_everywhere
from verify.selftest.variants import Axis, Variant, Variants, axes, changed, domain

KINK = Fraction(1, 200)  # of a range, from its end
BEYOND = Fraction(1, 1000)
NEXT = Fraction(1, 10**9)
STEEP = 10**6
SPIKE = Fraction(3, 7)
DEEP = Fraction(1, 10**6)  # of a corner
FLOOR = "1/10000000"  # of γ²


def _closed_ends(claim: Claim) -> Iterator[Variant]:
    """An open end closed."""
    for axis in axes(claim):
        for end in axis.ends:
            interval = axis.interval
            if (interval.lower_strict, interval.upper_strict)[end]:
                strict = {("lower_strict", "upper_strict")[end]: False}
                closed = str(replace(interval, **strict))  # type: ignore[arg-type]
                yield from changed(
                    claim,
                    {axis.name: (axis.lower, axis.upper)[end]},
                    domain=domain(claim, closed, without=[axis.name]),
                )


def _drawn_in_ends(claim: Claim) -> Iterator[Variant]:
    """An open end drawn in, and closed: the claim says less."""
    for axis in axes(claim):
        for end in axis.ends:
            place = _near(axis, end, NEXT)
            bound = {("lower", "upper")[end]: parse(place)}
            strict = {("lower_strict", "upper_strict")[end]: False}
            closed = str(replace(axis.interval, **bound, **strict))  # type: ignore[arg-type]
            yield from changed(
                claim, {axis.name: place}, domain=domain(claim, closed, without=[axis.name])
            )


def _near(axis: Axis, end: int, share: Fraction) -> str:
    """What is a share of the range away from an end, inwards if positive."""
    return axis.at(share if end == 0 else 1 - share)


def _kinks(claim: Claim, share: Fraction) -> Iterator[Variant]:
    if claim.relation != "==":
        return
    for axis in axes(claim):
        for end in axis.ends:
            if axis.interval.modulus and end == 0:
                continue
            place, sign = _near(axis, end, share), "-+"[end]
            away = f"({axis.text} - {place})"
            for size in (f"abs{away}", f"sqrt({away}**2)"):
                yield from changed(
                    claim,
                    {axis.name: _near(axis, end, BEYOND)},
                    formula=f"{{f}} + {size} {sign} {away}",
                )


def _corner_kinks(claim: Claim, depth: Fraction) -> Iterator[Variant]:
    """Formulas that are another only where all parameters are near their upper ends together."""
    bounded = [a for a in axes(claim) if 1 in a.ends and (0 in a.ends or a.interval.modulus)]
    if claim.relation != "==" or not bounded:
        return
    shares = " + ".join(
        f"({axis.text} - ({axis.lower}))/({axis.upper} - ({axis.lower}))" for axis in bounded
    )
    yield from changed(
        claim,
        {axis.name: _near(axis, 1, NEXT) for axis in bounded},
        formula=f"{{f}}*(1 + max(0, {shares} - {len(bounded) - depth}))",
    )


def _kinks_in_a_direction(claim: Claim, depth: Fraction) -> Iterator[Variant]:
    """Formulas that are another only where a complex parameter is near the end of the real axis."""
    for axis in axes(claim):
        if claim.relation == "==" and axis.interval.modulus and 1 in axis.ends:
            yield from changed(
                claim,
                {axis.name: _near(axis, 1, NEXT)},
                formula=f"{{f}}*(1 + max(0, re({axis.name}) - {_near(axis, 1, depth)}))",
            )


def _clamped_parameters(claim: Claim, share: Fraction) -> Iterator[Variant]:
    """Formulas that keep a parameter from coming near to an end."""
    for axis in axes(claim):
        if axis.interval.modulus or axis.name not in claim.formula.names:
            continue
        for end in axis.ends:
            place, sign = _near(axis, end, share), "+-"[end]
            clamped = parse(f"({axis.name} + {place} {sign} abs({axis.name} - {place}))/2")

            def rewrite(
                node: ast.expr, name: str = axis.name, new: ast.expr = clamped.node
            ) -> Iterable[ast.expr]:
                if isinstance(node, ast.Name) and name_of(node) == name:
                    yield new

            with suppress(Refusal):  # too large
                formula = rewritten_everywhere(claim.formula, rewrite).source
                yield from changed(claim, {axis.name: _near(axis, end, BEYOND)}, formula=formula)


def _clamped_normalisers(claim: Claim, floor: str) -> Iterator[Variant]:
    """γ² kept above a floor."""
    if not claim.gamma:
        return
    gamma = {
        pole: f"sqrt((({g})**2 + {floor} + abs(({g})**2 - {floor}))/2)"
        for pole, g in claim.gamma.items()
    }
    places = [{a.name: _near(a, end, NEXT)} for a in axes(claim) for end in (0, 1)]
    yield from changed(claim, *places, gamma=gamma)


def _steps(claim: Claim) -> Iterator[Variant]:
    for axis in axes(claim):
        for end in axis.ends:
            place, sign = _near(axis, end, KINK), "-+"[end]
            step = f"tanh({sign}{_slope(axis)}*({axis.text} - {place}))"
            formula = f"{{f}} + 1 + {step}" if claim.relation == "==" else f"{{f}}*(2 + {step})"
            if claim.relation in ("==", "~"):
                where = {axis.name: _near(axis, end, BEYOND)}
                yield from changed(claim, where, formula=formula)


def _steps_there_and_back(claim: Claim) -> Iterator[Variant]:
    for axis in axes(claim):
        for end in axis.ends:
            place = _near(axis, end, KINK)
            steps = " + ".join(
                f"tanh({sign}{_slope(axis)}*({axis.text} - {place}))" for sign in ("", "-")
            )
            if claim.relation == "==":
                yield from changed(claim, formula=f"{{f}} + {steps}")


def _slope(axis: Axis) -> str:
    return f"{STEEP}/({axis.upper} - ({axis.lower}))"


def _spikes(claim: Claim) -> Iterator[Variant]:
    for axis in axes(claim):
        spike = f"exp(-({_bump(axis)}))"
        formula = {
            "==": f"{{f}} + {spike}",
            "~": f"{{f}}*(1 + {spike})",
            "<=": f"{{f}}*(1 - {spike})",
            ">=": f"{{f}}*(1 + 10*{spike})",
        }[claim.relation]
        yield from changed(claim, {axis.name: axis.at(SPIKE)}, formula=formula)


def _spikes_undone(claim: Claim) -> Iterator[Variant]:
    """Spikes times their own reciprocals; bounds that a spike makes weaker."""
    for axis in axes(claim):
        bump = _bump(axis)
        factor = {
            "<=": f"(1 + exp(-({bump})))",
            ">=": f"(1 - exp(-({bump}))/2)",
        }.get(claim.relation, f"exp({bump})*exp(-({bump}))")
        yield from changed(claim, {axis.name: axis.at(SPIKE)}, formula=f"{{f}}*{factor}")


def _bump(axis: Axis) -> str:
    return f"({_slope(axis)}/1000*({axis.text} - {axis.at(SPIKE)}))**2"


CHANGES: Mapping[str, Variants] = {
    "open end closed": _closed_ends,
    "kink next to an end": lambda claim: _kinks(claim, KINK),
    "kink in a corner": lambda claim: _corner_kinks(claim, DEEP),
    "kink in a direction": lambda claim: _kinks_in_a_direction(claim, DEEP),
    "clamp next to an end": lambda claim: _clamped_parameters(claim, KINK),
    "clamped normaliser": lambda claim: _clamped_normalisers(claim, FLOOR),
    "step next to an end": _steps,
    "spike": _spikes,
}
NEIGHBOURS: Mapping[str, Variants] = {
    "end drawn in": _drawn_in_ends,
    "kink beyond an end": lambda claim: _kinks(claim, -KINK),
    "kink beyond the corner": lambda claim: _corner_kinks(claim, Fraction(0)),
    "kink in no direction": lambda claim: _kinks_in_a_direction(claim, Fraction(0)),
    "clamp beyond an end": lambda claim: _clamped_parameters(claim, -KINK),
    "normaliser clamped below 0": lambda claim: _clamped_normalisers(claim, f"(-{FLOOR})"),
    "step there and back": _steps_there_and_back,
    "spike undone": _spikes_undone,
}
