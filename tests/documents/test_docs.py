"""The pages of the documentation: complete, without dead links, and their code runs."""

import inspect
import re
import runpy
import shlex
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from verify.cli.commands import app

ROOT = Path(__file__).parents[2]
FRAMEWORKS = (ROOT / "docs" / "guides" / "frameworks.md").read_text(encoding="utf-8")
PUBLIC = [
    "numerics.hessian",
    "numerics.layers",
    "numerics.normalizers",
    "numerics.recurrences",
    "numerics.training",
    "numerics",
    "theory",
    "verify",
]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The built pages, and the names that have an entry in them."""
    config = pytest.importorskip("mkdocs.config")
    pytest.importorskip("mkdocstrings")
    folder = tmp_path_factory.mktemp("site")
    settings = config.load_config(str(ROOT / "mkdocs.yml"), site_dir=str(folder), strict=True)
    import_module("mkdocs.commands.build").build(settings)
    return folder


def test_every_public_function_and_class_has_an_entry(site):
    pages = "".join(page.read_text(encoding="utf-8") for page in site.rglob("index.html"))
    entries = set(re.findall(r'id="((?:numerics|theory|verify)\.[\w.]+)"', pages))
    assert len(entries) > 100
    for name in PUBLIC:
        package = import_module(name)
        for public in package.__all__:
            thing = getattr(package, public)
            if inspect.isclass(thing) or inspect.isfunction(thing):
                assert f"{thing.__module__}.{thing.__name__}" in entries, f"{name}.{public}"


def test_a_formula_may_begin_a_line():
    """In a list, too, whose item it does not end."""
    markdown = pytest.importorskip("markdown")
    pytest.importorskip("latex2mathml")
    hooks = runpy.run_path(str(ROOT / "docs" / "hooks.py"))
    given = "- it is 1 at\n  $x = 0$; there\n  is more\n- another"
    page = markdown.markdown(hooks["on_page_markdown"](given))
    first, second = re.findall(r"<li>(.*?)</li>", page, re.DOTALL)
    assert "<math" in first
    assert first.endswith("is more")
    assert second == "another"


@pytest.mark.slow
@pytest.mark.parametrize("title", re.findall("^## (.*)", FRAMEWORKS, re.MULTILINE))
def test_frameworks(title, tmp_path, monkeypatch):
    """Exports as the page says, then runs the section in that folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    for command in re.findall(r"^\$ curseproof (.*)", FRAMEWORKS, re.MULTILINE):
        done = CliRunner().invoke(app, shlex.split(command))
        assert done.exit_code == 0, done.output
    section = FRAMEWORKS.partition(f"## {title}\n")[2].partition("\n## ")[0]
    [block] = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    for library in re.findall(r"^(?:import|from) (equinox|flax|jax|torch)\b", block, re.MULTILINE):
        pytest.importorskip(library)
    names = {"__name__": "section"}
    exec(block, names)  # noqa: S102 (our own page)
    leaves = [np.asarray(leaf) for leaf in gradients(names["gradient"])]
    assert len(leaves) > 0
    assert all(np.isfinite(leaf).all() and leaf.any() for leaf in leaves)


def gradients(tree):
    if isinstance(tree, torch.Tensor):
        return [tree]
    return pytest.importorskip("jax").tree.leaves(tree)
