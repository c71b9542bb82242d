"""The command as users start it: exit statuses, streams, and one clear line for bad input."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import psutil
import pytest
import torch
from command import COMMAND, started, wait_for_evidence

from verify.cli import main

TRUE = """
[[claim]]
id = "true"
autocorrelation = "rho**Delta"
quantity = "second_moment"
relation = "=="
formula = "(1 + rho*lambda)/((1 - rho*lambda)*(1 - lambda**2))"
domain = ["-1 < lambda < 1", "-1 < rho < 1"]
"""
FALSE = TRUE.replace('"true"', '"false"').replace("1 + rho", "1 - rho")
# true, but a limit of a complex parameter, at an irrational point, with a logarithm
UNDECIDED = """
[[claim]]
id = "undecided"
autocorrelation = "KroneckerDelta(Delta, 0)"
quantity = "second_moment"
relation = "=="
formula = "1/(1 - abs(lambda)**2) + sin(exp(exp(exp(10))))"
domain = ["abs(lambda) < 1"]
"""


def curseproof(*arguments):
    return subprocess.run(
        [COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture
def in_process(monkeypatch, capsys):
    """The command in this process, which has loaded what others take seconds to load."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["curseproof", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        return subprocess.CompletedProcess(arguments, ended.value.code, *capsys.readouterr())

    return run


@pytest.fixture
def claims(tmp_path):
    def write(text, name="claims.toml"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


@pytest.mark.parametrize(
    ("text", "status", "verdicts"),
    [
        (TRUE, 0, ["proved"]),
        (TRUE + FALSE, 1, ["proved", "refuted"]),
        (FALSE + 'expect = "refuted"\n', 0, ["refuted"]),
        (TRUE + 'expect = "refuted"\n', 1, ["proved"]),
        (UNDECIDED, 3, ["undecided"]),
        (UNDECIDED + FALSE, 1, ["undecided", "refuted"]),
        (TRUE + FALSE.replace("rho**Delta", "2**Delta"), 2, ["proved", "error"]),
    ],
)
def test_exit_status_and_json(claims, text, status, verdicts, in_process):
    done = in_process("verify", claims(text), "--json", "-", "--workers", 2)
    assert done.returncode == status, done.stderr
    report = json.loads(done.stdout)
    assert report["schema"] == 1
    assert [c["verdict"] for c in report["claims"]] == verdicts
    assert "Traceback" not in done.stderr
    for claim in report["claims"]:
        assert (claim["counterexample"] is not None) == (claim["verdict"] == "refuted")
        assert claim["seconds"] > 0
    assert report["error_rate"] == 0  # for formulas nothing is drawn that could err
    assert report["environment"]["packages"]["sympy"]


def test_interrupted_run_says_what_it_has_and_resumes(store, in_process):
    run = started("A")
    wait_for_evidence(store)
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=60)
    assert run.returncode == 3
    assert re.search("interrupted(; done so far:|, nothing is done)", err)
    assert "Traceback" not in out + err
    judged = in_process("verify", "A1", "--json", "-")
    assert judged.returncode == 0


def wait_for_the_first_line(run, customized):
    # Python catches SIGINT before it imports any file; our first line gives SIGINT up
    status = Path(f"/proc/{run.pid}/status")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        [caught] = re.findall(r"^SigCgt:\s*(\w+)$", status.read_text(), re.MULTILINE)
        if customized.exists() and not int(caught, 16) & 1 << signal.SIGINT - 1:
            return
        time.sleep(0.001)
    pytest.fail("the command has not begun within a minute")


@pytest.mark.skipif(sys.platform != "linux", reason="reads signals from /proc")
@pytest.mark.parametrize("seconds", [0, 0.4, 3])
def test_an_early_interrupt_is_quiet(seconds, tmp_path):
    customized = tmp_path / "customized"
    (tmp_path / "sitecustomize.py").write_text(f"open({str(customized)!r}, 'w').close()\n")
    path = os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")]))
    run = started("A", start_new_session=True, env={**os.environ, "PYTHONPATH": path})
    wait_for_the_first_line(run, customized)
    time.sleep(seconds)
    os.killpg(run.pid, signal.SIGINT)  # as Ctrl-C does: to the server of workers, too
    out, err = run.communicate(timeout=60)
    assert run.returncode in (-signal.SIGINT, 128 + signal.SIGINT, 3)
    assert "Traceback" not in out + err


