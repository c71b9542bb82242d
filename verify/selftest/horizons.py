"""Claims about so many steps, made of claims about a stationary state: the shortest and longest.

Each has a neighbour that is true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from verify.claims.claim import Claim
from verify.selftest.variants import Place, Variant, Variants, changed, domain

LAGS = ((2, "1/3"), (3, "-2/5"), (5, "1/4"))  # and what R is there, beside R(0) = 1
LONGEST = 12
LATE = 40


def _lagged(claim: Claim, short: bool) -> Iterator[Variant]:
    """E|γh_T|² for an input correlated over one lag k, which is what it says from T = k on."""
    for lag, weight in LAGS:
        correlation = f"2*{weight}*re(lambda**{lag})*{_powers(claim, f'T - {lag}')}"
        places: list[Place] = [{"T": "1"}, {"T": str(lag - 1)}] if short else [{"T": str(lag)}]
        yield from _over_steps(
            claim,
            *places,
            autocorrelation=f"KroneckerDelta(Delta, 0) + {weight}*KroneckerDelta(Delta, {lag})",
            relation="==",
            formula=f"{_gain(claim)}({_powers(claim, 'T')} + {correlation})",
            steps="T >= 1" if short else f"T >= {lag}",
        )


def _bounded(claim: Claim, longest: int) -> Iterator[Variant]:
    """White input: the second moment after LONGEST - 1 steps for a bound, for so many or more."""
    yield from _over_steps(
        claim,
        {"T": str(longest)},
        autocorrelation="KroneckerDelta(Delta, 0)",
        relation="<=",
        formula=f"{_gain(claim)}({_powers(claim, str(LONGEST - 1))})",
        steps=f"1 <= T <= {longest}",
    )


def _kinked(claim: Claim, kink: str) -> Iterator[Variant]:
    """White input: a second moment with a term that is 0 but after LATE steps, or always."""
    yield from _over_steps(
        claim,
        {"T": str(LATE + 1)},
        autocorrelation="KroneckerDelta(Delta, 0)",
        relation="==",
        formula=f"{_gain(claim)}({_powers(claim, 'T')}) + max(0, {kink})",
        steps="T >= 1",
    )


def _over_steps(claim: Claim, *places: Place, steps: str, **fields: object) -> Iterator[Variant]:
    if claim.quantity != "second_moment" or claim.limit:
        return
    pole = claim.poles[0]
    ranges = domain(claim, steps, without=["T"])
    if pole in claim.parameters:  # away from 0, where λ^(T − k) has no value for T < k
        subject = f"abs({pole})" if claim.is_complex(pole) else pole
        ranges = domain(claim, steps, f"1/4 < {subject} < 1", without=["T", pole])
    yield from changed(claim, *places, horizon="T", domain=ranges, complex_input=False, **fields)


def _gain(claim: Claim) -> str:
    return f"abs({claim.gamma['lambda']})**2*" if "lambda" in claim.gamma else ""


def _powers(claim: Claim, count: str) -> str:
    """Σ |λ|^{2i} over so many steps."""
    if claim.horizon:  # its pole is on the unit circle
        return f"({count})"
    return f"(1 - abs(lambda)**(2*({count})))/(1 - abs(lambda)**2)"


CHANGES: Mapping[str, Variants] = {
    "horizon shorter than the lags": lambda claim: _lagged(claim, True),
    "horizon at its longest": lambda claim: _bounded(claim, LONGEST),
    "kink at a late step": lambda claim: _kinked(claim, f"T - {LATE}"),
}
NEIGHBOURS: Mapping[str, Variants] = {
    "horizon of the lags": lambda claim: _lagged(claim, False),
    "horizon one step shorter": lambda claim: _bounded(claim, LONGEST - 1),
    "kink before the first step": lambda claim: _kinked(claim, "1 - T"),
}
