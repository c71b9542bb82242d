"""The benchmarks measure what they say; how fast anything is, no test asserts."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from numerics.benchmarks import accuracy, normalizers, startup, timing
from numerics.benchmarks.goals import summary
from numerics.benchmarks.suite import report
from numerics.benchmarks.tables import Table


def test_contestants_take_turns(monkeypatch):
    clock, ran = [0.0], []

    def contestant(name, seconds):
        def run():
            ran.append(name)
            clock[0] += seconds

        return run

    monkeypatch.setattr(timing.time, "perf_counter", lambda: clock[0])
    contestants = {"a": contestant("a", 2.0), "b": contestant("b", 3.0), "c": contestant("c", 1.0)}
    found = timing.interleaved(contestants, rounds=3)
    assert "".join(ran) == "abc" + "abc" + "cab" + "bca"
    assert [(t.name, t.seconds, t.ratio) for t in found] == [
        ("a", 2, 1),
        ("b", 3, 1.5),
        ("c", 1, 0.5),
    ]
    squares = timing.growth([1, 2, 4], lambda n: contestant("n", float(n**2)), rounds=2)
    assert squares == pytest.approx(2)


def test_accuracy_of_exported_code():
    """At most n roundings of half an ulp to one, as ulps vary twofold; half of one for the last."""
    worst = {row[:3]: row[3] for table in accuracy.tables(40) for row in table.rows}
    most = 37  # roundings of any of the quantities, for real λ
    for name in accuracy.QUANTITIES:
        for target in ("numpy", "torch"):
            in_double = most * 2.0 ** (24 - 53)
            assert worst[name, "float32", f"exported to {target}"] <= 0.5 + in_double
        assert worst[name, "float64", "exported to torch"] <= most + 0.5
        assert worst[name, "float32", "lambdify"] > 100
    for name in accuracy.OF_TWO:
        for precision in ("float32", "float64"):
            assert worst[name, precision, "exported to numpy"] <= 1
            assert worst[name, precision, "lambdify"] > 100


def test_what_normalisers_keep(monkeypatch):
    monkeypatch.setattr(normalizers, "SHAPE", (2, 50, 3))
    [table] = normalizers.tables(1)
    kept = {row[0]: row[-1] for row in table.rows}
    assert kept[normalizers.BY_HAND] == 4 + 4  # λ and γ
    assert kept[normalizers.WHITE] == kept[normalizers.FITTED] == 4 + 4 + 4  # and dγ/dλ
    assert kept[f"{normalizers.FITTED}, by operations"] > 100


def test_report():
    table = Table("Speed", "How fast.", ("code", "seconds"), [("ours", 0.12345)])
    text = report([table], "curseproof bench")
    assert text.startswith("# Benchmarks\n\nMade by `curseproof bench` on ")
    assert "### Speed\n\nHow fast.\n\n| code | seconds |\n| --- | --- |\n| ours | 0.123 |\n" in text


def test_goals():
    rows = [("1", "impulse response, this project", 1.0, 1.0, 2e-14)]
    rows += [("10", "Gauss–Newton, JAX", 2.5, 2.5, 2e-11)]
    rows += [("32", "Gauss–Newton, JAX", 7.0, 7.0, 2e-14)]
    goals = summary([Table("Hessians", "", ("d", "code", "s", "ratio", "difference"), rows)])
    assert [row[2:4] for row in goals.rows] == [
        ("2.5", "no"),
        ("7", "yes"),
        ("2e-11", "no"),
        ("2e-14", "yes"),
    ]


@pytest.mark.slow
def test_start_measures_every_command_that_has_a_goal():
    [table] = startup.tables(1)
    assert [row[0] for row in table.rows][:2] == ["curseproof --help", "curseproof list"]
    assert all(0 < seconds < 60 for _, seconds in table.rows)
    assert len(summary([table]).rows) == len(table.rows) == len(startup.COMMANDS) + 1


def command(*arguments):
    return subprocess.run(
        [Path(sys.executable).with_name("curseproof"), "bench", *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.slow
def test_command():
    done = command("accuracy", "--quick", "--json", "-")
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    assert [table["title"] for table in data["tables"]] == [
        "Accuracy",
        "Accuracy of two complex eigenvalues",
        "Accuracy of derivatives",
    ]
    assert "Python" in data["machine"]
    refused = command("speed")
    assert refused.returncode == 2
    assert "bench speed: one of start, judge, accuracy" in refused.stderr