def test_a_dying_worker_is_an_error_of_one_claim(claims, store):
    run = started(claims(TRUE.replace('"true"', '"dies"') + TRUE), "--json", "-")
    wait_for_evidence(store)
    [server] = [p for p in psutil.Process(run.pid).children() if p.children()]
    server.children()[0].kill()
    report = json.loads(run.communicate(timeout=120)[0])
    assert run.returncode == 3
    assert [c["verdict"] for c in report["claims"]] == ["error", "proved"]
    assert "SIGKILL" in report["claims"][0]["reason"]
    assert report["claims"][0]["counterexample"] is None


def test_a_store_that_cannot_be_used_is_said_once(claims, in_process):
    done = in_process("verify", claims(TRUE), "--store", "/proc/none.sqlite")
    assert done.returncode == 0
    assert done.stderr.count("store: /proc/none.sqlite: ") == 1


def test_the_store_is_counted_and_cleaned(claims, store, in_process):
    in_process("verify", claims(TRUE))
    done = in_process("store", "--clean")
    assert done.returncode == 0
    assert done.stdout.startswith("forgotten: 0 pieces")
    assert "8 pieces of evidence on claims, 0 measurements" in done.stdout
    assert "of other code" not in done.stdout


def test_fresh_looks_up_nothing(claims, store, in_process):
    path = claims(TRUE)
    assert in_process("verify", path).returncode == 0
    with sqlite3.connect(store) as database:
        database.execute("update evidence set digest = 'damaged'")
    assert "damaged" not in in_process("verify", path, "--fresh").stderr


def test_import(claims, tmp_path, store, in_process):
    path, results = claims(TRUE), tmp_path / "results.json"
    in_process("verify", path, "--json", results)
    store.unlink()
    taken = in_process("import", results, path)
    assert taken.returncode == 0, taken.stderr
    assert "8 pieces of evidence taken over" in taken.stdout
    refused = in_process("import", results, claims(FALSE, "other.toml"))
    assert refused.returncode == 2
    assert "'true' is not known here" in refused.stderr


def test_table_and_files(claims, tmp_path, in_process):
    json_path, junit = tmp_path / "out.json", tmp_path / "out.xml"
    done = in_process("verify", claims(TRUE + FALSE), "--json", json_path, "--junit", junit)
    assert done.returncode == 1
    assert "1 proved, 1 refuted" in done.stdout
    assert "relative error" in done.stdout
    assert "discharged" not in done.stdout
    in_full = in_process("verify", claims(TRUE + FALSE), "--verbose").stdout
    assert in_full.count("meaning") == 2
    assert "discharged  1 - abs(lambda) is positive" in in_full
    assert len(json.loads(json_path.read_text())["claims"]) == 2
    suite = ET.fromstring(junit.read_text())
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "1", "0")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["verify", "Z9"], ["Z9", "curseproof list"]),
        (["verify", "E1-dens-0.36"], ["did you mean 'E1-dense-0.36'?"]),
        (["verify", "none.toml"], ["none.toml", "No such file"]),
        (["verify", "--tier", "slow"], ["--tier slow", "quick, full"]),
        (["verify", "--device", "tpu"], ["--device tpu"]),
        (["eval", "sensitivity", "--set", "lambda"], ["--set 'lambda'", "NAME=EXPR"]),
        (["eval", "sensitivity", "--set", "lambda="], ["--set 'lambda='", "NAME=EXPR"]),
        (["eval", "sensitivity", "--set", "λ=.5", "--set", "lam=.6"], ["lambda is .5 already"]),
        (["eval", "gamma", "--set", "lamda=.5"], ["--set lamda", "did you mean 'lambda'?"]),
        (["eval", "gamma", "--set", "lambda=.5", "--gamma", "2"], ["--gamma: gamma is what"]),
        (["eval", "sensitivty"], ["unknown quantity 'sensitivty'", "did you mean 'sensitivity'?"]),
        (
            ["eval", "gamma", "--eigenvalue", "tanh(w)", "--set", "lambda=.5"],
            ["--set lambda: with an eigenvalue"],
        ),
        (["eval", "gamma", "--set", "lambda=.5", "--wrt", "rho"], ["--wrt: only a derivative"]),
        (["eval", "sensitivity", "--set", "lambda=2"], ["|lambda| = 2", "below 1"]),
        (
            ["eval", "sensitivity", "--autocorrelation", "2**Delta", "--set", "lambda=0"],
            ["2**Delta"],
        ),
        (["eval", "area", "--set", "lambda=0"], ["area", "second_moment"]),
        (["eval", "sensitivity", "--set", "lambda=9**9**9**9"], ["exponent"]),
        (["derive", "area"], ["area", "sensitivity"]),
        (["derive", "--to", "word"], ["--to word", "markdown"]),
        (["derive", "--autocorrelation", "open('x')"], ["only these functions"]),
        (["derive", "--to", "pdf"], ["--output"]),
        (["export", "area", "--to", "numpy"], ["area", "second_moment"]),
        (["export", "gamma", "--to", "cobol"], ["--to cobol", "latex"]),
        (["export", "gamma", "--to", "numpy", "--output", "/no/such/folder/x"], ["No such file"]),
        (["export", "lru", "--to", "latex-commands"], ["lru", "all, second_moment"]),
        (["show", "Z9"], ["Z9"]),
        (["list", "--verdict", "provd"], ["--verdict provd", "did you mean 'proved'?"]),
        (["store", "--measurements"], ["--measurements: it goes with --clean"]),
        (["store", "--store", "none.sqlite"], ["none.sqlite: no such file"]),
        (["list", "none.toml"], ["none.toml", "No such file"]),
        (["new", "."], [".: it exists already"]),
        (["new", "none/claims.toml"], ["No such file"]),
        (["normalizer", "none.npy"], ["none.npy: no such file\n"]),
        (["normalizer", "sp50"], ["sp50: no such file", "did you mean the series 'sp500'?"]),
        (["normalizer", "sp500", "--to", "torch"], ["--to and --output: name both"]),
    ],
)
def test_bad_input_is_one_clear_line(arguments, words, tmp_path, monkeypatch, in_process):
    monkeypatch.chdir(tmp_path)
    done = in_process(*arguments)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    for word in words:
        assert word in done.stderr


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("1\n2\ninf\n4\n" * 20, ["series[2] = inf", "write nan"]),
        ("1\nnan\n2\nnan\n" * 50, ["no two of its values are 1 steps apart"]),
        ("1\n2\n3\n", ["32", "needed"]),
        ("1\n2\nthree\n", ["line 3", "'three'"]),
        ("a,b\n1,2\n", ["2 columns", "a, b"]),
        ("5\n" * 100, ["constant"]),
    ],
)
def test_unusable_data(tmp_path, content, words, in_process):
    path = tmp_path / "x.csv"
    path.write_text(content)
    done = in_process("normalizer", path)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    for word in words:
        assert word in done.stderr


