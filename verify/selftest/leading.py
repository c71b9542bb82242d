"""Limits changed where the leading coefficient vanishes, and by a plateau; branches crossed.

Each change has a neighbour that leaves the claim true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from verify.claims.claim import Claim
from verify.selftest.mutations import nearness
from verify.selftest.variants import Axis, Variant, Variants, axes, changed, domain, other_name

CROSSING = Fraction(1, 3)  # of a range: where what is under a root changes its sign
DIFFERENCED = "2*KroneckerDelta(Delta, 0) - KroneckerDelta(Delta, 1)"  # of a lower order at λ = 1
# of what is small near the limit: 0 at all powers of ten, and elsewhere not
OSCILLATIONS = ("1 + sin(pi/(2*{x}))**2/10", "1 + (1 - cos(pi/{x}))/20")
DYING = ("1 + {x}*sin(pi/(2*{x}))", "1 - {x}*cos(1/{x})**2")
# factors, ranges in which they vanish and where, ranges in which they do not
ZEROS = (
    ("({a} - 1/3)**2", ("-1 < {a} < 1",), ("1/3",), ("1/2 < {a} < 1",)),
    ("({a} - 1/3)**2", ("1/3 <= {a} < 1",), ("1/3",), ("1/3 < {a} < 1",)),
    ("{a}**2", ("-1/50 < {a} < 3",), ("0",), ("0 < {a} < 3",)),
    (
        "({a} - {b})**2",
        ("0 < {a} < 1", "0 < {b} < 1"),
        ("1/2", "1/2"),
        ("0 < {a} < 1/2", "1/2 <= {b} < 1"),
    ),
    # at a point of a plane, in the middle of a range or not
    (
        "(({a} - 1/2)**2 + ({b} - 1/2)**2)",
        ("0 < {a} < 1", "0 < {b} < 1"),
        ("1/2", "1/2"),
        ("1/2 < {a} < 1", "0 < {b} < 1"),
    ),
    (
        "(({a} - 1/3)**2 + {b}**2)",
        ("-1 < {a} < 1", "-1 < {b} < 1"),
        ("1/3", "0"),
        ("-1 < {a} <= 0", "-1 < {b} < 1"),
    ),
    # at a whole number, and between two of them
    ("({a} - 3)**2", ("{a} >= 1 in integers",), ("3",), ("{a} >= 4 in integers",)),
    (
        "({a}**2 + {b}**2)",
        ("{a} in integers", "{b} in integers"),
        ("0", "0"),
        ("{a} in integers", "{b} > 0"),
    ),
    ("({a} - 3/2)**2", ("1 < {a} < 3",), ("3/2",), ("1 <= {a} <= 9 in integers",)),
    # at an irrational end
    ("({a} - pi)**2", ("0 < {a} <= pi",), ("pi",), ("0 < {a} < pi",)),
)


def _zeros(claim: Claim, inside: bool) -> Iterator[Variant]:
    """R and the formula with a factor that may vanish, and R with more that grows more slowly."""
    if claim.limit is None:
        return
    names = {"a": other_name(claim, "a"), "b": other_name(claim, "b")}
    for factor, where, place, elsewhere in ZEROS:
        factor = factor.format(**names)
        ranges = [text.format(**names) for text in (where if inside else elsewhere)]
        places = [dict(zip(names.values(), place, strict=False))] if inside else []
        yield from changed(
            claim,
            *places,
            autocorrelation=f"{factor}*({claim.autocorrelation}) + {DIFFERENCED}",
            formula=f"{factor}*{{f}}",
            domain=domain(claim, *ranges),
        )


def _resonances(claim: Claim, inside: bool) -> Iterator[Variant]:
    """Formulas with a term that vanishes in the limit, but for one value of a new parameter."""
    if claim.limit is None:
        return
    a, near = other_name(claim, "a"), nearness(claim.limit, claim.horizon)
    for place in (Fraction(0), Fraction(1, 3)):
        away = f"({a} - {place})**2"
        lower = place - 1 if inside else place
        yield from changed(
            claim,
            *([{a: str(place)}] if inside else []),
            formula=f"{{f}}*(1 + {near}/({away} + {near}**2))",
            domain=domain(claim, f"{lower} < {a} < 1"),
        )


def _moving_spikes(claim: Claim, inside: bool) -> Iterator[Variant]:
    """Formulas with a spike that moves with the limit, to one value of a new parameter."""
    if claim.limit is None:
        return
    a, near = other_name(claim, "a"), nearness(claim.limit, claim.horizon)
    yield from changed(
        claim,
        *([{a: "1/3"}] if inside else []),
        formula=f"{{f}}*(1 + max(0, 1/10**4 - ({a}*(1 - {near}) - 1/3)**2))",
        domain=domain(claim, f"{0 if inside else '1/2'} < {a} < 1"),
    )


def _oscillations(claim: Claim, factors: tuple[str, ...]) -> Iterator[Variant]:
    if claim.limit is not None:
        near = nearness(claim.limit, claim.horizon)
        for factor in factors:
            yield from changed(claim, formula=f"{{f}}*({factor.format(x=near)})")


def _plateaus(claim: Claim) -> Iterator[Variant]:
    if claim.limit is None:
        return
    near = nearness(claim.limit, claim.horizon)
    for factor in ("1 + 1/4000", "1 - 1/4000", f"1 + {near} + 1/4000"):
        yield from changed(claim, formula=f"{{f}}*({factor})")
    for axis in axes(claim):
        yield from changed(claim, formula=f"{{f}}*(1 + ({axis.text})/4000)")


def _plateaus_left(claim: Claim) -> Iterator[Variant]:
    if claim.limit is None:
        return
    near = nearness(claim.limit, claim.horizon)
    for factor in (f"1 + {near}/4000", f"1 + 4000*{near}", f"1 - 40*{near}**2"):
        yield from changed(claim, formula=f"{{f}}*({factor})")


# what vanishes where x ≥ 0, and does not where x < 0
CROSSED = (
    "conjugate(sqrt{x}) - sqrt{x}",
    "im(sqrt{x})",
    "abs(sqrt{x})**2 - {x}",
    "re(sqrt{x}) - sqrt{x}",
    "sqrt({x}**2) - {x}",
    "im({x}**(3/2))",
)
# what vanishes everywhere
UNCROSSED = (
    "conjugate(sqrt{x})*sqrt{x} - abs{x}",
    "re(sqrt{x})*im(sqrt{x})",
    "sqrt{x}**2 - {x}",
    "abs(sqrt{x})**4 - {x}**2",
    "re(sqrt(-{x})) - im(sqrt{x})",
)
LOGARITHMS = ("im(log{x})", "conjugate(log{x}) - log{x}", "im(log{x}) + pi")


def _branches(claim: Claim, terms: tuple[str, ...]) -> Iterator[Variant]:
    for axis in axes(claim):
        x = f"({axis.text} - {axis.at(CROSSING)})"
        for term in terms:
            yield from _with_zero(claim, term.format(x=x), {axis.name: axis.at(CROSSING / 2)})


def _uncrossed_beyond(claim: Claim) -> Iterator[Variant]:
    """What crosses its branch outside the domain alone."""
    for axis in _bounded_below(claim):
        x = f"({axis.text} - {axis.at(Fraction(-1, 10))})"
        for term in (*CROSSED, "im(log{x})", "im(log(-{x})) - pi"):
            yield from _with_zero(claim, term.format(x=x))


def _negative_logarithms(claim: Claim) -> Iterator[Variant]:
    for axis in _bounded_below(claim):
        x = f"({axis.at(Fraction(-1, 10))} - {axis.text})"
        for term in LOGARITHMS:
            yield from _with_zero(claim, term.format(x=x))


# what vanishes where z is not negative, and does not where it is
CONJUGATED = ("conjugate(sqrt{z}) - sqrt(conjugate{z})", "im(log{z}) + im(log(conjugate{z}))")


def _conjugated(claim: Claim, shift: Fraction) -> Iterator[Variant]:
    """Roots and logarithms of a complex parameter, which lie on the cut on half a line alone."""
    for axis in axes(claim):
        if axis.interval.modulus and 1 in axis.ends and claim.relation == "==":
            z = f"({axis.name} + {shift}*({axis.upper}))"
            for term in CONJUGATED:
                place = {axis.name: f"-{axis.at(Fraction(2, 3))}"}
                yield from _with_zero(claim, term.format(z=z), place)


def _bounded_below(claim: Claim) -> Iterator[Axis]:
    return (axis for axis in axes(claim) if 0 in axis.ends)


def _with_zero(claim: Claim, term: str, *places: Mapping[str, str]) -> Iterator[Variant]:
    """The formula and a term that ought to be 0."""
    if claim.relation == "==":
        yield from changed(claim, *places, formula=f"{{f}} + {term}")
    elif claim.relation == "~":
        yield from changed(claim, *places, formula=f"{{f}}*(1 + {term})")


CHANGES: Mapping[str, Variants] = {
    "zero in the leading coefficient": lambda claim: _zeros(claim, True),
    "resonance in the limit": lambda claim: _resonances(claim, True),
    "moving spike": lambda claim: _moving_spikes(claim, True),
    "oscillation": lambda claim: _oscillations(claim, OSCILLATIONS),
    "plateau": _plateaus,
    "branch crossed": lambda claim: _branches(claim, CROSSED),
    "branch of what is negative": _negative_logarithms,
    "conjugate on the cut": lambda claim: _conjugated(claim, Fraction(1, 3)),
}
NEIGHBOURS: Mapping[str, Variants] = {
    "zero beyond the domain": lambda claim: _zeros(claim, False),
    "resonance beyond the domain": lambda claim: _resonances(claim, False),
    "spike that moves elsewhere": lambda claim: _moving_spikes(claim, False),
    "oscillation that dies away": lambda claim: _oscillations(claim, DYING),
    "plateau left": _plateaus_left,
    "branch of no matter": lambda claim: _branches(claim, UNCROSSED),
    "branch beyond the domain": _uncrossed_beyond,
    "conjugate beside the cut": lambda claim: _conjugated(claim, Fraction(4, 3)),
}
