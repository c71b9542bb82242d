"""What a claim file holds, said to an editor (JSON Schema) and to who writes the first one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from theory.catalogue import QUANTITIES
from verify.claims.claim import RELATIONS
from verify.claims.expressions import MAX_EXPONENT
from verify.claims.file import VERDICTS
from verify.claims.paper import FIELDS as PAPER
from verify.experiments import EXPERIMENTS

_TEXT: Mapping[str, Any] = {"type": "string"}
_LIST: Mapping[str, Any] = {"type": "array", "items": _TEXT}
_BY_POLE: Mapping[str, Any] = {
    "anyOf": [_TEXT, {"type": "object", "additionalProperties": _TEXT, "minProperties": 1}]
}
_SETTING = {"anyOf": [_TEXT, {**_LIST, "minItems": 2, "maxItems": 2}]}
# of each field: what is written in it, and what it means
_MEANING: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "id": (
        {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$"},
        "A permanent name, unique in the file.",
    ),
    "source": (_TEXT, "Where the claim is made, such as '§2.2, eq. 5'. Shown in reports."),
    "statement": (_TEXT, "What is claimed, in words. Shown in reports."),
    "autocorrelation": (
        _TEXT,
        "R(Δ) = E[x_{t+Δ} x̄_t] for Δ ≥ 0, such as 'rho**Delta'; 'KroneckerDelta(Delta, 0)' for "
        "white input, 'R(Delta)' for any stationary input.",
    ),
    "experiment": (
        {"enum": list(EXPERIMENTS)},
        "What only a run can tell: the experiment that tells it, in place of an input.",
    ),
    "settings": (
        {"type": "object", "additionalProperties": _SETTING},
        "An experiment's settings; a pair asks for the ratio of the first to the second.",
    ),
    "quantity": (_TEXT, f"{', '.join(QUANTITIES)}; or what an experiment measures."),
    "relation": (
        {"enum": list(RELATIONS)},
        "How the quantity compares with the formula; < and > are bounds that are reached nowhere, "
        "and ~ says that the ratio tends to 1.",
    ),
    "formula": (_TEXT, "The claimed formula, such as '1/(1 - lambda**2)'."),
    "domain": (
        _LIST,
        "A range for each parameter, such as '0 < rho < 1', 'abs(lambda) < 1' for a complex one, "
        "'1 <= n <= 7 in integers'; and relations: 'lambda != 1/2', 'a < b', 'a != b', "
        "'0 < a < b < 1'.",
    ),
    "eigenvalue": (_BY_POLE, "λ as an expression of parameters, or one for each pole."),
    "wrt": (
        {"anyOf": [_TEXT, {**_LIST, "minItems": 1}]},
        "What is differentiated by; by default the eigenvalue's own parameter.",
    ),
    "gamma": (_BY_POLE, "The input normaliser γ(λ), or one for each pole; 1 if left out."),
    "differentiate_gamma": ({"type": "boolean"}, "Whether γ's own dependence counts."),
    "horizon": (_TEXT, "A parameter T: T steps from h = 0 instead of stationarity."),
    "lag": (
        {"type": "integer", "minimum": 1, "maximum": MAX_EXPONENT},
        "Of a covariance E[h_{t+k} h̄_t]: how many steps k the states are apart.",
    ),
    "complex_input": ({"type": "boolean"}, "Whether 'R(Delta)' may be of a complex input."),
    "limit": (_TEXT, "For ~: 'lambda -> 1-' (from below), '1+' (from above), 'T -> oo'."),
    "uses": (_LIST, "The ids of claims that this one rests on."),
    "expect": ({"enum": list(VERDICTS)}, "A verdict that is no surprise, of a known error."),
}


def schema() -> dict[str, Any]:
    """The JSON Schema of claim files; what it accepts, a reader of expressions may still refuse."""
    of_quantity = {
        "required": ["autocorrelation"],
        "properties": {"quantity": {"enum": list(QUANTITIES)}},
    }
    claim = {
        "type": "object",
        "properties": {
            name: {**written, "description": meaning}
            for name, (written, meaning) in _MEANING.items()
        },
        "required": ["id", "quantity", "relation", "formula"],
        "anyOf": [of_quantity, {"required": ["experiment"]}],
        "additionalProperties": False,
    }
    paper = {
        "type": "object",
        "description": "The paper that makes the claims; `missing` are statements not entered.",
        "properties": {name: _LIST if name == "missing" else _TEXT for name in PAPER},
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Claims for curseproof",
        "type": "object",
        "properties": {
            "paper": paper,
            "claim": {"type": "array", "items": claim, "minItems": 1},
        },
        "required": ["claim"],
        "additionalProperties": False,
    }


TEMPLATE = """\
# Claims, to be judged by: curseproof verify {file}
# For an editor that completes and checks: curseproof schema --output claims.schema.json
# and, as the first line of this file, #:schema claims.schema.json

[[claim]]
id = "state-of-correlated-input"      # permanent, unique in this file
source = "eq. 5"                      # optional: where it is made
statement = "Second moment of the state where the input is an AR(1) process"    # optional
autocorrelation = "rho**Delta"        # R(Δ) for Δ ≥ 0, expressions in Delta and parameters
quantity = "second_moment"            # of h ← λh + γx
relation = "=="                       # == <= >= < > or ~
formula = "(1 + rho*lambda)/((1 - rho*lambda)*(1 - lambda**2))"
domain = ["0 < lambda < 1", "0 < rho < 1"]    # it speaks of every point; abs(lambda) < 1: complex

[[claim]]
id = "sensitivity-explodes"
statement = "The sensitivity of the state to λ grows as the cube of its memory, white input"
autocorrelation = "KroneckerDelta(Delta, 0)"
quantity = "sensitivity"              # E|γ dh/dp|² for p = wrt; by default the eigenvalue
relation = "~"                        # the ratio tends to 1 in the limit
limit = "lambda -> 1-"
formula = "1/(4*(1 - lambda)**3)"
domain = ["0 < lambda < 1"]

# More fields, each explained by `curseproof schema`: eigenvalue = "tanh(omega)", wrt = "omega",
# gamma = "sqrt(1 - lambda**2)", differentiate_gamma = true, horizon = "T", complex_input = true,
# lag = 1 (of a covariance), uses = ["another-id"], expect = "refuted".
"""
