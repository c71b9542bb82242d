"""Reading claim files: every field, and every way to get one wrong."""

import json

import pytest

from verify.claims.claim import ClaimError, Derivative
from verify.claims.expressions import parse
from verify.claims.file import make_claim, read_claims
from verify.claims.selection import paper_claims
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


def refusal(change):
    """The line that refuses a good claim with a change; None takes a field out."""
    entry = {key: value for key, value in {**GOOD, **change}.items() if value is not None}
    with pytest.raises(ClaimError) as caught:
        make_claim(entry, "file.toml")
    message = str(caught.value)
    assert message.startswith("file.toml: claim ")
    assert "\n" not in message
    return message


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"horizon": "2*T"}, ["'horizon'", "2*T", "a parameter such as T"]),
        ({"horizon": "10"}, ["'horizon'", "10", "a parameter such as T"]),
        (
            {"relation": "~", "limit": "lambda -> 1-, rho -> 1-"},
            ["'limit'", "one limit at a time"],
        ),
        (
            {"domain": [*GOOD["domain"], "rho != sqrt(2)"]},
            ["'domain'", "rho != sqrt(2)", "what is left out is a rational number"],
        ),
        ({"id": "a b"}, ["'id'", "a b", "up to 80 letters"]),
        ({"id": "a" * 81}, ["'id'", "up to 80 letters"]),
        ({"id": "-a"}, ["'id'", "up to 80 letters"]),
        ({"id": 3}, ["claim number 1: field 'id' = '3'", "string"]),
        ({"source": 3}, ["'source'", "string"]),
        ({"statement": ["x"]}, ["'statement'", "string"]),
        ({"horizon": 5}, ["'horizon'", "string"]),
        ({"id": None}, ["claim number 1: field 'id': missing"]),
        ({"quantity": None}, ["'quantity': missing"]),
        ({"relation": None}, ["'relation': missing"]),
        ({"autocorrelation": None}, ["'autocorrelation': missing"]),
        ({"zz": 1, "aa": 2}, ["field 'aa' = '2': unknown field: one of id, source, statement"]),
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
        ({"domain": ["0 < lambda < 2*rho", "0 < rho < 1"]}, ["'domain'", "0 < lambda < 2*rho"]),
        ({"domain": ["0 < lambda < 1"]}, ["'domain'", "no range for 'rho'", "0 < rho < 1"]),
        ({"domain": ["rho > 0", "rho < 1"]}, ["'domain'", "one entry"]),
        ({"domain": "0 < rho < 1"}, ["'domain'", "list"]),
        ({"domain": ["abs(rho) < 1"]}, ["'domain'", "abs(rho)"]),
        ({"wrt": "rho"}, ["'wrt'", "only a derivative has one"]),
        ({"quantity": "sensitivity", "wrt": "mu"}, ["'wrt'", "'mu'"]),
        ({"eigenvalue": "lambda**2"}, ["'eigenvalue'"]),
        ({"quantity": "cross_moment", "eigenvalue": "rho"}, ["'eigenvalue'", "lambda1"]),
        ({"quantity": "cross_moment", "gamma": "2"}, ["'gamma'", "second_moment"]),
        ({"differentiate_gamma": "yes"}, ["'differentiate_gamma'", "true or false"]),
        ({"complex_input": 1}, ["'complex_input'", "true or false"]),
        ({"uses": "A2"}, ["'uses'", "list"]),
        ({"uses": [1]}, ["'uses'", "list"]),
        ({"wrt": 3}, ["'wrt'", "list of strings"]),
        ({"wrt": "re(lambda"}, ["'wrt'", "'re(lambda'", "write a parameter"]),
        ({"wrt": "abs(lambda)"}, ["'wrt'", "write a parameter"]),
        ({"gamma": 3}, ["'gamma'", "table of strings"]),
        ({"gamma": {"lambda": 3}}, ["'gamma'", "table of strings"]),
        ({"gamma": {"lambda": "1 +"}}, ["'gamma'", "syntax"]),
        ({"formula": "x" * 90 + "("}, ["'formula' = '" + "x" * 80 + "':"]),
        ({"domain": ["0 < rho < 1 < 2"]}, ["'domain'", "write 0 < rho < 1"]),
        ({"domain": ["0 < 1 < rho"]}, ["'domain'", "write 0 < rho < 1"]),
        ({"domain": ["lambda < rho"]}, ["'domain'", "no range for 'rho'"]),
        ({"domain": ["0 < 1"]}, ["'domain'", "write 0 < rho < 1"]),
        ({"domain": ["E < pi"]}, ["'domain'", "write 0 < rho < 1"]),
        ({"domain": ["0 > rho < 1"]}, ["'domain'", "write 0 < rho < 1"]),
        ({"domain": ["mu + 1 < lambda < 1"]}, ["'domain'", "a bound is a constant expression"]),
        ({"domain": ["0 < lambda < 1 + mu"]}, ["'domain'", "a bound is a constant expression"]),
        ({"domain": ["0 < rho < R(0)"]}, ["'domain'", "a bound is a constant expression"]),
        ({"domain": ["0 < rho < sum(2**-Delta)"]}, ["'domain'", "a bound is a constant"]),
        ({"domain": ["0 < rho < 1 +"]}, ["'domain'", "syntax"]),
        ({"relation": "~", "limit": "lambda -> R(0)-"}, ["'limit'", "'R(0)': a point is a"]),
        ({"relation": "~", "limit": "lambda -> -oo+"}, ["'limit'", "'-oo': a point is a constant"]),
        ({"relation": "~", "limit": "lambda -> rho-"}, ["'limit'", "'rho': a point is a constant"]),
        ({"relation": "~", "limit": 3}, ["'limit'", "string"]),
        ({"settings": {"angles": "pi"}}, ["'settings'", "only an experiment has them"]),
        ({"expect": "maybe"}, ["'expect'", "refuted"]),
        ({"autocorrelation": "R(1)"}, ["'autocorrelation'", "R(Delta)"]),
    ],
)
def test_refused(change, words):
    message = refusal(change)
    for word in words:
        assert word in message


