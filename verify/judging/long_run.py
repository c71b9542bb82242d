"""A limit of many steps, where the state becomes stationary: a claim without a horizon.

Where all poles lie inside the disc, what is claimed after T steps tends to its stationary value.
If that is 0 nowhere, the ratio of both sides tends to 1 where the formula is this value, and
nowhere else.
"""

from __future__ import annotations

from dataclasses import replace

from verify.judging.evidence import Finding, MeaningError
from verify.judging.model import Model
from verify.judging.obligations import meaning
from verify.judging.obligations.certificates import nonzero
from verify.judging.symbolic.signs import NoSign
from verify.settings import Settings


def in_the_long_run(model: Model, settings: Settings) -> Model | None:
    """The claim about the stationary state that a limit of many steps comes to, if it does."""
    claim = model.claim
    if claim.limit is None or claim.limit.name != claim.horizon:
        return None
    stationary = Model(
        replace(
            claim,
            relation="==",
            limit=None,
            horizon=None,
            domain=tuple(one for one in claim.domain if one.name != claim.horizon),
            parameters=tuple(name for name in claim.parameters if name != claim.horizon),
        )
    )
    try:
        if meaning.check(stationary, settings).finding is not Finding.SUPPORTS:
            return None
        nonzero(stationary, stationary.value)
    except (MeaningError, NoSign):  # the former also of what has the horizon in it
        return None
    return stationary
