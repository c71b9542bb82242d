"""Which claims a command means."""

import re

import pytest

from verify.claims.claim import ClaimError
from verify.claims.selection import names, paper_claims, select

CLAIM = """
[[claim]]
id = "A5-state-ar1"
autocorrelation = "rho**Delta"
quantity = "second_moment"
relation = "=="
formula = "FORMULA"
domain = ["0 < rho < 1"]
"""


def ids(*arguments, **options):
    return [claim.id for claim in select(arguments, **options)]


@pytest.fixture
def file(tmp_path):
    def write(name, formula="1"):
        path = tmp_path / name
        path.write_text(CLAIM.replace("FORMULA", formula))
        return str(path)

    return write


def test_all_without_any_argument():
    assert select([]) == paper_claims()
    assert select(iter(())) == paper_claims()


def test_by_id_key_and_section():
    assert ids("A5") == ids("A5-state-ar1") == ["A5-state-ar1"]
    assert ids("B4") == ["B4-lru-white", "B4-lru-limit", "B4-lru-bounded"]
    assert {one[0] for one in ids("A", "B4")} == {"A", "B"}
    assert ids("B") == [claim.id for claim in paper_claims() if claim.id.startswith("B")]


def test_each_claim_once_in_the_order_of_the_arguments():
    assert ids("B4-lru-limit", "A5", "B4") == [
        "B4-lru-limit",
        "A5-state-ar1",
        "B4-lru-white",
        "B4-lru-bounded",
    ]


def test_each_statement_stands_alone():
    statements = [claim.statement for claim in paper_claims()]
    assert len(set(statements)) == len(statements)
    assert not [s for s in statements if re.match("…|The same|Those of|So does|It |They ", s)]


def test_names_of_a_claim():
    assert names("A5-state-ar1") == ("A5-state-ar1", "A5", "A")


@pytest.mark.parametrize(
    ("argument", "meant"),
    [
        *[("Z99", ""), ("", ""), ("a5", "A5")],
        *[("A5-state", "A5-state-ar1"), ("a5-stat-ar1", "A5-state-ar1")],
    ],
)
def test_no_such_claim(argument, meant):
    with pytest.raises(ClaimError, match="no such claim; ") as refused:
        select([argument])
    said = f"did you mean {meant!r}? " if meant else ""
    assert f"claim; {said}`curseproof list` shows them all" in str(refused.value)


def test_by_file(file):
    [claim] = select([file("a.toml", "2")])
    assert claim.formula.source == "2"
    with pytest.raises(ClaimError, match="No such file"):
        select(["none.toml"])


def test_what_a_file_has_that_cannot_be_read_is_told_and_left_out(file, tmp_path):
    refused = []
    bad = tmp_path / "bad.toml"
    bad.write_text("[[claim]]\nid = 3\n")
    assert ids(file("a.toml"), str(bad), refused=refused.append) == ["A5-state-ar1"]
    assert ids(str(tmp_path / "none.toml"), refused=refused.append) == []
    assert len(refused) == 2
    with pytest.raises(ClaimError, match="claim number 1"):
        select([str(bad)])


def test_a_claim_that_is_given_twice_is_the_same(file):
    assert len(select([file("a.toml"), file("b.toml")])) == 1
    with pytest.raises(ClaimError, match=r"claim 'A5-state-ar1' is in two of the files given"):
        select([file("a.toml"), file("b.toml", "2")])
    with pytest.raises(ClaimError, match=r"claim 'A5-state-ar1' is in two of the files given"):
        select(["A5", file("a.toml")])


def test_the_papers_claims_are_read_once(monkeypatch):
    reads = []

    def read():
        reads.append(1)
        return claims

    claims = paper_claims()
    monkeypatch.setattr("verify.claims.selection.paper_claims", read)
    assert ids("A5", "B4-lru-limit") == ["A5-state-ar1", "B4-lru-limit"]
    assert reads == [1]