def test_a_refusal_names_file_claim_field_and_value():
    with pytest.raises(ClaimError) as caught:
        make_claim({**GOOD, "formula": "1 $"}, "file.toml")
    assert str(caught.value) == (
        "file.toml: claim 'ar1-state': field 'formula' = '1 $': syntax error at column 3: '1 $'"
    )
    with pytest.raises(ClaimError) as caught:
        make_claim({key: value for key, value in GOOD.items() if key != "formula"}, "file.toml")
    assert str(caught.value) == "file.toml: claim 'ar1-state': field 'formula': missing"
    with pytest.raises(
        ClaimError, match=r"^claim: claim 'ar1-state': field 'expect' = 'x': one of"
    ):
        make_claim({**GOOD, "expect": "x"})


def test_a_claim_without_an_id_is_named_by_its_number(tmp_path):
    path = tmp_path / "c.toml"
    entry = "[[claim]]\n" + "\n".join(f"{k} = {v!r}" for k, v in GOOD.items())
    path.write_text(f"{entry}\n[[claim]]\n")
    with pytest.raises(ClaimError) as caught:
        read_claims(path)
    assert str(caught.value) == f"{path}: claim number 2: field 'id': missing"


def test_a_file_without_claims_is_told_what_it_holds(tmp_path):
    path = tmp_path / "c.toml"
    path.write_text("")
    with pytest.raises(ClaimError) as caught:
        read_claims(path)
    words = "a claim file holds [[claim]] tables, [paper], and nothing else"
    assert str(caught.value) == f"{path}: {words}"


@pytest.mark.parametrize("expect", ["proved", "supported", "refuted", "undecided"])
def test_every_verdict_may_be_expected(expect):
    assert make_claim({**GOOD, "expect": expect}).expect == expect


def test_a_claim_knows_where_it_was_read():
    assert make_claim(GOOD, "a.toml").origin == "a.toml"


def test_an_experiment_has_no_input():
    assert make_claim(RUN).autocorrelation == parse("0")


