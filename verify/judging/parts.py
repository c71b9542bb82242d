"""A claim looked at part by part: on boxes, between kinks, on the branches of a bound."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from numerics.arithmetic.evaluation import NotEvaluated
from verify.claims.boxes import boxes, restated
from verify.claims.claim import Claim
from verify.judging.evidence import Evidence, Finding, MeaningError
from verify.judging.kinks import branches, cells
from verify.judging.long_run import in_the_long_run
from verify.judging.methods import METHODS, Method
from verify.judging.model import Model
from verify.judging.routes.lyapunov import at_its_place
from verify.settings import Settings

# in this order, of what is found on parts, one counts for the whole claim
_WORST_FIRST = (
    *(Finding.REFUTES, Finding.CONTRADICTS, Finding.FAILED, Finding.ABSTAINS),
    *(Finding.SUPPORTS, Finding.PROVES),
)

# what no algorithm of ours, or of SymPy's, can do
BEYOND = (NotEvaluated, NotImplementedError)


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
                piece = _on_branches(method, own, settings)
                if piece.finding is Finding.CONTRADICTS:
                    piece = _looked_at(method, own, piece, settings)
                found.append(_restated(claim, part, piece))
            except MeaningError as error:
                raise MeaningError(restated(claim, part, str(error))) from None
    return min(found, key=lambda piece: _WORST_FIRST.index(piece.finding))


def _looked_at(method: Method, model: Model, found: Evidence, settings: Settings) -> Evidence:
    """What a method contradicts, looked at once more where it says: that may refute it.

    A judge's place is a lead for the Lyapunov equation, and that of a path to a limit for the
    judges, of the limit where the other parameters have their values.
    """
    if method.is_judge:
        return found if model.claim.limit else at_its_place(model, found)
    if "place" not in found.data:
        return found
    there = Model(model.claim.at(found.data["place"]))
    for judge in METHODS:
        with suppress(*BEYOND, MeaningError):
            if judge.is_judge and (said := judge.check(there, settings)).finding is found.finding:
                detail = f"{found.detail}; {judge.name}, there: {said.detail}"
                return replace(found, finding=Finding.REFUTES, detail=detail)
    return found


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
