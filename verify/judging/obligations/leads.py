"""Places where a proof's obligation fails: the claim is judged there by itself, or false."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from verify.judging.evidence import Evidence, Finding, MeaningError
from verify.judging.obligations.obligation import State, stated

Place = Mapping[str, Any]  # parameter → its value


def where_it_vanishes(
    judge: str,
    statement: str,
    places: Sequence[Place],
    left: str,
    judged_at: Callable[[Place], Evidence],
) -> Evidence:
    """What a judge says of a limit whose leading terms are equal wherever they do not vanish.

    Args:
        judge: its name.
        statement: that they do not vanish.
        places: where they do.
        left: why there may be others; empty if these are all.
        judged_at: judges the claim at a place.

    """
    how = []
    for place in places:
        where = "at " + ", ".join(f"{name} = {value}" for name, value in place.items())
        try:
            found = judged_at(place)
        except MeaningError as reason:  # the formula, or the quantity, has no value there
            found = Evidence(judge, Finding.CONTRADICTS, str(reason))
        if found.finding is not Finding.PROVES:
            state = State.FAILED if found.finding is Finding.CONTRADICTS else State.OPEN
            data = _stated(statement, state, f"{where}: {found.detail}")
            return Evidence(judge, found.finding, f"{where}: {found.detail}", data=data)
        how.append(where)
    if left:
        data = _stated(statement, State.OPEN, left)
        return Evidence(judge, Finding.ABSTAINS, f"whether {statement}: {left}", data=data)
    apart = f"apart from {', '.join(how)}, where it holds as well" if how else "on the whole domain"
    data = _stated(statement, State.DISCHARGED, apart)
    return Evidence(judge, Finding.PROVES, f"the leading terms are equal, {apart}", data=data)


def nowhere_equal(found: Evidence, slack: str, places: Sequence[Place], left: str) -> Evidence:
    """What a judge says of a strict bound that holds, if both sides may be equal.

    Args:
        found: the proof that the bound holds.
        slack: what is not negative.
        places: where it vanishes: values of some parameters.
        left: why it may vanish elsewhere; empty if these are all.

    """
    statement = f"{slack} is not 0"
    if places:
        where = "at " + ", ".join(f"{name} = {value}" for name, value in places[0].items())
        data: dict[str, object] = {
            "place": {name: str(value) for name, value in places[0].items()},
            "obligations": [stated("relation", statement, State.FAILED, where)],
        }
        detail = f"both sides are equal {where}"
        return Evidence(found.method, Finding.CONTRADICTS, detail, data=data)
    if left:
        data = {"obligations": [stated("relation", statement, State.OPEN, left)]}
        return Evidence(found.method, Finding.ABSTAINS, f"whether {statement}: {left}", data=data)
    own = [*found.data.get("obligations", ())]
    own += [stated("relation", statement, State.DISCHARGED, "on the whole domain")]
    detail = f"{found.detail}; it is reached nowhere"
    return replace(found, detail=detail, data={**found.data, "obligations": own})


def _stated(statement: str, state: State, how: str) -> dict[str, object]:
    return {"obligations": [stated("limit", statement, state, how)]}