RUN = {
    "id": "r",
    "experiment": "hessian_against_angles",
    "settings": {"angles": "pi"},
    "quantity": "diagonal_mass",
    "relation": "<=",
    "formula": "1",
}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"settings": ["pi"]}, ["'settings'", "write a table of strings"]),
        ({"settings": {"angles": 3}}, ["'settings'", "a string, or a pair of them"]),
        ({"settings": {"angles": ["pi"]}}, ["'settings'", "a string, or a pair of them"]),
        ({"settings": {"angles": ["pi", "pi/10", "pi"]}}, ["'settings'", "a string, or a pair"]),
        ({"autocorrelation": "1"}, ["'autocorrelation'", "an experiment has expect, experiment"]),
        ({"quantity": 3}, ["'quantity'", "string"]),
        ({"formula": None}, ["'formula': missing"]),
    ],
)
def test_refused_experiment(change, words):
    message = refusal({**RUN, "domain": None, "autocorrelation": None, **change})
    for word in words:
        assert word in message


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0 < rho < 1", ("rho", False, "0", "1", True, True)),
        ("0 <= rho < 1", ("rho", False, "0", "1", False, True)),
        ("0 < rho <= 1", ("rho", False, "0", "1", True, False)),
        ("1 > rho >= 0", ("rho", False, "0", "1", False, True)),
        ("1 >= rho > 0", ("rho", False, "0", "1", True, False)),
        ("rho < 1/2", ("rho", False, None, "1/2", True, True)),
        ("rho <= 1/2", ("rho", False, None, "1/2", True, False)),
        ("1/2 < rho", ("rho", False, "1/2", None, True, True)),
        ("rho >= -pi", ("rho", False, "-pi", None, False, True)),
        ("abs( rho ) <= E", ("rho", True, None, "E", True, False)),
        ("1/2 < abs(lam) < 1", ("lambda", True, "1/2", "1", True, True)),
    ],
)
def test_ranges(text, found):
    name = "lambda" if "lam" in text else "rho"
    entry = {**GOOD, "domain": ["0 < lambda < 1", "0 < rho < 1"]}
    entry["domain"] = [text, *(other for other in entry["domain"] if name not in other)]
    entry["gamma"] = "rho"
    entry["autocorrelation"], entry["formula"] = "KroneckerDelta(Delta, 0)", "1"
    interval = make_claim(entry).domain[0]
    bounds = (interval.lower and str(interval.lower), interval.upper and str(interval.upper))
    assert (interval.name, interval.modulus, *bounds, interval.lower_strict) == found[:5]
    assert interval.upper_strict == found[5]


@pytest.mark.parametrize(
    ("text", "words", "is_whole"),
    [
        ("n in integers", "n in integers", True),
        (" n  in  integers ", "n in integers", True),
        ("1 <= n <= 7 in integers", "1 <= n <= 7 in integers", True),
        ("n > 2 in integers", "2 < n in integers", True),
        ("n > 2", "2 < n", False),
    ],
)
def test_whole_numbers(text, words, is_whole):
    entry = {**GOOD, "gamma": "n", "domain": ["0 < lambda < 1", "0 < rho < 1", text]}
    interval = make_claim(entry).interval("n")
    assert (str(interval), interval.is_whole) == (words, is_whole)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("rho != 1/2", ("rho", "!=", "1/2")),
        ("rho!=-2", ("rho", "!=", "-2")),
        ("rho ≠ 0.25", ("rho", "!=", "0.25")),
        ("rho < mu", ("rho", "<", "mu")),
        ("mu > rho", ("rho", "<", "mu")),
    ],
)
def test_relations(text, found):
    entry = {**GOOD, "gamma": "mu", "domain": ["0 < lambda < 1", "0 < rho < 1", "0 < mu < 1", text]}
    claim = make_claim(entry)
    assert [(r.left, r.sign, str(r.right)) for r in claim.relations] == [found]
    assert len(claim.domain) == 3


def test_a_claim_that_cannot_be_read_hides_no_other(tmp_path):
    bad, good = {**GOOD, "id": "bad", "relation": "<<"}, {**GOOD, "id": "good"}
    entries = [bad, good, {**good, "formula": "1"}, {**GOOD, "id": "last"}]
    path, refused = tmp_path / "c.toml", []
    path.write_text(
        "\n".join(
            "[[claim]]\n" + "\n".join(f"{key} = {json.dumps(value)}" for key, value in e.items())
            for e in entries
        )
    )
    read = read_claims(path, refused.append)
    assert [(claim.id, str(claim.formula)) for claim in read] == [
        ("good", GOOD["formula"]),
        ("last", GOOD["formula"]),
    ]
    assert [("claim 'bad'" in str(e), "used twice" in str(e)) for e in refused] == [
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lambda -> 1-", ("lambda", "1", "-")),
        (" lambda->1/2 + ", ("lambda", "1/2", "+")),
        ("lambda -> -oo", ("lambda", "-1", "oo")),
        ("lambda -> oo", ("lambda", "1", "oo")),
        ("lambda -> +oo", ("lambda", "1", "oo")),
    ],
)
def test_limits(text, found):
    limit = make_claim({**GOOD, "relation": "~", "limit": text}).limit
    assert (limit.name, str(limit.target), limit.direction) == found


