"""The help of each command: whole at 80 columns, complete, with examples that are understood."""

import re
import shlex

import pytest
import typer
from typer.testing import CliRunner

from numerics.codegen.export import NAMES, TARGETS
from numerics.fitting.series import PACKAGED, TRANSFORMS
from theory.catalogue import QUANTITIES
from theory.derivations import DERIVATIONS
from verify.cli.app import GROUPS
from verify.cli.commands import app
from verify.experiments import EXPERIMENTS
from verify.judging.evidence import Verdict
from verify.reporting.figures import FIGURES

COMMANDS = [name for names in GROUPS.values() for name in names]
GROUP = typer.main.get_command(app)


@pytest.fixture(scope="module")
def help_of():
    runner = CliRunner(env={"COLUMNS": "80"})
    return {
        name: runner.invoke(app, [name, "--help"], prog_name="curseproof").stdout
        for name in COMMANDS
    }


def words(text):
    return set(re.findall(r"[\w-]+", text))


def test_every_command_has_its_place():
    assert sorted(COMMANDS) == sorted(GROUP.commands)
    assert list(GROUP.commands) == COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_whole_at_80_columns(name, help_of):
    assert max(map(len, help_of[name].splitlines())) <= 80
    assert "…" not in help_of[name]
    assert "Examples:" in help_of[name]


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("eval", [*QUANTITIES, "gamma"]),
        ("derive", DERIVATIONS),
        ("export", {*NAMES, *TARGETS} - QUANTITIES.keys()),
        ("sweep", EXPERIMENTS),
        ("figures", FIGURES),
        ("normalizer", [*TRANSFORMS, *PACKAGED]),
        ("list", [word for verdict in Verdict for word in verdict.split()]),
    ],
)
def test_lists_are_complete(name, known, help_of):
    assert set(known) <= words(help_of[name])


@pytest.mark.parametrize("name", COMMANDS)
def test_examples_are_understood(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    command = GROUP.commands[name]
    examples = re.findall(r"\$ curseproof (.*)", command.epilog)
    assert examples
    for example in examples:
        first, *arguments = shlex.split(example)
        assert first == name
        command.make_context(name, arguments)