HOSTILE = FALSE.replace(
    "domain",
    r"""source = "\u001b]0;x\u0007"
statement = "\u009b31m\u202e\u2066[bold]"
uses = ["\u200f\u001b[2J"]
domain""",
)


def test_nothing_in_a_claim_is_obeyed_by_the_terminal(claims, tmp_path, in_process):
    path, results = claims(HOSTILE), tmp_path / "r.json"
    for arguments in (
        ("show", path),
        ("verify", path, "--json", results),
        ("verify", path, "--json", "-"),
        ("report", results),
        ("report", results, "--to", "markdown"),
        ("report", results, "--to", "latex"),
        ("verify", claims(HOSTILE.replace('"=="', r'"\u001b[1m"'), "b.toml")),
        ("verify", claims(HOSTILE.replace('"false"', r'"\u001b[1m"'), "c.toml")),
    ):
        done = in_process(*arguments)
        text = done.stdout + done.stderr
        assert text
        assert text.replace("\n", "").isprintable(), arguments
    assert results.read_text().replace("\n", "").isprintable()
    claim = json.loads(results.read_text())["claims"][0]
    assert claim["source"] == "\x1b]0;x\x07"  # as it was written


def test_nothing_in_a_header_is_obeyed_by_the_terminal(tmp_path, in_process):
    path = tmp_path / "x.csv"
    path.write_text("a\x1b[31m,b\u202e\n1,2\n")
    done = in_process("normalizer", path)
    assert done.stderr.replace("\n", "").isprintable()
    assert "2 columns; name one of a[31m, b" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "is_run"),
    [
        (["verify", "A5", "--json"], True),
        (["verify", "A5", "--html"], True),
        (["verify", "A5", "--junit"], True),
        (["sweep", "gru_jacobian", "--json"], True),
        (["export", "gamma", "--to", "numpy", "--output"], False),
        (["derive", "--to", "pdf", "--output"], False),
        (["report", "r.json", "--output"], False),
        (["normalizer", "x.npy", "--claim"], False),
        (["architectures", "--output"], False),
        (["bench", "--json"], False),
        (["bench", "--output"], False),
    ],
)
def test_an_output_is_refused_before_the_work(arguments, is_run, tmp_path, monkeypatch, in_process):
    if is_run:
        monkeypatch.setattr("verify.running.workers.run", None)  # would be a traceback
        monkeypatch.setattr("verify.running.workers.run_trials", None)
    kept = tmp_path / "kept"
    kept.touch()
    monkeypatch.setattr(os, "access", lambda path, mode: path != kept)
    for output, words in (
        (tmp_path / "no" / "x", f"No such file or directory: make the folder {tmp_path / 'no'}"),
        (tmp_path, "a folder; name a file in it"),
        (kept, "Permission denied"),
    ):
        done = in_process(*arguments, output)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(f"error: {output}: {words}")
        assert done.stderr.count("\n") == 1


