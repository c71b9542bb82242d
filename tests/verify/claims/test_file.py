"""Reading claim files: every field, and every way to get one wrong."""

import pytest

from verify.claims.claim import ClaimError
from verify.claims.file import make_claim, read_claims
from verify.claims.selection import paper_claims, select
from verify.judging.engine import verify_claim

GOOD = {
    "id": "ar1-state",
    "autocorrelation": "rho**Delta",
    "quantity": "second_moment",
    "relation": "==",
    "formula": "(1 + rho*lambda)/((1 - rho*lambda)*(1 - lambda**2))",
    "domain": ["0 < lambda < 1", "0 < rho < 1"],
}


def test_good_claim():
    claim = make_claim(GOOD)
    assert claim.parameters == ("lambda", "rho")
    assert not claim.is_complex("lambda")
    assert claim.wrt == ()


def test_eigenvalues_fill_the_disc_by_default():
    claim = make_claim({**GOOD, "domain": ["0 < rho < 1"]})
    assert claim.is_complex("lambda")


def test_the_derivative_is_by_the_eigenvalues_own_parameter():
    claim = make_claim(
        {**GOOD, "quantity": "sensitivity", "eigenvalue": "tanh(omega)"}
        | {"domain": ["omega > 0", "0 < rho < 1"]}
    )
    assert [str(by) for by in claim.wrt] == ["omega"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"id": "a b"}, ["'id'", "a b"]),
        ({"formule": "1"}, ["'formule'", "unknown field"]),
        ({"formula": None}, ["'formula'", "missing"]),
        ({"formula": 3}, ["'formula'", "3", "string"]),
        ({"formula": "1 +"}, ["'formula'", "1 +", "syntax"]),
        ({"formula": "mu"}, ["'formula'", "unknown symbol 'mu'", "lambda, rho"]),
        ({"formula": "open('x')"}, ["'formula'", "only these functions"]),
        ({"formula": "9**9**9**9"}, ["'formula'", "exponent"]),
        ({"quantity": "third_moment"}, ["'quantity'", "third_moment", "second_moment"]),
        ({"relation": "="}, ["'relation'", "'='", "=="]),
        ({"relation": "~"}, ["'limit'", "needs a limit"]),
        ({"relation": "~", "limit": "rho - 1"}, ["'limit'", "lambda -> 1-"]),
        ({"relation": "~", "limit": "lambda -> 1"}, ["'limit'", "side"]),
        ({"relation": "~", "limit": "mu -> 1-"}, ["'limit'", "unknown symbol 'mu'"]),
        ({"domain": ["0 < rho < 1", "lambda"]}, ["'domain'", "0 < rho < 1"]),
        ({"domain": ["0 < rho > 1"]}, ["'domain'"]),
        ({"domain": ["0 < lambda < rho", "0 < rho < 1"]}, ["'domain'", "0 < lambda < rho"]),
        ({"domain": ["0 < lambda < 1"]}, ["'domain'", "no range for 'rho'", "0 < rho < 1"]),
        ({"domain": ["rho > 0", "rho < 1"]}, ["'domain'", "one entry"]),
        ({"domain": "0 < rho < 1"}, ["'domain'", "list"]),
        ({"domain": ["abs(rho) < 1"]}, ["'domain'", "abs(rho)"]),
        ({"wrt": "rho"}, ["'wrt'", "not a derivative"]),
        ({"quantity": "sensitivity", "wrt": "mu"}, ["'wrt'", "'mu'"]),
        ({"eigenvalue": "lambda**2"}, ["'eigenvalue'"]),
        ({"quantity": "cross_moment", "eigenvalue": "rho"}, ["'eigenvalue'", "lambda1"]),
        ({"quantity": "cross_moment", "gamma": "2"}, ["'gamma'", "second_moment"]),
        ({"differentiate_gamma": "yes"}, ["'differentiate_gamma'", "true or false"]),
        ({"uses": "A2"}, ["'uses'", "list"]),
        ({"expect": "maybe"}, ["'expect'", "refuted"]),
        ({"autocorrelation": "R(1)"}, ["'autocorrelation'", "R(Delta)"]),
    ],
)
def test_refused(change, words):
    entry = {key: value for key, value in {**GOOD, **change}.items() if value is not None}
    with pytest.raises(ClaimError) as caught:
        make_claim(entry, "file.toml")
    message = str(caught.value)
    assert message.startswith("file.toml: claim ")
    assert "\n" not in message
    for word in words:
        assert word in message


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"autocorrelation": "2**Delta"}, ["autocorrelation", "2**Delta", "R(47)"]),
        ({"autocorrelation": "Delta**rho"}, ["autocorrelation", "c*Delta**k*z**Delta"]),
        ({"autocorrelation": "sin(rho*Delta)"}, ["R(0)", "positive"]),
        ({"autocorrelation": "rho**Delta - 3/2*KroneckerDelta(Delta, 0)"}, ["R(0)"]),
        ({"domain": ["1 < lambda < 0", "0 < rho < 1"]}, ["domain", "'lambda'", "empty"]),
        ({"domain": ["0 < lambda < I", "0 < rho < 1"]}, ["domain", "not a real number"]),
        ({"domain": ["0 < lambda < 2", "0 < rho < 1"]}, ["domain", "|lambda|", "below 1"]),
        ({"domain": ["0 < lambda < 1", "0 < rho < 1.01"]}, ["autocorrelation", "R(47)"]),
        ({"eigenvalue": "2*s", "domain": ["0 < s < 1", "0 < rho < 1"]}, ["|lambda|", "below 1"]),
        (
            {"quantity": "sensitivity", "gamma": "1 - abs(lambda)", "differentiate_gamma": True}
            | {"domain": ["abs(lambda) < 1", "0 < rho < 1"]},
            ["differentiate_gamma", "real"],
        ),
        ({"formula": "1/0"}, ["1/0", "divides by zero"]),
        ({"formula": "R(rho)"}, ["R(k)"]),
        ({"formula": "sum(R(Delta)**2)"}, ["linear in R(Delta)"]),
        ({"formula": "sum(2**(Delta**2)*R(Delta))"}, ["Delta"]),
        (
            {"quantity": "cross_moment", "autocorrelation": "exp(I*Delta)/2**Delta", "domain": []}
            | {"formula": "1"},
            ["real input"],
        ),
    ],
)
def test_meaningless(change, words):
    result = verify_claim(make_claim({**GOOD, **change}))
    assert result.invalid
    for word in words:
        assert word in result.reason


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"[[claim]\n", "not TOML"),
        (b"\xff\xfe\x00", "not text"),
        (b"x = 1", "nothing else, not 'x'"),
        (b"", "[[claim]]"),
        (b"claim = 3", "[[claim]]"),
        (b"claim = [3]", "[[claim]] table"),
        (b"a = " + b"[" * 2000 + b"]" * 2000, "claim"),
        (b"#" * 2_000_000, "larger"),
    ],
)
def test_broken_file(tmp_path, content, word):
    path = tmp_path / "claims.toml"
    path.write_bytes(content)
    with pytest.raises(ClaimError) as caught:
        read_claims(path)
    assert str(path) in str(caught.value)
    assert word in str(caught.value)


def test_missing_file(tmp_path):
    with pytest.raises(ClaimError, match="No such file"):
        read_claims(tmp_path / "none.toml")


def test_ids_are_unique(tmp_path):
    path = tmp_path / "claims.toml"
    lines = "\n".join(f"{k} = {v!r}" for k, v in GOOD.items())
    path.write_text(f"[[claim]]\n{lines}\n[[claim]]\n{lines}\n")
    with pytest.raises(ClaimError, match="used twice"):
        read_claims(path)


def test_paper_claims_name_what_they_use():
    claims = paper_claims()
    ids = {c.id for c in claims}
    assert len(ids) == len(claims)
    for claim in claims:
        assert set(claim.uses) <= ids
        assert claim.statement
        assert claim.source


def test_select_by_key():
    assert {c.id for c in select(["A5"])} == {"A5-state-ar1"}
    assert {c.id[0] for c in select(["A", "B4"])} == {"A", "B"}
    with pytest.raises(ClaimError, match="no such claim"):
        select(["Z9"])
