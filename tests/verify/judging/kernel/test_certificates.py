"""Certificates that Coq checks: true claims have one, false ones none; none is smuggled in."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from verify.claims.expressions import printable
from verify.claims.file import make_claim
from verify.claims.selection import select
from verify.cli.commands import app
from verify.judging.kernel import coq
from verify.judging.kernel.certificates import certify, file_name
from verify.judging.kernel.proofs import certificate
from verify.judging.kernel.translation import statement

needs_coq = pytest.mark.skipif(shutil.which("coqc") is None, reason="Coq is not installed")

# with OTHERS, ten of each class at least
TRUE = (
    *("A4-sensitivity-complex", "B6-angle-scaling", "B8-s4-zoh", "C1-loss", "C3-angle"),
    *("C2-hessian-isotropic", "D1-cross-sensitivity"),
    # bounds
    *("A7-outgrows-everywhere", "B2-bound", "B4-lru-bounded", "B8-gru-state", "C3-exponential"),
    *("B8-gru-sensitivity", "G4-bound", "G4-bound-tight", "H5-one-minus-modulus"),
    # limits
    *("A7-outgrows", "A7-state-white", "B2-unbounded", "B4-lru-limit", "B8-lru-angle"),
    *("B8-s4-euler", "B8-gru-vanishes"),
)
WHITE = {
    "id": "white",
    "autocorrelation": "KroneckerDelta(Delta, 0)",
    "quantity": "second_moment",
    "relation": "==",
    "formula": "1/(1 - lambda**2)",
    "domain": ["-1 < lambda < 1"],
}
AR1 = {**WHITE, "autocorrelation": "rho**Delta", "domain": ["-1 < lambda < 1", "0 <= rho < 1"]}
LEAKY = {**AR1, "relation": "~", "limit": "tau -> oo", "domain": ["tau > 1", "0 <= rho < 1"]}
MOVING_AVERAGE = {
    **WHITE,
    "autocorrelation": "(1 + b**2)*KroneckerDelta(Delta, 0) - b*KroneckerDelta(1, Delta)",
    "formula": "(1 + b**2 - 2*b*lambda)/(1 - lambda**2)",
    "domain": ["-1 < lambda < 1", "-2 < b < 2"],
}
SEASON = {
    **WHITE,
    "autocorrelation": "KroneckerDelta(Delta, 0) + a*KroneckerDelta(Delta, 2)",
    "formula": "(1 + 2*a*lambda**2)/(1 - lambda**2)",
    "domain": ["-1 < lambda < 1", "-1/2 <= a <= 1/2"],
}
SUM = {**WHITE, "eigenvalue": "1", "horizon": "T", "formula": "T", "domain": []}
SUM_OF_TWO = {
    **SUM,
    "autocorrelation": "KroneckerDelta(Delta, 0) + 2/5*KroneckerDelta(Delta, 2)",
    "formula": "T + 4/5*(T - 2)",
    "domain": ["T >= 2"],
}
SUM_OF_AR1 = {
    **SUM,
    "autocorrelation": "rho**Delta",
    "formula": "T*(1 + rho)/(1 - rho) - 2*rho*(1 - rho**T)/(1 - rho)**2",
    "domain": ["0 <= rho < 1"],
}
# true, of kinds that the paper has none of
OTHERS = {
    "at-least": {
        **WHITE,
        "relation": ">=",
        "formula": "1 + lambda**2",
        "domain": ["0 < lambda < 1"],
    },
    "sum": SUM,
    "sum-of-two": SUM_OF_TWO,
    "sum-of-ar1": SUM_OF_AR1,
    "alternating": {
        **SUM,
        "autocorrelation": "1",
        "eigenvalue": "-1",
        "formula": "(1 - (-1)**T)/2",
    },
    "after-steps": {
        **WHITE,
        "horizon": "T",
        "gamma": "sqrt(1 - lambda**2)",
        "formula": "1 - lambda**(2*T)",
    },
    "moving-average": MOVING_AVERAGE,
    "season": SEASON,
    "rate": {**LEAKY, "eigenvalue": "1 - 1/tau", "formula": "(1 + rho)/(1 - rho)*tau/2"},
    "time-constant": {
        **LEAKY,
        "eigenvalue": "exp(-1/tau)",
        "formula": "(1 + rho)/(1 - rho)*tau/2",
    },
    "decay": {
        **LEAKY,
        "eigenvalue": "exp(-exp(-tau))",
        "formula": "(1 + rho)/(1 - rho)*exp(tau)/2",
    },
    "logistic": {**WHITE, "eigenvalue": "4*s*(1 - s)*1.0001", "domain": ["0 < s < 2/5"]},
}
# false, or false at one place, or without meaning
FALSE = {
    "sum": {**SUM, "formula": "T + 1e-9"},
    "sum-of-two": {**SUM_OF_TWO, "domain": []},
    "sum-of-ar1": {**SUM_OF_AR1, "domain": ["0 <= rho <= 1"]},
    "after-steps": {**WHITE, "horizon": "T", "formula": "(1 - lambda**T)/(1 - lambda**2)"},
    "no-moving-average": {**SEASON, "domain": ["-1 < lambda < 1", "-1/2 <= a <= 0.501"]},
    "other-lag": {**SEASON, "formula": "(1 + 2*a*lambda)/(1 - lambda**2)"},
    "rate": {**LEAKY, "eigenvalue": "1 - 1/tau", "formula": "1.01*(1 + rho)/(1 - rho)*tau/2"},
    "time-constant": {**LEAKY, "eigenvalue": "exp(-2/tau)", "formula": "tau*(1 + rho)/(1 - rho)/2"},
    "logistic": {**WHITE, "eigenvalue": "4*s*(1 - s)*1.0001", "domain": ["0 < s < 1"]},
    "sign": {**WHITE, "formula": "1/(1 + lambda**2)"},
    "constant": {**WHITE, "formula": "1/(1 - lambda**2) + 1e-30"},
    "hole": {**WHITE, "formula": "(lambda - 1/2)/((1 - lambda**2)*(lambda - 1/2))"},
    "unstable": {**WHITE, "domain": ["-1 < lambda < 1.001"]},
    "on-the-circle": {**WHITE, "domain": ["-1 < lambda <= 1"]},
    "root-of-a-negative": {**WHITE, "gamma": "sqrt(lambda)", "formula": "lambda/(1 - lambda**2)"},
    "no-input": {
        **WHITE,
        "autocorrelation": "a*KroneckerDelta(Delta, 0)",
        "formula": "a/(1 - lambda**2)",
        "domain": ["-1 < lambda < 1", "-1 < a < 1"],
    },
    "other-input": {**AR1, "formula": "(1 - rho*lambda)/((1 + rho*lambda)*(1 - lambda**2))"},
    "real-only": {**WHITE, "domain": ["abs(lambda) < 1"]},
    "without-a-slope": {
        **WHITE,
        "quantity": "sensitivity",
        "wrt": "w",
        "eigenvalue": "abs(w)",
        "formula": "(1 + w**2)/(1 - w**2)**3",
        "domain": ["-1 < w < 1"],
    },
    "bound": {**AR1, "relation": "<=", "formula": "1/(1 - lambda**2)"},
    "bound-at-an-end": {
        **AR1,
        "relation": "<=",
        "gamma": "sqrt(1 - lambda**2)",
        "formula": "(1 + rho*lambda)/(1 - rho*lambda) - lambda/10**9",
        "domain": ["0 <= lambda < 1", "0 <= rho < 1"],
    },
    "limit": {**AR1, "relation": "~", "formula": "1/(2*(1 - lambda))", "limit": "lambda -> 1-"},
    "plateau": {
        **WHITE,
        "relation": "~",
        "formula": "1.005/(2*(1 - lambda))",
        "limit": "lambda -> 1-",
    },
    "limit-outside": {
        **WHITE,
        "relation": "~",
        "formula": "1/(2*(1 - lambda))",
        "limit": "lambda -> 1-",
        "domain": ["-1 < lambda < 1/2"],
    },
    "leading-coefficient": {
        **AR1,
        "relation": "~",
        "formula": "(1 + rho)/(1 - rho)/(2*(1 - lambda))",
        "limit": "lambda -> 1-",
        "domain": ["0 < lambda < 1", "0 <= rho <= 1"],
    },
    "wrong-slope": {
        **WHITE,
        "quantity": "sensitivity",
        "wrt": "w",
        "eigenvalue": "tanh(w)",
        "formula": "1 + lambda**2",
        "domain": ["-1 < w < 1"],
    },
}


CERTIFICATE = certificate(make_claim(WHITE), statement(make_claim(WHITE)))


def proved_by(script, text):
    head, _, rest = text.partition("Proof.")
    return f"{head}Proof. {script} Qed.{rest.partition('Qed.')[2]}"


@needs_coq
def test_true_claims_are_certified(tmp_path):
    others = [make_claim({**entry, "id": f"true-{name}"}) for name, entry in OTHERS.items()]
    true = [*select(TRUE), *others]
    done = certify(true, tmp_path, 2)
    assert [one.claim.id for one in done if one.reason] == []
    assert {path.name for path in tmp_path.glob("claim_*")} == {file_name(claim) for claim in true}
    listed = (tmp_path / "claims.txt").read_text("utf-8").splitlines()
    assert listed == [f"{claim.id}: {file_name(claim)}" for claim in true]


@pytest.mark.every(3)
@needs_coq
@pytest.mark.parametrize("name", FALSE)
def test_false_claims_are_not(name, tmp_path):
    [done] = certify([make_claim({**FALSE[name], "id": name})], tmp_path, 1)
    assert done.file is None
    assert done.reason
    listed = (tmp_path / "claims.txt").read_text("utf-8")
    assert listed == printable(f"{name}: {done.reason}") + "\n"
    assert not [*tmp_path.glob("claim_*")]


@pytest.mark.slow
@needs_coq
def test_the_folder_is_checked_without_this_project(tmp_path):
    certify(select(["A2-state"]), tmp_path, 1)
    done = subprocess.run(
        ["make", "-C", tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Curseproof" in (tmp_path / "Makefile").read_text(encoding="utf-8")


@needs_coq
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda text: text.replace("Qed.", "Admitted."), "claim"),
        (lambda text: "Axiom ok : forall P : Prop, P.\n" + proved_by("apply ok.", text), ": ok"),
        (lambda text: text.partition("Print")[0], "rests on more"),
        (lambda text: proved_by("intros.", text), "incomplete proof"),
    ],
)
def test_nothing_but_a_proof_is_accepted(change, reason):
    assert reason in coq.check(change(CERTIFICATE), coq.compiled_library())


@needs_coq
def test_a_proof_is_accepted():
    assert coq.check(CERTIFICATE, coq.compiled_library()) == ""


@needs_coq
def test_what_takes_too_long_is_cut_short():
    text = CERTIFICATE
    endless = proved_by("repeat pose proof I.", text)
    assert coq.check(endless, coq.compiled_library(), seconds=3) == "not proved within 3 s"


def test_without_coq_the_remedy_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    coq.version.cache_clear()
    coq.compiled_library.cache_clear()
    ran = CliRunner().invoke(app, ["certify", "A2", "--output", str(tmp_path)])
    assert ran.exit_code == 2
    assert "apt-get install coq libcoq-coquelicot" in " ".join(ran.output.split())


@needs_coq
def test_the_command_lists_what_is_certified(tmp_path):
    ran = CliRunner().invoke(app, ["certify", "A5", "D2", "--output", str(tmp_path)])
    assert ran.exit_code == 3
    assert "claim_A5_state_ar1.v" in ran.output
    assert "2 of 3 certified" in ran.output
    assert re.search(r"D2-cross-sensitivity +Tactic failure", ran.output)


def test_ids_that_differ_in_signs_alone_have_files_of_their_own():
    claim = make_claim(WHITE)
    names = {file_name(replace(claim, id=name)) for name in ("a-b", "a.b", "a/b", "a_b", "ä")}
    assert len(names) == 5
    assert all(re.fullmatch(r"claim_\w+\.v", name, flags=re.ASCII) for name in names)
