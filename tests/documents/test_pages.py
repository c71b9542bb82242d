"""README and documentation say what the commands print, their Python runs, and hooks judge."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml

from numerics.layers import LinearRecurrence, ring
from numerics.normalizers import Cartesian

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SCRIPTS = Path(sys.executable).parent


def having(block):
    return [page for page in PAGES if block in page.read_text(encoding="utf-8")]


def name_of(page):
    return str(page.relative_to(ROOT))


# the others start the command for minutes
SOON = ("README.md", "own_input.md", "parametrisation.md")


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, marks=() if page.name in SOON else pytest.mark.slow, id=name_of(page))
        for page in having("```console")
    ],
)
def test_console_blocks_are_up_to_date(page):
    done = subprocess.run(
        [sys.executable, ROOT / "reports" / "readme.py", "--check", page],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr


# those of frameworks.md are run by test_docs
@pytest.mark.parametrize(
    "page", [p for p in having("```python") if p.name != "frameworks.md"], ids=name_of
)
def test_python_blocks_run(page, tmp_path, monkeypatch):
    """Claims that one of them judges are those of the page's own TOML, or else of the README's."""
    text = page.read_text(encoding="utf-8")
    of_readme = (ROOT / "README.md").read_text(encoding="utf-8")
    toml = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    toml = toml or re.findall(r"```toml\n(.*?)```", of_readme, re.DOTALL)
    (tmp_path / "claims.toml").write_text("\n".join(toml), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    batches = torch.from_numpy(rng.standard_normal((4, 8, 100, 2)))
    layer = LinearRecurrence(2, 1, ring(4, 0.9, 0.99), Cartesian())
    names = {"loader": list(batches), "layer": layer, "torch": torch, "h": 0.0, "u": 1.0}
    names |= {"nu_log": torch.tensor(-3.0), "theta_log": torch.tensor(-1.0)}
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(block, names)  # noqa: S102 (our own pages)
    if page.name == "README.md":
        assert 0 < abs(names["h"]) < 1
    if page.name == "practitioner.md":
        layer, x = names["layer"], names["x"]
        before = names["powers"](layer(x, lambda lam: torch.sqrt(1 - lam.abs() ** 2)))
        after = names["powers"](layer(x, names["normalizer"]))
        assert (before.min() > 2, before.max() > 20) == (True, True), before
        assert torch.allclose(after, torch.ones(()), atol=0.1), after


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").split()) <= 900


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository whose last commit changed one of two claim files, a true and a false one."""

    def git(*arguments):
        identity = ["-c", "user.name=x", "-c", "user.email=x@x"]
        subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)

    monkeypatch.chdir(tmp_path)
    [true, *_] = re.findall(r"```toml\n(.*?)```", PAGES[0].read_text(encoding="utf-8"), re.DOTALL)
    Path("false_claims.toml").write_text(true.replace("1 - rho", "1 + rho"))
    Path("claims.toml").write_text("")
    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "-m", "first")
    Path("claims.toml").write_text(true)
    git("commit", "--quiet", "--all", "-m", "second")
    return tmp_path


def test_the_action_judges_what_a_change_touches(repository):
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    [script] = [step["run"] for step in action["runs"]["steps"] if step.get("id") == "judge"]
    path = f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}"

    def judged(claims):
        return subprocess.run(
            [shutil.which("bash"), "-e", "-c", script],
            env={**os.environ, "PATH": path, "CLAIMS": claims},
            capture_output=True,
            text=True,
            check=False,
        )

    changed = judged("")
    assert (changed.returncode, "1 proved" in changed.stdout) == (0, True), changed.stderr
    assert judged("false_claims.toml").returncode == 1


def test_the_hook_judges_claim_files(repository):
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    files = [p.name for p in sorted(repository.iterdir()) if re.search(hook["files"], p.name)]
    assert files == ["claims.toml", "false_claims.toml"]
    command, *arguments = hook["entry"].split()
    done = subprocess.run([SCRIPTS / command, *arguments, *files], check=False)
    assert done.returncode == 2  # one id in two files: all of them are read