def test_a_reader_that_leaves_loses_no_report(claims, tmp_path):
    names = [tmp_path / name for name in ("a.json", "a.xml")]
    options = [word for pair in zip(("--json", "--junit"), names, strict=True) for word in pair]
    for arguments in (("verify", claims(TRUE), *options), ("verify", claims(TRUE), "--json", "-")):
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run(
            [COMMAND, *map(str, arguments)],
            stdout=writer,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        os.close(writer)
        assert done.stderr.strip() == ""
    assert all(path.stat().st_size for path in names)


def test_eval_prints_json(in_process):
    done = in_process("eval", "second_moment", "--set", "lambda=1/2", "--digits", 5, "--json")
    assert json.loads(done.stdout) == {"value": "1.3333"}


@pytest.mark.parametrize("to", ["text", "markdown", "latex", "html"])
def test_derive(to, in_process):
    done = in_process("derive", "sensitivity", "--autocorrelation", "rho**Delta", "--to", to)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout) > 1000


def test_export_all_commands(in_process):
    done = in_process("export", "all", "--to", "latex-commands")
    assert done.returncode == 0, done.stderr
    assert r"\newcommand{\curseGammaWhiteReal}{\sqrt{1 - \lambda^{2}}}" in done.stdout


def test_start_needs_no_torch():
    code = (
        "import sys, verify.cli.commands, verify.judging.value, numerics.codegen.export;"
        "sys.exit('torch' in sys.modules or 'scipy.stats' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    code = "import sys, verify.cli.commands, verify.judging.value; "
    code += "sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_normalizer_reads_a_series(tmp_path, in_process):
    rng = np.random.default_rng(0)
    x = np.zeros(20_000)
    for t in range(1, x.size):
        x[t] = 0.9 * x[t - 1] + rng.standard_normal()
    np.save(tmp_path / "x.npy", x)
    files = ["--plot", tmp_path / "x.png", "--json", tmp_path / "x.json"]
    files += ["--to", "torch", "--output", tmp_path / "fitted.py"]
    done = in_process("normalizer", tmp_path / "x.npy", "--eigenvalues", "0.5,0.9", *files)
    assert done.returncode == 0, done.stderr
    assert "γ(λ)   = 1/sqrt(" in done.stdout
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")
    report = json.loads((tmp_path / "x.json").read_text())
    names = {}
    exec((tmp_path / "fitted.py").read_text(), names)  # noqa: S102 (exported just now)
    for measured in report["measured"]:
        lam, gamma = measured["lambda"], measured["gamma"]
        asked = ["--autocorrelation", report["autocorrelation"], "--set", f"lambda={lam}"]
        assert float(in_process("eval", "gamma", *asked).stdout) == pytest.approx(gamma, rel=1e-9)
        assert float(names["gamma"](torch.tensor(lam))) == pytest.approx(gamma, rel=1e-6)
        assert abs(measured["power"] - 1) < 4 * measured["standard_error"]


def test_normalizer_takes_gaps_and_says_what_is_a_header(tmp_path, in_process):
    rng = np.random.default_rng(0)
    x = np.zeros(4_000)
    for t in range(1, x.size):
        x[t] = 0.9 * x[t - 1] + rng.standard_normal()
    fields = [f"{value:.5f}" if rng.random() < 0.5 else "" for value in x]
    (tmp_path / "x.csv").write_text("\n".join(["0", *fields]) + "\n", encoding="utf-8-sig")
    done = in_process("normalizer", tmp_path / "x.csv", "--eigenvalues", "0.5")
    assert done.returncode == 0, done.stderr
    assert "the first line, 0, is taken for a header; --no-header" in done.stderr
    rho = float(re.search(r"R\(Δ\) .*·(0\.\d+)\^Δ", done.stdout)[1])
    assert rho == pytest.approx(0.9, abs=0.05)
    assert "nothing\nis measured: h has no value after a gap" in done.stdout
    assert done.stdout.count("–") == 4
    assert "header" not in in_process("normalizer", tmp_path / "x.csv", "--no-header").stderr


def test_a_fitted_sine_takes_seconds(tmp_path, in_process):
    np.save(tmp_path / "x.npy", np.sin(2 * np.pi * np.arange(3000) / 30))
    start = time.perf_counter()
    assert in_process("normalizer", tmp_path / "x.npy").returncode == 0
    assert time.perf_counter() - start < 60
