"""The built wheel, without Torch: what needs none works, what does says so."""

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from functools import partial
from pathlib import Path

import pytest

from verify.settings import EXTRAS

ROOT = Path(__file__).parents[2]
TUTORIALS = sorted((ROOT / "docs/tutorials").glob("*.md"))
PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]

WITHOUT_TORCH = """
import sys
from importlib.machinery import PathFinder

class Finder(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name == "torch" else PathFinder.find_spec(name, path, target)

sys.meta_path = [Finder if finder is PathFinder else finder for finder in sys.meta_path]
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder with the wheel in it, and a Python to which there is no Torch."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    site = folder / "site"
    subprocess.run([*PIP, "install", "--no-deps", "--target", str(site), str(wheel)], check=True)
    (folder / "without_torch").mkdir()
    (folder / "without_torch" / "sitecustomize.py").write_text(WITHOUT_TORCH)
    return site


@pytest.fixture
def python(installed, tmp_path):
    """Runs code in an empty folder with the wheel, with Torch or without."""

    def python(code, *arguments, torch=True):
        path = [installed] if torch else [installed, installed.parent / "without_torch"]
        where = "import verify; print(verify.__file__, file=__import__('sys').stderr)\n"
        done = subprocess.run(
            [sys.executable, "-c", where + code, *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path)), "COLUMNS": "80"},
            capture_output=True,
            text=True,
            check=False,
        )
        where, _, done.stderr = done.stderr.partition("\n")
        assert where.startswith(str(installed))
        return done

    return python


COMMAND = "from verify.cli import main\nif __name__ == '__main__': main()"


@pytest.fixture
def run(python):
    return partial(python, COMMAND, torch=False)


@pytest.mark.slow
@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.stem)
def test_a_tutorial_is_followed_in_an_empty_folder(page, python, tmp_path):
    claims, commands = "", 0
    for kind, text in re.findall(r"(?s)```(\w+)\n(.*?)```", page.read_text(encoding="utf-8")):
        if kind == "toml":
            claims += text
        if kind == "python":
            done = python(text)
            assert done.returncode == 0, done.stderr
        lines = re.findall(r"(?m)^\$ curseproof (.*)", text) if kind == "console" else []
        for line in lines:
            commands += 1
            arguments = shlex.split(line)
            for name in (a for a in arguments if a.endswith(".toml")):
                (tmp_path / name).write_text(claims, encoding="utf-8")
            done = python(COMMAND, *arguments)
            assert done.returncode in (0, 1), (line, done.stdout, done.stderr)
    assert commands


def test_extras_are_those_that_messages_name():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert set(EXTRAS.values()) <= extras["optional-dependencies"].keys()
    for package, extra in EXTRAS.items():
        assert any(line.startswith(package) for line in extras["optional-dependencies"][extra])
    assert not any(line.startswith("torch") for line in extras["dependencies"])


def test_formulas_need_no_torch(run, tmp_path):
    done = run("verify", "A6", "--json", "r.json", "--html", "r.html")
    assert (done.returncode, "1 proved" in done.stdout) == (0, True), done.stderr
    [claim] = json.loads((tmp_path / "r.json").read_text())["claims"]
    [autograd] = [e for e in claim["evidence"] if e["method"] == "autograd"]
    assert autograd["finding"] == "abstains"
    assert "pip install 'curseproof[torch]'" in autograd["detail"]
    assert "no figures" in done.stderr
    assert run("export", "gamma", "--to", "torch").returncode == 0


def test_experiments_are_judged_by_the_record(run):
    done = run("verify", "C4-polar", "D5-spectrum")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("(recorded)") == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("normalizer", "sp500"),
        ("hessian", str(ROOT / "tests/golden/hessian_fig4.npz")),
        ("figures", "curse", "--output", "figures"),
        ("verify", "A5", "--device", "cuda"),
    ],
)
def test_what_needs_torch_says_so(arguments, run):
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    remedy = "torch is not installed: pip install 'curseproof[torch]'"
    assert done.stderr.startswith(f"error: curseproof {arguments[0]} cannot go on: {remedy}")
