"""The JSON Schema accepts the claims there are, and the template is a claim file."""

import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from verify import Verdict, verify_claim
from verify.claims.file import FIELDS, read_claims
from verify.claims.schema import _MEANING, TEMPLATE, schema
from verify.claims.selection import CLAIMS, PAPERS

EXAMPLES = Path(__file__).parents[3] / "examples" / "false.toml"
FILES = [*sorted(CLAIMS.glob("*.toml")), *sorted(PAPERS.glob("*.toml")), EXAMPLES]


@pytest.fixture(scope="module")
def validator():
    Draft202012Validator.check_schema(schema())
    return Draft202012Validator(schema())


def test_every_field_is_explained():
    assert set(_MEANING) == set(FIELDS)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_accepts_what_is_read(path, validator):
    entries = tomllib.loads(path.read_text(encoding="utf-8"))
    assert list(validator.iter_errors(entries)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"formule": "1"},
        {"relation": "="},
        {"quantity": "area"},
        {"domain": "0 < lambda < 1"},
        {"autocorrelation": None},
        {"formula": None},
        {"expect": "true"},
        {"experiment": "none", "autocorrelation": None},
        {"settings": {"angles": ["pi", "pi/10", "pi/100"]}},
        {"id": "a b"},
    ],
)
def test_refuses_what_no_claim_says(change, validator):
    [claim, *_] = tomllib.loads(TEMPLATE)["claim"]
    assert validator.is_valid({"claim": [claim]})
    changed = {name: value for name, value in {**claim, **change}.items() if value is not None}
    assert not validator.is_valid({"claim": [changed]})


def test_the_template_is_true(tmp_path):
    path = tmp_path / "claims.toml"
    path.write_text(TEMPLATE.format(file=path.name), encoding="utf-8")
    claims = read_claims(path)
    assert {claim.relation for claim in claims} == {"==", "~"}
    assert {verify_claim(claim).verdict for claim in claims} == {Verdict.PROVED}
    later = path.read_text(encoding="utf-8").partition("# More fields")[2]
    assert {name for name in FIELDS if f"{name} = " in later} | set().union(
        *(tomllib.loads(TEMPLATE)["claim"][k].keys() for k in (0, 1))
    ) >= set(FIELDS) - {"experiment", "settings"}
