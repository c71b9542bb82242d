"""What a claim file says of its paper, and what the engine says of other papers' claims."""

import pytest

from verify import Verdict, verify_claim
from verify.claims.claim import ClaimError
from verify.claims.file import read_claims
from verify.claims.paper import Paper, read_paper
from verify.claims.selection import PAPERS, of_other_papers, other_papers, paper_claims, select

CLAIM = """
[[claim]]
id = "state"
autocorrelation = "KroneckerDelta(Delta, 0)"
quantity = "second_moment"
relation = "=="
formula = "1/(1 - lambda**2)"
domain = ["-1 < lambda < 1"]
"""
OTHERS = of_other_papers()


@pytest.fixture
def file(tmp_path):
    def write(head):
        path = tmp_path / "claims.toml"
        path.write_text(head + CLAIM, encoding="utf-8")
        return path

    return write


def test_a_file_may_name_its_paper(file):
    path = file('[paper]\ntitle = "On memory"\nmissing = ["Theorem 2: needs matrices."]\n')
    assert read_paper(path) == Paper(title="On memory", missing=("Theorem 2: needs matrices.",))
    assert len(read_claims(path)) == 1
    assert read_paper(file("")) is None


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ('[paper]\ntitel = "x"', "did you mean 'title'"),
        ("[paper]\ntitle = 3", "a text on one line each is needed"),
        ('[paper]\ntitle = ["x"]', "a text on one line each is needed"),
        ('[paper]\nmissing = "x"', "a list of texts on one line each is needed"),
        ('[paper]\nmissing = ["x", 3]', "a list of texts on one line each is needed"),
        ('[paper]\nnotes = "\\u001b[31m"', "on one line each"),
        ('[paper]\nauthors = "\\u202e"', "on one line each"),
        ('[paper]\nurl = "javascript:alert(1)"', "begins with https://"),
        ('paper = "x"', "write it as a \\[paper\\] table"),
    ],
)
def test_a_paper_that_cannot_be_read_is_refused(file, head, message):
    with pytest.raises(ClaimError, match=message):
        read_claims(file(f"{head}\n"))


def test_other_papers_are_selected_by_name_key_and_section():
    assert select(["papers"]) == OTHERS
    assert [c.id for c in select(["S4D3"])] == ["S4D3-lin", "S4D3-inv", "S4D3-real"]
    assert select(["LRU"]) == other_papers()[PAPERS / "lru.toml"]
    assert not {c.id for c in OTHERS} & {c.id for c in paper_claims()}


def test_every_paper_says_what_it_is_and_what_is_missing():
    papers = [read_paper(path) for path in other_papers()]
    assert len(papers) == 5
    assert all(p and p.title and p.authors and p.url and p.missing for p in papers)
    assert all(claim.source and claim.statement for claim in OTHERS)
    assert len(OTHERS) >= 60


@pytest.mark.every(3)
@pytest.mark.parametrize("claim", OTHERS, ids=str)
def test_claims_of_other_papers_are_judged_as_the_docs_say(claim):
    found = verify_claim(claim).verdict
    if claim.expect == "refuted":
        assert found is Verdict.REFUTED
    else:
        assert found in (Verdict.PROVED, Verdict.SUPPORTED)
