"""Variants of certified claims: what is put before Coq, and what is said of it."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from verify.claims.selection import select
from verify.selftest import certified
from verify.selftest.certified import Tried, markdown, try_variants
from verify.selftest.mutants import mutants
from verify.selftest.oracle import Truth

[A5] = select(["A5"])


needs_coq = pytest.mark.skipif(shutil.which("coqc") is None, reason="Coq is not installed")


@needs_coq
def test_no_false_variant_is_certified(monkeypatch):
    monkeypatch.setattr(certified, "OPERATORS", ("sign", "factor 2", "dropped term"))
    monkeypatch.setattr(certified, "PLACED", ("open end closed",))
    tried = certified._tried(A5, 1)
    false = [t for t in tried if t.mutant.truth is Truth.FALSE]
    assert len(false) >= 3
    assert not any(t.is_certified for t in false)


def test_what_is_certified_though_false_is_listed():
    [false] = mutants(A5, 1, ["sign"])
    assert false.truth is Truth.FALSE
    tried = [
        Tried(false, False, "not a valid field equation"),
        Tried(false, True, ""),
        Tried(replace(false, truth=Truth.TRUE), True, ""),
        Tried(replace(false, truth=Truth.MEANINGLESS), False, "not tried: a horizon"),
    ]
    text = markdown(tried)
    assert "2 false variants, 2 put before Coq, 1 certified." in text
    assert "1 without meaning, 0 put before Coq, 0 certified." in text
    assert text.count(f"- `{false.claim.id}`") == 1


@needs_coq
def test_a_claim_without_a_certificate_has_no_variants():
    [claim] = select(["A9-orthogonal-sensitivity"])
    assert try_variants([claim], 1) == []
