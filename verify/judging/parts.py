"""A claim looked at part by part: on boxes, between kinks, on the branches of a bound."""

from __future__ import annotations

from dataclasses import replace

from verify.claims.boxes import boxes, restated
from verify.claims.claim import Claim
from verify.judging.evidence import Evidence, Finding, MeaningError
from verify.judging.kinks import branches, cells
from verify.judging.long_run import in_the_long_run
from verify.judging.methods import Method
from verify.judging.model import Model
from verify.settings import Settings

# in this order, of what is found on parts, one counts for the whole claim
_WORST_FIRST = (
    *(Finding.REFUTES, Finding.CONTRADICTS, Finding.FAILED, Finding.ABSTAINS),
    *(Finding.SUPPORTS, Finding.PROVES),
)


def in_parts(method: Method, model: Model, settings: Settings) -> Evidence:
    """What a method finds on the parts of a claim: what is worst for the claim counts.

    Raises:
        MeaningError: if the claim turns out to mean nothing.

    """
    claim = model.claim
    if method.is_kernel:  # its theorem is of the claim as it is written
        return method.check(model, settings)
    found = []
    for box in boxes(claim):
        is_certain = method.is_judge or method.is_premise  # of every point, and so of kinks
        # at which there may be no derivative
        whole = {by.name for by in claim.wrt} if method.is_premise else ()
        for part in cells(box, whole) if is_certain else [box]:
            own = model if part is claim else Model(part)
            try:
                found.append(_restated(claim, part, _on_branches(method, own, settings)))
            except MeaningError as error:
                raise MeaningError(restated(claim, part, str(error))) from None
    return min(found, key=lambda piece: _WORST_FIRST.index(piece.finding))


def _on_branches(method: Method, model: Model, settings: Settings) -> Evidence:
    """What a method finds; of a bound with a kink, which a judge cannot tell, on its branches."""
    if method.is_judge and (stationary := in_the_long_run(model, settings)):
        found = method.check(stationary, settings)
        return replace(found, detail=f"of the stationary state: {found.detail}")
    found = method.check(model, settings)
    if not (method.is_judge and model.claim.is_bound and found.finding is Finding.ABSTAINS):
        return found
    bounds, is_one_enough = branches(model.claim)
    proofs = 0
    for bound in bounds:
        piece = _on_branches(method, Model(bound), settings)
        proofs += piece.finding is Finding.PROVES
        if proofs == (1 if is_one_enough else 2):
            return replace(piece, detail=f"as {bound.formula} is a bound: {piece.detail}")
    return found


def _restated(claim: Claim, part: Claim, piece: Evidence) -> Evidence:
    """What was found on a part, in the claim's own parameters."""
    if not claim.relations:
        return piece
    example = piece.counterexample
    obligations = [
        {key: restated(claim, part, text) for key, text in obligation.items()}
        for obligation in piece.obligations
    ]
    return replace(
        piece,
        detail=restated(claim, part, piece.detail),
        counterexample=example and replace(example, point=restated(claim, part, example.point)),
        data={**piece.data, "obligations": obligations} if obligations else piece.data,
    )
