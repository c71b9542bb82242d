"""Variants of certified claims: what is put before Coq, and what is said of it."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, replace

import pytest

from verify.claims.selection import select
from verify.selftest import certified
from verify.selftest.certified import Tried, markdown, try_variants
from verify.selftest.oracle import Truth

[A5] = select(["A5"])


needs_coq = pytest.mark.skipif(shutil.which("coqc") is None, reason="Coq is not installed")


@needs_coq
def test_no_false_variant_is_certified(monkeypatch):
    monkeypatch.setattr(certified, "OPERATORS", ("sign", "factor 2", "dropped term"))
    monkeypatch.setattr(certified, "PLACED", ("open end closed",))
    tried = certified._tried(A5, 1)
    false = [t for t in tried if t.truth is Truth.FALSE]
    assert len(false) >= 3
    assert not any(t.is_certified for t in false)


def test_what_is_certified_though_false_is_listed():
    false = Tried("A5~sign-1", "formula ...", Truth.FALSE, False, "not a valid field equation")
    tried = [
        false,
        replace(false, is_certified=True, reason=""),
        replace(false, truth=Truth.TRUE, is_certified=True, reason=""),
        replace(false, truth=Truth.MEANINGLESS, reason="not tried: a horizon"),
    ]
    text = markdown(tried)
    assert "2 false variants, 2 put before Coq, 1 certified." in text
    assert "1 without meaning, 0 put before Coq, 0 certified." in text
    assert text.count("- `A5~sign-1`") == 1


@needs_coq
def test_a_claim_without_a_certificate_has_no_variants(tmp_path):
    [claim] = select(["A9-orthogonal-sensitivity"])
    assert try_variants([claim], 1, tmp_path / "record") == []


@needs_coq
def test_what_is_on_record_is_not_tried_again(tmp_path, monkeypatch):
    record = tmp_path / "record"
    [claim] = select(["A9-orthogonal-sensitivity"])
    try_variants([claim], 1, record)
    entry = json.loads(record.read_text())
    entry["tried"] = [asdict(Tried("v", "c", Truth.FALSE, True, ""))]
    record.write_text(json.dumps(entry) + "\n" + '{"code": ')  # and a line cut short
    assert try_variants([claim], 1, record) == [Tried("v", "c", Truth.FALSE, True, "")]
    entry["code"] = "another"
    record.write_text(json.dumps(entry))
    assert try_variants([claim], 1, record) == []
