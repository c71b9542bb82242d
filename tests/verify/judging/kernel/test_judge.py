"""Coq as a judge: what it accepts is certified, and why it says nothing is said."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from verify.claims.expressions import parse
from verify.claims.selection import select
from verify.cli.commands import app
from verify.judging.engine import concluded, verify_claim
from verify.judging.evidence import Evidence, Finding, Verdict
from verify.judging.kernel import coq
from verify.judging.kernel.judge import check
from verify.judging.model import Model
from verify.reporting.page import FORMATS
from verify.reporting.results import from_json, of_certificates, to_json
from verify.running.processes import time_limit
from verify.settings import Settings

needs_coq = pytest.mark.skipif(shutil.which("coqc") is None, reason="Coq is not installed")
CERTIFY = Settings(certify=True)
[STATE, HORIZON, LEARNED] = select(["A2-state", "A9-orthogonal-sensitivity", "H6-learned"])


@needs_coq
@pytest.mark.parametrize(
    ("claim", "finding", "detail", "is_told"),
    [
        (STATE, "proves", "Coq 8", True),
        (HORIZON, "abstains", "no theorem: a horizon", False),
        (LEARNED, "abstains", "it rests on more than the axioms", True),
        (replace(STATE, formula=parse("R(0)")), "abstains", "", True),
    ],
)
def test_what_coq_finds(claim, finding, detail, is_told):
    piece = check(Model(claim), CERTIFY)
    assert piece.finding == finding
    assert piece.detail.startswith(detail)
    assert piece.theorem.startswith("Theorem claim") == is_told


def test_without_coq_it_says_how_to_come_by_it(monkeypatch):
    monkeypatch.setenv("PATH", "")
    coq.version.cache_clear()
    coq.compiled_library.cache_clear()
    result = verify_claim(STATE, CERTIFY)
    assert result.verdict is Verdict.PROVED
    assert not result.certified
    piece = result.evidence[-1]
    assert (piece.method, piece.finding) == ("coq", Finding.ABSTAINS)
    assert piece.lacks
    assert "apt-get install coq" in piece.detail


def test_a_certificate_has_as_much_time_again():
    assert time_limit(STATE, CERTIFY) == 2 * time_limit(STATE, Settings())


def certified(claim, *pieces):
    proofs = [Evidence(judge, Finding.PROVES) for judge in ("polynomials", "sympy")]
    return concluded(claim, [*proofs, *pieces], 1.0)


ACCEPTED = Evidence("coq", Finding.PROVES, data={"theorem": "Theorem claim : <1> = 1."})
NOT_ACCEPTED = Evidence("coq", Finding.ABSTAINS, "not proved", data={"theorem": "Theorem claim."})
NOT_TOLD = Evidence("coq", Finding.ABSTAINS, "no theorem: a horizon")


def test_what_is_certified_is_counted_and_what_is_not_though_coq_knows_its_kind_is_named():
    results = [certified(STATE, ACCEPTED), certified(HORIZON, NOT_TOLD)]
    assert of_certificates(results) == ["Coq's kernel certifies 1 of the 2 claims that are proved."]
    results.append(certified(LEARNED, NOT_ACCEPTED))
    assert of_certificates(results)[0].startswith("Coq's kernel certifies 1 of the 3 claims")
    assert "H6-learned" in of_certificates(results)[1]
    assert "A2" not in of_certificates(results)[1]
    assert of_certificates([certified(STATE)]) == []


def test_reports_mark_what_is_certified_and_the_page_has_its_theorem():
    evidence = [Evidence("meaning", Finding.SUPPORTS)]
    for name in ("lyapunov", "spectral", "series", "autograd", "simulation"):
        evidence.append(Evidence(name, Finding.ABSTAINS))
    for pieces in ((ACCEPTED,), ()):
        result = certified(STATE, *evidence, *pieces)
        report = from_json(to_json([result], Settings()))
        assert report.results[0].certified == bool(pieces)
        assert ("proved (certified)" in FORMATS["markdown"](report)) == bool(pieces)
        page = FORMATS["html"](report)
        assert ("Coq&#39;s kernel certifies 1 of the 1" in page) == bool(pieces)
        assert ("Theorem claim : &lt;1&gt; = 1." in page) == bool(pieces)
        assert ('<small class="certified">certified</small>' in page) == bool(pieces)


@needs_coq
def test_the_command_marks_it(tmp_path):
    ran = CliRunner().invoke(
        app, ["verify", "A2", "--certify", "--store", str(tmp_path / "store.sqlite")]
    )
    assert ran.exit_code == 0
    assert "proved (certified)" in ran.output
    assert "certifies 1 of the 1 claims that are proved" in " ".join(ran.output.split())


@needs_coq
def test_coq_ends_by_itself_where_nobody_waits_for_it(monkeypatch):
    """The system limits its time too, should whoever started it be killed."""
    run, library = subprocess.run, coq.compiled_library()

    def without_timeout(*arguments, timeout, **others):
        return run(*arguments, timeout=60, **others)

    monkeypatch.setattr(coq.subprocess, "run", without_timeout)
    endless = "Goal True. repeat pose proof I. Qed."
    assert coq.check(endless, library, seconds=1) == "Coq gave no reason"