@pytest.mark.parametrize(
    ("wrt", "found"),
    [
        ("lam", "lambda"),
        (["re( lambda )"], "re(lambda)"),
        ("im(lam)", "im(lambda)"),
        ("λ", "lambda"),
        (" rho ", "rho"),
    ],
)
def test_derivatives(wrt, found):
    entry = {**GOOD, "quantity": "teacher_student_hessian", "domain": ["0 < rho < 1"], "wrt": wrt}
    part, _, name = found.rpartition("(")
    assert make_claim(entry).wrt == (Derivative(name.rstrip(")"), part),)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"autocorrelation": "2**Delta"}, ["autocorrelation", "2**Delta grows"]),
        ({"autocorrelation": "Delta**rho"}, ["autocorrelation", "c*Delta**k*z**Delta"]),
        ({"autocorrelation": "sin(rho*Delta)"}, ["R(0)", "positive"]),
        ({"autocorrelation": "rho**Delta - 3/2*KroneckerDelta(Delta, 0)"}, ["R(0)"]),
        ({"domain": ["1 < lambda < 0", "0 < rho < 1"]}, ["domain", "'lambda'", "empty"]),
        ({"domain": ["0 < lambda < I", "0 < rho < 1"]}, ["domain", "not a real number"]),
        ({"domain": ["0 < lambda < 2", "0 < rho < 1"]}, ["domain", "|lambda|", "below 1"]),
        (
            {"domain": ["0 < lambda < 1", "0 < rho < 1.01"]},
            ["autocorrelation", "rho**Delta grows", "rho = "],
        ),
        ({"eigenvalue": "2*s", "domain": ["0 < s < 1", "0 < rho < 1"]}, ["|lambda|", "below 1"]),
        (
            {"quantity": "sensitivity", "gamma": "1 - abs(lambda)", "differentiate_gamma": True}
            | {"domain": ["abs(lambda) < 1", "0 < rho < 1"]},
            ["differentiate_gamma", "real"],
        ),
        ({"formula": "1/0"}, ["1/0", "divides by zero"]),
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
        (b"#" * 1_000_001, "larger than 1000000 bytes"),
        (b"#" * 1_000_000, "holds [[claim]] tables, [paper], and nothing else"),
        (b"[claim]\nx = 1", "holds [[claim]] tables, [paper], and nothing else"),
        (b"claim = []", "holds [[claim]] tables, [paper], and nothing else"),
        (b"[[claim]]\n[[other]]", "nothing else, not 'other'"),
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


def test_a_byte_order_mark_is_no_part_of_a_file(tmp_path):
    path = tmp_path / "a.toml"
    fields = "\n".join(f"{name} = {json.dumps(value)}" for name, value in GOOD.items())
    path.write_text(f"[[claim]]\n{fields}\n", encoding="utf-8-sig")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert read_claims(path) == [make_claim(GOOD)]


@pytest.mark.parametrize(
    ("domain", "entries"),
    [
        (["0 < a < b < 1"], ["0 < a < 1", "0 < b < 1", "a < b"]),
        (["0 <= a < b <= 1"], ["0 <= a < 1", "0 < b <= 1", "a < b"]),
        (["1 > b > a >= 0"], ["0 < b < 1", "0 <= a < 1", "a < b"]),
        (["0 < b < a", "0 < a < 1"], ["0 < b", "0 < a < 1", "b < a"]),
        (["a < b < 1", "0 < a < 1"], ["b < 1", "0 < a < 1", "a < b"]),
        (["0 < a < 1/2 < b < 1"], ["0 < a < 1/2", "1/2 < b < 1"]),
        (["a < pi/4 < b"], ["a < pi/4", "pi/4 < b"]),
        (["0 <\na < b < 1\n"], ["0 < a < 1", "0 < b < 1", "a < b"]),
        (["0 < a < c < b < 1"], ["0 < a < 1", "0 < c < 1", "0 < b < 1", "a < c", "c < b"]),
    ],
)
def test_a_chain_is_a_range_each_and_their_order(domain, entries):
    entry = {**GOOD, "eigenvalue": "a*b", "domain": domain, "formula": "1"}
    claim = make_claim({**entry, "autocorrelation": "KroneckerDelta(Delta, 0)"})
    assert [str(e) for e in (*claim.domain, *claim.relations)] == entries


@pytest.mark.parametrize(
    ("domain", "message"),
    [
        (["0 <= a <= b < 1"], "parameters are related by < or !="),
        (["0 < a > b < 1"], "write all signs of a chain one way"),
        (["0 < a < b < 1", "0 < b < 1"], "one entry per parameter"),
        (["-1 < a < b"], "no range for 'b'"),
        (["in integers", "0 < a < 1"], "write 0 < rho < 1"),
        (["0 < a < abs(b) < 1"], "write 0 < rho < 1"),
    ],
)
def test_a_chain_that_says_something_else_is_refused(domain, message):
    entry = {**GOOD, "eigenvalue": "a*b", "domain": domain, "formula": "1"}
    with pytest.raises(ClaimError, match=message):
        make_claim({**entry, "autocorrelation": "KroneckerDelta(Delta, 0)"})
